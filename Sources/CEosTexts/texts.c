#include "texts.h"

#include "eos/policy.h"

/* clang-format joins the lines of these macros wrongly. */
/* clang-format off */
#define CASE_TEXT(name, value, text) case value: return text;
#define CASE_NAME(name, value, text) case value: return #name;
/* clang-format on */

const char *texts_status(int32_t status) {
    switch (status) { EOS_STATUS_LIST(CASE_TEXT) }
    return "unknown";
}

const char *texts_stop(int32_t stop) {
    switch (stop) { EOS_STOP_LIST(CASE_TEXT) }
    return "unknown";
}

const char *texts_reason(int32_t reason) {
    switch (reason) { EOS_REASON_LIST(CASE_TEXT) }
    return "unknown";
}

const char *texts_status_name(int32_t status) {
    switch (status) { EOS_STATUS_LIST(CASE_NAME) }
    return 0;
}
