/* The entry, the descriptors and the factories. */
#include "nonconforming.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const eos_parameter objective_rows[] = {
    {.struct_size = sizeof(eos_parameter),
     .type = EOS_TYPE_I64,
     .key = "size",
     .default_value = "5",
     .minimum = 2,
     .maximum = 1e9,
     .text = "number of parameters"},
    {.struct_size = sizeof(eos_parameter),
     .type = EOS_TYPE_STRING,
     .key = "dtype",
     .default_value = "f64",
     .choices = "f32|f64",
     .text = "element type"},
};
static const eos_parameter policy_rows[] = {
    {.struct_size = sizeof(eos_parameter),
     .type = EOS_TYPE_F64,
     .key = "first",
     .default_value = "1",
     .minimum = 0.5,
     .maximum = 2,
     .text = "not used"},
};
static const eos_descriptor descriptors[] = {
    {.struct_size = sizeof(eos_descriptor),
     .id = "org.example.right",
     .title = "a bowl that keeps the rules",
     .parameters = objective_rows,
     .parameter_count = 2},
    {.struct_size = sizeof(eos_descriptor),
     .id = "org.example.halves",
     .title = "a search that keeps the rules",
     .parameters = policy_rows,
     .parameter_count = 1},
};

static int64_t count(void *ctx) { return (void)ctx, 1; }
static const eos_descriptor *objective_at(void *ctx, int64_t index) {
    (void)ctx;
#ifdef BREAK_DESCRIPTOR_END
    (void)index;
    return &descriptors[0];
#endif
    return index == 0 ? &descriptors[0] : NULL;
}
static const eos_descriptor *policy_at(void *ctx, int64_t index) {
    return (void)ctx, index == 0 ? &descriptors[1] : NULL;
}
static const eos_objective_factory objectives = {
    .struct_size = sizeof objectives, .count = count, .descriptor = objective_at, .create = create};
static const eos_policy_factory policies = {
    .struct_size = sizeof policies, .count = count, .descriptor = policy_at, .create = create_policy};

static const void *get_factory(const char *id) {
    if (strcmp(id, EOS_OBJECTIVE_FACTORY) == 0) return &objectives;
    if (strcmp(id, EOS_POLICY_FACTORY) == 0) return &policies;
#ifdef BREAK_FACTORY
    return &policies;
#endif
    return NULL;
}

static eos_status init(const eos_host *host) {
    (void)host;
#ifdef BREAK_LOADING
    if (chdir("/")) abort();
#endif
#ifdef BREAK_INIT_CRASHES
    raise(SIGSEGV);
#endif
#ifdef BREAK_INIT_HANGS
    for (;;) usleep(1000);
#endif
    return EOS_OK;
}

static const eos_plugin plugin = {
#ifdef BREAK_PLUGIN_SIZE
    .struct_size = 1u << 30,
#else
    .struct_size = sizeof plugin,
#endif
    .abi_major = EOS_ABI_MAJOR,
    .abi_minor = EOS_ABI_MINOR,
    .id = "org.example.conformance",
    .version = "1.0.0",
    .licence = "MIT",
    .init = init,
    .get_factory = get_factory,
};

const eos_plugin *eos_plugin_entry(uint32_t host_abi) { return host_abi >> 16 == EOS_ABI_MAJOR ? &plugin : NULL; }
