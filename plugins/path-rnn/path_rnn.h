/* Classification of paths by a stochastic linear recurrent network (Bartolomaeus, Boutaib, Nestler, Rauhut, 2022, arXiv
 * 2108.03090): what the parts of the objective share.
 *
 * dY = (W Y + A x) dt + sigma dB, Y(0) = 0, in K Euler steps of dt = T/K; read-outs v_r.Y_T + beta_r. Y_T is normal, so
 * that the expected error of a decision is known without a simulation. Going back in time from h_(K-1) = v, h_(k-1) =
 * S'h_k with S = I + dt W gives what every path has in common: the mean of a read-out is sum_k kernel_k.x_k + beta with
 * kernel_k = dt A'h_k, its variance sigma^2 dt sum_k |h_k|^2.
 *
 * Two classes have one read-out, whose sign decides; more have one each, and the largest decides. A margin is +-the
 * read-out, or the true class's minus another's; the value is the mean over paths and margins of the probability that
 * the margin is negative.
 *
 * Parameters: W [N][N], A [N][m], v [R][N], beta [R], row-major. Work is cut into blocks of paths and strips of columns
 * whose sizes depend on the problem only, so that results have the same bits for any number of threads. */
#ifndef EOS_PATH_RNN_H
#define EOS_PATH_RNN_H

#include "eos/kit.h"

/* Everything that an evaluation finds out about one point, kept for the gradient there. */
typedef struct rnn_pass {
    int64_t evaluation; /* id of the point */
    int64_t used;       /* when it was last used, as a count of evaluations; 0: holds nothing */
    double value;
    double *network;    /* the parameters that the network has: projected where the objective constrains them */
    double *norms;      /* of W, A and each v before projection */
    double *transition; /* S [N][N] */
    double *states;     /* h [R][K][N] */
    double *kernels;    /* [R][K][m] */
    double *covariance; /* of the read-outs' noise [R][R] */
    double *precision;  /* 1 / standard deviation of the margin of r against c [R][R]; of the read-out for R = 1 */
    double *outputs;    /* means of the read-outs [train][R] */
    void *memory;
} rnn_pass;

/* Derivatives of the value by what a pass holds, or their derivatives along a direction. */
typedef struct rnn_slopes {
    double *outputs;    /* [train][R] */
    double *kernels;    /* [R][K][m] */
    double *covariance; /* [R][R] */
    double *states;     /* [R][K][N], with all that follows from a state */
    double *network;    /* [dimension] */
    void *memory;
} rnn_slopes;

/* Derivatives of a pass along a direction. */
typedef struct rnn_tangent {
    double *network, *states, *kernels, *covariance, *outputs; /* as in a pass */
    double *variances;                                         /* of the margins [R][R] */
    void *memory;
} rnn_tangent;

typedef struct path_rnn {
    const eos_host *host;
    const eos_dataset *data;
    uint32_t dtype;
    int64_t units, channels, steps, classes; /* N, m, K, C */
    int64_t readouts;                        /* R: 1 for two classes, else C */
    double sigma, time, dt;
    int is_constrained;
    int64_t train, test;
    const double *paths; /* (train + test) x K x m, at the times k T/K */
    double *resampled;   /* owner of the paths, where they are not the data as they came */

    int64_t dimension, input_weights, readout_weights, biases; /* where A, v and beta begin */

    int64_t block_size, block_count; /* training paths */
    int64_t strip_size, strip_count; /* columns of the kernels */
    int is_small;                    /* too little work for more than one thread */
    int is_long;                     /* so much work that an evaluation looks whether a stop was asked for */
    double *block_sums;              /* [block_count][R * R], at least one number each */

    int64_t evaluations;
    double *point; /* the last point, in double */
    rnn_pass passes[2];
    rnn_slopes slopes;
    /* What linearize keeps, and products with the Hessian write. */
    int is_linearized;
    rnn_pass base;
    rnn_slopes base_slopes, changes;
    rnn_tangent tangent;
} path_rnn;

extern const eos_objective_ops rnn_ops;

/* memory.c */
eos_status rnn_pass_make(const path_rnn *p, int64_t paths, rnn_pass *pass);
eos_status rnn_slopes_make(const path_rnn *p, rnn_slopes *slopes);
eos_status rnn_tangent_make(const path_rnn *p, rnn_tangent *tangent);

/* create.c */
eos_status rnn_make(void *self, const eos_host *host, const eos_config *config);
/* paths.c: the data at the K times of the Euler steps. */
eos_status rnn_sample_paths(path_rnn *p);
/* partition.c */
eos_status rnn_partition(path_rnn *p);
/* parameters.c */
eos_status rnn_initial_point(void *self, uint64_t seed, void *x);
eos_status rnn_block(void *self, int64_t index, eos_block *out);
/* nearest_mean.c: v and beta of a point whose W and A are set. */
eos_status rnn_set_nearest_mean(const path_rnn *p, double *point);

