/* From parameters to read-outs: the states h back in time, what all paths have in common, then the means of all. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "path_rnn.h"

void rnn_transition(const path_rnn *p, const double *network, double *s) {
    int64_t n = p->units;
    for (int64_t i = 0; i < n * n; i++) s[i] = p->dt * network[i];
    for (int64_t i = 0; i < n; i++) s[i * n + i] += 1;
}

void rnn_respond(const path_rnn *p, const double *network, const double *s, double *response) {
    int n = (int)p->units, m = (int)p->channels, stride = (int)(p->steps * p->channels);
    const double *inputs = network + p->input_weights;
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < m; j++) response[i * stride + (p->steps - 1) * m + j] = p->dt * inputs[i * m + j];
    }
    for (int64_t k = p->steps - 1; k > 0; k--) {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, m, n, 1, s, n, response + k * m, stride, 0,
                    response + (k - 1) * m, stride);
    }
}

/* states of step k of all read-outs: a matrix [R][N] whose rows lie K N apart. */
static const double *at_step(const path_rnn *p, const double *states, int64_t k) { return states + k * p->units; }

/* to = from S + add to, at one step each. */
static void multiply_step(const path_rnn *p, const double *from, const double *s, double scale, double add,
                          double *to) {
    int stride = (int)(p->steps * p->units), n = (int)p->units;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)p->readouts, n, n, scale, from, stride, s, n, add, to,
                stride);
}

/* kernels = dt states A + add kernels. */
static void multiply_inputs(const path_rnn *p, const double *states, const double *inputs, double add,
                            double *kernels) {
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)(p->readouts * p->steps), (int)p->channels,
                (int)p->units, p->dt, states, (int)p->units, inputs, (int)p->channels, add, kernels, (int)p->channels);
}

static void set_readouts(const path_rnn *p, const double *network, double *states) {
    for (int64_t r = 0; r < p->readouts; r++) {
        memcpy(states + ((r + 1) * p->steps - 1) * p->units, network + p->readout_weights + r * p->units,
               (size_t)p->units * sizeof(double));
    }
}

/* The variance of margin r against c. */
static double variance(const path_rnn *p, const double *covariance, int64_t r, int64_t c) {
    int64_t count = p->readouts;
    if (count == 1) return covariance[0];
    return covariance[r * count + r] + covariance[c * count + c] - covariance[r * count + c] -
           covariance[c * count + r];
}

void rnn_unroll(const path_rnn *p, const double *point, rnn_pass *pass) {
    rnn_project(p, point, pass->network, pass->norms);
    rnn_transition(p, pass->network, pass->transition);
    set_readouts(p, pass->network, pass->states);
    for (int64_t k = p->steps - 1; k > 0; k--) {
        multiply_step(p, at_step(p, pass->states, k), pass->transition, 1, 0, pass->states + (k - 1) * p->units);
    }
    multiply_inputs(p, pass->states, pass->network + p->input_weights, 0, pass->kernels);
    int count = (int)p->readouts, length = (int)(p->steps * p->units);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, count, count, length, p->sigma * p->sigma * p->dt,
                pass->states, length, pass->states, length, 0, pass->covariance, count);
    for (int64_t r = 0; r < count; r++) {
        for (int64_t c = 0; c < count; c++) {
            int has_none = count > 1 && r == c;
            pass->precision[r * count + c] = has_none ? 0 : 1 / sqrt(variance(p, pass->covariance, r, c));
        }
    }
}

void rnn_read_out(const path_rnn *p, const double *kernels, const double *biases, int64_t first, int64_t last,
                  double *outputs) {
    int length = (int)(p->steps * p->channels), count = (int)p->readouts;
    for (int64_t i = 0; i < last - first; i++) memcpy(outputs + i * count, biases, (size_t)count * sizeof(double));
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)(last - first), count, length, 1,
                p->paths + first * length, length, kernels, length, 1, outputs, count);
}

typedef struct forward_context {
    const path_rnn *p;
    const rnn_pass *pass;
} forward_context;

static void forward_block(void *ctx, int64_t i) {
    const forward_context *c = ctx;
    const path_rnn *p = c->p;
    if (p->is_long && p->host->cancelled(p->host)) return;
    int64_t first = rnn_block_first(p, i), last = rnn_block_last(p, i);
    double *outputs = c->pass->outputs + first * p->readouts;
    rnn_read_out(p, c->pass->kernels, c->pass->network + p->biases, first, last, outputs);
    p->block_sums[i] = rnn_loss(p, c->pass, outputs, first, last);
}

eos_status rnn_forward(path_rnn *p, const double *point, rnn_pass *pass) {
    rnn_unroll(p, point, pass);
    forward_context context = {p, pass};
    rnn_each(p, p->block_count, forward_block, &context);
    if (p->is_long && p->host->cancelled(p->host)) {
        return eos_fail(p->host, EOS_E_CANCELLED, "a stop was requested during an evaluation");
    }
    double sum = 0;
    for (int64_t i = 0; i < p->block_count; i++) sum += p->block_sums[i];
    pass->value = sum / ((double)p->train * (double)rnn_margin_count(p));
    return EOS_OK;
}

typedef struct change_context {
    const path_rnn *p;
    const rnn_tangent *tangent;
} change_context;

static void change_block(void *ctx, int64_t i) {
    const change_context *c = ctx;
    int64_t first = rnn_block_first(c->p, i), last = rnn_block_last(c->p, i);
    rnn_read_out(c->p, c->tangent->kernels, c->tangent->network + c->p->biases, first, last,
                 c->tangent->outputs + first * c->p->readouts);
}

void rnn_forward_change(const path_rnn *p, const rnn_pass *pass, rnn_tangent *tangent) {
    set_readouts(p, tangent->network, tangent->states);
    for (int64_t k = p->steps - 1; k > 0; k--) {
        double *to = tangent->states + (k - 1) * p->units;
        multiply_step(p, at_step(p, tangent->states, k), pass->transition, 1, 0, to);
        multiply_step(p, at_step(p, pass->states, k), tangent->network, p->dt, 1, to);
    }
    multiply_inputs(p, tangent->states, pass->network + p->input_weights, 0, tangent->kernels);
    multiply_inputs(p, pass->states, tangent->network + p->input_weights, 1, tangent->kernels);
    int count = (int)p->readouts, length = (int)(p->steps * p->units);
    /* The derivative of h h' is symmetric: one product and its transpose. */
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, count, count, length, p->sigma * p->sigma * p->dt,
                tangent->states, length, pass->states, length, 0, tangent->variances, count);
    for (int64_t r = 0; r < count; r++) {
        for (int64_t c = 0; c < count; c++) {
            tangent->covariance[r * count + c] = tangent->variances[r * count + c] + tangent->variances[c * count + r];
        }
    }
    for (int64_t r = 0; r < count; r++) {
        for (int64_t c = 0; c < count; c++) tangent->variances[r * count + c] = variance(p, tangent->covariance, r, c);
    }
    change_context context = {p, tangent};
    rnn_each(p, p->block_count, change_block, &context);
}
