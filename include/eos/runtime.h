/* libeos: contexts, configurations, plugins, and objectives and policies as handles. */
#ifndef EOS_RUNTIME_H
#define EOS_RUNTIME_H

#include "plugin.h"

typedef struct eos_context eos_context;
typedef struct eos_objective eos_objective;
typedef struct eos_policy eos_policy;

#ifdef __cplusplus
extern "C" {
#endif

/* [any] The version of the library, "1.0.0", and its EOS_ABI. */
EOS_EXPORT const char *eos_version(void);
EOS_EXPORT uint32_t eos_abi(void);

/* [any] Constant texts for a status ("not enough memory"), a stop reason and a reason for a step; for a number that is
 * none of them, "unknown". */
EOS_EXPORT const char *eos_status_text(eos_status status);
EOS_EXPORT const char *eos_stop_text(int32_t stop);
EOS_EXPORT const char *eos_reason_text(int32_t reason);

/* Contexts ---------------------------------------------------------------------------------------------------------
 * A context holds the plugins that were loaded, the threads and the last error. Every object belongs to the context
 * it was made with and keeps what it needs of it: objects and context may be freed in any order. Two contexts share
 * nothing. Where a function takes a context, NULL is an error except where its comment says otherwise.
 *
 * Texts are UTF-8. An id or a key that is not UTF-8 is refused with EOS_E_INVALID. Paths and the values of a
 * configuration are bytes, whatever they are: a value comes back with the same bytes. In a message, including those
 * that plugins log or give to eos_host.fail, each byte that is not UTF-8 is shown as \xNN. */

/* [any] */
EOS_EXPORT eos_status eos_context_new(eos_context **out);
/* [owner] NULL does nothing. */
EOS_EXPORT void eos_context_free(eos_context *context);
/* [owner] Threads for eos_host.parallel and for a trainer's sums over long vectors, the calling one included; 1 to
 * 1024, at first the processors available. Takes effect for objectives, and trainers of ask and tell, made afterwards.
 */
EOS_EXPORT eos_status eos_context_set_threads(eos_context *context, int64_t threads);
/* [owner] Where log lines go; NULL: nowhere (as at first). log is called [any]. destroy(ctx), unless NULL, is called
 * once: when the context and all its objects are gone, when another log is set, or at once if this call fails. It is
 * called outside of every lock and may call the library. */
EOS_EXPORT eos_status eos_context_set_log(eos_context *context,
                                          void (*log)(void *ctx, int32_t level, const char *message) EOS_SENDABLE,
                                          void *ctx, void (*destroy)(void *ctx) EOS_SENDABLE);

/* [any] Copies the sentence about the last call that failed on this context, or for NULL about the last failure on the
 * calling thread, into buffer (size bytes, always ended by a zero byte where size > 0). Returns the length of the whole
 * sentence in bytes: a result >= size means that it was cut. Empty where nothing failed. */
EOS_EXPORT int64_t eos_last_error(const eos_context *context, char *buffer, int64_t size);

/* Configurations ---------------------------------------------------------------------------------------------------
 * Values for keys, checked against a schema only when something is made from them. [owner] */

EOS_EXPORT eos_status eos_config_new(eos_context *context, eos_config **out);
EOS_EXPORT void eos_config_free(eos_config *config);
EOS_EXPORT eos_status eos_config_set_bool(eos_config *config, const char *key, int32_t value);
EOS_EXPORT eos_status eos_config_set_i64(eos_config *config, const char *key, int64_t value);
EOS_EXPORT eos_status eos_config_set_f64(eos_config *config, const char *key, double value);
EOS_EXPORT eos_status eos_config_set_string(eos_config *config, const char *key, const char *value);
EOS_EXPORT eos_status eos_config_set_f64_array(eos_config *config, const char *key, const double *values,
                                               int64_t count);
EOS_EXPORT eos_status eos_config_set_strings(eos_config *config, const char *key, const char *const *values,
                                             int64_t count);
/* Sets several at once from text, as in a spec: "c=1e-4 layers=[64,100,10] activation=relu". Assignments are separated
 * by white space; a value with a space in it is quoted with "". On an error nothing is set. */
EOS_EXPORT eos_status eos_config_set_text(eos_config *config, const char *assignments);

/* EOS_E_NOT_FOUND where the key was not set, EOS_E_CONFIG where it has another type (an integer reads as f64 too).
 * Strings and arrays are lent until the next set of that key or the free. */
EOS_EXPORT eos_status eos_config_get_bool(const eos_config *config, const char *key, int32_t *out);
EOS_EXPORT eos_status eos_config_get_i64(const eos_config *config, const char *key, int64_t *out);
EOS_EXPORT eos_status eos_config_get_f64(const eos_config *config, const char *key, double *out);
EOS_EXPORT eos_status eos_config_get_string(const eos_config *config, const char *key, const char **out);
EOS_EXPORT eos_status eos_config_get_f64_array(const eos_config *config, const char *key, const double **out,
                                               int64_t *count);
EOS_EXPORT eos_status eos_config_get_strings(const eos_config *config, const char *key, const char *const **out,
                                             int64_t *count);

/* Plugins ----------------------------------------------------------------------------------------------------------
 * Loading runs the code of the file. A plugin stays loaded until the process ends. [owner] */

/* Loads the shared object at `path` and makes what it offers known to the context. Loading it again does nothing. *out,
 * unless out is NULL, is lent for ever. */
EOS_EXPORT eos_status eos_load_plugin(eos_context *context, const char *path, const eos_plugin **out);
/* Loads every *.so in a directory; files that are refused are skipped and logged as warnings. *loaded, unless NULL, is
 * the number that is now known from there. EOS_E_IO where the directory can't be read. */
EOS_EXPORT eos_status eos_load_plugins(eos_context *context, const char *directory, int64_t *loaded);

enum { EOS_KIND_OBJECTIVE = 1, EOS_KIND_POLICY = 2 };
/* What can be made: number `index` of `kind`, built-in policies first; EOS_E_NOT_FOUND past the last. Lent until the
 * next plugin is loaded or the context is freed. */
EOS_EXPORT eos_status eos_descriptor_at(eos_context *context, int32_t kind, int64_t index,
                                        const eos_descriptor **out);

/* Objectives and policies ------------------------------------------------------------------------------------------ */

/* [owner] Makes the objective `id` (short name or whole id) of a loaded plugin. config may be NULL: defaults. */
EOS_EXPORT eos_status eos_objective_new(eos_context *context, const char *id, const eos_config *config,
                                        eos_objective **out);
/* [owner] Makes an objective from a table of the program's own. ops stays valid until destroy. The library destroys
 * self exactly once: when the objective goes, or at once if this call fails, also for a context or out that is NULL.
 * The exception is a table that is NULL or whose struct_size does not cover destroy: then self remains the caller's. */
EOS_EXPORT eos_status eos_objective_from_table(eos_context *context, const eos_objective_ops *ops, void *self,
                                               eos_objective **out);
/* [owner] A trainer keeps the objective that it uses. NULL does nothing. */
EOS_EXPORT void eos_objective_free(eos_objective *objective);
/* [owner] Fills *out; set out->struct_size before. */
EOS_EXPORT eos_status eos_objective_describe(const eos_objective *objective, eos_objective_description *out);
/* [owner] x: n elements of the objective's dtype, out. */
EOS_EXPORT eos_status eos_objective_initial_point(eos_objective *objective, uint64_t seed, void *x);
/* [owner] EOS_OK, EOS_RECOVERABLE where the value is not finite, or an error. */
EOS_EXPORT eos_status eos_objective_evaluate(eos_objective *objective, const void *x, double *value, void *gradient);
/* [owner] out = H(x) v, from the objective's own products, else by central differences of gradients. */
EOS_EXPORT eos_status eos_objective_curvature(eos_objective *objective, const void *x, const void *v, void *out);
/* [owner] What metric number `index` is; EOS_E_NOT_FOUND past the last. Its texts live as long as the objective. */
EOS_EXPORT eos_status eos_objective_metric(eos_objective *objective, int64_t index, eos_metric *out);
/* [owner] The values of all metrics at x, `count` of them. */
EOS_EXPORT eos_status eos_objective_measure(eos_objective *objective, const void *x, double *values, int64_t count);

/* [owner] Makes the policy `id`: a built-in one ("nls", "constant") or one of a loaded plugin. */
EOS_EXPORT eos_status eos_policy_new(eos_context *context, const char *id, const eos_config *config,
                                     eos_policy **out);
/* [owner] Makes a policy from a table of the program's own, on the terms of eos_objective_from_table. */
EOS_EXPORT eos_status eos_policy_from_table(eos_context *context, const eos_policy_ops *ops, void *self,
                                            eos_policy **out);
/* [owner] A trainer keeps the policy that it uses. NULL does nothing. */
EOS_EXPORT void eos_policy_free(eos_policy *policy);

#ifdef __cplusplus
}
#endif

#endif
