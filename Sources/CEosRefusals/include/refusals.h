/* A program that links this notes allocations that are refused, its plugins' among them: a crash may come from that. */
#ifndef EOS_REFUSALS_H
#define EOS_REFUSALS_H

#include <stdint.h>

/* Has the linker keep what follows; nothing else needs to be called. */
void refusals_watch(void);

#endif
