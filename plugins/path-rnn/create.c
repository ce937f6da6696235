/* Making and destroying the objective, and its table. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "path_rnn.h"

/* Planes of an image lie one after the other: as a path it would be read in the wrong order. */
static eos_status check_format(eos_values *values) {
    const char *format = eos_value_string_or(values, "data.format", "");
    if (values->status || strcmp(format, "cifar") != 0) return values->status;
    return eos_fail(values->host, EOS_E_CONFIG,
                    "data.format = \"cifar\": images are not paths; give series (ts, npy, csv)");
}

static eos_status read_data(path_rnn *p, eos_values *values) {
    eos_status status = check_format(values);
    if (!status) status = p->host->load_data(p->host, values->config, EOS_F64, &p->data);
    if (status) return status;
    const eos_dataset *data = p->data;
    p->train = data->train;
    p->test = data->test;
    p->channels = data->channels;
    if (data->steps == 1) {
        return eos_fail(
            p->host, EOS_E_CONFIG,
            "the data are a table of %lld features, not paths; set data.channels to the numbers in one step, "
            "or give series of more than one step",
            (long long)data->features);
    }
    if (p->train < 1) return eos_fail(p->host, EOS_E_CONFIG, "data.train leaves no path for training; give at least 1");
    int64_t known = data->classes < 2 ? 2 : data->classes;
    p->steps = eos_value_i64_or(values, "steps", data->steps);
    p->classes = eos_value_i64_or(values, "classes", known);
    if (values->status || p->classes >= known) return values->status;
    return eos_fail(p->host, EOS_E_CONFIG, "classes = %lld, but the data have %lld classes; give at least %lld",
                    (long long)p->classes, (long long)data->classes, (long long)known);
}

/* CBLAS counts in int. */
static eos_status check_size(const path_rnn *p, const char *what, double count) {
    if (count <= INT_MAX) return EOS_OK;
    return eos_fail(p->host, EOS_E_MEMORY, "%s = %.0f exceeds the limit of %d; give smaller sizes", what, count,
                    INT_MAX);
}

static eos_status lay_out(path_rnn *p) {
    p->readouts = p->classes == 2 ? 1 : p->classes;
    p->dt = p->time / (double)p->steps;
    double steps = (double)p->steps;
    eos_status status = check_size(p, "training paths", (double)p->train);
    if (!status) status = check_size(p, "units * steps", steps * (double)p->units);
    if (!status) status = check_size(p, "channels * steps", steps * (double)p->channels);
    if (!status) status = check_size(p, "classes * steps", steps * (double)p->readouts);
    if (!status) status = check_size(p, "units * channels", (double)p->units * (double)p->channels);
    if (!status) status = check_size(p, "units * classes", (double)p->units * (double)p->readouts);
    if (status) return status;
    p->input_weights = p->units * p->units;
    p->readout_weights = p->input_weights + p->units * p->channels;
    p->biases = p->readout_weights + p->readouts * p->units;
    p->dimension = p->biases + p->readouts;
    return EOS_OK;
}

eos_status rnn_make(void *self, const eos_host *host, const eos_config *config) {
    path_rnn *p = self;
    eos_values values = eos_values_of(host, config);
    p->host = host;
    p->units = eos_value_i64(&values, "units");
    p->sigma = eos_value_f64(&values, "sigma");
    p->time = eos_value_f64(&values, "time");
    p->is_constrained = eos_value_bool(&values, "constrain");
    p->dtype = eos_value_dtype(&values, "dtype");
    eos_status status = values.status;
    if (!status) status = read_data(p, &values);
    if (!status) status = lay_out(p);
    if (!status) status = rnn_sample_paths(p);
    if (!status) status = rnn_partition(p);
    if (status) return status;
    p->point = eos_allocate(host, "parameters", p->dimension, 1, sizeof *p->point);
    if (!p->point) return EOS_E_MEMORY;
    for (int i = 0; !status && i < 2; i++) status = rnn_pass_make(p, p->train, &p->passes[i]);
    return status ? status : rnn_slopes_make(p, &p->slopes);
}

static void destroy(void *self) {
    path_rnn *p = self;
    if (!p) return;
    void *memories[] = {p->passes[0].memory,   p->passes[1].memory, p->slopes.memory,  p->base.memory,
                        p->base_slopes.memory, p->changes.memory,   p->tangent.memory, p->point,
                        p->block_sums,         p->resampled};
    for (int i = 0; i < EOS_COUNT(memories); i++) free(memories[i]);
    p->host->release_data(p->host, p->data);
    free(p);
}

static eos_status describe(void *self, eos_objective_description *out) {
    const path_rnn *p = self;
    out->dtype = p->dtype;
    out->dimension = p->dimension;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;
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
