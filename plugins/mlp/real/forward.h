/* The forward pass. */

/* Rows `first` and on of a layer's part of a field, and of the inputs. */
static REAL *rows_of(const mlp *m, const mlp_field *field, int64_t layer, int64_t first) {
    return (REAL *)field->layer[layer] + first * m->layers[layer].out;
}
static const REAL *inputs_of(const mlp *m, int64_t first) {
    return (const REAL *)m->data->inputs + first * m->data->features;
}

/* What layer l takes: the data, or the outputs of the layer before. */
static const REAL *taken_by(const mlp *m, const mlp_field *outputs, int64_t l, int64_t first) {
    return l == 0 ? inputs_of(m, first) : rows_of(m, outputs, l - 1, first);
}

static double forward(const mlp *m, const void *x, const mlp_pass *pass, int64_t first, int64_t last) {
    int64_t rows = last - first, top = m->depth - 1;
    for (int64_t l = 0; l <= top; l++) {
        const mlp_layer *layer = &m->layers[l];
        REAL *a = rows_of(m, &pass->outputs, l, first);
        affine(layer, x, rows, taken_by(m, &pass->outputs, l, first), a);
        if (l == top) break;
        int64_t count = rows * layer->out;
        if (mlp_keeps_inputs(m)) memcpy(rows_of(m, &pass->inputs, l, first), a, (size_t)count * sizeof(REAL));
        activate(m->activation, count, a);
    }
    return loss_sum(m, rows, rows_of(m, &pass->outputs, top, first), m->data->labels + first);
}
