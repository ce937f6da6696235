/* Calls out of turn: answers without a request, a training that failed, calls from callbacks of the same trainer. */
#include "check.h"
#include "rosenbrock.h"

#include <math.h>

static eos_trainer *trainer;

static void expect_state(int line, eos_status status) {
    char sentence[512];
    int64_t length = eos_last_error(context, sentence, sizeof sentence);
    if (status != EOS_E_STATE || length < 20) {
        fprintf(stderr, "turns.c:%d: status %d, not EOS_E_STATE; sentence: %s\n", line, status, sentence);
        exit(1);
    }
}

#define REFUSED(call) expect_state(__LINE__, call)

typedef struct memory {
    char bytes[1 << 16];
    int64_t size, position;
} memory;

static int64_t take(void *ctx, const void *bytes, int64_t size) {
    memory *to = (memory *)ctx;
    if (size > (int64_t)sizeof to->bytes - to->size) return EOS_E_MEMORY;
    memcpy(to->bytes + to->size, bytes, (size_t)size);
    to->size += size;
    return size;
}

static int64_t give(void *ctx, void *bytes, int64_t size) {
    memory *from = (memory *)ctx;
    if (size > from->size - from->position) size = from->size - from->position;
    memcpy(bytes, from->bytes + from->position, (size_t)size);
    from->position += size;
    return size;
}

static eos_status save(memory *to) {
    eos_writer writer = {.struct_size = sizeof writer, .ctx = to, .write = take};
    to->size = 0;
    return eos_trainer_save(trainer, &writer);
}

static eos_status load(memory *from) {
    eos_reader reader = {.struct_size = sizeof reader, .ctx = from, .read = give};
    from->position = 0;
    return eos_trainer_load(trainer, &reader);
}

/* Asks and writes a gradient of 1: what is told belongs to a request. */
static int ask(void) {
    eos_request request = {.struct_size = sizeof request};
    CHECK(eos_trainer_ask(trainer, &request) == EOS_OK);
    if (request.out)
        for (int64_t i = 0; i < request.dimension; i++) ((double *)request.out)[i] = 1;
    return request.kind;
}

static void answers(void) {
    const double x[2] = {1, 2};
    eos_objective_description description = {.struct_size = sizeof description};
    CHECK(rosenbrock_describe(NULL, &description) == EOS_OK);
    eos_policy *policy = policy_of("ls", "");
    eos_config *settings = config_of("stop.iterations=3");
    CHECK(eos_trainer_new_ask_tell(context, &description, 0, x, policy, settings, &trainer) == EOS_OK);
    eos_progress progress = {.struct_size = sizeof progress};
    memory state;

    REFUSED(eos_trainer_tell(trainer, EOS_OK, 5));
    CHECK(eos_trainer_progress(trainer, &progress) == EOS_OK && isnan(progress.value) && isnan(progress.gradient_norm));
    /* Asked twice is asked once; setting the point, loading and continuing take the request back. */
    CHECK(ask() == EOS_ASK_EVALUATE && ask() == EOS_ASK_EVALUATE);
    CHECK(eos_trainer_set_point(trainer, x) == EOS_OK);
    REFUSED(eos_trainer_tell(trainer, EOS_OK, 5));
    CHECK(save(&state) == EOS_OK && ask() == EOS_ASK_EVALUATE && load(&state) == EOS_OK);
    REFUSED(eos_trainer_tell(trainer, EOS_OK, 5));
    CHECK(ask() == EOS_ASK_EVALUATE && eos_trainer_continue(trainer, NULL) == EOS_OK);
    REFUSED(eos_trainer_tell(trainer, EOS_OK, 5));
    /* Saving does not. */
    CHECK(ask() == EOS_ASK_EVALUATE && save(&state) == EOS_OK);
    CHECK(eos_trainer_tell(trainer, EOS_OK, 2.5) == EOS_OK);
    REFUSED(eos_trainer_tell(trainer, EOS_OK, 2.5));
    /* A trial with its gradient, once. */
    CHECK(ask() == EOS_ASK_EVALUATE && eos_trainer_tell(trainer, EOS_OK, 1) == EOS_OK);
    for (int i = 0; i < 5; i++) REFUSED(eos_trainer_tell(trainer, EOS_OK, 100));
    CHECK(eos_trainer_progress(trainer, &progress) == EOS_OK && progress.value >= 1 && progress.value <= 2.5);
    /* A stop between the request and the answer: the answer counts, and then there is no request. */
    CHECK(ask() == EOS_ASK_EVALUATE);
    eos_trainer_stop(trainer);
    CHECK(eos_trainer_tell(trainer, EOS_OK, 0.5) == EOS_OK);
    CHECK(ask() == EOS_ASK_NOTHING);
    REFUSED(eos_trainer_tell(trainer, EOS_OK, 0.5));
    CHECK(eos_trainer_continue(trainer, NULL) == EOS_OK);
    REFUSED(eos_trainer_tell(trainer, EOS_OK, 0.5));
    /* A stop between two requests stops the next one. */
    eos_trainer_stop(trainer);
    CHECK(ask() == EOS_ASK_NOTHING && eos_trainer_continue(trainer, NULL) == EOS_OK && ask() != EOS_ASK_NOTHING);
    /* An error fails the training, and it stays failed. */
    CHECK(eos_trainer_tell(trainer, EOS_E_IO, 0) == EOS_E_IO);
    eos_request request = {.struct_size = sizeof request};
    CHECK(eos_trainer_ask(trainer, &request) == EOS_E_IO);
    REFUSED(eos_trainer_tell(trainer, EOS_OK, 0));
    CHECK(eos_trainer_ask(trainer, &request) == EOS_E_IO);
    /* Until a state is loaded that had not failed. */
    CHECK(load(&state) == EOS_OK && ask() == EOS_ASK_EVALUATE);
    eos_trainer_free(trainer);
    eos_config_free(settings);
    eos_policy_free(policy);
}

