/* The kit saves authors of plugins in C repeated code. It needs only the C library and is valid C11 and C++17.
 *
 *     typedef struct bowl { int64_t size; } bowl;
 *     static eos_status make(void *self, const eos_host *host, const eos_config *config) {
 *         eos_values values = eos_values_of(host, config);
 *         ((bowl *)self)->size = eos_value_i64(&values, "size");
 *         return values.status;
 *     }
 *     static const eos_parameter keys[] = {EOS_KEY_I64("size", "3", 1, 1e6, "number of parameters")};
 *     static const eos_objective_type types[] = {{
 *         .descriptor = {.struct_size = sizeof(eos_descriptor), .id = "org.example.bowl", EOS_KEYS(keys)},
 *         .ops = &ops, .size = sizeof(bowl), .make = make,
 *     }};
 *     EOS_OBJECTIVE_PLUGIN(types, "org.example.bowl", "1.0.0", "MIT");
 *
 * Include this file instead of eos/plugin.h, in any number of files. Only the entry macros define an exported function.
 * Names that begin with eos_kit_ and EOS_KIT_ are internal to the kit.
 *
 * Later versions append fields to the structs of the ABI. To keep your build working, fill a struct by a row macro of
 * the kit, by designated initialisers (C only), or by EOS_STRUCT and assignments (C and C++). */
#ifndef EOS_KIT_H
#define EOS_KIT_H

#include "kit/entry.h"
#include "kit/failures.h"
#include "kit/memory.h"
#include "kit/tables.h"
#include "kit/values.h"
#include "kit/work.h"

#endif
