/* What is handed over is destroyed exactly once, whatever fails, and outside of every lock: destroy may call back. */
#include "check.h"
#include "rosenbrock.h"

static int destroyed;

static void destroy(void *self) {
    CHECK(self == &destroyed);
    destroyed++;
}

static eos_status fails(void *self, eos_objective_description *out) {
    (void)self, (void)out;
    return EOS_E_FAILED;
}

static eos_status impossible(void *self, eos_objective_description *out) {
    (void)self;
    out->dtype = EOS_F64;
    out->dimension = 0;
    return EOS_OK;
}

static eos_status unreadable(void *self, int64_t index, eos_metric *out) {
    (void)self;
    if (index > 0) return EOS_E_NOT_FOUND;
    out->name = "caf\xe9";
    return EOS_OK;
}

static eos_status unreadable_block(void *self, int64_t index, eos_block *out) {
    (void)self;
    if (index > 0) return EOS_E_NOT_FOUND;
    out->name = "\xff";
    out->rank = 1;
    out->shape[0] = 2;
    return EOS_OK;
}

static eos_status measure(void *self, const void *x, double *values) {
    (void)self, (void)x;
    values[0] = 0;
    return EOS_OK;
}

static eos_status propose(void *self, const eos_iterate *iterate, double *step) {
    (void)self, (void)iterate;
    *step = 1e-3;
    return EOS_OK;
}

static eos_status judge(void *self, const eos_iterate *iterate, const eos_trial *trial, eos_verdict *verdict) {
    (void)self, (void)iterate, (void)trial, (void)verdict;
    return EOS_OK;
}

static eos_status policy_save(void *self, const eos_writer *writer) {
    (void)self, (void)writer;
    return EOS_OK;
}

static uint32_t far_too_many(void *self) {
    (void)self;
    return EOS_HISTORY_MAX + 1;
}

static eos_status direct(void *self, const eos_iterate *iterate, const eos_history *history, double *factors) {
    (void)self, (void)iterate, (void)history, (void)factors;
    return EOS_OK;
}

/* The call failed with `wanted` and destroyed so often. */
static void expect(int line, eos_status status, eos_status wanted, int times) {
    if (status != wanted || destroyed != times) {
        fprintf(stderr, "handover.c:%d: status %d, not %d; destroyed %d times, not %d\n", line, status, wanted,
                destroyed, times);
        exit(1);
    }
    destroyed = 0;
}

#define EXPECT(call, wanted, times) expect(__LINE__, call, wanted, times)

