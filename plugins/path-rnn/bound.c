/* The generalisation bound (form and constants are ours): for fixed W and A and beta = 0, a margin is a unit vector
 * times Gamma^(-1/2) mean(x), Phi has Lipschitz constant 1/sqrt(2 pi), so that with probability 1 - delta
 *
 *     R <= R_emp + sqrt(C/2) (2/sqrt(2 pi)) sqrt(mean_i |Gamma^(-1/2) mean(x_i)|^2 / n) + 3 sqrt(log(2/delta) / (2 n))
 *
 * for C classes: each path enters C - 1 of the C (C-1)/2 pairs of read-outs, and the mean over these pairs' Rademacher
 * complexities is at most sqrt(C/2) times that of a single one. */
#include <cblas.h>
#include <math.h>
#include <stdlib.h>

#include "path_rnn.h"

static const double DELTA = 0.05, TWO_OVER_ROOT_TWO_PI = 0.79788456080286535588;

eos_status rnn_bound(const path_rnn *p, const rnn_pass *pass, const double *factor, double *bound) {
    enum { PATHS = 256 };
    double *response, *means;
    const eos_array arrays[] = {
        EOS_ARRAY(response, p->units * p->steps, p->channels),
        EOS_ARRAY(means, PATHS, p->units),
    };
    void *memory = eos_allocate_arrays(p->host, "bound", arrays, EOS_COUNT(arrays));
    if (!memory) return EOS_E_MEMORY;
    rnn_respond(p, pass->network, pass->transition, response);
    int n = (int)p->units, length = (int)(p->steps * p->channels);
    double sum = 0;
    for (int64_t first = 0; first < p->train; first += PATHS) {
        int count = (int)(p->train - first < PATHS ? p->train - first : PATHS);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, count, n, length, 1, p->paths + first * length, length,
                    response, length, 0, means, n);
        cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, count, n, 1, factor, n, means, n);
        for (int64_t i = 0; i < (int64_t)count * n; i++) sum += means[i] * means[i];
    }
    free(memory);
    double paths = (double)p->train;
    double complexity = TWO_OVER_ROOT_TWO_PI * sqrt(0.5 * (double)p->classes * sum) / paths;
    *bound = pass->value + complexity + 3 * sqrt(log(2 / DELTA) / (2 * paths));
    return EOS_OK;
}
