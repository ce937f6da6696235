/* For every policy: saved after every request, in single bytes, and loaded into a fresh trainer: the same bits as never
 * saved. Damaged, cut and foreign states are refused and leave the trainer as it was. */
#include "check.h"
#include "rosenbrock.h"

typedef struct memory {
    char *bytes;
    int64_t size, capacity, position, portion;
} memory;

static int64_t take(void *ctx, const void *bytes, int64_t size) {
    memory *to = (memory *)ctx;
    if (size > to->portion) size = to->portion;
    if (to->size + size > to->capacity) {
        to->capacity = 2 * (to->size + size);
        to->bytes = realloc(to->bytes, (size_t)to->capacity);
    }
    memcpy(to->bytes + to->size, bytes, (size_t)size);
    to->size += size;
    return size;
}

static int64_t give(void *ctx, void *bytes, int64_t size) {
    memory *from = (memory *)ctx;
    if (size > from->portion) size = from->portion;
    if (size > from->size - from->position) size = from->size - from->position;
    memcpy(bytes, from->bytes + from->position, (size_t)size);
    from->position += size;
    return size;
}

static eos_trainer *make(eos_objective *objective, const char *policy, const eos_config *settings) {
    eos_policy *steps = policy_of(policy, keys_for(policy));
    eos_trainer *trainer;
    CHECK(eos_trainer_new(context, objective, steps, settings, &trainer) == EOS_OK);
    eos_policy_free(steps);
    return trainer;
}

static eos_trainer *make_asking(const char *policy, const eos_config *settings) {
    const double start[2] = {-1.2, 1};
    eos_objective_description description = {.struct_size = sizeof description};
    CHECK(rosenbrock_describe(NULL, &description) == EOS_OK);
    eos_policy *steps = policy_of(policy, keys_for(policy));
    eos_trainer *trainer;
    CHECK(eos_trainer_new_ask_tell(context, &description, 0, start, steps, settings, &trainer) == EOS_OK);
    eos_policy_free(steps);
    return trainer;
}

static void save(eos_trainer *trainer, memory *to, int64_t portion) {
    eos_writer writer = {.struct_size = sizeof writer, .ctx = to, .write = take};
    to->size = 0;
    to->portion = portion;
    CHECK(eos_trainer_save(trainer, &writer) == EOS_OK);
}

static eos_status load(eos_trainer *trainer, memory *from, int64_t portion) {
    eos_reader reader = {.struct_size = sizeof reader, .ctx = from, .read = give};
    from->position = 0;
    from->portion = portion;
    return eos_trainer_load(trainer, &reader);
}

static void point_of(eos_trainer *trainer, double *x) {
    eos_point point = {.struct_size = sizeof point};
    CHECK(eos_trainer_current(trainer, &point) == EOS_OK);
    memcpy(x, point.x, 2 * sizeof *x);
}

/* Requests answered until it stops; with `saving` each one by a trainer that was loaded for it. */
static int64_t drive(const char *policy, const eos_config *settings, int saving, double *x) {
    memory state = {0};
    eos_trainer *trainer = make_asking(policy, settings);
    int64_t answers = 0;
    for (;; answers++) {
        if (saving) {
            save(trainer, &state, answers % 7 + 1);
            eos_trainer_free(trainer);
            trainer = make_asking(policy, settings);
            CHECK(load(trainer, &state, answers % 5 + 1) == EOS_OK);
        }
        eos_request request = {.struct_size = sizeof request};
        CHECK(eos_trainer_ask(trainer, &request) == EOS_OK);
        if (request.kind == EOS_ASK_NOTHING) break;
        if (saving) {
            save(trainer, &state, 4096);
            eos_trainer_free(trainer);
            trainer = make_asking(policy, settings);
            CHECK(load(trainer, &state, 4096) == EOS_OK);
            CHECK(eos_trainer_ask(trainer, &request) == EOS_OK);
        }
        double value = rosenbrock((const double *)request.x, (double *)request.out);
        CHECK(eos_trainer_tell(trainer, EOS_OK, value) == EOS_OK);
    }
    point_of(trainer, x);
    eos_trainer_free(trainer);
    free(state.bytes);
    return answers;
}

static void damage(eos_objective *objective, const eos_config *settings) {
    memory state = {0};
    double before[2], after[2];
    eos_trainer *trainer = make(objective, "nls", settings);
    CHECK(eos_trainer_step(trainer, NULL) == EOS_OK);
    save(trainer, &state, 1 << 20);
    CHECK(eos_trainer_step(trainer, NULL) == EOS_OK);
    point_of(trainer, before);
    for (int64_t i = 0; i < state.size; i++) {
        state.bytes[i] ^= 4;
        CHECK(load(trainer, &state, 1 << 20) < 0);
        state.bytes[i] ^= 4;
    }
    int64_t whole = state.size;
    for (state.size = 0; state.size < whole; state.size++) CHECK(load(trainer, &state, 1 << 20) == EOS_E_FORMAT);
    point_of(trainer, after);
    CHECK(memcmp(before, after, sizeof before) == 0);
    eos_trainer *other = make(objective, "adgd", settings);
    CHECK(load(other, &state, 1 << 20) == EOS_E_FORMAT);
    eos_trainer_free(other);
    CHECK(load(trainer, &state, 1 << 20) == EOS_OK);
    eos_trainer_free(trainer);
    free(state.bytes);
}

int main(void) {
    CHECK(eos_context_new(&context) == EOS_OK);
    eos_config *settings = config_of("stop.iterations=25 stop.loss=0 stop.gradient_norm=0 sharpness.every=10");
    const char *policy;
    for (int64_t i = 0; (policy = policy_id(i)) != NULL; i++) {
        double plain[2], saved[2];
        int64_t answers = drive(policy, settings, 0, plain);
        CHECK(answers > 25);
        CHECK(drive(policy, settings, 1, saved) == answers);
        CHECK(memcmp(plain, saved, sizeof plain) == 0);
    }
    eos_objective *objective;
    CHECK(eos_objective_from_table(context, &rosenbrock_ops, NULL, &objective) == EOS_OK);
    damage(objective, settings);
    eos_objective_free(objective);
    eos_config_free(settings);
    eos_context_free(context);
    puts("ok");
    return 0;
}
