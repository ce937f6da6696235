/* The initial point: from standard normal numbers, in the order of the parameters, W = -I + G/sqrt(N), A of unit norm
 * and v, which nearest_mean.c replaces. */
#include <math.h>

#include "path_rnn.h"

static void normalise(double *numbers, int64_t count) {
    double sum = 0;
    for (int64_t i = 0; i < count; i++) sum += numbers[i] * numbers[i];
    for (int64_t i = 0; i < count; i++) numbers[i] /= sqrt(sum);
}

eos_status rnn_initial_point(void *self, uint64_t seed, void *x) {
    path_rnn *p = self;
    double *point = p->point;
    p->host->random_normal(p->host, seed, 0, p->biases, point);
    for (int64_t i = 0; i < p->input_weights; i++) point[i] /= sqrt((double)p->units);
    for (int64_t i = 0; i < p->units; i++) point[i * p->units + i] -= 1;
    normalise(point + p->input_weights, p->readout_weights - p->input_weights);
    for (int64_t r = 0; r < p->readouts; r++) normalise(point + p->readout_weights + r * p->units, p->units);
    for (int64_t i = p->biases; i < p->dimension; i++) point[i] = 0;
    eos_status status = rnn_set_nearest_mean(p, point);
    if (!status) eos_from_f64(p->dtype, p->dimension, point, x);
    return status;
}

/* The names of the parameters. */
eos_status rnn_block(void *self, int64_t index, eos_block *out) {
    const path_rnn *p = self;
    const eos_block blocks[] = {
        EOS_BLOCK("W", 0, p->units, p->units),
        EOS_BLOCK("A", p->input_weights, p->units, p->channels),
        EOS_BLOCK("v", p->readout_weights, p->readouts, p->units),
        EOS_BLOCK("beta", p->biases, p->readouts),
    };
    return eos_block_at(blocks, EOS_COUNT(blocks), index, out);
}
