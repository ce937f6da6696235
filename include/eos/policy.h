/* A policy: it proposes a step, judges trials and, optionally, chooses a direction other than steepest descent. It sees
 * only scalars and never evaluates anything. */
#ifndef EOS_POLICY_H
#define EOS_POLICY_H

#include "stream.h"

/* What a policy needs. Some scalars cost extra, and the host computes them only for a policy that asks for them. The
 * flags EOS_POLICY_* let the host save evaluations. */
enum {
    EOS_NEEDS_SECANT = 1,         /* dx_dg, dg_norm2, dx_norm2 and the norms marked below */
    EOS_NEEDS_CURVATURE = 2,      /* curvature; one Hessian-vector product for each iteration */
    EOS_NEEDS_SHARPNESS = 4,      /* sharpness; the leading eigenvalue at every iterate */
    EOS_POLICY_ACCEPTS_FIRST = 8, /* judge accepts every first trial, so value and gradient are evaluated together */
    EOS_NEEDS_TRIAL_SLOPE = 16,   /* eos_trial.slope; every trial evaluates value and gradient together */
    EOS_POLICY_EXPECTS_FIRST = 32 /* judge accepts most first trials; without a ray, the first trial evaluates
                                     value and gradient together */
};

/* Flags of an iterate. */
enum {
    EOS_ITERATE_RAY = 1, /* values come from ray_value; a trial costs little compared with a gradient */
    EOS_ITERATE_F32 = 2  /* the element type of vectors is EOS_F32 */
};

/* The iterate x from which the search starts. f = f(x), g is the gradient at x, and d is the direction. d = -g unless
 * the policy chooses another direction. Unknown scalars are NaN. */
typedef struct eos_iterate {
    uint32_t struct_size;
    uint32_t flags;         /* EOS_ITERATE_* */
    int64_t iteration;      /* number of accepted steps; 0 at the starting point */
    double value;           /* f */
    double best_value;      /* the smallest f so far */
    double slope;           /* <g, d> */
    double gradient_norm2;  /* <g, g> */
    double direction_norm2; /* <d, d> */
    double last_step;       /* the step that led to x; NaN at the starting point */
    double dx_dg;           /* <x - x_before, g - g_before> */
    double dg_norm2;
    double dx_norm2;
    double curvature;         /* <d, H d> */
    double sharpness;         /* leading eigenvalue of H, the Hessian at x */
    double value_lower_bound; /* lower bound of f, from the objective */
    double sharpness_bound;   /* lower bound of the sharpness, from the objective */
    double value_accuracy;    /* relative rounding error of a value, above 0 */
    /* Norms. They are also valid if the squares above leave the range of a double and are 0 or infinite. */
    double gradient_norm;       /* |g| */
    double direction_norm;      /* |d| */
    double dx_norm;             /* |x - x_before|; for EOS_NEEDS_SECANT */
    double dg_norm;             /* |g - g_before|; for EOS_NEEDS_SECANT */
    double point_norm;          /* |x| at the starting point, NaN elsewhere; for EOS_NEEDS_SECANT */
    double direction_curvature; /* <d, H d>/<d, d>; for EOS_NEEDS_CURVATURE */
} eos_iterate;

/* The vectors from which a direction is formed: g, and then the last steps s = x - x_before and their y = g - g_before,
 * with the newest first. They are v = g, s_0, y_0, s_1, y_1, ..., and there are n = 2 pairs + 1 of them.
 *
 * gradient_scale is 1 in most cases. It differs if, at the starting point, a step of 1 along -g would not change x, or
 * would move x by more than 1e30 and by more than 1e30 |x|. Then g and all y are multiplied by gradient_scale, both in
 * the products and in the direction. */
typedef struct eos_history {
    uint32_t struct_size;
    uint32_t pairs;         /* 0 at the starting point; grows by one each step up to the number requested */
    const double *products; /* <v_i, v_j> at n i + j, summed in double; valid during the call */
    double gradient_scale;  /* a power of two; see above */
} eos_history;

