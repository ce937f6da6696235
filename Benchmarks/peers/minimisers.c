/* Rosenbrock's function of two parameters through libeos, liblbfgs and NLopt, each by a callback in C. Takes the name
 * of one on standard input and answers evaluations a second, evaluations of a minimisation, and the value reached. */
#define _POSIX_C_SOURCE 200809L /* for clock_gettime */
#include <eos.h>
#include <lbfgs.h>
#include <math.h>
#include <nlopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t evaluations;

static double rosenbrock(const double *x, double *gradient) {
    double across = x[1] - x[0] * x[0], along = 1 - x[0];
    evaluations++;
    if (gradient) {
        gradient[0] = -400 * across * x[0] - 2 * along;
        gradient[1] = 200 * across;
    }
    return 100 * across * across + along * along;
}

static double for_eos(int64_t n, const double *x, double *gradient, void *ctx) {
    (void)n, (void)ctx;
    return rosenbrock(x, gradient);
}

static double for_lbfgs(void *ctx, const double *x, double *gradient, const int n, const double step) {
    (void)ctx, (void)n, (void)step;
    return rosenbrock(x, gradient);
}

static double for_nlopt(unsigned n, const double *x, double *gradient, void *ctx) {
    (void)n, (void)ctx;
    return rosenbrock(x, gradient);
}

static const double TOLERANCE = 1e-6; /* of the gradient's norm, where the method knows such a bound */

/* Each returns the smallest value found, from the usual start, or NaN. */

static double by_eos(const char *settings) {
    double x[2] = {-1.2, 1};
    eos_result result;
    result.struct_size = sizeof result;
    return eos_minimize(for_eos, NULL, 2, x, settings, &result) == EOS_OK ? result.best_value : NAN;
}

static double by_constant_step(void) {
    return by_eos("policy.name=constant policy.step=1e-3 stop.iterations=2000000 stop.loss=0 stop.gradient_norm=0"
                  " stop.stalled=false");
}

static double by_nls(void) {
    return by_eos("policy.name=nls stop.iterations=200000 stop.loss=0 stop.gradient_norm=1e-6");
}

static double by_eos_lbfgs(void) { return by_eos("policy.name=lbfgs stop.loss=0 stop.gradient_norm=1e-6"); }

static double by_lbfgs(void) {
    double x[2] = {-1.2, 1}, value = NAN;
    lbfgs_parameter_t parameters;
    lbfgs_parameter_init(&parameters);
    parameters.epsilon = TOLERANCE; /* relative to max(1, |x|) */
    return lbfgs(2, x, &value, for_lbfgs, NULL, NULL, &parameters) >= 0 ? value : NAN;
}

static double by_nlopt(void) {
    double x[2] = {-1.2, 1}, value = NAN;
    nlopt_opt method = nlopt_create(NLOPT_LD_LBFGS, 2);
    nlopt_set_min_objective(method, for_nlopt, NULL);
    nlopt_set_stopval(method, 1e-13);    /* it has no bound on the gradient */
    nlopt_set_vector_storage(method, 6); /* as liblbfgs; it would clear memory for 650,000 vectors else */
    nlopt_result result = nlopt_optimize(method, x, &value);
    nlopt_destroy(method);
    return result > 0 ? value : NAN;
}

/* Of the processor: one thread does all the work. */
static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static const struct {
    const char *name;
    double (*minimise)(void);
} methods[] = {{"constant", by_constant_step},
               {"nls", by_nls},
               {"eos-lbfgs", by_eos_lbfgs},
               {"lbfgs", by_lbfgs},
               {"nlopt", by_nlopt}};

/* Minimises again and again for a fifth of a second of a processor. */
static void measure(double (*minimise)(void)) {
    double start = now(), taken = 0, value = 0;
    int64_t times = 0;
    evaluations = 0;
    do {
        value = minimise();
        times++;
        taken = now() - start;
    } while (taken < 0.2);
    printf("%.9g %.9g %.9g\n", (double)evaluations / taken, (double)evaluations / (double)times, value);
}

int main(void) {
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        size_t i = 0, count = sizeof methods / sizeof *methods;
        while (i < count && strcmp(line, methods[i].name) != 0) i++;
        if (i < count) {
            measure(methods[i].minimise);
        } else {
            printf("error: no method is called %s\n", line);
        }
        fflush(stdout);
    }
    return 0;
}
