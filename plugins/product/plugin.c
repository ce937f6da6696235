/* The entry of the plugin and the schema of its one objective. */
#include "eos/entry.h"
#include "product.h"

#define ROW .struct_size = sizeof(eos_parameter)

static const eos_parameter parameters[] = {
    {ROW, .type = EOS_TYPE_I64, .key = "depth", .default_value = "4", .minimum = 1, .maximum = 9007199254740992.0,
     .text = "how many numbers are multiplied"},
    {ROW, .type = EOS_TYPE_F64, .key = "target", .default_value = "1",
     .text = "what their product is to be; with 0 there are no metrics"},
    {ROW, .type = EOS_TYPE_F64_ARRAY, .key = "start",
     .text = "the initial point, depth numbers; without it [3, 0.5, 0.6, 0.4] for depth 4, else ones, each moved by up "
             "to 0.1 as the seed says"},
    {ROW, .type = EOS_TYPE_STRING, .key = "dtype", .default_value = "f64", .choices = "f64",
     .text = "element type of the parameters"},
};

static const eos_descriptor descriptors[] = {{
    .struct_size = sizeof(eos_descriptor),
    .id = "eos.product",
    .title = "scalar factorisation: half the squared distance of a product from its target",
    .source = "arXiv 2510.17506",
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
}};

EOS_OBJECTIVE_PLUGIN(descriptors, product_create, .id = "eos.product", .version = "1.0.0", .licence = "Apache-2.0");
