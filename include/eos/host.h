/* What the host offers to a plugin. Plugins never link libeos: they call the host through this table. */
#ifndef EOS_HOST_H
#define EOS_HOST_H

#include "config.h"
#include "data.h"

typedef struct eos_host eos_host;

/* A table of host functions, given to init and to every create. Valid until the plugin's deinit returns, or until the
 * object created with it is destroyed, whichever is later. Every function takes the table itself first. */
struct eos_host {
    uint32_t struct_size;
    uint32_t abi;         /* EOS_ABI of the host */
    void *host_data;      /* the host's own */
    const char *name;     /* "eos" */
    const char *version;  /* "1.0.0" */

    /* [any] A further table by id, such as "vendor.thing/1"; NULL where this host lacks it. */
    const void *(*get_extension)(const eos_host *host, const char *id);

    /* [any] Writes one line to the run's log; level is EOS_LOG_*. */
    void (*log)(const eos_host *host, int32_t level, const char *message);

    /* [run] Says why a call fails: `return host->fail(host, EOS_E_CONFIG, "layers: ...")`. Returns status. */
    eos_status (*fail)(const eos_host *host, eos_status status, const char *message);

    /* [any] Non-zero once a stop was asked for: an evaluation that takes seconds should look and return
     * EOS_E_CANCELLED. */
    int32_t (*cancelled)(const eos_host *host);

    /* [any] Counter-based random numbers: element i of `out` depends on seed and first + i only. The bits are
     * the output of SplitMix64 started at seed: (seed 1, counter 0) gives 0x910a2dec89025cc1. */
    void (*random_bits)(const eos_host *host, uint64_t seed, uint64_t first, int64_t count, uint64_t *out);
    /* The upper 53 bits of each times 2^-53: uniform in [0, 1). */
    void (*random_uniform)(const eos_host *host, uint64_t seed, uint64_t first, int64_t count, double *out);
    /* Standard normal by Box and Muller: element i uses counters 2 (first + i) and 2 (first + i) + 1. */
    void (*random_normal)(const eos_host *host, uint64_t seed, uint64_t first, int64_t count, double *out);

    /* [run] Calls body(ctx, i) for every i in 0 ..< count on the run's threads and returns when all are done. Which
     * thread takes which i is not defined: write results to places of i's own, and sum them in order afterwards. Mostly
     * a thread takes neighbouring i, the same in every loop of the same count, so that what i works on stays in its
     * cache. */
    void (*parallel)(const eos_host *host, int64_t count, void (*body)(void *ctx, int64_t i), void *ctx);

    /* [any] Values of a configuration. EOS_E_NOT_FOUND where the key has no value, EOS_E_CONFIG where it has another
     * type. Strings and arrays are lent until the create call that was given the configuration returns. */
    eos_status (*get_bool)(const eos_host *host, const eos_config *config, const char *key, int32_t *out);
    eos_status (*get_i64)(const eos_host *host, const eos_config *config, const char *key, int64_t *out);
    eos_status (*get_f64)(const eos_host *host, const eos_config *config, const char *key, double *out);
    eos_status (*get_string)(const eos_host *host, const eos_config *config, const char *key, const char **out);
    eos_status (*get_f64_array)(const eos_host *host, const eos_config *config, const char *key, const double **out,
                                int64_t *count);
    eos_status (*get_strings)(const eos_host *host, const eos_config *config, const char *key,
                              const char *const **out, int64_t *count);

    /* [run] Reads or generates the data set that the keys data.* describe, as EOS_F32 or EOS_F64. The set stays valid
     * until release_data; release_data(NULL) does nothing. */
    eos_status (*load_data)(const eos_host *host, const eos_config *config, uint32_t dtype, const eos_dataset **out);
    void (*release_data)(const eos_host *host, const eos_dataset *data);
};

#endif
