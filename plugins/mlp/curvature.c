/* Exact Hessian-vector products by differentiating both passes along v (Pearlmutter, 1994, "Fast exact multiplication
 * by the Hessian", Neural Computation 6:147). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mlp.h"

void mlp_linearization_free(mlp_linearization *at) {
    free(at->x);
    mlp_pass_free(&at->pass);
    mlp_field *fields[] = {&at->deltas, &at->slopes, &at->bends, &at->outputs, &at->turns,
                           &at->changes};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) mlp_field_free(fields[i]);
    memset(at, 0, sizeof *at);
}

static eos_status make(const mlp *m, mlp_linearization *at) {
    eos_status status = mlp_allocate(m, "curvature", m->dimension, 1, m->kernels->element_size, &at->x);
    if (!status) status = mlp_pass_make(m, &at->pass);
    mlp_field *fields[] = {&at->deltas, &at->slopes, &at->outputs, &at->changes, &at->bends, &at->turns};
    size_t count = mlp_is_bent(m) ? 6 : 4;
    for (size_t i = 0; !status && i < count; i++) status = mlp_field_make(m, "curvature", fields[i]);
    if (status) mlp_linearization_free(at);
    return status;
}

static void linearize_block(void *ctx, int64_t i) {
    mlp *m = ctx;
    m->kernels->linearize(m, &m->linearization, mlp_block_first(m, i), mlp_block_last(m, i));
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
    eos_status status = mlp_forward(m, at->x, &at->pass);
    if (status) return status;
    if (!isfinite(at->pass.value)) return EOS_RECOVERABLE;
    mlp_each(m, m->block_count, linearize_block, m);
    at->ready = 1;
    return EOS_OK;
}

typedef struct product_context {
    const mlp *m;
    const void *v;
    void *out;
} product_context;

static void differentiate_block(void *ctx, int64_t i) {
    const product_context *c = ctx;
    const mlp *m = c->m;
    m->kernels->differentiate(m, &m->linearization, c->v, mlp_block_first(m, i), mlp_block_last(m, i));
}

static void product_tile(void *ctx, int64_t i) {
    const product_context *c = ctx;
    c->m->kernels->product(c->m, &c->m->linearization, &c->m->tiles[i], c->out);
}

eos_status mlp_curvature(void *self, const void *v, void *out) {
    const mlp *m = self;
    if (!m->linearization.ready) {
        return mlp_fail(m->host, EOS_E_STATE, "curvature was asked for before linearize said where");
    }
    product_context context = {m, v, out};
    mlp_each(m, m->block_count, differentiate_block, &context);
    mlp_each(m, m->tile_count, product_tile, &context);
    return EOS_OK;
}