/* constraint.c: from free parameters to the network's parameters, and derivatives back. */
void rnn_project(const path_rnn *p, const double *point, double *network, double *norms);
/* The network's change along the free direction v. */
void rnn_push_forward(const path_rnn *p, const rnn_pass *pass, const double *v, double *change);
/* In place: the derivative by the network's parameters becomes that by the free ones. */
void rnn_pull_back(const path_rnn *p, const rnn_pass *pass, double *gradient);
/* In place: the change of the derivative `gradient` by the network's parameters, along v and what v changes in the
 * network, becomes the change of the derivative by the free ones. */
void rnn_pull_back_change(const path_rnn *p, const rnn_pass *pass, const double *gradient, const double *v,
                          const double *change, double *product);

/* forward.c: S of a network. */
void rnn_transition(const path_rnn *p, const double *network, double *s);
/* response [N][K][m]: what each step of a path adds to the mean of Y_T, dt S^(K-1-k) A. */
void rnn_respond(const path_rnn *p, const double *network, const double *s, double *response);
/* Everything of a pass but outputs and value. Non-finite numbers pass through. */
void rnn_unroll(const path_rnn *p, const double *point, rnn_pass *pass);
/* outputs[i] = kernels.path_i + beta for paths first ..< last; outputs points to the row of the first. */
void rnn_read_out(const path_rnn *p, const double *kernels, const double *biases, int64_t first, int64_t last,
                  double *outputs);
eos_status rnn_forward(path_rnn *p, const double *point, rnn_pass *pass);
void rnn_forward_change(const path_rnn *p, const rnn_pass *pass, rnn_tangent *tangent);

/* loss.c: sum over paths first ..< last of the probabilities of negative margins; outputs as above. */
double rnn_loss(const path_rnn *p, const rnn_pass *pass, const double *outputs, int64_t first, int64_t last);
/* Fill the derivatives by outputs and covariance of all training paths, or their changes along a tangent. */
void rnn_loss_slopes(path_rnn *p, const rnn_pass *pass, rnn_slopes *slopes);
void rnn_loss_changes(path_rnn *p, const rnn_pass *pass, const rnn_tangent *tangent, rnn_slopes *changes);

/* backward.c: from the derivatives by outputs and covariance to that by the network's parameters. */
void rnn_backward(const path_rnn *p, const rnn_pass *pass, rnn_slopes *slopes);
void rnn_backward_change(const path_rnn *p, const rnn_pass *pass, const rnn_slopes *slopes, const rnn_tangent *tangent,
                         rnn_slopes *changes);

/* evaluate.c */
eos_status rnn_evaluate(void *self, eos_evaluation *evaluation);
/* curvature.c */
eos_status rnn_linearize(void *self, const void *x);
eos_status rnn_curvature(void *self, const void *v, void *out);
/* metrics.c */
eos_status rnn_metric(void *self, int64_t index, eos_metric *out);
eos_status rnn_measure(void *self, const void *x, double *values);
/* covariance.c: factor [N][N] becomes the Cholesky factor L of the covariance L L' of Y_T, NaN where that is not
 * definite; scratch holds 3 N^2. */
void rnn_factor_covariance(const path_rnn *p, const rnn_pass *pass, double *factor, double *scratch);
/* bound.c: the generalisation bound for a pass with its value. */
eos_status rnn_bound(const path_rnn *p, const rnn_pass *pass, const double *factor, double *bound);

/* x, whatever its element type, as doubles in p->point. */
static inline const double *rnn_point(path_rnn *p, const void *x) {
    eos_to_f64(p->dtype, p->dimension, x, p->point);
    return p->point;
}

/* Calls body for 0 ..< count, on the run's threads unless the problem is small. */
static inline void rnn_each(const path_rnn *p, int64_t count, void (*body)(void *ctx, int64_t i), void *ctx) {
    eos_each(p->host, p->is_small, count, body, ctx);
}

/* Margins of a path: how many, which pair of read-outs number `other` is (-1: none), and its value from a row. */
static inline int64_t rnn_margin_count(const path_rnn *p) { return p->readouts == 1 ? 1 : p->readouts - 1; }
static inline int64_t rnn_pair(const path_rnn *p, int64_t label, int64_t other) {
    if (p->readouts == 1) return 0;
    return label == other ? -1 : label * p->readouts + other;
}
static inline double rnn_margin(const path_rnn *p, const double *row, int64_t label, int64_t other) {
    if (p->readouts == 1) return label == 1 ? row[0] : -row[0];
    return row[label] - row[other];
}
static inline void rnn_add_to_margin(const path_rnn *p, double *row, int64_t label, int64_t other, double amount) {
    if (p->readouts == 1) {
        row[0] += label == 1 ? amount : -amount;
    } else {
        row[label] += amount;
        row[other] -= amount;
    }
}

/* Training paths first ..< last of block `index`. */
static inline int64_t rnn_block_first(const path_rnn *p, int64_t index) { return index * p->block_size; }
static inline int64_t rnn_block_last(const path_rnn *p, int64_t index) {
    return eos_part_end(index, p->block_size, p->train);
}

#endif
