/* How eos_minimize ends: the stop reason, the status, the point, and counts that the function itself confirms and that
 * a trainer of the same training gives. */
#include "check.h"
#include "rosenbrock.h"

#include <math.h>

/* A function of two variables, and what was asked of it. */
typedef struct task {
    double offset; /* of the value */
    double slope;  /* factor of the gradient: the gradient is wrong unless it is 1 */
    int64_t gradients, calls;
} task;

static double value_of(const task *t, const double *x) { return rosenbrock(x, NULL) + t->offset; }

static double function(int64_t n, const double *x, double *gradient, void *ctx) {
    task *t = (task *)ctx;
    CHECK(n == 2);
    t->calls++;
    if (!gradient) return value_of(t, x);
    t->gradients++;
    double value = rosenbrock(x, gradient) + t->offset;
    gradient[0] *= t->slope;
    gradient[1] *= t->slope;
    return value;
}

/* The same as a table, which states as little as eos_minimize knows. */
static eos_status describe(void *self, eos_objective_description *out) {
    (void)self;
    out->dtype = EOS_F64;
    out->dimension = 2;
    return EOS_OK;
}

static eos_status evaluate(void *self, eos_evaluation *evaluation) {
    evaluation->value = function(2, (const double *)evaluation->x, (double *)evaluation->gradient, self);
    return isfinite(evaluation->value) ? EOS_OK : EOS_RECOVERABLE;
}

static const eos_objective_ops ops = {
    .struct_size = sizeof(eos_objective_ops),
    .describe = describe,
    .initial_point = rosenbrock_initial_point,
    .evaluate = evaluate,
};

static const double start[2] = {-1.2, 1};
static char sentence[1024];

static eos_status minimize(task *t, const char *settings, double *x, eos_result *result) {
    t->gradients = t->calls = 0;
    memcpy(x, start, sizeof start);
    *result = (eos_result){.struct_size = sizeof *result, .failures = -7, .curvature_products = -7};
    eos_status status = eos_minimize(function, t, 2, x, settings, result);
    sentence[0] = 0;
    if (status != EOS_OK) eos_last_error(NULL, sentence, sizeof sentence);
    return status;
}

/* What holds of every end. */
static void check_counts(const task *t, const double *x, const eos_result *result) {
    CHECK(result->value_evaluations > 0 && result->value_evaluations <= t->calls);
    /* A call is for a value, for a gradient, or for both; products are differences of gradients. */
    CHECK(result->value_evaluations >= t->calls - t->gradients);
    CHECK(result->gradient_evaluations > 0 && result->gradient_evaluations == t->gradients);
    CHECK(result->curvature_products >= 0 && 2 * result->curvature_products < t->gradients);
    CHECK(result->failures >= 0 && result->failures <= result->iterations);
    CHECK(result->best_iteration >= 0 && result->best_iteration <= result->iterations);
    CHECK(result->best_value <= result->value && result->best_value == value_of(t, x));
    CHECK(result->seconds > 0 && result->seconds < 60);
}

/* The same training step by step. */
static void check_trainer(task *t, const char *policy_name, const char *keys, const char *stop, const double *x,
                          eos_status status, const eos_result *result) {
    eos_objective *objective;
    eos_trainer *trainer;
    CHECK(eos_objective_from_table(context, &ops, t, &objective) == EOS_OK);
    eos_policy *policy = policy_of(policy_name, keys);
    eos_config *settings = config_of(stop);
    CHECK(eos_trainer_new(context, objective, policy, settings, &trainer) == EOS_OK);
    CHECK(eos_trainer_set_point(trainer, start) == EOS_OK);
    eos_progress progress = {.struct_size = sizeof progress};
    eos_status last;
    do last = eos_trainer_step(trainer, &progress);
    while (last == EOS_OK && progress.stop == EOS_STOP_NONE);
    CHECK(eos_trainer_progress(trainer, &progress) == EOS_OK);
    CHECK(last == status && progress.stop == result->stop && progress.iteration == result->iterations);
    CHECK(progress.value_evaluations == result->value_evaluations);
    CHECK(progress.gradient_evaluations == result->gradient_evaluations);
    CHECK(progress.curvature_products == result->curvature_products);
    CHECK(progress.failures == result->failures && progress.best_iteration == result->best_iteration);
    CHECK(memcmp(&progress.value, &result->value, sizeof(double)) == 0);
    CHECK(memcmp(&progress.gradient_norm, &result->gradient_norm, sizeof(double)) == 0);
    eos_point best = {.struct_size = sizeof best};
    CHECK(eos_trainer_best(trainer, &best) == EOS_OK && memcmp(best.x, x, sizeof start) == 0);
    eos_trainer_free(trainer);
    eos_config_free(settings);
    eos_policy_free(policy);
    eos_objective_free(objective);
}

