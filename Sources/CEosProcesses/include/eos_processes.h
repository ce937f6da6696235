/* What looking after processes takes that Swift's Glibc does not show. */
#ifndef EOS_PROCESSES_H
#define EOS_PROCESSES_H

#include <stdint.h>

typedef struct eos_child {
    const char *program;      /* a path; PATH is not searched */
    char *const *arguments;   /* ended by NULL, the program's name among them */
    char *const *environment; /* ended by NULL */
    const char *directory;    /* NULL: the caller's */
    int32_t output;           /* become the child's 1, 2 and 3, and are closed by nobody; */
    int32_t error;            /*   each is larger than 3 */
    int32_t results;
} eos_child;

/* Starts the child in a session and process group of its own, all signals at their defaults and none blocked, standard
 * input from /dev/null, nothing else open. Its core dumps are turned off right after its start. 0, or an errno. */
int eos_child_start(const eos_child *child, int32_t *process);

/* A pipe whose ends are closed by exec and are larger than 3. 0, or an errno. */
int eos_child_pipe(int32_t *reading, int32_t *writing);

/* The environment of this process, ended by NULL. */
char *const *eos_child_environment(void);

/* "SEGV" and "Segmentation fault"; NULL for a number that is no signal. */
const char *eos_signal_name(int32_t number);
const char *eos_signal_text(int32_t number);

/* Lets all threads allocate from few arenas: many of them keep what a burst of connections took. Not from fewer: who
 * answers would wait for an arena that a thread behind it in priority holds. Before any thread. */
void eos_memory_share_arenas(void);

/* Gives back to the system what this process has freed, where that is worth it. */
void eos_memory_give_back(void);

#endif
