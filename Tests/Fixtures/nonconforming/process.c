/* What a plugin does to the process that it is in. */
#include "nonconforming.h"

#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

/* What a call must not do to the process. */
void misbehave(void) {
#ifdef BREAK_CHDIR
    if (chdir("/")) abort();
#endif
#ifdef BREAK_LOCALE
    setlocale(LC_NUMERIC, "C.UTF-8");
#endif
#ifdef BREAK_FLUSH_TO_ZERO
    _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
#ifdef BREAK_SIGNAL_MASK
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
#endif
#ifdef BREAK_HANDLER
    signal(SIGINT, SIG_IGN);
#endif
#ifdef BREAK_UMASK
    umask(077);
#endif
#ifdef BREAK_PRINTS
    puts("evaluating");
#endif
#ifdef BREAK_DESCRIPTOR
    (void)!open("/dev/null", O_RDONLY);
#endif
#ifdef BREAK_LEAK_CALL
    *(volatile char *)malloc(100) = 1;
#endif
#ifdef BREAK_LEAK_PAGES
    if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) abort();
#endif
}

#ifdef BREAK_THREAD_LOCAL
_Thread_local int is_creator;
#endif

#ifdef BREAK_THREAD
static void *sleeper(void *unused) {
    (void)unused;
    for (;;) pause();
    return NULL;
}
#endif

/* A thread that goes on after its object has ended. */
void leave_thread(void) {
#ifdef BREAK_THREAD
    pthread_t thread;
    pthread_create(&thread, NULL, sleeper, NULL);
#endif
}
