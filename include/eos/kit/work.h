/* Parts of work, vectors of both element types, and checks at the beginning of an evaluation. */
#ifndef EOS_KIT_WORK_H
#define EOS_KIT_WORK_H

#include <math.h>
#include <string.h>

#include "../objective.h"
#include "failures.h"

/* eos_part_count returns how many parts of at most `size` elements, 1 or more, make up `count` elements. eos_part_end
 * returns the end of part `index`, which begins at index * size. */
static inline int64_t eos_part_count(int64_t count, int64_t size) { return count / size + (count % size != 0); }
static inline int64_t eos_part_end(int64_t index, int64_t size, int64_t count) {
    return count - index * size < size ? count : (index + 1) * size;
}

/* Calls body(ctx, i) for every i with 0 <= i < count. It uses the threads of the run, or only the calling thread if
 * count is 1 or is_small says that there is too little work for threads. */
static inline void eos_each(const eos_host *host, int is_small, int64_t count, void (*body)(void *ctx, int64_t i),
                            void *ctx) {
    if (count > 1 && !is_small) {
        host->parallel(host, count, body, ctx);
    } else {
        for (int64_t i = 0; i < count; i++) body(ctx, i);
    }
}

/* Convert vectors of either element type to doubles and back. */
static inline void eos_to_f64(uint32_t dtype, int64_t count, const void *from, double *to) {
    if (dtype == EOS_F64) memcpy(to, from, (size_t)count * sizeof *to);
    else
        for (int64_t i = 0; i < count; i++) to[i] = (double)((const float *)from)[i];
}
static inline void eos_from_f64(uint32_t dtype, int64_t count, const double *from, void *to) {
    if (dtype == EOS_F64) memcpy(to, from, (size_t)count * sizeof *from);
    else
        for (int64_t i = 0; i < count; i++) ((float *)to)[i] = (float)from[i];
}

/* Returns 1 if all numbers are finite. */
static inline int eos_all_finite(int64_t count, const double *numbers) {
    for (int64_t i = 0; i < count; i++) {
        if (!isfinite(numbers[i])) return 0;
    }
    return 1;
}

/* Returns the vector for the gradient, or NULL if no gradient is wanted. */
static inline void *eos_gradient(const eos_evaluation *evaluation) {
    return evaluation->want & EOS_WANT_GRADIENT ? evaluation->gradient : NULL;
}

/* Call these at the beginning of `evaluate` and `curvature`. They return EOS_OK, or an error whose message they have
 * set. */
static inline eos_status eos_check_gradient(const eos_host *host, const eos_evaluation *evaluation) {
    if (!(evaluation->want & EOS_WANT_GRADIENT) || evaluation->gradient) return EOS_OK;
    return eos_fail(host, EOS_E_INVALID, "a gradient is wanted, but there is no vector for it; set gradient");
}
static inline eos_status eos_check_linearized(const eos_host *host, int is_linearized) {
    if (is_linearized) return EOS_OK;
    return eos_fail(host, EOS_E_STATE, "curvature was asked for before linearize; call linearize first");
}

#endif
