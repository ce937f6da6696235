/* A plugin with both factories, made by the kit, as C11 and as C++17: prints "ok". */
#include "host.h"

typedef struct thing {
    int64_t size;
    double rest[4];
} thing;

static int destroyed;
static void destroy(void *self) {
    destroyed++;
    free(self);
}
static eos_status make(void *self, const eos_host *host, const eos_config *config) {
    eos_values values = eos_values_of(host, config);
    thing *made = (thing *)self;
    CHECK(made->size == 0 && made->rest[3] == 0);
    made->size = eos_value_i64(&values, "whole");
    return values.status;
}
static eos_status refuse(void *self, const eos_host *host, const eos_config *config) {
    (void)config;
    ((thing *)self)->size = 1;
    return eos_fail(host, EOS_E_UNSUPPORTED, "not today");
}

static eos_objective_ops objective_ops;
static eos_policy_ops policy_ops;
static eos_objective_type objectives[2];
static eos_policy_type policies[2];
static int initialised;
static eos_status init(const eos_host *host) {
    (void)host;
    initialised++;
    return EOS_OK;
}
static void deinit(void) { initialised--; }

EOS_OBJECTIVES(objective_factory, objectives);
EOS_POLICIES(policy_factory, policies);
EOS_PLUGIN(&objective_factory, &policy_factory, "org.example.kit", "1.2.3", "MIT", init, deinit);

static void fill_types(void) {
    objective_ops = EOS_STRUCT(eos_objective_ops);
    objective_ops.destroy = destroy;
    policy_ops = EOS_STRUCT(eos_policy_ops);
    for (int i = 0; i < 2; i++) {
        objectives[i].descriptor = EOS_STRUCT(eos_descriptor);
        objectives[i].ops = &objective_ops;
        objectives[i].size = sizeof(thing);
        policies[i].descriptor = EOS_STRUCT(eos_descriptor);
        policies[i].ops = &policy_ops;
    }
    objectives[0].descriptor.id = "org.example.one";
    objectives[0].make = make;
    objectives[1].descriptor.id = "org.example.two";
    objectives[1].make = refuse;
    policies[0].descriptor.id = "org.example.three";
    policies[1].descriptor.id = "org.example.four";
    policies[1].size = SIZE_MAX;
}

static void check_entry(const eos_host *host) {
    fill_types();
    const eos_plugin *plugin = eos_plugin_entry(EOS_ABI);
    CHECK(plugin == eos_plugin_entry(0xffffffffu) && plugin->struct_size == sizeof(eos_plugin));
    CHECK(plugin->abi_major == EOS_ABI_MAJOR && plugin->abi_minor == EOS_ABI_MINOR);
    CHECK(strcmp(plugin->id, "org.example.kit") == 0 && strcmp(plugin->version, "1.2.3") == 0);
    CHECK(strcmp(plugin->licence, "MIT") == 0 && plugin->toolchain && plugin->init(host) == EOS_OK && initialised == 1);
    plugin->deinit();
    CHECK(initialised == 0 && !plugin->get_factory("eos.other/1"));

    const eos_objective_factory *make_objectives =
        (const eos_objective_factory *)plugin->get_factory(EOS_OBJECTIVE_FACTORY);
    const eos_policy_factory *make_policies = (const eos_policy_factory *)plugin->get_factory(EOS_POLICY_FACTORY);
    CHECK(make_objectives->struct_size == sizeof *make_objectives);
    CHECK(make_policies->struct_size == sizeof *make_policies);
    void *ctx = make_objectives->ctx, *self = NULL;
    CHECK(make_objectives->count(ctx) == 2 && !make_objectives->descriptor(ctx, 2));
    CHECK(!make_objectives->descriptor(ctx, -1));
    CHECK(make_objectives->descriptor(ctx, 1) == &objectives[1].descriptor);
    CHECK(make_policies->descriptor(make_policies->ctx, 0) == &policies[0].descriptor);

    const eos_objective_ops *ops = NULL;
    CHECK(make_objectives->create(ctx, host, "org.example.one", NULL, &ops, &self) == EOS_OK);
    CHECK(ops == &objective_ops && ((thing *)self)->size == 7 && destroyed == 0);
    ops->destroy(self);
    /* What failed half-way is destroyed once. */
    CHECK(make_objectives->create(ctx, host, "org.example.two", NULL, &ops, &self) == EOS_E_UNSUPPORTED);
    CHECK(destroyed == 2 && heard("not today"));
    CHECK(make_objectives->create(ctx, host, "org.example.five", NULL, &ops, &self) == EOS_E_NOT_FOUND);
    CHECK(heard("no objective \"org.example.five\""));

    /* Nothing to make, and more than there is. */
    const eos_policy_ops *policy = NULL;
    self = &self;
    CHECK(make_policies->create(make_policies->ctx, host, "org.example.three", NULL, &policy, &self) == EOS_OK);
    CHECK(policy == &policy_ops && !self);
    CHECK(make_policies->create(make_policies->ctx, host, "org.example.four", NULL, &policy, &self) == EOS_E_MEMORY);
    CHECK(heard("there is not enough memory for an object of"));
}

int main(void) {
    const eos_host host = make_host();
    check_entry(&host);
    CHECK(failures == 0);
    printf("ok\n");
    return 0;
}
