/* Allocation with checked sizes. */
#ifndef EOS_KIT_MEMORY_H
#define EOS_KIT_MEMORY_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failures.h"

/* An array in a block of memory. It has rows x columns elements of `size` bytes. `place` is the address of its pointer.
 */
typedef struct eos_array {
    void *place;
    int64_t rows, columns, size;
} eos_array;

/* The row for a typed array: `EOS_ARRAY(self->weights, rows, columns)`. */
#define EOS_ARRAY(pointer, rows, columns)                                                                              \
    { &(pointer), (rows), (columns), (int64_t)sizeof *(pointer) }

/* Arrays begin at cache lines. Two threads that write to different arrays then never share a cache line. */
enum { EOS_ALIGNMENT = 64 };

/* Adds the size of the array, rounded up to whole cache lines, to *bytes. Returns 0 if the sum exceeds an int64_t, and
 * 1 otherwise. */
static inline int eos_kit_add_array(const eos_array *array, int64_t *bytes) {
    int64_t room = INT64_MAX - EOS_ALIGNMENT, sizes[] = {array->rows, array->columns, array->size}, size = 1;
    for (int i = 0; i < 3; i++) {
        if (sizes[i] < 0) return 0;
        if (sizes[i] == 0) return 1;
    }
    for (int i = 0; i < 3; i++) {
        if (size > room / sizes[i]) return 0;
        size *= sizes[i];
    }
    size = (size + EOS_ALIGNMENT - 1) / EOS_ALIGNMENT * EOS_ALIGNMENT;
    if (*bytes > room - size) return 0;
    *bytes += size;
    return 1;
}

/* Allocates one block for `count` arrays and sets their pointers. Returns the block, which begins with the first array;
 * free it with free. The contents are undefined. If the sizes overflow or there is not enough memory, the function sets
 * a message and the status EOS_E_MEMORY, and returns NULL. The message begins with `what`: the key or the part that
 * needs the memory. A block larger than the memory of the machine is refused, because the kernel would grant it and end
 * the process later. */
static inline void *eos_allocate_arrays(const eos_host *host, const char *what, const eos_array arrays[],
                                        int64_t count) {
    int64_t bytes = 0, used = 0;
    for (int64_t i = 0; i < count; i++) {
        if (eos_kit_add_array(&arrays[i], &bytes)) continue;
        eos_fail(host, EOS_E_MEMORY,
                 "%s: there is not enough memory for %lld x %lld elements of %lld bytes; give smaller sizes", what,
                 (long long)arrays[i].rows, (long long)arrays[i].columns, (long long)arrays[i].size);
        return NULL;
    }
    if (bytes == 0) bytes = EOS_ALIGNMENT;
    int fits = bytes / sysconf(_SC_PAGESIZE) < sysconf(_SC_PHYS_PAGES);
    char *memory = fits ? (char *)aligned_alloc(EOS_ALIGNMENT, (size_t)bytes) : NULL;
    if (!memory) {
        eos_fail(host, EOS_E_MEMORY, "%s: there is not enough memory for %lld bytes; give smaller sizes", what,
                 (long long)bytes);
        return NULL;
    }
    for (int64_t i = 0; i < count; i++) {
        char *place = memory + used;
        memcpy(arrays[i].place, &place, sizeof place);
        eos_kit_add_array(&arrays[i], &used);
    }
    return memory;
}

/* Like eos_allocate_arrays, for one array of rows x columns elements of `size` bytes. */
static inline void *eos_allocate(const eos_host *host, const char *what, int64_t rows, int64_t columns, size_t size) {
    void *place;
    const eos_array array = {&place, rows, columns, (int64_t)size};
    return eos_allocate_arrays(host, what, &array, 1);
}

#endif
