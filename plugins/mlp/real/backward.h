/* The gradient: df/dz backwards through the layers of a block, then a tile of weights over a batch of samples. */

static const REAL *kept_by(const mlp *m, const mlp_pass *pass, int64_t l, int64_t first) {
    return rows_of(m, mlp_keeps_inputs(m) ? &pass->inputs : &pass->outputs, l, first);
}

static void backward(const mlp *m, const void *x, const mlp_pass *pass, const mlp_field *deltas, int64_t first,
                     int64_t last) {
    int64_t rows = last - first, top = m->depth - 1;
    loss_deltas(m, rows, rows_of(m, &pass->outputs, top, first), m->data->labels + first,
                rows_of(m, deltas, top, first));
    for (int64_t l = top; l > 0; l--) {
        REAL *delta = rows_of(m, deltas, l - 1, first);
        multiply_back(&m->layers[l], x, rows, rows_of(m, deltas, l, first), 0, delta);
        multiply_by_slope(m->activation, rows * m->layers[l].in, kept_by(m, pass, l - 1, first), delta);
    }
}

static void gradient(const mlp *m, const mlp_pass *pass, const mlp_field *deltas, const mlp_tile *tile, int64_t first,
                     int64_t last, int adds, void *out) {
    const REAL *delta = rows_of(m, deltas, tile->layer, first);
    multiply_samples(m, tile, last - first, delta, taken_by(m, &pass->outputs, tile->layer, first), adds, out);
    sum_samples(m, tile, last - first, delta, adds, out);
}
