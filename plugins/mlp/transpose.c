/* Weights as forward products take them. */
#include "mlp.h"

/* Rows of W that one thread transposes at a time, a multiple of a cache line in either type. */
enum { ROWS = 16 };

typedef struct transpose_context {
    const mlp *m;
    const mlp_layer *layer;
    const void *x;
    void *transposed;
} transpose_context;

static void transpose_rows(void *ctx, int64_t i) {
    const transpose_context *c = ctx;
    c->m->kernels->transpose(c->layer, c->x, c->transposed, i * ROWS, eos_part_end(i, ROWS, c->layer->out));
}

mlp_point mlp_point_at(const mlp *m, const void *x, int64_t first, int64_t last, void *transposed) {
    for (int64_t l = first; l < last; l++) {
        transpose_context context = {m, &m->layers[l], x, transposed};
        mlp_each(m, eos_part_count(m->layers[l].out, ROWS), transpose_rows, &context);
    }
    return (mlp_point){x, transposed};
}
