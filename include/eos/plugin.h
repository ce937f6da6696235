/* The entry of a plugin. A plugin is a shared object that exports one function, eos_plugin_entry.
 *
 * A plugin is a guest in the process of the host. Every function and every constructor of a plugin must leave the
 * following state as it was:
 *
 * - of the thread: the floating-point control (rounding, flushing of denormals, trapped exceptions), the signal mask,
 *   and the locale that uselocale sets;
 * - of the process: the working directory, the locale that setlocale sets, and the action of every signal.
 *
 * After a call the host restores what has changed and logs a warning. After most evaluations it checks only rounding
 * and denormals. After the first evaluation and after every other call it checks the whole list. In a program that uses
 * libeos, the host restores only the state of the thread, because another thread of the program may change the state of
 * the process during the call. The programs of eos restore both.
 *
 * A plugin must never end the process. It must not print: it reports through eos_host.fail and eos_host.log. The
 * programs of eos end by _exit, which runs no exit handlers and no destructors of a plugin. Use deinit instead. */
#ifndef EOS_PLUGIN_H
#define EOS_PLUGIN_H

#include "host.h"
#include "objective.h"
#include "policy.h"

/* Flags of a descriptor. */
enum { EOS_USES_DATA = 1 /* accepts the keys data.* of the host besides its own */ };

/* One type of object that a factory can create. All pointers point to constants of the plugin. */
typedef struct eos_descriptor {
    uint32_t struct_size;
    uint32_t flags;                  /* EOS_USES_DATA */
    const char *id;                  /* "org.example.name"; the last part is the short name in specs */
    const char *title;               /* one line */
    const char *source;              /* paper or page; NULL if there is none */
    const eos_parameter *parameters; /* rows of the schema; see eos_parameter */
    int64_t parameter_count;
} eos_descriptor;

#define EOS_OBJECTIVE_FACTORY "eos.objective/1"
#define EOS_POLICY_FACTORY "eos.policy/1"

/* Creates objectives. get_factory(EOS_OBJECTIVE_FACTORY) returns it. [run] */
typedef struct eos_objective_factory {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx;
    int64_t (*count)(void *ctx);
    const eos_descriptor *(*descriptor)(void *ctx, int64_t index);
    /* Creates the objective `id`. If it returns EOS_OK, *ops is a constant table, and the host destroys *self through
     * it. */
    eos_status (*create)(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_objective_ops **ops, void **self);
} eos_objective_factory;

/* Creates policies. get_factory(EOS_POLICY_FACTORY) returns it. [run] */
typedef struct eos_policy_factory {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx;
    int64_t (*count)(void *ctx);
    const eos_descriptor *(*descriptor)(void *ctx, int64_t index);
    eos_status (*create)(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_policy_ops **ops, void **self);
} eos_policy_factory;

typedef struct eos_plugin {
    uint32_t struct_size;
    uint16_t abi_major;    /* EOS_ABI_MAJOR */
    uint16_t abi_minor;    /* EOS_ABI_MINOR */
    const char *id;        /* reverse domain name: "org.example.models" */
    const char *version;   /* version of the plugin: "1.2.0" */
    const char *licence;   /* SPDX expression */
    const char *toolchain; /* the compiler that built it; NULL if unknown */
    /* The host calls init once, before anything else. If NULL, there is nothing to do. */
    eos_status (*init)(const eos_host *host);
    /* `eos` and the workers of eosd call deinit once before they end. By then all results are saved and every object of
     * the plugin is destroyed. If an object is left, they do not call it. If deinit crashes or has not returned after 3
     * seconds, they print a warning and the exit status stays the same. libeos never calls it, and neither do processes
     * that only inspect a plugin. Plugins are never unloaded. If NULL, there is nothing to do. */
    void (*deinit)(void);
    /* Returns the table for EOS_OBJECTIVE_FACTORY or EOS_POLICY_FACTORY, or NULL if the plugin does not know the id. */
    const void *(*get_factory)(const char *id);
} eos_plugin;

#ifdef __cplusplus
extern "C" {
#endif

/* Every plugin defines this function. It returns a constant table, or NULL if it cannot serve `host_abi` (an EOS_ABI).
 */
EOS_EXPORT const eos_plugin *eos_plugin_entry(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif
