/* Making and destroying the objective, its starting point, blocks, metrics and table. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mean_model.h"

static eos_status read_start(mean_model *m, const eos_config *config) {
    const double *given;
    int64_t count;
    eos_status status = m->host->get_f64_array(m->host, config, "start", &given, &count);
    if (status) return status;
    if (count == 2) {
        m->start[MINUS] = m->start[PLUS] = given[0] / (2 * m->dimension);
        m->start[BIAS] = given[1];
    } else if (count == 3) {
        memcpy(m->start, given, sizeof m->start);
    } else {
        char message[128];
        snprintf(message, sizeof message,
                 "start has %lld entries; it must have 2, [A, b], or 3, [a_minus, a_plus, b]", (long long)count);
        return m->host->fail(m->host, EOS_E_CONFIG, message);
    }
    return EOS_OK;
}

eos_status mean_model_create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                             const eos_objective_ops **ops, void **self) {
    (void)ctx;
    (void)id;
    mean_model *m = calloc(1, sizeof *m);
    if (!m) return host->fail(host, EOS_E_MEMORY, "there is no memory for the objective");
    m->host = host;
    int64_t dimension;
    eos_status status = host->get_i64(host, config, "d", &dimension);
    if (!status) {
        m->dimension = (double)dimension;
        status = read_start(m, config);
    }
    if (status) {
        free(m);
        return status;
    }
    *ops = &mean_model_ops;
    *self = m;
    return EOS_OK;
}

static eos_status describe(void *self, eos_objective_description *out) {
    (void)self;
    out->dtype = EOS_F64;
    out->dimension = PARAMETERS;
    out->space = EOS_SPACE_HOST;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_REENTRANT | EOS_OBJECTIVE_NONNEGATIVE;
    out->shard_count = 0;
    out->value_lower_bound = log(2); /* l(0) */
    out->sharpness_lower_bound = NAN;
    out->value_accuracy = 0;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    (void)seed;
    const mean_model *m = self;
    memcpy(x, m->start, sizeof m->start);
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

static const struct { const char *name, *text; } metrics[] = {
    {"A", "d (a- + a+), the weight of the second layer"},
    {"bias", "b, the bias of the first layer: a threshold neuron has a negative one"},
};

static eos_status metric(void *self, int64_t index, eos_metric *out) {
    (void)self;
    if (index < 0 || index >= (int64_t)(sizeof metrics / sizeof *metrics)) return EOS_E_NOT_FOUND;
    out->name = metrics[index].name;
    out->unit = NULL;
    out->text = metrics[index].text;
    return EOS_OK;
}

static eos_status measure(void *self, const void *x, double *values) {
    const mean_model *m = self;
    const double *point = x;
    values[0] = m->dimension * (point[MINUS] + point[PLUS]);
    values[1] = point[BIAS];
    return EOS_OK;
}

const eos_objective_ops mean_model_ops = {
    .struct_size = sizeof(eos_objective_ops),
    .destroy = free,
    .describe = describe,
    .initial_point = initial_point,
    .evaluate = mean_model_evaluate,
    .linearize = mean_model_linearize,
    .curvature = mean_model_curvature,
    .block = block,
    .metric = metric,
    .measure = measure,
};
