/* A quadratic bowl as a table of functions: the objective of several examples.
 *
 * f(x) = 1/2 sum of curvatures[i] x[i]^2, whose Hessian is diagonal: every figure has a closed form to compare with. */
#ifndef QUADRATIC_H
#define QUADRATIC_H

#include <eos.h>
#include <math.h>
#include <stddef.h>

typedef struct quadratic {
    int64_t n;
    const double *curvatures;
} quadratic;

static inline eos_status quadratic_describe(void *self, eos_objective_description *out) {
    out->dtype = EOS_F64;
    out->dimension = ((const quadratic *)self)->n;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;
    return EOS_OK;
}

static inline eos_status quadratic_initial_point(void *self, uint64_t seed, void *x) {
    (void)seed;
    for (int64_t i = 0; i < ((const quadratic *)self)->n; i++) ((double *)x)[i] = 1;
    return EOS_OK;
}

static inline eos_status quadratic_evaluate(void *self, eos_evaluation *evaluation) {
    const quadratic *q = (const quadratic *)self;
    const double *x = (const double *)evaluation->x;
    double *gradient = (double *)evaluation->gradient;
    evaluation->value = 0;
    for (int64_t i = 0; i < q->n; i++) {
        evaluation->value += 0.5 * q->curvatures[i] * x[i] * x[i];
        if (evaluation->want & EOS_WANT_GRADIENT) gradient[i] = q->curvatures[i] * x[i];
    }
    return isfinite(evaluation->value) ? EOS_OK : EOS_RECOVERABLE;
}

/* The required functions; all others stay NULL, and the host does without them. There is no destroy, because whoever
 * makes a quadratic owns it. The table must live as long as the objective. */
static inline eos_objective_ops quadratic_ops(void) {
    eos_objective_ops ops = EOS_STRUCT(eos_objective_ops);
    ops.describe = quadratic_describe;
    ops.initial_point = quadratic_initial_point;
    ops.evaluate = quadratic_evaluate;
    return ops;
}

#endif
