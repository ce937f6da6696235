/* From a configuration to the shape of a network. */
#include <limits.h>
#include <string.h>

#include "mlp.h"

/* The place of `word` among the words of a list that NULL ends, or -1. */
static int position(const char *word, const char *const words[]) {
    for (int i = 0; words[i]; i++) {
        if (strcmp(word, words[i]) == 0) return i;
    }
    return -1;
}

static eos_status read_word(const mlp *m, const eos_config *config, const char *key, const char *const words[],
                            int *out) {
    const char *word;
    eos_status status = m->host->get_string(m->host, config, key, &word);
    if (status) return status;
    *out = position(word, words);
    if (*out < 0) return mlp_fail(m->host, EOS_E_CONFIG, "%s = \"%s\" is not known", key, word);
    return EOS_OK;
}

static eos_status read_layers(mlp *m, const eos_config *config) {
    const double *widths;
    int64_t count;
    eos_status status = m->host->get_f64_array(m->host, config, "layers", &widths, &count);
    if (status) return status;
    if (count < 2) {
        return mlp_fail(m->host, EOS_E_CONFIG,
                        "layers has %lld entries; it needs at least 2, the features and the classes of the data",
                        (long long)count);
    }
    for (int64_t i = 0; i < count; i++) {
        /* CBLAS counts in int. */
        if (!(widths[i] >= 1 && widths[i] <= INT_MAX) || widths[i] != (double)(int64_t)widths[i]) {
            return mlp_fail(m->host, EOS_E_CONFIG, "layers: entry %lld is %.17g; it must be an integer from 1 to %d",
                            (long long)i + 1, widths[i], INT_MAX);
        }
    }
    void *layers;
    status = mlp_allocate(m, "layers", count - 1, 1, sizeof(mlp_layer), &layers);
    if (status) return status;
    m->depth = count - 1;
    m->layers = layers;
    for (int64_t l = 0; l < m->depth; l++) {
        m->layers[l] = (mlp_layer){.in = (int64_t)widths[l], .out = (int64_t)widths[l + 1]};
    }
    return EOS_OK;
}

eos_status mlp_configure(mlp *m, const eos_config *config) {
    static const char *const activations[] = {"relu", "tanh", "gelu", "elu", "softplus", "identity", NULL};
    static const char *const losses[] = {"mse", "cross-entropy", NULL};
    static const char *const dtypes[] = {"f32", "f64", NULL};
    static const char *const inits[] = {"uniform-fan-in", NULL};
    int activation = 0, loss = 0, dtype = 0, init = 0;
    int32_t bias = 1;
    eos_status status = read_word(m, config, "activation", activations, &activation);
    if (!status) status = read_word(m, config, "loss", losses, &loss);
    if (!status) status = read_word(m, config, "dtype", dtypes, &dtype);
    if (!status) status = read_word(m, config, "init", inits, &init);
    if (!status) status = m->host->get_bool(m->host, config, "bias", &bias);
    if (!status) status = m->host->get_f64(m->host, config, "init_scale", &m->init_scale);
    if (!status) status = m->host->get_f64(m->host, config, "interruptible_above", &m->interruptible_above);
    if (status) return status;
    m->activation = (mlp_activation)activation;
    m->loss = (mlp_loss)loss;
    m->dtype = dtype == 0 ? EOS_F32 : EOS_F64;
    m->kernels = dtype == 0 ? &mlp_kernels_f32 : &mlp_kernels_f64;
    m->has_bias = bias != 0;
    return read_layers(m, config);
}
