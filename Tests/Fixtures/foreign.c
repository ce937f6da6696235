/* Functions as they lie around in the world: none of them knows of eos. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* NLopt's convention, Rosenbrock's function with its factor in user data. */
typedef struct {
    int32_t calls;
    double factor;
    float shift;
} rosen_data;

double rosen(unsigned n, const double *x, double *grad, void *data);
double rosen(unsigned n, const double *x, double *grad, void *data) {
    const rosen_data *d = data;
    double value = 0;
    if (grad) memset(grad, 0, n * sizeof *grad);
    for (unsigned i = 0; i + 1 < n; i++) {
        double across = x[i + 1] - x[i] * x[i], along = (double)d->shift - x[i];
        value += d->factor * across * across + along * along;
        if (!grad) continue;
        grad[i] += -4 * d->factor * across * x[i] - 2 * along;
        grad[i + 1] += 2 * d->factor * across;
    }
    return value;
}

/* The same through a struct by value. */
double rosen_by_value(rosen_data d, size_t n, const double *x, double *grad);
double rosen_by_value(rosen_data d, size_t n, const double *x, double *grad) { return rosen((unsigned)n, x, grad, &d); }

/* A network of one hidden unit in float: y = b tanh(a t), on five samples. */
float network(int64_t n, const float *w, float *g);
float network(int64_t n, const float *w, float *g) {
    static const float times[5] = {-1, -0.5f, 0, 0.5f, 1}, targets[5] = {-0.8f, -0.5f, 0, 0.5f, 0.8f};
    float value = 0;
    for (int64_t i = 0; i < n; i++) g[i] = 0;
    for (int i = 0; i < 5; i++) {
        float unit = tanhf(w[0] * times[i]), residual = w[1] * unit - targets[i];
        value += residual * residual;
        g[0] += 2 * residual * w[1] * (1 - unit * unit) * times[i];
        g[1] += 2 * residual * unit;
    }
    return value;
}

/* Value through a pointer, status returned: fails left of -10. Writes to its argument, as it says it may. */
int stored(double *x, int16_t n, double *value);
int stored(double *x, int16_t n, double *value) {
    if (x[0] < -10) return 7;
    *value = 0;
    for (int i = 0; i < n; i++) *value += (x[i] - 1) * (x[i] - 1);
    for (int i = 0; i < n; i++) x[i] = -1e9;
    return 0;
}

void stored_gradient(const double *x, int16_t n, double *g);
void stored_gradient(const double *x, int16_t n, double *g) {
    for (int i = 0; i < n; i++) g[i] = 2 * (x[i] - 1);
}

/* log x: not a number below 0, -inf at 0. */
double barrier(double x);
double barrier(double x) { return x - log(x); }
double barrier_gradient(double x);
double barrier_gradient(double x) { return 1 - 1 / x; }

/* Every second place of x and g is used. */
double strided(size_t n, const double *x, ptrdiff_t step, float *g);
double strided(size_t n, const double *x, ptrdiff_t step, float *g) {
    double value = 0;
    for (size_t i = 0; i < n; i++) {
        double at = x[i * (size_t)step];
        value += (double)(i + 1) * at * at / 2;
        g[3 * i] = (float)((double)(i + 1) * at);
    }
    return value;
}

/* An opaque problem: made once, asked for its size, used, freed. */
typedef struct problem {
    int64_t size;
    double *weights;
} problem;

static int live_problems, made_problems;

problem *problem_new(int64_t size, const char *kind, const double *weights);
problem *problem_new(int64_t size, const char *kind, const double *weights) {
    if (strcmp(kind, "weighted") != 0) return NULL;
    problem *made = malloc(sizeof *made);
    if (!made) return NULL;
    made->size = size;
    made->weights = malloc((size_t)size * sizeof *made->weights);
    memcpy(made->weights, weights, (size_t)size * sizeof *made->weights);
    live_problems++;
    made_problems++;
    return made;
}

bool problem_open(problem **out);
bool problem_open(problem **out) {
    const double ones[2] = {1, 1};
    *out = problem_new(2, "weighted", ones);
    return *out != NULL;
}

size_t problem_size(const problem *p);
size_t problem_size(const problem *p) { return (size_t)p->size; }

void problem_start(const problem *p, uint32_t seed, double *x);
void problem_start(const problem *p, uint32_t seed, double *x) {
    for (int64_t i = 0; i < p->size; i++) x[i] = (double)(i + 1) + seed;
}

double problem_value(const problem *p, const double *x, double *g);
double problem_value(const problem *p, const double *x, double *g) {
    double value = 0;
    for (int64_t i = 0; i < p->size; i++) {
        value += p->weights[i] * x[i] * x[i] / 2;
        g[i] = p->weights[i] * x[i];
    }
    return value;
}

void problem_free(problem **p);
void problem_free(problem **p) {
    free((*p)->weights);
    free(*p);
    *p = NULL;
    live_problems--;
}

int problems_live(void);
int problems_live(void) { return live_problems; }
int problems_made(void);
int problems_made(void) { return made_problems; }

/* Parameters of every kind: sum of w_k (x - c)^2 over an array, a switch and a scale. */
double tuned(double x, const float *weights, int count, bool halve, long long scale, const char *mode, double *g);
double tuned(double x, const float *weights, int count, bool halve, long long scale, const char *mode, double *g) {
    double sum = 0, center = strcmp(mode, "right") == 0 ? 1 : -1;
    for (int i = 0; i < count; i++) sum += (double)weights[i];
    sum *= (halve ? 0.5 : 1) * (double)scale;
    *g = 2 * sum * (x - center);
    return sum * (x - center) * (x - center);
}

/* One that can't work: setup that fails. */
int broken_setup(void);
int broken_setup(void) { return 3; }
