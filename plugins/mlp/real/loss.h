/* Losses at the outputs z of the last layer, with their first and second derivatives. y is the one-hot class.
 *
 * mean squared error: f = 1/(N K) sum (z - y)^2; cross-entropy: f = 1/N sum (log sum exp z - z[class]). Sums over
 * samples are in double for either element type. */

/* log sum exp z - z[label] of one sample, never negative. */
static double cross_entropy(int64_t classes, const REAL *z, int32_t label) {
    double largest = (double)z[0], sum = 0;
    for (int64_t k = 1; k < classes; k++) largest = (double)z[k] > largest ? (double)z[k] : largest;
    for (int64_t k = 0; k < classes; k++) sum += exp((double)z[k] - largest);
    return largest - (double)z[label] + log(sum);
}

/* The loss summed over `rows` samples, not averaged. */
static double loss_sum(const mlp *m, int64_t rows, const REAL *z, const int32_t *labels) {
    int64_t classes = m->data->classes;
    double sum = 0;
    for (int64_t s = 0; s < rows; s++, z += classes) {
        if (m->loss == MLP_CROSS_ENTROPY) {
            sum += cross_entropy(classes, z, labels[s]);
            continue;
        }
        for (int64_t k = 0; k < classes; k++) {
            double error = (double)z[k] - (k == labels[s]);
            sum += error * error;
        }
    }
    return sum;
}

/* p = softmax(z), row by row, in place or not. */
static void softmax(int64_t rows, int64_t classes, const REAL *z, REAL *p) {
    for (int64_t s = 0; s < rows; s++, z += classes, p += classes) {
        REAL largest = z[0], sum = 0;
        for (int64_t k = 1; k < classes; k++) largest = z[k] > largest ? z[k] : largest;
        for (int64_t k = 0; k < classes; k++) sum += p[k] = REAL_MATH(exp)(z[k] - largest);
        for (int64_t k = 0; k < classes; k++) p[k] /= sum;
    }
}

/* What one sample's derivatives are multiplied by. */
static double loss_scale(const mlp *m) {
    double samples = (double)m->data->train;
    return m->loss == MLP_MSE ? 2 / (samples * (double)m->data->classes) : 1 / samples;
}

/* df/dz. */
static void loss_deltas(const mlp *m, int64_t rows, const REAL *z, const int32_t *labels, REAL *delta) {
    int64_t classes = m->data->classes;
    REAL scale = (REAL)loss_scale(m);
    if (m->loss == MLP_CROSS_ENTROPY) {
        softmax(rows, classes, z, delta);
        z = delta;
    }
    for (int64_t s = 0; s < rows; s++, z += classes, delta += classes) {
        for (int64_t k = 0; k < classes; k++) delta[k] = scale * (z[k] - (k == labels[s]));
    }
}

/* change = (d2f/dz2) dz, with the probabilities p for cross-entropy. */
static void loss_changes(const mlp *m, int64_t rows, const REAL *p, const REAL *dz, REAL *change) {
    int64_t classes = m->data->classes;
    REAL scale = (REAL)loss_scale(m);
    if (m->loss == MLP_MSE) {
        for (int64_t i = 0; i < rows * classes; i++) change[i] = scale * dz[i];
        return;
    }
    for (int64_t s = 0; s < rows; s++, p += classes, dz += classes, change += classes) {
        REAL mean = 0;
        for (int64_t k = 0; k < classes; k++) mean += p[k] * dz[k];
        for (int64_t k = 0; k < classes; k++) change[k] = scale * p[k] * (dz[k] - mean);
    }
}
