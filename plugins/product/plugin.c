/* The entry of the plugin and the schema of its one objective. */
#include <string.h>

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

static const eos_descriptor descriptor = {
    .struct_size = sizeof(eos_descriptor),
    .id = "eos.product",
    .title = "scalar factorisation: half the squared distance of a product from its target",
    .source = "arXiv 2510.17506",
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
};

static int64_t count(void *ctx) {
    (void)ctx;
    return 1;
}

static const eos_descriptor *descriptor_at(void *ctx, int64_t index) {
    (void)ctx;
    return index == 0 ? &descriptor : NULL;
}

static const eos_objective_factory factory = {
    .struct_size = sizeof(eos_objective_factory),
    .count = count,
    .descriptor = descriptor_at,
    .create = product_create,
};

static const void *get_factory(const char *id) {
    return strcmp(id, EOS_OBJECTIVE_FACTORY) == 0 ? &factory : NULL;
}

static const eos_plugin plugin = {
    .struct_size = sizeof(eos_plugin),
    .abi_major = EOS_ABI_MAJOR,
    .abi_minor = EOS_ABI_MINOR,
    .id = "eos.product",
    .version = "1.0.0",
    .licence = "Apache-2.0",
    .toolchain = __VERSION__,
    .get_factory = get_factory,
};

const eos_plugin *eos_plugin_entry(uint32_t host_abi) {
    /* A host of another major refuses the table by its abi_major and can name both versions. */
    (void)host_abi;
    return &plugin;
}
