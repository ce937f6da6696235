/* Values of a configuration, by key. */
#ifndef EOS_KIT_VALUES_H
#define EOS_KIT_VALUES_H

#include <string.h>

#include "failures.h"
#include "tables.h"

/* Reads values one after the other. `status` keeps the first failure, whose message has been set. Reads after a failure
 * do nothing and return zero or NULL. */
typedef struct eos_values {
    const eos_host *host;
    const eos_config *config;
    eos_status status;
} eos_values;

static inline eos_values eos_values_of(const eos_host *host, const eos_config *config) {
    eos_values values = {host, config, EOS_OK};
    return values;
}

/* Returns 1 if the call gave a value. */
static inline int eos_kit_gave(eos_values *values, const char *key, const char *type, eos_status status) {
    if (status == EOS_E_NOT_FOUND) {
        values->status = eos_fail(values->host, status, "%s has no value; set it, or give its row a default", key);
    } else if (status) {
        values->status =
            eos_fail(values->host, status, "%s cannot be read as %s; check the type in its row", key, type);
    }
    return !status;
}

/* eos_value_NAME(values, key) returns the value of a key. It fails if the key has no value, so its row needs a default
 * or EOS_PARAMETER_REQUIRED. eos_value_NAME_or(values, key, otherwise) returns `otherwise` if the key has no value. A
 * string is valid until the create call returns. */
#define EOS_KIT_VALUE(name, type, zero, text)                                                                          \
    static inline type eos_kit_value_##name(eos_values *values, const char *key, int is_needed, type otherwise) {      \
        type value = zero;                                                                                             \
        if (values->status) return zero;                                                                               \
        eos_status status = values->host->get_##name(values->host, values->config, key, &value);                       \
        if (status == EOS_E_NOT_FOUND && !is_needed) return otherwise;                                                 \
        return eos_kit_gave(values, key, text, status) ? value : zero;                                                 \
    }                                                                                                                  \
    static inline type eos_value_##name(eos_values *values, const char *key) {                                         \
        return eos_kit_value_##name(values, key, 1, zero);                                                             \
    }                                                                                                                  \
    static inline type eos_value_##name##_or(eos_values *values, const char *key, type otherwise) {                    \
        return eos_kit_value_##name(values, key, 0, otherwise);                                                        \
    }                                                                                                                  \
    EOS_KIT_END
EOS_KIT_VALUE(bool, int32_t, 0, "true or false");
EOS_KIT_VALUE(i64, int64_t, 0, "an integer");
EOS_KIT_VALUE(f64, double, 0, "a number");
EOS_KIT_VALUE(string, const char *, NULL, "a string");

/* Return a value whose range the schema cannot know, for example because it depends on the data or on another key. The
 * limits are inclusive. */
static inline int64_t eos_value_i64_in(eos_values *values, const char *key, int64_t minimum, int64_t maximum) {
    int64_t value = eos_value_i64(values, key);
    if (values->status || (value >= minimum && value <= maximum)) return value;
    values->status = eos_fail(values->host, EOS_E_CONFIG, "%s = %lld is out of range; it must be from %lld to %lld",
                              key, (long long)value, (long long)minimum, (long long)maximum);
    return 0;
}
static inline double eos_value_f64_in(eos_values *values, const char *key, double minimum, double maximum) {
    double value = eos_value_f64(values, key);
    if (values->status || (value >= minimum && value <= maximum)) return value;
    values->status = eos_fail(values->host, EOS_E_CONFIG, "%s = %.17g is out of range; it must be from %.17g to %.17g",
                              key, value, minimum, maximum);
    return 0;
}

/* Returns the index of a string in `count` words, or 0 after a failure. */
static inline int eos_value_choice(eos_values *values, const char *key, const char *const words[], int64_t count) {
    const char *word = eos_value_string(values, key);
    if (!word) return 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0) return i;
    }
    values->status =
        eos_fail(values->host, EOS_E_CONFIG, "%s = \"%s\" is unknown; use one of the choices of its row", key, word);
    return 0;
}

/* Returns EOS_F32 for the word "f32" and EOS_F64 for "f64". */
static inline uint32_t eos_value_dtype(eos_values *values, const char *key) {
    static const char *const words[] = {"f32", "f64"};
    return eos_value_choice(values, key, words, 2) == 0 ? (uint32_t)EOS_F32 : (uint32_t)EOS_F64;
}

/* Returns the numbers of an array, which are valid until the create call returns. If the key has no value, returns NULL
 * and sets *count to 0. */
static inline const double *eos_value_f64_array(eos_values *values, const char *key, int64_t *count) {
    static const double none = 0;
    const double *numbers = NULL;
    *count = 0;
    if (values->status) return NULL;
    eos_status status = values->host->get_f64_array(values->host, values->config, key, &numbers, count);
    if (status == EOS_E_NOT_FOUND || !eos_kit_gave(values, key, "an array of numbers", status)) return NULL;
    return *count > 0 ? numbers : &none;
}

#endif
