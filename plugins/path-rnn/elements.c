/* Points and derivatives between the element type of the parameters and the arithmetic, which is in double. */
#include <string.h>

#include "path_rnn.h"

const double *rnn_point(path_rnn *p, const void *x) {
    if (p->dtype == EOS_F64) {
        memcpy(p->point, x, (size_t)p->dimension * sizeof(double));
    } else {
        const float *from = x;
        for (int64_t i = 0; i < p->dimension; i++) p->point[i] = (double)from[i];
    }
    return p->point;
}

void rnn_write(const path_rnn *p, const double *from, void *to) {
    if (p->dtype == EOS_F64) {
        memcpy(to, from, (size_t)p->dimension * sizeof(double));
    } else {
        float *out = to;
        for (int64_t i = 0; i < p->dimension; i++) out[i] = (float)from[i];
    }
}
