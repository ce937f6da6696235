/* Activations with their first and second derivatives.
 *
 * `kept` is what a forward pass keeps: z for gelu, a for all others, whose derivatives follow from it. At the kink of
 * relu and elu's second derivative, z = 0, the left side counts. NaN passes through each of them. */

static const REAL SQRT_HALF = (REAL)0.70710678118654752440;
static const REAL INVERSE_SQRT_2PI = (REAL)0.39894228040143267794;

/* Normal distribution function and density. */
static inline REAL normal_cdf(REAL z) { return (REAL)0.5 * REAL_MATH(erfc)(-z * SQRT_HALF); }
static inline REAL normal_pdf(REAL z) { return INVERSE_SQRT_2PI * REAL_MATH(exp)((REAL)-0.5 * z * z); }

/* a = activation(a). In place only: a second pointer that may equal the first would keep loops from vector code. */
MLP_WIDE static void activate(mlp_activation activation, int64_t count, REAL *a) {
    switch (activation) {
    case MLP_RELU:
        for (int64_t i = 0; i < count; i++) a[i] = a[i] < 0 ? 0 : a[i];
        break;
    case MLP_TANH:
        for (int64_t i = 0; i < count; i++) a[i] = REAL_MATH(hyperbolic_tangent)(a[i]);
        break;
    case MLP_GELU:
        for (int64_t i = 0; i < count; i++) a[i] *= normal_cdf(a[i]);
        break;
    case MLP_ELU:
        for (int64_t i = 0; i < count; i++) {
            /* Below -40 it is -1 to the last bit. */
            REAL e = REAL_MATH(exponential_minus_1)(a[i] < -40 ? -40 : a[i]);
            a[i] = a[i] > 0 ? a[i] : e;
        }
        break;
    case MLP_SOFTPLUS:
        for (int64_t i = 0; i < count; i++) {
            a[i] = (a[i] < 0 ? 0 : a[i]) + REAL_MATH(log1p)(REAL_MATH(exp)(-REAL_MATH(fabs)(a[i])));
        }
        break;
    case MLP_IDENTITY: break;
    }
}

/* delta *= activation'(z). */
MLP_WIDE static void multiply_by_slope(mlp_activation activation, int64_t count, const REAL *kept,
                                       REAL *restrict delta) {
    switch (activation) {
    case MLP_RELU:
        /* A product, since a choice becomes a branch, which half of the units mispredict. */
        for (int64_t i = 0; i < count; i++) delta[i] *= (REAL)(kept[i] > 0);
        break;
    case MLP_TANH:
        for (int64_t i = 0; i < count; i++) delta[i] *= 1 - kept[i] * kept[i];
        break;
    case MLP_GELU:
        for (int64_t i = 0; i < count; i++) delta[i] *= normal_cdf(kept[i]) + kept[i] * normal_pdf(kept[i]);
        break;
    case MLP_ELU:
        for (int64_t i = 0; i < count; i++) delta[i] *= kept[i] > 0 ? 1 : kept[i] + 1;
        break;
    case MLP_SOFTPLUS:
        for (int64_t i = 0; i < count; i++) delta[i] *= -REAL_MATH(expm1)(-kept[i]);
        break;
    case MLP_IDENTITY: break;
    }
}

/* bend *= activation''(z), where mlp_keeps_bends. */
MLP_WIDE static void multiply_by_bend(mlp_activation activation, int64_t count, const REAL *kept, REAL *restrict bend) {
    switch (activation) {
    case MLP_GELU:
        for (int64_t i = 0; i < count; i++) bend[i] *= normal_pdf(kept[i]) * (2 - kept[i] * kept[i]);
        break;
    case MLP_ELU:
        for (int64_t i = 0; i < count; i++) bend[i] *= (kept[i] + 1) * (REAL)(kept[i] <= 0);
        break;
    case MLP_SOFTPLUS:
        for (int64_t i = 0; i < count; i++) {
            bend[i] *= -REAL_MATH(expm1)(-kept[i]) * REAL_MATH(exp)(-kept[i]);
        }
        break;
    case MLP_TANH: /* see hidden_units */
    case MLP_RELU:
    case MLP_IDENTITY: break;
    }
}