static eos_status fails(void *self, eos_evaluation *evaluation) {
    (void)self, (void)evaluation;
    return EOS_E_MEMORY;
}

static void failures(void) {
    eos_objective_ops ops = rosenbrock_ops;
    ops.evaluate = fails;
    eos_objective *objective;
    CHECK(eos_objective_from_table(context, &ops, NULL, &objective) == EOS_OK);
    eos_policy *policy = policy_of("nls", "");
    CHECK(eos_trainer_new(context, objective, policy, NULL, &trainer) == EOS_OK);
    eos_progress progress = {.struct_size = sizeof progress};
    char first[512], again[512];
    CHECK(eos_trainer_run(trainer, &progress) == EOS_E_MEMORY && progress.stop == EOS_STOP_FAILED);
    eos_last_error(context, first, sizeof first);
    for (int i = 0; i < 3; i++) {
        progress.stop = 0;
        CHECK((i % 2 ? eos_trainer_step : eos_trainer_run)(trainer, &progress) == EOS_E_MEMORY);
        CHECK(progress.stop == EOS_STOP_FAILED);
        eos_last_error(context, again, sizeof again);
        CHECK(strcmp(first, again) == 0);
    }
    /* A state that is saved now fails where it is loaded, too. */
    memory state;
    CHECK(save(&state) == EOS_OK);
    eos_trainer_free(trainer);
    CHECK(eos_trainer_new(context, objective, policy, NULL, &trainer) == EOS_OK);
    CHECK(load(&state) == EOS_OK && eos_trainer_run(trainer, &progress) == EOS_E_MEMORY);
    eos_last_error(context, again, sizeof again);
    CHECK(strcmp(first, again) == 0);
    eos_trainer_free(trainer);
    eos_policy_free(policy);
    eos_objective_free(objective);
}

