#include "sums.h"

#include <string.h>

/* A product is rounded before it is added, with or without instructions that do both at once. */
#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WIDE
#endif

#define LANES 8
typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));
typedef float narrow_lanes __attribute__((vector_size(LANES * sizeof(float))));

/* As many vectors are multiplied by another one at once: two sums of each fit into the registers. */
#define MOST_AT_ONCE 3

#define LOAD_f64(pointer, out) memcpy(&(out), (pointer), sizeof(lanes))
#define LOAD_f32(pointer, out)                                                                                         \
    do {                                                                                                               \
        narrow_lanes narrow_;                                                                                          \
        memcpy(&narrow_, (pointer), sizeof narrow_);                                                                   \
        (out) = __builtin_convertvector(narrow_, lanes);                                                               \
    } while (0)

#define SUM(v) ((((v)[0] + (v)[4]) + ((v)[2] + (v)[6])) + (((v)[1] + (v)[5]) + ((v)[3] + (v)[7])))

/* Where two vectors are read side by side, the processor looks ahead in each by itself, but only within a page. So at
 * the start of each page this asks for the first lines of the next, into the second cache, and leaves the others to the
 * processor: asking for every line is slower than asking for none. */
enum { PAGE = 4096, LINE = 64, LINES_AHEAD = 16 };

static inline __attribute__((always_inline)) void expect_page_after(const void *page) {
    for (int i = 0; i < LINES_AHEAD; i++) __builtin_prefetch((const char *)page + PAGE + i * LINE, 0, 2);
}

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

#define REAL float
#define NAME(name) name##_f32
#define LOAD LOAD_f32
#include "sums_of_real.h"
#undef REAL
#undef NAME
#undef LOAD

#define REAL double
#define NAME(name) name##_f64
#define LOAD LOAD_f64
#include "sums_of_real.h"
