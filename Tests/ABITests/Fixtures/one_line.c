/* A plugin whose entry is one line of eos/entry.h, read as a host reads it. */
#include <eos/entry.h>
#include <stdio.h>

static eos_status create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_objective_ops **ops, void **self) {
    (void)ctx, (void)host, (void)config, (void)ops, (void)self;
    return strcmp(id, "org.example.second") == 0 ? EOS_OK : EOS_E_NOT_FOUND;
}

static eos_status init(const eos_host *host) {
    (void)host;
    return EOS_E_MEMORY;
}

static const eos_descriptor descriptors[] = {
    {.struct_size = sizeof(eos_descriptor), .id = "org.example.first"},
    {.struct_size = sizeof(eos_descriptor), .id = "org.example.second"},
};
EOS_OBJECTIVE_PLUGIN(descriptors, create, .id = "org.example.pair", .version = "1.2.3", .licence = "MIT", .init = init);

#define EXPECT(condition)                                                                                              \
    if (!(condition)) return printf("line %d: %s\n", __LINE__, #condition), 1

int main(void) {
    const eos_plugin *plugin = eos_plugin_entry(EOS_ABI);
    EXPECT(plugin->struct_size == sizeof(eos_plugin) && plugin->abi_major == EOS_ABI_MAJOR);
    EXPECT(strcmp(plugin->id, "org.example.pair") == 0 && strcmp(plugin->version, "1.2.3") == 0);
    EXPECT(plugin->init(NULL) == EOS_E_MEMORY && !plugin->deinit);
    EXPECT(!plugin->get_factory(EOS_POLICY_FACTORY));
    const eos_objective_factory *factory = plugin->get_factory(EOS_OBJECTIVE_FACTORY);
    EXPECT(factory && factory->struct_size == sizeof(eos_objective_factory));
    EXPECT(factory->count(factory->ctx) == 2);
    EXPECT(factory->descriptor(factory->ctx, 1) == &descriptors[1]);
    EXPECT(!factory->descriptor(factory->ctx, -1) && !factory->descriptor(factory->ctx, 2));
    EXPECT(factory->create(factory->ctx, NULL, "org.example.second", NULL, NULL, NULL) == EOS_OK);
    EXPECT(factory->create(factory->ctx, NULL, "org.example.third", NULL, NULL, NULL) == EOS_E_NOT_FOUND);
    return puts("ok") < 0;
}
