/* The entry of the plugin and the schema of its one objective. */
#include <cblas.h>

#include "path_rnn.h"

static const eos_parameter keys[] = {
    EOS_KEY_I64("units", NULL, 1, 10000, "number of units, N", EOS_PARAMETER_REQUIRED),
    EOS_KEY_F64("sigma", NULL, 1e-9, 1e9,
                "strength of the noise in every unit; training minimises the expected error under this noise",
                EOS_PARAMETER_REQUIRED),
    EOS_KEY_F64("time", "1", 1e-9, 1e9, "duration of the paths, T"),
    EOS_KEY_I64("steps", NULL, 1, 2147483647,
                "number of Euler steps, K, by default the length of the longest series; other series are interpolated"),
    EOS_KEY_I64("classes", NULL, 2, 2147483647,
                "number of classes, by default that of the data; two classes share one read-out, more have one each"),
    EOS_KEY_BOOL("constrain", "true",
                 "whether parameters are projected so that |W| <= 6, |A| = 1 and |v| = 1 (Frobenius norms)"),
    EOS_KEY_STRING("dtype", "f64", "f64|f32", "element type of the parameters; the arithmetic is always in f64"),
};

static const eos_objective_type types[] = {
    {.descriptor = {.struct_size = sizeof(eos_descriptor),
                    .flags = EOS_USES_DATA,
                    .id = "eos.path-rnn",
                    .title = "classification of paths by a stochastic linear recurrent network",
                    .source = "arXiv 2108.03090",
                    EOS_KEYS(keys)},
     .ops = &rnn_ops,
     .size = sizeof(path_rnn),
     .make = rnn_make}};

static eos_status init(const eos_host *host) {
    (void)host;
    /* The host's threads share the work; a product cut up by the BLAS would depend on their number. */
    openblas_set_num_threads(1);
    return EOS_OK;
}

EOS_OBJECTIVES(objectives, types);
EOS_PLUGIN(&objectives, NULL, "eos.path-rnn", "1.0.0", "Apache-2.0", init, NULL);
