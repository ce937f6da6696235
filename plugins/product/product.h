/* f(x) = (x_1 x_2 ... x_p - y)^2 / 2: the scalar factorisation, the simplest overparametrised least squares problem. */
#ifndef EOS_PRODUCT_H
#define EOS_PRODUCT_H

#include "eos/kit.h"

typedef struct product {
    const eos_host *host;
    int64_t depth; /* p */
    double target; /* y */
    double *start; /* depth numbers; NULL: drawn from the seed */

    /* The point of the last linearize, the products before and after each of its entries, and their derivatives along
     * the last direction; made by the first linearize. */
    double *x, *before, *after, *dbefore, *dafter;
    void *memory;    /* of these */
    double residual; /* x_1 ... x_p - y */
    int is_linearized;
} product;

/* The nearest point of the minima M = {x: x_1 ... x_p = y} and where it lies. */
typedef struct product_projection {
    double distance_to_flattest;   /* |projection - |y|^(1/p) signs| with the signs of the projection */
    double signed_normal_distance; /* > 0: on the side of larger products */
    double sharpness;              /* of f at the projection */
} product_projection;

/* derivatives.c: each fails with EOS_RECOVERABLE where the value is not finite. */
eos_status product_evaluate(void *self, eos_evaluation *evaluation);
eos_status product_linearize(void *self, const void *x);
eos_status product_curvature(void *self, const void *v, void *out);
/* projection.c: all NaN where y = 0, whose minima are no smooth surface, or where x is not finite. */
product_projection product_project(int64_t depth, double target, const double *x);

#endif
