/* Memory, with sizes checked. */
#ifndef EOS_KIT_MEMORY_H
#define EOS_KIT_MEMORY_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failures.h"

/* An array within a block of memory: rows x columns elements of `size` bytes. `place` is the address of its pointer. */
typedef struct eos_array {
    void *place;
    int64_t rows, columns, size;
} eos_array;

/* The row of an array of typed elements: `EOS_ARRAY(self->weights, rows, columns)`. */
#define EOS_ARRAY(pointer, rows, columns) {&(pointer), (rows), (columns), (int64_t)sizeof *(pointer)}

/* Arrays begin at cache lines, so that no two threads write to the same line at the edges of two arrays. */
enum { EOS_ALIGNMENT = 64 };

/* Adds the bytes of the array, up to a whole cache line, to *bytes; 0 if no int64_t holds the sum. */
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

/* Makes one block of memory for `count` arrays and sets their pointers. Returns the block, where the first array
 * begins; give it to free. The contents are undefined. If sizes overflow or there is no memory, returns NULL; the kit
 * has then said so with `what`, the key or the part that the memory is for, and the status is EOS_E_MEMORY. A block
 * larger than the machine's memory is refused, because the kernel would grant it and end the process later. */
static inline void *eos_allocate_arrays(const eos_host *host, const char *what, const eos_array arrays[],
                                        int64_t count) {
    int64_t bytes = 0, used = 0;
    for (int64_t i = 0; i < count; i++) {
        if (eos_kit_add_array(&arrays[i], &bytes)) continue;
        eos_fail(host, EOS_E_MEMORY,
                 "%s: there is no memory for %lld x %lld elements of %lld bytes; give smaller sizes", what,
                 (long long)arrays[i].rows, (long long)arrays[i].columns, (long long)arrays[i].size);
        return NULL;
    }
    if (bytes == 0) bytes = EOS_ALIGNMENT;
    int fits = bytes / sysconf(_SC_PAGESIZE) < sysconf(_SC_PHYS_PAGES);
    char *memory = fits ? (char *)aligned_alloc(EOS_ALIGNMENT, (size_t)bytes) : NULL;
    if (!memory) {
        eos_fail(host, EOS_E_MEMORY, "%s: there is no memory for %lld bytes; give smaller sizes", what,
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

/* The same for one array of rows x columns elements of `size` bytes. */
static inline void *eos_allocate(const eos_host *host, const char *what, int64_t rows, int64_t columns, size_t size) {
    void *place;
    const eos_array array = {&place, rows, columns, (int64_t)size};
    return eos_allocate_arrays(host, what, &array, 1);
}

#endif
