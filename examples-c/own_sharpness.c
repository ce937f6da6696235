/* The sharpness of a user's function, with an error bound: leading eigenvalues of the Hessian at a point, from
 * gradients alone.
 *
 * The function is the quartic f(x) = sum of c[i] (x[i]^2 / 2 + x[i]^4 / 12), whose Hessian at x is diagonal with
 * c[i] (1 + x[i]^2): the closed form is printed beside what the library finds. */
#include "check.h"

#include <math.h>

enum { N = 50 };

static double coefficient(int64_t i) { return 10.0 / (double)(i + 1); }

static eos_status describe(void *self, eos_objective_description *out) {
    (void)self;
    out->dtype = EOS_F64;
    out->dimension = N;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    (void)self, (void)seed;
    for (int i = 0; i < N; i++) ((double *)x)[i] = 0.5;
    return EOS_OK;
}

static eos_status evaluate(void *self, eos_evaluation *evaluation) {
    const double *x = (const double *)evaluation->x;
    double *gradient = (double *)evaluation->gradient;
    (void)self;
    evaluation->value = 0;
    for (int i = 0; i < N; i++) {
        double square = x[i] * x[i];
        evaluation->value += coefficient(i) * square * (1.0 / 2 + square / 12);
        if (evaluation->want & EOS_WANT_GRADIENT) gradient[i] = coefficient(i) * x[i] * (1 + square / 3);
    }
    return EOS_OK;
}

int main(void) {
    eos_context *context;
    if (eos_context_new(&context) != EOS_OK) return 1;
    eos_objective_ops ops = EOS_STRUCT(eos_objective_ops); /* everything optional is left to the host */
    ops.describe = describe;
    ops.initial_point = initial_point;
    ops.evaluate = evaluate;
    eos_objective *objective;
    check(context, eos_objective_from_table(context, &ops, NULL, &objective));

    double x[N];
    check(context, eos_objective_initial_point(objective, 0, x));

    enum { COUNT = 3 };
    eos_sharpness_options options = EOS_STRUCT(eos_sharpness_options);
    options.count = COUNT;
    options.tolerance = 1e-6;
    eos_eigenvalue found[COUNT];
    int64_t products;
    check(context, eos_sharpness(objective, x, &options, found, NULL, &products));

    printf("  found   exact   converged   within its bound\n");
    for (int i = 0; i < COUNT; i++) {
        double exact = coefficient(i) * (1 + x[i] * x[i]);
        /* An eigenvalue lies within `residual` of `value`; the exact one is rounded here, too. */
        int within = fabs(found[i].value - exact) <= found[i].residual + 1e-7 * exact;
        printf("%7.4f %7.4f   %9s   %16s\n", found[i].value, exact, found[i].converged ? "yes" : "no",
               within ? "yes" : "no");
    }
    printf("gradient descent is stable here for steps below %.4f\n", 2 / found[0].value);

    eos_objective_free(objective);
    eos_context_free(context);
    return 0;
}
