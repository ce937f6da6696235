/* startup COUNT PROGRAM: runs the program so many times, its output thrown away, and prints how long it took from spawn
 * to end: the best and the median. */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int count, char **arguments) {
    int times = count > 2 ? atoi(arguments[1]) : 0;
    if (times < 1) {
        fprintf(stderr, "usage: startup COUNT PROGRAM [ARGUMENT]...\n");
        return 2;
    }
    double *taken = (double *)malloc((size_t)times * sizeof *taken);
    if (!taken) return 1;
    posix_spawn_file_actions_t quietly;
    posix_spawn_file_actions_init(&quietly);
    posix_spawn_file_actions_addopen(&quietly, 1, "/dev/null", O_WRONLY, 0);
    char *environment[] = {NULL};
    for (int i = 0; i < times; i++) {
        pid_t child;
        int status;
        double start = milliseconds();
        if (posix_spawn(&child, arguments[2], &quietly, NULL, arguments + 2, environment) != 0 ||
            waitpid(child, &status, 0) < 0 || status != 0) {
            fprintf(stderr, "startup: %s failed\n", arguments[2]);
            return 1;
        }
        taken[i] = milliseconds() - start;
    }
    qsort(taken, (size_t)times, sizeof *taken, ascending);
    printf("best %.2f ms, median %.2f ms of %d\n", taken[0], taken[times / 2], times);
    posix_spawn_file_actions_destroy(&quietly);
    free(taken);
    return 0;
}
