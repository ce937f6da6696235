/* From a configuration to the shape of a network. */
#include <limits.h>

#include "mlp.h"

static eos_status read_layers(mlp *m, eos_values *values) {
    int64_t count;
    const double *widths = eos_value_f64_array(values, "layers", &count);
    if (values->status) return values->status;
    if (count < 2) {
        return eos_fail(m->host, EOS_E_CONFIG,
                        "layers has %lld entries; give at least 2, the features and the classes of the data",
                        (long long)count);
    }
    for (int64_t i = 0; i < count; i++) {
        /* CBLAS counts in int. */
        if (!(widths[i] >= 1 && widths[i] <= INT_MAX) || widths[i] != (double)(int64_t)widths[i]) {
            return eos_fail(m->host, EOS_E_CONFIG, "layers: entry %lld is %.17g; give an integer from 1 to %d",
                            (long long)i + 1, widths[i], INT_MAX);
        }
    }
    m->depth = count - 1;
    m->layers = eos_allocate(m->host, "layers", m->depth, 1, sizeof *m->layers);
    if (!m->layers) return EOS_E_MEMORY;
    for (int64_t l = 0; l < m->depth; l++) {
        m->layers[l] = (mlp_layer){.in = (int64_t)widths[l], .out = (int64_t)widths[l + 1]};
    }
    return EOS_OK;
}

eos_status mlp_configure(mlp *m, const eos_config *config) {
    /* In the order of their enumerations. */
    static const char *const activations[] = {"relu", "tanh", "gelu", "elu", "softplus", "identity"};
    static const char *const losses[] = {"mse", "cross-entropy"};
    eos_values values = eos_values_of(m->host, config);
    m->activation = (mlp_activation)eos_value_choice(&values, "activation", activations, EOS_COUNT(activations));
    m->loss = (mlp_loss)eos_value_choice(&values, "loss", losses, EOS_COUNT(losses));
    m->dtype = eos_value_dtype(&values, "dtype");
    m->kernels = m->dtype == EOS_F32 ? &mlp_kernels_f32 : &mlp_kernels_f64;
    m->has_bias = eos_value_bool(&values, "bias");
    m->init_scale = eos_value_f64(&values, "init_scale");
    m->interruptible_above = eos_value_f64(&values, "interruptible_above");
    return read_layers(m, &values);
}
