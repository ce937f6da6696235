/* The first read-outs: the classifier by the nearest class mean. v of a class points from the mean of Y_T over all
 * training paths (of two classes: over the other's) to that over its own, and the point halfway is undecided. From
 * random read-outs half of all trainings would start worse than chance, and a search for large steps then takes a step
 * of any length that ends at chance, where there is no gradient to come back by. */
#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "path_rnn.h"

typedef struct workspace {
    double *network, *norms, *transition, *response;
    double *paths;  /* sums, then means [C][K][m] */
    double *counts; /* [C] */
    double *means;  /* of Y_T over each class, and over all paths [C + 1][N] */
    void *memory;
} workspace;

static eos_status make(const path_rnn *p, workspace *w) {
    const eos_array arrays[] = {
        EOS_ARRAY(w->network, p->dimension, 1),
        EOS_ARRAY(w->norms, p->readouts + 2, 1),
        EOS_ARRAY(w->transition, p->units, p->units),
        EOS_ARRAY(w->response, p->units * p->steps, p->channels),
        EOS_ARRAY(w->paths, p->classes * p->steps, p->channels),
        EOS_ARRAY(w->counts, p->classes, 1),
        EOS_ARRAY(w->means, p->classes + 1, p->units),
    };
    w->memory = eos_allocate_arrays(p->host, "initial point", arrays, EOS_COUNT(arrays));
    return w->memory ? EOS_OK : EOS_E_MEMORY;
}

static void average_paths(const path_rnn *p, const workspace *w) {
    int64_t length = p->steps * p->channels;
    memset(w->paths, 0, (size_t)(p->classes * length) * sizeof(double));
    memset(w->counts, 0, (size_t)p->classes * sizeof(double));
    for (int64_t i = 0; i < p->train; i++) {
        int64_t label = p->data->labels[i];
        for (int64_t j = 0; j < length; j++) w->paths[label * length + j] += p->paths[i * length + j];
        w->counts[label] += 1;
    }
    for (int64_t c = 0; c < p->classes; c++) {
        if (w->counts[c] == 0) continue;
        for (int64_t j = 0; j < length; j++) w->paths[c * length + j] /= w->counts[c];
    }
}

static void average_states(const path_rnn *p, const double *point, const workspace *w) {
    int length = (int)(p->steps * p->channels), n = (int)p->units;
    rnn_project(p, point, w->network, w->norms);
    rnn_transition(p, w->network, w->transition);
    rnn_respond(p, w->network, w->transition, w->response);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)p->classes, n, length, 1, w->paths, length, w->response,
                length, 0, w->means, n);
    double *all = w->means + p->classes * n;
    memset(all, 0, (size_t)n * sizeof(double));
    for (int64_t c = 0; c < p->classes; c++) {
        for (int64_t i = 0; i < n; i++) all[i] += w->counts[c] / (double)p->train * w->means[c * n + i];
    }
}

/* v and beta of read-out r; they stay as they are where the two means are equal. */
static void separate(const path_rnn *p, int64_t r, const double *from, const double *to, double *point) {
    double *v = point + p->readout_weights + r * p->units;
    double square = 0, halfway = 0;
    for (int64_t i = 0; i < p->units; i++) square += (to[i] - from[i]) * (to[i] - from[i]);
    if (!(square > 0) || !isfinite(square)) return;
    for (int64_t i = 0; i < p->units; i++) {
        v[i] = (to[i] - from[i]) / sqrt(square);
        halfway += v[i] * (from[i] + to[i]) / 2;
    }
    point[p->biases + r] = -halfway;
}

eos_status rnn_set_nearest_mean(const path_rnn *p, double *point) {
    workspace w;
    eos_status status = make(p, &w);
    if (status) return status;
    average_paths(p, &w);
    average_states(p, point, &w);
    int is_binary = p->readouts == 1;
    for (int64_t r = 0; r < p->readouts; r++) {
        int64_t own = is_binary ? 1 : r, other = is_binary ? 0 : p->classes;
        if (w.counts[own] == 0 || (is_binary && w.counts[other] == 0)) continue;
        separate(p, r, w.means + other * p->units, w.means + own * p->units, point);
    }
    free(w.memory);
    return EOS_OK;
}
