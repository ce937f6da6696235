/* Products with the Hessian: every line of forward.h and backward.h differentiated along v (Pearlmutter, 1994). */

static void linearize(const mlp *m, mlp_linearization *at, int64_t first, int64_t last) {
    int64_t rows = last - first, top = m->depth - 1;
    const REAL *z = rows_of(m, &at->pass.outputs, top, first);
    loss_deltas(m, rows, z, m->data->labels + first, rows_of(m, &at->deltas, top, first));
    if (m->loss == MLP_CROSS_ENTROPY) {
        softmax(rows, m->data->classes, z, rows_of(m, &at->slopes, top, first));
    }
    for (int64_t l = top; l > 0; l--) {
        int64_t count = rows * m->layers[l].in;
        const REAL *kept = kept_by(m, &at->pass, l - 1, first);
        REAL *delta = rows_of(m, &at->deltas, l - 1, first), *slope = rows_of(m, &at->slopes, l - 1, first);
        multiply_back(&m->layers[l], at->x, rows, rows_of(m, &at->deltas, l, first), 0, delta);
        if (mlp_keeps_bends(m)) {
            REAL *bend = rows_of(m, &at->bends, l - 1, first);
            memcpy(bend, delta, (size_t)count * sizeof(REAL));
            multiply_by_bend(m->activation, count, kept, bend);
        }
        for (int64_t i = 0; i < count; i++) slope[i] = 1;
        multiply_by_slope(m->activation, count, kept, slope);
        for (int64_t i = 0; i < count; i++) delta[i] *= slope[i];
    }
}

/* What of a linearization belongs to the hidden units of a layer in a block. For relu and tanh the slopes and bends
 * follow from a and df/dz, which the products read anyway. */
typedef struct hidden_units {
    const REAL *a, *delta, *slope, *bend;
    REAL *turn;
} hidden_units;

static hidden_units hidden_units_of(const mlp *m, const mlp_linearization *at, int64_t l, int64_t first) {
    hidden_units units = {rows_of(m, &at->pass.outputs, l, first), rows_of(m, &at->deltas, l, first),
                          rows_of(m, &at->slopes, l, first), NULL, NULL};
    if (mlp_keeps_bends(m)) units.bend = rows_of(m, &at->bends, l, first);
    if (mlp_is_bent(m)) units.turn = rows_of(m, &at->turns, l, first);
    return units;
}

/* Through an activation: the change of z becomes that of a; turn is the change of the slope, times df/da. */
MLP_WIDE static void differentiate_activation(mlp_activation activation, int64_t count, hidden_units units,
                                              REAL *restrict change) {
    const REAL *restrict a = units.a, *restrict delta = units.delta;
    const REAL *restrict slope = units.slope, *restrict bend = units.bend;
    REAL *restrict turn = units.turn;
    switch (activation) {
    case MLP_TANH:
        for (int64_t i = 0; i < count; i++) {
            turn[i] = -2 * a[i] * delta[i] * change[i];
            change[i] *= 1 - a[i] * a[i];
        }
        break;
    case MLP_RELU:
        for (int64_t i = 0; i < count; i++) change[i] *= (REAL)(a[i] > 0);
        break;
    case MLP_IDENTITY: break;
    default:
        for (int64_t i = 0; i < count; i++) {
            turn[i] = bend[i] * change[i];
            change[i] *= slope[i];
        }
    }
}

/* And back: the change of df/da becomes that of df/dz. */
MLP_WIDE static void differentiate_slope(mlp_activation activation, int64_t count, hidden_units units,
                                         REAL *restrict change) {
    const REAL *restrict a = units.a, *restrict slope = units.slope, *restrict turn = units.turn;
    switch (activation) {
    case MLP_TANH:
        for (int64_t i = 0; i < count; i++) change[i] = change[i] * (1 - a[i] * a[i]) + turn[i];
        break;
    case MLP_RELU:
        for (int64_t i = 0; i < count; i++) change[i] *= (REAL)(a[i] > 0);
        break;
    case MLP_IDENTITY: break;
    default:
        for (int64_t i = 0; i < count; i++) change[i] = change[i] * slope[i] + turn[i];
    }
}

/* Directional derivatives of the outputs, layer by layer. */
static void differentiate_forward(const mlp *m, const mlp_linearization *at, const REAL *v, int64_t first,
                                  int64_t rows) {
    for (int64_t l = 0; l < m->depth; l++) {
        const mlp_layer *layer = &m->layers[l];
        REAL *change = rows_of(m, &at->outputs, l, first);
        affine(layer, v, at->direction, rows, taken_by(m, &at->pass.outputs, l, first), change);
        if (l > 0) multiply_by_weights(layer, at->transposed, rows, rows_of(m, &at->outputs, l - 1, first), 1, change);
        if (l == m->depth - 1) break;
        differentiate_activation(m->activation, rows * layer->out, hidden_units_of(m, at, l, first), change);
    }
}

static void differentiate(const mlp *m, const mlp_linearization *at, const void *v, int64_t first, int64_t last) {
    int64_t rows = last - first, top = m->depth - 1;
    differentiate_forward(m, at, v, first, rows);
    loss_changes(m, rows, rows_of(m, &at->slopes, top, first), rows_of(m, &at->outputs, top, first),
                 rows_of(m, &at->changes, top, first));
    for (int64_t l = top; l > 0; l--) {
        const mlp_layer *layer = &m->layers[l];
        REAL *change = rows_of(m, &at->changes, l - 1, first);
        multiply_back(layer, at->x, rows, rows_of(m, &at->changes, l, first), 0, change);
        multiply_back(layer, v, rows, rows_of(m, &at->deltas, l, first), 1, change);
        differentiate_slope(m->activation, rows * layer->in, hidden_units_of(m, at, l - 1, first), change);
    }
}

static void product(const mlp *m, const mlp_linearization *at, const mlp_tile *tile, int64_t first, int64_t last,
                    int adds, void *out) {
    int64_t l = tile->layer, samples = last - first;
    const REAL *change = rows_of(m, &at->changes, l, first);
    multiply_samples(m, tile, samples, change, taken_by(m, &at->pass.outputs, l, first), adds, out);
    if (l > 0) {
        multiply_samples(m, tile, samples, rows_of(m, &at->deltas, l, first), rows_of(m, &at->outputs, l - 1, first), 1,
                         out);
    }
    sum_samples(m, tile, samples, change, adds, out);
}
