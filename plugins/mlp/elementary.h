/* exp(x) - 1 and tanh(x) without branches or calls, so that loops over them become vector code: several times the speed
 * of the C library's. In double precision their relative errors are below 4e-16, in single below 1.8 and 1.5 units in
 * the last place. NaN passes. */
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

/* For -40 <= x <= 40: 2^k (e^r - 1) + (2^k - 1) with x = k log 2 + r, |r| <= log 2 / 2, and e^r by its series. */
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

/* The same in single precision. */
static inline float exponential_minus_1f(float x) {
    const float rounder = 0x1.8p23f;
    float shifted = x * 0x1.715476p0f + rounder;
    float k = shifted - rounder;
    float r = (x - k * 0x1.62e4p-1f) - k * 0x1.7f7d1cp-20f;
    float series = 1 / 5040.0f;
    series = series * r + 1 / 720.0f;
    series = series * r + 1 / 120.0f;
    series = series * r + 1 / 24.0f;
    series = series * r + 1 / 6.0f;
    series = series * r + 1 / 2.0f;
    uint32_t bits;
    float power;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits << 23) + 0x3f800000;
    memcpy(&power, &bits, sizeof power);
    return power * (r + r * r * series) + (power - 1);
}

/* Beyond 20 it is 1 to the last bit. */
static inline double hyperbolic_tangent(double x) {
    double size = fabs(x);
    double e = exponential_minus_1(2 * (size > 20 ? 20 : size));
    return copysign(e / (e + 2), x);
}

/* Beyond 10 it is 1 to the last bit. Near 0, where a quotient would lose a bit, the odd polynomial whose relative error
 * is least up to 0.55. */
static inline float hyperbolic_tangentf(float x) {
    float size = fabsf(x), square = x * x;
    float odd = -0x1.9b3042p-8f;
    odd = odd * square + 0x1.593d06p-6f;
    odd = odd * square - 0x1.b9287ap-5f;
    odd = odd * square + 0x1.110d26p-3f;
    odd = odd * square - 0x1.55554ap-2f;
    float near = x + x * square * odd;
    float e = exponential_minus_1f(2 * (size > 10 ? 10 : size));
    float far = copysignf(1 - 2 / (e + 2), x);
    return size < 0.55f ? near : far;
}

#endif
