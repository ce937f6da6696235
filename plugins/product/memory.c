/* Memory, with sizes checked. */
#include <stdio.h>
#include <stdlib.h>

#include "product.h"

eos_status product_allocate(const product *p, int64_t count, double **out) {
    int64_t bytes;
    int overflows = __builtin_mul_overflow(p->depth, count * (int64_t)sizeof(double), &bytes);
    *out = overflows ? NULL : malloc((size_t)bytes);
    if (*out) return EOS_OK;
    char message[128];
    snprintf(message, sizeof message, "depth = %lld: there is no memory for %lld x %lld numbers; give a smaller depth",
             (long long)p->depth, (long long)count, (long long)p->depth);
    return p->host->fail(p->host, EOS_E_MEMORY, message);
}
