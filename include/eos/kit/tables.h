/* Rows of tables: parameters, metrics and blocks of the parameter vector. */
#ifndef EOS_KIT_TABLES_H
#define EOS_KIT_TABLES_H

#include <string.h>

#include "../config.h"
#include "../objective.h"

/* The number of elements of an array. */
#define EOS_COUNT(array) ((int64_t)(sizeof(array) / sizeof *(array)))

/* Lets a semicolon follow a macro that defines functions. */
#define EOS_KIT_END struct eos_kit_end

/* Rows of a schema: `static const eos_parameter keys[] = {EOS_KEY_I64("size", "3", 1, 1e6, "number of parameters")};`.
 * default_value is a text as in a spec, or NULL. If both limits are equal, there are none. After the limits comes one
 * sentence that describes the parameter. After it, the flags EOS_PARAMETER_* may follow. For a row with a unit, use
 * designated initialisers. */
#define EOS_KEY_BOOL(key, default_value, ...) EOS_KIT_KEY(EOS_TYPE_BOOL, key, default_value, 0, 0, NULL, __VA_ARGS__)
#define EOS_KEY_I64(key, default_value, minimum, maximum, ...)                                                         \
    EOS_KIT_KEY(EOS_TYPE_I64, key, default_value, minimum, maximum, NULL, __VA_ARGS__)
#define EOS_KEY_F64(key, default_value, minimum, maximum, ...)                                                         \
    EOS_KIT_KEY(EOS_TYPE_F64, key, default_value, minimum, maximum, NULL, __VA_ARGS__)
#define EOS_KEY_F64_ARRAY(key, default_value, minimum, maximum, ...)                                                   \
    EOS_KIT_KEY(EOS_TYPE_F64_ARRAY, key, default_value, minimum, maximum, NULL, __VA_ARGS__)
/* words: the words that the string may be, separated by '|'; NULL if any is allowed. */
#define EOS_KEY_STRING(key, default_value, words, ...)                                                                 \
    EOS_KIT_KEY(EOS_TYPE_STRING, key, default_value, 0, 0, words, __VA_ARGS__)
#define EOS_KEY_STRINGS(key, default_value, words, ...)                                                                \
    EOS_KIT_KEY(EOS_TYPE_STRINGS, key, default_value, 0, 0, words, __VA_ARGS__)

/* The row of a metric. unit may be NULL. The texts are constants. */
#define EOS_METRIC(name, unit, text) EOS_KIT_METRIC(name, unit, text)

/* The row of a block that begins at element `offset`. Its shape follows: `EOS_BLOCK("weights", 0, rows, columns)`. */
#define EOS_BLOCK(name, offset, ...) EOS_KIT_BLOCK(name, offset, EOS_KIT_FIFTH(__VA_ARGS__, 4, 3, 2, 1, 0), __VA_ARGS__)
#define EOS_KIT_FIFTH(a, b, c, d, fifth, ...) fifth

#ifdef __cplusplus
/* C++17 has no designated initialisers, and a list of values breaks when a field is appended. So the fields are
 * assigned. */
inline eos_parameter eos_kit_key(int type, const char *key, const char *default_value, double minimum, double maximum,
                                 const char *choices, const char *text, uint32_t flags = 0) {
    eos_parameter row = EOS_STRUCT(eos_parameter);
    row.type = (uint32_t)type;
    row.key = key;
    row.default_value = default_value;
    row.minimum = minimum;
    row.maximum = maximum;
    row.choices = choices;
    row.text = text;
    row.flags = flags;
    return row;
}
inline eos_metric eos_kit_metric(const char *name, const char *unit, const char *text) {
    eos_metric row = EOS_STRUCT(eos_metric);
    row.name = name;
    row.unit = unit;
    row.text = text;
    return row;
}
inline eos_block eos_kit_block(const char *name, int64_t offset, uint32_t rank, int64_t a, int64_t b = 0, int64_t c = 0,
                               int64_t d = 0) {
    eos_block row = EOS_STRUCT(eos_block);
    const int64_t shape[] = {a, b, c, d};
    row.name = name;
    row.offset = offset;
    row.rank = rank;
    memcpy(row.shape, shape, sizeof shape);
    return row;
}
#define EOS_KIT_KEY(...) eos_kit_key(__VA_ARGS__)
#define EOS_KIT_METRIC(...) eos_kit_metric(__VA_ARGS__)
#define EOS_KIT_BLOCK(...) eos_kit_block(__VA_ARGS__)
#else
/* The flags that follow the text initialise the field after it. */
#define EOS_KIT_KEY(type_, key_, default_, minimum_, maximum_, choices_, ...)                                          \
    {                                                                                                                  \
        .struct_size = sizeof(eos_parameter), .type = (type_), .key = (key_), .default_value = (default_),             \
        .minimum = (minimum_), .maximum = (maximum_), .choices = (choices_), .text = __VA_ARGS__                       \
    }
#define EOS_KIT_METRIC(name_, unit_, text_)                                                                            \
    { .struct_size = sizeof(eos_metric), .name = (name_), .unit = (unit_), .text = (text_) }
#define EOS_KIT_BLOCK(name_, offset_, rank_, ...)                                                                      \
    {                                                                                                                  \
        .struct_size = sizeof(eos_block), .rank = (rank_), .name = (name_), .offset = (offset_), .shape = {            \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
    }
#endif

/* Implement `metric` and `block` of eos_objective_ops: they copy row `index` into *out, up to struct_size of *out. They
 * return EOS_E_NOT_FOUND past the last row. */
static inline eos_status eos_metric_at(const eos_metric rows[], int64_t count, int64_t index, eos_metric *out);
static inline eos_status eos_block_at(const eos_block rows[], int64_t count, int64_t index, eos_block *out);

/* Define such a function for the constant array `rows`: `static EOS_METRICS(metric, metrics);`. */
#define EOS_METRICS(function, rows)                                                                                    \
    eos_status function(void *self, int64_t index, eos_metric *out) {                                                  \
        (void)self;                                                                                                    \
        return eos_metric_at(rows, EOS_COUNT(rows), index, out);                                                       \
    }                                                                                                                  \
    EOS_KIT_END
#define EOS_BLOCKS(function, rows)                                                                                     \
    eos_status function(void *self, int64_t index, eos_block *out) {                                                   \
        (void)self;                                                                                                    \
        return eos_block_at(rows, EOS_COUNT(rows), index, out);                                                        \
    }                                                                                                                  \
    EOS_KIT_END

#define EOS_KIT_ROW_AT(row)                                                                                            \
    static inline eos_status row##_at(const row rows[], int64_t count, int64_t index, row *out) {                      \
        uint32_t known = out->struct_size, given = sizeof *out;                                                        \
        if (index < 0 || index >= count) return EOS_E_NOT_FOUND;                                                       \
        memcpy(out, &rows[index], known < given ? known : given);                                                      \
        out->struct_size = known;                                                                                      \
        return EOS_OK;                                                                                                 \
    }                                                                                                                  \
    EOS_KIT_END
EOS_KIT_ROW_AT(eos_metric);
EOS_KIT_ROW_AT(eos_block);

#endif
