/* Rosenbrock's function of two variables as a table of functions: one source for a program and for a plugin. */
#ifndef ROSENBROCK_H
#define ROSENBROCK_H

#include <eos/plugin.h>
#include <stddef.h>

static inline double rosenbrock(const double *x, double *gradient) {
    double a = 1 - x[0], b = x[1] - x[0] * x[0];
    if (gradient) {
        gradient[0] = -2 * a - 400 * b * x[0];
        gradient[1] = 200 * b;
    }
    return a * a + 100 * b * b;
}

static void rosenbrock_destroy(void *self) { (void)self; }

static eos_status rosenbrock_describe(void *self, eos_objective_description *out) {
    (void)self;
    out->dtype = EOS_F64;
    out->dimension = 2;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;
    out->value_lower_bound = 0;
    return EOS_OK;
}

static eos_status rosenbrock_initial_point(void *self, uint64_t seed, void *x) {
    double *point = (double *)x;
    (void)self;
    (void)seed;
    point[0] = -1.2;
    point[1] = 1;
    return EOS_OK;
}

static eos_status rosenbrock_evaluate(void *self, eos_evaluation *evaluation) {
    (void)self;
    evaluation->value = rosenbrock((const double *)evaluation->x, (double *)evaluation->gradient);
    return EOS_OK;
}

static const eos_objective_ops rosenbrock_ops = {
    .struct_size = sizeof(eos_objective_ops),
    .destroy = rosenbrock_destroy,
    .describe = rosenbrock_describe,
    .initial_point = rosenbrock_initial_point,
    .evaluate = rosenbrock_evaluate,
};

#endif
