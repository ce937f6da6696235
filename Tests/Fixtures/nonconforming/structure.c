/* Shards, blocks and metrics. */
#include "nonconforming.h"

#include <math.h>

eos_status evaluate_shards(void *self, eos_evaluation *evaluation) {
    objective *o = self;
    double x[MOST], gradient[MOST];
    int64_t first = evaluation->shard_first, count = evaluation->shard_count;
    if (first < 0 || count < 0 || first > SAMPLES || count > SAMPLES - first) {
#ifdef BREAK_SHARD_RANGE
        first = 0, count = 1;
#else
        return o->host->fail(o->host, EOS_E_INVALID, "there are no such shards");
#endif
    }
    read_point(o, evaluation->x, x);
    evaluation->value = sums(o, x, first, count, gradient);
    evaluation->weight = (double)count;
#ifdef BREAK_SHARDS
    evaluation->value /= (double)count; /* a mean */
#endif
    if (!isfinite(evaluation->value)) return EOS_RECOVERABLE;
    for (int64_t i = 0; evaluation->gradient && i < o->size; i++) set(o, evaluation->gradient, i, gradient[i]);
#ifdef BREAK_SHARD_GRADIENT
    if (evaluation->gradient) set(o, evaluation->gradient, 0, 0);
#endif
    return EOS_OK;
}

eos_status block(void *self, int64_t index, eos_block *out) {
    objective *o = self;
    if (index < 0 || index >= 2) {
#ifdef BREAK_BLOCK_END
        return EOS_E_INVALID;
#endif
        return EOS_E_NOT_FOUND;
    }
    out->rank = 1;
    out->name = o->block_names + 5 * index;
    out->offset = index;
    out->shape[0] = index == 0 ? 1 : o->size - 1;
#ifdef BREAK_BLOCK_GAP
    if (index == 1) out->offset = 2, out->shape[0] = o->size - 2;
#endif
#ifdef BREAK_BLOCK_OVERLAP
    if (index == 1) out->offset = 0, out->shape[0] = o->size;
#endif
    return EOS_OK;
}

eos_status metric(void *self, int64_t index, eos_metric *out) {
    (void)self;
    if (index != 0) {
#ifdef BREAK_METRIC_END
        return EOS_RECOVERABLE;
#endif
        return EOS_E_NOT_FOUND;
    }
    out->name = "largest";
#ifdef BREAK_METRIC_NAME
    out->name = "Largest element";
#endif
    out->text = "the largest parameter";
    return EOS_OK;
}

eos_status measure(void *self, const void *x, double *values) {
    objective *o = self;
    values[0] = -INFINITY;
    for (int64_t i = 0; i < o->size; i++) values[0] = fmax(values[0], element(o, x, i));
#ifdef BREAK_MEASURE_WRITES
    values[1] = 0;
#endif
#ifdef BREAK_MEASURE
    o->is_bad = 1;
#endif
    return EOS_OK;
}
