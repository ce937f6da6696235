/* Memory, with sizes checked. */
#include <stdio.h>
#include <stdlib.h>

#include "inner_product.h"

eos_status inner_product_allocate(const inner_product *p, double **out) {
    int64_t bytes;
    int overflows = __builtin_mul_overflow(p->size, 2 * (int64_t)sizeof(double), &bytes);
    *out = overflows ? NULL : malloc((size_t)bytes);
    if (*out) return EOS_OK;
    char message[128];
    snprintf(message, sizeof message, "size = %lld: there is no memory for 2 x %lld numbers; give a smaller size",
             (long long)p->size, (long long)p->size);
    return p->host->fail(p->host, EOS_E_MEMORY, message);
}
