/* Structs of the caller are looked at before the work: with a struct_size of 0 no function is evaluated. */
#include "check.h"
#include "rosenbrock.h"

static int evaluations;

static eos_status counted(void *self, eos_evaluation *evaluation) {
    evaluations++;
    return rosenbrock_evaluate(self, evaluation);
}

static double counted_function(int64_t n, const double *x, double *gradient, void *ctx) {
    (void)n, (void)ctx;
    evaluations++;
    return rosenbrock(x, gradient);
}

static eos_status metric(void *self, int64_t index, eos_metric *out) {
    (void)self;
    if (index > 0) return EOS_E_NOT_FOUND;
    out->name = "size";
    return EOS_OK;
}

static eos_status measure(void *self, const void *x, double *values) {
    (void)self;
    evaluations++;
    values[0] = ((const double *)x)[0];
    return EOS_OK;
}

static int64_t swallow(void *ctx, const void *bytes, int64_t size) {
    (void)bytes;
    *(int64_t *)ctx += size;
    return size;
}

static int64_t nothing(void *ctx, void *bytes, int64_t size) {
    (void)ctx, (void)bytes, (void)size;
    evaluations++;
    return 0;
}

/* Refused, with the name of the argument, before anything was evaluated. */
static void expect(int line, eos_status status, const char *part) {
    char sentence[512];
    eos_last_error(NULL, sentence, sizeof sentence);
    if (status != EOS_E_INVALID || evaluations != 0 || !strstr(sentence, part)) {
        fprintf(stderr, "sizes.c:%d: status %d, %d evaluations; sentence: %s\n", line, status, evaluations, sentence);
        exit(1);
    }
}

#define EXPECT(call, part) expect(__LINE__, call, part)

int main(void) {
    CHECK(eos_context_new(&context) == EOS_OK);
    eos_objective_ops ops = rosenbrock_ops;
    ops.evaluate = counted;
    ops.metric = metric;
    ops.measure = measure;
    eos_objective *objective;
    CHECK(eos_objective_from_table(context, &ops, NULL, &objective) == EOS_OK);
    eos_policy *policy = policy_of("nls", "");
    eos_trainer *trainer, *asking;
    CHECK(eos_trainer_new(context, objective, policy, NULL, &trainer) == EOS_OK);
    eos_policy *other = policy_of("nls", "");
    const double x[2] = {1, 2};
    double out[2], value;
    for (uint32_t size = 0; size < 8; size++) {
        eos_progress progress = {.struct_size = size};
        EXPECT(eos_trainer_run(trainer, &progress), "progress->struct_size is");
        EXPECT(eos_trainer_step(trainer, &progress), "progress->struct_size is");
        EXPECT(eos_trainer_progress(trainer, &progress), "out->struct_size is");
        eos_point point = {.struct_size = size};
        EXPECT(eos_trainer_current(trainer, &point), "out->struct_size is");
        EXPECT(eos_trainer_best(trainer, &point), "out->struct_size is");
        eos_result result = {.struct_size = size};
        double from[2] = {-1.2, 1};
        EXPECT(eos_minimize(counted_function, NULL, 2, from, NULL, &result), "result->struct_size is");
        CHECK(from[0] == -1.2 && from[1] == 1);
        eos_objective_description description = {.struct_size = size};
        EXPECT(eos_objective_describe(objective, &description), "out->struct_size is");
        EXPECT(eos_trainer_new_ask_tell(context, &description, 0, x, other, NULL, &asking),
               "description->struct_size is");
        eos_metric row = {.struct_size = size};
        EXPECT(eos_objective_metric(objective, 0, &row), "out->struct_size is");
        eos_sharpness_options options = {.struct_size = size};
        eos_eigenvalue eigenvalue;
        EXPECT(eos_sharpness(objective, x, &options, &eigenvalue, NULL, NULL), "options->struct_size is");
        int64_t written = 0;
        eos_writer writer = {.struct_size = size, .ctx = &written, .write = swallow};
        EXPECT(eos_trainer_save(trainer, &writer), "writer->struct_size is");
        CHECK(written == 0);
        eos_reader reader = {.struct_size = size, .read = nothing};
        EXPECT(eos_trainer_load(trainer, &reader), "reader->struct_size is");
        eos_objective_ops small = rosenbrock_ops;
        small.struct_size = size;
        eos_objective *made;
        EXPECT(eos_objective_from_table(context, &small, NULL, &made), "ops->struct_size is");
        eos_policy_ops rule = {.struct_size = size};
        eos_policy *rules;
        EXPECT(eos_policy_from_table(context, &rule, NULL, &rules), "ops->struct_size is");
    }
    /* And so are pointers. */
    EXPECT(eos_objective_evaluate(objective, x, NULL, out), "value is NULL");
    EXPECT(eos_objective_curvature(objective, x, NULL, out), "v is NULL");
    EXPECT(eos_objective_curvature(objective, x, x, NULL), "out is NULL");
    EXPECT(eos_objective_measure(objective, x, &value, 2), "count is 2");
    EXPECT(eos_objective_measure(objective, x, NULL, 1), "values is NULL");
    EXPECT(eos_sharpness(objective, x, NULL, NULL, NULL, NULL), "eigenvalues is NULL");
    EXPECT(eos_spectrum(objective, x, 1, 2, 0, NULL, out), "nodes is NULL");
    EXPECT(eos_spectrum(objective, x, 1, 2, 0, out, NULL), "weights is NULL");

    eos_objective_description description = {.struct_size = sizeof description};
    CHECK(eos_objective_describe(objective, &description) == EOS_OK);
    CHECK(eos_trainer_new_ask_tell(context, &description, 0, x, other, NULL, &asking) == EOS_OK);
    eos_request request = {.struct_size = 4};
    EXPECT(eos_trainer_ask(asking, &request), "request->struct_size is 4");
    EXPECT(eos_trainer_ask(asking, NULL), "request is NULL");
    CHECK(eos_trainer_tell(asking, EOS_OK, 1) == EOS_E_STATE);

    eos_progress progress = {.struct_size = sizeof progress};
    CHECK(eos_trainer_run(trainer, &progress) == EOS_OK && evaluations > 0);
    eos_trainer_free(asking);
    eos_trainer_free(trainer);
    eos_policy_free(other);
    eos_policy_free(policy);
    eos_objective_free(objective);
    eos_context_free(context);
    puts("ok");
    return 0;
}
