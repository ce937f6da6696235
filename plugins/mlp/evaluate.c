/* Value and gradient: a forward pass over blocks of samples, a backward pass over the same, then tiles of weights. */
#include <math.h>

#include "mlp.h"

typedef struct forward_context {
    const mlp *m;
    const void *x;
    const mlp_pass *pass;
} forward_context;

static void forward_block(void *ctx, int64_t i) {
    const forward_context *c = ctx;
    const mlp *m = c->m;
    if (m->is_long && m->host->cancelled(m->host)) return;
    m->block_sums[i] = m->kernels->forward(m, c->x, c->pass, mlp_block_first(m, i), mlp_block_last(m, i));
}

eos_status mlp_look_for_stop(const mlp *m) {
    if (!m->is_long || !m->host->cancelled(m->host)) return EOS_OK;
    return mlp_fail(m->host, EOS_E_CANCELLED, "a stop was asked for during an evaluation");
}

double mlp_mean_loss(const mlp *m) {
    double sum = 0;
    for (int64_t i = 0; i < m->block_count; i++) sum += m->block_sums[i];
    double count = (double)m->data->train;
    if (m->loss == MLP_MSE) count *= (double)m->data->classes;
    return sum / count;
}

eos_status mlp_forward(const mlp *m, const void *x, mlp_pass *pass) {
    forward_context context = {m, x, pass};
    mlp_each(m, m->block_count, forward_block, &context);
    eos_status status = mlp_look_for_stop(m);
    if (!status) pass->value = mlp_mean_loss(m);
    return status;
}

typedef struct gradient_context {
    const mlp *m;
    const void *x;
    const mlp_pass *pass;
    void *gradient;
} gradient_context;

static void backward_block(void *ctx, int64_t i) {
    const gradient_context *c = ctx;
    const mlp *m = c->m;
    m->kernels->backward(m, c->x, c->pass, &m->deltas, mlp_block_first(m, i), mlp_block_last(m, i));
}

static void gradient_tile(void *ctx, int64_t i) {
    const gradient_context *c = ctx;
    c->m->kernels->gradient(c->m, c->pass, &c->m->deltas, &c->m->tiles[i], c->gradient);
}

/* The pass kept for this id, or NULL. */
static mlp_pass *kept_pass(mlp *m, int64_t evaluation) {
    for (int i = 0; i < 2; i++) {
        mlp_pass *pass = &m->passes[i];
        if (pass->used && !pass->is_trial && pass->evaluation == evaluation) return pass;
    }
    return NULL;
}

/* A line search tries a step, then a shorter or longer one, and may come back to the first. */
mlp_pass *mlp_older_pass(mlp *m) { return m->passes[0].used <= m->passes[1].used ? &m->passes[0] : &m->passes[1]; }

eos_status mlp_evaluate(void *self, eos_evaluation *evaluation) {
    mlp *m = self;
    int wants_gradient = (evaluation->want & EOS_WANT_GRADIENT) != 0;
    if (wants_gradient && !evaluation->gradient) {
        return mlp_fail(m->host, EOS_E_INVALID, "a gradient is wanted, but there is no vector for it");
    }
    mlp_pass *pass = kept_pass(m, evaluation->evaluation);
    if (!pass) {
        pass = mlp_older_pass(m);
        pass->used = 0;
        eos_status status = mlp_forward(m, evaluation->x, pass);
        if (status) return status;
        pass->is_trial = 0;
        pass->evaluation = evaluation->evaluation;
    }
    pass->used = ++m->evaluations;
    evaluation->value = pass->value;
    if (!isfinite(pass->value)) return EOS_RECOVERABLE;
    if (wants_gradient) {
        gradient_context context = {m, evaluation->x, pass, evaluation->gradient};
        mlp_each(m, m->block_count, backward_block, &context);
        mlp_each(m, m->tile_count, gradient_tile, &context);
    }
    if (m->ray.is_committed && m->ray.evaluation == evaluation->evaluation) mlp_ray_end(m, evaluation->x);
    return EOS_OK;
}
