/* The same table behind a plugin's entry. */
#include "rosenbrock.h"

#include <string.h>

/* Looks at `cancelled` now and then while it evaluates, as a function that takes long would. */
static eos_status looking_evaluate(void *self, eos_evaluation *evaluation) {
    const eos_host *host = (const eos_host *)self;
    for (int i = 0; i < 100; i++) {
        if (host->cancelled(host)) return host->fail(host, EOS_E_CANCELLED, "a stop was asked for");
    }
    return rosenbrock_evaluate(NULL, evaluation);
}

static int64_t count(void *ctx) {
    (void)ctx;
    return 1;
}

static const eos_descriptor *descriptor(void *ctx, int64_t index) {
    static const eos_descriptor only = {
        .struct_size = sizeof only, .id = "org.example.test-rosenbrock", .title = "Rosenbrock's function"};
    (void)ctx;
    return index == 0 ? &only : NULL;
}

static eos_status create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_objective_ops **ops, void **self) {
    static eos_objective_ops looking;
    (void)ctx, (void)id, (void)config;
    looking = rosenbrock_ops;
    looking.evaluate = looking_evaluate;
    *ops = &looking;
    *self = (void *)host;
    return EOS_OK;
}

static const void *get_factory(const char *id) {
    static const eos_objective_factory factory = {
        .struct_size = sizeof factory, .count = count, .descriptor = descriptor, .create = create};
    return strcmp(id, EOS_OBJECTIVE_FACTORY) == 0 ? &factory : NULL;
}

const eos_plugin *eos_plugin_entry(uint32_t host_abi) {
    static const eos_plugin plugin = {
        .struct_size = sizeof plugin,
        .abi_major = EOS_ABI_MAJOR,
        .abi_minor = EOS_ABI_MINOR,
        .id = "org.example.test",
        .version = "1.0.0",
        .licence = "Apache-2.0",
        .get_factory = get_factory,
    };
    return host_abi >> 16 == EOS_ABI_MAJOR ? &plugin : NULL;
}
