/* The entry of the plugin and the schema of its one objective. */
#include <float.h>

#include "eos/entry.h"
#include "single_neuron.h"

#define ROW .struct_size = sizeof(eos_parameter)

static const eos_parameter parameters[] = {
    {ROW, .type = EOS_TYPE_STRING, .key = "loss", .default_value = "sqrt", .choices = "sqrt|log-cosh|beta",
     .text = "l(s): sqrt(1 + s^2), log cosh s, or the one whose slope is s / (1 + |s|^beta)^(1/beta)"},
    {ROW, .type = EOS_TYPE_F64, .key = "beta", .default_value = "2", .minimum = 1.001, .maximum = 1000,
     .text = "exponent of the loss beta; 2 gives sqrt, less 1"},
    {ROW, .type = EOS_TYPE_F64_ARRAY, .key = "start", .default_value = "[0.1, 3]", .minimum = -DBL_MAX,
     .maximum = DBL_MAX, .text = "the initial point, [x, y]"},
    {ROW, .type = EOS_TYPE_STRING, .key = "dtype", .default_value = "f64", .choices = "f64",
     .text = "element type of the parameters"},
};

static const eos_descriptor descriptors[] = {{
    .struct_size = sizeof(eos_descriptor),
    .id = "eos.single-neuron",
    .title = "single linear neuron: l(x y) with a loss of slope at most 1",
    .source = "arXiv 2212.07469",
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
}};

EOS_OBJECTIVE_PLUGIN(descriptors, single_neuron_create,
                     .id = "eos.single-neuron", .version = "1.0.0", .licence = "Apache-2.0");
