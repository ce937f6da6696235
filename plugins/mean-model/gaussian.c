/* The normal distribution and the mean of ReLU(z + b) under it. */
#include <math.h>

#include "mean_model.h"

static const double one_over_sqrt_two_pi = 0.39894228040143267794;
static const double one_over_sqrt_two = 0.70710678118654752440;

/* Below this phi(b) + b Phi(b) is a difference of nearly equal numbers. */
static const double tail = -3;
enum { TAIL_TERMS = 40 };

/* I_n = int_x^inf (z - x)^n / n! phi(z) dz for x = -b has I_-1 = phi, I_0 = Phi(b), I_1 = g(b), and by parts
 * (n + 1) I_(n+1) + x I_n = I_(n-1): a continued fraction for the ratios r_n = I_n / I_(n-1), all of positive terms
 * (W. Gautschi, 1961, on the repeated integrals of the error function). */
static gaussian in_the_tail(double b) {
    double x = -b;
    double ratio = 2 / (x + sqrt(x * x + 4 * (TAIL_TERMS + 1)));
    for (int n = TAIL_TERMS - 1; n > 0; n--) ratio = 1 / (x + (n + 1) * ratio);
    gaussian result;
    result.density = exp(-x * x / 2) * one_over_sqrt_two_pi;
    result.distribution = result.density / (x + ratio);
    result.mean = result.distribution * ratio;
    return result;
}

gaussian gaussian_at(double b) {
    if (b < tail) return in_the_tail(b);
    gaussian result;
    result.density = exp(-b * b / 2) * one_over_sqrt_two_pi;
    result.distribution = erfc(-b * one_over_sqrt_two) / 2;
    result.mean = result.density + b * result.distribution;
    return result;
}
