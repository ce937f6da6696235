/* Memory, with sizes checked. */
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mlp.h"

/* A cache line, so that no two threads write to the same one at the edges of two blocks' allocations. */
enum { ALIGNMENT = 64 };

eos_status mlp_allocate(const mlp *m, const char *what, int64_t count, int64_t width, int64_t size, void **out) {
    int64_t numbers, bytes, rounded;
    *out = NULL;
    if (__builtin_mul_overflow(count, width, &numbers) || __builtin_mul_overflow(numbers, size, &bytes) ||
        __builtin_add_overflow(bytes, ALIGNMENT, &rounded)) {
        return mlp_fail(m->host, EOS_E_MEMORY, "%s: %lld x %lld numbers are more than memory can hold", what,
                        (long long)count, (long long)width);
    }
    /* The kernel promises more than it has and kills the process that asks it to keep the promise. */
    int fits = bytes / sysconf(_SC_PAGESIZE) < sysconf(_SC_PHYS_PAGES);
    if (fits) *out = aligned_alloc(ALIGNMENT, (size_t)(rounded / ALIGNMENT * ALIGNMENT));
    if (*out) return EOS_OK;
    return mlp_fail(m->host, EOS_E_MEMORY, "%s: there is no memory for %lld bytes; use fewer samples or smaller layers",
                    what, (long long)bytes);
}

eos_status mlp_field_make(const mlp *m, const char *what, int64_t samples, mlp_field *field) {
    int64_t units = 0;
    for (int64_t l = 0; l < m->depth; l++) units += m->layers[l].out;
    void *layers;
    eos_status status = mlp_allocate(m, what, m->depth, 1, sizeof(void *), &layers);
    if (status) return status;
    field->layer = layers;
    status = mlp_allocate(m, what, samples, units, m->kernels->element_size, &field->memory);
    if (status) {
        mlp_field_free(field);
        return status;
    }
    char *next = field->memory;
    for (int64_t l = 0; l < m->depth; l++) {
        field->layer[l] = next;
        next += samples * m->layers[l].out * m->kernels->element_size;
    }
    return EOS_OK;
}

void mlp_field_free(mlp_field *field) {
    free(field->layer);
    free(field->memory);
    memset(field, 0, sizeof *field);
}

eos_status mlp_pass_make(const mlp *m, int64_t samples, mlp_pass *pass) {
    eos_status status = mlp_field_make(m, "activations", samples, &pass->outputs);
    if (!status && mlp_keeps_inputs(m)) status = mlp_field_make(m, "activations", samples, &pass->inputs);
    return status;
}

void mlp_pass_free(mlp_pass *pass) {
    mlp_field_free(&pass->outputs);
    mlp_field_free(&pass->inputs);
}
