/* The entry of the plugin and the schema of its one objective. */
#include <cblas.h>
#include <float.h>

#include "eos/entry.h"
#include "mlp.h"

#define ROW .struct_size = sizeof(eos_parameter)

static const eos_parameter parameters[] = {
    {ROW, .type = EOS_TYPE_F64_ARRAY, .key = "layers", .minimum = 1, .maximum = 2147483647,
     .text = "units of each layer, from the features to the classes of the data", .flags = EOS_PARAMETER_REQUIRED},
    {ROW, .type = EOS_TYPE_STRING, .key = "activation", .default_value = "relu",
     .choices = "relu|tanh|gelu|elu|softplus|identity",
     .text = "what hidden units apply; gelu is the exact one, elu falls to -1"},
    {ROW, .type = EOS_TYPE_STRING, .key = "loss", .default_value = "mse", .choices = "mse|cross-entropy",
     .text = "squared distance to the one-hot class, averaged over samples and classes; or cross-entropy over samples"},
    {ROW, .type = EOS_TYPE_BOOL, .key = "bias", .default_value = "true", .text = "whether layers have a bias"},
    {ROW, .type = EOS_TYPE_STRING, .key = "init", .default_value = "uniform-fan-in", .choices = "uniform-fan-in",
     .text = "distribution of the initial parameters: uniform within 1/sqrt(inputs of the layer)"},
    {ROW, .type = EOS_TYPE_F64, .key = "init_scale", .default_value = "1", .minimum = 0, .maximum = DBL_MAX,
     .text = "what every initial parameter is multiplied by"},
    {ROW, .type = EOS_TYPE_STRING, .key = "dtype", .default_value = "f32", .choices = "f32|f64",
     .text = "element type of parameters and data"},
    {ROW, .type = EOS_TYPE_F64, .key = "interruptible_above", .default_value = "2e10", .minimum = 0,
     .maximum = DBL_MAX, .unit = "multiplications",
     .text = "multiplications of a forward pass above which an evaluation ends early when a stop is asked for; 2e10 "
             "are about a second on one core"},
};

static const eos_descriptor descriptors[] = {{
    .struct_size = sizeof(eos_descriptor),
    .flags = EOS_USES_DATA,
    .id = "eos.mlp",
    .title = "multi-layer perceptron for classification, full batch",
    .source = "Rumelhart, Hinton, Williams, 1986, Nature 323:533",
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
}};

static eos_status init(const eos_host *host) {
    (void)host;
    /* The host's threads share the work; a product cut up by the BLAS would depend on their number. */
    openblas_set_num_threads(1);
    return EOS_OK;
}

EOS_OBJECTIVE_PLUGIN(descriptors, mlp_create,
                     .id = "eos.mlp", .version = "1.0.0", .licence = "Apache-2.0", .init = init);
