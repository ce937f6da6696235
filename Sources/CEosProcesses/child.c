#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "eos_processes.h"

/* All of it before exec, so that nothing of the caller's shows. */
static int prepare(const eos_child *child, posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes) {
    int error = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    if (!error) error = posix_spawn_file_actions_adddup2(actions, child->output, 1);
    if (!error) error = posix_spawn_file_actions_adddup2(actions, child->error, 2);
    if (!error) error = posix_spawn_file_actions_adddup2(actions, child->results, 3);
    if (!error) error = posix_spawn_file_actions_addclosefrom_np(actions, 4);
    if (!error && child->directory) error = posix_spawn_file_actions_addchdir_np(actions, child->directory);

    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    if (!error) error = posix_spawnattr_setsigmask(attributes, &none);
    if (!error) error = posix_spawnattr_setsigdefault(attributes, &all);
    if (!error) {
        error =
            posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    return error;
}

int eos_child_start(const eos_child *child, int32_t *process) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error) return error;
    error = posix_spawnattr_init(&attributes);
    if (!error) {
        error = prepare(child, &actions, &attributes);
        pid_t started = 0;
        if (!error) {
            error = posix_spawn(&started, child->program, &actions, &attributes, child->arguments, child->environment);
        }
        if (!error) {
            *process = started;
            prlimit(started, RLIMIT_CORE, &(struct rlimit){0, 0}, NULL);
        }
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Below 4 is where the child's own descriptors go: one end there would be overwritten before it is copied. */
static int lift(int32_t *descriptor) {
    if (*descriptor > 3) return 0;
    int lifted = fcntl(*descriptor, F_DUPFD_CLOEXEC, 4);
    if (lifted < 0) return errno;
    close(*descriptor);
    *descriptor = lifted;
    return 0;
}

int eos_child_pipe(int32_t *reading, int32_t *writing) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    *reading = ends[0];
    *writing = ends[1];
    int error = lift(reading);
    if (!error) error = lift(writing);
    if (error) {
        close(*reading);
        close(*writing);
    }
    return error;
}

char *const *eos_child_environment(void) { return environ; }

const char *eos_signal_name(int32_t number) { return sigabbrev_np(number); }

const char *eos_signal_text(int32_t number) { return sigdescr_np(number); }
