/* The names of the parameters. */
#include "path_rnn.h"

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