/* Hands over `self` with a copy of the table `good` that `change` has changed. */
#define HAND_OVER(kind, change, wanted, times)                                                                         \
    do {                                                                                                               \
        eos_##kind##_ops ops = good;                                                                                   \
        change;                                                                                                        \
        expect(__LINE__, eos_##kind##_from_table(context, &ops, &destroyed, &kind), wanted, times);                    \
    } while (0)

/* The arguments are wrong. Without a destroy that can be read there is none to call. */
#define WRONG_ARGUMENTS(kind)                                                                                          \
    do {                                                                                                               \
        EXPECT(eos_##kind##_from_table(NULL, &good, &destroyed, &kind), EOS_E_INVALID, 1);                             \
        EXPECT(eos_##kind##_from_table(context, &good, &destroyed, NULL), EOS_E_INVALID, 1);                           \
        EXPECT(eos_##kind##_from_table(NULL, &good, &destroyed, NULL), EOS_E_INVALID, 1);                              \
        EXPECT(eos_##kind##_from_table(context, NULL, &destroyed, &kind), EOS_E_INVALID, 0);                           \
        HAND_OVER(kind, ops.struct_size = 0, EOS_E_INVALID, 0);                                                        \
    } while (0)

/* What was taken is destroyed when it is freed; a destroy that is NULL does nothing. */
#define TAKEN(kind)                                                                                                    \
    do {                                                                                                               \
        HAND_OVER(kind, (void)0, EOS_OK, 0);                                                                           \
        eos_##kind##_free(kind);                                                                                       \
        EXPECT(EOS_OK, EOS_OK, 1);                                                                                     \
        HAND_OVER(kind, ops.destroy = NULL, EOS_OK, 0);                                                                \
        eos_##kind##_free(kind);                                                                                       \
        EXPECT(EOS_OK, EOS_OK, 0);                                                                                     \
    } while (0)

static void objectives(void) {
    eos_objective_ops good = rosenbrock_ops;
    good.destroy = destroy;
    eos_objective *objective;
    WRONG_ARGUMENTS(objective);
    HAND_OVER(objective, ops.struct_size = offsetof(eos_objective_ops, describe), EOS_E_PLUGIN, 1);
    HAND_OVER(objective, ops.evaluate = NULL, EOS_E_PLUGIN, 1);
    HAND_OVER(objective, ops.describe = fails, EOS_E_FAILED, 1);
    HAND_OVER(objective, ops.describe = impossible, EOS_E_INVALID, 1);
    HAND_OVER(objective, (ops.metric = unreadable, ops.measure = measure), EOS_E_PLUGIN, 1);
    HAND_OVER(objective, ops.block = unreadable_block, EOS_E_PLUGIN, 1);
    HAND_OVER(objective, (ops.destroy = NULL, ops.describe = impossible), EOS_E_INVALID, 0);
    TAKEN(objective);
    HAND_OVER(objective, ops.destroy = NULL, EOS_OK, 0);
    double value;
    CHECK(eos_objective_evaluate(objective, (double[]){1, 1}, &value, NULL) == EOS_OK && value == 0);
    eos_objective_free(objective);
}

static void policies(void) {
    eos_policy_ops good = {.struct_size = sizeof good, .destroy = destroy, .propose = propose, .judge = judge};
    eos_policy *policy;
    WRONG_ARGUMENTS(policy);
    HAND_OVER(policy, ops.judge = NULL, EOS_E_PLUGIN, 1);
    HAND_OVER(policy, ops.save = policy_save, EOS_E_PLUGIN, 1);
    HAND_OVER(policy, ops.direct = direct, EOS_E_PLUGIN, 1);
    HAND_OVER(policy, (ops.direct = direct, ops.history = far_too_many), EOS_E_PLUGIN, 1);
    TAKEN(policy);
}

static int logged;

static void log_line(void *ctx, int32_t level, const char *message) {
    (void)ctx, (void)level, (void)message;
    logged++;
}

/* Logs, sets a log and asks for an error, while it is being removed. */
static void call_back(void *ctx) {
    char sentence[64];
    destroy(ctx);
    eos_last_error(context, sentence, sizeof sentence);
    CHECK(eos_load_plugin(context, "/nowhere/at/all.so", NULL) == EOS_E_IO);
    if (destroyed < 3) CHECK(eos_context_set_log(context, log_line, &destroyed, call_back) == EOS_OK);
}

static void logs(void) {
    CHECK(eos_context_set_log(context, log_line, &destroyed, call_back) == EOS_OK);
    /* The first two put themselves in the place of the log that removes them. */
    for (int removals = 1; removals <= 3; removals++) {
        CHECK(eos_context_set_log(context, log_line, NULL, NULL) == EOS_OK);
        CHECK(destroyed == removals);
    }
    destroyed = 0;
    EXPECT(eos_context_set_log(NULL, log_line, &destroyed, destroy), EOS_E_INVALID, 1);
    EXPECT(eos_context_set_log(context, NULL, &destroyed, destroy), EOS_OK, 1);
    CHECK(eos_context_set_log(context, log_line, &destroyed, destroy) == EOS_OK);
    eos_context_free(context);
    EXPECT(EOS_OK, EOS_OK, 1);
}

int main(void) {
    CHECK(eos_context_new(&context) == EOS_OK);
    objectives();
    policies();
    logs();
    puts("ok");
    return 0;
}