/* Every policy, on a right function, on one with a wrong gradient, and on one whose progress is below a limit. */
static void every_policy(void) {
    int seen[16] = {0};
    const char *id;
    for (int64_t i = 0; (id = policy_id(i)) != NULL; i++) {
        const task tasks[] = {{.slope = 1}, {.slope = -1}, {.offset = 1e6, .slope = 1}};
        for (size_t k = 0; k < 3; k++) {
            task t = tasks[k];
            const char *stop = k < 2 ? "stop.iterations=500 stop.gradient_norm=0"
                                     : "stop.iterations=500 stop.gradient_norm=0 stop.relative_loss=1e-8";
            char keys[128], settings[512];
            snprintf(keys, sizeof keys, "%s", keys_for(id));
            if (strstr(id, "ponls") || strstr(id, "ponos") || strstr(id, "polyak"))
                snprintf(keys, sizeof keys, "lower_bound=%g", t.offset);
            /* "cap=1e-3 start=1e-5" becomes "policy.cap=1e-3 policy.start=1e-5". */
            int length = snprintf(settings, sizeof settings, "%s policy.name=%s", stop, id + strlen("eos."));
            char each[128];
            snprintf(each, sizeof each, "%s", keys);
            for (char *key = strtok(each, " "); key; key = strtok(NULL, " "))
                length += snprintf(settings + length, sizeof settings - (size_t)length, " policy.%s", key);
            double x[2];
            eos_result result;
            eos_status status = minimize(&t, settings, x, &result);
            if (result.stop < 1 || result.stop > 15) fprintf(stderr, "%s: %s\n", settings, sentence);
            CHECK(result.stop >= 1 && result.stop <= 15);
            seen[result.stop]++;
            int is_error =
                result.stop == EOS_STOP_NONFINITE || result.stop == EOS_STOP_FAILED || result.stop == EOS_STOP_NO_STEP;
            CHECK((status != EOS_OK) == is_error && (strlen(sentence) > 20) == is_error);
            check_counts(&t, x, &result);
            check_trainer(&t, id, keys, stop, x, status, &result);
        }
    }
    CHECK(seen[EOS_STOP_NO_STEP] > 3 && seen[EOS_STOP_NO_PROGRESS] > 3 && seen[EOS_STOP_ITERATIONS] > 0);
}

int main(void) {
    CHECK(eos_context_new(&context) == EOS_OK);
    double x[2];
    eos_result result;

    /* A gradient of the wrong sign: early, with what to do, and nothing is better than the start. */
    int64_t failures = 0;
    task wrong = {.slope = -1};
    const char *searches[] = {NULL, "policy.name=nls", "policy.name=armijo", "policy.name=gll", "policy.name=lbfgs"};
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++) {
        CHECK(minimize(&wrong, searches[i], x, &result) == EOS_E_FAILED);
        CHECK(result.stop == EOS_STOP_NO_STEP && strstr(sentence, "`eos plugin check`"));
        CHECK(result.iterations >= 3 && result.value_evaluations < 1000);
        /* Steps that rounding hides may have moved the point, but not its value. */
        CHECK(fabs(x[0] - start[0]) < 1e-12 && fabs(x[1] - start[1]) < 1e-12);
        CHECK(result.best_value <= rosenbrock(start, NULL));
        failures += result.failures;
        check_counts(&wrong, x, &result);
        /* Without a result the status says the same. */
        double y[2] = {start[0], start[1]};
        CHECK(eos_minimize(function, &wrong, 2, y, searches[i], NULL) == EOS_E_FAILED);
    }

    CHECK(failures >= 3);

    /* Progress that rounding hides, and progress below a relative limit: no error. */
    task high = {.offset = 1e6, .slope = 1};
    CHECK(minimize(&high, "stop.gradient_norm=0 stop.iterations=100000", x, &result) == EOS_OK);
    CHECK(result.stop == EOS_STOP_NO_PROGRESS && result.iterations < 100000);
    CHECK(rosenbrock(x, NULL) < 1e-6 && result.curvature_products == 0);
    check_counts(&high, x, &result);
    task plain = {.slope = 1};
    CHECK(minimize(&plain, "stop.relative_loss=1", x, &result) == EOS_OK);
    CHECK(result.stop == EOS_STOP_NO_PROGRESS && result.iterations == 1 && result.failures == 0);
    check_counts(&plain, x, &result);

    /* Products are counted. */
    CHECK(minimize(&plain, "policy.name=cdat stop.iterations=20", x, &result) == EOS_OK);
    CHECK(result.curvature_products >= result.iterations && result.iterations > 0);
    check_counts(&plain, x, &result);

    every_policy();
    eos_context_free(context);
    puts("ok");
    return 0;
}
