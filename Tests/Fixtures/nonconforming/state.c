/* Saved states of the objective. */
#include "nonconforming.h"

typedef struct saved {
    uint64_t magic;
    int64_t evaluations;
    uint64_t sum;
} saved;

static uint64_t sum_of(const saved *s) { return (s->magic * 31 + (uint64_t)s->evaluations) * 0x9e3779b97f4a7c15u; }

eos_status save(void *self, const eos_writer *writer) {
    objective *o = self;
    saved state = {.magic = MAGIC, .evaluations = o->evaluations};
    state.sum = sum_of(&state);
#ifdef BREAK_SAVE_ONCE
    writer->write(writer->ctx, &state, sizeof state);
    return EOS_OK;
#endif
    return eos_write_all(writer, &state, sizeof state);
}

eos_status load(void *self, const eos_reader *reader) {
    objective *o = self;
    saved state = {0};
#ifdef BREAK_LOAD_CUT
    eos_read_all(reader, &state, sizeof state);
    return EOS_OK;
#endif
    int is_short = eos_read_all(reader, &state, sizeof state) != EOS_OK;
    if (is_short || state.magic != MAGIC || eos_read_end(reader) || state.sum != sum_of(&state)) {
#ifdef BREAK_LOAD_HALF
        o->is_bad = 1;
#endif
#ifdef BREAK_LOAD_ANY
        if (!is_short && state.magic == MAGIC) return EOS_OK;
#endif
        return o->host->fail(o->host, EOS_E_FORMAT, "this is no state of this objective");
    }
    o->evaluations = state.evaluations;
#ifdef BREAK_LOAD
    o->is_bad = 1;
#endif
    return EOS_OK;
}
