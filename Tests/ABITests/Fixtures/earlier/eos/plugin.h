/* What a plugin was built with before fields were appended: eos.h with every table, row and scalar struct cut after the
 * last field that it must have. Kept as it is for as long as the major version is 1: a plugin built with it runs. */
#ifndef EOS_PLUGIN_H
#define EOS_PLUGIN_H

#include <stdint.h>

#define EOS_ABI_MAJOR 1
#define EOS_ABI_MINOR 0

enum { EOS_F32 = 1, EOS_F64 = 2 };
enum { EOS_OK = 0, EOS_RECOVERABLE = 1, EOS_E_INVALID = -1, EOS_E_MEMORY = -2, EOS_E_FAILED = -12 };
typedef int32_t eos_status;

enum { EOS_TYPE_BOOL = 1, EOS_TYPE_I64 = 2, EOS_TYPE_F64 = 3, EOS_TYPE_STRING = 4 };

typedef struct eos_parameter {
    uint32_t struct_size;
    uint32_t type;
    const char *key;
    const char *default_value;
    double minimum, maximum;
    const char *unit;
    const char *choices;
    const char *text;
} eos_parameter;

typedef struct eos_config eos_config;
typedef struct eos_dataset eos_dataset;

typedef struct eos_host eos_host;
struct eos_host {
    uint32_t struct_size;
    uint32_t abi;
    void *host_data;
    const char *name;
    const char *version;
    const void *(*get_extension)(const eos_host *host, const char *id);
    void (*log)(const eos_host *host, int32_t level, const char *message);
    eos_status (*fail)(const eos_host *host, eos_status status, const char *message);
    int32_t (*cancelled)(const eos_host *host);
    void (*random_bits)(const eos_host *host, uint64_t seed, uint64_t first, int64_t count, uint64_t *out);
    void (*random_uniform)(const eos_host *host, uint64_t seed, uint64_t first, int64_t count, double *out);
    void (*random_normal)(const eos_host *host, uint64_t seed, uint64_t first, int64_t count, double *out);
    void (*parallel)(const eos_host *host, int64_t count, void (*body)(void *ctx, int64_t i), void *ctx);
    eos_status (*get_bool)(const eos_host *host, const eos_config *config, const char *key, int32_t *out);
    eos_status (*get_i64)(const eos_host *host, const eos_config *config, const char *key, int64_t *out);
    eos_status (*get_f64)(const eos_host *host, const eos_config *config, const char *key, double *out);
};

enum { EOS_OBJECTIVE_DETERMINISTIC = 1, EOS_OBJECTIVE_REENTRANT = 2, EOS_OBJECTIVE_NONNEGATIVE = 4 };

typedef struct eos_objective_description {
    uint32_t struct_size;
    uint32_t dtype;
    int64_t dimension;
    uint32_t space;
    uint32_t flags;
} eos_objective_description;

enum { EOS_WANT_VALUE = 1, EOS_WANT_GRADIENT = 2 };

typedef struct eos_evaluation {
    uint32_t struct_size;
    uint32_t want;
    const void *x;
    void *gradient;
    double value;
} eos_evaluation;

typedef struct eos_objective_ops {
    uint32_t struct_size;
    uint32_t reserved;
    void (*destroy)(void *self);
    eos_status (*describe)(void *self, eos_objective_description *out);
    eos_status (*initial_point)(void *self, uint64_t seed, void *x);
    eos_status (*evaluate)(void *self, eos_evaluation *evaluation);
} eos_objective_ops;

typedef struct eos_iterate {
    uint32_t struct_size;
    uint32_t reserved;
    int64_t iteration;
    double value;
    double best_value;
    double slope;
    double gradient_norm2;
    double direction_norm2;
    double last_step;
} eos_iterate;

typedef struct eos_trial {
    uint32_t struct_size;
    int32_t finite;
    int64_t index;
    double step;
    double value;
} eos_trial;

enum { EOS_TRY = 0, EOS_ACCEPT = 1 };

typedef struct eos_verdict {
    uint32_t struct_size;
    int32_t action;
    double step;
} eos_verdict;

typedef struct eos_policy_ops {
    uint32_t struct_size;
    uint32_t reserved;
    void (*destroy)(void *self);
    eos_status (*propose)(void *self, const eos_iterate *iterate, double *step);
    eos_status (*judge)(void *self, const eos_iterate *iterate, const eos_trial *trial, eos_verdict *verdict);
} eos_policy_ops;

typedef struct eos_descriptor {
    uint32_t struct_size;
    uint32_t flags;
    const char *id;
    const char *title;
#ifndef WITHOUT_PARAMETERS
    const char *source;
    const eos_parameter *parameters;
    int64_t parameter_count;
#endif
} eos_descriptor;

#define EOS_OBJECTIVE_FACTORY "eos.objective/1"
#define EOS_POLICY_FACTORY "eos.policy/1"

typedef struct eos_objective_factory {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx;
    int64_t (*count)(void *ctx);
    const eos_descriptor *(*descriptor)(void *ctx, int64_t index);
    eos_status (*create)(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_objective_ops **ops, void **self);
} eos_objective_factory;

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
    uint16_t abi_major;
    uint16_t abi_minor;
    const char *id;
    const char *version;
    const char *licence;
    const char *toolchain;
    eos_status (*init)(const eos_host *host);
    void (*deinit)(void);
    const void *(*get_factory)(const char *id);
} eos_plugin;

const eos_plugin *eos_plugin_entry(uint32_t host_abi);

#endif
