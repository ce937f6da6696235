/* For every policy: a table of the program's own, ask and tell, and a plugin give the same bits. */
#include "check.h"
#include "rosenbrock.h"

enum { ITERATIONS = 200 };

typedef struct trajectory {
    int64_t length;
    double values[ITERATIONS + 1], steps[ITERATIONS + 1];
    double x[2];
} trajectory;

static int32_t observe(void *ctx, const eos_progress *progress) {
    trajectory *taken = (trajectory *)ctx;
    taken->values[taken->length] = progress->value;
    taken->steps[taken->length++] = progress->step;
    return 0;
}

static void finish(eos_trainer *trainer, trajectory *taken) {
    eos_point point = {.struct_size = sizeof point};
    CHECK(eos_trainer_current(trainer, &point) == EOS_OK);
    memcpy(taken->x, point.x, sizeof taken->x);
    eos_trainer_free(trainer);
}

static trajectory by_objective(eos_objective *objective, const char *policy, const eos_config *settings) {
    trajectory taken = {0};
    eos_policy *steps = policy_of(policy, keys_for(policy));
    eos_trainer *trainer;
    CHECK(eos_trainer_new(context, objective, steps, settings, &trainer) == EOS_OK);
    eos_policy_free(steps);
    CHECK(eos_trainer_set_observer(trainer, observe, &taken, NULL) == EOS_OK);
    CHECK(eos_trainer_run(trainer, NULL) == EOS_OK);
    finish(trainer, &taken);
    return taken;
}

static trajectory by_asking(const char *policy, const eos_config *settings) {
    trajectory taken = {0};
    const double start[2] = {-1.2, 1};
    eos_objective_description description = {.struct_size = sizeof description};
    CHECK(rosenbrock_describe(NULL, &description) == EOS_OK);
    description.sharpness_lower_bound = 0.0 / 0.0;
    eos_policy *steps = policy_of(policy, keys_for(policy));
    eos_trainer *trainer;
    CHECK(eos_trainer_new_ask_tell(context, &description, 0, start, steps, settings, &trainer) == EOS_OK);
    eos_policy_free(steps);
    CHECK(eos_trainer_set_observer(trainer, observe, &taken, NULL) == EOS_OK);
    for (;;) {
        eos_request request = {.struct_size = sizeof request};
        CHECK(eos_trainer_ask(trainer, &request) == EOS_OK);
        if (request.kind == EOS_ASK_NOTHING) break;
        CHECK(request.kind == EOS_ASK_EVALUATE && request.dimension == 2 && request.dtype == EOS_F64);
        CHECK((request.out != NULL) == ((request.want & EOS_WANT_GRADIENT) != 0));
        double value = rosenbrock((const double *)request.x, (double *)request.out);
        CHECK(eos_trainer_tell(trainer, EOS_OK, value) == EOS_OK);
    }
    finish(trainer, &taken);
    return taken;
}

static int same(const trajectory *a, const trajectory *b) { return memcmp(a, b, sizeof *a) == 0; }

int main(int argc, char **argv) {
    CHECK(argc == 2);
    CHECK(eos_context_new(&context) == EOS_OK);
    CHECK(eos_load_plugin(context, argv[1], NULL) == EOS_OK);
    eos_objective *table, *plugin;
    CHECK(eos_objective_from_table(context, &rosenbrock_ops, NULL, &table) == EOS_OK);
    CHECK(eos_objective_new(context, "test-rosenbrock", NULL, &plugin) == EOS_OK);
    eos_config *settings = config_of("stop.iterations=200 stop.loss=0 stop.gradient_norm=0 sharpness.every=50");
    int64_t policies = 0;
    for (const char *policy; (policy = policy_id(policies)) != NULL; policies++) {
        trajectory a = by_objective(table, policy, settings);
        trajectory b = by_asking(policy, settings);
        trajectory c = by_objective(plugin, policy, settings);
        /* lbfgs comes to the minimum, where the gradient is exactly zero. */
        CHECK(strcmp(policy, "eos.lbfgs") == 0 ? a.length > 20 : a.length == ITERATIONS + 1);
        if (!same(&a, &b) || !same(&a, &c)) {
            fprintf(stderr, "%s: the drivers differ\n", policy);
            return 1;
        }
    }
    CHECK(policies == 16);
    eos_config_free(settings);
    eos_objective_free(plugin);
    eos_objective_free(table);
    eos_context_free(context);
    puts("ok");
    return 0;
}
