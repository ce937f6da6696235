/* Squared error of y = a exp(-b t) + c on twelve measured samples. Its author has never heard of eos. */
#include <math.h>
#include <stddef.h>

static const double times[12] = {0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5};
static const double measured[12] = {3.02, 2.31, 1.83, 1.43, 1.20, 0.97, 0.85, 0.74, 0.70, 0.62, 0.61, 0.56};

/* p: a, b, c. gradient: three elements, or NULL. */
double decay_error(int count, const double *p, double *gradient) {
    double error = 0;
    for (int j = 0; gradient != NULL && j < count; j++) gradient[j] = 0;
    for (int i = 0; i < 12; i++) {
        double fall = exp(-p[1] * times[i]);
        double residual = p[0] * fall + p[2] - measured[i];
        error += residual * residual / 12;
        if (gradient == NULL) continue;
        gradient[0] += 2 * residual * fall / 12;
        gradient[1] -= 2 * residual * p[0] * times[i] * fall / 12;
        gradient[2] += 2 * residual / 12;
    }
    return error;
}
