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

/* [any] Return the version of the library ("1.0.0") and its EOS_ABI. */
EOS_EXPORT const char *eos_version(void);
EOS_EXPORT uint32_t eos_abi(void);

/* [any] Return the constant text of a status ("not enough memory"), of a stop reason or of a reason for a step. The
 * text of any other number is "unknown". */
EOS_EXPORT const char *eos_status_text(eos_status status);
EOS_EXPORT const char *eos_stop_text(int32_t stop);
EOS_EXPORT const char *eos_reason_text(int32_t reason);

/* Contexts ---------------------------------------------------------------------------------------------------------
 * A context holds the loaded plugins, the threads and the last error. Every object belongs to the context that made it
 * and keeps what it needs of this context, so that objects and context may be freed in any order. Two contexts share
 * nothing. If a function takes a context, NULL is an error unless the comment of the function says otherwise.
 *
 * Texts are UTF-8. The library refuses an id or a key that is not UTF-8 with EOS_E_INVALID. Paths and the values of a
 * configuration may contain any bytes, and a value comes back with the same bytes. In messages, including those that
 * plugins log or pass to eos_host.fail, a byte that is not part of valid UTF-8 appears as \xNN. */

/* [any] Makes a context. */
EOS_EXPORT eos_status eos_context_new(eos_context **out);
/* [owner] Frees the context. If NULL, does nothing. */
EOS_EXPORT void eos_context_free(eos_context *context);
/* [owner] Sets the number of threads, from 1 to 1024, including the calling thread. They serve eos_host.parallel and
 * the trainer's sums over long vectors. The default is the number of available processors. The call affects objectives,
 * and trainers for ask and tell, that are made afterwards. */
EOS_EXPORT eos_status eos_context_set_threads(eos_context *context, int64_t threads);
/* [owner] Sets the function that receives log lines. If it is NULL, nothing receives them; this is the default. The
 * library calls log on any thread. If destroy is not NULL, destroy(ctx) is called exactly once: when the context and
 * all its objects are freed, when another log is set, or at once if this call fails. It is called outside all locks and
 * may call the library. */
EOS_EXPORT eos_status eos_context_set_log(eos_context *context,
                                          void (*log)(void *ctx, int32_t level, const char *message) EOS_SENDABLE,
                                          void *ctx, void (*destroy)(void *ctx) EOS_SENDABLE);

/* [any] Copies the message of the last call that failed on this context. If context is NULL, copies the message of the
 * last failure on the calling thread. `size` is the size of buffer in bytes. If size > 0, the text always ends with a
 * zero byte. Returns the length of the whole message in bytes; a result >= size means that the message was cut. The
 * message is empty if nothing has failed. */
EOS_EXPORT int64_t eos_last_error(const eos_context *context, char *buffer, int64_t size);

/* Configurations ---------------------------------------------------------------------------------------------------
 * A configuration holds values for keys. They are checked against a schema only when an object is made from them.
 * [owner] */

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
/* Sets several values from a text, as in a spec: "c=1e-4 layers=[64,100,10] activation=relu". White space separates the
 * assignments. Quote a value that contains a space with "". After an error, no value has changed. */
EOS_EXPORT eos_status eos_config_set_text(eos_config *config, const char *assignments);

/* Get the value of a key. They return EOS_E_NOT_FOUND if the key is not set, and EOS_E_CONFIG if its value has another
 * type. An integer can also be read as f64. Strings and arrays are valid until the key is set again or the
 * configuration is freed. */
EOS_EXPORT eos_status eos_config_get_bool(const eos_config *config, const char *key, int32_t *out);
EOS_EXPORT eos_status eos_config_get_i64(const eos_config *config, const char *key, int64_t *out);
EOS_EXPORT eos_status eos_config_get_f64(const eos_config *config, const char *key, double *out);
EOS_EXPORT eos_status eos_config_get_string(const eos_config *config, const char *key, const char **out);
EOS_EXPORT eos_status eos_config_get_f64_array(const eos_config *config, const char *key, const double **out,
                                               int64_t *count);
EOS_EXPORT eos_status eos_config_get_strings(const eos_config *config, const char *key, const char *const **out,
                                             int64_t *count);

