/* The initial point: uniform within +-1/sqrt(fan-in), drawn in the order of the parameters. */
#include <math.h>

#include "mlp.h"

enum { CHUNK = 512 };

static void draw(const mlp *m, uint64_t seed, uint64_t *counter, int64_t fan_in, int64_t first, int64_t count,
                 void *x) {
    double numbers[CHUNK];
    double width = sqrt((double)fan_in);
    for (int64_t done = 0; done < count; done += CHUNK) {
        int64_t size = count - done < CHUNK ? count - done : CHUNK;
        m->host->random_uniform(m->host, seed, *counter, size, numbers);
        for (int64_t i = 0; i < size; i++) numbers[i] = (2 * numbers[i] - 1) / width * m->init_scale;
        m->kernels->round(numbers, x, first + done, size);
        *counter += (uint64_t)size;
    }
}

eos_status mlp_initial_point(void *self, uint64_t seed, void *x) {
    const mlp *m = self;
    uint64_t counter = 0;
    for (int64_t l = 0; l < m->depth; l++) {
        const mlp_layer *layer = &m->layers[l];
        draw(m, seed, &counter, layer->in, layer->weight, layer->in * layer->out, x);
        if (m->has_bias) draw(m, seed, &counter, layer->in, layer->bias, layer->out, x);
    }
    return EOS_OK;
}
