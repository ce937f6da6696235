/* The mean model of a small ReLU network on sparse coding data: l(A g(b)) with A = d (a- + a+), g(b) = E ReLU(z + b)
 * for standard normal z and l(s) = log(2 cosh(s/2)) ("Learning threshold neurons via the edge of stability", 2022,
 * arXiv 2212.07469). Gradient descent on (a-, a+, b) with step t is
 *     A <- A - 2 d^2 t l'(A g) g(b),   b <- b - t l'(A g) A Phi(b). */
#ifndef EOS_MEAN_MODEL_H
#define EOS_MEAN_MODEL_H

#include "eos/kit.h"

enum { MINUS, PLUS, BIAS, PARAMETERS };

typedef struct mean_model {
    const eos_host *host;
    double dimension; /* d */
    double start[PARAMETERS];
    double hessian[PARAMETERS][PARAMETERS]; /* at the point of the last linearize */
    int is_linearized;
} mean_model;

/* Density and distribution function of the standard normal distribution, and g(b) = phi(b) + b Phi(b). */
typedef struct gaussian {
    double density, distribution, mean;
} gaussian;

/* gaussian.c: each with a relative error of some roundings, however negative b is. */
gaussian gaussian_at(double b);
/* derivatives.c: each fails with EOS_RECOVERABLE where the value is not finite. */
eos_status mean_model_evaluate(void *self, eos_evaluation *evaluation);
eos_status mean_model_linearize(void *self, const void *x);
eos_status mean_model_curvature(void *self, const void *v, void *out);

#endif
