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
    eos_status status = eos_check_gradient(p->host, evaluation);
    if (status) return status;
    const double *u = evaluation->x, *v = u + p->size;
    double residual = dot(p->size, u, v) - p->target;
    evaluation->value = 0.5 * residual * residual;
    if (!isfinite(evaluation->value)) return EOS_RECOVERABLE;
    double *gradient = eos_gradient(evaluation);
    if (!gradient) return EOS_OK;
    for (int64_t i = 0; i < p->size; i++) {
        gradient[i] = residual * v[i];
        gradient[p->size + i] = residual * u[i];
    }
    return EOS_OK;
}

eos_status inner_product_linearize(void *self, const void *x) {
    inner_product *p = self;
    if (!p->x) p->x = eos_allocate(p->host, "size", 2, p->size, sizeof *p->x);
    if (!p->x) return EOS_E_MEMORY;
    memcpy(p->x, x, 2 * (size_t)p->size * sizeof(double));
    p->residual = dot(p->size, p->x, p->x + p->size) - p->target;
    return isfinite(p->residual) ? EOS_OK : EOS_RECOVERABLE;
}

eos_status inner_product_curvature(void *self, const void *v, void *out) {
    const inner_product *p = self;
    eos_status status = eos_check_linearized(p->host, p->x != NULL);
    if (status) return status;
    const double *a = v, *b = a + p->size, *left = p->x, *right = left + p->size;
    double *result = out;
    double change = dot(p->size, a, right) + dot(p->size, left, b);
    for (int64_t i = 0; i < p->size; i++) {
        result[i] = change * right[i] + p->residual * b[i];
        result[p->size + i] = change * left[i] + p->residual * a[i];
    }
    return EOS_OK;
}
