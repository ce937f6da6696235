/* f(x) = a- sum_i ReLU(-x_i + b) + a+ sum_i ReLU(x_i + b) on sparse coding data x = signal y e_j + xi, with the
 * logistic loss log(1 + e^(-y f)) averaged over the samples ("Learning threshold neurons via the edge of stability",
 * 2022, arXiv 2212.07469). All units of a sign share their weight and bias, so that no sample is gone through again
 * at every evaluation: of its sorted entries those above -b, and those below b, are a range whose sum is known. */
#ifndef EOS_THRESHOLD_NETWORK_H
#define EOS_THRESHOLD_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include "eos/plugin.h"

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
    int is_single; /* parameters and data are rounded to single precision; sums never are */
    training training;
    sums *blocks;
    double *tests;           /* test x d; NULL before the first measurement */
    signed char *test_signs; /* y of each */
    double hessian[PARAMETERS][PARAMETERS]; /* at the point of the last linearize */
    int is_linearized;
} threshold_network;

extern const eos_objective_ops threshold_network_ops;

/* objective.c */
eos_status threshold_network_create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                                    const eos_objective_ops **ops, void **self);
/* memory.c: rows x columns elements of `size` bytes, all zero; NULL where there is no memory, which has been said, with
 * `key` as what to make smaller. */
void *threshold_network_allocate(const threshold_network *t, const char *key, int64_t rows, int64_t columns,
                                 size_t size);
/* The parameters at x, whatever their element type. */
void threshold_network_read(const threshold_network *t, const void *x, double parameters[PARAMETERS]);
void threshold_network_write(const threshold_network *t, const double values[PARAMETERS], void *out);
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

static inline int64_t threshold_network_block_count(int64_t samples) {
    return (samples + BLOCK_SAMPLES - 1) / BLOCK_SAMPLES;
}

#endif
