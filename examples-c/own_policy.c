/* A user-defined step-size policy, written in C: halve the step until the loss falls, and try a step that is twice as
 * long after every success. A policy sees scalars only; it never evaluates anything itself. */
#include "check.h"
#include "quadratic.h"

typedef struct doubling {
    double step; /* the step that the next search starts with */
} doubling;

/* The first trial of a search. */
static eos_status propose(void *self, const eos_iterate *iterate, double *step) {
    (void)iterate;
    *step = ((doubling *)self)->step;
    return EOS_OK;
}

/* What to do with a trial: take it, or try another step. `iterate` is the point that the search started from. */
static eos_status judge(void *self, const eos_iterate *iterate, const eos_trial *trial, eos_verdict *verdict) {
    (void)self;
    verdict->step = trial->step;
    if (trial->finite && trial->value < iterate->value) {
        verdict->action = EOS_ACCEPT;
        verdict->reason = trial->index == 0 ? EOS_REASON_FIRST : EOS_REASON_BACKTRACKED;
    } else {
        verdict->action = EOS_TRY;
        verdict->step = trial->step / 2;
    }
    return EOS_OK;
}

/* The search has ended with this trial. */
static eos_status accepted(void *self, const eos_iterate *iterate, const eos_trial *trial) {
    (void)iterate;
    ((doubling *)self)->step = 2 * trial->step;
    return EOS_OK;
}

/* A new training begins. */
static eos_status reset(void *self) {
    ((doubling *)self)->step = 1;
    return EOS_OK;
}

/* The state is one number; a saved training continues to the same bits because this is saved along. */
static eos_status save(void *self, const eos_writer *writer) { return eos_write_all(writer, self, sizeof(doubling)); }
static eos_status load(void *self, const eos_reader *reader) { return eos_read_all(reader, self, sizeof(doubling)); }

/* Functions that are not set are NULL: the policy needs no extra scalars and keeps the direction of steepest descent.
 * There is no destroy, because main owns the policy. The table must live as long as the policy. */
static eos_policy_ops doubling_ops(void) {
    eos_policy_ops ops = EOS_STRUCT(eos_policy_ops);
    ops.propose = propose;
    ops.judge = judge;
    ops.accepted = accepted;
    ops.reset = reset;
    ops.save = save;
    ops.load = load;
    return ops;
}

int main(void) {
    const double curvatures[3] = {1, 5, 25};
    quadratic bowl = {3, curvatures};
    doubling mine = {1};

    eos_context *context;
    if (eos_context_new(&context) != EOS_OK) return 1;
    const eos_objective_ops bowl_ops = quadratic_ops();
    eos_objective *objective;
    check(context, eos_objective_from_table(context, &bowl_ops, &bowl, &objective));
    const eos_policy_ops ops = doubling_ops();
    eos_policy *policy;
    check(context, eos_policy_from_table(context, &ops, &mine, &policy));
    eos_trainer *trainer;
    check(context, eos_trainer_new(context, objective, policy, NULL, &trainer));

    /* Iteration by iteration, to watch the policy at work; eos_trainer_run does all in one call. */
    eos_progress progress = EOS_STRUCT(eos_progress);
    printf("iteration   step     loss\n");
    for (int i = 0; i < 8; i++) {
        check(context, eos_trainer_step(trainer, &progress));
        printf("%9d   %.4f   %.6f\n", (int)progress.iteration, progress.step, progress.value);
    }
    check(context, eos_trainer_run(trainer, &progress));
    printf("in the end: %s\n", eos_stop_text(progress.stop));

    eos_trainer_free(trainer);
    eos_policy_free(policy);
    eos_objective_free(objective);
    eos_context_free(context);
    return 0;
}
