/* Exact Hessian-vector products by differentiating both passes along v (Pearlmutter, 1994, "Fast exact multiplication
 * by the Hessian", Neural Computation 6:147). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mlp.h"

void mlp_linearization_free(mlp_linearization *at) {
    free(at->x);
    free(at->transposed);
    free(at->direction);
    mlp_pass_free(&at->pass);
    mlp_field *fields[] = {&at->deltas, &at->slopes, &at->bends, &at->outputs, &at->turns, &at->changes};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) mlp_field_free(fields[i]);
    memset(at, 0, sizeof *at);
}

static eos_status make(const mlp *m, mlp_linearization *at) {
    static const char WHAT[] = "curvature";
    int64_t all = m->data->train, some = mlp_batch_size(m);
    eos_status status = EOS_OK;
    void **vectors[] = {&at->x, &at->transposed, &at->direction};
    for (size_t i = 0; !status && i < sizeof vectors / sizeof *vectors; i++) {
        status = mlp_allocate(m, WHAT, m->dimension, 1, m->kernels->element_size, vectors[i]);
    }
    if (!status) status = mlp_pass_make(m, all, &at->pass);
    const struct { mlp_field *field; int64_t samples; } fields[] = {
        {&at->deltas, all}, {&at->slopes, all}, {&at->outputs, some}, {&at->changes, some},
        {&at->bends, all}, {&at->turns, some},
    };
    size_t count = mlp_is_bent(m) ? 6 : 4;
    for (size_t i = 0; !status && i < count; i++) {
        status = mlp_field_make(m, WHAT, fields[i].samples, fields[i].field);
    }
    if (status) mlp_linearization_free(at);
    return status;
}

typedef struct linearize_context {
    mlp *m;
    mlp_point at;
} linearize_context;

static void linearize_block(void *ctx, int64_t i) {
    const linearize_context *c = ctx;
    mlp *m = c->m;
    if (m->is_long && m->host->cancelled(m->host)) return;
    int64_t first = mlp_block_first(m, i), last = mlp_block_last(m, i);
    m->block_sums[i] = m->kernels->forward(m, c->at, &m->linearization.pass, first, last);
    m->kernels->linearize(m, &m->linearization, first, last);
}

eos_status mlp_linearize(void *self, const void *x) {
    mlp *m = self;
    mlp_linearization *at = &m->linearization;
    if (!at->x) {
        eos_status status = make(m, at);
        if (status) return status;
    }
    at->ready = 0;
    memcpy(at->x, x, (size_t)(m->dimension * m->kernels->element_size));
    linearize_context context = {m, mlp_point_at(m, at->x, 0, m->depth, at->transposed)};
    mlp_each(m, m->block_count, linearize_block, &context);
    eos_status status = mlp_look_for_stop(m);
    if (status) return status;
    if (!isfinite(mlp_mean_loss(m))) return EOS_RECOVERABLE;
    at->ready = 1;
    return EOS_OK;
}

typedef struct product_context {
    const mlp *m;
    const void *v;
    void *out;
    int64_t block;       /* the batch's first */
    int64_t first, last; /* samples of the batch */
} product_context;

static void differentiate_block(void *ctx, int64_t i) {
    const product_context *c = ctx;
    const mlp *m = c->m;
    int64_t block = c->block + i;
    m->kernels->differentiate(m, &m->linearization, c->v, mlp_block_first(m, block), mlp_block_last(m, block));
}

static void product_tile(void *ctx, int64_t i) {
    const product_context *c = ctx;
    const mlp *m = c->m;
    m->kernels->product(m, &m->linearization, &m->tiles[i], c->first, c->last, c->out);
}

eos_status mlp_curvature(void *self, const void *v, void *out) {
    mlp *m = self;
    mlp_linearization *at = &m->linearization;
    if (!at->ready) return mlp_fail(m->host, EOS_E_STATE, "curvature was asked for before linearize said where");
    mlp_point_at(m, v, 0, m->depth, at->direction);
    product_context context = {.m = m, .v = v, .out = out};
    for (int64_t batch = 0; batch < m->batch_count; batch++) {
        int64_t end = mlp_batch_last(m, batch);
        context.block = mlp_batch_first(m, batch);
        context.first = mlp_block_first(m, context.block);
        context.last = mlp_block_last(m, end - 1);
        at->outputs.first = at->turns.first = at->changes.first = context.first;
        mlp_each(m, end - context.block, differentiate_block, &context);
        mlp_each(m, m->tile_count, product_tile, &context);
    }
    return EOS_OK;
}
