/* What misbehaving.c does where it is told to: one function for each misbehaviour. */
#ifndef ACTIONS_H
#define ACTIONS_H

#include <dirent.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#define ACTION __attribute__((unused)) static

ACTION void behave(void) {}

ACTION void touch_nothing(void) {
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
}

ACTION void raise_fpe(void) { raise(SIGFPE); }
ACTION void give_up(void) { abort(); }
ACTION void leave(void) { exit(3); }
ACTION void leave_in_peace(void) { exit(0); }
ACTION void leave_at_once(void) { _exit(3); }

/* A recursion without end. */
ACTION int fall(volatile int *depth) {
    volatile char room[4096];
    room[0] = (char)++*depth;
    return *depth < 0 ? room[0] : fall(depth) + room[0];
}
ACTION void overflow_stack(void) {
    volatile int depth = 0;
    fall(&depth);
}

ACTION void *leave_from_thread(void *unused) {
    (void)unused;
    exit(3);
}

ACTION void leave_elsewhere(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, leave_from_thread, NULL) == 0) pthread_join(thread, NULL);
}

/* So that a test knows when it is there. */
ACTION void say(const char *text) {
    ssize_t count = write(STDERR_FILENO, text, strlen(text));
    (void)count;
}

ACTION void loop(void) {
    say("looping for ever\n");
    volatile int for_ever = 1;
    while (for_ever) {
    }
}

ACTION void nap(void) {
    say("sleeping for ever\n");
    sleep(3600);
}

/* Longer than another thread of the program takes to do something. */
ACTION void dawdle(void) { nanosleep(&(struct timespec){.tv_nsec = 60000000}, NULL); }

ACTION void pause_for_ever(void) {
    for (;;) pause();
}

ACTION void end_thread(void) { pthread_exit(NULL); }
ACTION void crash_at_exit(void) { atexit(touch_nothing); }

ACTION void *spin(void *unused) {
    for (volatile int for_ever = 1; for_ever;) {
    }
    return unused;
}

/* Holds up whoever flushes all streams. */
ACTION void *keep_stream(void *unused) {
    flockfile(stdout);
    pause_for_ever();
    return unused;
}

ACTION void start_thread(void *(*body)(void *)) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, body, NULL) == 0) pthread_detach(thread);
}

ACTION void leave_spinning(void) { start_thread(spin); }
ACTION void leave_stream_locked(void) { start_thread(keep_stream); }

/* What a cleanup leaves where a test finds it. */
ACTION void leave_file(void) {
    FILE *file = fopen("deinitialised", "a");
    if (file != NULL) fprintf(file, "once\n");
}

ACTION void print(void) {
    printf("printed to stdout by printf\n");
    const char *text = "printed to stdout by write\n";
    ssize_t count = write(STDOUT_FILENO, text, strlen(text));
    (void)count;
}

ACTION void change_directory(void) {
    int status = chdir("/");
    (void)status;
}

ACTION void change_locale(void) { setlocale(LC_ALL, "C.UTF-8"); }

ACTION void change_thread_locale(void) { uselocale(newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0)); }

ACTION void block_signals(void) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
}

ACTION void ignore_signals(void) {
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGSEGV, SIG_IGN);
}

/* Denormals become zero. */
ACTION void flush_to_zero(void) {
#if defined(__x86_64__)
    _mm_setcsr(_mm_getcsr() | 0x8040);
#elif defined(__aarch64__)
    uint64_t word;
    __asm__ volatile("mrs %0, fpcr" : "=r"(word));
    __asm__ volatile("msr fpcr, %0" : : "r"(word | (1u << 24)));
#endif
}

/* Upwards instead of to nearest. */
ACTION void round_upwards(void) {
#if defined(__x86_64__)
    _mm_setcsr((_mm_getcsr() & ~0x6000u) | 0x4000u);
#elif defined(__aarch64__)
    uint64_t word;
    __asm__ volatile("mrs %0, fpcr" : "=r"(word));
    __asm__ volatile("msr fpcr, %0" : : "r"((word & ~(3ull << 22)) | (1ull << 22)));
#endif
}

/* Nothing from outside ends it. */
ACTION void loop_deaf(void) {
    block_signals();
    loop();
}

ACTION void stop_itself(void) {
    say("halting\n");
    raise(SIGSTOP);
}

/* Neither is looked at where there is no memory left. */
ACTION void leak_small_blocks(void) {
    for (;;) memset(malloc(1000), 1, 1000);
}
ACTION void leak_large_blocks(void) {
    for (;;) memset(malloc(48 << 20), 1, 48 << 20);
}

/* What a child does that outlives the process, though not for ever. */
ACTION void outlive(void) {
    alarm(300);
    for (;;) pause();
}

/* A child that stays alive. */
ACTION void leave_child_and_crash(void) {
    if (fork() == 0) outlive();
    touch_nothing();
}

/* The same in a session of its own, which nobody's end ends. */
ACTION void leave_daemon(void) {
    if (fork() == 0) {
        setsid();
        outlive();
    }
}
ACTION void leave_daemon_and_crash(void) {
    leave_daemon();
    touch_nothing();
}

ACTION void close_descriptors(void) {
    for (int i = 0; i < 1024; i++) close(i);
}

/* All files of the working directory, which is that of the run. */
ACTION void delete_files(void) {
    DIR *here = opendir(".");
    for (struct dirent *entry; here != NULL && (entry = readdir(here)) != NULL;) unlink(entry->d_name);
    if (here != NULL) closedir(here);
}

/* A megabyte that nobody gives back. */
ACTION void leak(void) {
    void *volatile lost = malloc(1 << 20);
    if (lost != NULL) memset(lost, 1, 1 << 20);
}

ACTION void *linger(void *unused) {
    while (unused == NULL) usleep(1000);
    return NULL;
}

/* Threads that outlive whatever made them. */
ACTION void start_threads(void) {
    for (int i = 0; i < 3; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, linger, NULL) == 0) pthread_detach(thread);
    }
}

#endif
