/* The covariance of Y_T in its Euler form, Gamma = sigma^2 dt sum_(j < K) S^j S^j', and its Cholesky factor. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "path_rnn.h"

/* out = a b, or a b' */
static void multiply(int n, CBLAS_TRANSPOSE transposed, const double *a, const double *b, double *out) {
    cblas_dgemm(CblasRowMajor, CblasNoTrans, transposed, n, n, n, 1, a, n, b, n, 0, out, n);
}

/* With G_j the sum of the first j terms: G_(2j) = G_j + S^j G_j S^j' and G_(j+1) = sigma^2 dt I + S G_j S', along the
 * binary digits of K. */
static void accumulate(const path_rnn *p, const double *s, double *gamma, double *scratch) {
    int64_t n = p->units, size = n * n;
    double *power = scratch, *next = power + size, *product = next + size;
    memset(gamma, 0, (size_t)size * sizeof(double));
    memset(power, 0, (size_t)size * sizeof(double));
    for (int64_t i = 0; i < n; i++) power[i * n + i] = 1;
    for (int bit = 62; bit >= 0; bit--) {
        if (p->steps >> bit == 0) continue;
        multiply((int)n, CblasNoTrans, power, gamma, product);
        multiply((int)n, CblasTrans, product, power, next);
        for (int64_t i = 0; i < size; i++) gamma[i] += next[i];
        multiply((int)n, CblasNoTrans, power, power, next);
        memcpy(power, next, (size_t)size * sizeof(double));
        if ((p->steps >> bit & 1) == 0) continue;
        multiply((int)n, CblasNoTrans, s, gamma, product);
        multiply((int)n, CblasTrans, product, s, gamma);
        for (int64_t i = 0; i < n; i++) gamma[i * n + i] += p->sigma * p->sigma * p->dt;
        multiply((int)n, CblasNoTrans, s, power, next);
        memcpy(power, next, (size_t)size * sizeof(double));
    }
}

void rnn_factor_covariance(const path_rnn *p, const rnn_pass *pass, double *factor, double *scratch) {
    int64_t n = p->units;
    accumulate(p, pass->transition, factor, scratch);
    for (int64_t j = 0; j < n; j++) {
        for (int64_t i = j; i < n; i++) {
            double sum = factor[i * n + j];
            for (int64_t k = 0; k < j; k++) sum -= factor[i * n + k] * factor[j * n + k];
            factor[i * n + j] = i == j ? sqrt(sum) : sum / factor[j * n + j];
        }
        for (int64_t i = 0; i < j; i++) factor[i * n + j] = 0;
    }
}
