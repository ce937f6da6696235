#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eos/plugin.h"

/* f(x) = sum of x_i^4 / 4. */
typedef struct quartic { int64_t size; } quartic;

static void destroy(void *self) { free(self); }

static eos_status describe(void *self, eos_objective_description *out) {
    out->dtype = EOS_F64;
    out->dimension = ((quartic *)self)->size;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;
    out->sharpness_lower_bound = NAN;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    (void)seed;
    for (int64_t i = 0; i < ((quartic *)self)->size; i++) ((double *)x)[i] = 1;
    return EOS_OK;
}

static eos_status evaluate(void *self, eos_evaluation *e) {
    const double *x = e->x;
    double *g = e->gradient;
    e->value = 0;
    for (int64_t i = 0; i < ((quartic *)self)->size; i++) {
        e->value += x[i] * x[i] * x[i] * x[i] / 4;
        if (g) g[i] = x[i] * x[i] * x[i];
    }
    return EOS_OK;
}

static const eos_objective_ops ops = {
    .struct_size = sizeof ops,
    .destroy = destroy,
    .describe = describe,
    .initial_point = initial_point,
    .evaluate = evaluate,
};

static const eos_parameter parameters[] = {
    {sizeof(eos_parameter), EOS_TYPE_I64, "size", "3", 1, 1e6, NULL, NULL, "number of parameters", 0, 0}};
static const eos_descriptor descriptor = {
    sizeof descriptor, 0, "org.example.quartic", "a flat bowl", NULL, parameters, 1};

static int64_t count(void *ctx) { return (void)ctx, 1; }
static const eos_descriptor *descriptor_at(void *ctx, int64_t index) {
    return (void)ctx, index == 0 ? &descriptor : NULL;
}

static eos_status create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_objective_ops **out, void **self) {
    (void)ctx, (void)id;
    quartic *made = malloc(sizeof *made);
    if (!made) return host->fail(host, EOS_E_MEMORY, "not enough memory for a quartic");
    eos_status status = host->get_i64(host, config, "size", &made->size);
    if (status != EOS_OK) {
        free(made);
        return host->fail(host, status, "size can't be read");
    }
    *out = &ops;
    *self = made;
    return EOS_OK;
}

static const eos_objective_factory factory = {sizeof factory, 0, NULL, count, descriptor_at, create};

static const void *get_factory(const char *id) { return strcmp(id, EOS_OBJECTIVE_FACTORY) == 0 ? &factory : NULL; }

static const eos_plugin plugin = {
    sizeof plugin, EOS_ABI_MAJOR, EOS_ABI_MINOR, "org.example.toy-c", "1.0.0", "MIT", NULL, NULL, NULL, get_factory};

const eos_plugin *eos_plugin_entry(uint32_t host_abi) { return host_abi >> 16 == EOS_ABI_MAJOR ? &plugin : NULL; }
