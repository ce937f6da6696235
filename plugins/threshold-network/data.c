/* Sparse coding data: x = signal y e_j + xi, y = -1 or +1 and j at random, xi standard normal. They equal the data of
 * the host's generator sparse-coding for the same seed, bit for bit. Sample i of d numbers uses the counters from
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
    if (t->dtype == EOS_F32) {
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
    const eos_array arrays[] = {
        EOS_ARRAY(data->sorted, n, d), EOS_ARRAY(data->below, n, d + 1), EOS_ARRAY(data->above, n, d + 1),
        EOS_ARRAY(data->signs, n, 1),  EOS_ARRAY(data->minus, n, 1),     EOS_ARRAY(data->plus, n, 1),
    };
    data->memory = eos_allocate_arrays(t->host, "samples", arrays, EOS_COUNT(arrays));
    if (!data->memory) return EOS_E_MEMORY;
    for (int64_t s = 0; s < n; s++) {
        double *sorted = data->sorted + s * d, *below = data->below + s * (d + 1), *above = data->above + s * (d + 1);
        data->signs[s] = threshold_network_sample(t, s, sorted);
        qsort(sorted, (size_t)d, sizeof *sorted, ascending);
        below[0] = above[d] = 0;
        for (int64_t k = 0; k < d; k++) below[k + 1] = below[k] + sorted[k];
        for (int64_t k = d; k > 0; k--) above[k - 1] = above[k] + sorted[k - 1];
        data->minus[s] = data->plus[s] = (int32_t)(d / 2);
    }
    return EOS_OK;
}

static void draw_block(void *ctx, int64_t block) {
    threshold_network *t = ctx;
    int64_t end = eos_part_end(block, BLOCK_SAMPLES, t->test);
    for (int64_t s = block * BLOCK_SAMPLES; s < end; s++) {
        t->test_signs[s] = threshold_network_sample(t, t->samples + s, t->tests + s * t->dimension);
    }
}

eos_status threshold_network_make_tests(threshold_network *t) {
    if (t->tests || t->test == 0) return EOS_OK;
    const eos_array arrays[] = {EOS_ARRAY(t->tests, t->test, t->dimension), EOS_ARRAY(t->test_signs, t->test, 1)};
    if (!eos_allocate_arrays(t->host, "test", arrays, EOS_COUNT(arrays))) return EOS_E_MEMORY;
    t->host->parallel(t->host, eos_part_count(t->test, BLOCK_SAMPLES), draw_block, t);
    return EOS_OK;
}
