/* Value, gradient and curvature of l(x y). */
#include <math.h>

#include "single_neuron.h"

eos_status single_neuron_evaluate(void *self, eos_evaluation *evaluation) {
    const single_neuron *n = self;
    eos_status status = eos_check_gradient(n->host, evaluation);
    if (status) return status;
    const double *point = evaluation->x;
    double x = point[0], y = point[1];
    /* 0 times infinity is NaN, too. */
    if (!isfinite(x * y)) return EOS_RECOVERABLE;
    loss there = n->loss_at(n, x * y);
    evaluation->value = there.value;
    double *gradient = eos_gradient(evaluation);
    if (!gradient) return EOS_OK;
    gradient[0] = there.slope * y;
    gradient[1] = there.slope * x;
    return EOS_OK;
}

eos_status single_neuron_linearize(void *self, const void *point_) {
    single_neuron *n = self;
    const double *point = point_;
    double x = point[0], y = point[1];
    loss there = n->loss_at(n, x * y);
    n->hessian[0][0] = there.curvature * y * y;
    n->hessian[1][1] = there.curvature * x * x;
    n->hessian[0][1] = n->hessian[1][0] = there.curvature * (x * y) + there.slope;
    n->is_linearized = 1;
    return eos_all_finite(4, n->hessian[0]) ? EOS_OK : EOS_RECOVERABLE;
}

eos_status single_neuron_curvature(void *self, const void *v_, void *out_) {
    const single_neuron *n = self;
    eos_status status = eos_check_linearized(n->host, n->is_linearized);
    if (status) return status;
    const double *v = v_;
    double *out = out_;
    for (int i = 0; i < 2; i++) out[i] = n->hessian[i][0] * v[0] + n->hessian[i][1] * v[1];
    return EOS_OK;
}
