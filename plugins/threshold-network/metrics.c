/* The accuracy on samples that training does not see, and the bias. */
#include <math.h>
#include <stdlib.h>

#include "threshold_network.h"

static const eos_metric metrics[] = {
    EOS_METRIC("test_accuracy", NULL,
               "share of test samples for which the output has the sign of y; NaN without test samples"),
    EOS_METRIC("bias", NULL, "b, the bias of the first layer; negative for a threshold neuron"),
};
EOS_METRICS(threshold_network_metric, metrics);

/* f(x). Four sums of each sign at a time: the compiler may not reorder them by itself. */
static double output(int64_t d, const double *x, const double parameters[PARAMETERS]) {
    enum { LANES = 4 };
    double minus[LANES] = {0}, plus[LANES] = {0}, b = parameters[BIAS];
    int64_t i = 0;
    for (; i + LANES <= d; i += LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            double below = b - x[i + lane], above = b + x[i + lane];
            minus[lane] += below > 0 ? below : 0;
            plus[lane] += above > 0 ? above : 0;
        }
    }
    for (; i < d; i++) {
        minus[0] += b - x[i] > 0 ? b - x[i] : 0;
        plus[0] += b + x[i] > 0 ? b + x[i] : 0;
    }
    return parameters[MINUS] * ((minus[0] + minus[1]) + (minus[2] + minus[3])) +
           parameters[PLUS] * ((plus[0] + plus[1]) + (plus[2] + plus[3]));
}

typedef struct score {
    const threshold_network *t;
    double parameters[PARAMETERS];
    int64_t *right; /* of each block */
} score;

static void score_block(void *ctx, int64_t block) {
    const score *c = ctx;
    const threshold_network *t = c->t;
    int64_t end = eos_part_end(block, BLOCK_SAMPLES, t->test), right = 0;
    for (int64_t s = block * BLOCK_SAMPLES; s < end; s++) {
        right += t->test_signs[s] * output(t->dimension, t->tests + s * t->dimension, c->parameters) > 0;
    }
    c->right[block] = right;
}

eos_status threshold_network_measure(void *self, const void *x, double *values) {
    threshold_network *t = self;
    score c = {.t = t};
    eos_to_f64(t->dtype, PARAMETERS, x, c.parameters);
    values[0] = NAN;
    values[1] = c.parameters[BIAS];
    if (t->test == 0) return EOS_OK;
    eos_status status = threshold_network_make_tests(t);
    int64_t blocks = eos_part_count(t->test, BLOCK_SAMPLES), right = 0;
    if (status) return status;
    c.right = eos_allocate(t->host, "test", blocks, 1, sizeof *c.right);
    if (!c.right) return EOS_E_MEMORY;
    t->host->parallel(t->host, blocks, score_block, &c);
    for (int64_t block = 0; block < blocks; block++) right += c.right[block];
    free(c.right);
    values[0] = (double)right / (double)t->test;
    return EOS_OK;
}
