/* Parameters: a schema says which keys there are; a configuration holds values for them. */
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
    EOS_PARAMETER_REQUIRED = 1, /* has no default: the user must give it */
    EOS_PARAMETER_AUTO = 2,     /* an EOS_TYPE_F64 that also takes the word "auto", which reads as NaN */
    EOS_PARAMETER_LIVE = 4      /* may be changed while a run is going */
};

/* One row of a schema. Rows of an array lie struct_size bytes of its first row apart. All pointers are constants. */
typedef struct eos_parameter {
    uint32_t struct_size;
    uint32_t type;             /* EOS_TYPE_* */
    const char *key;           /* lower case; a dot separates a table from its key: "data.file" */
    const char *default_value; /* as in a spec: "0.5", "true", "relu", "[64, 10]"; NULL: none, EOS_E_NOT_FOUND */
    double minimum, maximum;   /* inclusive, for numbers and for each element of an array; equal: no limit */
    const char *unit;          /* "s", "bytes"; NULL: a pure number or no number */
    const char *choices;       /* for strings, the words allowed, separated by '|'; NULL: any */
    const char *text;          /* one sentence for people */
    uint32_t flags;            /* EOS_PARAMETER_* */
    uint32_t reserved;
} eos_parameter;

/* Values for keys. Opaque; made by the host. What a plugin's create receives has passed the schema of what is created:
 * unknown keys, wrong types and values out of range never reach a plugin, and defaults are filled in. */
typedef struct eos_config eos_config;

#endif
