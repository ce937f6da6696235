/* The arithmetic of a network in REAL, defined with REAL_GEMM, REAL_XSMM and REAL_MATH by the file that includes
 * this. */
#include <cblas.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "../elementary.h"
#include "../mlp.h"
#include "../xsmm.h"

#include "product.h"
#include "transpose.h"
#include "activation.h"
#include "loss.h"
#include "forward.h"
#include "backward.h"
#include "curvature.h"
#include "score.h"

static void round_all(const double *from, void *to, int64_t first, int64_t count) {
    REAL *out = (REAL *)to + first;
    for (int64_t i = 0; i < count; i++) out[i] = (REAL)from[i];
}

#define REAL_KERNELS                                                                                                   \
    {                                                                                                                  \
        sizeof(REAL), round_all, move, is_moved, transpose, first_layer, forward, forward_along, backward, gradient,   \
            linearize, differentiate, product, score                                                                   \
    }
