#define _GNU_SOURCE
#include "ending.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"

/* Global because handlers have nothing else to look at; prepared beforehand because they may not allocate. */
static char advice[4096];
static char message[16384];
static pthread_t runner;
static int32_t is_watching, is_settled;
static int32_t settled_status, patience_left;
static int32_t record_file = -1;
static uint64_t refused;
static void (*last_words)(void *ctx, int32_t status, const char *what);
static void *last_words_ctx;

/* Milliseconds that threads wait for the one that tells: standard error may be a pipe that nobody reads. */
enum { LONGEST_TELLING = 1000 };

static const struct {
    int number;
    const char *name;
} fatal[] = {
    {SIGSEGV, "SIGSEGV (an access to invalid memory)"},
    {SIGBUS, "SIGBUS (an access beyond the end of a file)"},
    {SIGFPE, "SIGFPE (an arithmetic exception)"},
    {SIGILL, "SIGILL (an illegal instruction, or a trap of Swift)"},
    {SIGTRAP, "SIGTRAP (a trap)"},
    {SIGABRT, "SIGABRT (abort, or an uncaught exception)"},
    {SIGXCPU, "SIGXCPU (the limit of processor time)"},
};
enum { FATAL_COUNT = sizeof fatal / sizeof fatal[0] };

/* Appends as much as there is room for; async-signal-safe. */
static size_t append(size_t at, const char *text) {
    while (*text != '\0' && at + 2 < sizeof message) message[at++] = *text++;
    message[at] = '\0';
    return at;
}

/* "the plugin FILE ended the process by WHAT in its evaluate" */
static size_t tell(size_t at, const char *what, call_note note) {
    at = append(at, note.file != NULL ? "the plugin " : "");
    at = append(at, note.file != NULL ? note.file
                                      : "code outside of the calls of plugins (a thread of a plugin, "
                                        "or eos itself)");
    at = append(append(at, " ended the process by "), what);
    if (note.file != NULL) at = append(append(at, " in its "), calls_name(note.function));
    return at;
}

static size_t advise(size_t at, call_note note) {
    at = append(at, advice);
    if (note.file != NULL) at = append(append(at, "; check it with: eos plugin check "), note.file);
    return append(at, "\n");
}

static void put(size_t size) {
    size_t done = 0;
    while (done < size) {
        ssize_t count = write(STDERR_FILENO, message + done, size - done);
        if (count <= 0) return;
        done += (size_t)count;
    }
}

static const char *decimal(uint64_t value, char *end) {
    *--end = '\0';
    do *--end = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    return end;
}

