/* The entry of the plugin and the schema of its one objective. */
#include "eos/entry.h"
#include "threshold_network.h"

#define ROW .struct_size = sizeof(eos_parameter)

static const eos_parameter parameters[] = {
    {ROW, .type = EOS_TYPE_I64, .key = "d", .default_value = "200", .minimum = 1, .maximum = 2147483646,
     .text = "dimension of the data, and units of each sign; near b = 0 the threshold of the step is 8 pi / d^2"},
    {ROW, .type = EOS_TYPE_I64, .key = "samples", .default_value = "300", .minimum = 1, .maximum = 1e12,
     .text = "training samples, over which the loss is averaged"},
    {ROW, .type = EOS_TYPE_F64, .key = "signal", .default_value = "3", .minimum = 0, .maximum = 1e100,
     .text = "length of the signal that a sample has in one of its entries, beside noise of deviation 1 in all"},
    {ROW, .type = EOS_TYPE_I64, .key = "test", .default_value = "20000", .minimum = 0, .maximum = 1e12,
     .text = "test samples; they are drawn when the accuracy is first measured"},
    {ROW, .type = EOS_TYPE_I64, .key = "data_seed", .default_value = "7",
     .text = "seed of the samples; that of the run is of the initial weights alone"},
    {ROW, .type = EOS_TYPE_STRING, .key = "dtype", .default_value = "f64", .choices = "f32|f64",
     .text = "element type of parameters and data"},
};

static const eos_descriptor descriptors[] = {{
    .struct_size = sizeof(eos_descriptor),
    .id = "eos.threshold-network",
    .title = "ReLU network with one bias on sparse coding data, logistic loss",
    .source = "arXiv 2212.07469",
    .parameters = parameters,
    .parameter_count = sizeof parameters / sizeof *parameters,
}};

EOS_OBJECTIVE_PLUGIN(descriptors, threshold_network_create,
                     .id = "eos.threshold-network", .version = "1.0.0", .licence = "Apache-2.0");