/* Everything that a callback may not do with its own trainer, and what it may. */
static void meddle(void) {
    const double x[2] = {0, 0};
    memory state;
    REFUSED(eos_trainer_step(trainer, NULL));
    REFUSED(eos_trainer_run(trainer, NULL));
    REFUSED(eos_trainer_continue(trainer, NULL));
    REFUSED(eos_trainer_set_point(trainer, x));
    REFUSED(eos_trainer_set_observer(trainer, NULL, NULL, NULL));
    REFUSED(eos_trainer_save(trainer, &(eos_writer){.struct_size = sizeof(eos_writer), .ctx = &state, .write = take}));
    REFUSED(eos_trainer_load(trainer, &(eos_reader){.struct_size = sizeof(eos_reader), .ctx = &state, .read = give}));
    eos_progress progress = {.struct_size = sizeof progress};
    eos_point point = {.struct_size = sizeof point};
    CHECK(eos_trainer_progress(trainer, &progress) == EOS_OK);
    CHECK(eos_trainer_current(trainer, &point) == EOS_OK && point.dimension == 2);
    CHECK(eos_trainer_best(trainer, &point) == EOS_OK);
}

static int meddling, destroyed;

static eos_status evaluate(void *self, eos_evaluation *evaluation) {
    if (meddling) meddle();
    return rosenbrock_evaluate(self, evaluation);
}

static eos_status propose(void *self, const eos_iterate *iterate, double *step) {
    (void)self, (void)iterate;
    if (meddling) meddle();
    *step = 1e-3;
    return EOS_OK;
}

static eos_status judge(void *self, const eos_iterate *iterate, const eos_trial *trial, eos_verdict *verdict) {
    (void)self, (void)iterate;
    if (meddling) meddle();
    verdict->action = EOS_ACCEPT;
    verdict->step = trial->step;
    return EOS_OK;
}

static eos_status policy_save(void *self, const eos_writer *writer) {
    (void)self;
    if (meddling) meddle();
    return eos_write_all(writer, "x", 1);
}

static eos_status policy_load(void *self, const eos_reader *reader) {
    char byte;
    (void)self;
    if (meddling) meddle();
    return eos_read_all(reader, &byte, 1);
}

static int observed;
static memory saved_in_observer;

static int32_t observe(void *ctx, const eos_progress *progress) {
    (void)ctx;
    observed++;
    if (!meddling) return 0;
    REFUSED(eos_trainer_run(trainer, NULL));
    REFUSED(eos_trainer_set_observer(trainer, NULL, NULL, NULL));
    eos_progress here = {.struct_size = sizeof here};
    CHECK(eos_trainer_progress(trainer, &here) == EOS_OK && here.value == progress->value);
    /* The iterate is complete: it can be saved. */
    if (progress->iteration == 4) CHECK(save(&saved_in_observer) == EOS_OK);
    return 0;
}

static void set_again(void *ctx) {
    (void)ctx;
    destroyed++;
    /* The one that is removed may set another, which is then in its place. */
    if (destroyed == 1) CHECK(eos_trainer_set_observer(trainer, observe, NULL, set_again) == EOS_OK);
}

static const eos_policy_ops policy_ops = {
    .struct_size = sizeof policy_ops,
    .propose = propose,
    .judge = judge,
    .save = policy_save,
    .load = policy_load,
};

static eos_trainer *made(eos_objective *objective) {
    eos_policy *policy;
    eos_config *settings = config_of("stop.iterations=9 stop.loss=0 stop.gradient_norm=0");
    eos_trainer *made;
    CHECK(eos_policy_from_table(context, &policy_ops, NULL, &policy) == EOS_OK);
    CHECK(eos_trainer_new(context, objective, policy, settings, &made) == EOS_OK);
    eos_policy_free(policy);
    eos_config_free(settings);
    return made;
}

static int32_t free_it(void *ctx, const eos_progress *progress) {
    (void)ctx, (void)progress;
    observed++;
    eos_trainer_free(trainer);
    return 0;
}

static void count_destroyed(void *ctx) {
    (void)ctx;
    destroyed++;
}

