/* A child after fork has none of its parent's threads: it frees what it inherited, and trains on to the same bits. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

/* f = sum of a x^2 / 2, long enough that sums use all threads. */
static const int64_t n = 3000000;

static eos_status describe(void *self, eos_objective_description *out) {
    (void)self;
    out->dtype = EOS_F64;
    out->dimension = n;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    (void)self, (void)seed;
    for (int64_t i = 0; i < n; i++) ((double *)x)[i] = 1 + (double)(i % 7);
    return EOS_OK;
}

static eos_status evaluate(void *self, eos_evaluation *evaluation) {
    const double *x = (const double *)evaluation->x;
    double *gradient = (double *)evaluation->gradient, value = 0;
    (void)self;
    for (int64_t i = 0; i < n; i++) {
        double a = 1 + (double)(i % 3);
        value += a * x[i] * x[i] / 2;
        if (gradient) gradient[i] = a * x[i];
    }
    evaluation->value = value;
    return EOS_OK;
}

static const eos_objective_ops ops = {
    .struct_size = sizeof ops, .describe = describe, .initial_point = initial_point, .evaluate = evaluate};

static eos_objective *objective;
static eos_policy *policy;
static eos_trainer *trainer;

/* Bits of value and gradient norm after two more iterations; 0 where training failed. */
static uint64_t train_on(void) {
    eos_config *more = config_of("stop.iterations=4 stop.loss=0 stop.gradient_norm=0");
    eos_progress progress = {.struct_size = sizeof progress};
    uint64_t bits[2];
    if (eos_trainer_continue(trainer, more) != EOS_OK || eos_trainer_run(trainer, &progress) != EOS_OK) return 0;
    eos_config_free(more);
    memcpy(&bits[0], &progress.value, 8);
    memcpy(&bits[1], &progress.gradient_norm, 8);
    return bits[0] ^ (bits[1] << 1);
}

static void free_all(void) {
    eos_trainer_free(trainer);
    eos_objective_free(objective);
    eos_policy_free(policy);
    eos_context_free(context);
}

/* What a child gives through a pipe; the child is ended by SIGALRM where it hangs. */
static uint64_t in_child(uint64_t (*work)(void)) {
    int ends[2], status;
    CHECK(pipe(ends) == 0);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        alarm(60);
        uint64_t result = work();
        ssize_t written = write(ends[1], &result, sizeof result);
        _exit(written == sizeof result ? 0 : 1);
    }
    close(ends[1]);
    uint64_t result = 0;
    CHECK(read(ends[0], &result, sizeof result) == sizeof result);
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(ends[0]);
    return result;
}

static uint64_t frees(void) {
    free_all();
    return 1;
}

static uint64_t trains_and_frees(void) {
    uint64_t bits = train_on();
    free_all();
    return bits;
}

/* A child of a child, which has started threads of its own. */
static uint64_t trains_in_a_grandchild(void) {
    eos_progress progress = {.struct_size = sizeof progress};
    eos_config *more = config_of("stop.iterations=3 stop.loss=0 stop.gradient_norm=0");
    if (eos_trainer_continue(trainer, more) != EOS_OK || eos_trainer_run(trainer, &progress) != EOS_OK) return 0;
    return in_child(trains_and_frees);
}

int main(void) {
    CHECK(eos_context_new(&context) == EOS_OK);
    CHECK(eos_context_set_threads(context, 4) == EOS_OK);
    CHECK(eos_objective_from_table(context, &ops, NULL, &objective) == EOS_OK);
    policy = policy_of("constant", "step=0.1");
    eos_config *settings = config_of("stop.iterations=2 stop.loss=0 stop.gradient_norm=0");
    CHECK(eos_trainer_new(context, objective, policy, settings, &trainer) == EOS_OK);
    eos_config_free(settings);
    CHECK(eos_trainer_run(trainer, NULL) == EOS_OK);
    CHECK(in_child(frees) == 1);
    uint64_t child = in_child(trains_and_frees), grandchild = in_child(trains_in_a_grandchild);
    uint64_t parent = train_on();
    CHECK(parent != 0 && child == parent && grandchild == parent);
    free_all();
    puts("ok");
    return 0;
}
