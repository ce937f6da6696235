/* Sparse coding data: x = signal y e_j + xi, y = -1 or +1 and j at random, xi standard normal. They are those of the
 * host's generator sparse-coding for the same seed, bit for bit: sample i of d numbers uses the counters from
 * c = i (2 + 2 d), y is -1 where uniform(c) < 1/2, j = floor(d uniform(c + 1)), xi_m = normal(c / 2 + 1 + m). */
#include <stdlib.h>

#include "threshold_network.h"

signed char threshold_network_sample(const threshold_network *t, int64_t index, double *x) {
    uint64_t d = (uint64_t)t->dimension, counter = (uint64_t)index * (2 + 2 * d);
    double drawn[2];
    t->host->random_uniform(t->host, t->data_seed, counter, 2, drawn);
    signed char sign = drawn[0] < 0.5 ? -1 : 1;
    t->host->random_normal(t->host, t->data_seed, counter / 2 + 1, t->dimension, x);
    x[(int64_t)(drawn[1] * (double)d)] += t->signal * sign;
    if (t->is_single) {
        for (int64_t i = 0; i < t->dimension; i++) x[i] = (float)x[i];
    }
    return sign;
}

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

eos_status threshold_network_make_training(threshold_network *t) {
    training *data = &t->training;
    int64_t n = t->samples, d = t->dimension;
    data->sorted = threshold_network_allocate(t, "samples", n, d, sizeof *data->sorted);
    if (data->sorted) data->below = threshold_network_allocate(t, "samples", n, d + 1, sizeof *data->below);
    if (data->below) data->above = threshold_network_allocate(t, "samples", n, d + 1, sizeof *data->above);
    if (data->above) data->signs = threshold_network_allocate(t, "samples", n, 1, sizeof *data->signs);
    if (data->signs) data->minus = threshold_network_allocate(t, "samples", n, 1, sizeof *data->minus);
    if (data->minus) data->plus = threshold_network_allocate(t, "samples", n, 1, sizeof *data->plus);
    if (!data->plus) return EOS_E_MEMORY;
    for (int64_t s = 0; s < n; s++) {
        double *sorted = data->sorted + s * d, *below = data->below + s * (d + 1), *above = data->above + s * (d + 1);
        data->signs[s] = threshold_network_sample(t, s, sorted);
        qsort(sorted, (size_t)d, sizeof *sorted, ascending);
        for (int64_t k = 0; k < d; k++) below[k + 1] = below[k] + sorted[k];
        for (int64_t k = d; k > 0; k--) above[k - 1] = above[k] + sorted[k - 1];
        data->minus[s] = data->plus[s] = (int32_t)(d / 2);
    }
    return EOS_OK;
}

typedef struct test_rows {
    threshold_network *t;
    double *inputs;
} test_rows;

static void draw_block(void *ctx, int64_t block) {
    test_rows *rows = ctx;
    threshold_network *t = rows->t;
    int64_t end = (block + 1) * BLOCK_SAMPLES < t->test ? (block + 1) * BLOCK_SAMPLES : t->test;
    for (int64_t s = block * BLOCK_SAMPLES; s < end; s++) {
        t->test_signs[s] = threshold_network_sample(t, t->samples + s, rows->inputs + s * t->dimension);
    }
}

eos_status threshold_network_make_tests(threshold_network *t) {
    if (t->tests || t->test == 0) return EOS_OK;
    if (!t->test_signs) t->test_signs = threshold_network_allocate(t, "test", t->test, 1, sizeof *t->test_signs);
    if (!t->test_signs) return EOS_E_MEMORY;
    double *inputs = threshold_network_allocate(t, "test", t->test, t->dimension, sizeof *inputs);
    if (!inputs) return EOS_E_MEMORY;
    test_rows rows = {t, inputs};
    t->host->parallel(t->host, threshold_network_block_count(t->test), draw_block, &rows);
    t->tests = inputs;
    return EOS_OK;
}
