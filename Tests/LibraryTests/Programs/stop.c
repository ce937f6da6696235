/* Another thread stops a training in the middle of an evaluation: the plugin gives it up, the caller's own evaluations
 * go on, and so does the training where it is continued. */
#define _POSIX_C_SOURCE 199309L
#include "check.h"

#include <pthread.h>
#include <time.h>

static void *stop_soon(void *trainer) {
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    eos_trainer_stop((eos_trainer *)trainer);
    return NULL;
}

int main(int argc, char **argv) {
    CHECK(argc == 2);
    CHECK(eos_context_new(&context) == EOS_OK);
    CHECK(eos_load_plugin(context, argv[1], NULL) == EOS_OK);
    eos_objective *objective;
    CHECK(eos_objective_new(context, "misbehaving", NULL, &objective) == EOS_OK);
    eos_policy *policy = policy_of("constant", "step=0.5");
    eos_config *settings = config_of("stop.iterations=2");
    eos_trainer *trainer;
    CHECK(eos_trainer_new(context, objective, policy, settings, &trainer) == EOS_OK);

    pthread_t other;
    CHECK(pthread_create(&other, NULL, stop_soon, trainer) == 0);
    eos_progress progress = {.struct_size = sizeof progress};
    CHECK(eos_trainer_run(trainer, &progress) == EOS_OK);
    CHECK(pthread_join(other, NULL) == 0);
    CHECK(progress.stop == EOS_STOP_REQUESTED && progress.iteration == 0 && progress.value_evaluations == 1);

    eos_point point = {.struct_size = sizeof point};
    CHECK(eos_trainer_current(trainer, &point) == EOS_OK);
    double value;
    CHECK(eos_objective_evaluate(objective, point.x, &value, NULL) == EOS_OK && value == progress.value);

    CHECK(eos_trainer_continue(trainer, NULL) == EOS_OK);
    CHECK(eos_trainer_run(trainer, &progress) == EOS_OK);
    CHECK(progress.stop == EOS_STOP_ITERATIONS && progress.iteration == 2 && progress.value == value / 16);
    eos_trainer_free(trainer);
    eos_config_free(settings);
    eos_policy_free(policy);
    eos_objective_free(objective);
    eos_context_free(context);
    puts("ok");
    return 0;
}
