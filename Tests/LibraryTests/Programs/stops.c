/* When nothing runs a stop stops the next run at once and nothing else, and continuing lifts it. From another thread,
 * at whatever moment, it ends a run and never fails it, with a plugin that looks at `cancelled`. */
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>

static atomic_int enough;

static void *stop_often(void *trainer) {
    while (!atomic_load(&enough)) eos_trainer_stop((eos_trainer *)trainer);
    return NULL;
}

int main(int argc, char **argv) {
    CHECK(argc == 2);
    CHECK(eos_context_new(&context) == EOS_OK);
    CHECK(eos_load_plugin(context, argv[1], NULL) == EOS_OK);
    eos_objective *objective;
    CHECK(eos_objective_new(context, "test-rosenbrock", NULL, &objective) == EOS_OK);
    /* So short that training still makes progress after all of the stops below. */
    eos_policy *policy = policy_of("constant", "step=1e-12");
    eos_config *settings = config_of("stop.iterations=5 stop.loss=0 stop.gradient_norm=0");
    eos_trainer *trainer;
    CHECK(eos_trainer_new(context, objective, policy, settings, &trainer) == EOS_OK);
    eos_progress progress = {.struct_size = sizeof progress};
    const double x[2] = {1, 2};
    double value;
    CHECK(eos_trainer_run(trainer, &progress) == EOS_OK && progress.stop == EOS_STOP_ITERATIONS);

    /* Just after the run had ended; evaluations of the caller's own are not the training's. */
    eos_trainer_stop(trainer);
    CHECK(eos_objective_evaluate(objective, x, &value, NULL) == EOS_OK && value == 100);
    eos_config *more = config_of("stop.iterations=10 stop.loss=0 stop.gradient_norm=0");
    CHECK(eos_trainer_continue(trainer, more) == EOS_OK);
    CHECK(eos_trainer_run(trainer, &progress) == EOS_OK);
    CHECK(progress.stop == EOS_STOP_ITERATIONS && progress.iteration == 10);
    eos_config_free(more);

    /* Just before the next one begins. */
    more = config_of("stop.iterations=15 stop.loss=0 stop.gradient_norm=0");
    CHECK(eos_trainer_continue(trainer, more) == EOS_OK);
    eos_trainer_stop(trainer);
    int64_t evaluations = progress.value_evaluations;
    CHECK(eos_trainer_run(trainer, &progress) == EOS_OK && progress.stop == EOS_STOP_REQUESTED);
    CHECK(eos_trainer_step(trainer, &progress) == EOS_OK && progress.stop == EOS_STOP_REQUESTED);
    CHECK(progress.iteration == 10 && progress.value_evaluations == evaluations);
    CHECK(eos_objective_evaluate(objective, x, &value, NULL) == EOS_OK);
    CHECK(eos_trainer_continue(trainer, NULL) == EOS_OK);
    CHECK(eos_trainer_run(trainer, &progress) == EOS_OK);
    CHECK(progress.stop == EOS_STOP_ITERATIONS && progress.iteration == 15);
    eos_config_free(more);

    /* At any moment. */
    pthread_t other;
    CHECK(pthread_create(&other, NULL, stop_often, trainer) == 0);
    int64_t stopped = 0;
    more = config_of("stop.iterations=1000000000000 stop.loss=0 stop.gradient_norm=0");
    for (int round = 0; round < 300; round++) {
        CHECK(eos_trainer_continue(trainer, more) == EOS_OK);
        CHECK(eos_trainer_run(trainer, &progress) == EOS_OK && progress.stop == EOS_STOP_REQUESTED);
        stopped++;
        CHECK(eos_objective_evaluate(objective, x, &value, NULL) == EOS_OK);
    }
    atomic_store(&enough, 1);
    CHECK(pthread_join(other, NULL) == 0 && stopped == 300);
    /* The bits are those of a training that was never stopped. */
    int64_t iterations = progress.iteration + 5;
    double end = 0;
    char text[96];
    snprintf(text, sizeof text, "stop.iterations=%lld stop.loss=0 stop.gradient_norm=0", (long long)iterations);
    eos_config_free(more);
    more = config_of(text);
    for (int plain = 0; plain < 2; plain++) {
        if (plain) CHECK(eos_trainer_new(context, objective, policy, more, &trainer) == EOS_OK);
        else CHECK(eos_trainer_continue(trainer, more) == EOS_OK);
        CHECK(eos_trainer_run(trainer, &progress) == EOS_OK);
        CHECK(progress.stop == EOS_STOP_ITERATIONS && progress.iteration == iterations);
        CHECK(!plain || progress.value == end);
        end = progress.value;
        eos_trainer_free(trainer);
    }
    eos_config_free(more);
    eos_config_free(settings);
    eos_policy_free(policy);
    eos_objective_free(objective);
    eos_context_free(context);
    puts("ok");
    return 0;
}
