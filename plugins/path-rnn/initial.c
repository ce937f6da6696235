/* The initial point, drawn in the order of the parameters: W = -I + G/sqrt(N), A and each v of unit norm, all from
 * standard normal numbers; beta = 0. And the parameters' names. */
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
    rnn_write(p, point, x);
    return EOS_OK;
}

eos_status rnn_block(void *self, int64_t index, eos_block *out) {
    const path_rnn *p = self;
    const struct { const char *name; int64_t offset, rows, columns; } blocks[] = {
        {"W", 0, p->units, p->units},
        {"A", p->input_weights, p->units, p->channels},
        {"v", p->readout_weights, p->readouts, p->units},
        {"beta", p->biases, p->readouts, 1},
    };
    if (index < 0 || index >= (int64_t)(sizeof blocks / sizeof *blocks)) return EOS_E_NOT_FOUND;
    out->name = blocks[index].name;
    out->rank = index == 3 ? 1 : 2;
    out->offset = blocks[index].offset;
    out->shape[0] = blocks[index].rows;
    out->shape[1] = blocks[index].columns;
    out->shape[2] = out->shape[3] = 1;
    return EOS_OK;
}
