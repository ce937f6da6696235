/* Every mistake has a status, a sentence that names it, and does no harm. */
#include "check.h"
#include "rosenbrock.h"

#include <math.h>

/* The last call failed so, and its sentence holds `part`. */
static void expect(int line, eos_status got, eos_status wanted, const char *part) {
    char sentence[512];
    int64_t length = eos_last_error(NULL, sentence, sizeof sentence);
    if (got != wanted || !strstr(sentence, part) || length != (int64_t)strlen(sentence) || strchr(sentence, '\n')) {
        fprintf(stderr, "misuse.c:%d: status %d (%s), not %d; sentence: %s\n", line, got, eos_status_text(got), wanted,
                sentence);
        exit(1);
    }
}

#define EXPECT(call, status, part) expect(__LINE__, call, status, part)

static eos_objective *table(void) {
    eos_objective *objective;
    CHECK(eos_objective_from_table(context, &rosenbrock_ops, NULL, &objective) == EOS_OK);
    return objective;
}

static eos_status huge(void *self, eos_objective_description *out) {
    out->dtype = EOS_F64;
    out->dimension = *(int64_t *)self;
    return EOS_OK;
}

static eos_status nothing_finite(void *self, eos_evaluation *evaluation) {
    (void)self;
    evaluation->value = NAN;
    return EOS_OK;
}

static double flat(int64_t n, const double *x, double *gradient, void *ctx) {
    (void)x, (void)ctx;
    if (gradient) memset(gradient, 0, (size_t)n * sizeof *gradient);
    return 3;
}

static double cliff(int64_t n, const double *x, double *gradient, void *ctx) {
    (void)n, (void)ctx;
    if (gradient) gradient[0] = 2 * x[0];
    return fabs(x[0]) > 10 ? INFINITY : x[0] * x[0];
}

static void configurations(void) {
    eos_config *config = config_of("c=1e-4 layers=[64,100,10] name=\"a b\" deep.key=true words=[\"x\",\"y\"] n=3");
    double number;
    int64_t count;
    const double *numbers;
    const char *const *words;
    const char *text;
    int32_t flag;
    CHECK(eos_config_get_f64(config, "c", &number) == EOS_OK && number == 1e-4);
    CHECK(eos_config_get_f64(config, "n", &number) == EOS_OK && number == 3);
    CHECK(eos_config_get_i64(config, "n", &count) == EOS_OK && count == 3);
    CHECK(eos_config_get_f64_array(config, "layers", &numbers, &count) == EOS_OK && count == 3 && numbers[1] == 100);
    CHECK(eos_config_get_strings(config, "words", &words, &count) == EOS_OK && count == 2 && !strcmp(words[1], "y"));
    CHECK(eos_config_get_string(config, "name", &text) == EOS_OK && strcmp(text, "a b") == 0);
    CHECK(eos_config_get_bool(config, "deep.key", &flag) == EOS_OK && flag == 1);
    EXPECT(eos_config_get_i64(config, "absent", &count), EOS_E_NOT_FOUND, "absent");
    EXPECT(eos_config_get_i64(config, "name", &count), EOS_E_CONFIG, "name");
    EXPECT(eos_config_set_text(config, "good=1 bad"), EOS_E_CONFIG, "bad");
    EXPECT(eos_config_get_i64(config, "good", &count), EOS_E_NOT_FOUND, "good");
    EXPECT(eos_config_set_f64(config, NULL, 1), EOS_E_INVALID, "key is NULL");
    EXPECT(eos_config_set_f64(NULL, "a", 1), EOS_E_INVALID, "config is NULL");
    EXPECT(eos_config_set_f64_array(config, "a", NULL, 2), EOS_E_INVALID, "NULL");
    eos_config_free(config);
}

