/* Value, gradient and curvature. A unit is on where its input is above 0; curvature is what it is almost everywhere,
 * with the kinks of ReLU left out. */
#include <math.h>
#include <string.h>

#include "threshold_network.h"

/* How many of the ascending x are below b: `start` is looked at first. */
static int64_t count_below(const double *x, int64_t d, double b, int64_t start) {
    int64_t k = start;
    for (int step = 0; step < 8; step++) {
        if (k < d && x[k] < b) k++;
        else if (k > 0 && !(x[k - 1] < b)) k--;
        else return k;
    }
    int64_t low = 0, high = d; /* x[low - 1] < b <= x[high] */
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (x[middle] < b) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* The same up to and with b. */
static int64_t count_up_to(const double *x, int64_t d, double b, int64_t start) {
    int64_t k = start;
    for (int step = 0; step < 8; step++) {
        if (k < d && x[k] <= b) k++;
        else if (k > 0 && !(x[k - 1] <= b)) k--;
        else return k;
    }
    int64_t low = 0, high = d;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (x[middle] <= b) low = middle + 1;
        else high = middle;
    }
    return low;
}

typedef struct pass {
    const threshold_network *t;
    double parameters[PARAMETERS];
    int wants_hessian;
} pass;

/* With S- = sum_i ReLU(-x_i + b) over m units that are on and S+ over p: grad f = (S-, S+, a- m + a+ p). */
static void sum_block(void *ctx, int64_t block) {
    const pass *c = ctx;
    const threshold_network *t = c->t;
    const training *data = &t->training;
    int64_t d = t->dimension;
    double minus = c->parameters[MINUS], plus = c->parameters[PLUS], b = c->parameters[BIAS];
    sums total;
    memset(&total, 0, sizeof total);
    int64_t end = eos_part_end(block, BLOCK_SAMPLES, t->samples);
    for (int64_t s = block * BLOCK_SAMPLES; s < end; s++) {
        const double *x = data->sorted + s * d;
        int64_t on_minus = data->minus[s] = (int32_t)count_below(x, d, b, data->minus[s]);
        int64_t off_plus = data->plus[s] = (int32_t)count_up_to(x, d, -b, data->plus[s]);
        double m = (double)on_minus, p = (double)(d - off_plus);
        double f_minus = m * b - data->below[s * (d + 1) + on_minus];
        double f_plus = data->above[s * (d + 1) + off_plus] + p * b;
        double by_b = minus * m + plus * p;
        double margin = data->signs[s] * (minus * f_minus + plus * f_plus);
        double decay = exp(-fabs(margin)), wrong = margin > 0 ? decay / (1 + decay) : 1 / (1 + decay);
        double slope = -data->signs[s] * wrong;
        total.loss += (margin > 0 ? 0 : -margin) + log1p(decay);
        total.gradient[MINUS] += slope * f_minus;
        total.gradient[PLUS] += slope * f_plus;
        total.gradient[BIAS] += slope * by_b;
        if (!c->wants_hessian) continue;
        double curvature = decay / ((1 + decay) * (1 + decay));
        total.hessian[MINUS][MINUS] += curvature * f_minus * f_minus;
        total.hessian[MINUS][PLUS] += curvature * f_minus * f_plus;
        total.hessian[PLUS][PLUS] += curvature * f_plus * f_plus;
        total.hessian[MINUS][BIAS] += curvature * f_minus * by_b + slope * m;
        total.hessian[PLUS][BIAS] += curvature * f_plus * by_b + slope * p;
        total.hessian[BIAS][BIAS] += curvature * by_b * by_b;
    }
    t->blocks[block] = total;
}

/* Means over all samples at x; false where x is not finite. */
static int sum(const threshold_network *t, const void *x, int wants_hessian, sums *out) {
    pass c = {.t = t, .wants_hessian = wants_hessian};
    eos_to_f64(t->dtype, PARAMETERS, x, c.parameters);
    if (!eos_all_finite(PARAMETERS, c.parameters)) return 0;
    int64_t blocks = eos_part_count(t->samples, BLOCK_SAMPLES);
    eos_each(t->host, 0, blocks, sum_block, &c);
    memset(out, 0, sizeof *out);
    for (int64_t block = 0; block < blocks; block++) {
        const sums *one = &t->blocks[block];
        out->loss += one->loss;
        for (int i = 0; i < PARAMETERS; i++) {
            out->gradient[i] += one->gradient[i];
            for (int j = i; j < PARAMETERS; j++) out->hessian[i][j] += one->hessian[i][j];
        }
    }
    double share = 1 / (double)t->samples;
    out->loss *= share;
    for (int i = 0; i < PARAMETERS; i++) {
        out->gradient[i] *= share;
        for (int j = i; j < PARAMETERS; j++) out->hessian[j][i] = out->hessian[i][j] *= share;
    }
    return 1;
}

eos_status threshold_network_evaluate(void *self, eos_evaluation *evaluation) {
    const threshold_network *t = self;
    eos_status status = eos_check_gradient(t->host, evaluation);
    if (status) return status;
    sums means;
    evaluation->value = NAN;
    if (!sum(t, evaluation->x, 0, &means)) return EOS_RECOVERABLE;
    if (eos_gradient(evaluation)) eos_from_f64(t->dtype, PARAMETERS, means.gradient, evaluation->gradient);
    if (!isfinite(means.loss)) return EOS_RECOVERABLE;
    evaluation->value = means.loss;
    return EOS_OK;
}

eos_status threshold_network_linearize(void *self, const void *x) {
    threshold_network *t = self;
    sums means;
    if (!sum(t, x, 1, &means)) return EOS_RECOVERABLE;
    memcpy(t->hessian, means.hessian, sizeof t->hessian);
    t->is_linearized = 1;
    return eos_all_finite(PARAMETERS * PARAMETERS, t->hessian[0]) ? EOS_OK : EOS_RECOVERABLE;
}

eos_status threshold_network_curvature(void *self, const void *v_, void *out) {
    const threshold_network *t = self;
    eos_status status = eos_check_linearized(t->host, t->is_linearized);
    if (status) return status;
    double v[PARAMETERS], product[PARAMETERS] = {0};
    eos_to_f64(t->dtype, PARAMETERS, v_, v);
    for (int i = 0; i < PARAMETERS; i++) {
        for (int j = 0; j < PARAMETERS; j++) product[i] += t->hessian[i][j] * v[j];
    }
    eos_from_f64(t->dtype, PARAMETERS, product, out);
    return EOS_OK;
}
