/* W^T of rows first ..< last of a layer's W. */
static void transpose(const mlp_layer *layer, const void *x, void *transposed, int64_t first, int64_t last) {
    /* A cache line of either matrix, so that each is brought in once. */
    enum { SIDE = 64 / sizeof(REAL) };
    const REAL *from = (const REAL *)x + layer->weight;
    REAL *to = (REAL *)transposed + layer->weight;
    for (int64_t row = first; row < last; row += SIDE) {
        int64_t end = mlp_smaller(row + SIDE, last);
        for (int64_t column = 0; column < layer->in; column += SIDE) {
            int64_t column_end = mlp_smaller(column + SIDE, layer->in);
            for (int64_t i = column; i < column_end; i++) {
                for (int64_t o = row; o < end; o++) to[i * layer->out + o] = from[o * layer->in + i];
            }
        }
    }
}