static void things_made(const char *not_a_plugin) {
    eos_objective *objective;
    eos_policy *policy;
    eos_trainer *trainer;
    eos_config *bad = config_of("shrnk=0.5"), *out = config_of("c=7"), *none = config_of("");
    EXPECT(eos_context_new(NULL), EOS_E_INVALID, "out is NULL");
    EXPECT(eos_policy_new(context, "nsl", NULL, &policy), EOS_E_NOT_FOUND, "did you mean nls?");
    EXPECT(eos_policy_new(context, "nls", bad, &policy), EOS_E_CONFIG, "did you mean shrink?");
    EXPECT(eos_policy_new(context, "nls", out, &policy), EOS_E_CONFIG, "c = 7 is out of range");
    EXPECT(eos_policy_new(context, "constant", none, &policy), EOS_E_CONFIG, "step is missing");
    EXPECT(eos_policy_new(NULL, "nls", NULL, &policy), EOS_E_INVALID, "context is NULL");
    EXPECT(eos_objective_new(context, "mlp", NULL, &objective), EOS_E_NOT_FOUND, "mlp");
    EXPECT(eos_load_plugin(context, "/nowhere/at/all.so", NULL), EOS_E_IO, "/nowhere/at/all.so");
    EXPECT(eos_load_plugin(context, not_a_plugin, NULL), EOS_E_PLUGIN, not_a_plugin);
    EXPECT(eos_load_plugins(context, "/nowhere", NULL), EOS_E_IO, "/nowhere");
    EXPECT(eos_context_set_threads(context, 0), EOS_E_INVALID, "threads is 0");

    eos_objective_ops small = rosenbrock_ops;
    small.evaluate = NULL;
    EXPECT(eos_objective_from_table(context, &small, NULL, &objective), EOS_E_PLUGIN, "evaluate");
    eos_objective_ops wide = rosenbrock_ops;
    wide.describe = huge;
    int64_t sizes[] = {0, -1};
    EXPECT(eos_objective_from_table(context, &wide, &sizes[0], &objective), EOS_E_INVALID, "dimension is 0");
    EXPECT(eos_objective_from_table(context, &wide, &sizes[1], &objective), EOS_E_INVALID, "dimension is -1");

    CHECK(eos_policy_new(context, "nls", NULL, &policy) == EOS_OK);
    int64_t large[] = {3000000000, INT64_MAX / 2, INT64_MAX};
    for (int i = 0; i < 3; i++) {
        CHECK(eos_objective_from_table(context, &wide, &large[i], &objective) == EOS_OK);
        EXPECT(eos_trainer_new(context, objective, policy, NULL, &trainer), EOS_E_MEMORY, "GB");
        eos_objective_free(objective);
    }
    eos_policy_free(policy);
    eos_config_free(bad);
    eos_config_free(out);
    eos_config_free(none);
}

static void training(void) {
    eos_objective *objective = table();
    eos_policy *policy = policy_of("nls", "");
    eos_trainer *trainer;
    eos_config *bad = config_of("stop.itertions=3");
    EXPECT(eos_trainer_new(context, objective, policy, bad, &trainer), EOS_E_CONFIG, "did you mean stop.iterations?");
    CHECK(eos_trainer_new(context, objective, policy, NULL, &trainer) == EOS_OK);
    eos_request request = {.struct_size = sizeof request};
    EXPECT(eos_trainer_ask(trainer, &request), EOS_E_STATE, "ask");
    EXPECT(eos_trainer_tell(trainer, EOS_OK, 1), EOS_E_STATE, "ask");
    eos_progress unsized = {0};
    EXPECT(eos_trainer_progress(trainer, &unsized), EOS_E_INVALID, "struct_size");
    /* A caller built with a shorter struct gets what fits. */
    struct {
        eos_progress progress;
    } old;
    memset(&old, 0x55, sizeof old);
    old.progress.struct_size = 16;
    CHECK(eos_trainer_progress(trainer, &old.progress) == EOS_OK);
    CHECK(old.progress.struct_size == 16 && old.progress.iteration == 0);
    unsigned char untouched[sizeof(double)];
    memset(untouched, 0x55, sizeof untouched);
    CHECK(memcmp(&old.progress.value, untouched, sizeof untouched) == 0);
    CHECK(eos_trainer_step(trainer, NULL) == EOS_OK);
    const double x[2] = {0, 0};
    EXPECT(eos_trainer_set_point(trainer, x), EOS_E_STATE, "begun");
    eos_trainer_stop(trainer);
    eos_progress progress = {.struct_size = sizeof progress};
    CHECK(eos_trainer_run(trainer, &progress) == EOS_OK && progress.stop == EOS_STOP_REQUESTED);
    CHECK(eos_trainer_continue(trainer, NULL) == EOS_OK);
    CHECK(eos_trainer_run(trainer, &progress) == EOS_OK && progress.stop == EOS_STOP_ITERATIONS);
    eos_trainer_free(trainer);

    eos_policy *auto_cap = policy_of("nls-ub", "");
    CHECK(eos_trainer_new(context, objective, auto_cap, NULL, &trainer) == EOS_OK);
    EXPECT(eos_trainer_run(trainer, &progress), EOS_E_CONFIG, "policy.cap");
    CHECK(progress.stop == EOS_STOP_FAILED);
    EXPECT(eos_trainer_continue(trainer, NULL), EOS_E_STATE, "policy.cap");
    eos_trainer_free(trainer);
    eos_policy_free(auto_cap);

    eos_objective_ops broken = rosenbrock_ops;
    broken.evaluate = nothing_finite;
    eos_objective *nan;
    CHECK(eos_objective_from_table(context, &broken, NULL, &nan) == EOS_OK);
    CHECK(eos_trainer_new(context, nan, policy, NULL, &trainer) == EOS_OK);
    EXPECT(eos_trainer_run(trainer, &progress), EOS_E_NONFINITE, "starting point");
    CHECK(progress.stop == EOS_STOP_NONFINITE);
    eos_trainer_free(trainer);
    eos_objective_free(nan);

    eos_eigenvalue eigenvalue;
    eos_sharpness_options three = {.struct_size = sizeof three, .count = 3};
    EXPECT(eos_sharpness(objective, x, &three, &eigenvalue, NULL, NULL), EOS_E_INVALID, "options->count is 3");
    EXPECT(eos_sharpness(objective, NULL, NULL, &eigenvalue, NULL, NULL), EOS_E_INVALID, "x is NULL");
    EXPECT(eos_spectrum(objective, x, 0, 1, 0, &eigenvalue.value, &eigenvalue.residual), EOS_E_INVALID, "probe");
    eos_policy_free(policy);
    eos_objective_free(objective);
    eos_config_free(bad);
}

