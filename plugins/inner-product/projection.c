/* Projection onto the minima M = {<u, v> = y}, which are a quadric: with p = (u + v)/sqrt(2) and q = (u - v)/sqrt(2)
 * they are |p|^2 - |q|^2 = 2 y, and the sharpness on M is |grad <u, v>|^2 = |p|^2 + |q|^2. For y < 0 p and q change
 * places.
 *
 * So for y > 0 the flattest minima are q = 0, |p| = sqrt(2 y), and the nearest point to (P, Q) is p = P / (1 + m),
 * q = Q / (1 - m) with the root m in -1 ... 1 of |P|^2 / (1 + m)^2 - |Q|^2 / (1 - m)^2 = 2 y. The left side falls with
 * m: the Lagrangian is convex there, so that this point is the global minimum of the distance. Where P = 0 or Q = 0 the
 * root may be missing; then m = -1, q = Q / 2, or m = 1, p = P / 2, and the other part is any vector of the length that
 * is left. */
#include <math.h>

#include "inner_product.h"

typedef struct scalars {
    double product;         /* <u, v>; its opposite for y < 0 */
    double square;          /* |u|^2 + |v|^2 */
    double larger, smaller; /* |P| and |Q|, of which M needs the first; changed for y < 0 */
} scalars;

static scalars scalars_of(int64_t size, double target, const double *x) {
    scalars s = {0};
    double sum = 0, difference = 0;
    for (int64_t i = 0; i < size; i++) {
        double u = x[i], v = x[size + i];
        s.product += u * v;
        s.square += u * u + v * v;
        sum += (u + v) * (u + v);
        difference += (u - v) * (u - v);
    }
    s.larger = sqrt((target > 0 ? sum : difference) / 2);
    s.smaller = sqrt((target > 0 ? difference : sum) / 2);
    if (target < 0) s.product = -s.product;
    return s;
}

/* The sign of |P|^2 / (1 + m)^2 - |Q|^2 / (1 - m)^2 - 2 y. The squares nearly cancel where m is small, there it is
 * that of the same times (1 - m^2)^2 / 2, which in turn has a double root at m = 1 or -1 where Q or P is 0. */
static int is_positive(const scalars *s, double y, double m) {
    if (fabs(m) < 0.5) {
        double both = 1 - m * m;
        return s->product * (1 + m * m) - m * s->square - y * both * both > 0;
    }
    double p = s->larger / (1 + m), q = s->smaller / (1 - m);
    return (p - q) * (p + q) - 2 * y > 0;
}

/* m; bisects until the two ends are neighbours. */
static double multiplier(const scalars *s, double y) {
    double low = -1, high = 1;
    for (int step = 0; step < 1100; step++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        if (is_positive(s, y, middle)) low = middle;
        else high = middle;
    }
    return low + (high - low) / 2;
}

inner_product_projection inner_product_project(int64_t size, double target, const double *x) {
    inner_product_projection unknown = {NAN, NAN, NAN};
    if (!isfinite(target) || target == 0) return unknown;
    scalars s = scalars_of(size, target, x);
    if (!isfinite(s.square)) return unknown;
    double y = fabs(target), flattest = sqrt(2 * y), m = multiplier(&s, y);
    double p = s.larger / (1 + m), q = s.smaller / (1 - m);
    /* Of the two the one that does not divide by what may be nothing. */
    if (m < 0.9) p = sqrt(2 * y + q * q);
    else q = sqrt(fmax((p - flattest) * (p + flattest), 0));
    double sharpness = p * p + q * q;
    return (inner_product_projection){
        .distance_to_flattest = hypot(p - flattest, q),
        /* x = projection + m (p, -q), and (p, -q) is the gradient of <u, v>, or for y < 0 its opposite. */
        .signed_normal_distance = copysign(1, target) * m * sqrt(sharpness),
        .sharpness = sharpness,
    };
}
