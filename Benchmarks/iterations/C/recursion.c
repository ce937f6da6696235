#include "recursion.h"

#include <math.h>

/* arXiv 2212.07469, with the loss of each iterate, which a training evaluates as well. */
mean_model_state mean_model_recursion(double dimension, double step, double amplitude, double bias, int64_t iterations) {
    mean_model_state state = {amplitude, bias, 0};
    for (int64_t i = 0; i < iterations; i++) {
        double distribution = erfc(-state.bias * 0.70710678118654752440) / 2;
        double mean = exp(-state.bias * state.bias / 2) * 0.39894228040143267794 + state.bias * distribution;
        double s = state.amplitude * mean, slope = tanh(s / 2) / 2;
        state.loss = fabs(s) / 2 + log1p(exp(-fabs(s)));
        double change = step * slope * state.amplitude * distribution;
        state.amplitude -= 2 * dimension * dimension * step * slope * mean;
        state.bias -= change;
    }
    return state;
}
