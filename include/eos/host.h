/* The functions that the host offers to a plugin. Plugins never link libeos. They call the host through this table. */
#ifndef EOS_HOST_H
#define EOS_HOST_H

#include "config.h"
#include "data.h"

typedef struct eos_host eos_host;

/* A table of functions of the host. The host passes it to init and to every create. It is valid until deinit of the
 * plugin returns, or until the object that was created with it is destroyed, whichever is later. The first argument of
 * every function is the table itself. */
struct eos_host {
    uint32_t struct_size;
    uint32_t abi;        /* EOS_ABI of the host */
    void *host_data;     /* private data of the host */
    const char *name;    /* "eos" */
    const char *version; /* "1.0.0" */

    /* [any] Returns another table by its id, such as "vendor.thing/1", or NULL if this host does not have it. */
    const void *(*get_extension)(const eos_host *host, const char *id);

    /* [any] Writes one line to the log of the run. level is EOS_LOG_*. */
    void (*log)(const eos_host *host, int32_t level, const char *message);

    /* [run] Sets the error message of a call that fails, and returns status. Use it as
     * `return host->fail(host, EOS_E_CONFIG, "layers: ...")`. */
    eos_status (*fail)(const eos_host *host, eos_status status, const char *message);

    /* [any] Returns non-zero after a stop was requested. An evaluation that takes seconds should call this function now
     * and then, and return EOS_E_CANCELLED if the result is not zero. */
    int32_t (*cancelled)(const eos_host *host);

    /* [any] Counter-based random numbers. Element i of `out` depends only on seed and first + i. The bits are the
     * output of SplitMix64 started at seed. For example, seed 1 and counter 0 give 0x910a2dec89025cc1. */
    void (*random_bits)(const eos_host *host, uint64_t seed, uint64_t first, int64_t count, uint64_t *out);
    /* The upper 53 bits of each random number times 2^-53. The results are uniform in [0, 1). */
    void (*random_uniform)(const eos_host *host, uint64_t seed, uint64_t first, int64_t count, double *out);
    /* Standard normal numbers by the method of Box and Muller. Element i uses the counters 2 (first + i) and
     * 2 (first + i) + 1. */
    void (*random_normal)(const eos_host *host, uint64_t seed, uint64_t first, int64_t count, double *out);

    /* [run] Calls body(ctx, i) for every i with 0 <= i < count on the threads of the run, and returns after the last
     * call has ended. Which thread calls which i is not defined. Write the result of each i to a place of its own, and
     * sum the results in order afterwards. Usually, a thread gets neighbouring i, and the same i in every loop with the
     * same count, so that its data stay in its cache. */
    void (*parallel)(const eos_host *host, int64_t count, void (*body)(void *ctx, int64_t i), void *ctx);

    /* [any] Read the value of a key. They return EOS_E_NOT_FOUND if the key has no value, and EOS_E_CONFIG if the value
     * has another type. Strings and arrays are valid until the create call that received the configuration returns. */
    eos_status (*get_bool)(const eos_host *host, const eos_config *config, const char *key, int32_t *out);
    eos_status (*get_i64)(const eos_host *host, const eos_config *config, const char *key, int64_t *out);
    eos_status (*get_f64)(const eos_host *host, const eos_config *config, const char *key, double *out);
    eos_status (*get_string)(const eos_host *host, const eos_config *config, const char *key, const char **out);
    eos_status (*get_f64_array)(const eos_host *host, const eos_config *config, const char *key, const double **out,
                                int64_t *count);
    eos_status (*get_strings)(const eos_host *host, const eos_config *config, const char *key, const char *const **out,
                              int64_t *count);

    /* [run] Reads or generates the data set that the keys data.* describe, with elements of type EOS_F32 or EOS_F64.
     * The data set is valid until release_data is called with it. If `data` is NULL, release_data does nothing. */
    eos_status (*load_data)(const eos_host *host, const eos_config *config, uint32_t dtype, const eos_dataset **out);
    void (*release_data)(const eos_host *host, const eos_dataset *data);
};

#endif
