/* Accuracies and the loss on samples that training does not see. */
#include <math.h>
#include <stdlib.h>

#include "mlp.h"

/* Samples go through the network in a fixed number of lanes, so that scratch does not grow with the data; fewer at a
 * time where layers are wide. */
enum { LANES = 16, MAXIMUM_SAMPLES = 128, MINIMUM_SAMPLES = 4, LANE_NUMBERS = 1 << 18 };

static int64_t samples_at_a_time(const mlp *m) {
    int64_t samples = LANE_NUMBERS / m->widest;
    if (samples > MAXIMUM_SAMPLES) return MAXIMUM_SAMPLES;
    return samples < MINIMUM_SAMPLES ? MINIMUM_SAMPLES : samples;
}

static const eos_metric metrics[] = {
    EOS_METRIC("train_accuracy", NULL, "share of training samples whose class has the largest output"),
    EOS_METRIC("test_accuracy", NULL,
               "share of test samples whose class has the largest output; NaN without test samples"),
    EOS_METRIC("test_loss", NULL, "loss on the test samples; NaN without test samples"),
};
EOS_METRICS(mlp_metric, metrics);

typedef struct score_context {
    const mlp *m;
    mlp_point at;
    int64_t first, last;
    int64_t samples; /* at a time */
    char *scratch;
    int64_t lane_bytes;
    mlp_score scores[LANES];
} score_context;

static void score_lane(void *ctx, int64_t lane) {
    score_context *c = ctx;
    mlp_score sum = {0, 0};
    for (int64_t i = c->first + lane * c->samples; i < c->last; i += LANES * c->samples) {
        int64_t end = c->last - i < c->samples ? c->last : i + c->samples;
        mlp_score score = c->m->kernels->score(c->m, c->at, i, end, c->scratch + lane * c->lane_bytes);
        sum.loss += score.loss;
        sum.correct += score.correct;
    }
    c->scores[lane] = sum;
}

static mlp_score score(score_context *c, int64_t first, int64_t last) {
    c->first = first;
    c->last = last;
    mlp_each(c->m, LANES, score_lane, c);
    mlp_score sum = {0, 0};
    for (int lane = 0; lane < LANES; lane++) {
        sum.loss += c->scores[lane].loss;
        sum.correct += c->scores[lane].correct;
    }
    return sum;
}

eos_status mlp_measure(void *self, const void *x, double *values) {
    const mlp *m = self;
    score_context context = {.m = m, .samples = samples_at_a_time(m)};
    context.lane_bytes = 2 * context.samples * m->widest * m->kernels->element_size;
    context.scratch = eos_allocate(m->host, "metrics", LANES, context.lane_bytes, 1);
    if (!context.scratch) return EOS_E_MEMORY;
    context.at = mlp_point_at(m, x, 0, m->depth, m->transposed);
    int64_t train = m->data->train, test = m->data->test;
    values[0] = (double)score(&context, 0, train).correct / (double)train;
    values[1] = values[2] = NAN;
    if (test > 0) {
        mlp_score sum = score(&context, train, train + test);
        values[1] = (double)sum.correct / (double)test;
        values[2] = sum.loss / ((double)test * (m->loss == MLP_MSE ? (double)m->data->classes : 1));
    }
    free(context.scratch);
    return EOS_OK;
}
