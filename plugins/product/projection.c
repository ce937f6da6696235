/* Projection onto the minima M, by bisection ("Convergence rates on the edge of stability", 2025, arXiv 2510.17506,
 * appendix).
 *
 * At the projection q the difference x - q is normal to M: x_i = q_i + a / q_i for one number a, so that
 * q_i = (x_i + sqrt(x_i^2 - 4 a)) / 2, and a follows from q_1 ... q_p = y, which falls as a rises. Where the product is
 * still above y at the largest a, min x_i^2 / 4, the smallest entry goes on with the other root, and a falls again.
 * Near M this is the nearest minimum; far outside (all entries 2 for y = 1) another such point may be nearer. */
#include <math.h>

#include "product.h"

typedef struct family {
    int64_t depth, smallest; /* the smallest entry */
    const double *x;
    int lower; /* whether the smallest entry takes the lower root */
} family;

static double root(const family *f, double a, int64_t i) {
    double x = fabs(f->x[i]);
    double square = x * x - 4 * a;
    double upper = (x + (square > 0 ? sqrt(square) : 0)) / 2;
    /* a / upper is the lower root without cancellation. */
    return f->lower && i == f->smallest ? a / upper : upper;
}

/* log of the product of all roots: thousands of factors neither overflow nor vanish. */
static double log_product(const family *f, double a) {
    double sum = 0;
    for (int64_t i = 0; i < f->depth; i++) sum += log(root(f, a, i));
    return sum;
}

/* The a whose product is y, in low ..< high. Bisects until the two are neighbours. */
static double bisect(const family *f, double log_target, double low, double high) {
    for (int step = 0; step < 1100; step++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        int is_above = log_product(f, middle) > log_target;
        /* Along the lower root the product rises with a. */
        if (is_above != f->lower) low = middle;
        else high = middle;
    }
    return low + (high - low) / 2;
}

static int has_projection(int64_t depth, double target, const double *x) {
    int is_negative = 0;
    for (int64_t i = 0; i < depth; i++) {
        if (!isfinite(x[i])) return 0;
        is_negative ^= x[i] < 0;
    }
    return target > 0 && !is_negative;
}

product_projection product_project(int64_t depth, double target, const double *x) {
    if (!has_projection(depth, target, x)) return (product_projection){NAN, NAN, NAN};
    family f = {.depth = depth, .x = x};
    for (int64_t i = 1; i < depth; i++) {
        if (fabs(x[i]) < fabs(x[f.smallest])) f.smallest = i;
    }
    double log_target = log(target), flattest = exp(log_target / (double)depth);
    double largest = x[f.smallest] * x[f.smallest] / 4;
    /* With a = -flattest^2 no root is below `flattest`. */
    double a;
    if (log_product(&f, largest) <= log_target) {
        a = bisect(&f, log_target, -flattest * flattest, largest);
    } else {
        f.lower = 1;
        a = bisect(&f, log_target, 0, largest);
    }
    double distance = 0, inverses = 0;
    for (int64_t i = 0; i < depth; i++) {
        double q = root(&f, a, i);
        distance += (q - flattest) * (q - flattest);
        inverses += 1 / (q * q);
    }
    return (product_projection){sqrt(distance), a * sqrt(inverses), target * target * inverses};
}
