/* An objective: the function to minimise. It is a table of functions that take the `self` which create made. */
#ifndef EOS_OBJECTIVE_H
#define EOS_OBJECTIVE_H

#include "stream.h"

/* Flags of an objective. */
enum {
    EOS_OBJECTIVE_DETERMINISTIC = 1, /* the same point, seed and shards give the same bits */
    EOS_OBJECTIVE_REENTRANT = 2,     /* several threads may call evaluate at once */
    EOS_OBJECTIVE_NONNEGATIVE = 4    /* the value is never below 0 */
};

typedef struct eos_objective_description {
    uint32_t struct_size;
    uint32_t dtype;               /* EOS_F32 or EOS_F64: the element type of every vector below */
    int64_t dimension;            /* n, at least 1 */
    uint32_t space;               /* EOS_SPACE_* */
    uint32_t flags;               /* EOS_OBJECTIVE_* */
    int64_t shard_count;          /* number of shards for evaluate_shards; 0 or 1 if the samples are not divided */
    double value_lower_bound;     /* NaN if unknown; 0 also means unknown without EOS_OBJECTIVE_NONNEGATIVE */
    double sharpness_lower_bound; /* of the largest Hessian eigenvalue everywhere; NaN, 0 or less if unknown */
    double value_accuracy;        /* relative rounding error of a value; 0 means 2^-23 for EOS_F32, 2^-52 for EOS_F64 */
} eos_objective_description;

/* What an evaluation should compute. */
enum { EOS_WANT_VALUE = 1, EOS_WANT_GRADIENT = 2 };

typedef struct eos_evaluation {
    uint32_t struct_size;
    uint32_t want;        /* EOS_WANT_* */
    const void *x;        /* n elements */
    void *gradient;       /* out, n elements; NULL if no gradient is wanted */
    double value;         /* out; set it also if not wanted, when it costs nothing */
    int64_t evaluation;   /* equal ids mean the same point, so that the objective may reuse its work */
    uint64_t sample_seed; /* for objectives that sample; constant during one line search */
    int64_t shard_first;  /* for evaluate_shards: the first shard, */
    int64_t shard_count;  /* and the number of shards */
    double weight;        /* for evaluate_shards, out: divide the sums in value and gradient by this */
} eos_evaluation;

/* A named part of the parameter vector. Names and shapes let a reader of a checkpoint see its layers. */
typedef struct eos_block {
    uint32_t struct_size;
    uint32_t rank;    /* 1 to 4 */
    const char *name; /* valid until destroy */
    int64_t offset;   /* index of its first element */
    int64_t shape[4]; /* row-major */
} eos_block;

/* A named number that the objective can compute at a point, such as an accuracy. */
typedef struct eos_metric {
    uint32_t struct_size;
    uint32_t reserved;
    const char *name; /* letters, digits and underscores; valid until destroy, as are the other texts */
    const char *unit; /* NULL if there is none */
    const char *text; /* one sentence that describes the metric to users */
} eos_metric;

/* Every function is called on one thread at a time [run]. It returns EOS_OK, EOS_RECOVERABLE if there is no finite
 * value at this point, or an error whose message it has set through eos_host.fail. x, d and v have n elements and are
 * lent for the call. A function must not write past the n elements of a gradient or a product. If the host passes a
 * struct to fill, its struct_size is set. Its other fields are zero, but the bounds of a description are NaN and it has
 * one shard. See plugin.h for the state of the process that a plugin must not change. */
typedef struct eos_objective_ops {
    uint32_t struct_size;
    uint32_t reserved;

    /* REQUIRED. Only destroy may be NULL. The host then calls nothing when it no longer needs self. */
    void (*destroy)(void *self);
    eos_status (*describe)(void *self, eos_objective_description *out);
    eos_status (*initial_point)(void *self, uint64_t seed, void *x);
    eos_status (*evaluate)(void *self, eos_evaluation *evaluation);

    /* OPTIONAL. A function is absent if it is NULL or if struct_size does not cover it. The comments say what the host
     * then does. */

    /* f(x + t d) for many t, each for less than the price of an evaluation. ray_begin fixes x and d, which stay valid
     * and unchanged until the ray ends. ray_value computes one value. ray_commit announces that x + t d is the next
     * point. The evaluation of that point has the id `evaluation`, and it ends the ray. If NULL, the host forms each
     * trial point and calls `evaluate`. */
    eos_status (*ray_begin)(void *self, const void *x, const void *d);
    eos_status (*ray_value)(void *self, double t, double *value);
    eos_status (*ray_commit)(void *self, double t, int64_t evaluation);

    /* Writes the product of the Hessian with v to `out`. The Hessian is taken at the x of the last linearize. If NULL,
     * the host uses central differences of gradients. */
    eos_status (*linearize)(void *self, const void *x);
    eos_status (*curvature)(void *self, const void *v, void *out);
    /* Like curvature, but for the mean over a part of the samples, at no more than a tenth of the price. The parts 0,
     * 1, 2 and so on differ, and together they cover all samples. The host may ask for any part >= 0. For each
     * measurement of the sharpness, the trainer first searches another part for its leading eigenvector. It then uses
     * products with the whole Hessian. In this way it finds an eigenvalue that has overtaken the one that it follows.
     * The function returns EOS_E_UNSUPPORTED if there are too few samples. If NULL, the trainer searches with random
     * vectors and the whole Hessian. */
    eos_status (*sampled_curvature)(void *self, int64_t part, const void *v, void *out);

    /* Like evaluate, but over a range of shards. It gives sums and their weight. If NULL, the objective has one shard.
     */
    eos_status (*evaluate_shards)(void *self, eos_evaluation *evaluation);

    /* Fill `out` with the block or the metric number `index`. They return EOS_E_NOT_FOUND past the last one. If NULL,
     * the objective has one block or no metrics. */
    eos_status (*block)(void *self, int64_t index, eos_block *out);
    eos_status (*metric)(void *self, int64_t index, eos_metric *out);
    /* Writes the values of all metrics at x, in the order of their indices. */
    eos_status (*measure)(void *self, const void *x, double *values);

    /* Save and load the state through which earlier evaluations influence later ones. If NULL, the objective has no
     * such state. */
    eos_status (*save)(void *self, const eos_writer *writer);
    eos_status (*load)(void *self, const eos_reader *reader);
} eos_objective_ops;

#endif
