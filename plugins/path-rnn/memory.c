/* Memory, with sizes checked. */
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <unistd.h>

#include "path_rnn.h"

/* Arrays begin at cache lines, so that no two threads write to the same one at the edges of two of them. */
enum { ALIGNMENT = 64, LINE = ALIGNMENT / sizeof(double) };

static int total_size(const rnn_array *arrays, int count, int64_t *total) {
    *total = 0;
    for (int i = 0; i < count; i++) {
        int64_t size;
        if (__builtin_mul_overflow(arrays[i].rows, arrays[i].columns, &size) || size > INT64_MAX - LINE) return 0;
        if (__builtin_add_overflow(*total, (size + LINE - 1) / LINE * LINE, total)) return 0;
    }
    return !__builtin_mul_overflow(*total, (int64_t)sizeof(double), total);
}

eos_status rnn_allocate(const path_rnn *p, const char *what, const rnn_array *arrays, int count, void **memory) {
    int64_t bytes;
    *memory = NULL;
    if (!total_size(arrays, count, &bytes)) {
        return rnn_fail(p->host, EOS_E_MEMORY,
                        "%s: %lld units, %lld steps and %lld paths are more than memory can hold", what,
                        (long long)p->units, (long long)p->steps, (long long)(p->train + p->test));
    }
    /* The kernel promises more than it has and kills the process that asks it to keep the promise. */
    int fits = bytes / sysconf(_SC_PAGESIZE) < sysconf(_SC_PHYS_PAGES);
    if (fits) *memory = aligned_alloc(ALIGNMENT, (size_t)(bytes > 0 ? bytes : ALIGNMENT));
    if (!*memory) {
        return rnn_fail(p->host, EOS_E_MEMORY,
                        "%s: there is no memory for %lld bytes; use fewer paths, units or steps", what,
                        (long long)bytes);
    }
    double *next = *memory;
    for (int i = 0; i < count; i++) {
        *arrays[i].place = next;
        next += (arrays[i].rows * arrays[i].columns + LINE - 1) / LINE * LINE;
    }
    return EOS_OK;
}

#define COUNT(arrays) ((int)(sizeof arrays / sizeof *arrays))

/* Products of steps and units fit: rnn_create has checked them. */
eos_status rnn_pass_make(const path_rnn *p, int64_t paths, rnn_pass *pass) {
    const rnn_array arrays[] = {
        {&pass->network, p->dimension, 1},
        {&pass->norms, p->readouts + 2, 1},
        {&pass->transition, p->units, p->units},
        {&pass->states, p->readouts * p->steps, p->units},
        {&pass->kernels, p->readouts * p->steps, p->channels},
        {&pass->covariance, p->readouts, p->readouts},
        {&pass->precision, p->readouts, p->readouts},
        {&pass->outputs, paths, p->readouts},
    };
    return rnn_allocate(p, "evaluation", arrays, COUNT(arrays), &pass->memory);
}

eos_status rnn_slopes_make(const path_rnn *p, rnn_slopes *slopes) {
    const rnn_array arrays[] = {
        {&slopes->outputs, p->train, p->readouts},
        {&slopes->kernels, p->readouts * p->steps, p->channels},
        {&slopes->covariance, p->readouts, p->readouts},
        {&slopes->states, p->readouts * p->steps, p->units},
        {&slopes->network, p->dimension, 1},
    };
    return rnn_allocate(p, "gradient", arrays, COUNT(arrays), &slopes->memory);
}

eos_status rnn_tangent_make(const path_rnn *p, rnn_tangent *tangent) {
    const rnn_array arrays[] = {
        {&tangent->network, p->dimension, 1},
        {&tangent->states, p->readouts * p->steps, p->units},
        {&tangent->kernels, p->readouts * p->steps, p->channels},
        {&tangent->covariance, p->readouts, p->readouts},
        {&tangent->variances, p->readouts, p->readouts},
        {&tangent->outputs, p->train, p->readouts},
    };
    return rnn_allocate(p, "curvature", arrays, COUNT(arrays), &tangent->memory);
}
