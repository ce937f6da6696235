/* A program goes on while its plugins are at work: what its other threads change in the process stands, and eos itself
 * changes nothing of it. The plugin takes its time in every function; see the test for how it is built. */
#define _GNU_SOURCE
#include "check.h"

#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio_ext.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static atomic_int warnings, rounds, is_over;

static void keep(void *ctx, int32_t level, const char *message) {
    (void)ctx;
    if (level < EOS_LOG_WARNING || strstr(message, "the second evaluation") != NULL) return;
    fprintf(stderr, "%s\n", message);
    warnings++;
}

static void on_signal(int number) { (void)number; }
static void on_other_signal(int number) { (void)number; }

/* Of every signal that can be handled. */
static void set_actions(void (*handler)(int)) {
    for (int number = 1; number < 32; number++) {
        struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
        if (number != SIGKILL && number != SIGSTOP) CHECK(sigaction(number, &action, NULL) == 0);
    }
}

static int actions_are(void (*handler)(int)) {
    for (int number = 1; number < 32; number++) {
        struct sigaction action;
        if (number == SIGKILL || number == SIGSTOP) continue;
        CHECK(sigaction(number, NULL, &action) == 0);
        if (action.sa_handler != handler) return 0;
    }
    return 1;
}

/* What another thread does all the time: it looks whether what it set last still stands, and sets something else. */
static void *change(void *unused) {
    static const struct {
        const char *directory, *locale, *variable;
        mode_t mask;
        void (*handler)(int);
    } settings[2] = {{"/", "C", "one", 022, on_signal}, {"/usr", "C.UTF-8", "two", 077, on_other_signal}};
    for (int round = 0; !is_over; round++, rounds++) {
        char directory[64];
        if (round > 0) {
            int last = (round + 1) % 2;
            CHECK(getcwd(directory, sizeof directory) != NULL && strcmp(directory, settings[last].directory) == 0);
            CHECK(strcmp(setlocale(LC_ALL, NULL), settings[last].locale) == 0);
            CHECK(strcmp(getenv("EOS_TEST_VARIABLE"), settings[last].variable) == 0);
            CHECK(umask(settings[last].mask) == settings[last].mask);
            CHECK(actions_are(settings[last].handler));
        }
        int next = round % 2;
        CHECK(chdir(settings[next].directory) == 0);
        CHECK(setlocale(LC_ALL, settings[next].locale) != NULL);
        CHECK(setenv("EOS_TEST_VARIABLE", settings[next].variable, 1) == 0);
        umask(settings[next].mask);
        set_actions(settings[next].handler);
        nanosleep(&(struct timespec){.tv_nsec = 7000000}, NULL);
    }
    return unused;
}

/* Everything that a plugin is called for; returns how often the other thread came round meanwhile. */
static int train(const char *path) {
    int before = rounds;
    CHECK(eos_context_new(&context) == EOS_OK);
    CHECK(eos_context_set_log(context, keep, NULL, NULL) == EOS_OK);
    CHECK(eos_load_plugin(context, path, NULL) == EOS_OK);
    eos_objective *objective;
    CHECK(eos_objective_new(context, "misbehaving", NULL, &objective) == EOS_OK);
    eos_policy *policy = policy_of("constant", "step=0.1");
    eos_config *settings = config_of("stop.iterations=3 stop.loss=0 stop.gradient_norm=0");
    eos_trainer *trainer;
    CHECK(eos_trainer_new(context, objective, policy, settings, &trainer) == EOS_OK);
    eos_progress progress = {.struct_size = sizeof progress};
    CHECK(eos_trainer_run(trainer, &progress) == EOS_OK);
    eos_trainer_free(trainer);
    eos_config_free(settings);
    eos_policy_free(policy);
    eos_objective_free(objective);
    eos_context_free(context);
    context = NULL;
    return rounds - before;
}

/* On one thread nothing changes by itself. */
static void expect_nothing_changed(const char *path) {
    struct sigaction before[65], after;
    int has_action[65];
    for (int number = 1; number < 65; number++) has_action[number] = sigaction(number, NULL, &before[number]) == 0;
    sigset_t mask, mask_after;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    mode_t creation = umask(0);
    umask(creation);
    size_t size = __fbufsize(stdout);
    int by_line = __flbf(stdout);
    locale_t locale = uselocale((locale_t)0);
    train(path);
    for (int number = 1; number < 65; number++) {
        /* The C library keeps two for itself. */
        if (!has_action[number]) continue;
        CHECK(sigaction(number, NULL, &after) == 0);
        CHECK(after.sa_handler == before[number].sa_handler && after.sa_flags == before[number].sa_flags);
    }
    pthread_sigmask(SIG_SETMASK, NULL, &mask_after);
    CHECK(memcmp(&mask, &mask_after, 8) == 0);
    mode_t creation_after = umask(creation);
    CHECK(creation_after == creation);
    CHECK(__fbufsize(stdout) == size && __flbf(stdout) == by_line);
    CHECK(uselocale((locale_t)0) == locale);
}

int main(int argc, char **argv) {
    CHECK(argc == 3);
    /* Its buffer is made by the first write. */
    printf("o");
    expect_nothing_changed(argv[1]);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, change, NULL) == 0);
    while (rounds < 3) {
    }
    CHECK(train(argv[2]) > 20);
    is_over = 1;
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(warnings == 0);
    puts("k");
    return 0;
}
