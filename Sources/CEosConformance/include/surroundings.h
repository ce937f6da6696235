/* What Swift can't see of a process: fenced memory, the floating-point mode, the C library's heap. */
#ifndef EOS_SURROUNDINGS_H
#define EOS_SURROUNDINGS_H

#include <stddef.h>
#include <stdint.h>

/* What became of a fence. */
enum { EOS_FENCE_WHOLE = 0, EOS_FENCE_READ = 1, EOS_FENCE_WRITTEN = 2 };

/* Takes access from `size` bytes of whole pages at `begin`. The first access opens them and is remembered, so that the
 * process lives on. A number of the fence, or -1 where there are too many of them or the kernel refuses. */
int eos_fence_build(void *begin, size_t size);
/* EOS_FENCE_*; where it was touched, *offset is how far behind `begin`. */
int eos_fence_state(int fence, int64_t *offset);
void eos_fence_remove(int fence);

/* Rounding, trapped exceptions, and whether subnormal results or operands are taken for zero, of this thread. */
uint64_t eos_float_mode(void);
/* Remembers directory, locale, signals, umask and floating-point mode, and brings them back. One thread at a time. */
void eos_surroundings_save(void);
void eos_surroundings_restore(void);

/* Bytes that the C library has lent out: malloc and its mappings. */
int64_t eos_heap_bytes(void);

/* Handler and flags of a signal as one number; 0 where there is no such signal. */
uint64_t eos_signal_action(int signal);

/* "TERM"; NULL where the signal has no name. */
const char *eos_surroundings_signal(int signal);

#endif
