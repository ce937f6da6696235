#include <malloc.h>

#include "eos_processes.h"

void eos_memory_share_arenas(void) { mallopt(M_ARENA_MAX, 8); }

/* Less than this is not worth the work. */
static const size_t slack = 4 << 20;

void eos_memory_give_back(void) {
    if (mallinfo2().fordblks > slack) malloc_trim(0);
}
