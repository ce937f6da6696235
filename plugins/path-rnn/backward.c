/* The adjoint recursion: states run back in time, so their derivatives run forwards. With b_k = dt A kernels'_k + 2
 * sigma^2 dt E h_k, what step k brings itself, and a_k = b_k + S a_(k-1) all of it: dL/dv = a_(K-1) and
 * dL/dS = sum_k h_k a_(k-1)'. All in O(R K N^2 + n R K m). */
#include <cblas.h>
#include <string.h>

#include "path_rnn.h"

typedef struct strip_context {
    const path_rnn *p;
    const double *outputs;
    double *kernels;
} strip_context;

static void kernel_strip(void *ctx, int64_t index) {
    const strip_context *c = ctx;
    const path_rnn *p = c->p;
    int64_t length = p->steps * p->channels, first = index * p->strip_size;
    int64_t width = length - first < p->strip_size ? length - first : p->strip_size;
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)p->readouts, (int)width, (int)p->train, 1, c->outputs,
                (int)p->readouts, p->paths + first, (int)length, 0, c->kernels + first, (int)length);
}

/* Derivatives by the kernels: those by the outputs, summed over the training paths. */
static void sum_paths(const path_rnn *p, rnn_slopes *slopes) {
    strip_context context = {p, slopes->outputs, slopes->kernels};
    rnn_each(p, p->strip_count, kernel_strip, &context);
}

/* b = add b + dt kernels A' + 2 sigma^2 dt E states. */
static void own_slopes(const path_rnn *p, const double *kernels, const double *inputs, const double *covariance,
                       const double *states, double add, double *b) {
    int rows = (int)(p->readouts * p->steps), n = (int)p->units, m = (int)p->channels, count = (int)p->readouts;
    int length = (int)(p->steps * p->units);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, n, m, p->dt, kernels, m, inputs, m, add, b, n);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, count, length, count, 2 * p->sigma * p->sigma * p->dt,
                covariance, count, states, length, 1, b, length);
}

/* to += scale from S', at one step each. */
static void step_forwards(const path_rnn *p, const double *from, const double *s, double scale, double *to) {
    int stride = (int)(p->steps * p->units), n = (int)p->units;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)p->readouts, n, n, scale, from, stride, s, n, 1, to,
                stride);
}

/* W = add W + dt sum_k states_k' adjoints_(k-1), over all read-outs. */
static void add_recurrent(const path_rnn *p, const double *states, const double *adjoints, double add, double *out) {
    int n = (int)p->units;
    for (int64_t r = 0; r < p->readouts; r++) {
        const double *h = states + r * p->steps * p->units, *a = adjoints + r * p->steps * p->units;
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, n, (int)(p->steps - 1), p->dt, h + n, n, a, n,
                    r == 0 ? add : 1, out, n);
    }
}

/* A = add A + dt states' kernels. */
static void add_inputs(const path_rnn *p, const double *states, const double *kernels, double add, double *out) {
    int rows = (int)(p->readouts * p->steps), n = (int)p->units, m = (int)p->channels;
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, m, rows, p->dt, states, n, kernels, m, add, out, m);
}

/* v and beta. */
static void set_readouts(const path_rnn *p, const rnn_slopes *slopes) {
    double *biases = slopes->network + p->biases;
    memset(biases, 0, (size_t)p->readouts * sizeof(double));
    for (int64_t i = 0; i < p->train; i++) {
        for (int64_t r = 0; r < p->readouts; r++) biases[r] += slopes->outputs[i * p->readouts + r];
    }
    for (int64_t r = 0; r < p->readouts; r++) {
        memcpy(slopes->network + p->readout_weights + r * p->units,
               slopes->states + ((r + 1) * p->steps - 1) * p->units, (size_t)p->units * sizeof(double));
    }
}

void rnn_backward(const path_rnn *p, const rnn_pass *pass, rnn_slopes *slopes) {
    double *a = slopes->states, *out = slopes->network;
    sum_paths(p, slopes);
    own_slopes(p, slopes->kernels, pass->network + p->input_weights, slopes->covariance, pass->states, 0, a);
    for (int64_t k = 1; k < p->steps; k++) {
        step_forwards(p, a + (k - 1) * p->units, pass->transition, 1, a + k * p->units);
    }
    add_recurrent(p, pass->states, a, 0, out);
    add_inputs(p, pass->states, slopes->kernels, 0, out + p->input_weights);
    set_readouts(p, slopes);
}

void rnn_backward_change(const path_rnn *p, const rnn_pass *pass, const rnn_slopes *slopes, const rnn_tangent *tangent,
                         rnn_slopes *changes) {
    double *a = changes->states, *out = changes->network;
    const double *inputs = pass->network + p->input_weights, *inputs_change = tangent->network + p->input_weights;
    sum_paths(p, changes);
    own_slopes(p, changes->kernels, inputs, changes->covariance, pass->states, 0, a);
    own_slopes(p, slopes->kernels, inputs_change, slopes->covariance, tangent->states, 1, a);
    for (int64_t k = 1; k < p->steps; k++) {
        step_forwards(p, a + (k - 1) * p->units, pass->transition, 1, a + k * p->units);
        step_forwards(p, slopes->states + (k - 1) * p->units, tangent->network, p->dt, a + k * p->units);
    }
    add_recurrent(p, pass->states, a, 0, out);
    add_recurrent(p, tangent->states, slopes->states, 1, out);
    add_inputs(p, pass->states, changes->kernels, 0, out + p->input_weights);
    add_inputs(p, tangent->states, slopes->kernels, 1, out + p->input_weights);
    set_readouts(p, changes);
}
