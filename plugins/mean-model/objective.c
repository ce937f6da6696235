/* The objective and the entry of its plugin: how it is made, its starting point, its blocks, metrics and keys. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mean_model.h"

static eos_status make(void *self, const eos_host *host, const eos_config *config) {
    mean_model *m = self;
    eos_values values = eos_values_of(host, config);
    int64_t count;
    m->host = host;
    m->dimension = (double)eos_value_i64(&values, "d");
    const double *start = eos_value_f64_array(&values, "start", &count);
    if (values.status) return values.status;
    if (count == 2) {
        m->start[MINUS] = m->start[PLUS] = start[0] / (2 * m->dimension);
        m->start[BIAS] = start[1];
    } else if (count == 3) {
        memcpy(m->start, start, sizeof m->start);
    } else {
        return eos_fail(host, EOS_E_CONFIG, "start has %lld entries; give 2, [A, b], or 3, [a_minus, a_plus, b]",
                        (long long)count);
    }
    return EOS_OK;
}

static eos_status describe(void *self, eos_objective_description *out) {
    (void)self;
    out->dtype = EOS_F64;
    out->dimension = PARAMETERS;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_REENTRANT | EOS_OBJECTIVE_NONNEGATIVE;
    out->value_lower_bound = log(2); /* l(0) */
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    (void)seed;
    const mean_model *m = self;
    memcpy(x, m->start, sizeof m->start);
    return EOS_OK;
}

static const eos_block blocks[] = {
    EOS_BLOCK("a_minus", MINUS, 1),
    EOS_BLOCK("a_plus", PLUS, 1),
    EOS_BLOCK("b", BIAS, 1),
};
static EOS_BLOCKS(block, blocks);

static const eos_metric metrics[] = {
    EOS_METRIC("A", NULL, "d (a- + a+), the weight of the second layer"),
    EOS_METRIC("bias", NULL, "b, the bias of the first layer; negative for a threshold neuron"),
};
static EOS_METRICS(metric, metrics);

static eos_status measure(void *self, const void *x, double *values) {
    const mean_model *m = self;
    const double *point = x;
    values[0] = m->dimension * (point[MINUS] + point[PLUS]);
    values[1] = point[BIAS];
    return EOS_OK;
}

static const eos_objective_ops ops = {
    .struct_size = sizeof ops,
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

static const eos_parameter keys[] = {
    EOS_KEY_I64("d", "200", 1, 1e15, "dimension of the data; at b = 0 the threshold of the step is 8 pi / d^2"),
    EOS_KEY_F64_ARRAY("start", "[1, 0]", -DBL_MAX, DBL_MAX,
                      "initial point: [A, b], with a- = a+ = A / (2 d), or [a_minus, a_plus, b]"),
    EOS_KEY_STRING("dtype", "f64", "f64", "element type of the parameters"),
};

static const eos_objective_type types[] = {
    {.descriptor = {.struct_size = sizeof(eos_descriptor),
                    .id = "eos.mean-model",
                    .title = "mean model of a ReLU network that learns a threshold: l(A g(b))",
                    .source = "arXiv 2212.07469",
                    EOS_KEYS(keys)},
     .ops = &ops,
     .size = sizeof(mean_model),
     .make = make}};

EOS_OBJECTIVE_PLUGIN(types, "eos.mean-model", "1.0.0", "Apache-2.0");
