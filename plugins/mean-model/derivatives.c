/* Value, gradient and curvature of l(A g(b)). */
#include <math.h>

#include "mean_model.h"

/* l(s) = (log(1 + e^s) + log(1 + e^-s)) / 2 = log(2 cosh(s/2)), which is even, and its slope tanh(s/2) / 2: by
 * e^-|s| - 1, so that neither overflows and the slope keeps all its digits near 0. */
typedef struct loss {
    double value, slope;
} loss;

static loss loss_at(double s) {
    double size = fabs(s), drop = expm1(-size);
    return (loss){size / 2 + log(2 + drop), copysign(-drop / (2 * (2 + drop)), s)};
}

/* l''(s) = 1 / (4 cosh^2(s/2)), from e^-|s|. */
static double loss_curvature(double s) {
    double decay = exp(-fabs(s));
    return decay / ((1 + decay) * (1 + decay));
}

eos_status mean_model_evaluate(void *self, eos_evaluation *evaluation) {
    const mean_model *m = self;
    eos_status status = eos_check_gradient(m->host, evaluation);
    if (status) return status;
    const double *x = evaluation->x;
    double amplitude = m->dimension * (x[MINUS] + x[PLUS]), bias = x[BIAS];
    gaussian normal = gaussian_at(bias);
    loss there = loss_at(amplitude * normal.mean);
    evaluation->value = there.value;
    /* Where b is -inf the value would be finite. */
    if (!isfinite(there.value) || !isfinite(bias)) {
        evaluation->value = NAN;
        return EOS_RECOVERABLE;
    }
    double *gradient = eos_gradient(evaluation);
    if (!gradient) return EOS_OK;
    gradient[MINUS] = gradient[PLUS] = m->dimension * (there.slope * normal.mean);
    gradient[BIAS] = there.slope * amplitude * normal.distribution;
    return EOS_OK;
}

/* With s = A g(b): H = l''(s) grad s grad s' + l'(s) (second derivatives of s). */
eos_status mean_model_linearize(void *self, const void *x_) {
    mean_model *m = self;
    const double *x = x_;
    double amplitude = m->dimension * (x[MINUS] + x[PLUS]);
    gaussian normal = gaussian_at(x[BIAS]);
    double s = amplitude * normal.mean, slope = loss_at(s).slope, curvature = loss_curvature(s);
    double by_a = m->dimension * normal.mean, by_b = amplitude * normal.distribution;
    double both = curvature * by_a * by_b + slope * (m->dimension * normal.distribution);
    for (int i = MINUS; i <= PLUS; i++) {
        for (int j = MINUS; j <= PLUS; j++) m->hessian[i][j] = curvature * by_a * by_a;
        m->hessian[i][BIAS] = m->hessian[BIAS][i] = both;
    }
    m->hessian[BIAS][BIAS] = curvature * by_b * by_b + slope * (amplitude * normal.density);
    m->is_linearized = 1;
    int is_finite = isfinite(x[BIAS]) && eos_all_finite(PARAMETERS * PARAMETERS, m->hessian[0]);
    return is_finite ? EOS_OK : EOS_RECOVERABLE;
}

eos_status mean_model_curvature(void *self, const void *v_, void *out_) {
    const mean_model *m = self;
    eos_status status = eos_check_linearized(m->host, m->is_linearized);
    if (status) return status;
    const double *v = v_;
    double *out = out_;
    for (int i = 0; i < PARAMETERS; i++) {
        out[i] = m->hessian[i][MINUS] * v[MINUS] + m->hessian[i][PLUS] * v[PLUS] + m->hessian[i][BIAS] * v[BIAS];
    }
    return EOS_OK;
}
