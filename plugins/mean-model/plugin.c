/* The entry of the plugin and the schema of its one objective. */
#include <float.h>
#include <string.h>

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

static const eos_descriptor descriptor = {
    .struct_size = sizeof(eos_descriptor),
    .id = "eos.mean-model",
    .title = "mean model of a ReLU network that learns a threshold: l(A g(b))",
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
    .create = mean_model_create,
};

static const void *get_factory(const char *id) {
    return strcmp(id, EOS_OBJECTIVE_FACTORY) == 0 ? &factory : NULL;
}

static const eos_plugin plugin = {
    .struct_size = sizeof(eos_plugin),
    .abi_major = EOS_ABI_MAJOR,
    .abi_minor = EOS_ABI_MINOR,
    .id = "eos.mean-model",
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
