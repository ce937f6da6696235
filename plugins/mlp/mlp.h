/* A multi-layer perceptron as an objective: what its parts share.
 *
 * Layer l maps in[l] numbers to out[l]: z = W a + b, a = activation(z); the last layer has no activation. Parameters
 * lie layer by layer, W[out][in] row-major, then b. Matrices over samples are row-major, [sample][unit].
 *
 * Samples are worked off in batches that stay in the caches between the passes over them, so that the memory of units
 * is that of a batch. A batch is cut into blocks of samples and its gradient into tiles of weights, whose sizes depend
 * on the problem only; each is computed by one thread from beginning to end, and batches follow one another, so that
 * every result has the same bits for any number of threads. */
#ifndef EOS_MLP_H
#define EOS_MLP_H

#include "eos/kit.h"

typedef enum { MLP_RELU, MLP_TANH, MLP_GELU, MLP_ELU, MLP_SOFTPLUS, MLP_IDENTITY } mlp_activation;
typedef enum { MLP_MSE, MLP_CROSS_ENTROPY } mlp_loss;

typedef struct mlp_layer {
    int64_t in, out;
    int64_t weight; /* offset of W in the parameters */
    int64_t bias;   /* offset of b; -1 without bias */
} mlp_layer;

/* Numbers for every unit of every layer and every sample of a batch or of all: layer[l] is [sample][out of l], from
 * sample `first` on. */
typedef struct mlp_field {
    void **layer;
    void *units, *memory; /* all of them, and what is given to free */
    int64_t first;
} mlp_field;

/* What a forward pass leaves for a backward one. */
typedef struct mlp_pass {
    mlp_field outputs; /* a of hidden layers, z of the last */
    mlp_field inputs;  /* z of hidden layers where mlp_keeps_inputs; else without memory */
} mlp_pass;

/* A point, with its weights also as forward products take them. */
typedef struct mlp_point {
    const void *x;
    const void *transposed; /* W^T of each layer, where W lies in x */
} mlp_point;

/* What linearize keeps for products with the Hessian at one point, for all samples. */
typedef struct mlp_linearization {
    int ready;
    void *x, *transposed; /* copies of the point */
    mlp_pass pass;
    mlp_field deltas; /* df/dz */
    mlp_field slopes; /* activation'(z) of hidden layers; of the last with cross-entropy: probabilities */
    mlp_field bends;  /* df/da activation''(z) of hidden layers where mlp_keeps_bends; else without memory */
    /* Directional derivatives along a direction, of one batch: */
    void *direction;   /* the direction's transposed weights */
    mlp_field outputs; /* of the outputs */
    mlp_field turns;   /* of the slopes, times df/da, in hidden layers where mlp_is_bent; else without memory */
    mlp_field changes; /* of the deltas */
} mlp_linearization;

/* Of the bits of a vector: different where they differ in one word, and by chance equal once in 2^128 otherwise. */
typedef struct mlp_digest {
    uint64_t lanes[4];
} mlp_digest;

/* The line x + t d that a search is on. The first layer is affine along it: z(t) = base + t slope. */
typedef struct mlp_ray {
    void *base;  /* [train][out of layer 1]: z of the first layer at x */
    void *slope; /* its derivative along d */
    void *point; /* parameters at x + t d of the layers after the first */
    /* Whether `base` is that of a point, whose first layer has the digest; through how many commits it was carried. */
    int holds;
    mlp_digest at;
    int64_t carried;

    const void *x, *d; /* NULL: no ray is under way */
    /* The step was committed and is the next evaluation. */
    int is_committed;
    double step;
    int64_t evaluation;
} mlp_ray;

/* A part of one layer's weights, with the biases of its rows where it begins at column 0. */
typedef struct mlp_tile {
    int64_t layer, row, rows, column, columns;
} mlp_tile;

/* How a pass over samples came out. */
typedef struct mlp_score {
    double loss; /* sum over samples */
    int64_t correct;
} mlp_score;

typedef struct mlp_kernels mlp_kernels;

