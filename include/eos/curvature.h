/* libeos: the curvature of an objective at a point. */
#ifndef EOS_CURVATURE_H
#define EOS_CURVATURE_H

#include "runtime.h"

/* An approximate eigenvalue of the Hessian. */
typedef struct eos_eigenvalue {
    double value;
    double residual;   /* |H v - value v| for the unit vector v; `value` is at most this far from an eigenvalue */
    int32_t converged; /* 1 if the residual is small and no larger eigenvalue was missed; see eos_sharpness */
    int32_t reserved;
} eos_eigenvalue;

/* Options of eos_sharpness. A field that is 0 or NULL takes its default. */
typedef struct eos_sharpness_options {
    uint32_t struct_size;
    uint32_t reserved;
    int64_t count;        /* number of eigenvalues, the algebraically largest first; the default is 1 */
    double tolerance;     /* limit of residual / |value|; the default is 1e-3 */
    int64_t max_products; /* limit of Hessian-vector products; the default is 100 */
    int64_t max_basis;    /* number of vectors kept before a restart; the default is 2 count + 40 */
    uint64_t seed;        /* seed of the random part of the starting vector */
    const void *start;    /* count x n elements to start from, such as earlier eigenvectors; NULL for a random start */
} eos_sharpness_options;

#ifdef __cplusplus
extern "C" {
#endif

/* [owner] Computes the leading eigenvalues of the Hessian at x. It uses the Lanczos method with full
 * reorthogonalisation (Lanczos, 1950) and thick restarts (Wu and Simon, 2000). `eigenvalues` has room for `count`
 * entries. `vectors` has room for count x n elements of the objective's dtype, or is NULL. If `products` is not NULL,
 * it receives the number of products used. `options` may be NULL.
 *
 * The function returns EOS_OK even if not all eigenvalues have converged: read their flags. It writes all `count`
 * entries. If max_products is too small to find an eigenvalue, its value is NaN, its residual is infinite, and its flag
 * and vector are 0.
 *
 * `converged` is 1 if two conditions hold. First, residual <= tolerance * |value|, or the residual is at the level of
 * rounding: twice the accuracy of the products relative to the largest |eigenvalue|. Second, no larger eigenvalue was
 * missed. A miss is an eigenvalue that exceeds the last wanted value by more than the gap. The gap is 1 % of the
 * distance between the largest and the smallest eigenvalue, or tolerance * |value| if that is larger. The probability
 * of a miss is at most 0.001, over the random vectors that `seed` gives, for every Hessian and every `start`. Lanczos
 * steps from a random vector establish this bound (Hochstenbach, 2013). Their number grows with log(n): 10 to 20
 * products for a Hessian with a few outliers at n = 1e6, and little more than 5 log(3300 sqrt(n)) for any spectrum. The
 * bound ignores errors of the products. If a trainer measures an objective with sampled_curvature, it searches a part
 * of the samples instead, and another part at each measurement. The probability is then at most 0.01, for the Hessian
 * of that part, with a gap of 10 %.
 *
 * If the products are differences of gradients, the residual includes their error. The function measures this error at
 * each vector with a second width, and tries other widths if it is too large. This takes 3 or more products for each
 * eigenvalue, and max_products includes them. If max_products leaves none for this, the residual is infinite and the
 * flag is 0. */
EOS_EXPORT eos_status eos_sharpness(eos_objective *objective, const void *x, const eos_sharpness_options *options,
                                    eos_eigenvalue *eigenvalues, void *vectors, int64_t *products);

/* [owner] Estimates the spectral density of the Hessian at x by stochastic Lanczos quadrature (Ghorbani, Krishnan,
 * Xiao, 2019, arXiv 1901.10159). It runs `steps` Lanczos steps from each of `probes` random vectors, and fills `nodes`
 * and `weights` with probes x steps numbers each. The weights are not negative and sum to 1. An unused entry has weight
 * 0. The weighted sum of h(node) estimates trace h(H) / n. */
EOS_EXPORT eos_status eos_spectrum(eos_objective *objective, const void *x, int64_t probes, int64_t steps,
                                   uint64_t seed, double *nodes, double *weights);

#ifdef __cplusplus
}
#endif

#endif
