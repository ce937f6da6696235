/* What a plugin must leave as it found it: of its thread, and of the process. */
#ifndef EOS_PROCESS_STATE_H
#define EOS_PROCESS_STATE_H

#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROCESS_SIGNALS = 32 };

/* How much of it is looked at. In somebody else's program, other threads may change what belongs to the process at any
 * time, and rightly so: only what belongs to the calling thread can be put down to the call. */
typedef enum process_scope {
    PROCESS_OF_THREAD, /* floating-point control, signal mask, locale of the thread */
    PROCESS_WHOLE      /* also the working directory, the locale of the process, what is done on signals */
} process_scope;

typedef struct process_state {
    process_scope scope;
    int32_t directory; /* the working directory, open; -1: it can't be opened */
    uint64_t device, inode;
    char locale[512]; /* of all categories; empty: longer than this */
    void *thread_locale;
    sigset_t mask; /* of the calling thread */
    struct sigaction actions[PROCESS_SIGNALS];
    uint32_t control, x87;
} process_state;

/* What was changed. */
enum { PROCESS_DIRECTORY = 1, PROCESS_LOCALE = 2, PROCESS_MASK = 4, PROCESS_ACTIONS = 8, PROCESS_FLOATING_POINT = 16 };

/* Notes the state, for process_state_restore, which must follow on the same thread. The whole takes about 5
 * microseconds, what belongs to the thread less than one. */
void process_state_note(process_state *state, process_scope scope);

/* Puts back what differs from `state`, and returns what that was. */
uint32_t process_state_restore(process_state *state);

#endif
