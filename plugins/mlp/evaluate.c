/* Value and gradient: batch by batch a forward pass over blocks of samples, a backward pass over the same, then tiles
 * of weights. */
#include <math.h>

#include "mlp.h"

typedef struct evaluation_context {
    mlp *m;
    mlp_point at;
    const double *step;  /* along the ray; NULL: at the point */
    void *gradient;      /* NULL: not wanted */
    int64_t block;       /* the batch's first */
    int64_t first, last; /* samples of the batch */
} evaluation_context;

static void pass_block(void *ctx, int64_t i) {
    const evaluation_context *c = ctx;
    mlp *m = c->m;
    if (m->is_long && m->host->cancelled(m->host)) return;
    int64_t block = c->block + i, first = mlp_block_first(m, block), last = mlp_block_last(m, block);
    m->block_sums[block] = c->step ? m->kernels->forward_along(m, *c->step, c->at, &m->pass, first, last)
                                   : m->kernels->forward(m, c->at, &m->pass, first, last);
    if (c->gradient) m->kernels->backward(m, c->at.x, &m->pass, &m->deltas, first, last);
}

static void gradient_tile(void *ctx, int64_t i) {
    const evaluation_context *c = ctx;
    const mlp *m = c->m;
    m->kernels->gradient(m, &m->pass, &m->deltas, &m->tiles[i], c->first, c->last, c->first > 0, c->gradient);
}

eos_status mlp_look_for_stop(const mlp *m) {
    if (!m->is_long || !m->host->cancelled(m->host)) return EOS_OK;
    return eos_fail(m->host, EOS_E_CANCELLED, "a stop was requested during an evaluation");
}

double mlp_mean_loss(const mlp *m) {
    double sum = 0;
    for (int64_t i = 0; i < m->block_count; i++) sum += m->block_sums[i];
    double count = (double)m->data->train;
    if (m->loss == MLP_MSE) count *= (double)m->data->classes;
    return sum / count;
}

eos_status mlp_pass_over(mlp *m, mlp_point at, const double *step, void *gradient, double *value) {
    evaluation_context context = {.m = m, .at = at, .step = step, .gradient = gradient};
    for (int64_t batch = 0; batch < m->batch_count; batch++) {
        context.block = mlp_batch_first(m, batch);
        int64_t end = mlp_batch_last(m, batch);
        context.first = mlp_block_first(m, context.block);
        context.last = mlp_block_last(m, end - 1);
        m->pass.outputs.first = m->pass.inputs.first = m->deltas.first = context.first;
        mlp_each(m, end - context.block, pass_block, &context);
        eos_status status = mlp_look_for_stop(m);
        if (status) return status;
        if (gradient) mlp_each(m, m->tile_count, gradient_tile, &context);
    }
    *value = mlp_mean_loss(m);
    return isfinite(*value) ? EOS_OK : EOS_RECOVERABLE;
}

eos_status mlp_evaluate(void *self, eos_evaluation *evaluation) {
    mlp *m = self;
    eos_status status = eos_check_gradient(m->host, evaluation);
    if (status) return status;
    int is_on_ray = mlp_ray_leads_to(m, evaluation->x, evaluation->evaluation);
    mlp_point at = mlp_point_at(m, evaluation->x, is_on_ray ? 1 : 0, m->depth, m->transposed);
    status = mlp_pass_over(m, at, is_on_ray ? &m->ray.step : NULL, eos_gradient(evaluation), &evaluation->value);
    if (!status && is_on_ray) mlp_ray_end(m, evaluation->x);
    return status;
}
