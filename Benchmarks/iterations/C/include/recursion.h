/* The mean model's gradient descent as a loop in C, with no objective, policy, stop rule or records around it. */
#ifndef RECURSION_H
#define RECURSION_H

#include <stdint.h>

typedef struct mean_model_state {
    double amplitude, bias, loss;
} mean_model_state;

mean_model_state mean_model_recursion(double dimension, double step, double amplitude, double bias, int64_t iterations);

#endif
