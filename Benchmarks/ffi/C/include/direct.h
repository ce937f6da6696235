/* Functions that know nothing of eos, called directly, by libffi, and through its closures. */
#ifndef EOS_BENCHMARK_DIRECT_H
#define EOS_BENCHMARK_DIRECT_H

#include <stdint.h>

/* (x - 1)^2 + (y - 2)^2, its gradient where wanted. */
double bowl(int n, const double *x, double *gradient);
/* The same by reference, as Fortran has it, the value stored. */
void bowl_by_reference(const int32_t *n, const double *x, double *value, double *gradient);

typedef double (*phi_function)(double t);
/* t * t. */
double square(double t);
/* A search that calls phi `calls` times, at points that depend on what came before: nanoseconds a call. */
double search(phi_function phi, int64_t calls);

/* Nanoseconds a call of bowl through its address, and by ffi_call with everything prepared: what can't be undercut. */
double time_direct(int64_t calls);
double time_reference(int64_t calls);
double time_ffi_call(int64_t calls);
/* search through a closure of libffi whose handler is C. */
double time_bare_closure(int64_t calls);

/* Searches of a library: one asks for the value at 0, which is known, KNOWN_CALLS times; one for NEW_CALLS new steps.
 * What the last of them measured: nanoseconds a call, and what its thread took from the heap meanwhile. */
enum { KNOWN_CALLS = 500000, NEW_CALLS = 100 };
double ask_known(phi_function phi);
double ask_new(phi_function phi);
double last_time(void);
int64_t last_allocations(void);

double now(void);

/* The eos_objective_ops of a native objective that calls bowl directly. */
const void *bowl_table(void);

#endif