typedef struct mlp {
    const eos_host *host;
    const mlp_kernels *kernels;
    const eos_dataset *data;
    uint32_t dtype;
    mlp_activation activation;
    mlp_loss loss;
    int has_bias;
    double init_scale;
    double interruptible_above; /* multiplications of a forward pass */

    int64_t depth; /* layers */
    mlp_layer *layers;
    int64_t dimension;
    int64_t widest; /* units of the widest layer */

    /* Training samples; the last block and the last batch may be smaller. */
    int64_t block_size, block_count;
    int64_t batch_blocks, batch_count;
    int64_t tile_count;
    mlp_tile *tiles;
    int is_small; /* too little work for more than one thread */
    int is_long;  /* so much work that an evaluation looks whether a stop was asked for */
    double *block_sums;

    /* Of one evaluation: */
    void *transposed;
    mlp_pass pass;    /* of a batch */
    mlp_field deltas; /* df/dz of a batch */

    mlp_ray ray;
    mlp_linearization linearization;
    char (*block_names)[32];

    /* Of the training samples, once it was needed. */
    int has_data_digest;
    mlp_digest data_digest;
} mlp;

/* The arithmetic in one element type. Points and directions are vectors of `dimension` elements; samples first ..< last
 * are one block. */
struct mlp_kernels {
    int64_t element_size;
    void (*round)(const double *from, void *to, int64_t first, int64_t count);
    /* out = x + t d for elements first ..< last; out may be x. */
    void (*move)(const void *x, double t, const void *d, void *out, int64_t first, int64_t last);
    /* Whether elements first ..< last of `point` equal x + t d, up to the rounding of whichever program computed it. */
    int (*is_moved)(const void *x, double t, const void *d, const void *point, int64_t first, int64_t last);
    /* W^T of rows first ..< last of a layer's W. */
    void (*transpose)(const mlp_layer *layer, const void *x, void *transposed, int64_t first, int64_t last);
    /* z of the first layer at the point or, being linear in the parameters, its derivative along a direction. */
    void (*first_layer)(const mlp *m, mlp_point at, void *z, int64_t first, int64_t last);
    /* Forward pass of a block; the sum of its losses. */
    double (*forward)(const mlp *m, mlp_point at, const mlp_pass *pass, int64_t first, int64_t last);
    /* The same at the ray's step t, whose upper layers are the point's. */
    double (*forward_along)(const mlp *m, double t, mlp_point at, const mlp_pass *pass, int64_t first, int64_t last);
    /* df/dz of a block, from the pass. */
    void (*backward)(const mlp *m, const void *x, const mlp_pass *pass, const mlp_field *deltas, int64_t first,
                     int64_t last);
    /* A tile of the gradient, from the pass and its deltas of samples first ..< last; added to what is there or not. */
    void (*gradient)(const mlp *m, const mlp_pass *pass, const mlp_field *deltas, const mlp_tile *tile, int64_t first,
                     int64_t last, int adds, void *gradient);
    /* The linearization of a block, whose pass has been made. */
    void (*linearize)(const mlp *m, mlp_linearization *at, int64_t first, int64_t last);
    /* Directional derivatives along v for a block, and a tile of H v, as a tile of the gradient, from those. */
    void (*differentiate)(const mlp *m, const mlp_linearization *at, const void *v, int64_t first, int64_t last);
    void (*product)(const mlp *m, const mlp_linearization *at, const mlp_tile *tile, int64_t first, int64_t last,
                    int adds, void *out);
    /* Loss and hits of any samples of the data; scratch holds 2 x (last - first) x widest elements. */
    mlp_score (*score)(const mlp *m, mlp_point at, int64_t first, int64_t last, void *scratch);
};

extern const mlp_kernels mlp_kernels_f32, mlp_kernels_f64;
extern const eos_objective_ops mlp_ops;

/* memory.c: `count` elements, as eos_allocate; `what` names them in the message about a failure. */
void *mlp_allocate(const mlp *m, const char *what, int64_t count);
eos_status mlp_field_make(const mlp *m, const char *what, int64_t samples, mlp_field *field);
void mlp_field_free(mlp_field *field);
eos_status mlp_pass_make(const mlp *m, int64_t samples, mlp_pass *pass);
void mlp_pass_free(mlp_pass *pass);

