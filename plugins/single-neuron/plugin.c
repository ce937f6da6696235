/* The entry of the plugin and the schema of its one objective. */
#include <float.h>
#include <string.h>

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

static const eos_descriptor descriptor = {
    .struct_size = sizeof(eos_descriptor),
    .id = "eos.single-neuron",
    .title = "single linear neuron: l(x y) with a loss of slope at most 1",
    .source = "arXiv 2212.07469",
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
    .create = single_neuron_create,
};

static const void *get_factory(const char *id) {
    return strcmp(id, EOS_OBJECTIVE_FACTORY) == 0 ? &factory : NULL;
}

static const eos_plugin plugin = {
    .struct_size = sizeof(eos_plugin),
    .abi_major = EOS_ABI_MAJOR,
    .abi_minor = EOS_ABI_MINOR,
    .id = "eos.single-neuron",
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
