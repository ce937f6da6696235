/* Where each layer's weights and biases lie in the parameter vector, and their names. */
#include <inttypes.h>
#include <stdio.h>

#include "mlp.h"

eos_status mlp_lay_out(mlp *m) {
    int64_t next = 0;
    for (int64_t l = 0; l < m->depth; l++) {
        mlp_layer *layer = &m->layers[l];
        int64_t weights;
        int overflows = __builtin_mul_overflow(layer->in, layer->out, &weights);
        layer->weight = next;
        overflows |= __builtin_add_overflow(next, weights, &next);
        layer->bias = m->has_bias ? next : -1;
        if (m->has_bias) overflows |= __builtin_add_overflow(next, layer->out, &next);
        if (overflows || next > INT64_MAX / 8) {
            return eos_fail(m->host, EOS_E_MEMORY,
                            "layers: %lld x %lld weights in layer %lld exceed the address space; give fewer units",
                            (long long)layer->out, (long long)layer->in, (long long)l + 1);
        }
        if (layer->out > m->widest) m->widest = layer->out;
    }
    m->dimension = next;
    m->block_names = eos_allocate(m->host, "block names", 2, m->depth, sizeof *m->block_names);
    if (!m->block_names) return EOS_E_MEMORY;
    for (int64_t l = 0; l < m->depth; l++) {
        snprintf(m->block_names[2 * l], sizeof *m->block_names, "layer%" PRId64 ".weight", l + 1);
        snprintf(m->block_names[2 * l + 1], sizeof *m->block_names, "layer%" PRId64 ".bias", l + 1);
    }
    return EOS_OK;
}

eos_status mlp_block(void *self, int64_t index, eos_block *out) {
    const mlp *m = self;
    int64_t per_layer = m->has_bias ? 2 : 1;
    if (index < 0 || index >= per_layer * m->depth) return EOS_E_NOT_FOUND;
    int64_t l = index / per_layer;
    const mlp_layer *layer = &m->layers[l];
    int is_bias = index % per_layer == 1;
    out->name = m->block_names[2 * l + is_bias];
    out->rank = is_bias ? 1 : 2;
    out->offset = is_bias ? layer->bias : layer->weight;
    out->shape[0] = layer->out;
    out->shape[1] = is_bias ? 1 : layer->in;
    out->shape[2] = out->shape[3] = 1;
    return EOS_OK;
}
