#define _GNU_SOURCE
#include "interrupts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "ending.h"

/* Global because a signal handler has nothing else to look at. */
static int ends[2] = {-1, -1};

static void on_signal(int number) {
    ending_leave_if_settled();
    int before = errno;
    unsigned char byte = (unsigned char)number;
    /* Full: enough signals are waiting. */
    ssize_t count = write(ends[1], &byte, 1);
    (void)count;
    errno = before;
}

static sigset_t both_signals(void) {
    sigset_t both;
    sigemptyset(&both);
    sigaddset(&both, SIGINT);
    sigaddset(&both, SIGTERM);
    return both;
}

int32_t interrupts_open(void) {
    if (ends[0] >= 0 || pipe2(ends, O_CLOEXEC) != 0) return -1;
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigset_t both = both_signals();
    pthread_sigmask(SIG_BLOCK, &both, NULL);
    return ends[0];
}

void interrupts_admit(void) {
    sigset_t both = both_signals();
    pthread_sigmask(SIG_UNBLOCK, &both, NULL);
}
