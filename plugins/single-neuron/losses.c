/* The families of losses. */
#include <float.h>
#include <math.h>

#include "single_neuron.h"

/* l(s) = sqrt(1 + s^2). */
loss single_neuron_sqrt(const single_neuron *n, double s) {
    (void)n;
    double root = hypot(1, s);
    return (loss){root, s / root, 1 / root / root / root};
}

/* l(s) = log cosh s: for small s by 2 sinh^2(s/2) = cosh s - 1, for large ones by e^-2|s|. */
loss single_neuron_log_cosh(const single_neuron *n, double s) {
    (void)n;
    double size = fabs(s), decay = exp(-2 * size);
    double half = sinh(fmin(size, 1) / 2);
    double value = size < 1 ? log1p(2 * half * half) : size + log1p(decay) - 0.69314718055994530942;
    return (loss){value, tanh(s), 4 * decay / ((1 + decay) * (1 + decay))};
}

/* 2F1(1/beta, 1; c; w) for 0 <= w <= 1/2: its terms fall by half at least from some place on. */
static double series(double beta, double c, double w) {
    double term = 1, sum = 1;
    for (int k = 0; k < 200 && fabs(term) > DBL_EPSILON / 8 * fabs(sum); k++) {
        term *= (1 / beta + k) / (c + k) * w;
        sum += term;
    }
    return sum;
}

/* l'(s) = s / (1 + |s|^beta)^(1/beta), l(0) = 0. With z = |s|^beta the integral is
 *     l(s) = s^2/2 2F1(1/beta, 2/beta; 1 + 2/beta; -z),
 * which Pfaff's transformation takes to an argument below 1/2 where |s| <= 1; beyond it the integral from s to infinity
 * of 1 - l' is used, a series in 1/z of the same kind. */
loss single_neuron_beta(const single_neuron *n, double s) {
    double beta = n->beta, size = fabs(s), value, slope, curvature;
    if (size <= 1) {
        double z = pow(size, beta), factor = exp(-log1p(z) / beta);
        value = size * size / 2 * factor * series(beta, 1 + 2 / beta, z / (1 + z));
        slope = size * factor;
        curvature = factor / (1 + z);
    } else {
        double inverse = pow(size, -beta), factor = exp(-log1p(inverse) / beta);
        value = n->limit + size * factor * series(beta, 1 - 1 / beta, inverse / (1 + inverse));
        slope = factor;
        curvature = factor / size * (inverse / (1 + inverse));
    }
    return (loss){value, copysign(slope, s), curvature};
}

/* The integral of l' - 1 over the half line, B(2/beta, -1/beta) / beta. */
double single_neuron_beta_limit(double beta) {
    double inverse = 1 / beta;
    /* Gamma(-1/beta) = -beta Gamma(1 - 1/beta). */
    return -tgamma(2 * inverse) * tgamma(1 - inverse) / tgamma(inverse);
}
