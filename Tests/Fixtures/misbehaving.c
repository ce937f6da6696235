/* The objective f = |x|^2/2 in four dimensions, which each -D makes misbehave in another way.
 *
 * AT_LOAD, AT_INIT, AT_CREATE, AT_START, AT_EVALUATE, AT_DESTROY, AT_DEINIT, AT_UNLOAD name what is done there: a
 * function of actions.h, or one of another file that is linked in. With MISBEHAVE=no in the environment none of them is
 * done. */
#define _GNU_SOURCE
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "actions.h"
#include "eos/plugin.h"

/* Of throwing.cpp, trapping.swift and hungry.swift. */
void throw_something(void);
void trap_in_swift(void);
void leak_in_swift(void);

/* The last part of both ids. */
#ifndef NAME
#define NAME "misbehaving"
#endif

/* What the gradient is multiplied by. */
#ifndef FACTOR
#define FACTOR 1
#endif
/* What the value is replaced by. */
#ifndef VALUE
#define VALUE sum
#endif
/* What evaluate returns. */
#ifndef STATUS
#define STATUS EOS_OK
#endif
/* How long every evaluation but the first takes. */
#ifndef SECONDS
#define SECONDS 0
#endif
/* Whether it looks during an evaluation if a stop was asked for. */
#ifndef LOOKS
#define LOOKS 0
#endif
/* Elements written past the end of the gradient. */
#ifndef PAST
#define PAST 0
#endif

#ifndef AT_LOAD
#define AT_LOAD behave
#endif
#ifndef AT_INIT
#define AT_INIT behave
#endif
#ifndef AT_CREATE
#define AT_CREATE behave
#endif
#ifndef AT_START
#define AT_START behave
#endif
#ifndef AT_EVALUATE
#define AT_EVALUATE behave
#endif
#ifndef AT_DESTROY
#define AT_DESTROY behave
#endif
#ifndef AT_DEINIT
#define AT_DEINIT behave
#endif
#ifndef AT_UNLOAD
#define AT_UNLOAD behave
#endif
/* Evaluations before AT_EVALUATE is done. */
#ifndef AFTER
#define AFTER 0
#endif

/* What the tables tell of themselves. */
#ifndef DIMENSION
#define DIMENSION SIZE
#endif
#ifndef PLUGIN_SIZE
#define PLUGIN_SIZE sizeof(eos_plugin)
#endif
#ifndef FACTORY_SIZE
#define FACTORY_SIZE sizeof(eos_objective_factory)
#endif
#ifndef DESCRIPTOR_SIZE
#define DESCRIPTOR_SIZE sizeof(eos_descriptor)
#endif
#ifndef ROW_SIZE
#define ROW_SIZE sizeof(eos_parameter)
#endif
#ifndef OPS_SIZE
#define OPS_SIZE sizeof(eos_objective_ops)
#endif
#ifndef BLOCK
#define BLOCK NULL
#endif
#ifndef CREATE
#define CREATE create
#endif
#ifndef DESTROY
#define DESTROY destroy
#endif
#ifndef EVALUATE
#define EVALUATE evaluate
#endif
#ifndef GET_FACTORY
#define GET_FACTORY get_factory
#endif

enum { SIZE = 4 };

static int may_misbehave(void) {
    const char *word = getenv("MISBEHAVE");
    return word == NULL || strcmp(word, "no") != 0;
}

__attribute__((constructor)) static void static_constructor(void) {
    if (may_misbehave()) AT_LOAD();
}

__attribute__((destructor)) static void static_destructor(void) {
    if (may_misbehave()) AT_UNLOAD();
}

typedef struct {
    const eos_host *host;
    int64_t evaluations;
} bowl;

static void destroy(void *self) {
    if (may_misbehave()) AT_DESTROY();
    free(self);
}

static eos_status describe(void *self, eos_objective_description *out) {
    (void)self;
    out->dtype = EOS_F64;
    out->dimension = DIMENSION;
    return EOS_OK;
}

