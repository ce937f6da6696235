/* What every example does about an error: print the library's sentence and give up. */
#ifndef CHECK_H
#define CHECK_H

#include <eos.h>
#include <stdio.h>
#include <stdlib.h>

static inline void check(eos_context *context, eos_status status) {
    if (status >= 0) return; /* EOS_OK, or EOS_RECOVERABLE */
    char why[512];
    eos_last_error(context, why, sizeof why);
    fprintf(stderr, "%s\n", why);
    exit(1);
}

#endif
