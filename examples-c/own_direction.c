/* A user-defined direction, written in C: Polyak's heavy ball, x+ = x - t g + momentum (x - x_before). The step that
 * was taken last is part of the history; the policy says what share it has, the trainer adds the vectors. */
#include "check.h"
#include "quadratic.h"

typedef struct heavy_ball {
    double step;
    double momentum;
} heavy_ball;

static eos_status propose(void *self, const eos_iterate *iterate, double *step) {
    (void)iterate;
    *step = ((heavy_ball *)self)->step;
    return EOS_OK;
}

static eos_status judge(void *self, const eos_iterate *iterate, const eos_trial *trial, eos_verdict *verdict) {
    (void)self, (void)iterate;
    verdict->action = EOS_ACCEPT;
    verdict->step = trial->step;
    return EOS_OK;
}

/* One pair (s, y) is enough. */
static uint32_t history(void *self) {
    (void)self;
    return 1;
}

/* d = -g + (momentum/t) s: the factors of g, s and y. There is no s at the starting point. */
static eos_status direct(void *self, const eos_iterate *iterate, const eos_history *past, double *factors) {
    (void)iterate;
    factors[0] = -1;
    if (past->pairs > 0) {
        factors[1] = ((heavy_ball *)self)->momentum / ((heavy_ball *)self)->step;
        factors[2] = 0;
    }
    return EOS_OK;
}

/* There is no state to save: what the policy depends on is in the history. */
static eos_policy_ops heavy_ball_ops(void) {
    eos_policy_ops ops = EOS_STRUCT(eos_policy_ops);
    ops.propose = propose;
    ops.judge = judge;
    ops.history = history;
    ops.direct = direct;
    return ops;
}

/* Iterations until the loss is below its limit. */
static int iterations(eos_context *context, eos_objective *objective, double step, double momentum) {
    heavy_ball mine = {step, momentum};
    const eos_policy_ops ops = heavy_ball_ops();
    eos_policy *policy;
    check(context, eos_policy_from_table(context, &ops, &mine, &policy));
    eos_trainer *trainer;
    check(context, eos_trainer_new(context, objective, policy, NULL, &trainer));
    eos_progress progress = EOS_STRUCT(eos_progress);
    check(context, eos_trainer_run(trainer, &progress));
    eos_trainer_free(trainer);
    eos_policy_free(policy);
    return (int)progress.iteration;
}

int main(void) {
    const double curvatures[3] = {1, 10, 100};
    quadratic bowl = {3, curvatures};

    eos_context *context;
    if (eos_context_new(&context) != EOS_OK) return 1;
    const eos_objective_ops bowl_ops = quadratic_ops();
    eos_objective *objective;
    check(context, eos_objective_from_table(context, &bowl_ops, &bowl, &objective));

    /* The best of each on this bowl, whose curvatures lie between 1 and 10^2 (Polyak 1964). */
    const double descent = 2 / (1 + 100.0), momentum = (9.0 / 11) * (9.0 / 11), step = 4 / (11.0 * 11);
    printf("gradient descent: %d iterations\n", iterations(context, objective, descent, 0));
    printf("heavy ball:       %d iterations\n", iterations(context, objective, step, momentum));

    eos_objective_free(objective);
    eos_context_free(context);
    return 0;
}
