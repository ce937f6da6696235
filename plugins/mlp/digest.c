/* Telling vectors apart by their bits. */
#include <string.h>

#include "mlp.h"

static uint64_t rotated(uint64_t word, int by) { return word << by | word >> (64 - by); }

/* One to one in `word` and in `lane`, so that a single difference survives: the round of xxHash (Collet, 2012). */
static uint64_t absorb(uint64_t lane, uint64_t word) {
    return rotated(lane + word * 0xc2b2ae3d27d4eb4f, 31) * 0x9e3779b185ebca87;
}

mlp_digest mlp_digest_of_data(mlp *m) {
    if (!m->has_data_digest) {
        const eos_dataset *data = m->data;
        mlp_digest parts[2] = {
            mlp_digest_of(data->inputs, data->train * data->features * m->kernels->element_size),
            mlp_digest_of(data->labels, data->train * (int64_t)sizeof *data->labels),
        };
        m->data_digest = mlp_digest_of(parts, (int64_t)sizeof parts);
        m->has_data_digest = 1;
    }
    return m->data_digest;
}

mlp_digest mlp_digest_of(const void *bytes, int64_t size) {
    mlp_digest digest = {{1, 2, 3, 4}};
    const char *next = bytes;
    uint64_t words[4];
    /* Four lanes, since each waits for its own multiplications. */
    for (; size >= (int64_t)sizeof words; size -= (int64_t)sizeof words, next += sizeof words) {
        memcpy(words, next, sizeof words);
        for (int i = 0; i < 4; i++) digest.lanes[i] = absorb(digest.lanes[i], words[i]);
    }
    memset(words, 0, sizeof words);
    memcpy(words, next, (size_t)size);
    for (int i = 0; i < 4; i++) digest.lanes[i] = absorb(digest.lanes[i], words[i] ^ (uint64_t)size);
    return digest;
}