uint64_t ending_private_memory(void) {
    int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char text[256];
    ssize_t size = read(file, text, sizeof text - 1);
    close(file);
    if (size <= 0) return 0;
    text[size] = '\0';
    /* Pages: size resident shared text lib data dirty. */
    const char *at = text;
    for (int field = 0; field < 5; field++) {
        while (*at != ' ' && *at != '\0') at++;
        if (*at == ' ') at++;
    }
    uint64_t pages = 0;
    while (*at >= '0' && *at <= '9') pages = 10 * pages + (uint64_t)(*at++ - '0');
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The message is that of the end, after "eos: ". `status` is empty where it was no exit. */
static void record(int number, const char *status) {
    int32_t file = __atomic_load_n(&record_file, __ATOMIC_RELAXED);
    if (file < 0) return;
    char digits[24], bytes[24], last[24], text[sizeof message + 128];
    size_t size = 0;
    const char *lines[] = {
        decimal((uint64_t)number, digits + sizeof digits),
        decimal(ending_private_memory(), bytes + sizeof bytes),
        message + 5,
        status,
        decimal(__atomic_load_n(&refused, __ATOMIC_RELAXED), last + sizeof last),
    };
    for (int i = 0; i < 5; i++) {
        for (const char *line = lines[i]; *line != '\0' && size + 2 < sizeof text; line++) text[size++] = *line;
        text[size++] = '\n';
    }
    ssize_t count = write(file, text, size);
    (void)count;
}

/* Whether the calling thread is the one that tells of the end and then ends the process.
 *
 * Where another one is, waits for it. Threads of one loop crash together: the next one would cut the line of the first
 * short, and one that calls exit would replace the signal by its own status. A thread that crashes while it tells waits
 * for nobody. */
static int may_tell(void) {
    static pthread_t teller;
    static int32_t is_claimed, is_known;
    pthread_t self = pthread_self();
    if (!__atomic_exchange_n(&is_claimed, 1, __ATOMIC_ACQ_REL)) {
        teller = self;
        __atomic_store_n(&is_known, 1, __ATOMIC_RELEASE);
        return 1;
    }
    for (int i = 0; i < LONGEST_TELLING; i++) {
        if (__atomic_load_n(&is_known, __ATOMIC_ACQUIRE) && pthread_equal(teller, self)) break;
        poll(NULL, 0, 1);
    }
    return 0;
}

/* What a plugin does once all is settled: it is told, and changes nothing. */
static void end_as_settled(const char *what, call_note note) {
    if (may_tell()) {
        size_t size = append(0, "eos: warning: ");
        if (what != NULL) {
            size = tell(size, what, note);
        } else if (note.file != NULL) {
            size = append(append(append(size, "the plugin "), note.file), " did not return in time from its ");
            size = append(size, calls_name(note.function));
        } else {
            size = append(size, "a thread of a plugin holds a lock that kept the process from ending");
        }
        put(append(size, "; all results are saved, and the exit status is not affected\n"));
    }
    _exit(settled_status);
}

void ending_leave_if_settled(void) {
    if (__atomic_load_n(&is_settled, __ATOMIC_ACQUIRE)) _exit(settled_status);
}

static void on_signal(int number, siginfo_t *info, void *context) {
    (void)context;
    int from_outside = info->si_code == SI_USER && info->si_pid != getpid();
    const char *name = "a signal";
    for (int i = 0; i < FATAL_COUNT; i++)
        if (fatal[i].number == number) name = fatal[i].name;
    if (!from_outside && __atomic_load_n(&is_settled, __ATOMIC_ACQUIRE)) end_as_settled(name, calls_now());
    if (!from_outside && may_tell()) {
        call_note note = calls_now();
        size_t size = tell(append(0, "eos: "), name, note);
        record(number, "");
        put(advise(size, note));
    }
    /* Not before: another thread's signal of the same number would end the process in the middle of the line. */
    signal(number, SIG_DFL);
    /* Held back until this returns; then the default action ends the process, with a core file where those are on. */
    raise(number);
}

/* eos itself ends by _exit. */
static void on_exit_called(int status, void *context) {
    (void)context;
    char digits[24], number[24], what[32];
    uint64_t size = (uint64_t)(status < 0 ? -(int64_t)status : status);
    strcpy(number, status < 0 ? "-" : "");
    strcat(number, decimal(size, digits + sizeof digits));
    strcat(strcat(strcpy(what, "exit("), number), ")");
    call_note note = calls_now();
    if (__atomic_load_n(&is_settled, __ATOMIC_ACQUIRE)) end_as_settled(what, note);
    if (!may_tell()) return;
    if (last_words != NULL && note.file != NULL && pthread_equal(pthread_self(), runner)) {
        tell(0, what, note);
        char *said = strdup(message);
        if (said != NULL) last_words(last_words_ctx, status, said);
    }
    size_t length = tell(append(0, "eos: "), what, note);
    record(0, number);
    put(advise(length, note));
    _exit(EXIT_FAILURE);
}

void ending_watch(void) {
    if (is_watching) return;
    is_watching = 1;
    runner = pthread_self();
    __atomic_store_n(&calls_are_watched, 1, __ATOMIC_RELAXED);
    /* A stack of its own, so that a plugin whose recursion had no end is heard of, too. */
    static char stack[65536];
    stack_t place = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&place, NULL);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < FATAL_COUNT; i++) sigaction(fatal[i].number, &action, NULL);
    on_exit(on_exit_called, NULL);
}

void ending_set_advice(const char *text) {
    strncpy(advice, text, sizeof advice - 96);
    advice[sizeof advice - 96] = '\0';
}

void ending_set_last_words(void (*say)(void *ctx, int32_t status, const char *what), void *ctx) {
    last_words_ctx = ctx;
    last_words = say;
}

void ending_set_record(int32_t file) { __atomic_store_n(&record_file, file, __ATOMIC_RELAXED); }

void ending_note_refusal(uint64_t bytes) { __atomic_store_n(&refused, bytes, __ATOMIC_RELAXED); }

static void *end_in_time(void *unused) {
    (void)unused;
    struct timespec left = {.tv_sec = patience_left / 1000, .tv_nsec = patience_left % 1000 * 1000000L};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &left, NULL);
    end_as_settled(NULL, calls_now());
    return NULL;
}

int32_t ending_settle(int32_t status, int32_t patience) {
    ending_watch();
    settled_status = status;
    patience_left = patience;
    __atomic_store_n(&is_settled, 1, __ATOMIC_RELEASE);
    /* Without signals, so that its sleep is a whole one; but for those of a fault, which no mask holds back. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    int error = pthread_create(&thread, NULL, end_in_time, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0 ? 0 : -1;
}
