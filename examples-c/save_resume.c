/* Saves a training half-way, resumes it in a new trainer, and compares: the same bits as a training that was never
 * interrupted. The state goes through a user-defined stream, here a growing piece of memory. */
#include <string.h>

#include "check.h"
#include "quadratic.h"

typedef struct buffer {
    char *bytes;
    int64_t size, capacity;
    int64_t next; /* where reading goes on */
} buffer;

/* Takes what it is given, all of it; a stream may also take a part and is then given the rest. */
static int64_t buffer_write(void *ctx, const void *bytes, int64_t size) {
    buffer *b = (buffer *)ctx;
    if (b->size + size > b->capacity) {
        int64_t capacity = 2 * (b->size + size);
        char *larger = (char *)realloc(b->bytes, (size_t)capacity);
        if (!larger) return EOS_E_MEMORY;
        b->bytes = larger;
        b->capacity = capacity;
    }
    memcpy(b->bytes + b->size, bytes, (size_t)size);
    b->size += size;
    return size;
}

static int64_t buffer_read(void *ctx, void *bytes, int64_t size) {
    buffer *b = (buffer *)ctx;
    if (size > b->size - b->next) size = b->size - b->next;
    memcpy(bytes, b->bytes + b->next, (size_t)size);
    b->next += size;
    return size; /* 0: the end */
}

static const double curvatures[4] = {1, 4, 9, 16};
static quadratic bowl = {4, curvatures};

/* A trainer of Barzilai and Borwein's steps, which remember the last iterate: there is something to save. */
static eos_trainer *new_trainer(eos_context *context, const eos_objective_ops *ops) {
    eos_objective *objective;
    check(context, eos_objective_from_table(context, ops, &bowl, &objective));
    eos_policy *policy;
    check(context, eos_policy_new(context, "bb1", NULL, &policy));
    eos_trainer *trainer;
    check(context, eos_trainer_new(context, objective, policy, NULL, &trainer));
    /* The trainer keeps what it uses. */
    eos_objective_free(objective);
    eos_policy_free(policy);
    return trainer;
}

static void advance(eos_context *context, eos_trainer *trainer, int iterations) {
    for (int i = 0; i < iterations; i++) check(context, eos_trainer_step(trainer, NULL));
}

int main(void) {
    const eos_objective_ops ops = quadratic_ops();
    eos_context *context;
    if (eos_context_new(&context) != EOS_OK) return 1;

    eos_trainer *straight = new_trainer(context, &ops);
    advance(context, straight, 5);

    buffer saved = {NULL, 0, 0, 0};
    eos_writer writer = EOS_STRUCT(eos_writer);
    writer.ctx = &saved;
    writer.write = buffer_write;
    check(context, eos_trainer_save(straight, &writer));
    advance(context, straight, 5);

    eos_trainer *resumed = new_trainer(context, &ops);
    eos_reader reader = EOS_STRUCT(eos_reader);
    reader.ctx = &saved;
    reader.read = buffer_read;
    check(context, eos_trainer_load(resumed, &reader));
    advance(context, resumed, 5);

    eos_point a = EOS_STRUCT(eos_point), b = a;
    check(context, eos_trainer_current(straight, &a));
    check(context, eos_trainer_current(resumed, &b));
    printf("iteration %d and %d: %s\n", (int)a.iteration, (int)b.iteration,
           memcmp(a.x, b.x, (size_t)a.dimension * sizeof(double)) == 0 ? "the same bits" : "different");

    /* A damaged state is refused, and the trainer stays as it was. */
    saved.bytes[saved.size / 2] ^= 1;
    saved.next = 0;
    if (eos_trainer_load(resumed, &reader) == EOS_E_FORMAT) printf("one flipped bit: refused\n");

    eos_trainer_free(straight);
    eos_trainer_free(resumed);
    free(saved.bytes);
    eos_context_free(context);
    return 0;
}