/* Plugins ----------------------------------------------------------------------------------------------------------
 * Loading a plugin runs the code of its file. A plugin stays loaded until the process ends. [owner] */

/* Loads the shared object at `path` and makes its objectives and policies available in the context. Loading it again
 * does nothing. If out is not NULL, *out is the table of the plugin, which is valid until the process ends. */
EOS_EXPORT eos_status eos_load_plugin(eos_context *context, const char *path, const eos_plugin **out);
/* Loads every *.so in a directory. The function skips a file that is refused and logs a warning. If loaded is not NULL,
 * *loaded is the number of files of the directory that are now loaded. The function returns EOS_E_IO if it cannot read
 * the directory. */
EOS_EXPORT eos_status eos_load_plugins(eos_context *context, const char *directory, int64_t *loaded);

enum { EOS_KIND_OBJECTIVE = 1, EOS_KIND_POLICY = 2 };
/* Returns the descriptor number `index` of `kind`. Built-in policies come first. The function returns EOS_E_NOT_FOUND
 * past the last one. The descriptor is valid until the next plugin is loaded or the context is freed. */
EOS_EXPORT eos_status eos_descriptor_at(eos_context *context, int32_t kind, int64_t index, const eos_descriptor **out);

/* Objectives and policies ------------------------------------------------------------------------------------------ */

/* [owner] Makes the objective `id` of a loaded plugin. `id` is the short name or the whole id. If config is NULL, all
 * keys have their defaults. */
EOS_EXPORT eos_status eos_objective_new(eos_context *context, const char *id, const eos_config *config,
                                        eos_objective **out);
/* [owner] Makes an objective from a table of the program. `ops` must stay valid until destroy is called. The library
 * destroys self exactly once: when the objective is no longer used, or at once if this call fails, even if context or
 * out is NULL. There is one exception: if ops is NULL or its struct_size does not cover destroy, self still belongs to
 * the caller. */
EOS_EXPORT eos_status eos_objective_from_table(eos_context *context, const eos_objective_ops *ops, void *self,
                                               eos_objective **out);
/* [owner] Frees the objective. A trainer keeps the objective that it uses. If NULL, does nothing. */
EOS_EXPORT void eos_objective_free(eos_objective *objective);
/* [owner] Fills *out. Set out->struct_size before. */
EOS_EXPORT eos_status eos_objective_describe(const eos_objective *objective, eos_objective_description *out);
/* [owner] Writes the initial point for `seed` to x, which has room for n elements of the objective's dtype. */
EOS_EXPORT eos_status eos_objective_initial_point(eos_objective *objective, uint64_t seed, void *x);
/* [owner] Evaluates the objective at x. If gradient is NULL, only the value is computed. Returns EOS_OK,
 * EOS_RECOVERABLE if the value is not finite, or an error. */
EOS_EXPORT eos_status eos_objective_evaluate(eos_objective *objective, const void *x, double *value, void *gradient);
/* [owner] Computes out = H(x) v from the products of the objective or, if it has none, from central differences of
 * gradients. */
EOS_EXPORT eos_status eos_objective_curvature(eos_objective *objective, const void *x, const void *v, void *out);
/* [owner] Describes metric number `index`. Returns EOS_E_NOT_FOUND past the last one. The texts are valid as long as
 * the objective. */
EOS_EXPORT eos_status eos_objective_metric(eos_objective *objective, int64_t index, eos_metric *out);
/* [owner] Writes the values of all metrics at x. `count` is their number. */
EOS_EXPORT eos_status eos_objective_measure(eos_objective *objective, const void *x, double *values, int64_t count);

/* [owner] Makes the policy `id`, which is built in ("nls", "constant") or comes from a loaded plugin. */
EOS_EXPORT eos_status eos_policy_new(eos_context *context, const char *id, const eos_config *config, eos_policy **out);
/* [owner] Makes a policy from a table of the program. The rules of eos_objective_from_table apply. */
EOS_EXPORT eos_status eos_policy_from_table(eos_context *context, const eos_policy_ops *ops, void *self,
                                            eos_policy **out);
/* [owner] Frees the policy. A trainer keeps the policy that it uses. If NULL, does nothing. */
EOS_EXPORT void eos_policy_free(eos_policy *policy);

#ifdef __cplusplus
}
#endif

#endif
