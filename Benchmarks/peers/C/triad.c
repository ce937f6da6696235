#include "triad.h"

void stream_triad(double *restrict a, const double *restrict b, const double *restrict c, double s, int64_t count) {
    for (int64_t i = 0; i < count; i++) a[i] = b[i] + s * c[i];
}
