/* Making and destroying the objective, its starting point, blocks, metric and table. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "single_neuron.h"

static const struct {
    const char *name;
    loss (*loss_at)(const single_neuron *n, double s);
} families[] = {{"sqrt", single_neuron_sqrt}, {"log-cosh", single_neuron_log_cosh}, {"beta", single_neuron_beta}};

static eos_status read_start(single_neuron *n, const eos_config *config) {
    const double *given;
    int64_t count;
    eos_status status = n->host->get_f64_array(n->host, config, "start", &given, &count);
    if (status) return status;
    if (count != 2) {
        char message[128];
        snprintf(message, sizeof message, "start has %lld entries; it must have 2, [x, y]", (long long)count);
        return n->host->fail(n->host, EOS_E_CONFIG, message);
    }
    memcpy(n->start, given, sizeof n->start);
    return EOS_OK;
}

static eos_status build(single_neuron *n, const eos_config *config) {
    const char *name;
    eos_status status = n->host->get_string(n->host, config, "loss", &name);
    if (!status) status = n->host->get_f64(n->host, config, "beta", &n->beta);
    if (!status) status = read_start(n, config);
    if (status) return status;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        if (strcmp(families[i].name, name) == 0) n->loss_at = families[i].loss_at;
    }
    n->limit = single_neuron_beta_limit(n->beta);
    n->smallest = n->loss_at(n, 0).value;
    return EOS_OK;
}

eos_status single_neuron_create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                                const eos_objective_ops **ops, void **self) {
    (void)ctx;
    (void)id;
    single_neuron *n = calloc(1, sizeof *n);
    if (!n) return host->fail(host, EOS_E_MEMORY, "there is no memory for the objective");
    n->host = host;
    eos_status status = build(n, config);
    if (status) {
        free(n);
        return status;
    }
    *ops = &single_neuron_ops;
    *self = n;
    return EOS_OK;
}

static eos_status describe(void *self, eos_objective_description *out) {
    const single_neuron *n = self;
    out->dtype = EOS_F64;
    out->dimension = 2;
    out->space = EOS_SPACE_HOST;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_REENTRANT | EOS_OBJECTIVE_NONNEGATIVE;
    out->shard_count = 0;
    out->value_lower_bound = n->smallest;
    out->sharpness_lower_bound = NAN;
    out->value_accuracy = 0;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    (void)seed;
    const single_neuron *n = self;
    memcpy(x, n->start, sizeof n->start);
    return EOS_OK;
}

static eos_status block(void *self, int64_t index, eos_block *out) {
    static const char *const names[] = {"x", "y"};
    (void)self;
    if (index < 0 || index >= 2) return EOS_E_NOT_FOUND;
    out->name = names[index];
    out->rank = 1;
    out->offset = index;
    out->shape[0] = 1;
    return EOS_OK;
}

static eos_status metric(void *self, int64_t index, eos_metric *out) {
    (void)self;
    if (index != 0) return EOS_E_NOT_FOUND;
    out->name = "flow_sharpness";
    out->unit = NULL;
    out->text = "|y^2 - x^2|, the sharpness of the minimum where the gradient flow from here ends";
    return EOS_OK;
}

static eos_status measure(void *self, const void *x, double *values) {
    (void)self;
    const double *point = x;
    values[0] = fabs((point[1] - point[0]) * (point[1] + point[0]));
    return EOS_OK;
}

const eos_objective_ops single_neuron_ops = {
    .struct_size = sizeof(eos_objective_ops),
    .destroy = free,
    .describe = describe,
    .initial_point = initial_point,
    .evaluate = single_neuron_evaluate,
    .linearize = single_neuron_linearize,
    .curvature = single_neuron_curvature,
    .block = block,
    .metric = metric,
    .measure = measure,
};
