/* The texts of the lists in eos.h, for Swift, which does not see macros that take arguments. */
#ifndef EOS_TEXTS_H
#define EOS_TEXTS_H

#include <stdint.h>

/* Constant; "unknown" for a number that the list does not have. */
const char *texts_status(int32_t status);
const char *texts_stop(int32_t stop);
const char *texts_reason(int32_t reason);

/* "EOS_E_MEMORY"; NULL for a number that the list does not have. */
const char *texts_status_name(int32_t status);

#endif
