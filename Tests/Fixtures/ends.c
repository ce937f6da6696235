/* Ends processes in which several threads crash or exit at the same moment, and looks at what is left of each: its
 * status, one whole line on standard error, and its record. Built with the sources of CEosGuard. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "ending.h"

enum { THREADS = 8, SETTLED = 7 };

typedef enum what { CRASH, ABORT, EXIT, CALL } what;

typedef struct kind {
    const char *name;
    what first, others; /* what the first thread does, and all others */
    int patience;       /* milliseconds after the results are settled; 0: they are not */
} kind;

static const kind kinds[] = {
    {"crashes", CRASH, CRASH, 0},
    {"crashes and aborts", ABORT, CRASH, 0},
    {"crashes and an exit", EXIT, CRASH, 0},
    {"crashes after the results", CRASH, CRASH, 60000},
    {"crashes and an exit after the results", EXIT, CRASH, 60000},
    {"calls that do not return", CALL, CALL, 5},
    {"calls, and a crash after the results", CRASH, CALL, 60000},
};

static const kind *chosen;
static pthread_barrier_t start;
static int *volatile nowhere = (int *)8;

static void end(what how) {
    switch (how) {
    case CRASH: __atomic_store_n(nowhere, 1, __ATOMIC_RELAXED); break;
    case ABORT: abort();
    case EXIT: exit(0);
    case CALL: pause();
    }
}

static void *work(void *first) {
    pthread_barrier_wait(&start);
    end(first ? chosen->first : chosen->others);
    return NULL;
}

/* A process to be ended, with threads that have nothing else to do than that. */
static void live(void) {
    ending_watch();
    char advice[3000];
    memset(advice, '.', sizeof advice - 1);
    advice[sizeof advice - 1] = '\0';
    ending_set_advice(advice);
    call_note before = calls_enter("/plugin.so", CALL_EVALUATE);
    if (chosen->patience && ending_settle(SETTLED, chosen->patience)) _exit(99);
    pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS - 1; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, work, i == 0 ? &start : NULL)) _exit(98);
    }
    pthread_barrier_wait(&start);
    /* The run goes from call to call meanwhile. */
    for (;;) {
        calls_leave(before);
        before = calls_enter("/plugin.so", CALL_EVALUATE);
    }
}

static char *all_of(int file) {
    static char text[1 << 16];
    size_t size = 0;
    ssize_t count;
    while ((count = read(file, text + size, sizeof text - 1 - size)) > 0 || (count < 0 && errno == EINTR))
        if (count > 0) size += (size_t)count;
    text[size] = '\0';
    return text;
}

static int lines(const char *text) {
    int count = 0;
    for (; *text; text++) count += *text == '\n';
    return count;
}

static void fail(const kind *k, const char *why, int status, const char *text) {
    fprintf(stderr, "%s: %s; status %x, \"%.2000s\"\n", k->name, why, (unsigned)status, text);
    exit(1);
}

static void look(const kind *k) {
    int said[2];
    FILE *record = tmpfile();
    if (record == NULL || pipe(said)) fail(k, "no pipe or file", 0, "");
    pid_t child = fork();
    if (child < 0) fail(k, "no process", 0, "");
    if (child == 0) {
        chosen = k;
        dup2(said[1], STDERR_FILENO);
        ending_set_record(fileno(record));
        alarm(60);
        live();
    }
    close(said[1]);
    char *text = all_of(said[0]);
    close(said[0]);
    int status;
    waitpid(child, &status, 0);
    if (strstr(text, "ThreadSanitizer")) fail(k, "a race", status, text);
    size_t size = strlen(text);
    if (lines(text) != 1 || text[size - 1] != '\n') fail(k, "not one line", status, text);
    if (k->patience) {
        if (!WIFEXITED(status) || WEXITSTATUS(status) != SETTLED) fail(k, "not the settled status", status, text);
        if (!strstr(text, "; all results are saved, and the exit status is not affected\n"))
            fail(k, "the line is cut", status, text);
    } else {
        if (WIFEXITED(status) && WEXITSTATUS(status) != EXIT_FAILURE) fail(k, "not a failure", status, text);
        if (strncmp(text, "eos: ", 5) || !strstr(text, " ended the process by ")) fail(k, "another line", status, text);
        if (size < 3000) fail(k, "the line is cut", status, text);
        lseek(fileno(record), 0, SEEK_SET);
        text = all_of(fileno(record));
        if (lines(text) != 5 || !strstr(text, " ended the process by ")) fail(k, "not one record", status, text);
        /* The number of the signal that the record names is the one that ended the process. */
        int number = atoi(text);
        if (number != (WIFSIGNALED(status) ? WTERMSIG(status) : 0)) fail(k, "another signal", status, text);
    }
    fclose(record);
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 1;
    for (int round = 0; round < rounds; round++)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) look(&kinds[i]);
    puts("ok");
    return 0;
}
