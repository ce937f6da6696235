/* f(x) = a- sum_i ReLU(-x_i + b) + a+ sum_i ReLU(x_i + b) on sparse coding data x = signal y e_j + xi, with the
 * logistic loss log(1 + e^(-y f)) averaged over the samples ("Learning threshold neurons via the edge of stability",
 * 2022, arXiv 2212.07469). All units of a sign share their weight and bias, so that no sample is gone through again
 * at every evaluation: of its sorted entries those above -b, and those below b, are a range whose sum is known. */
#ifndef EOS_THRESHOLD_NETWORK_H
#define EOS_THRESHOLD_NETWORK_H

#include "eos/kit.h"

enum { MINUS, PLUS, BIAS, PARAMETERS };

/* Samples are summed in blocks, and blocks in order: the bits do not depend on the number of threads. */
enum { BLOCK_SAMPLES = 1024 };

/* The training samples, each sorted. */
typedef struct training {
    double *sorted;     /* samples x d, ascending */
    double *below;      /* samples x (d + 1): sums of the first k entries */
    double *above;      /* samples x (d + 1): sums of all but the first k */
    signed char *signs; /* y of each */
    /* Entries of each below b and up to -b at the last evaluation, from where the next one looks for its own: nothing
     * but time depends on them. */
    int32_t *minus, *plus;
    void *memory; /* of these */
} training;

/* Sums over the samples of a block; `hessian` holds the upper triangle. */
typedef struct sums {
    double loss, gradient[PARAMETERS], hessian[PARAMETERS][PARAMETERS];
} sums;

typedef struct threshold_network {
    const eos_host *host;
    int64_t dimension, samples, test; /* d; in training, and for testing */
    double signal;
    uint64_t data_seed;
    uint32_t dtype; /* of parameters and data; sums are in double */
    training training;
    sums *blocks;
    double *tests;                          /* test x d; NULL before the first measurement */
    signed char *test_signs;                /* y of each */
    double hessian[PARAMETERS][PARAMETERS]; /* at the point of the last linearize */
    int is_linearized;
} threshold_network;

/* data.c: sample `index` of the set, d numbers; returns its y. */
signed char threshold_network_sample(const threshold_network *t, int64_t index, double *x);
eos_status threshold_network_make_training(threshold_network *t);
eos_status threshold_network_make_tests(threshold_network *t);
/* derivatives.c: each fails with EOS_RECOVERABLE where the value is not finite. */
eos_status threshold_network_evaluate(void *self, eos_evaluation *evaluation);
eos_status threshold_network_linearize(void *self, const void *x);
eos_status threshold_network_curvature(void *self, const void *v, void *out);
/* metrics.c */
eos_status threshold_network_metric(void *self, int64_t index, eos_metric *out);
eos_status threshold_network_measure(void *self, const void *x, double *values);

#endif
