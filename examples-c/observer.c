/* An observer sees every iterate and may stop the run. This one stops when the loss has not fallen to half within ten
 * iterations: it has become slow. */
#include "check.h"
#include "quadratic.h"

enum { PATIENCE = 10 };

typedef struct watch {
    double reference; /* the loss to be halved */
    int64_t since;    /* the iteration at which it was reached */
} watch;

/* Called after every iteration, the starting point included. Not zero: stop. */
static int32_t observe(void *ctx, const eos_progress *progress) {
    watch *w = (watch *)ctx;
    if (progress->iteration == 0 || progress->value <= w->reference / 2) {
        w->reference = progress->value;
        w->since = progress->iteration;
    }
    return progress->iteration - w->since >= PATIENCE;
}

int main(void) {
    const double curvatures[2] = {0.05, 1}; /* one direction is twenty times flatter than the other */
    quadratic bowl = {2, curvatures};

    eos_context *context;
    if (eos_context_new(&context) != EOS_OK) return 1;
    const eos_objective_ops bowl_ops = quadratic_ops();
    eos_objective *objective;
    check(context, eos_objective_from_table(context, &bowl_ops, &bowl, &objective));
    eos_config *keys;
    check(context, eos_config_new(context, &keys));
    check(context, eos_config_set_f64(keys, "step", 0.5));
    eos_policy *policy;
    check(context, eos_policy_new(context, "constant", keys, &policy));
    eos_trainer *trainer;
    check(context, eos_trainer_new(context, objective, policy, NULL, &trainer));

    watch w = {0, 0};
    check(context, eos_trainer_set_observer(trainer, observe, &w, NULL));
    eos_progress progress = EOS_STRUCT(eos_progress);
    check(context, eos_trainer_run(trainer, &progress));
    printf("stopped at iteration %d, loss %.5f: %s\n", (int)progress.iteration, progress.value,
           eos_stop_text(progress.stop));

    /* A stop that was asked for can be lifted. Without the observer the run goes on to its end. */
    check(context, eos_trainer_set_observer(trainer, NULL, NULL, NULL));
    check(context, eos_trainer_continue(trainer, NULL));
    check(context, eos_trainer_run(trainer, &progress));
    printf("stopped at iteration %d, loss %.5f: %s\n", (int)progress.iteration, progress.value,
           eos_stop_text(progress.stop));

    eos_trainer_free(trainer);
    eos_policy_free(policy);
    eos_config_free(keys);
    eos_objective_free(objective);
    eos_context_free(context);
    return 0;
}
