/* The objective f = |x|^2/2 in four dimensions, which each -D makes misbehave in another way. */
#define _POSIX_C_SOURCE 199309L
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "eos/plugin.h"

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

enum { SIZE = 4 };

typedef struct {
    const eos_host *host;
    int64_t evaluations;
} bowl;

static void destroy(void *self) { free(self); }

static eos_status describe(void *self, eos_objective_description *out) {
    (void)self;
    out->dtype = EOS_F64;
    out->dimension = SIZE;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    (void)self;
    (void)seed;
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
    e->value = VALUE;
    for (int slice = 0; b->evaluations > 0 && slice < 1000 * SECONDS; slice++) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        if (LOOKS && b->host->cancelled(b->host)) return EOS_E_CANCELLED;
    }
    if (b->evaluations++ == 1) b->host->log(b->host, EOS_LOG_WARNING, "the second evaluation");
    return STATUS < 0 ? b->host->fail(b->host, STATUS, "the sensor came off") : STATUS;
}

static const eos_objective_ops ops = {
    .struct_size = sizeof ops,
    .destroy = destroy,
    .describe = describe,
    .initial_point = initial_point,
    .evaluate = evaluate,
};

static const eos_descriptor descriptor = {
    .struct_size = sizeof descriptor,
    .id = "org.example.misbehaving",
    .title = "an objective that misbehaves",
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
    bowl *b = calloc(1, sizeof *b);
    if (b == NULL) return EOS_E_MEMORY;
    b->host = host;
    host->log(host, EOS_LOG_INFO, "a bowl was made");
    *out = &ops;
    *self = b;
    return EOS_OK;
}

static const eos_objective_factory factory = {
    .struct_size = sizeof factory,
    .count = count,
    .descriptor = descriptor_at,
    .create = create,
};

static const void *get_factory(const char *id) {
    const char *known = EOS_OBJECTIVE_FACTORY;
    while (*known != '\0' && *known == *id) known++, id++;
    return *known == *id ? &factory : NULL;
}

static const eos_plugin plugin = {
    .struct_size = sizeof plugin,
    .abi_major = EOS_ABI_MAJOR,
    .abi_minor = EOS_ABI_MINOR,
    .id = "org.example.misbehaving",
    .version = "1.0.0",
    .licence = "MIT",
    .get_factory = get_factory,
};

const eos_plugin *eos_plugin_entry(uint32_t host_abi) {
    (void)host_abi;
    return &plugin;
}
