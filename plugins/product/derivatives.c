/* Value, gradient and curvature. Nothing is divided by an entry of x, so that zeros are points like any others. */
#include <math.h>
#include <string.h>

#include "product.h"

/* before[i] = x_1 ... x_(i-1) and after[i] = x_(i+1) ... x_p; returns the whole product. */
static double products(int64_t depth, const double *x, double *before, double *after) {
    double all = 1, rest = 1;
    for (int64_t i = 0; i < depth; i++) {
        before[i] = all;
        all *= x[i];
    }
    for (int64_t i = depth - 1; i >= 0; i--) {
        after[i] = rest;
        rest *= x[i];
    }
    return all;
}

static double value_at(int64_t depth, double target, const double *x) {
    double all = 1;
    for (int64_t i = 0; i < depth; i++) all *= x[i];
    return 0.5 * (all - target) * (all - target);
}

eos_status product_evaluate(void *self, eos_evaluation *evaluation) {
    const product *p = self;
    eos_status status = eos_check_gradient(p->host, evaluation);
    if (status) return status;
    const double *x = evaluation->x;
    evaluation->value = value_at(p->depth, p->target, x);
    if (!isfinite(evaluation->value)) return EOS_RECOVERABLE;
    double *gradient = eos_gradient(evaluation);
    if (!gradient) return EOS_OK;
    double before = 1, after = 1;
    for (int64_t i = 0; i < p->depth; i++) {
        gradient[i] = before;
        before *= x[i];
    }
    double residual = before - p->target;
    for (int64_t i = p->depth - 1; i >= 0; i--) {
        gradient[i] *= after * residual;
        after *= x[i];
    }
    return EOS_OK;
}

eos_status product_linearize(void *self, const void *x) {
    product *p = self;
    if (!p->memory) {
        const eos_array arrays[] = {
            EOS_ARRAY(p->x, p->depth, 1),       EOS_ARRAY(p->before, p->depth, 1), EOS_ARRAY(p->after, p->depth, 1),
            EOS_ARRAY(p->dbefore, p->depth, 1), EOS_ARRAY(p->dafter, p->depth, 1),
        };
        p->memory = eos_allocate_arrays(p->host, "depth", arrays, EOS_COUNT(arrays));
        if (!p->memory) return EOS_E_MEMORY;
    }
    memcpy(p->x, x, (size_t)p->depth * sizeof(double));
    p->residual = products(p->depth, p->x, p->before, p->after) - p->target;
    p->is_linearized = 1;
    return isfinite(p->residual) ? EOS_OK : EOS_RECOVERABLE;
}

/* (H v)_i = (dF/dv) F_i + (F - y) dF_i/dv with F the product of all and F_i of all but x_i: derivatives along v of the
 * products before and after each entry give both. */
eos_status product_curvature(void *self, const void *v, void *out) {
    const product *p = self;
    eos_status status = eos_check_linearized(p->host, p->is_linearized);
    if (status) return status;
    const double *direction = v;
    double *result = out;
    double change = 0, back = 0;
    for (int64_t i = 0; i < p->depth; i++) {
        p->dbefore[i] = change;
        change = change * p->x[i] + p->before[i] * direction[i];
    }
    for (int64_t i = p->depth - 1; i >= 0; i--) {
        p->dafter[i] = back;
        back = back * p->x[i] + p->after[i] * direction[i];
    }
    for (int64_t i = 0; i < p->depth; i++) {
        double others = p->before[i] * p->after[i];
        double turn = p->dbefore[i] * p->after[i] + p->before[i] * p->dafter[i];
        result[i] = change * others + p->residual * turn;
    }
    return EOS_OK;
}
