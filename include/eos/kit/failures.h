/* Error messages with a format. */
#ifndef EOS_KIT_FAILURES_H
#define EOS_KIT_FAILURES_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../host.h"

#if defined(__GNUC__)
#define EOS_KIT_FORMAT(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define EOS_KIT_FORMAT(text, first)
#endif

/* The size of the longest message that eos_fail passes on, in bytes, with the zero byte at its end. */
enum { EOS_MESSAGE_SIZE = 1024 };

/* Formats a message into `buffer` of `size` bytes. If the message does not fit, it is cut between characters of UTF-8
 * and ends with "...". If buffer is NULL or size is 0, nothing is written. If the C library cannot format the message,
 * buffer receives the format itself. Returns the length of the whole message in bytes, or a negative number. */
EOS_KIT_FORMAT(3, 0)
static inline int eos_format_list(char *buffer, size_t size, const char *format, va_list arguments) {
    if (!buffer) size = 0;
    int length = vsnprintf(buffer, size, format, arguments);
    size_t whole = length < 0 ? strlen(format) : (size_t)length;
    if (size > 0 && length < 0) memcpy(buffer, format, whole < size ? whole + 1 : size);
    if (whole < size || size == 0) return length;
    size_t dots = size > 3 ? 3 : 0, end = size - 1 - dots, first = end;
    /* Is the last character whole? Its first byte gives its length, and bytes 10xxxxxx continue it. */
    while (first > 0 && end - first < 4 && ((unsigned char)buffer[first - 1] & 0xc0) == 0x80) first--;
    if (first > 0) {
        unsigned char lead = (unsigned char)buffer[first - 1];
        size_t bytes = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (lead >= 0xc0 && bytes > end - first + 1) end = first - 1;
    }
    memcpy(buffer + end, "...", dots);
    buffer[end + dots] = 0;
    return length;
}

/* Like eos_format_list, with the arguments in place of a list. */
EOS_KIT_FORMAT(3, 4)
static inline int eos_format(char *buffer, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = eos_format_list(buffer, size, format, arguments);
    va_end(arguments);
    return length;
}

/* Sets the error message of a call that fails, with a format as for printf, and returns status. Use it as `return
 * eos_fail(host, EOS_E_CONFIG, "rank = %d is too small; give at least 1", rank)`. A message of EOS_MESSAGE_SIZE bytes
 * or more is cut as by eos_format_list. If host is NULL, no message is set. */
EOS_KIT_FORMAT(3, 4)
static inline eos_status eos_fail(const eos_host *host, eos_status status, const char *format, ...) {
    char message[EOS_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    eos_format_list(message, sizeof message, format, arguments);
    va_end(arguments);
    return host ? host->fail(host, status, message) : status;
}

#endif
