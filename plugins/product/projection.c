/* Projection onto the minima M = {q: q_1 ... q_p = y}, by bisection (MacDonald, Min, Palma, Tarmoun, Xu, Vidal 2025,
 * arXiv 2510.17506, appendix), for any y but 0 and any point.
 *
 * At the nearest point q of M the difference x - q is normal to M: with magnitudes in place of entries,
 * x_i = q_i + a / q_i for one number a, and q_i is a root of q^2 - x_i q + a. Second-order conditions leave little
 * choice: all take the upper root, but for the smallest entry j, which may take the lower one. So all candidates lie
 * on one curve with the magnitude z of q_j as its parameter: a = z (x_j - z), and the others follow. From z = x_j / 2
 * on (the upper root) the product rises with z, and near M its crossing of |y| is the nearest point. Where the distance
 * to that one exceeds x_j / 2, or where there is none, points with z < x_j / 2 may be nearer, and all are looked at.
 *
 * Where the signs of x multiply to another sign than y's, the nearest point of M has the sign of the smallest entry
 * changed, so that a = -z (x_j + z), and the product rises with z all the way. */
#include <math.h>

#include "product.h"

typedef struct curve {
    int64_t depth, smallest; /* the smallest entry, j */
    const double *x;
    double log_target; /* log |y| */
    int changes_sign;  /* whether q_j has another sign than x_j */
} curve;

static double multiplier(const curve *c, double z) {
    double least = fabs(c->x[c->smallest]);
    return c->changes_sign ? -z * (least + z) : z * (least - z);
}

static double root(const curve *c, double z, double a, int64_t i) {
    if (i == c->smallest) return z;
    double x = fabs(c->x[i]), square = x * x - 4 * a;
    return (x + (square > 0 ? sqrt(square) : 0)) / 2;
}

/* log(q_1 ... q_p / |y|): thousands of factors neither overflow nor vanish. */
static double excess(const curve *c, double z) {
    double a = multiplier(c, z), sum = -c->log_target;
    for (int64_t i = 0; i < c->depth; i++) sum += log(root(c, z, a, i));
    return sum;
}

/* Where the excess, negative at `low` and positive at `high`, crosses zero. Bisects until the two are neighbours. */
static double crossing(const curve *c, double low, double high) {
    for (int step = 0; step < 1100; step++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        if (excess(c, middle) > 0) high = middle;
        else low = middle;
    }
    return low + (high - low) / 2;
}

static double inverse_squares(const curve *c, double z) {
    double a = multiplier(c, z), sum = 0;
    for (int64_t i = 0; i < c->depth; i++) {
        double q = root(c, z, a, i);
        sum += 1 / (q * q);
    }
    return sum;
}

/* |x - q| with the sign of a: positive where magnitudes shrink. */
static double distance(const curve *c, double z) { return multiplier(c, z) * sqrt(inverse_squares(c, z)); }

/* The nearest of the points with z < x_j / 2, or `nearest` where that is nearer. The excess rises in the first piece,
 * and changes its direction seldom beyond it. */
static double search_below(const curve *c, double nearest) {
    double half = fabs(c->x[c->smallest]) / 2, low = 0, least = isnan(nearest) ? INFINITY : fabs(distance(c, nearest));
    int64_t pieces = c->depth > 128 ? 2 * c->depth : 256;
    int was_above = 0;
    for (int64_t piece = 1; piece <= pieces; piece++) {
        double high = half * ((double)piece / (double)pieces);
        int is_above = excess(c, high) > 0;
        if (is_above && !was_above) {
            double z = crossing(c, low, high);
            if (fabs(distance(c, z)) < least) {
                nearest = z;
                least = fabs(distance(c, z));
            }
        }
        was_above = is_above;
        low = high;
    }
    return nearest;
}

static double parameter_of_nearest(const curve *c) {
    double least = fabs(c->x[c->smallest]), flattest = exp(c->log_target / (double)c->depth);
    if (c->changes_sign) return crossing(c, 0, flattest);
    double upper = NAN;
    if (least == 0 || excess(c, least / 2) <= 0) {
        /* With z = flattest >= x_j no root is below it, and with z = x_j >= flattest all roots are the entries. */
        upper = crossing(c, least / 2, flattest > least ? flattest : least);
        if (fabs(distance(c, upper)) <= least / 2) return upper;
    }
    return least > 0 ? search_below(c, upper) : upper;
}

product_projection product_project(int64_t depth, double target, const double *x) {
    product_projection unknown = {NAN, NAN, NAN};
    if (!isfinite(target) || target == 0) return unknown;
    curve c = {.depth = depth, .x = x, .log_target = log(fabs(target)), .changes_sign = target < 0};
    for (int64_t i = 0; i < depth; i++) {
        /* Squares are finite. */
        if (!(fabs(x[i]) < 1e150)) return unknown;
        c.changes_sign ^= x[i] < 0;
        if (fabs(x[i]) < fabs(x[c.smallest])) c.smallest = i;
    }
    double z = parameter_of_nearest(&c), a = multiplier(&c, z);
    double flattest = exp(c.log_target / (double)depth), along = 0;
    for (int64_t i = 0; i < depth; i++) {
        double q = root(&c, z, a, i);
        along += (q - flattest) * (q - flattest);
    }
    return (product_projection){
        .distance_to_flattest = sqrt(along),
        .signed_normal_distance = copysign(1, target) * distance(&c, z),
        .sharpness = target * target * inverse_squares(&c, z),
    };
}
