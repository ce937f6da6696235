/* exp(x) - 1 and tanh(x) without branches or calls, so that loops over them become vector code: about four times the
 * speed of the C library's, at a relative error below 4e-16. */
#ifndef EOS_MLP_ELEMENTARY_H
#define EOS_MLP_ELEMENTARY_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Before a function whose loops over elements are worth wider vectors where the processor has them. */
#if defined(__x86_64__) && defined(__clang__)
#define MLP_WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MLP_WIDE
#endif

/* For -40 <= x <= 40: 2^k (e^r - 1) + (2^k - 1) with x = k log 2 + r, |r| <= log 2 / 2, and e^r by its series. NaN
 * passes. */
static inline double exponential_minus_1(double x) {
    /* Adding it rounds to an integer and leaves that integer in the low bits. */
    const double rounder = 0x1.8p52;
    double shifted = x * 0x1.71547652b82fep0 + rounder;
    double k = shifted - rounder;
    /* log 2 in two parts; the product of the first with k is exact. */
    double r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
    double series = 1 / 87178291200.0;
    series = series * r + 1 / 6227020800.0;
    series = series * r + 1 / 479001600.0;
    series = series * r + 1 / 39916800.0;
    series = series * r + 1 / 3628800.0;
    series = series * r + 1 / 362880.0;
    series = series * r + 1 / 40320.0;
    series = series * r + 1 / 5040.0;
    series = series * r + 1 / 720.0;
    series = series * r + 1 / 120.0;
    series = series * r + 1 / 24.0;
    series = series * r + 1 / 6.0;
    series = series * r + 1 / 2.0;
    uint64_t bits;
    double power;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits << 52) + 0x3ff0000000000000;
    memcpy(&power, &bits, sizeof power);
    return power * (r + r * r * series) + (power - 1);
}

/* Beyond 20 it is 1 to the last bit. */
static inline double hyperbolic_tangent(double x) {
    double size = fabs(x);
    double e = exponential_minus_1(2 * (size > 20 ? 20 : size));
    return copysign(e / (e + 2), x);
}

#endif
