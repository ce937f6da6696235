/* A plugin that does something while it is loaded: -D'ON_LOAD=...', one or several statements. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "plugin.c"

#ifndef ON_LOAD
#define ON_LOAD
#endif
/* A file that gets a byte at each load. */
#ifndef TALLY
#define TALLY "/dev/null"
#endif

__attribute__((constructor)) static void loading(void) {
    FILE *tally = fopen(TALLY, "a");
    if (tally) {
        fputc('x', tally);
        fclose(tally);
    }
    ON_LOAD;
}