static void minimising(void) {
    double x[1] = {1};
    eos_result result = {.struct_size = sizeof result};
    EXPECT(eos_minimize(NULL, NULL, 1, x, NULL, NULL), EOS_E_INVALID, "f is NULL");
    EXPECT(eos_minimize(cliff, NULL, 0, x, NULL, NULL), EOS_E_INVALID, "n is 0");
    EXPECT(eos_minimize(cliff, NULL, 1, x, "policy.name=nsl", NULL), EOS_E_NOT_FOUND, "did you mean nls?");
    EXPECT(eos_minimize(cliff, NULL, 1, x, "stop.iterations=-1", NULL), EOS_E_CONFIG, "stop.iterations = -1");
    /* A function without a gradient has its minimum everywhere. */
    CHECK(eos_minimize(flat, NULL, 1, x, NULL, &result) == EOS_OK);
    CHECK(result.stop == EOS_STOP_GRADIENT && result.iterations == 0 && x[0] == 1);
    EXPECT(eos_minimize(cliff, NULL, 3000000000, x, NULL, NULL), EOS_E_MEMORY, "3000000000");
    /* A constant step that diverges: the best point stays, the sentence has iterate and value. */
    x[0] = 1;
    EXPECT(eos_minimize(cliff, NULL, 1, x, "policy.name=constant policy.step=1.5", &result), EOS_E_NONFINITE,
           "at iteration 4, after a step of 1.5 from a value of 64.0");
    CHECK(result.stop == EOS_STOP_NONFINITE && result.iterations == 3 && result.best_value == 1 && x[0] == 1);
    /* A search walks around the same cliff. */
    CHECK(eos_minimize(cliff, NULL, 1, x, "policy.name=ls policy.first_step=1000 stop.loss=1e-12", &result) == EOS_OK);
    CHECK(result.stop == EOS_STOP_LOSS && fabs(x[0]) < 1e-6);
}

int main(int argc, char **argv) {
    CHECK(argc == 2);
    CHECK(eos_context_new(&context) == EOS_OK);
    char none[4] = "abc";
    CHECK(eos_last_error(context, none, sizeof none) == 0 && none[0] == 0);
    configurations();
    things_made(argv[1]);
    training();
    minimising();
    char cut[6];
    CHECK(eos_last_error(NULL, cut, sizeof cut) > 5 && strlen(cut) == 5);
    CHECK(eos_last_error(NULL, NULL, 0) > 5);
    eos_context_free(NULL);
    eos_trainer_free(NULL);
    eos_context_free(context);
    puts("ok");
    return 0;
}
