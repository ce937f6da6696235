/* libffi, whose globals and macros Swift does not import. */
#include <ffi.h>
