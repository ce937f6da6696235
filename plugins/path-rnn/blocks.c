/* The names of the parameters. */
#include "path_rnn.h"

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
