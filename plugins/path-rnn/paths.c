/* The data as paths: K values each, at the times k T/K. Series of another length are interpolated linearly, first value
 * to first and last to last, so that all paths take the same time whatever their number of steps. */
#include <string.h>

#include "path_rnn.h"

static void interpolate(const path_rnn *p, const double *series, int64_t length, double *path) {
    int64_t m = p->channels;
    for (int64_t k = 0; k < p->steps; k++) {
        double place = p->steps == 1 ? 0 : (double)k * (double)(length - 1) / (double)(p->steps - 1);
        int64_t left = (int64_t)place;
        if (left > length - 1) left = length - 1;
        int64_t right = left + 1 < length ? left + 1 : left;
        double share = place - (double)left;
        for (int64_t j = 0; j < m; j++) {
            path[k * m + j] = series[left * m + j] + share * (series[right * m + j] - series[left * m + j]);
        }
    }
}

static int is_sampled(const path_rnn *p) {
    if (p->data->steps != p->steps) return 0;
    if (!p->data->lengths) return 1;
    for (int64_t i = 0; i < p->train + p->test; i++) {
        if (p->data->lengths[i] != p->steps) return 0;
    }
    return 1;
}

eos_status rnn_sample_paths(path_rnn *p) {
    const double *series = p->data->inputs;
    p->paths = series;
    if (is_sampled(p)) return EOS_OK;
    int64_t count = p->train + p->test, size = p->steps * p->channels;
    p->resampled = eos_allocate(p->host, "paths", count, size, sizeof *p->resampled);
    if (!p->resampled) return EOS_E_MEMORY;
    for (int64_t i = 0; i < count; i++) {
        int64_t length = p->data->lengths ? p->data->lengths[i] : p->data->steps;
        interpolate(p, series + i * p->data->features, length, p->resampled + i * size);
    }
    p->paths = p->resampled;
    return EOS_OK;
}
