/* The probability of negative margins, Phi(-z) = erfc(z / sqrt 2) / 2 with z = margin / deviation: exact in both tails.
 * Derivatives: r = dL/dz = -w phi(z), by the margin r / d, by its variance d^2: -r z / (2 d^2). */
#include <math.h>
#include <string.h>

#include "path_rnn.h"

/* Weights below this are none: products with them would be denormal numbers, which processors are slow with. */
static const double SMALLEST_DENSITY = 1e-200;
static const double ROOT_HALF = 0.70710678118654752440, INVERSE_ROOT_TWO_PI = 0.39894228040143267794;

double rnn_loss(const path_rnn *p, const rnn_pass *pass, const double *outputs, int64_t first, int64_t last) {
    double sum = 0;
    for (int64_t i = first; i < last; i++) {
        const double *row = outputs + (i - first) * p->readouts;
        int64_t label = p->data->labels[i];
        for (int64_t other = 0; other < p->readouts; other++) {
            int64_t pair = rnn_pair(p, label, other);
            if (pair < 0) continue;
            sum += 0.5 * erfc(ROOT_HALF * pass->precision[pair] * rnn_margin(p, row, label, other));
        }
    }
    return sum;
}

typedef struct slope_context {
    const path_rnn *p;
    const rnn_pass *pass;
    const rnn_tangent *tangent; /* NULL: first derivatives */
    rnn_slopes *out;
    double weight;
} slope_context;

/* Derivatives of a block of paths; those by the margins' variances go to the block's own table. */
static void slope_block(void *ctx, int64_t block) {
    const slope_context *c = ctx;
    const path_rnn *p = c->p;
    int64_t count = p->readouts;
    double *variances = p->block_sums + block * count * count;
    memset(variances, 0, (size_t)(count * count) * sizeof(double));
    for (int64_t i = rnn_block_first(p, block); i < rnn_block_last(p, block); i++) {
        const double *row = c->pass->outputs + i * count;
        double *out = c->out->outputs + i * count;
        int64_t label = p->data->labels[i];
        memset(out, 0, (size_t)count * sizeof(double));
        for (int64_t other = 0; other < count; other++) {
            int64_t pair = rnn_pair(p, label, other);
            if (pair < 0) continue;
            double inverse = c->pass->precision[pair];
            double z = rnn_margin(p, row, label, other) * inverse;
            double density = exp(-0.5 * z * z);
            if (density < SMALLEST_DENSITY) continue;
            double r = -c->weight * INVERSE_ROOT_TWO_PI * density;
            double half = 0.5 * inverse * inverse;
            if (!c->tangent) {
                rnn_add_to_margin(p, out, label, other, r * inverse);
                variances[pair] -= r * z * half;
                continue;
            }
            double widening = c->tangent->variances[pair] * half; /* d log(deviation) */
            double dz = rnn_margin(p, c->tangent->outputs + i * count, label, other) * inverse - z * widening;
            double dr = -z * dz * r;
            rnn_add_to_margin(p, out, label, other, (dr - r * widening) * inverse);
            variances[pair] -= (dr * z + r * dz - 2 * r * z * widening) * half;
        }
    }
}

/* From derivatives by the variances of margins, block by block, to those by the covariance of the read-outs. */
static void gather(const path_rnn *p, double *covariance) {
    int64_t count = p->readouts, size = count * count;
    for (int64_t block = 1; block < p->block_count; block++) {
        for (int64_t i = 0; i < size; i++) p->block_sums[i] += p->block_sums[block * size + i];
    }
    const double *variances = p->block_sums;
    memset(covariance, 0, (size_t)size * sizeof(double));
    if (count == 1) {
        covariance[0] = variances[0];
        return;
    }
    for (int64_t r = 0; r < count; r++) {
        for (int64_t c = 0; c < count; c++) {
            double e = variances[r * count + c] + variances[c * count + r];
            covariance[r * count + r] += e;
            covariance[r * count + c] -= e;
        }
    }
}

static void run(path_rnn *p, const rnn_pass *pass, const rnn_tangent *tangent, rnn_slopes *out) {
    double weight = 1 / ((double)p->train * (double)rnn_margin_count(p));
    slope_context context = {p, pass, tangent, out, weight};
    rnn_each(p, p->block_count, slope_block, &context);
    gather(p, out->covariance);
}

void rnn_loss_slopes(path_rnn *p, const rnn_pass *pass, rnn_slopes *slopes) { run(p, pass, NULL, slopes); }

void rnn_loss_changes(path_rnn *p, const rnn_pass *pass, const rnn_tangent *tangent, rnn_slopes *changes) {
    run(p, pass, tangent, changes);
}
