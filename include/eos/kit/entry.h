/* What a plugin offers, how its objects are made, and the function that it exports. */
#ifndef EOS_KIT_ENTRY_H
#define EOS_KIT_ENTRY_H

#ifdef EOS_ENTRY_H
#error "include eos/entry.h or eos/kit.h, not both: their macros have the same names"
#endif

#include <stdlib.h>
#include <string.h>

#include "../plugin.h"
#include "failures.h"
#include "tables.h"

/* The fields of a descriptor for an array of parameters, in C: `.id = "org.example.bowl", EOS_KEYS(keys)`. In C++,
 * assign `parameters` and `parameter_count` instead. */
#define EOS_KEYS(rows) .parameters = (rows), .parameter_count = EOS_COUNT(rows)

/* How to make an object. The kit allocates `size` zeroed bytes as self, and `make` fills them. If `make` fails, the kit
 * calls `destroy` of ops with the partly filled object. `destroy` must free self; it can be `free` if self has no other
 * memory. If size is 0, self is NULL. If make is NULL, the object stays zero. `ops` points to a constant table. */
typedef eos_status (*eos_make)(void *self, const eos_host *host, const eos_config *config);

typedef struct eos_objective_type {
    eos_descriptor descriptor;
    const eos_objective_ops *ops;
    size_t size;
    eos_make make;
} eos_objective_type;

typedef struct eos_policy_type {
    eos_descriptor descriptor;
    const eos_policy_ops *ops;
    size_t size;
    eos_make make;
} eos_policy_type;

/* EOS_OBJECTIVE_PLUGIN(types, id, version, licence) defines the entry of a plugin that offers the array `types` of
 * eos_objective_type. Write it once, at the end of one file. EOS_POLICY_PLUGIN does the same for policies. */
#define EOS_OBJECTIVE_PLUGIN(types, id, version, licence)                                                              \
    EOS_OBJECTIVES(eos_kit_factory, types);                                                                            \
    EOS_PLUGIN(&eos_kit_factory, NULL, id, version, licence, NULL, NULL)
#define EOS_POLICY_PLUGIN(types, id, version, licence)                                                                 \
    EOS_POLICIES(eos_kit_factory, types);                                                                              \
    EOS_PLUGIN(NULL, &eos_kit_factory, id, version, licence, NULL, NULL)

/* For a plugin that offers both, or has an init or a deinit, use the parts: EOS_OBJECTIVES(objectives, types);
 * EOS_POLICIES(policies, more_types); EOS_PLUGIN(&objectives, &policies, id, version, licence, init, deinit). */
#define EOS_OBJECTIVES(name, types) EOS_KIT_FACTORY(objective, name, types)
#define EOS_POLICIES(name, types) EOS_KIT_FACTORY(policy, name, types)

/* host_abi is ignored: a host of another major version refuses the table because of its abi_major, and can name both
 * versions. */
#define EOS_PLUGIN(objectives, policies, id, version, licence, init, deinit)                                           \
    static const void *eos_kit_get_factory(const char *wanted) {                                                       \
        const eos_objective_factory *of_objectives = (objectives);                                                     \
        const eos_policy_factory *of_policies = (policies);                                                            \
        if (strcmp(wanted, EOS_OBJECTIVE_FACTORY) == 0) return of_objectives;                                          \
        return strcmp(wanted, EOS_POLICY_FACTORY) == 0 ? of_policies : NULL;                                           \
    }                                                                                                                  \
    const eos_plugin *eos_plugin_entry(uint32_t host_abi) {                                                            \
        static const eos_plugin plugin = EOS_KIT_PLUGIN(id, version, licence, init, deinit);                           \
        (void)host_abi;                                                                                                \
        return &plugin;                                                                                                \
    }                                                                                                                  \
    EOS_KIT_END

#ifdef __cplusplus
extern "C++" {
template <typename Factory, typename Count, typename Descriptor, typename Create>
inline Factory eos_kit_factory_of(void *types, Count count, Descriptor descriptor, Create create) {
    Factory factory = EOS_STRUCT(Factory);
    factory.ctx = types;
    factory.count = count;
    factory.descriptor = descriptor;
    factory.create = create;
    return factory;
}
}
inline eos_plugin eos_kit_plugin_of(const char *id, const char *version, const char *licence,
                                    eos_status (*init)(const eos_host *host), void (*deinit)(void),
                                    const void *(*get_factory)(const char *id)) {
    eos_plugin plugin = EOS_STRUCT(eos_plugin);
    plugin.abi_major = EOS_ABI_MAJOR;
    plugin.abi_minor = EOS_ABI_MINOR;
    plugin.id = id;
    plugin.version = version;
    plugin.licence = licence;
    plugin.toolchain = __VERSION__;
    plugin.init = init;
    plugin.deinit = deinit;
    plugin.get_factory = get_factory;
    return plugin;
}
#define EOS_KIT_FACTORY_TABLE(kind, types)                                                                             \
    eos_kit_factory_of<eos_##kind##_factory>(types, eos_kit_##kind##_count, eos_kit_##kind##_at, eos_kit_create_##kind)
