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

/* What follows z of the first layer, which is in the pass. */
static double forward_from_first(const mlp *m, const REAL *x, const mlp_pass *pass, int64_t first, int64_t last) {
    int64_t rows = last - first, top = m->depth - 1;
    for (int64_t l = 0; l < top; l++) {
        REAL *a = rows_of(m, &pass->outputs, l, first);
        int64_t count = rows * m->layers[l].out;
        if (mlp_keeps_inputs(m)) memcpy(rows_of(m, &pass->inputs, l, first), a, (size_t)count * sizeof(REAL));
        activate(m->activation, count, a);
        affine(&m->layers[l + 1], x, rows, a, rows_of(m, &pass->outputs, l + 1, first));
    }
    return loss_sum(m, rows, rows_of(m, &pass->outputs, top, first), m->data->labels + first);
}

static void first_layer(const mlp *m, const void *parameters, void *z, int64_t first, int64_t last) {
    affine(&m->layers[0], parameters, last - first, inputs_of(m, first), (REAL *)z + first * m->layers[0].out);
}

static double forward(const mlp *m, const void *x, const mlp_pass *pass, int64_t first, int64_t last) {
    first_layer(m, x, pass->outputs.layer[0], first, last);
    return forward_from_first(m, x, pass, first, last);
}

static void move(const void *x, double t, const void *d, void *out, int64_t first, int64_t last) {
    /* To the bits of the points that the host forms. */
#pragma STDC FP_CONTRACT OFF
    const REAL *from = x, *along = d;
    REAL *to = out, step = (REAL)t;
    for (int64_t i = first; i < last; i++) to[i] = from[i] + step * along[i];
}

static double forward_along(const mlp *m, double t, const mlp_pass *pass, int64_t first, int64_t last) {
    int64_t width = m->layers[0].out;
    move(m->ray.base, t, m->ray.slope, pass->outputs.layer[0], first * width, last * width);
    return forward_from_first(m, m->ray.point, pass, first, last);
}
