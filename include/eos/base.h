/* Version, element types, statuses and stop reasons. */
#ifndef EOS_BASE_H
#define EOS_BASE_H

#include <stdint.h>

#define EOS_VERSION_STRING "1.0.0"

/* The ABI: a plugin built for another major is refused; a larger minor only adds. EOS_ABI is major << 16 | minor. */
#define EOS_ABI_MAJOR 1
#define EOS_ABI_MINOR 0
#define EOS_ABI 0x00010000u

#if defined(__GNUC__)
#define EOS_EXPORT __attribute__((visibility("default")))
#else
#define EOS_EXPORT
#endif

/* Marks a callback parameter that Swift may only fill with a closure callable from any thread. */
#if defined(__swift__)
#define EOS_SENDABLE __attribute__((swift_attr("@Sendable")))
#else
#define EOS_SENDABLE
#endif

/* A struct of eos with struct_size set and zeros in all other fields, in C and C++. If code makes a struct so and then
 * assigns fields, it still compiles after a later version has appended some:
 *
 *     eos_policy_ops ops = EOS_STRUCT(eos_policy_ops);
 *     ops.propose = propose; */
#ifdef __cplusplus
extern "C++" {
template <typename Struct>
inline Struct eos_struct() {
    Struct made = Struct();
    made.struct_size = sizeof(Struct);
    return made;
}
}
#define EOS_STRUCT(type) (eos_struct<type>())
#else
#define EOS_STRUCT(type) ((type){.struct_size = sizeof(type)})
#endif

/* Element type of parameter vectors. A vector is contiguous and aligned to its element. */
enum { EOS_F32 = 1, EOS_F64 = 2 };

/* Where vectors live. */
enum { EOS_SPACE_HOST = 0 };

/* Statuses: name, value, text. */
#define EOS_STATUS_LIST(X)                                                                                            \
    X(EOS_OK, 0, "success")                                                                                            \
    X(EOS_RECOVERABLE, 1, "not a number here: shrink the step and try again")                                          \
    X(EOS_E_INVALID, -1, "an argument is invalid")                                                                     \
    X(EOS_E_MEMORY, -2, "not enough memory")                                                                           \
    X(EOS_E_UNSUPPORTED, -3, "not supported by this object")                                                           \
    X(EOS_E_NOT_FOUND, -4, "not found")                                                                                \
    X(EOS_E_IO, -5, "a file or stream could not be read or written")                                                   \
    X(EOS_E_FORMAT, -6, "damaged data, or data of another kind or version")                                            \
    X(EOS_E_CONFIG, -7, "a parameter is unknown, of the wrong type or out of range")                                   \
    X(EOS_E_PLUGIN, -8, "a plugin was refused or broke the contract")                                                  \
    X(EOS_E_NONFINITE, -9, "the objective is not finite at an accepted iterate")                                       \
    X(EOS_E_STATE, -10, "this call is not allowed in the present state")                                               \
    X(EOS_E_CANCELLED, -11, "cancelled")                                                                               \
    X(EOS_E_FAILED, -12, "the objective or the policy failed")

enum {
#define EOS_STATUS_ENUMERATOR(name, value, text) name = value,
    EOS_STATUS_LIST(EOS_STATUS_ENUMERATOR)
#undef EOS_STATUS_ENUMERATOR
};
typedef int32_t eos_status;

/* Why a trainer stopped: name, value, text. A stop reason is an error for EOS_STOP_NONFINITE, EOS_STOP_FAILED and
 * EOS_STOP_NO_STEP only: the call that meets it returns a status below 0 and a sentence about it. */
#define EOS_STOP_LIST(X)                                                                                              \
    X(EOS_STOP_NONE, 0, "still running")                                                                               \
    X(EOS_STOP_LOSS, 1, "the loss is below its limit")                                                                 \
    X(EOS_STOP_GRADIENT, 2, "the gradient norm is below its limit")                                                    \
    X(EOS_STOP_STEP, 3, "the length of the last update is below its limit")                                            \
    X(EOS_STOP_ITERATIONS, 4, "the iterations allowed were used")                                                      \
    X(EOS_STOP_EVALUATIONS, 5, "the evaluations allowed were used")                                                    \
    X(EOS_STOP_SECONDS, 6, "the time allowed was used")                                                                \
    X(EOS_STOP_REQUESTED, 7, "a stop was requested")                                                                   \
    X(EOS_STOP_NONFINITE, 8, "the objective is not finite at an accepted iterate")                                     \
    X(EOS_STOP_FAILED, 9, "the objective or the policy failed")                                                        \
    X(EOS_STOP_NO_STEP, 10, "no acceptable step was found along the direction")                                        \
    X(EOS_STOP_NO_PROGRESS, 11, "progress is below a relative limit, or rounding hides it")

enum {
#define EOS_STOP_ENUMERATOR(name, value, text) name = value,
    EOS_STOP_LIST(EOS_STOP_ENUMERATOR)
#undef EOS_STOP_ENUMERATOR
};

/* Levels of a log message. */
enum { EOS_LOG_DEBUG = 0, EOS_LOG_INFO = 1, EOS_LOG_WARNING = 2, EOS_LOG_ERROR = 3 };

#endif
