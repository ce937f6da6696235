/* The objective from its making to its end. */
#include "nonconforming.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void destroy(void *self) {
    objective *o = self;
#ifdef BREAK_DESTROY_NULL
    o->size = 0;
#endif
    if (!o) return;
    memset(table, 0, sizeof table);
#ifndef BREAK_LEAK_LIFE
    free(o->block_names);
#endif
    free(o);
}

static eos_status describe(void *self, eos_objective_description *out) {
    const objective *o = self;
    out->dtype = o->is_single ? EOS_F32 : EOS_F64;
    out->dimension = o->size;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE | EOS_OBJECTIVE_REENTRANT;
    out->shard_count = SAMPLES;
    out->value_lower_bound = 0;
    out->sharpness_lower_bound = (double)o->size;
#ifdef BREAK_DESCRIBES_DIFFERENTLY
    static int calls;
    out->value_accuracy = 1e-9 * ++calls;
#endif
#ifdef BREAK_VALUE_BOUND
    out->value_lower_bound = 1;
#endif
#ifdef BREAK_SHARPNESS_BOUND
    out->sharpness_lower_bound = 100;
#endif
#ifdef BREAK_DESCRIPTION_PAST
    memset(out + 1, 0, 8); /* a field of a later release, which this host does not have */
#endif
#ifdef BREAK_NO_SHARDS
    out->shard_count = -3;
#endif
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    const objective *o = self;
    double start[MOST];
    o->host->random_uniform(o->host, seed, 0, o->size, start);
#ifdef BREAK_SEEDLESS
    static int calls;
    start[0] += 1e-3 * ++calls;
#endif
    for (int64_t i = 0; i < o->size; i++) set(o, x, i, start[i] + 0.5);
#ifdef BREAK_START
    set(o, x, o->size - 1, NAN);
#endif
    return EOS_OK;
}

static const eos_objective_ops ops = {
#ifdef BREAK_OPS_SIZE
    .struct_size = 1u << 30,
#else
    .struct_size = sizeof ops,
#endif
    .destroy = destroy,
    .describe = describe,
    .initial_point = initial_point,
    .evaluate = evaluate,
    .ray_begin = ray_begin,
    .ray_value = ray_value,
#ifndef BREAK_HALF_RAY
    .ray_commit = ray_commit,
#else
    .ray_commit = 0 ? ray_commit : NULL,
#endif
    .linearize = linearize,
    .curvature = curvature,
    .sampled_curvature = sampled_curvature,
    .evaluate_shards = evaluate_shards,
    .block = block,
    .metric = metric,
    .measure = measure,
    .save = save,
    .load = load,
};

eos_status create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                  const eos_objective_ops **out, void **self) {
    (void)ctx, (void)id;
    int64_t size = 0;
    const char *dtype = "";
    host->get_i64(host, config, "size", &size);
    host->get_string(host, config, "dtype", &dtype);
    if (size > MOST) {
#ifdef BREAK_SILENT
        return EOS_E_CONFIG;
#endif
        return host->fail(host, EOS_E_CONFIG, "size is above 64; make it smaller");
    }
#ifdef BREAK_CREATE_CRASHES
    if (size == 2) abort();
#endif
#ifdef BREAK_DEFAULTS
    return host->fail(host, EOS_E_CONFIG, "nothing can be made");
#endif
    objective *o = calloc(1, sizeof *o);
    if (!o) return host->fail(host, EOS_E_MEMORY, "not enough memory for an objective");
    o->host = host;
    o->size = size;
    o->is_single = strcmp(dtype, "f32") == 0;
    o->block_names = malloc(10);
    if (o->block_names) memcpy(o->block_names, "head\0tail", 10);
    for (int64_t i = 0; i < MOST; i++) table[i] = 1 + (double)i;
    leave_thread();
#ifdef BREAK_THREAD_LOCAL
    is_creator = 1;
#endif
    *out = &ops;
    *self = o;
    return EOS_OK;
}
