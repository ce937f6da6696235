/* The entry of a plugin in C in one line, for a plugin that has descriptors and a create function of its own. Write it
 * once, at the end of one file:
 *
 *     static const eos_descriptor descriptors[] = {{.struct_size = sizeof(eos_descriptor), .id = "org.example.bowl"}};
 *     EOS_OBJECTIVE_PLUGIN(descriptors, bowl_create, .id = "org.example.bowl", .version = "1.0.0", .licence = "MIT");
 *
 * `create` is the function of the factory, and receives the id of a descriptor. The last arguments initialise fields of
 * eos_plugin, for example `init`. A plugin in C++, or one that offers both objectives and policies, defines
 * eos_plugin_entry itself or uses eos/kit.h, which also makes and frees the objects. The macros of eos/kit.h have the
 * same names and other arguments: include one of the two headers. */
#ifndef EOS_ENTRY_H
#define EOS_ENTRY_H

#ifdef EOS_KIT_ENTRY_H
#error "include eos/entry.h or eos/kit.h, not both: their macros have the same names"
#endif

#include <string.h>

#include "plugin.h"

#define EOS_OBJECTIVE_PLUGIN(descriptors, create, ...)                                                                 \
    EOS_ENTRY(eos_objective_factory, EOS_OBJECTIVE_FACTORY, descriptors, create, __VA_ARGS__)
#define EOS_POLICY_PLUGIN(descriptors, create, ...)                                                                    \
    EOS_ENTRY(eos_policy_factory, EOS_POLICY_FACTORY, descriptors, create, __VA_ARGS__)

/* host_abi is ignored: a host of another major version refuses the table because of its abi_major, and can name both
 * versions. The typedef at the end takes the semicolon, or nothing. */
#define EOS_ENTRY(factory_type, factory_id, descriptors, make, ...)                                                    \
    static int64_t eos_entry_count(void *ctx) {                                                                        \
        (void)ctx;                                                                                                     \
        return (int64_t)(sizeof(descriptors) / sizeof *(descriptors));                                                 \
    }                                                                                                                  \
    static const eos_descriptor *eos_entry_descriptor(void *ctx, int64_t index) {                                      \
        return index >= 0 && index < eos_entry_count(ctx) ? &(descriptors)[index] : NULL;                              \
    }                                                                                                                  \
    static const void *eos_entry_factory(const char *id) {                                                             \
        static const factory_type factory = {.struct_size = sizeof(factory_type),                                      \
                                             .count = eos_entry_count,                                                 \
                                             .descriptor = eos_entry_descriptor,                                       \
                                             .create = make};                                                          \
        return strcmp(id, factory_id) == 0 ? &factory : NULL;                                                          \
    }                                                                                                                  \
    const eos_plugin *eos_plugin_entry(uint32_t host_abi) {                                                            \
        static const eos_plugin plugin = {.struct_size = sizeof(eos_plugin),                                           \
                                          .abi_major = EOS_ABI_MAJOR,                                                  \
                                          .abi_minor = EOS_ABI_MINOR,                                                  \
                                          .toolchain = __VERSION__,                                                    \
                                          .get_factory = eos_entry_factory,                                            \
                                          __VA_ARGS__};                                                                \
        (void)host_abi;                                                                                                \
        return &plugin;                                                                                                \
    }                                                                                                                  \
    typedef int eos_entry_is_defined

#endif
