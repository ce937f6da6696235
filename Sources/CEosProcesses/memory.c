#include <malloc.h>

#include "eos_processes.h"

void eos_memory_share_arenas(void) { mallopt(M_ARENA_MAX, 2); }

void eos_memory_give_back(void) { malloc_trim(0); }
