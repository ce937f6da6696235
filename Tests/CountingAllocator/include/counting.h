/* Counts what a thread takes from the heap, in every library of the process: the program that links this has a malloc
 * of its own, which hands on to that of the C library. */
#ifndef EOS_COUNTING_H
#define EOS_COUNTING_H

#include <stdint.h>

/* Calls of malloc and its relatives on the calling thread so far; -1 where a sanitizer has taken their place. */
int64_t eos_allocations(void);

#endif
