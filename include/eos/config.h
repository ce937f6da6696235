/* Parameters. A schema lists the keys, and a configuration holds their values. */
#ifndef EOS_CONFIG_H
#define EOS_CONFIG_H

#include "base.h"

/* Types of a parameter. */
enum {
    EOS_TYPE_BOOL = 1,
    EOS_TYPE_I64 = 2,
    EOS_TYPE_F64 = 3,
    EOS_TYPE_STRING = 4,
    EOS_TYPE_F64_ARRAY = 5,
    EOS_TYPE_STRINGS = 6
};

/* Flags of a parameter. */
enum {
    EOS_PARAMETER_REQUIRED = 1, /* the key has no default, and the user must give a value */
    EOS_PARAMETER_AUTO = 2,     /* an EOS_TYPE_F64 whose value may also be the word "auto"; it is read as NaN */
    EOS_PARAMETER_LIVE = 4      /* the user may change the value during a run */
};

/* One row of a schema. In an array of rows, the struct_size of the first row is the distance between rows in bytes. All
 * pointers point to constants. If a key has no default and the user gives no value, reading it gives EOS_E_NOT_FOUND.
 */
typedef struct eos_parameter {
    uint32_t struct_size;
    uint32_t type;             /* EOS_TYPE_* */
    const char *key;           /* lower case; a dot separates a table from its key, as in "data.file" */
    const char *default_value; /* as in a spec: "0.5", "true", "relu", "[64, 10]"; NULL if there is none */
    double minimum, maximum;   /* inclusive limits of a number or array element; none if equal */
    const char *unit;          /* "s", "bytes"; NULL if the value has no unit */
    const char *choices;       /* the words that a string may be, separated by '|'; NULL if any is allowed */
    const char *text;          /* one sentence that describes the parameter to users */
    uint32_t flags;            /* EOS_PARAMETER_* */
    uint32_t reserved;
} eos_parameter;

/* The values of keys. The type is opaque, and the host makes its objects. The host checks a configuration against the
 * schema and fills in the defaults before it calls create. A plugin therefore never sees unknown keys, wrong types or
 * values out of range. */
typedef struct eos_config eos_config;

#endif
