/* An objective: what is minimised. A table of functions over a `self` that create made. */
#ifndef EOS_OBJECTIVE_H
#define EOS_OBJECTIVE_H

#include "stream.h"

/* Flags of an objective. */
enum {
    EOS_OBJECTIVE_DETERMINISTIC = 1, /* the same point, seed and shards give the same bits */
    EOS_OBJECTIVE_REENTRANT = 2,     /* evaluate may run on several threads at once */
    EOS_OBJECTIVE_NONNEGATIVE = 4    /* the value is never below 0 */
};

typedef struct eos_objective_description {
    uint32_t struct_size;
    uint32_t dtype;               /* EOS_F32 or EOS_F64: the element type of every vector below */
    int64_t dimension;            /* n, at least 1 */
    uint32_t space;               /* EOS_SPACE_* */
    uint32_t flags;               /* EOS_OBJECTIVE_* */
    int64_t shard_count;          /* parts that evaluate_shards can sum over; 0 or 1: no parts */
    double value_lower_bound;     /* no value is below this; NaN, and 0 without EOS_OBJECTIVE_NONNEGATIVE: not known */
    double sharpness_lower_bound; /* the largest Hessian eigenvalue is nowhere below this; NaN, 0 or less: not known */
    double value_accuracy;        /* relative rounding error of a value; 0: 2^-23 for EOS_F32, 2^-52 for EOS_F64 */
} eos_objective_description;

/* What an evaluation is to give. */
enum { EOS_WANT_VALUE = 1, EOS_WANT_GRADIENT = 2 };

typedef struct eos_evaluation {
    uint32_t struct_size;
    uint32_t want;          /* EOS_WANT_* */
    const void *x;          /* n elements */
    void *gradient;         /* out, n elements; NULL where no gradient is wanted */
    double value;           /* out; set it whenever it costs nothing */
    int64_t evaluation;     /* equal ids mean the same point: work kept from one may serve the other */
    uint64_t sample_seed;   /* for objectives that sample: constant within one line search */
    int64_t shard_first;    /* evaluate_shards only: the parts shard_first ..< shard_first + shard_count */
    int64_t shard_count;
    double weight;          /* evaluate_shards only, out: value and gradient are sums; weight is what to divide by */
} eos_evaluation;

/* A named run of the parameter vector, so that a checkpoint can be read as layers. */
typedef struct eos_block {
    uint32_t struct_size;
    uint32_t rank;      /* 1 to 4 */
    const char *name;   /* lent until destroy */
    int64_t offset;     /* of its first element */
    int64_t shape[4];   /* row-major */
} eos_block;

/* A named number that the objective can tell about a point, such as an accuracy. */
typedef struct eos_metric {
    uint32_t struct_size;
    uint32_t reserved;
    const char *name;  /* lent until destroy; letters, digits and underscores */
    const char *unit;  /* or NULL */
    const char *text;
} eos_metric;

/* Every function is called on one thread at a time [run] and returns EOS_OK, EOS_RECOVERABLE (no finite value here) or
 * an error, said through eos_host.fail. x, d and v are n elements, lent for the call; nothing may be written past the
 * n elements of a gradient or a product. A struct to be filled comes with struct_size set and zeros in all other
 * fields; a description comes with bounds that are not known and one part. See plugin.h for the state of the process
 * that a plugin must not change. */
typedef struct eos_objective_ops {
    uint32_t struct_size;
    uint32_t reserved;

    /* REQUIRED, except that destroy may be NULL: then nothing is called when self is no longer needed. */
    void (*destroy)(void *self);
    eos_status (*describe)(void *self, eos_objective_description *out);
    eos_status (*initial_point)(void *self, uint64_t seed, void *x);
    eos_status (*evaluate)(void *self, eos_evaluation *evaluation);

    /* OPTIONAL: NULL, or absent for a smaller struct_size; the host then does without as each line says. */

    /* f(x + t d) for many t at less than the price of an evaluation each. ray_begin fixes x and d, which stay valid and
     * unchanged until the ray ends; ray_value gives a value; ray_commit says that x + t d is the next point, to be
     * evaluated under the id `evaluation`, and ends the ray with that evaluation. Without: evaluate at points that the
     * host forms. */
    eos_status (*ray_begin)(void *self, const void *x, const void *d);
    eos_status (*ray_value)(void *self, double t, double *value);
    eos_status (*ray_commit)(void *self, double t, int64_t evaluation);

    /* Hessian times v at the x of the last linearize, into out. Without: central differences of gradients. */
    eos_status (*linearize)(void *self, const void *x);
    eos_status (*curvature)(void *self, const void *v, void *out);
    /* As curvature, but of the mean over a part of the samples alone, at a tenth of its price or less. Parts 0, 1, 2
     * and so on are different and come round to all samples; any part >= 0 may be asked for. Training measures the
     * sharpness by a search for the leading eigenvector of another part each time, and then by products with the whole
     * Hessian, so that it finds eigenvalues that have overtaken the one that it follows. EOS_E_UNSUPPORTED where there
     * are too few samples. Without: random vectors and products with the whole Hessian are used for that. */
    eos_status (*sampled_curvature)(void *self, int64_t part, const void *v, void *out);

    /* As evaluate, over a range of shards, giving sums and their weight. Without: one shard. */
    eos_status (*evaluate_shards)(void *self, eos_evaluation *evaluation);

    /* Block and metric number `index`; EOS_E_NOT_FOUND past the last. Without: one block, no metrics. */
    eos_status (*block)(void *self, int64_t index, eos_block *out);
    eos_status (*metric)(void *self, int64_t index, eos_metric *out);
    /* The values of all metrics at x, in their order. */
    eos_status (*measure)(void *self, const void *x, double *values);

    /* State that makes later evaluations depend on earlier ones. Without: none. */
    eos_status (*save)(void *self, const eos_writer *writer);
    eos_status (*load)(void *self, const eos_reader *reader);
} eos_objective_ops;

#endif
