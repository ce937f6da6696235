/* Values along a ray. */
#include "nonconforming.h"

#include <math.h>
#include <stddef.h>

eos_status ray_begin(void *self, const void *x, const void *d) {
    objective *o = self;
    read_point(o, x, o->base);
    read_point(o, d, o->direction);
    return EOS_OK;
}

eos_status ray_value(void *self, double t, double *value) {
    objective *o = self;
    double x[MOST];
    for (int64_t i = 0; i < o->size; i++) x[i] = o->base[i] + t * o->direction[i];
    *value = sums(o, x, 0, SAMPLES, NULL) / SAMPLES;
#ifdef BREAK_RAY
    *value *= 1 + 1e-6 * t;
#endif
#ifdef BREAK_RAY_MEMORY
    static int calls;
    *value *= 1 + 1e-15 * ++calls;
#endif
    return isfinite(*value) ? EOS_OK : EOS_RECOVERABLE;
}

eos_status ray_commit(void *self, double t, int64_t evaluation) {
    objective *o = self;
    (void)t;
    o->committed_id = evaluation;
    return EOS_OK;
}
