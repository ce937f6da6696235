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
    for (int i = 0; i < EOS_COUNT(fields); i++) mlp_field_free(fields[i]);
    memset(at, 0, sizeof *at);
}

static eos_status make(const mlp *m, mlp_linearization *at) {
    static const char WHAT[] = "curvature";
    int64_t all = m->data->train, some = mlp_batch_size(m);
    eos_status status = EOS_OK;
    void **vectors[] = {&at->x, &at->transposed, &at->direction};
    for (int i = 0; !status && i < EOS_COUNT(vectors); i++) {
        *vectors[i] = mlp_allocate(m, WHAT, m->dimension);
        if (!*vectors[i]) status = EOS_E_MEMORY;
    }
    if (!status) status = mlp_pass_make(m, all, &at->pass);
    const struct {
        mlp_field *field;
        int64_t samples;
        int is_needed;
    } fields[] = {
        {&at->deltas, all, 1},   {&at->slopes, all, 1},   {&at->bends, all, mlp_keeps_bends(m)},
        {&at->outputs, some, 1}, {&at->changes, some, 1}, {&at->turns, some, mlp_is_bent(m)},
    };
    for (int i = 0; !status && i < EOS_COUNT(fields); i++) {
        if (fields[i].is_needed) status = mlp_field_make(m, WHAT, fields[i].samples, fields[i].field);
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

/* Blocks `first` and on, every `stride`-th, `count` of them: what is in a batch's memory at a time. */
typedef struct product_context {
    const mlp *m;
    const void *v;
    void *out;
    int64_t first, stride, count;
    int adds; /* to what is in out */
} product_context;

static int64_t block_of(const product_context *c, int64_t i) { return c->first + i * c->stride; }

/* The linearization as block i sees it, with the rows of a batch that are its own. */
static mlp_linearization seen_by(const product_context *c, int64_t i) {
    mlp_linearization at = c->m->linearization;
    at.outputs.first = at.turns.first = at.changes.first = mlp_block_first(c->m, block_of(c, i)) - i * c->m->block_size;
    return at;
}

static void differentiate_block(void *ctx, int64_t i) {
    const product_context *c = ctx;
    const mlp *m = c->m;
    mlp_linearization at = seen_by(c, i);
    m->kernels->differentiate(m, &at, c->v, mlp_block_first(m, block_of(c, i)), mlp_block_last(m, block_of(c, i)));
}

static void product_tile(void *ctx, int64_t tile) {
    const product_context *c = ctx;
    const mlp *m = c->m;
    /* Neighbouring blocks are taken at once. */
    int64_t last = c->count - 1, blocks = c->stride == 1 ? 1 : c->count;
    for (int64_t i = 0; i < blocks; i++) {
        mlp_linearization at = seen_by(c, i);
        m->kernels->product(m, &at, &m->tiles[tile], mlp_block_first(m, block_of(c, i)),
                            mlp_block_last(m, block_of(c, c->stride == 1 ? last : i)), c->adds || i > 0, c->out);
    }
}

/* The sum over every `stride`-th block from `first` on. */
static void multiply(mlp *m, const void *v, void *out, int64_t first, int64_t stride) {
    mlp_point_at(m, v, 0, m->depth, m->linearization.direction);
    product_context context = {.m = m, .v = v, .out = out, .first = first, .stride = stride};
    while (context.first < m->block_count) {
        context.count = mlp_smaller((m->block_count - 1 - context.first) / stride + 1, m->batch_blocks);
        mlp_each(m, context.count, differentiate_block, &context);
        mlp_each(m, m->tile_count, product_tile, &context);
        context.first += context.count * stride;
        context.adds = 1;
    }
}

eos_status mlp_curvature(void *self, const void *v, void *out) {
    mlp *m = self;
    eos_status status = eos_check_linearized(m->host, m->linearization.ready);
    if (!status) multiply(m, v, out, 0, 1);
    return status;
}

/* Parts of the samples, and how many blocks there must be for a part to be worth it. */
enum { PARTS = 64, MINIMUM_BLOCKS = 10 };

eos_status mlp_sampled_curvature(void *self, int64_t part, const void *v, void *out) {
    mlp *m = self;
    eos_status status = eos_check_linearized(m->host, m->linearization.ready);
    if (status) return status;
    if (part < 0) return eos_fail(m->host, EOS_E_INVALID, "part = %lld is negative; give 0 or more", (long long)part);
    if (m->block_count < MINIMUM_BLOCKS) return EOS_E_UNSUPPORTED;
    int64_t parts = mlp_smaller(PARTS, m->block_count), first = part % parts, samples = 0;
    multiply(m, v, out, first, parts);
    for (int64_t i = first; i < m->block_count; i += parts) samples += mlp_block_last(m, i) - mlp_block_first(m, i);
    /* From a share of the mean over all to the mean over these: out += (N/n - 1) out. */
    m->kernels->move(out, (double)m->data->train / (double)samples - 1, out, out, 0, m->dimension);
    return EOS_OK;
}
