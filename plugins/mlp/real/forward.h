/* The forward pass. */

/* Rows `first` and on of a layer's part of a field, and of the inputs. */
static REAL *rows_of(const mlp *m, const mlp_field *field, int64_t layer, int64_t first) {
    return (REAL *)field->layer[layer] + (first - field->first) * m->layers[layer].out;
}
static const REAL *inputs_of(const mlp *m, int64_t first) {
    return (const REAL *)m->data->inputs + first * m->data->features;
}

/* What layer l takes: the data, or the outputs of the layer before. */
static const REAL *taken_by(const mlp *m, const mlp_field *outputs, int64_t l, int64_t first) {
    return l == 0 ? inputs_of(m, first) : rows_of(m, outputs, l - 1, first);
}

/* What follows z of the first layer, which is in the pass. */
static double forward_from_first(const mlp *m, mlp_point at, const mlp_pass *pass, int64_t first, int64_t last) {
    int64_t rows = last - first, top = m->depth - 1;
    for (int64_t l = 0; l < top; l++) {
        REAL *a = rows_of(m, &pass->outputs, l, first);
        int64_t count = rows * m->layers[l].out;
        if (mlp_keeps_inputs(m)) memcpy(rows_of(m, &pass->inputs, l, first), a, (size_t)count * sizeof(REAL));
        activate(m->activation, count, a);
        affine(&m->layers[l + 1], at.x, at.transposed, rows, a, rows_of(m, &pass->outputs, l + 1, first));
    }
    return loss_sum(m, rows, rows_of(m, &pass->outputs, top, first), m->data->labels + first);
}

static void first_layer(const mlp *m, mlp_point at, void *z, int64_t first, int64_t last) {
    affine(&m->layers[0], at.x, at.transposed, last - first, inputs_of(m, first), (REAL *)z + first * m->layers[0].out);
}

static double forward(const mlp *m, mlp_point at, const mlp_pass *pass, int64_t first, int64_t last) {
    affine(&m->layers[0], at.x, at.transposed, last - first, inputs_of(m, first), rows_of(m, &pass->outputs, 0, first));
    return forward_from_first(m, at, pass, first, last);
}

/* out = x + t d, to the bits of the points that the host forms. */
MLP_WIDE static void add_multiple(int64_t count, const REAL *x, REAL t, const REAL *d, REAL *out) {
#pragma STDC FP_CONTRACT OFF
    for (int64_t i = 0; i < count; i++) out[i] = x[i] + t * d[i];
}

static void move(const void *x, double t, const void *d, void *out, int64_t first, int64_t last) {
    add_multiple(last - first, (const REAL *)x + first, (REAL)t, (const REAL *)d + first, (REAL *)out + first);
}

MLP_WIDE static int64_t count_strangers(int64_t count, const REAL *restrict x, REAL t, const REAL *restrict d,
                                        const REAL *restrict point, REAL epsilon) {
    int64_t strangers = 0;
    for (int64_t i = 0; i < count; i++) {
        REAL change = t * d[i], moved = x[i] + change;
        /* Whether product and sum were rounded once or twice. NaN is nobody's. */
        REAL slack = epsilon * (REAL_MATH(fabs)(x[i]) + REAL_MATH(fabs)(change));
        strangers += !(REAL_MATH(fabs)(point[i] - moved) <= slack);
    }
    return strangers;
}

static int is_moved(const void *x, double t, const void *d, const void *point, int64_t first, int64_t last) {
    const REAL epsilon = sizeof(REAL) == sizeof(float) ? (REAL)FLT_EPSILON : (REAL)DBL_EPSILON;
    return count_strangers(last - first, (const REAL *)x + first, (REAL)t, (const REAL *)d + first,
                           (const REAL *)point + first, 4 * epsilon) == 0;
}

static double forward_along(const mlp *m, double t, mlp_point at, const mlp_pass *pass, int64_t first, int64_t last) {
    int64_t width = m->layers[0].out;
    add_multiple((last - first) * width, (const REAL *)m->ray.base + first * width, (REAL)t,
                 (const REAL *)m->ray.slope + first * width, rows_of(m, &pass->outputs, 0, first));
    return forward_from_first(m, at, pass, first, last);
}
