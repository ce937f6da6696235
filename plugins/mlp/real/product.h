/* Matrix products over the samples of a block or the weights of a tile. REAL is the element type. */

/* C = alpha op(A) op(B) + beta C with the BLAS; C is rows x columns, `inner` is summed over. */
static void multiply(CBLAS_TRANSPOSE a_transposed, CBLAS_TRANSPOSE b_transposed, int64_t rows, int64_t columns,
                     int64_t inner, const REAL *a, int64_t a_stride, const REAL *b, int64_t b_stride, REAL beta,
                     REAL *c, int64_t c_stride) {
    REAL_GEMM(CblasRowMajor, a_transposed, b_transposed, (int)rows, (int)columns, (int)inner, 1, a, (int)a_stride, b,
              (int)b_stride, beta, c, (int)c_stride);
}

/* z = [z +] a W^T: rows samples of layer->in numbers to layer->out. */
static void multiply_by_weights(const mlp_layer *layer, const REAL *parameters, int64_t rows, const REAL *a, REAL beta,
                                REAL *z) {
    multiply(CblasNoTrans, CblasTrans, rows, layer->out, layer->in, a, layer->in, parameters + layer->weight, layer->in,
             beta, z, layer->out);
}

/* a = [a +] z W: the same backwards. */
static void multiply_back(const mlp_layer *layer, const REAL *parameters, int64_t rows, const REAL *z, REAL beta,
                          REAL *a) {
    multiply(CblasNoTrans, CblasNoTrans, rows, layer->in, layer->out, z, layer->out, parameters + layer->weight,
             layer->in, beta, a, layer->in);
}

/* z = a W^T + b. */
static void affine(const mlp_layer *layer, const REAL *parameters, int64_t rows, const REAL *a, REAL *z) {
    if (layer->bias >= 0) {
        for (int64_t s = 0; s < rows; s++) {
            memcpy(z + s * layer->out, parameters + layer->bias, (size_t)layer->out * sizeof(REAL));
        }
    }
    multiply_by_weights(layer, parameters, rows, a, layer->bias >= 0 ? 1 : 0, z);
}

/* The tile of [W +] z^T a, summed over all samples. */
static void multiply_samples(const mlp *m, const mlp_tile *tile, const REAL *z, const REAL *a, REAL beta,
                             REAL *weights) {
    const mlp_layer *layer = &m->layers[tile->layer];
    multiply(CblasTrans, CblasNoTrans, tile->rows, tile->columns, m->data->train, z + tile->row, layer->out,
             a + tile->column, layer->in, beta, weights + layer->weight + tile->row * layer->in + tile->column,
             layer->in);
}

/* The biases of a tile: z summed over all samples, in double. */
static void sum_samples(const mlp *m, const mlp_tile *tile, const REAL *z, REAL *parameters) {
    enum { CHUNK = 64 };
    const mlp_layer *layer = &m->layers[tile->layer];
    if (layer->bias < 0 || tile->column > 0) return;
    for (int64_t first = tile->row; first < tile->row + tile->rows; first += CHUNK) {
        int64_t left = tile->row + tile->rows - first;
        int64_t count = left < CHUNK ? left : CHUNK;
        double sums[CHUNK] = {0};
        for (int64_t s = 0; s < m->data->train; s++) {
            const REAL *row = z + s * layer->out + first;
            for (int64_t i = 0; i < count; i++) sums[i] += (double)row[i];
        }
        for (int64_t i = 0; i < count; i++) parameters[layer->bias + first + i] = (REAL)sums[i];
    }
}
