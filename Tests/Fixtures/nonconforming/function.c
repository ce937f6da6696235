/* The function: a quartic bowl, summed over samples. */
#include "nonconforming.h"

#include <math.h>
#include <string.h>

double element(const objective *o, const void *v, int64_t i) {
    return o->is_single ? (double)((const float *)v)[i] : ((const double *)v)[i];
}

void set(const objective *o, void *v, int64_t i, double value) {
    if (o->is_single) {
        ((float *)v)[i] = (float)value;
    } else {
        ((double *)v)[i] = value;
    }
}

double table[MOST];

double eigenvalue(int64_t i) {
#ifdef BREAK_SHARED_TABLE
    return table[i]; /* which destroy clears for all */
#else
    (void)table;
    return 1 + (double)i;
#endif
}

static double centre(int64_t s, int64_t i) { return 0.1 * (double)((s * 7 + i * 3) % 5) - 0.2; }

/* Sums over samples first ..< first + count of sum_i lambda_i (x_i - c_si)^2 / 2 + x_i^4 / 4. */
double sums(const objective *o, const double *x, int64_t first, int64_t count, double *gradient) {
    double value = 0;
    if (gradient) memset(gradient, 0, sizeof(double) * (size_t)o->size);
    for (int64_t s = first; s < first + count; s++) {
        for (int64_t i = 0; i < o->size; i++) {
            double distance = x[i] - centre(s, i);
            value += eigenvalue(i) * distance * distance / 2 + x[i] * x[i] * x[i] * x[i] / 4;
            if (gradient) gradient[i] += eigenvalue(i) * distance + x[i] * x[i] * x[i];
        }
    }
#ifdef BREAK_GRADIENT
    if (gradient) gradient[0] += 1e-3 * (double)count;
#endif
#ifdef BREAK_NEGATIVE
    value -= 10 * (double)count;
#endif
#ifdef BREAK_F32_OFF
    if (o->is_single) {
        for (int64_t i = 0; gradient && i < o->size; i++) gradient[i] *= 1.05;
        return value * 1.05;
    }
#endif
    return value;
}

void read_point(const objective *o, const void *v, double *x) {
    for (int64_t i = 0; i < o->size; i++) {
        x[i] = element(o, v, i);
#ifdef BREAK_HIDES_NAN
        if (isnan(x[i])) x[i] = 0;
#endif
    }
}
