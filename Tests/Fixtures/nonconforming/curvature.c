/* Hessian-vector products. */
#include "nonconforming.h"

#include <math.h>

eos_status linearize(void *self, const void *x) {
    objective *o = self;
    read_point(o, x, o->linearized);
    return EOS_OK;
}

eos_status curvature(void *self, const void *v, void *out) {
    objective *o = self;
    for (int64_t i = 0; i < o->size; i++) {
        double bend = eigenvalue(i) + 3 * o->linearized[i] * o->linearized[i];
#ifdef BREAK_F32_OFF
        if (o->is_single) bend *= 1.05;
#endif
#ifdef BREAK_PRODUCT
        bend *= 1.001;
#endif
        double product = bend * element(o, v, i);
#ifdef BREAK_SYMMETRY
        product += 2e-6 * element(o, v, (i + 1) % o->size);
#endif
#ifdef BREAK_LINEARITY
        product += 1e-6 * fabs(element(o, v, i));
#endif
        set(o, out, i, product);
    }
    return EOS_OK;
}

/* There are no samples here: the parts are as steep as the whole, or nearly so. */
eos_status sampled_curvature(void *self, int64_t part, const void *v, void *out) {
    objective *o = self;
    eos_status status = curvature(self, v, out);
    for (int64_t i = 0; !status && i < o->size; i++) {
        double product = (1 + 0.1 * (double)(part % 3)) * element(o, out, i);
#ifdef BREAK_PART
        product += 2e-6 * element(o, v, (i + 1) % o->size);
#endif
        set(o, out, i, product);
    }
    return status;
}
