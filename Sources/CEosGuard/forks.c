#define _GNU_SOURCE
#include "forks.h"

#include <pthread.h>
#include <unistd.h>

/* Global because a child looks at it in the middle of a fork. */
static int32_t forgotten = -1;

static void in_child(void) {
    if (forgotten >= 0) close(forgotten);
}

void forks_forget(int32_t descriptor) {
    forgotten = descriptor;
    pthread_atfork(NULL, NULL, in_child);
}
