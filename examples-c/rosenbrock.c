/* Minimises the Rosenbrock function, with one call. */
#include <eos.h>
#include <stdio.h>

/* f(x) = 100 (x1 - x0^2)^2 + (1 - x0)^2, smallest at (1, 1). If the gradient is not wanted, it is NULL. */
static double rosenbrock(int64_t n, const double *x, double *gradient, void *ctx) {
    double across = x[1] - x[0] * x[0], along = 1 - x[0];
    (void)n, (void)ctx;
    if (gradient) {
        gradient[0] = -400 * across * x[0] - 2 * along;
        gradient[1] = 200 * across;
    }
    return 100 * across * across + along * along;
}

int main(void) {
    double x[2] = {-1.2, 1}; /* the starting point, and afterwards the best point found */
    eos_result result = EOS_STRUCT(eos_result);
    /* Polyak steps, because the smallest value is known to be 0. */
    const char *settings = "policy.name=polyak policy.lower_bound=0 stop.iterations=5000 stop.gradient_norm=1e-6";
    eos_status status = eos_minimize(rosenbrock, NULL, 2, x, settings, &result);
    if (status != EOS_OK) {
        char why[512];
        eos_last_error(NULL, why, sizeof why);
        fprintf(stderr, "rosenbrock: %s\n", why);
        return 1;
    }
    printf("minimum at (%.3f, %.3f): %s\n", x[0], x[1], eos_stop_text(result.stop));
    return 0;
}