/* The largest number of pairs. Each pair takes two vectors in memory and in every saved state. */
#define EOS_HISTORY_MAX 100

/* A trial: the value at x + step d. Read `slope` only if struct_size covers it. */
typedef struct eos_trial {
    uint32_t struct_size;
    int32_t finite; /* 0 if the value is not finite or the objective returned EOS_RECOVERABLE */
    int64_t index;  /* number of the trial; 0 for the step that propose gave */
    double step;
    double value;
    double slope; /* <g(x + step d), d>; NaN if not needed or not finite */
} eos_trial;

/* What to do after a trial. */
enum {
    EOS_TRY = 0,   /* evaluate `step` next */
    EOS_ACCEPT = 1 /* x + step d is the next iterate; `step` may be the step of any trial of this search */
};

/* Reasons why a step was accepted: the name, value and text of each. */
#define EOS_REASON_LIST(X)                                                                                             \
    X(EOS_REASON_FIRST, 0, "first trial")                                                                              \
    X(EOS_REASON_BACKTRACKED, 1, "after backtracking")                                                                 \
    X(EOS_REASON_TRACKED, 2, "after forward tracking")                                                                 \
    X(EOS_REASON_CAPPED, 3, "limited by the cap")                                                                      \
    X(EOS_REASON_SAFEGUARD, 4, "no trial was acceptable; took the smallest step")

enum {
#define EOS_REASON_ENUMERATOR(name, value, text) name = value,
    EOS_REASON_LIST(EOS_REASON_ENUMERATOR)
#undef EOS_REASON_ENUMERATOR
};

typedef struct eos_verdict {
    uint32_t struct_size;
    int32_t action; /* EOS_TRY or EOS_ACCEPT */
    double step;    /* positive and finite */
    int32_t reason; /* EOS_REASON_* */
    int32_t reserved;
} eos_verdict;

/* Every function is called on one thread at a time [run]. Structs to fill have struct_size set and zeros in all other
 * fields. */
typedef struct eos_policy_ops {
    uint32_t struct_size;
    uint32_t reserved;

    /* REQUIRED. Only destroy may be NULL. The host then calls nothing when it no longer needs self. */
    void (*destroy)(void *self);
    eos_status (*propose)(void *self, const eos_iterate *iterate, double *step);
    eos_status (*judge)(void *self, const eos_iterate *iterate, const eos_trial *trial, eos_verdict *verdict);

    /* OPTIONAL */
    /* Returns a combination of EOS_NEEDS_* and EOS_POLICY_*. The host calls it once, before the first propose. If NULL,
     * the policy needs nothing. */
    uint32_t (*needs)(void *self);
    /* The search ended with this trial. `iterate` is still the iterate from which the search started. */
    eos_status (*accepted)(void *self, const eos_iterate *iterate, const eos_trial *trial);
    /* Discards all state, so that the next propose is the first of a new training. If NULL, the policy has no state. */
    eos_status (*reset)(void *self);
    eos_status (*save)(void *self, const eos_writer *writer);
    eos_status (*load)(void *self, const eos_reader *reader);

    /* A policy has both history and direct, or neither. history returns the number of pairs to keep, from 0 to
     * EOS_HISTORY_MAX. The host calls it once, before the first propose. If it is NULL, d = -g. */
    uint32_t (*history)(void *self);
    /* Writes all n factors of the direction d = sum of factors[i] v_i. The host calls it before propose. The slope,
     * direction_norm2 and curvature of the iterate are then unknown. The factors must be a pure function of the
     * arguments and the configuration; replay depends on it. d may be an ascent direction, but it must not be zero or
     * infinite. */
    eos_status (*direct)(void *self, const eos_iterate *iterate, const eos_history *history, double *factors);
} eos_policy_ops;

#endif
