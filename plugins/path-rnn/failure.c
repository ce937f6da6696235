/* Failures with a sentence. */
#include <stdarg.h>
#include <stdio.h>

#include "path_rnn.h"

eos_status rnn_fail(const eos_host *host, eos_status status, const char *format, ...) {
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return host->fail(host, status, message);
}
