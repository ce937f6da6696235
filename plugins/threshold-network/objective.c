/* Making and destroying the objective, its starting point, blocks and table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "threshold_network.h"

static void destroy(void *self) {
    threshold_network *t = self;
    if (!t) return;
    training *data = &t->training;
    void *const parts[] = {data->sorted, data->below, data->above, data->signs,
                           data->minus,  data->plus,  t->blocks,   t->tests,
                           t->test_signs};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) free(parts[i]);
    free(t);
}

static eos_status build(threshold_network *t, const eos_config *config) {
    const eos_host *host = t->host;
    const char *dtype;
    int64_t seed;
    eos_status status = host->get_i64(host, config, "d", &t->dimension);
    if (!status) status = host->get_i64(host, config, "samples", &t->samples);
    if (!status) status = host->get_i64(host, config, "test", &t->test);
    if (!status) status = host->get_f64(host, config, "signal", &t->signal);
    if (!status) status = host->get_i64(host, config, "data_seed", &seed);
    if (!status) status = host->get_string(host, config, "dtype", &dtype);
    if (status) return status;
    t->data_seed = (uint64_t)seed;
    t->is_single = strcmp(dtype, "f32") == 0;
    status = threshold_network_make_training(t);
    if (status) return status;
    int64_t blocks = threshold_network_block_count(t->samples);
    t->blocks = threshold_network_allocate(t, "samples", blocks, 1, sizeof *t->blocks);
    return t->blocks ? EOS_OK : EOS_E_MEMORY;
}

eos_status threshold_network_create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                                    const eos_objective_ops **ops, void **self) {
    (void)ctx;
    (void)id;
    threshold_network *t = calloc(1, sizeof *t);
    if (!t) return host->fail(host, EOS_E_MEMORY, "there is no memory for the objective");
    t->host = host;
    eos_status status = build(t, config);
    if (status) {
        destroy(t);
        return status;
    }
    *ops = &threshold_network_ops;
    *self = t;
    return EOS_OK;
}

static eos_status describe(void *self, eos_objective_description *out) {
    const threshold_network *t = self;
    out->dtype = t->is_single ? EOS_F32 : EOS_F64;
    out->dimension = PARAMETERS;
    out->space = EOS_SPACE_HOST;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;
    out->shard_count = 0;
    out->value_lower_bound = 0;
    out->sharpness_lower_bound = NAN;
    out->value_accuracy = 0; /* sums are in double for both */
    return EOS_OK;
}

/* a-, a+ ~ N(0, 1 / (2 d)), b = 0. */
static eos_status initial_point(void *self, uint64_t seed, void *x) {
    const threshold_network *t = self;
    double start[PARAMETERS] = {0};
    t->host->random_normal(t->host, seed, 0, 2, start);
    for (int i = MINUS; i <= PLUS; i++) start[i] /= sqrt(2 * (double)t->dimension);
    threshold_network_write(t, start, x);
    return EOS_OK;
}

static eos_status block(void *self, int64_t index, eos_block *out) {
    static const char *const names[PARAMETERS] = {"a_minus", "a_plus", "b"};
    (void)self;
    if (index < 0 || index >= PARAMETERS) return EOS_E_NOT_FOUND;
    out->name = names[index];
    out->rank = 1;
    out->offset = index;
    out->shape[0] = 1;
    return EOS_OK;
}

const eos_objective_ops threshold_network_ops = {
    .struct_size = sizeof(eos_objective_ops),
    .destroy = destroy,
    .describe = describe,
    .initial_point = initial_point,
    .evaluate = threshold_network_evaluate,
    .linearize = threshold_network_linearize,
    .curvature = threshold_network_curvature,
    .block = block,
    .metric = threshold_network_metric,
    .measure = threshold_network_measure,
};
