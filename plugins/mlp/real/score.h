/* Loss and accuracy of any samples, keeping nothing. */

/* Whether z[label] is the largest; of equal ones the first counts. NaN is never right. */
static int is_hit(int64_t classes, const REAL *z, int32_t label) {
    for (int64_t k = 0; k < classes; k++) {
        if (!(k < label ? z[k] < z[label] : z[k] <= z[label])) return 0;
    }
    return 1;
}

static mlp_score score(const mlp *m, mlp_point at, int64_t first, int64_t last, void *scratch) {
    int64_t rows = last - first, classes = m->data->classes;
    REAL *next = scratch, *other = next + rows * m->widest;
    const REAL *a = inputs_of(m, first);
    for (int64_t l = 0; l < m->depth; l++) {
        affine(&m->layers[l], at.x, at.transposed, rows, a, next);
        if (l < m->depth - 1) activate(m->activation, rows * m->layers[l].out, next);
        a = next;
        next = other;
        other = (REAL *)a;
    }
    const int32_t *labels = m->data->labels + first;
    mlp_score result = {loss_sum(m, rows, a, labels), 0};
    for (int64_t s = 0; s < rows; s++) result.correct += is_hit(classes, a + s * classes, labels[s]);
    return result;
}
