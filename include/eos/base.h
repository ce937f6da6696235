/* Version, element types, statuses and stop reasons. */
#ifndef EOS_BASE_H
#define EOS_BASE_H

#include <stdint.h>

#define EOS_VERSION_STRING "1.0.0"

/* The version of the ABI. EOS_ABI is major << 16 | minor. The host refuses a plugin built for another major version. A
 * larger minor version only adds to the ABI. */
#define EOS_ABI_MAJOR 1
#define EOS_ABI_MINOR 0
#define EOS_ABI 0x00010000u

#if defined(__GNUC__)
#define EOS_EXPORT __attribute__((visibility("default")))
#else
#define EOS_EXPORT
#endif

/* Marks a callback parameter. Swift accepts only closures there that any thread may call. */
#if defined(__swift__)
#define EOS_SENDABLE __attribute__((swift_attr("@Sendable")))
#else
#define EOS_SENDABLE
#endif

/* EOS_STRUCT makes a struct of eos, in C and C++, with struct_size set and zeros in all other fields. Code that then
 * assigns fields still compiles after a later version has appended fields:
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

/* Element types of parameter vectors. A vector is contiguous and aligned to its element type. */
enum { EOS_F32 = 1, EOS_F64 = 2 };

/* The memory in which vectors lie. */
enum { EOS_SPACE_HOST = 0 };

/* Statuses: the name, value and text of each. */
#define EOS_STATUS_LIST(X)                                                                                             \
    X(EOS_OK, 0, "success")                                                                                            \
    X(EOS_RECOVERABLE, 1, "no finite value at this point; shrink the step and try again")                              \
    X(EOS_E_INVALID, -1, "an argument is invalid")                                                                     \
    X(EOS_E_MEMORY, -2, "not enough memory")                                                                           \
    X(EOS_E_UNSUPPORTED, -3, "this object does not support the call")                                                  \
    X(EOS_E_NOT_FOUND, -4, "not found")                                                                                \
    X(EOS_E_IO, -5, "a file or stream could not be read or written")                                                   \
    X(EOS_E_FORMAT, -6, "data are damaged, or of another kind or version")                                             \
    X(EOS_E_CONFIG, -7, "a parameter is unknown, of the wrong type or out of range")                                   \
    X(EOS_E_PLUGIN, -8, "a plugin was refused or broke the contract")                                                  \
    X(EOS_E_NONFINITE, -9, "the objective is not finite at an accepted iterate")                                       \
    X(EOS_E_STATE, -10, "this call is not allowed in the current state")                                               \
    X(EOS_E_CANCELLED, -11, "cancelled")                                                                               \
    X(EOS_E_FAILED, -12, "the objective or the policy failed")

enum {
#define EOS_STATUS_ENUMERATOR(name, value, text) name = value,
    EOS_STATUS_LIST(EOS_STATUS_ENUMERATOR)
#undef EOS_STATUS_ENUMERATOR
};
typedef int32_t eos_status;

/* Reasons why a trainer stopped: the name, value and text of each. EOS_STOP_NONFINITE, EOS_STOP_FAILED and
 * EOS_STOP_NO_STEP are errors: the call in which they occur returns a negative status and sets the error message. All
 * other stop reasons are not errors. */
#define EOS_STOP_LIST(X)                                                                                               \
    X(EOS_STOP_NONE, 0, "still running")                                                                               \
    X(EOS_STOP_LOSS, 1, "the loss is below its limit")                                                                 \
    X(EOS_STOP_GRADIENT, 2, "the gradient norm is below its limit")                                                    \
    X(EOS_STOP_STEP, 3, "the length of the last update is below its limit")                                            \
    X(EOS_STOP_ITERATIONS, 4, "the limit of iterations was reached")                                                   \
    X(EOS_STOP_EVALUATIONS, 5, "the limit of evaluations was reached")                                                 \
    X(EOS_STOP_SECONDS, 6, "the time limit was reached")                                                               \
    X(EOS_STOP_REQUESTED, 7, "a stop was requested")                                                                   \
    X(EOS_STOP_NONFINITE, 8, "the objective is not finite at an accepted iterate")                                     \
    X(EOS_STOP_FAILED, 9, "the objective or the policy failed")                                                        \
    X(EOS_STOP_NO_STEP, 10, "no acceptable step was found along the direction")                                        \
    X(EOS_STOP_NO_PROGRESS, 11, "progress is below its relative limit or hidden by rounding")

enum {
#define EOS_STOP_ENUMERATOR(name, value, text) name = value,
    EOS_STOP_LIST(EOS_STOP_ENUMERATOR)
#undef EOS_STOP_ENUMERATOR
};

/* Levels of log messages. */
enum { EOS_LOG_DEBUG = 0, EOS_LOG_INFO = 1, EOS_LOG_WARNING = 2, EOS_LOG_ERROR = 3 };

#endif
