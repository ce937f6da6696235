/* The entry of the plugin and the schema of its one objective. */
#include <cblas.h>
#include <float.h>

#include "mlp.h"

static const eos_parameter keys[] = {
    EOS_KEY_F64_ARRAY("layers", NULL, 1, 2147483647,
                      "number of units in each layer, from the features to the classes of the data",
                      EOS_PARAMETER_REQUIRED),
    EOS_KEY_STRING("activation", "relu", "relu|tanh|gelu|elu|softplus|identity",
                   "activation of hidden units; gelu is exact, and elu has the limit -1"),
    EOS_KEY_STRING(
        "loss", "mse", "mse|cross-entropy",
        "squared distance to the one-hot label, averaged over samples and classes, or cross-entropy, averaged "
        "over samples"),
    EOS_KEY_BOOL("bias", "true", "whether layers have a bias"),
    EOS_KEY_STRING("init", "uniform-fan-in", "uniform-fan-in",
                   "distribution of the initial parameters: uniform within 1/sqrt(inputs of the layer)"),
    EOS_KEY_F64("init_scale", "1", 0, DBL_MAX, "factor of every initial parameter"),
    EOS_KEY_STRING("dtype", "f32", "f32|f64", "element type of parameters and data"),
    {.struct_size = sizeof(eos_parameter),
     .type = EOS_TYPE_F64,
     .key = "interruptible_above",
     .default_value = "2e10",
     .maximum = DBL_MAX,
     .unit = "multiplications",
     .text = "an evaluation ends early after a stop request if its forward pass has more multiplications than this; "
             "2e10 take about a second on one core"},
};

static const eos_objective_type types[] = {
    {.descriptor = {.struct_size = sizeof(eos_descriptor),
                    .flags = EOS_USES_DATA,
                    .id = "eos.mlp",
                    .title = "multi-layer perceptron for classification, full batch",
                    .source = "Rumelhart, Hinton, Williams, 1986, Nature 323:533",
                    EOS_KEYS(keys)},
     .ops = &mlp_ops,
     .size = sizeof(mlp),
     .make = mlp_make}};

static eos_status init(const eos_host *host) {
    (void)host;
    /* The host's threads share the work; a product cut up by the BLAS would depend on their number. */
    openblas_set_num_threads(1);
    return EOS_OK;
}

EOS_OBJECTIVES(objectives, types);
EOS_PLUGIN(&objectives, NULL, "eos.mlp", "1.0.0", "Apache-2.0", init, NULL);
