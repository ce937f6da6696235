/* The entry of the plugin and the schema of its one objective. */
#include <cblas.h>
#include <string.h>

#include "path_rnn.h"

#define ROW .struct_size = sizeof(eos_parameter)

static const eos_parameter parameters[] = {
    {ROW, .type = EOS_TYPE_I64, .key = "units", .minimum = 1, .maximum = 10000,
     .text = "units of the network, N", .flags = EOS_PARAMETER_REQUIRED},
    {ROW, .type = EOS_TYPE_F64, .key = "sigma", .minimum = 1e-9, .maximum = 1e9,
     .text = "strength of the noise in every unit; without noise there is no expected error to train on",
     .flags = EOS_PARAMETER_REQUIRED},
    {ROW, .type = EOS_TYPE_F64, .key = "time", .default_value = "1", .minimum = 1e-9, .maximum = 1e9,
     .text = "length of the paths in time, T"},
    {ROW, .type = EOS_TYPE_I64, .key = "steps", .minimum = 1, .maximum = 2147483647,
     .text = "Euler steps, K; without it, those of the longest series. Series of another length are interpolated"},
    {ROW, .type = EOS_TYPE_I64, .key = "classes", .minimum = 2, .maximum = 2147483647,
     .text = "classes; without it, those of the data. Two have one read-out, more have one each"},
    {ROW, .type = EOS_TYPE_BOOL, .key = "constrain", .default_value = "true",
     .text = "whether the network has |W| <= 6, |A| = 1 and |v| = 1 (Frobenius), by projecting the parameters"},
    {ROW, .type = EOS_TYPE_STRING, .key = "dtype", .default_value = "f64", .choices = "f64|f32",
     .text = "element type of the parameters; the arithmetic is in f64"},
};

static const eos_descriptor descriptor = {
    .struct_size = sizeof(eos_descriptor),
    .flags = EOS_USES_DATA,
    .id = "eos.path-rnn",
    .title = "classification of paths by a stochastic linear recurrent network",
    .source = "arXiv 2108.03090",
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
    .create = rnn_create,
};

static eos_status init(const eos_host *host) {
    (void)host;
    /* The host's threads share the work; a product cut up by the BLAS would depend on their number. */
    openblas_set_num_threads(1);
    return EOS_OK;
}

static const void *get_factory(const char *id) {
    return strcmp(id, EOS_OBJECTIVE_FACTORY) == 0 ? &factory : NULL;
}

static const eos_plugin plugin = {
    .struct_size = sizeof(eos_plugin),
    .abi_major = EOS_ABI_MAJOR,
    .abi_minor = EOS_ABI_MINOR,
    .id = "eos.path-rnn",
    .version = "1.0.0",
    .licence = "Apache-2.0",
    .toolchain = __VERSION__,
    .init = init,
    .get_factory = get_factory,
};

const eos_plugin *eos_plugin_entry(uint32_t host_abi) {
    /* A host of another major refuses the table by its abi_major and can name both versions. */
    (void)host_abi;
    return &plugin;
}
