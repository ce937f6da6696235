/* Making and destroying the objective, and its table. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "path_rnn.h"

static eos_status configure(path_rnn *p, const eos_config *config) {
    const eos_host *host = p->host;
    const char *dtype;
    int32_t constrain = 1;
    eos_status status = host->get_i64(host, config, "units", &p->units);
    if (!status) status = host->get_f64(host, config, "sigma", &p->sigma);
    if (!status) status = host->get_f64(host, config, "time", &p->time);
    if (!status) status = host->get_bool(host, config, "constrain", &constrain);
    if (!status) status = host->get_string(host, config, "dtype", &dtype);
    if (status) return status;
    p->is_constrained = constrain != 0;
    p->dtype = strcmp(dtype, "f32") == 0 ? EOS_F32 : EOS_F64;
    return EOS_OK;
}

/* *out = the value of an integer key, or `otherwise` where it has none. */
static eos_status read_or(const path_rnn *p, const eos_config *config, const char *key, int64_t otherwise,
                          int64_t *out) {
    eos_status status = p->host->get_i64(p->host, config, key, out);
    if (status != EOS_E_NOT_FOUND) return status;
    *out = otherwise;
    return EOS_OK;
}

/* Planes of an image lie one after the other: as a path it would be read in the wrong order. */
static eos_status check_format(const path_rnn *p, const eos_config *config) {
    const char *format;
    eos_status status = p->host->get_string(p->host, config, "data.format", &format);
    if (status == EOS_E_NOT_FOUND) return EOS_OK;
    if (status || strcmp(format, "cifar") != 0) return status;
    return rnn_fail(p->host, EOS_E_CONFIG, "data.format = \"cifar\": images are no paths; give series (ts, npy, csv)");
}

static eos_status read_data(path_rnn *p, const eos_config *config) {
    eos_status status = check_format(p, config);
    if (!status) status = p->host->load_data(p->host, config, EOS_F64, &p->data);
    if (status) return status;
    const eos_dataset *data = p->data;
    p->train = data->train;
    p->test = data->test;
    p->channels = data->channels;
    if (data->steps == 1) {
        return rnn_fail(p->host, EOS_E_CONFIG,
                        "the data are a table of %lld features, not paths; give data.channels, the numbers of one "
                        "step, or series of more than one step",
                        (long long)data->features);
    }
    if (p->train < 1) return rnn_fail(p->host, EOS_E_CONFIG, "data.train leaves no path to train on; give at least 1");
    int64_t known = data->classes < 2 ? 2 : data->classes;
    status = read_or(p, config, "steps", data->steps, &p->steps);
    if (!status) status = read_or(p, config, "classes", known, &p->classes);
    if (status) return status;
    if (p->classes < known) {
        return rnn_fail(p->host, EOS_E_CONFIG, "classes = %lld, but the data have %lld; give at least %lld",
                        (long long)p->classes, (long long)data->classes, (long long)known);
    }
    return EOS_OK;
}

/* CBLAS counts in int. */
static eos_status check_size(const path_rnn *p, const char *what, double count) {
    if (count <= INT_MAX) return EOS_OK;
    return rnn_fail(p->host, EOS_E_MEMORY, "%s are %.0f, more than the %d that a product takes", what, count, INT_MAX);
}

static eos_status lay_out(path_rnn *p) {
    p->readouts = p->classes == 2 ? 1 : p->classes;
    p->dt = p->time / (double)p->steps;
    double steps = (double)p->steps;
    eos_status status = check_size(p, "training paths", (double)p->train);
    if (!status) status = check_size(p, "units times steps", steps * (double)p->units);
    if (!status) status = check_size(p, "channels times steps", steps * (double)p->channels);
    if (!status) status = check_size(p, "classes times steps", steps * (double)p->readouts);
    if (!status) status = check_size(p, "units times channels", (double)p->units * (double)p->channels);
    if (!status) status = check_size(p, "units times classes", (double)p->units * (double)p->readouts);
    if (status) return status;
    p->input_weights = p->units * p->units;
    p->readout_weights = p->input_weights + p->units * p->channels;
    p->biases = p->readout_weights + p->readouts * p->units;
    p->dimension = p->biases + p->readouts;
    return EOS_OK;
}

static eos_status build(path_rnn *p, const eos_config *config) {
    void *memory;
    eos_status status = configure(p, config);
    if (!status) status = read_data(p, config);
    if (!status) status = lay_out(p);
    if (!status) status = rnn_sample_paths(p);
    if (!status) status = rnn_partition(p);
    const rnn_array point = {&p->point, p->dimension, 1};
    if (!status) status = rnn_allocate(p, "parameters", &point, 1, &memory);
    if (!status) status = rnn_pass_make(p, p->train, &p->passes[0]);
    if (!status) status = rnn_pass_make(p, p->train, &p->passes[1]);
    if (!status) status = rnn_slopes_make(p, &p->slopes);
    return status;
}

static void destroy(void *self) {
    path_rnn *p = self;
    if (!p) return;
    void *memories[] = {p->passes[0].memory, p->passes[1].memory, p->slopes.memory,  p->base.memory,
                        p->base_slopes.memory, p->changes.memory, p->tangent.memory, p->point,
                        p->block_sums, p->resampled};
    for (size_t i = 0; i < sizeof memories / sizeof *memories; i++) free(memories[i]);
    p->host->release_data(p->host, p->data);
    free(p);
}

eos_status rnn_create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                      const eos_objective_ops **ops, void **self) {
    (void)ctx;
    (void)id;
    path_rnn *p = calloc(1, sizeof *p);
    if (!p) return rnn_fail(host, EOS_E_MEMORY, "there is no memory for %zu bytes", sizeof *p);
    p->host = host;
    eos_status status = build(p, config);
    if (status) {
        destroy(p);
        return status;
    }
    *ops = &rnn_ops;
    *self = p;
    return EOS_OK;
}

static eos_status describe(void *self, eos_objective_description *out) {
    const path_rnn *p = self;
    out->dtype = p->dtype;
    out->dimension = p->dimension;
    out->space = EOS_SPACE_HOST;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;
    out->shard_count = 0;
    out->value_lower_bound = 0;
    out->sharpness_lower_bound = NAN;
    /* All arithmetic is in double, whatever the parameters are. */
    out->value_accuracy = 0;
    return EOS_OK;
}

const eos_objective_ops rnn_ops = {
    .struct_size = sizeof(eos_objective_ops),
    .destroy = destroy,
    .describe = describe,
    .initial_point = rnn_initial_point,
    .evaluate = rnn_evaluate,
    .linearize = rnn_linearize,
    .curvature = rnn_curvature,
    .block = rnn_block,
    .metric = rnn_metric,
    .measure = rnn_measure,
};
