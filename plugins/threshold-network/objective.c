/* The objective and the entry of its plugin: how it is made, its starting point, its blocks and keys. */
#include <math.h>
#include <stdlib.h>

#include "threshold_network.h"

static void destroy(void *self) {
    threshold_network *t = self;
    if (!t) return;
    free(t->training.memory);
    free(t->blocks);
    free(t->tests);
    free(t);
}

static eos_status make(void *self, const eos_host *host, const eos_config *config) {
    threshold_network *t = self;
    eos_values values = eos_values_of(host, config);
    t->host = host;
    t->dimension = eos_value_i64(&values, "d");
    t->samples = eos_value_i64(&values, "samples");
    t->test = eos_value_i64(&values, "test");
    t->signal = eos_value_f64(&values, "signal");
    t->data_seed = (uint64_t)eos_value_i64(&values, "data_seed");
    t->dtype = eos_value_dtype(&values, "dtype");
    if (values.status) return values.status;
    eos_status status = threshold_network_make_training(t);
    if (status) return status;
    t->blocks = eos_allocate(host, "samples", eos_part_count(t->samples, BLOCK_SAMPLES), 1, sizeof *t->blocks);
    return t->blocks ? EOS_OK : EOS_E_MEMORY;
}

static eos_status describe(void *self, eos_objective_description *out) {
    const threshold_network *t = self;
    out->dtype = t->dtype;
    out->dimension = PARAMETERS;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;
    return EOS_OK;
}

/* a-, a+ ~ N(0, 1 / (2 d)), b = 0. */
static eos_status initial_point(void *self, uint64_t seed, void *x) {
    const threshold_network *t = self;
    double start[PARAMETERS] = {0};
    t->host->random_normal(t->host, seed, 0, 2, start);
    for (int i = MINUS; i <= PLUS; i++) start[i] /= sqrt(2 * (double)t->dimension);
    eos_from_f64(t->dtype, PARAMETERS, start, x);
    return EOS_OK;
}

static const eos_block blocks[] = {
    EOS_BLOCK("a_minus", MINUS, 1),
    EOS_BLOCK("a_plus", PLUS, 1),
    EOS_BLOCK("b", BIAS, 1),
};
static EOS_BLOCKS(block, blocks);

static const eos_objective_ops ops = {
    .struct_size = sizeof ops,
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

static const eos_parameter keys[] = {
    EOS_KEY_I64(
        "d", "200", 1, 2147483646,
        "dimension of the data and number of units of each sign; near b = 0 the threshold of the step is 8 pi / d^2"),
    EOS_KEY_I64("samples", "300", 1, 1e12, "number of training samples"),
    EOS_KEY_F64("signal", "3", 0, 1e100,
                "signal in one entry of each sample; all entries have noise of standard deviation 1"),
    EOS_KEY_I64("test", "20000", 0, 1e12,
                "number of test samples, which are drawn at the first measurement of the accuracy"),
    EOS_KEY_I64("data_seed", "7", 0, 0, "seed of the samples; the seed of the run affects only the initial weights"),
    EOS_KEY_STRING("dtype", "f64", "f32|f64", "element type of parameters and data"),
};

static const eos_objective_type types[] = {
    {.descriptor = {.struct_size = sizeof(eos_descriptor),
                    .id = "eos.threshold-network",
                    .title = "ReLU network with one bias on sparse coding data, logistic loss",
                    .source = "arXiv 2212.07469",
                    EOS_KEYS(keys)},
     .ops = &ops,
     .size = sizeof(threshold_network),
     .make = make}};

EOS_OBJECTIVE_PLUGIN(types, "eos.threshold-network", "1.0.0", "Apache-2.0");
