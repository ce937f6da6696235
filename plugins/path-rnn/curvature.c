/* Exact Hessian-vector products by differentiating both passes along v (Pearlmutter, 1994, "Fast exact multiplication
 * by the Hessian", Neural Computation 6:147). */
#include <math.h>

#include "path_rnn.h"

eos_status rnn_linearize(void *self, const void *x) {
    path_rnn *p = self;
    eos_status status = EOS_OK;
    if (!p->base.memory) status = rnn_pass_make(p, p->train, &p->base);
    if (!status && !p->base_slopes.memory) status = rnn_slopes_make(p, &p->base_slopes);
    if (!status && !p->changes.memory) status = rnn_slopes_make(p, &p->changes);
    if (!status && !p->tangent.memory) status = rnn_tangent_make(p, &p->tangent);
    if (status) return status;
    p->is_linearized = 0;
    status = rnn_forward(p, rnn_point(p, x), &p->base);
    if (status) return status;
    if (!isfinite(p->base.value)) return EOS_RECOVERABLE;
    rnn_loss_slopes(p, &p->base, &p->base_slopes);
    rnn_backward(p, &p->base, &p->base_slopes);
    p->is_linearized = 1;
    return EOS_OK;
}

eos_status rnn_curvature(void *self, const void *v, void *out) {
    path_rnn *p = self;
    eos_status status = eos_check_linearized(p->host, p->is_linearized);
    if (status) return status;
    const double *direction = rnn_point(p, v);
    rnn_push_forward(p, &p->base, direction, p->tangent.network);
    rnn_forward_change(p, &p->base, &p->tangent);
    rnn_loss_changes(p, &p->base, &p->tangent, &p->changes);
    rnn_backward_change(p, &p->base, &p->base_slopes, &p->tangent, &p->changes);
    rnn_pull_back_change(p, &p->base, p->base_slopes.network, direction, p->tangent.network, p->changes.network);
    eos_from_f64(p->dtype, p->dimension, p->changes.network, out);
    return EOS_OK;
}
