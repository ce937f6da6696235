/* The entry of the plugin and the schema of its one objective. */
#include "eos/entry.h"
#include "inner_product.h"

#define ROW .struct_size = sizeof(eos_parameter)

static const eos_parameter parameters[] = {
    {ROW, .type = EOS_TYPE_I64, .key = "size", .default_value = "2", .minimum = 1, .maximum = 4503599627370496.0,
     .text = "entries of u and of v"},
    {ROW, .type = EOS_TYPE_F64, .key = "target", .default_value = "1",
     .text = "what the inner product is to be; with 0 there are no metrics"},
    {ROW, .type = EOS_TYPE_F64_ARRAY, .key = "start",
     .text = "the initial point, 2 size numbers, u then v; without it all 1/sqrt(size), each changed by up to a tenth "
             "as the seed says"},
    {ROW, .type = EOS_TYPE_STRING, .key = "dtype", .default_value = "f64", .choices = "f64",
     .text = "element type of the parameters"},
};

static const eos_descriptor descriptors[] = {{
    .struct_size = sizeof(eos_descriptor),
    .id = "eos.inner-product",
    .title = "inner product: half the squared distance of <u, v> from its target",
    .source = "arXiv 2510.17506",
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
}};

EOS_OBJECTIVE_PLUGIN(descriptors, inner_product_create,
                     .id = "eos.inner-product", .version = "1.0.0", .licence = "Apache-2.0");
