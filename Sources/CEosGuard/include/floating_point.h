/* The floating-point control of the calling thread: rounding, flushing of denormals, trapped exceptions. Flags that
 * record what happened are not part of it. */
#ifndef EOS_FLOATING_POINT_H
#define EOS_FLOATING_POINT_H

#include <stdint.h>

#if defined(__x86_64__)

/* MXCSR: denormals are zero (bit 6), masks (7 to 12), rounding (13, 14), flush to zero (15). Reading it may wait for
 * arithmetic under way: up to 11 ns around an evaluation. */
static inline uint32_t floating_point_control(void) { return __builtin_ia32_stmxcsr() & 0xffc0u; }

static inline void floating_point_set(uint32_t control) {
    __builtin_ia32_ldmxcsr((__builtin_ia32_stmxcsr() & ~0xffc0u) | control);
}

/* The same with rounding to nearest and denormals as they are. */
static inline uint32_t floating_point_plain(uint32_t control) { return control & ~0xe040u; }

/* Whether this thread rounds to nearest and keeps denormals. Only a look at the control tells at a steady price: to
 * see a difference of two numbers flushed, a denormal has to be computed, which takes 50 ns on many processors. */
static inline int floating_point_is_plain(void) {
    uint32_t control = floating_point_control();
    return control == floating_point_plain(control);
}

/* The control word of the x87 unit, in which long double is computed. */
static inline uint32_t floating_point_x87(void) {
    uint16_t word;
    __asm__ volatile("fnstcw %0" : "=m"(word));
    return word;
}

static inline void floating_point_set_x87(uint32_t control) {
    uint16_t word = (uint16_t)control;
    __asm__ volatile("fldcw %0" : : "m"(word));
}

#elif defined(__aarch64__)

/* FPCR: trap enables (bits 8 to 15), rounding, flush to zero, default NaN (22 to 25). */
static inline uint32_t floating_point_control(void) {
    uint64_t word;
    __asm__ volatile("mrs %0, fpcr" : "=r"(word));
    return (uint32_t)word;
}

static inline void floating_point_set(uint32_t control) {
    uint64_t word = control;
    __asm__ volatile("msr fpcr, %0" : : "r"(word));
}

static inline uint32_t floating_point_plain(uint32_t control) { return control & ~0x03c00000u; }

static inline int floating_point_is_plain(void) {
    uint32_t control = floating_point_control();
    return control == floating_point_plain(control);
}

static inline uint32_t floating_point_x87(void) { return 0; }
static inline void floating_point_set_x87(uint32_t control) { (void)control; }

#else
#error "eos knows the floating-point control of x86-64 and AArch64"
#endif

#endif
