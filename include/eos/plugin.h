/* The entry of a plugin: a shared object that exports one function, eos_plugin_entry.
 *
 * A plugin is a guest in the host's process. Every function of a plugin, and every constructor, must leave the
 * following as it found it:
 *
 * - of the thread: the floating-point control (rounding, flushing of denormals, trapped exceptions), the signal mask
 *   and the locale that uselocale sets;
 * - of the process: the working directory, the locale that setlocale sets, and the action of every signal.
 *
 * After a call the host restores what has changed, and logs a warning. After an evaluation it restores rounding and
 * denormals; after every other call, and after the first evaluation, the whole list. In a program that uses libeos,
 * the host restores the thread's part only, because another thread of the program may change the rest during the call.
 * The programs of eos restore both parts.
 *
 * A plugin must never end the process. It must print nothing: it has eos_host.fail and eos_host.log. The programs of
 * eos end by _exit, so exit handlers and destructors of a plugin do not run in them: use deinit. */
#ifndef EOS_PLUGIN_H
#define EOS_PLUGIN_H

#include "host.h"
#include "objective.h"
#include "policy.h"

/* Flags of a descriptor. */
enum { EOS_USES_DATA = 1 /* takes the host's keys data.* besides its own */ };

/* What a factory can create. All pointers are constants of the plugin. */
typedef struct eos_descriptor {
    uint32_t struct_size;
    uint32_t flags;                   /* EOS_USES_DATA */
    const char *id;                   /* "org.example.name"; its last part is the short name in specs */
    const char *title;                /* one line */
    const char *source;               /* paper or page; NULL: none */
    const eos_parameter *parameters;  /* rows of the schema; see eos_parameter for their distance */
    int64_t parameter_count;
} eos_descriptor;

#define EOS_OBJECTIVE_FACTORY "eos.objective/1"
#define EOS_POLICY_FACTORY "eos.policy/1"

/* Returned by get_factory(EOS_OBJECTIVE_FACTORY). [run] */
typedef struct eos_objective_factory {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx;
    int64_t (*count)(void *ctx);
    const eos_descriptor *(*descriptor)(void *ctx, int64_t index);
    /* Makes the objective `id`. On EOS_OK *ops is a constant table and *self is destroyed through it. */
    eos_status (*create)(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_objective_ops **ops, void **self);
} eos_objective_factory;

/* Returned by get_factory(EOS_POLICY_FACTORY). [run] */
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
    uint16_t abi_major;     /* EOS_ABI_MAJOR */
    uint16_t abi_minor;     /* EOS_ABI_MINOR */
    const char *id;         /* reverse DNS: "org.example.models" */
    const char *version;    /* of the plugin: "1.2.0" */
    const char *licence;    /* SPDX expression */
    const char *toolchain;  /* what built it; NULL: not said */
    /* Called once before anything else; NULL: nothing to do. */
    eos_status (*init)(const eos_host *host);
    /* `eos` and the workers of eosd call it once before they end, after all results are saved and every object of the
     * plugin is destroyed. If an object is left, they do not call it. A deinit that crashes, or that has not returned
     * after 3 seconds, leaves a warning and does not change the exit status. libeos never calls it, and neither do
     * processes that only look at a plugin. Plugins are never unloaded. If NULL, there is nothing to do. */
    void (*deinit)(void);
    /* The table for EOS_OBJECTIVE_FACTORY or EOS_POLICY_FACTORY; NULL for an id that the plugin does not know. */
    const void *(*get_factory)(const char *id);
} eos_plugin;

#ifdef __cplusplus
extern "C" {
#endif

/* What a plugin defines: returns a constant table, or NULL where it can't serve `host_abi` (an EOS_ABI). */
EOS_EXPORT const eos_plugin *eos_plugin_entry(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif
