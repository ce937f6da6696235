/* Matrix products over the samples of a block or the weights of a tile. REAL is the element type.
 *
 * The samples are taken as they lie and never packed: libxsmm makes code for one small product at a time, and the
 * loops here keep what each of them reads in the caches. Every sum is in one order, whatever the number of threads. The
 * sizes below are the best of a grid on Zen 4; around them times change by a few percent. */

/* Numbers of a column that a product sums at a time, and rows and columns of what it gives. */
enum { INNER = 256, ROWS = 100, COLUMNS = 256, SAMPLES = 96 };

/* A product that stays in the caches: c[row][column] = [c +] sum over i of b[row][i] a[i][column], where b is stored as
 * [i][row] if it is transposed. */
static void multiply_small(int64_t rows, int64_t columns, int64_t inner, int b_is_transposed, const REAL *b,
                           int64_t b_stride, const REAL *a, int64_t a_stride, int adds, REAL *c, int64_t c_stride) {
#ifdef MLP_XSMM
    /* Column-major, as Fortran has it: what is a row here is a column there. */
    const int lda = (int)a_stride, ldb = (int)b_stride, ldc = (int)c_stride;
    const int flags = b_is_transposed ? LIBXSMM_GEMM_FLAG_TRANS_B : LIBXSMM_GEMM_FLAG_NONE;
    const REAL alpha = 1, beta = adds ? 1 : 0;
    /* clang-format takes the type for a call. */
    /* clang-format off */
    REAL_XSMM(function) multiply = REAL_XSMM(dispatch)((int)columns, (int)rows, (int)inner, &lda, &ldb, &ldc, &alpha,
                                                       &beta, &flags, NULL);
    /* clang-format on */
    if (multiply) {
        multiply(a, b, c);
        return;
    }
#endif
    /* A processor or a process that libxsmm can't make code for. */
    REAL_GEMM(CblasRowMajor, b_is_transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, (int)rows, (int)columns,
              (int)inner, 1, b, (int)b_stride, a, (int)a_stride, adds ? 1 : 0, c, (int)c_stride);
}

/* c = [c +] b a for the rows of a block of samples. */
static void multiply(int64_t rows, int64_t columns, int64_t inner, const REAL *b, const REAL *a, int adds, REAL *c) {
    for (int64_t i = 0; i < inner; i += INNER) {
        for (int64_t k = 0; k < columns; k += COLUMNS) {
            multiply_small(rows, mlp_smaller(COLUMNS, columns - k), mlp_smaller(INNER, inner - i), 0, b + i, inner,
                           a + i * columns + k, columns, adds || i > 0, c + k, columns);
        }
    }
}

/* z = [z +] a W^T: rows samples of layer->in numbers to layer->out. */
static void multiply_by_weights(const mlp_layer *layer, const REAL *transposed, int64_t rows, const REAL *a, int adds,
                                REAL *z) {
    multiply(rows, layer->out, layer->in, a, transposed + layer->weight, adds, z);
}

/* a = [a +] z W: the same backwards. */
static void multiply_back(const mlp_layer *layer, const REAL *parameters, int64_t rows, const REAL *z, int adds,
                          REAL *a) {
    multiply(rows, layer->in, layer->out, z, parameters + layer->weight, adds, a);
}

/* z = a W^T + b. */
static void affine(const mlp_layer *layer, const REAL *parameters, const REAL *transposed, int64_t rows, const REAL *a,
                   REAL *z) {
    if (layer->bias >= 0) {
        for (int64_t s = 0; s < rows; s++) {
            memcpy(z + s * layer->out, parameters + layer->bias, (size_t)layer->out * sizeof(REAL));
        }
    }
    multiply_by_weights(layer, transposed, rows, a, layer->bias >= 0, z);
}

/* The tile of [W +] z^T a, summed over samples. */
static void multiply_samples(const mlp *m, const mlp_tile *tile, int64_t samples, const REAL *z, const REAL *a,
                             int adds, REAL *weights) {
    const mlp_layer *layer = &m->layers[tile->layer];
    REAL *out = weights + layer->weight + tile->row * layer->in + tile->column;
    for (int64_t s = 0; s < samples; s += SAMPLES) {
        for (int64_t k = 0; k < tile->rows; k += ROWS) {
            multiply_small(mlp_smaller(ROWS, tile->rows - k), tile->columns, mlp_smaller(SAMPLES, samples - s), 1,
                           z + s * layer->out + tile->row + k, layer->out, a + s * layer->in + tile->column, layer->in,
                           adds || s > 0, out + k * layer->in, layer->in);
        }
    }
}

/* The biases of a tile: [b +] z summed over samples, in double. */
MLP_WIDE static void sum_samples(const mlp *m, const mlp_tile *tile, int64_t samples, const REAL *z, int adds,
                                 REAL *parameters) {
    enum { CHUNK = 64 };
    const mlp_layer *layer = &m->layers[tile->layer];
    if (layer->bias < 0 || tile->column > 0) return;
    for (int64_t first = tile->row; first < tile->row + tile->rows; first += CHUNK) {
        int64_t count = mlp_smaller(CHUNK, tile->row + tile->rows - first);
        REAL *biases = parameters + layer->bias + first;
        double sums[CHUNK];
        for (int64_t i = 0; i < count; i++) sums[i] = adds ? (double)biases[i] : 0;
        for (int64_t s = 0; s < samples; s++) {
            const REAL *row = z + s * layer->out + first;
            for (int64_t i = 0; i < count; i++) sums[i] += (double)row[i];
        }
        for (int64_t i = 0; i < count; i++) biases[i] = (REAL)sums[i];
    }
}
