/* f(x, y) = l(x y) with l convex, even, of slope at most 1 and l''(0) = 1: a single linear neuron ("Learning threshold
 * neurons via the edge of stability", 2022, arXiv 2212.07469). */
#ifndef EOS_SINGLE_NEURON_H
#define EOS_SINGLE_NEURON_H

#include "eos/kit.h"

/* l(s) and its derivatives. */
typedef struct loss {
    double value, slope, curvature;
} loss;

typedef struct single_neuron single_neuron;
typedef loss (*loss_function)(const single_neuron *n, double s);
struct single_neuron {
    const eos_host *host;
    loss_function loss_at;
    double start[2];
    double beta, limit;   /* of the family beta: its exponent, and the limit of l(s) - |s| */
    double smallest;      /* l(0) */
    double hessian[2][2]; /* at the point of the last linearize */
    int is_linearized;
};

/* losses.c: finite wherever s is. */
loss single_neuron_sqrt(const single_neuron *n, double s);
loss single_neuron_log_cosh(const single_neuron *n, double s);
loss single_neuron_beta(const single_neuron *n, double s);
/* The limit of l(s) - |s| in the family beta. */
double single_neuron_beta_limit(double beta);
/* derivatives.c: each fails with EOS_RECOVERABLE where the value is not finite. */
eos_status single_neuron_evaluate(void *self, eos_evaluation *evaluation);
eos_status single_neuron_linearize(void *self, const void *x);
eos_status single_neuron_curvature(void *self, const void *v, void *out);

#endif
