#include "refusals.h"

#include <errno.h>
#include <stddef.h>

#include "ending.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

void refusals_watch(void) {}

#if defined(__GLIBC__) && !defined(SANITIZED)

/* The program's functions stand before those of the C library, for plugins, too. What glibc calls its own stays what it
 * is, with free. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *old, size_t size);
void *memalign(size_t alignment, size_t size);
void *aligned_alloc(size_t alignment, size_t size);
int posix_memalign(void **out, size_t alignment, size_t size);

static void *noted(void *made, size_t size) {
    if (made == NULL && size > 0) ending_note_refusal(size);
    return made;
}

void *malloc(size_t size) { return noted(__libc_malloc(size), size); }

void *calloc(size_t count, size_t size) {
    size_t all = size > 0 && count > SIZE_MAX / size ? SIZE_MAX : count * size;
    return noted(__libc_calloc(count, size), all);
}

void *realloc(void *old, size_t size) { return noted(__libc_realloc(old, size), size); }
void *memalign(size_t alignment, size_t size) { return noted(__libc_memalign(alignment, size), size); }
void *aligned_alloc(size_t alignment, size_t size) { return noted(__libc_memalign(alignment, size), size); }

int posix_memalign(void **out, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
    void *made = noted(__libc_memalign(alignment, size), size);
    if (made == NULL) return ENOMEM;
    *out = made;
    return 0;
}

#endif
