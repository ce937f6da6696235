/* Byte streams. Objects save and load their state through them. */
#ifndef EOS_STREAM_H
#define EOS_STREAM_H

#include "base.h"

/* A sink. write takes between 1 and `size` bytes and returns how many it took, or a negative eos_status. */
typedef struct eos_writer {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx;
    int64_t (*write)(void *ctx, const void *bytes, int64_t size);
} eos_writer;

/* A source. read gives at most `size` bytes and returns how many it gave, or a negative eos_status. It returns 0 at the
 * end. */
typedef struct eos_reader {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx;
    int64_t (*read)(void *ctx, void *bytes, int64_t size);
} eos_reader;

/* Writes all `size` bytes, even if the sink takes only a few at a time. Returns EOS_OK or the status of the sink. */
static inline eos_status eos_write_all(const eos_writer *writer, const void *bytes, int64_t size) {
    const char *next = (const char *)bytes;
    while (size > 0) {
        int64_t taken = writer->write(writer->ctx, next, size);
        if (taken < 0) return (eos_status)taken;
        if (taken == 0 || taken > size) return EOS_E_IO;
        next += taken;
        size -= taken;
    }
    return EOS_OK;
}

/* Reads exactly `size` bytes. Returns EOS_OK, the status of the source, or EOS_E_FORMAT if the source ends too early.
 */
static inline eos_status eos_read_all(const eos_reader *reader, void *bytes, int64_t size) {
    char *next = (char *)bytes;
    while (size > 0) {
        int64_t given = reader->read(reader->ctx, next, size);
        if (given < 0) return (eos_status)given;
        if (given == 0 || given > size) return EOS_E_FORMAT;
        next += given;
        size -= given;
    }
    return EOS_OK;
}

/* Call this at the end of `load`. Returns EOS_OK if the source has ended, EOS_E_FORMAT if bytes are left, or the status
 * of the source. */
static inline eos_status eos_read_end(const eos_reader *reader) {
    char byte;
    int64_t given = reader->read(reader->ctx, &byte, 1);
    if (given < 0) return (eos_status)given;
    return given == 0 ? EOS_OK : EOS_E_FORMAT;
}

#endif
