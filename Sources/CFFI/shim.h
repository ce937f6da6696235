/* libffi, whose macros and global variables Swift does not import. */
#ifndef EOS_CFFI_SHIM_H
#define EOS_CFFI_SHIM_H

#include <ffi.h>
#include <stdint.h>

static inline ffi_type *eos_ffi_void(void) { return &ffi_type_void; }
static inline ffi_type *eos_ffi_float(void) { return &ffi_type_float; }
static inline ffi_type *eos_ffi_double(void) { return &ffi_type_double; }
static inline ffi_type *eos_ffi_pointer(void) { return &ffi_type_pointer; }

/* The integer of 1, 2, 4 or 8 bytes. */
static inline ffi_type *eos_ffi_integer(int bytes, int is_signed) {
    switch (bytes) {
    case 1: return is_signed ? &ffi_type_sint8 : &ffi_type_uint8;
    case 2: return is_signed ? &ffi_type_sint16 : &ffi_type_uint16;
    case 4: return is_signed ? &ffi_type_sint32 : &ffi_type_uint32;
    default: return is_signed ? &ffi_type_sint64 : &ffi_type_uint64;
    }
}

static inline ffi_abi eos_ffi_default_abi(void) { return FFI_DEFAULT_ABI; }
static inline unsigned short eos_ffi_struct_code(void) { return FFI_TYPE_STRUCT; }
static inline int eos_ffi_is_ok(ffi_status status) { return status == FFI_OK; }

static inline void eos_ffi_call(ffi_cif *cif, const void *function, void *result, void **arguments) {
    union {
        const void *data;
        void (*code)(void);
    } symbol = {function};
    ffi_call(cif, symbol.code, result, arguments);
}

/* Writable memory for a closure; *code is where it is called. */
static inline void *eos_ffi_closure_alloc(void **code) { return ffi_closure_alloc(sizeof(ffi_closure), code); }

#endif
