/* Plugins that misbehave without ending the process: each gives the right status and sentence, and harms nobody. */
#define _GNU_SOURCE
#include "check.h"

#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static char logged[4096];

static void keep(void *ctx, int32_t level, const char *message) {
    (void)ctx;
    /* What the plugins log themselves is none of the host's warnings. */
    if (level != EOS_LOG_WARNING || strstr(message, "evaluation") != NULL) return;
    if (strlen(logged) + strlen(message) + 2 < sizeof logged) strcat(strcat(logged, message), "\n");
}

/* The plugin NAME, one of whose objectives trains for ten steps; returns how that ended. */
static eos_status train(const char *directory, const char *name, eos_progress *progress) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.so", directory, name);
    logged[0] = '\0';
    CHECK(eos_load_plugin(context, path, NULL) == EOS_OK);
    eos_objective *objective;
    CHECK(eos_objective_new(context, name, NULL, &objective) == EOS_OK);
    eos_policy *policy = policy_of("constant", "step=0.1");
    eos_config *settings = config_of("stop.iterations=10 stop.loss=0 stop.gradient_norm=0");
    eos_trainer *trainer;
    CHECK(eos_trainer_new(context, objective, policy, settings, &trainer) == EOS_OK);
    progress->struct_size = sizeof *progress;
    eos_status status = eos_trainer_run(trainer, progress);
    eos_trainer_free(trainer);
    eos_config_free(settings);
    eos_policy_free(policy);
    eos_objective_free(objective);
    return status;
}

static void expect_refusal(const char *directory, const char *name, const char *words) {
    char path[4096], why[512];
    snprintf(path, sizeof path, "%s/%s.so", directory, name);
    CHECK(eos_load_plugin(context, path, NULL) == EOS_E_PLUGIN);
    eos_last_error(context, why, sizeof why);
    CHECK(strstr(why, words) != NULL && strstr(why, name) != NULL);
}

int main(int argc, char **argv) {
    CHECK(argc == 2);
    const char *directory = argv[1];
    CHECK(eos_context_new(&context) == EOS_OK);
    CHECK(eos_context_set_log(context, keep, NULL, NULL) == EOS_OK);
    char before[4096], after[4096], why[512];
    CHECK(getcwd(before, sizeof before) != NULL);

    eos_progress healthy, progress;
    CHECK(train(directory, "healthy", &healthy) == EOS_OK && logged[0] == '\0');

    CHECK(train(directory, "huge_ops", &progress) == EOS_OK && logged[0] == '\0');
    CHECK(progress.value == healthy.value);
    expect_refusal(directory, "huge_row", "struct_size 4294967295");

    /* Upwards for one evaluation would show in the last bits of all later ones. */
    CHECK(train(directory, "rounding", &progress) == EOS_OK && fegetround() == FE_TONEAREST);
    CHECK(strstr(logged, "rounding.so: its evaluate changed the floating-point mode") != NULL);
    CHECK(progress.value == healthy.value);

    /* What belongs to the thread is put back, */
    sigset_t mask;
    CHECK(train(directory, "mask_in_create", &progress) == EOS_OK);
    CHECK(strstr(logged, "its create changed the signal mask") != NULL);
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &mask) == 0 && sigismember(&mask, SIGUSR1) == 0);
    CHECK(train(directory, "locale_in_init", &progress) == EOS_OK);
    CHECK(strstr(logged, "its init changed the locale") != NULL && uselocale((locale_t)0) == LC_GLOBAL_LOCALE);

    /* but what belongs to the process may have been changed by anybody. */
    CHECK(train(directory, "directory_in_create", &progress) == EOS_OK && logged[0] == '\0');
    CHECK(getcwd(after, sizeof after) != NULL && strcmp(after, "/") == 0 && chdir(before) == 0);

    CHECK(train(directory, "past_gradient", &progress) == EOS_E_PLUGIN && progress.stop == EOS_STOP_FAILED);
    eos_last_error(context, why, sizeof why);
    CHECK(strstr(why, "wrote past the end of the gradient (4 elements)") != NULL);

    eos_context_free(context);
    puts("ok");
    return 0;
}
