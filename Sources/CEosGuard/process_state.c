#define _GNU_SOURCE
#include "process_state.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "floating_point.h"

/* The kernel knows 64 signals; the rest of a sigset_t is room. */
static int same_set(const sigset_t *a, const sigset_t *b) { return memcmp(a, b, 64 / 8) == 0; }

static int same_action(const struct sigaction *a, const struct sigaction *b) {
    return a->sa_handler == b->sa_handler && a->sa_flags == b->sa_flags && same_set(&a->sa_mask, &b->sa_mask);
}

static void note_process(process_state *state) {
    struct stat status;
    state->directory = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (state->directory >= 0 && fstat(state->directory, &status) == 0) {
        state->device = status.st_dev;
        state->inode = status.st_ino;
    }
    const char *locale = setlocale(LC_ALL, NULL);
    size_t length = locale == NULL ? 0 : strlen(locale);
    if (length >= sizeof state->locale) length = 0;
    if (length > 0) memcpy(state->locale, locale, length);
    state->locale[length] = '\0';
    for (int number = 1; number < PROCESS_SIGNALS; number++) sigaction(number, NULL, &state->actions[number]);
}

void process_state_note(process_state *state, process_scope scope) {
    state->scope = scope;
    state->directory = -1;
    if (scope == PROCESS_WHOLE) note_process(state);
    state->thread_locale = uselocale((locale_t)0);
    pthread_sigmask(SIG_SETMASK, NULL, &state->mask);
    state->control = floating_point_control();
    state->x87 = floating_point_x87();
}

static int restore_directory(process_state *state) {
    if (state->directory < 0) return 0;
    struct stat status;
    int changed = stat(".", &status) != 0 || status.st_dev != state->device || status.st_ino != state->inode;
    if (changed && fchdir(state->directory) != 0) changed = 0;
    close(state->directory);
    state->directory = -1;
    return changed;
}

static int restore_locale(const process_state *state) {
    int changed = 0;
    if (uselocale((locale_t)0) != state->thread_locale) {
        uselocale(state->thread_locale);
        changed = 1;
    }
    if (state->scope == PROCESS_OF_THREAD) return changed;
    const char *locale = setlocale(LC_ALL, NULL);
    if (state->locale[0] == '\0' || (locale != NULL && strcmp(locale, state->locale) == 0)) return changed;
    setlocale(LC_ALL, state->locale);
    return 1;
}

static int restore_mask(const process_state *state) {
    sigset_t mask;
    if (pthread_sigmask(SIG_SETMASK, NULL, &mask) != 0 || same_set(&mask, &state->mask)) return 0;
    pthread_sigmask(SIG_SETMASK, &state->mask, NULL);
    return 1;
}

static int restore_actions(const process_state *state) {
    int changed = 0;
    for (int number = 1; number < PROCESS_SIGNALS; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) != 0 || same_action(&action, &state->actions[number])) continue;
        sigaction(number, &state->actions[number], NULL);
        changed = 1;
    }
    return changed;
}

static int restore_floating_point(const process_state *state) {
    int changed = floating_point_control() != state->control || floating_point_x87() != state->x87;
    if (!changed) return 0;
    floating_point_set(state->control);
    floating_point_set_x87(state->x87);
    return 1;
}

uint32_t process_state_restore(process_state *state) {
    /* The floating-point control first: what follows is to run as it always does. */
    uint32_t changes = restore_floating_point(state) ? PROCESS_FLOATING_POINT : 0;
    if (restore_mask(state)) changes |= PROCESS_MASK;
    if (restore_locale(state)) changes |= PROCESS_LOCALE;
    if (state->scope == PROCESS_OF_THREAD) return changes;
    if (restore_directory(state)) changes |= PROCESS_DIRECTORY;
    if (restore_actions(state)) changes |= PROCESS_ACTIONS;
    return changes;
}
