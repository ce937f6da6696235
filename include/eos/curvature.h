/* libeos: the curvature of an objective at a point. */
#ifndef EOS_CURVATURE_H
#define EOS_CURVATURE_H

#include "runtime.h"

/* An approximate eigenvalue of the Hessian. */
typedef struct eos_eigenvalue {
    double value;
    double residual;    /* |H v - value v| for the unit vector v: an eigenvalue lies within this of `value` */
    int32_t converged;  /* 1: the residual is small enough and no larger eigenvalue was missed; see eos_sharpness */
    int32_t reserved;
} eos_eigenvalue;

/* How leading eigenvalues are computed. Zero fields take the defaults. */
typedef struct eos_sharpness_options {
    uint32_t struct_size;
    uint32_t reserved;
    int64_t count;         /* how many, the algebraically largest first; 0: 1 */
    double tolerance;      /* on residual / |value|; 0: 1e-3 */
    int64_t max_products;  /* Hessian-vector products allowed; 0: 100 */
    int64_t max_basis;     /* vectors kept before a restart; 0: 2 count + 40 */
    uint64_t seed;         /* of the random part of the starting vector */
    const void *start;     /* count x n elements to start from, such as earlier eigenvectors; NULL: random */
} eos_sharpness_options;

#ifdef __cplusplus
extern "C" {
#endif

/* [owner] Leading eigenvalues of the Hessian at x by Lanczos' method with full reorthogonalisation (Lanczos, 1950;
 * thick restarts as in Wu and Simon, 2000). eigenvalues: room for `count`. vectors: room for count x n elements of the
 * objective's dtype, or NULL. products, unless NULL: how many were used. options may be NULL.
 *
 * The result is EOS_OK also if not all eigenvalues have converged: read the flags. All `count` entries are written. If
 * max_products is too small to find an eigenvalue, its value is NaN, its residual infinite, its flag 0, its vector 0.
 *
 * `converged` is 1 if two conditions hold. First, residual <= tolerance * |value|, or the residual is at the rounding
 * of the products: twice their accuracy relative to the largest |eigenvalue|. Second, no larger eigenvalue was missed.
 * A miss is an eigenvalue above the last wanted value by more than the gap. The gap is 1 % of the distance between the
 * largest and the smallest eigenvalue, or tolerance * |value| if that is more. The probability of a miss is at most
 * 0.001, over the random vectors that `seed` gives, for every Hessian and every `start`. Steps of Lanczos' method from
 * a random vector establish it (Hochstenbach, 2013). Their number grows with log(n): 10 to 20 products for a Hessian
 * with a few outliers at n = 1e6, and not many more than 5 log(3300 sqrt(n)) for any spectrum. The probability does not
 * count errors of the products. In a trainer, an objective that has sampled_curvature searches a part of the samples
 * instead: the same probability then holds for the Hessian of the part, with a gap of 10 %.
 *
 * If the products are differences of gradients, the residual includes their error. It is measured at each vector with a
 * second width, and other widths are tried if it is too large. This takes 3 products or more for each eigenvalue, which
 * max_products includes. If max_products leaves none for it, the residual is infinite and the flag 0. */
EOS_EXPORT eos_status eos_sharpness(eos_objective *objective, const void *x, const eos_sharpness_options *options,
                                    eos_eigenvalue *eigenvalues, void *vectors, int64_t *products);

/* [owner] The spectral density by stochastic Lanczos quadrature (Ghorbani, Krishnan, Xiao, 2019, arXiv 1901.10159):
 * `probes` random vectors, `steps` Lanczos steps each. Fills nodes and weights, probes x steps each; the weights are
 * not negative and sum to 1; an unused place has weight 0. The weighted sum of h(node) estimates trace h(H) / n. */
EOS_EXPORT eos_status eos_spectrum(eos_objective *objective, const void *x, int64_t probes, int64_t steps,
                                   uint64_t seed, double *nodes, double *weights);

#ifdef __cplusplus
}
#endif

#endif
