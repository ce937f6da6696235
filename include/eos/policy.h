/* A step-size policy: proposes a step, judges trials, and directs the search where it wants another direction than
 * steepest descent. It sees scalars only and never evaluates anything itself. */
#ifndef EOS_POLICY_H
#define EOS_POLICY_H

#include "stream.h"

/* Scalars that cost extra and are given only to a policy that needs them, and what the host may save. */
enum {
    EOS_NEEDS_SECANT = 1,         /* dx_dg, dg_norm2, dx_norm2 */
    EOS_NEEDS_CURVATURE = 2,      /* curvature: one Hessian-vector product an iteration */
    EOS_NEEDS_SHARPNESS = 4,      /* sharpness: the leading eigenvalue at every iterate */
    EOS_POLICY_ACCEPTS_FIRST = 8, /* judge accepts every first trial: value and gradient are evaluated together */
    EOS_NEEDS_TRIAL_SLOPE = 16,   /* eos_trial.slope: the gradient is evaluated with the value at every trial */
    EOS_POLICY_EXPECTS_FIRST = 32 /* judge accepts most first trials: off a ray, value and gradient are evaluated
                                     together there */
};

/* What is known of an iterate besides its scalars. */
enum {
    EOS_ITERATE_RAY = 1, /* values come along a ray: a trial costs little beside a gradient */
    EOS_ITERATE_F32 = 2  /* vectors are of EOS_F32 */
};

/* Where the search stands: x, with f = f(x), g its gradient, and the ray x + t d; d = -g, unless the policy directs.
 * Unknown scalars are NaN. */
typedef struct eos_iterate {
    uint32_t struct_size;
    uint32_t flags;            /* EOS_ITERATE_* */
    int64_t iteration;         /* accepted steps so far: 0 at the starting point */
    double value;              /* f */
    double best_value;         /* the smallest f so far */
    double slope;              /* <g, d> */
    double gradient_norm2;     /* <g, g> */
    double direction_norm2;    /* <d, d> */
    double last_step;          /* the step that led here; NaN at the starting point */
    double dx_dg;              /* <x - x_before, g - g_before> */
    double dg_norm2;
    double dx_norm2;
    double curvature;          /* <d, H d> */
    double sharpness;          /* leading eigenvalue of H */
    double value_lower_bound;  /* of the objective */
    double sharpness_bound;    /* the objective's lower bound of the sharpness */
    double value_accuracy;     /* relative rounding error of a value, above 0 */
    /* Norms, also where the squares above leave the range of a double: there these are 0 or infinite. */
    double gradient_norm;       /* |g| */
    double direction_norm;      /* |d| */
    double dx_norm;             /* |x - x_before|; for EOS_NEEDS_SECANT */
    double dg_norm;             /* |g - g_before|; for EOS_NEEDS_SECANT */
    double point_norm;          /* |x| at the starting point, NaN at others; for EOS_NEEDS_SECANT */
    double direction_curvature; /* <d, H d>/<d, d>; for EOS_NEEDS_CURVATURE */
} eos_iterate;

/* What a direction can be made of: g, then the last steps s = x - x_before and their y = g - g_before, the newest
 * first: v = g, s_0, y_0, s_1, y_1, ..., n = 2 pairs + 1 vectors. If a step of 1 along -g would leave the starting
 * point where it is, or move it by more than 1e30 times its length and 1e30, then g and the y are multiplied by
 * `gradient_scale`, in the products and in the direction; it is 1 otherwise. */
typedef struct eos_history {
    uint32_t struct_size;
    uint32_t pairs;          /* 0 at the starting point, then one more a step, until there are as many as asked for */
    const double *products;  /* <v_i, v_j> at n i + j, sums in double; lent for the call */
    double gradient_scale;   /* a power of two; see above */
} eos_history;

/* As many pairs can be kept; each takes two vectors of memory and of every saved state. */
#define EOS_HISTORY_MAX 100

/* The value at x + step d; read `slope` only where struct_size covers it. */
typedef struct eos_trial {
    uint32_t struct_size;
    int32_t finite;   /* 0: the value is not finite, or the objective said EOS_RECOVERABLE */
    int64_t index;    /* 0 for the step that propose gave */
    double step;
    double value;
    double slope;     /* <g(x + step d), d>; NaN: not needed, or not finite */
} eos_trial;

/* What to do with a trial. */
enum {
    EOS_TRY = 0,    /* evaluate at `step` next */
    EOS_ACCEPT = 1  /* x + step d is the next iterate; `step` may be that of any earlier trial of this search */
};

/* Why a step was accepted. */
#define EOS_REASON_LIST(X)                                                                                            \
    X(EOS_REASON_FIRST, 0, "first trial")                                                                              \
    X(EOS_REASON_BACKTRACKED, 1, "after backtracking")                                                                 \
    X(EOS_REASON_TRACKED, 2, "after forward tracking")                                                                 \
    X(EOS_REASON_CAPPED, 3, "held by the cap")                                                                         \
    X(EOS_REASON_SAFEGUARD, 4, "no trial was acceptable: the smallest step was taken")

enum {
#define EOS_REASON_ENUMERATOR(name, value, text) name = value,
    EOS_REASON_LIST(EOS_REASON_ENUMERATOR)
#undef EOS_REASON_ENUMERATOR
};

typedef struct eos_verdict {
    uint32_t struct_size;
    int32_t action;  /* EOS_TRY or EOS_ACCEPT */
    double step;     /* positive and finite */
    int32_t reason;  /* EOS_REASON_* */
    int32_t reserved;
} eos_verdict;

/* Every function is called on one thread at a time [run]. Out structs come with struct_size set and the rest zero. */
typedef struct eos_policy_ops {
    uint32_t struct_size;
    uint32_t reserved;

    /* REQUIRED, except that destroy may be NULL: then nothing is called when self is no longer needed. */
    void (*destroy)(void *self);
    eos_status (*propose)(void *self, const eos_iterate *iterate, double *step);
    eos_status (*judge)(void *self, const eos_iterate *iterate, const eos_trial *trial, eos_verdict *verdict);

    /* OPTIONAL */
    /* EOS_NEEDS_* and EOS_POLICY_*, asked once before the first propose. Without: 0. */
    uint32_t (*needs)(void *self);
    /* The search ended with this trial; `iterate` is still the one that it started from. */
    eos_status (*accepted)(void *self, const eos_iterate *iterate, const eos_trial *trial);
    /* Forget everything: the next propose is the first of a new training. Without: the policy has no state. */
    eos_status (*reset)(void *self);
    eos_status (*save)(void *self, const eos_writer *writer);
    eos_status (*load)(void *self, const eos_reader *reader);

    /* Both or none. Pairs of the history to keep, 0 to EOS_HISTORY_MAX; asked once, before the first propose.
     * 0: d = -g. */
    uint32_t (*history)(void *self);
    /* Called before propose, with slope, direction_norm2 and curvature unknown: d = sum of factors[i] v_i, of which all
     * n are to be written. They follow from the arguments and the configuration alone, never from earlier calls, so
     * that a run can be gone through once more by its steps. d need not descend, but must not be zero or infinite. */
    eos_status (*direct)(void *self, const eos_iterate *iterate, const eos_history *history, double *factors);
} eos_policy_ops;

#endif
