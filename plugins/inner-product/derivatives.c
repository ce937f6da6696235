/* Value, gradient and curvature: with r = <u, v> - y the gradient is r (v, u), and the Hessian times (a, b) is
 * (<a, v> + <u, b>) (v, u) + r (b, a). */
#include <math.h>
#include <string.h>

#include "inner_product.h"

static double dot(int64_t count, const double *a, const double *b) {
    double sum = 0;
    for (int64_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

eos_status inner_product_evaluate(void *self, eos_evaluation *evaluation) {
    const inner_product *p = self;
    int wants_gradient = (evaluation->want & EOS_WANT_GRADIENT) != 0;
    if (wants_gradient && !evaluation->gradient) {
        return p->host->fail(p->host, EOS_E_INVALID, "a gradient is wanted, but there is no vector for it");
    }
    const double *u = evaluation->x, *v = u + p->size;
    double residual = dot(p->size, u, v) - p->target;
    evaluation->value = 0.5 * residual * residual;
    if (!isfinite(evaluation->value)) return EOS_RECOVERABLE;
    if (!wants_gradient) return EOS_OK;
    double *gradient = evaluation->gradient;
    for (int64_t i = 0; i < p->size; i++) {
        gradient[i] = residual * v[i];
        gradient[p->size + i] = residual * u[i];
    }
    return EOS_OK;
}

eos_status inner_product_linearize(void *self, const void *x) {
    inner_product *p = self;
    if (!p->x) {
        eos_status status = inner_product_allocate(p, &p->x);
        if (status) return status;
    }
    memcpy(p->x, x, 2 * (size_t)p->size * sizeof(double));
    p->residual = dot(p->size, p->x, p->x + p->size) - p->target;
    return isfinite(p->residual) ? EOS_OK : EOS_RECOVERABLE;
}

eos_status inner_product_curvature(void *self, const void *v, void *out) {
    const inner_product *p = self;
    if (!p->x) return p->host->fail(p->host, EOS_E_STATE, "curvature was asked for before linearize said where");
    const double *a = v, *b = a + p->size, *left = p->x, *right = left + p->size;
    double *result = out;
    double change = dot(p->size, a, right) + dot(p->size, left, b);
    for (int64_t i = 0; i < p->size; i++) {
        result[i] = change * right[i] + p->residual * b[i];
        result[p->size + i] = change * left[i] + p->residual * a[i];
    }
    return EOS_OK;
}