#define EOS_KIT_PLUGIN(id, version, licence, init, deinit)                                                             \
    eos_kit_plugin_of(id, version, licence, init, deinit, eos_kit_get_factory)
#else
#define EOS_KIT_FACTORY_TABLE(kind, types)                                                                             \
    {                                                                                                                  \
        .struct_size = sizeof(eos_##kind##_factory), .ctx = (types), .count = eos_kit_##kind##_count,                  \
        .descriptor = eos_kit_##kind##_at, .create = eos_kit_create_##kind                                             \
    }
#define EOS_KIT_PLUGIN(id_, version_, licence_, init_, deinit_)                                                        \
    {                                                                                                                  \
        .struct_size = sizeof(eos_plugin), .abi_major = EOS_ABI_MAJOR, .abi_minor = EOS_ABI_MINOR, .id = (id_),        \
        .version = (version_), .licence = (licence_), .toolchain = __VERSION__, .init = (init_), .deinit = (deinit_),  \
        .get_factory = eos_kit_get_factory                                                                             \
    }
#endif

/* ctx of the factory points to the array and its length. */
#define EOS_KIT_FACTORY(kind, name, types)                                                                             \
    static eos_kit_##kind##_types name##_types = {types, EOS_COUNT(types)};                                            \
    static const eos_##kind##_factory name = EOS_KIT_FACTORY_TABLE(kind, &name##_types)

static inline eos_status eos_kit_make(const eos_host *host, const eos_config *config, size_t size, eos_make make,
                                      void (*destroy)(void *self), void **self) {
    void *made = size > 0 ? calloc(1, size) : NULL;
    if (size > 0 && !made)
        return eos_fail(host, EOS_E_MEMORY, "there is not enough memory for an object of %zu bytes", size);
    eos_status status = make ? make(made, host, config) : EOS_OK;
    if (status == EOS_OK) *self = made;
    else if (destroy) destroy(made);
    return status;
}

/* The functions of a factory. */
#define EOS_KIT_FACTORY_FUNCTIONS(kind)                                                                                \
    typedef struct eos_kit_##kind##_types {                                                                            \
        const eos_##kind##_type *types;                                                                                \
        int64_t count;                                                                                                 \
    } eos_kit_##kind##_types;                                                                                          \
    static inline int64_t eos_kit_##kind##_count(void *ctx) { return ((eos_kit_##kind##_types *)ctx)->count; }         \
    static inline const eos_descriptor *eos_kit_##kind##_at(void *ctx, int64_t index) {                                \
        const eos_kit_##kind##_types *all = (const eos_kit_##kind##_types *)ctx;                                       \
        return index >= 0 && index < all->count ? &all->types[index].descriptor : NULL;                                \
    }                                                                                                                  \
    static inline eos_status eos_kit_create_##kind(void *ctx, const eos_host *host, const char *id,                    \
                                                   const eos_config *config, const eos_##kind##_ops **ops,             \
                                                   void **self) {                                                      \
        const eos_kit_##kind##_types *all = (const eos_kit_##kind##_types *)ctx;                                       \
        for (int64_t i = 0; i < all->count; i++) {                                                                     \
            const eos_##kind##_type *type = &all->types[i];                                                            \
            if (strcmp(type->descriptor.id, id) != 0) continue;                                                        \
            *ops = type->ops;                                                                                          \
            return eos_kit_make(host, config, type->size, type->make, type->ops->destroy, self);                       \
        }                                                                                                              \
        return eos_fail(host, EOS_E_NOT_FOUND, "this plugin has no " #kind " \"%s\"; use an id of its descriptors",    \
                        id);                                                                                           \
    }                                                                                                                  \
    EOS_KIT_END
EOS_KIT_FACTORY_FUNCTIONS(objective);
EOS_KIT_FACTORY_FUNCTIONS(policy);

#endif
