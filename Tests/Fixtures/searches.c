/* Line searches as libraries have them: they call bare functions, without user data, and know nothing of eos. */
#define _DEFAULT_SOURCE
#include <math.h>
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

typedef double (*function)(double t);

/* The smallest value between a and b, by golden section. */
double golden(double a, double b, function phi, double tolerance) {
    const double ratio = (sqrt(5) - 1) / 2;
    double left = b - ratio * (b - a), right = a + ratio * (b - a);
    double at_left = phi(left), at_right = phi(right);
    while (b - a > tolerance * b) {
        if (at_left < at_right) {
            b = right, right = left, at_right = at_left;
            left = b - ratio * (b - a), at_left = phi(left);
        } else {
            a = left, left = right, at_left = at_right;
            right = a + ratio * (b - a), at_right = phi(right);
        }
    }
    return (a + b) / 2;
}

/* The same in single precision, its function by reference. */
float golden_f(const float *a, const float *b, float (*phi)(const float *t), int steps) {
    const float ratio = 0.618034f;
    float low = *a, high = *b;
    for (int i = 0; i < steps; i++) {
        float left = high - ratio * (high - low), right = low + ratio * (high - low);
        if (phi(&left) < phi(&right)) {
            high = right;
        } else {
            low = left;
        }
    }
    return low + (high - low) / 2;
}

/* Halves *t until the value falls; 0, or 1 where it never does. */
int backtrack(function phi, double *t) {
    double start = phi(0);
    for (int i = 0; i < 100; i++, *t /= 2) {
        if (phi(*t) < start) return 0;
    }
    return 1;
}

/* Bisects for phi(t) <= phi(0) + c1 t phi'(0) and |phi'(t)| <= c2 |phi'(0)|. */
double strong_wolfe(function phi, function dphi, double t, double c1, double c2) {
    double low = 0, high = INFINITY, value = phi(0), slope = dphi(0);
    for (int i = 0; i < 60; i++) {
        if (phi(t) > value + c1 * t * slope || dphi(t) > -c2 * slope) {
            high = t;
        } else if (dphi(t) < c2 * slope) {
            low = t;
        } else {
            return t;
        }
        t = isinf(high) ? 2 * low : (low + high) / 2;
    }
    return t;
}

/* The same, value and slope from one function, which stores them, and an error code for each call. */
typedef int (*both)(void *user, double t, double *f, double *g);

void strong_wolfe_both(both fg, void *user, double *t, int *status) {
    double low = 0, high = INFINITY, value, slope, f, g;
    *status = fg(user, 0, &value, &slope);
    for (int i = 0; i < 60 && *status == 0; i++) {
        *status = fg(user, *t, &f, &g);
        if (f > value + 1e-4 * *t * slope || g > -0.1 * slope) {
            high = *t;
        } else if (g < 0.1 * slope) {
            low = *t;
        } else {
            return;
        }
        *t = isinf(high) ? 2 * low : (low + high) / 2;
    }
    if (*status == 0) *status = 7;
}

/* A function as GSL has it. */
struct problem {
    int count;
    double (*function)(double x, void *params);
    void *params;
    float upper;
};

double golden_struct(const struct problem *problem, double tolerance) {
    double low = 0, high = problem->upper;
    const double ratio = (sqrt(5) - 1) / 2;
    for (int i = 0; i < problem->count && high - low > tolerance * high; i++) {
        double left = high - ratio * (high - low), right = low + ratio * (high - low);
        if (problem->function(left, problem->params) < problem->function(right, problem->params)) {
            high = right;
        } else {
            low = left;
        }
    }
    return (low + high) / 2;
}

/* A rule: from scalars alone. */
double rule(double value, double gradient_norm, int iteration) {
    return value / (gradient_norm * gradient_norm) / (1 + iteration % 3);
}

/* Calls phi on a thread of its own. */
struct task {
    function phi;
    double t, value;
};

static void *perform(void *task) {
    struct task *mine = task;
    mine->value = mine->phi(mine->t);
    return NULL;
}

double threaded(function phi, double t) {
    struct task tasks[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        tasks[i] = (struct task){.phi = phi, .t = t / (1 << i)};
        if (pthread_create(&threads[i], NULL, perform, &tasks[i])) return -1;
    }
    double best = 0, smallest = INFINITY;
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        if (tasks[i].value < smallest) smallest = tasks[i].value, best = tasks[i].t;
    }
    return best;
}

/* Those that misbehave. */
double never_returns(function phi) {
    (void)phi;
    for (;;) pause();
}

double asks_for_ever(function phi) {
    for (double t = 1;; t *= 0.999) phi(t);
}

double garbage(function phi) { return -phi(1e-3); }

double ends_its_thread(function phi) {
    if (phi(1e-3) > -1) pthread_exit(NULL);
    return 1e-3;
}

double remembers(function phi) {
    static int calls;
    double t = 1.0 / ++calls;
    while (phi(t) > phi(0)) t /= 2;
    return t;
}

/* Reports every trial through a function without user data. */
static void (*reporter)(int k, double f, float t, const char *what, const unsigned long *n, void *unused);

void set_reporter(void (*report)(int k, double f, float t, const char *what, const unsigned long *n, void *unused)) {
    reporter = report;
}

static int (*progress)(long long k, double f);

double reporting(function phi, double t, int (*report)(long long k, double f)) {
    progress = report;
    for (int k = 0; k < 60; k++, t /= 2) {
        double f = phi(t);
        if (report && report(k, f) != 0) return -1;
        if (f < phi(0)) return t;
    }
    return t;
}

/* After the search: the library kept the function. */
int report_late(void) { return progress ? progress(-1, 0.5) : -1; }

int report_to_reporter(void) {
    unsigned long n = 18446744073709551615ul;
    if (reporter) reporter(3, 0.5, 0.1f, "line\nend", &n, &n);
    return reporter != NULL;
}

/* An objective that reports each evaluation. */
double bowl(int n, const double *x, double *gradient, void (*report)(int k, double f)) {
    static int calls;
    double value = 0;
    for (int i = 0; i < n; i++) {
        value += x[i] * x[i] / 2;
        if (gradient) gradient[i] = x[i];
    }
    report(calls++, value);
    return value;
}
