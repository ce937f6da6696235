/* f(u, v) = (<u, v> - y)^2 / 2: overparametrised least squares whose minima are a quadric. */
#ifndef EOS_INNER_PRODUCT_H
#define EOS_INNER_PRODUCT_H

#include "eos/kit.h"

typedef struct inner_product {
    const eos_host *host;
    int64_t size;  /* n, of u and of v: a point is u, then v */
    double target; /* y */
    double *start; /* 2 n numbers; NULL: drawn from the seed */

    /* The point of the last linearize; made by the first. */
    double *x;
    double residual; /* <u, v> - y */
} inner_product;

/* The nearest point of the minima M = {<u, v> = y} and where it lies. */
typedef struct inner_product_projection {
    double distance_to_flattest;   /* from the nearest of the flattest minima */
    double signed_normal_distance; /* > 0: on the side of larger products */
    double sharpness;              /* of f at the projection */
} inner_product_projection;

/* derivatives.c: each fails with EOS_RECOVERABLE where the value is not finite. */
eos_status inner_product_evaluate(void *self, eos_evaluation *evaluation);
eos_status inner_product_linearize(void *self, const void *x);
eos_status inner_product_curvature(void *self, const void *v, void *out);
/* projection.c: all NaN where y = 0, whose minima are no smooth surface, or where x is not finite. */
inner_product_projection inner_product_project(int64_t size, double target, const double *x);

#endif
