/* Standard output is for results; what plugins and their libraries print is for people. */
#ifndef EOS_STREAMS_H
#define EOS_STREAMS_H

#include <stdint.h>

/* Takes standard output for the caller: returns a file of its own for it, and lets all else that is printed go to
 * standard error, or nowhere where that is closed. -1: standard output is closed. Once, before any other code runs. */
int32_t streams_claim_output(void);

#endif