/* A list that never ends. */
eos_status endless_block(void *self, int64_t index, eos_block *out);
eos_status endless_block(void *self, int64_t index, eos_block *out) {
    (void)self, (void)index;
    out->name = "again";
    out->rank = 1;
    out->shape[0] = 1;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    (void)self;
    (void)seed;
    if (may_misbehave()) AT_START();
    for (int i = 0; i < SIZE; i++) ((double *)x)[i] = i + 1;
    return EOS_OK;
}

static eos_status evaluate(void *self, eos_evaluation *e) {
    bowl *b = self;
    const double *x = e->x;
    double *g = e->gradient;
    double sum = 0;
    for (int i = 0; i < SIZE; i++) {
        sum += x[i] * x[i] / 2;
        if (g != NULL) g[i] = FACTOR * x[i];
    }
    for (volatile int i = 0; g != NULL && may_misbehave() && i < PAST; i++) g[SIZE + i] = 42;
    e->value = VALUE;
    for (int slice = 0; b->evaluations > 0 && slice < 1000 * SECONDS; slice++) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        if (LOOKS && b->host->cancelled(b->host)) return EOS_E_CANCELLED;
    }
    if (b->evaluations >= AFTER && may_misbehave()) AT_EVALUATE();
    if (b->evaluations++ == 1) b->host->log(b->host, EOS_LOG_WARNING, "the second evaluation");
    return STATUS < 0 ? b->host->fail(b->host, STATUS, "the sensor came off") : STATUS;
}

static const eos_objective_ops ops = {
    .struct_size = OPS_SIZE,
    .destroy = DESTROY,
    .describe = describe,
    .initial_point = initial_point,
    .evaluate = EVALUATE,
    .block = BLOCK,
};

static const eos_parameter rows[] = {
    {.struct_size = ROW_SIZE, .type = EOS_TYPE_BOOL, .key = "first", .default_value = "true", .text = "nothing"},
    {.struct_size = ROW_SIZE, .type = EOS_TYPE_BOOL, .key = "second", .default_value = "true", .text = "nothing"},
};

static const eos_descriptor descriptor = {
    .struct_size = DESCRIPTOR_SIZE,
    .id = "org.example." NAME,
    .title = "an objective that misbehaves",
    .parameters = rows,
    .parameter_count = sizeof rows / sizeof rows[0],
};

static int64_t count(void *ctx) {
    (void)ctx;
    return 1;
}

static const eos_descriptor *descriptor_at(void *ctx, int64_t index) {
    (void)ctx;
    return index == 0 ? &descriptor : NULL;
}

static eos_status create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_objective_ops **out, void **self) {
    (void)ctx;
    (void)id;
    (void)config;
    if (may_misbehave()) AT_CREATE();
    bowl *b = calloc(1, sizeof *b);
    if (b == NULL) return EOS_E_MEMORY;
    b->host = host;
    host->log(host, EOS_LOG_INFO, "a bowl was made");
    *out = &ops;
    *self = b;
    return EOS_OK;
}

static const eos_objective_factory factory = {
    .struct_size = FACTORY_SIZE,
    .count = count,
    .descriptor = descriptor_at,
    .create = CREATE,
};

static const void *get_factory(const char *id) {
    const char *known = EOS_OBJECTIVE_FACTORY;
    while (*known != '\0' && *known == *id) known++, id++;
    return *known == *id ? &factory : NULL;
}

static eos_status init(const eos_host *host) {
    (void)host;
    if (may_misbehave()) AT_INIT();
    return EOS_OK;
}

static void deinit(void) {
    if (may_misbehave()) AT_DEINIT();
}

static const eos_plugin plugin = {
    .struct_size = PLUGIN_SIZE,
    .abi_major = EOS_ABI_MAJOR,
    .abi_minor = EOS_ABI_MINOR,
    .id = "org.example." NAME,
    .version = "1.0.0",
    .licence = "MIT",
    .init = init,
    .deinit = deinit,
    .get_factory = GET_FACTORY,
};

const eos_plugin *eos_plugin_entry(uint32_t host_abi) {
    (void)host_abi;
    /* What a -D took out of a table is used all the same. */
    (void)create, (void)destroy, (void)evaluate, (void)get_factory;
    return &plugin;
}
