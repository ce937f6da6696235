/* The objective and the entry of its plugin: how it is made, its starting point, its blocks, metric and keys. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "single_neuron.h"

static eos_status make(void *self, const eos_host *host, const eos_config *config) {
    static const char *const names[] = {"sqrt", "log-cosh", "beta"};
    static const loss_function losses[] = {single_neuron_sqrt, single_neuron_log_cosh, single_neuron_beta};
    single_neuron *n = self;
    eos_values values = eos_values_of(host, config);
    int64_t count;
    n->host = host;
    n->loss_at = losses[eos_value_choice(&values, "loss", names, EOS_COUNT(names))];
    n->beta = eos_value_f64(&values, "beta");
    const double *start = eos_value_f64_array(&values, "start", &count);
    if (values.status) return values.status;
    if (count != 2) {
        return eos_fail(host, EOS_E_CONFIG, "start has %lld entries; give 2, [x, y]", (long long)count);
    }
    memcpy(n->start, start, sizeof n->start);
    n->limit = single_neuron_beta_limit(n->beta);
    n->smallest = n->loss_at(n, 0).value;
    return EOS_OK;
}

static eos_status describe(void *self, eos_objective_description *out) {
    const single_neuron *n = self;
    out->dtype = EOS_F64;
    out->dimension = 2;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_REENTRANT | EOS_OBJECTIVE_NONNEGATIVE;
    out->value_lower_bound = n->smallest;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    (void)seed;
    const single_neuron *n = self;
    memcpy(x, n->start, sizeof n->start);
    return EOS_OK;
}

static const eos_block blocks[] = {EOS_BLOCK("x", 0, 1), EOS_BLOCK("y", 1, 1)};
static EOS_BLOCKS(block, blocks);

static const eos_metric metrics[] = {
    EOS_METRIC("flow_sharpness", NULL,
               "|y^2 - x^2|, the sharpness of the minimum to which the gradient flow leads from here"),
};
static EOS_METRICS(metric, metrics);

static eos_status measure(void *self, const void *x, double *values) {
    (void)self;
    const double *point = x;
    values[0] = fabs((point[1] - point[0]) * (point[1] + point[0]));
    return EOS_OK;
}

static const eos_objective_ops ops = {
    .struct_size = sizeof ops,
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

static const eos_parameter keys[] = {
    EOS_KEY_STRING("loss", "sqrt", "sqrt|log-cosh|beta",
                   "l(s): sqrt(1 + s^2), log cosh s, or the loss with slope s / (1 + |s|^beta)^(1/beta)"),
    EOS_KEY_F64("beta", "2", 1.001, 1000, "exponent of the loss beta; 2 gives sqrt minus 1"),
    EOS_KEY_F64_ARRAY("start", "[0.1, 3]", -DBL_MAX, DBL_MAX, "initial point, [x, y]"),
    EOS_KEY_STRING("dtype", "f64", "f64", "element type of the parameters"),
};

static const eos_objective_type types[] = {
    {.descriptor = {.struct_size = sizeof(eos_descriptor),
                    .id = "eos.single-neuron",
                    .title = "single linear neuron: l(x y) with a loss of slope at most 1",
                    .source = "arXiv 2212.07469",
                    EOS_KEYS(keys)},
     .ops = &ops,
     .size = sizeof(single_neuron),
     .make = make}};

EOS_OBJECTIVE_PLUGIN(types, "eos.single-neuron", "1.0.0", "Apache-2.0");
