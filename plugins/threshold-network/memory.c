/* Memory, with sizes checked, and vectors of parameters. */
#include <stdio.h>
#include <stdlib.h>

#include "threshold_network.h"

void *threshold_network_allocate(const threshold_network *t, const char *key, int64_t rows, int64_t columns,
                                 size_t size) {
    int64_t bytes;
    int overflows = __builtin_mul_overflow(rows, columns, &bytes) ||
                    __builtin_mul_overflow(bytes, (int64_t)size, &bytes);
    void *memory = overflows ? NULL : calloc((size_t)(bytes > 0 ? bytes : 1), 1);
    if (memory) return memory;
    char message[160];
    snprintf(message, sizeof message,
             "%s: there is no memory for %lld x %lld numbers of %zu bytes; make it or d smaller", key,
             (long long)rows, (long long)columns, size);
    t->host->fail(t->host, EOS_E_MEMORY, message);
    return NULL;
}

void threshold_network_read(const threshold_network *t, const void *x, double parameters[PARAMETERS]) {
    for (int i = 0; i < PARAMETERS; i++) {
        parameters[i] = t->is_single ? (double)((const float *)x)[i] : ((const double *)x)[i];
    }
}

void threshold_network_write(const threshold_network *t, const double values[PARAMETERS], void *out) {
    for (int i = 0; i < PARAMETERS; i++) {
        if (t->is_single) ((float *)out)[i] = (float)values[i];
        else ((double *)out)[i] = values[i];
    }
}
