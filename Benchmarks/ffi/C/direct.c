#define _POSIX_C_SOURCE 200809L
#include "direct.h"

#include <counting.h>
#include <eos/objective.h>
#include <ffi.h>
#include <stddef.h>
#include <time.h>

double bowl(int n, const double *x, double *gradient) {
    (void)n;
    double a = x[0] - 1, b = x[1] - 2;
    if (gradient) {
        gradient[0] = 2 * a;
        gradient[1] = 2 * b;
    }
    return a * a + b * b;
}

void bowl_by_reference(const int32_t *n, const double *x, double *value, double *gradient) {
    *value = bowl(*n, x, gradient);
}

double square(double t) { return t * t; }

double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

double search(phi_function phi, int64_t calls) {
    double t = 0.5, start = now();
    for (int64_t i = 0; i < calls; i++) t = 0.25 + phi(t) * 0.5;
    return t > 2 ? -1 : (now() - start) / (double)calls;
}

/* Through an address that the compiler can't see through. */
static double (*volatile bowl_address)(int, const double *, double *) = bowl;
static void (*volatile reference_address)(const int32_t *, const double *, double *, double *) = bowl_by_reference;

double time_direct(int64_t calls) {
    double (*function)(int, const double *, double *) = bowl_address;
    double x[2] = {0, 0}, gradient[2], start = now();
    for (int64_t i = 0; i < calls; i++) x[0] = function(2, x, gradient) * 0.1;
    return (now() - start) / (double)calls;
}

double time_reference(int64_t calls) {
    void (*function)(const int32_t *, const double *, double *, double *) = reference_address;
    int32_t n = 2;
    double x[2] = {0, 0}, gradient[2], value, start = now();
    for (int64_t i = 0; i < calls; i++) {
        function(&n, x, &value, gradient);
        x[0] = value * 0.1;
    }
    return (now() - start) / (double)calls;
}

double time_ffi_call(int64_t calls) {
    ffi_cif cif;
    ffi_type *types[3] = {&ffi_type_sint32, &ffi_type_pointer, &ffi_type_pointer};
    if (ffi_prep_cif(&cif, FFI_DEFAULT_ABI, 3, &ffi_type_double, types) != FFI_OK) return -1;
    int n = 2;
    double x[2] = {0, 0}, gradient[2], value;
    double *at = x, *out = gradient;
    void *arguments[3] = {&n, &at, &out};
    double start = now();
    for (int64_t i = 0; i < calls; i++) {
        ffi_call(&cif, FFI_FN(bowl), &value, arguments);
        x[0] = value * 0.1;
    }
    return (now() - start) / (double)calls;
}

static void handle(ffi_cif *cif, void *result, void **arguments, void *context) {
    (void)cif, (void)context;
    *(double *)result = square(*(double *)arguments[0]);
}

double time_bare_closure(int64_t calls) {
    union {
        void *data;
        phi_function function;
    } code;
    ffi_closure *closure = ffi_closure_alloc(sizeof(ffi_closure), &code.data);
    ffi_cif cif;
    ffi_type *types[1] = {&ffi_type_double};
    double time = -1;
    if (closure && ffi_prep_cif(&cif, FFI_DEFAULT_ABI, 1, &ffi_type_double, types) == FFI_OK &&
        ffi_prep_closure_loc(closure, &cif, handle, NULL, code.data) == FFI_OK)
        time = search(code.function, calls);
    ffi_closure_free(closure);
    return time;
}

static double searched_time;
static int64_t searched_allocations;

double ask_known(phi_function phi) {
    phi(0);
    int64_t before = eos_allocations();
    double sum = 0, start = now();
    for (int i = 0; i < KNOWN_CALLS; i++) sum += phi(0);
    searched_time = (now() - start) / KNOWN_CALLS;
    searched_allocations = eos_allocations() - before;
    return sum > 0 ? 1 : 2;
}

double ask_new(phi_function phi) {
    phi(1e-9);
    int64_t before = eos_allocations();
    double sum = 0, start = now();
    for (int i = 0; i < NEW_CALLS; i++) sum += phi(1e-6 * (i + 1));
    searched_time = (now() - start) / NEW_CALLS;
    searched_allocations = eos_allocations() - before;
    return sum > 0 ? 1 : 2;
}

double last_time(void) { return searched_time; }
int64_t last_allocations(void) { return searched_allocations; }

static void destroy(void *self) { (void)self; }

static eos_status describe(void *self, eos_objective_description *out) {
    (void)self;
    out->dtype = EOS_F64;
    out->dimension = 2;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    (void)self, (void)seed;
    ((double *)x)[0] = ((double *)x)[1] = 0;
    return EOS_OK;
}

static eos_status evaluate(void *self, eos_evaluation *evaluation) {
    (void)self;
    evaluation->value = bowl_address(2, evaluation->x, evaluation->gradient);
    return __builtin_isfinite(evaluation->value) ? EOS_OK : EOS_RECOVERABLE;
}

static const eos_objective_ops bowl_ops = {
    .struct_size = sizeof bowl_ops,
    .destroy = destroy,
    .describe = describe,
    .initial_point = initial_point,
    .evaluate = evaluate,
};

const void *bowl_table(void) { return &bowl_ops; }
