/* The entry of the plugin and the schema of its one objective. */
#include <float.h>

#include "eos/entry.h"
#include "mean_model.h"

#define ROW .struct_size = sizeof(eos_parameter)

static const eos_parameter parameters[] = {
    {ROW, .type = EOS_TYPE_I64, .key = "d", .default_value = "200", .minimum = 1, .maximum = 1e15,
     .text = "dimension of the data; for b = 0 the threshold of the step is 8 pi / d^2"},
    {ROW, .type = EOS_TYPE_F64_ARRAY, .key = "start", .default_value = "[1, 0]", .minimum = -DBL_MAX,
     .maximum = DBL_MAX, .text = "the initial point: [A, b], with a- = a+ = A / (2 d), or [a_minus, a_plus, b]"},
    {ROW, .type = EOS_TYPE_STRING, .key = "dtype", .default_value = "f64", .choices = "f64",
     .text = "element type of the parameters"},
};

static const eos_descriptor descriptors[] = {{
    .struct_size = sizeof(eos_descriptor),
    .id = "eos.mean-model",
    .title = "mean model of a ReLU network that learns a threshold: l(A g(b))",
    .source = "arXiv 2212.07469",
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
}};

EOS_OBJECTIVE_PLUGIN(descriptors, mean_model_create,
                     .id = "eos.mean-model", .version = "1.0.0", .licence = "Apache-2.0");
