/* The entry of the plugin and the schema of its one objective. */
#include <cblas.h>

#include "eos/entry.h"
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

static const eos_descriptor descriptors[] = {{
    .struct_size = sizeof(eos_descriptor),
    .flags = EOS_USES_DATA,
    .id = "eos.path-rnn",
    .title = "classification of paths by a stochastic linear recurrent network",
    .source = "arXiv 2108.03090",
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
}};

static eos_status init(const eos_host *host) {
    (void)host;
    /* The host's threads share the work; a product cut up by the BLAS would depend on their number. */
    openblas_set_num_threads(1);
    return EOS_OK;
}

EOS_OBJECTIVE_PLUGIN(descriptors, rnn_create,
                     .id = "eos.path-rnn", .version = "1.0.0", .licence = "Apache-2.0", .init = init);