/* configuration.c */
eos_status mlp_configure(mlp *m, const eos_config *config);
/* layout.c */
eos_status mlp_lay_out(mlp *m);
eos_status mlp_block(void *self, int64_t index, eos_block *out);
/* partition.c */
eos_status mlp_partition(mlp *m);
/* transpose.c: x with the transposed weights of layers first ..< last, which are written into the memory. */
mlp_point mlp_point_at(const mlp *m, const void *x, int64_t first, int64_t last, void *transposed);
/* create.c */
eos_status mlp_make(void *self, const eos_host *host, const eos_config *config);
void mlp_destroy(void *self);
/* initial.c */
eos_status mlp_initial_point(void *self, uint64_t seed, void *x);
/* evaluate.c */
eos_status mlp_evaluate(void *self, eos_evaluation *evaluation);
/* The value at a point, or where there is a step at that of the ray, whose upper layers are the point's; the gradient
 * unless it is NULL. EOS_E_CANCELLED where a stop was asked for, EOS_RECOVERABLE where the value is not finite. */
eos_status mlp_pass_over(mlp *m, mlp_point at, const double *step, void *gradient, double *value);
/* The value from the blocks' sums. */
double mlp_mean_loss(const mlp *m);
/* EOS_E_CANCELLED where a stop was asked for. */
eos_status mlp_look_for_stop(const mlp *m);
/* ray.c */
eos_status mlp_ray_begin(void *self, const void *x, const void *d);
eos_status mlp_ray_value(void *self, double t, double *value);
eos_status mlp_ray_commit(void *self, double t, int64_t evaluation);
/* Whether x under the id `evaluation` is the committed point, whose first layer's product the ray has. */
int mlp_ray_leads_to(const mlp *m, const void *x, int64_t evaluation);
/* The committed point x has been evaluated: the ray ends, its first layer's product is that of x. */
void mlp_ray_end(mlp *m, const void *x);
void mlp_ray_free(mlp_ray *ray);
/* digest.c */
mlp_digest mlp_digest_of(const void *bytes, int64_t size);
/* Of the inputs and labels of the training samples. */
mlp_digest mlp_digest_of_data(mlp *m);
/* state.c */
eos_status mlp_save(void *self, const eos_writer *writer);
eos_status mlp_load(void *self, const eos_reader *reader);
/* curvature.c */
eos_status mlp_linearize(void *self, const void *x);
eos_status mlp_curvature(void *self, const void *v, void *out);
eos_status mlp_sampled_curvature(void *self, int64_t part, const void *v, void *out);
void mlp_linearization_free(mlp_linearization *at);
/* metrics.c */
eos_status mlp_metric(void *self, int64_t index, eos_metric *out);
eos_status mlp_measure(void *self, const void *x, double *values);

/* Calls body for 0 ..< count, on the run's threads unless the problem is small. */
static inline void mlp_each(const mlp *m, int64_t count, void (*body)(void *ctx, int64_t i), void *ctx) {
    eos_each(m->host, m->is_small, count, body, ctx);
}

static inline int64_t mlp_smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* Samples first ..< last of block `index`, and blocks first ..< last of a batch. */
static inline int64_t mlp_block_first(const mlp *m, int64_t index) { return index * m->block_size; }
static inline int64_t mlp_block_last(const mlp *m, int64_t index) {
    return eos_part_end(index, m->block_size, m->data->train);
}
static inline int64_t mlp_batch_first(const mlp *m, int64_t index) { return index * m->batch_blocks; }
static inline int64_t mlp_batch_last(const mlp *m, int64_t index) {
    return eos_part_end(index, m->batch_blocks, m->block_count);
}
/* Samples of the largest batch. */
static inline int64_t mlp_batch_size(const mlp *m) {
    return mlp_smaller(m->batch_blocks * m->block_size, m->data->train);
}

/* Numbers in a ray's base, and bytes. */
static inline int64_t mlp_base_count(const mlp *m) { return m->data->train * m->layers[0].out; }
static inline int64_t mlp_base_size(const mlp *m) { return mlp_base_count(m) * m->kernels->element_size; }

/* gelu's slope needs z: two values of z give the same a. */
static inline int mlp_keeps_inputs(const mlp *m) { return m->activation == MLP_GELU; }
static inline int mlp_is_bent(const mlp *m) { return m->activation != MLP_RELU && m->activation != MLP_IDENTITY; }
/* Those of tanh follow from a and df/dz. */
static inline int mlp_keeps_bends(const mlp *m) { return mlp_is_bent(m) && m->activation != MLP_TANH; }

#endif