static void callbacks(void) {
    eos_objective_ops ops = rosenbrock_ops;
    ops.evaluate = evaluate;
    ops.destroy = NULL;
    eos_objective *objective;
    CHECK(eos_objective_from_table(context, &ops, NULL, &objective) == EOS_OK);
    eos_progress plain = {.struct_size = sizeof plain}, meddled = {.struct_size = sizeof meddled};
    trainer = made(objective);
    CHECK(eos_trainer_run(trainer, &plain) == EOS_OK && plain.iteration == 9);
    eos_trainer_free(trainer);

    meddling = 1;
    trainer = made(objective);
    CHECK(eos_trainer_set_observer(trainer, observe, NULL, set_again) == EOS_OK);
    CHECK(eos_trainer_run(trainer, &meddled) == EOS_OK && meddled.iteration == 9 && meddled.value == plain.value);
    CHECK(observed == 10 && destroyed == 0);
    CHECK(eos_trainer_set_observer(trainer, NULL, NULL, NULL) == EOS_OK && destroyed == 1);
    CHECK(eos_trainer_set_observer(trainer, NULL, NULL, NULL) == EOS_OK && destroyed == 2);
    memory state;
    CHECK(save(&state) == EOS_OK && load(&state) == EOS_OK);
    eos_trainer_free(trainer);
    /* What the observer saved goes on to the same bits. */
    trainer = made(objective);
    CHECK(load(&saved_in_observer) == EOS_OK);
    CHECK(eos_trainer_run(trainer, &meddled) == EOS_OK && meddled.iteration == 9 && meddled.value == plain.value);
    eos_trainer_free(trainer);

    /* Freed in a callback it is gone when the call returns, not before. */
    meddling = observed = destroyed = 0;
    trainer = made(objective);
    CHECK(eos_trainer_set_observer(trainer, free_it, NULL, count_destroyed) == EOS_OK);
    CHECK(eos_trainer_step(trainer, NULL) == EOS_OK);
    CHECK(observed >= 1 && destroyed == 1);
    /* Refused arguments are handed over, too. */
    CHECK(eos_trainer_set_observer(NULL, observe, NULL, count_destroyed) == EOS_E_INVALID && destroyed == 2);
    eos_objective_free(objective);
}

/* f = x^2/2 whose products with the Hessian fail: a probe of it is given up, and the training is the same. */
static int warnings;

static void count_warning(void *ctx, int32_t level, const char *message) {
    (void)ctx;
    if (level == EOS_LOG_WARNING && strstr(message, "sharpness")) warnings++;
}

static eos_status linearize(void *self, const void *x) {
    (void)self, (void)x;
    return EOS_OK;
}

static eos_status no_product(void *self, const void *v, void *out) {
    (void)self, (void)v, (void)out;
    return EOS_E_UNSUPPORTED;
}

static void probes(void) {
    eos_objective_ops ops = rosenbrock_ops;
    ops.linearize = linearize;
    ops.curvature = no_product;
    CHECK(eos_context_set_log(context, count_warning, NULL, NULL) == EOS_OK);
    eos_objective *objective;
    CHECK(eos_objective_from_table(context, &ops, NULL, &objective) == EOS_OK);
    double values[2];
    for (int probed = 0; probed < 2; probed++) {
        eos_policy *policy = policy_of("nls", "");
        eos_config *settings = config_of(probed ? "stop.iterations=9 sharpness.every=2" : "stop.iterations=9");
        CHECK(eos_trainer_new(context, objective, policy, settings, &trainer) == EOS_OK);
        eos_progress progress = {.struct_size = sizeof progress};
        CHECK(eos_trainer_run(trainer, &progress) == EOS_OK && progress.iteration == 9);
        values[probed] = progress.value;
        CHECK(isnan(progress.sharpness) && progress.sharpness_converged == 0);
        CHECK(progress.sharpness_iteration == (probed ? 8 : -1));
        CHECK(warnings == probed);
        eos_trainer_free(trainer);
        eos_policy_free(policy);
        eos_config_free(settings);
    }
    CHECK(values[0] == values[1]);
    /* A policy that needs the curvature can't go on without. */
    eos_policy *needy = policy_of("cdat", "");
    CHECK(eos_trainer_new(context, objective, needy, NULL, &trainer) == EOS_OK);
    CHECK(eos_trainer_run(trainer, NULL) == EOS_E_UNSUPPORTED);
    eos_trainer_free(trainer);
    eos_policy_free(needy);
    eos_objective_free(objective);
}

int main(void) {
    CHECK(eos_context_new(&context) == EOS_OK);
    answers();
    failures();
    callbacks();
    probes();
    eos_context_free(context);
    puts("ok");
    return 0;
}
