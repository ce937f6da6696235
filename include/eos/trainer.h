/* libeos: a trainer is one objective, one policy and one stop rule, advancing iterate by iterate. */
#ifndef EOS_TRAINER_H
#define EOS_TRAINER_H

#include "runtime.h"

typedef struct eos_trainer eos_trainer;

/* Where a trainer stands. Numbers that are not known (yet) are NaN. */
typedef struct eos_progress {
    uint32_t struct_size;
    int32_t stop;                 /* EOS_STOP_* */
    int64_t iteration;            /* accepted steps */
    double value;                 /* f at the current iterate */
    double best_value;            /* f at the best iterate, which eos_trainer_best lends */
    int64_t best_iteration;
    double gradient_norm;         /* |g| at the current iterate */
    double step;                  /* the step that led here */
    int64_t trials;               /* values asked for in the search that led here */
    int32_t reason;               /* EOS_REASON_* of that step */
    int32_t sharpness_converged;  /* 1: as `converged` of eos_eigenvalue */
    double sharpness;             /* leading eigenvalue last measured */
    double sharpness_residual;    /* an eigenvalue lies within this of it */
    int64_t sharpness_iteration;  /* where it was measured; -1: nowhere yet */
    int64_t value_evaluations;    /* points at which the value was asked for */
    int64_t gradient_evaluations;
    int64_t curvature_products;
    int64_t failures;             /* searches that ended with EOS_REASON_SAFEGUARD */
    double seconds;               /* spent training, earlier parts of a resumed training included */
} eos_progress;

/* A point that a trainer lends until it next advances, is loaded into or is freed. */
typedef struct eos_point {
    uint32_t struct_size;
    uint32_t dtype;
    int64_t dimension;
    const void *x;
    double value;       /* NaN: not evaluated yet */
    int64_t iteration;
} eos_point;

/* What eos_trainer_ask asks for. */
enum {
    EOS_ASK_NOTHING = 0,    /* the trainer has stopped */
    EOS_ASK_EVALUATE = 1,   /* value and gradient as `want` says, at x: one, the other or both, also at a trial */
    EOS_ASK_CURVATURE = 2   /* Hessian at x times v */
};

/* Vectors are lent until the answer; write the gradient or the product to `out`. */
typedef struct eos_request {
    uint32_t struct_size;
    int32_t kind;        /* EOS_ASK_* */
    uint32_t want;       /* EOS_WANT_* */
    uint32_t dtype;
    int64_t dimension;
    const void *x;
    const void *v;       /* for EOS_ASK_CURVATURE */
    void *out;           /* n elements to fill; NULL where only the value is wanted */
    int64_t evaluation;  /* equal ids mean the same point */
} eos_request;

typedef struct eos_result {
    uint32_t struct_size;
    int32_t stop;               /* EOS_STOP_* */
    int64_t iterations;
    double value;               /* at the last iterate */
    double best_value;          /* at the point returned */
    double gradient_norm;       /* at the last iterate */
    int64_t value_evaluations;
    int64_t gradient_evaluations;
    double seconds;
    int64_t curvature_products;
    int64_t failures;           /* searches that ended with EOS_REASON_SAFEGUARD */
    int64_t best_iteration;     /* the iterate that is returned; 0: the starting point */
} eos_result;

#ifdef __cplusplus
extern "C" {
#endif

/* Callbacks
 * A callback is a function that the library calls while it works for a trainer: of the objective, the policy, the
 * observer, a reader, a writer or the log. A callback may call eos_trainer_progress, eos_trainer_current,
 * eos_trainer_best and eos_trainer_stop with the same trainer. The observer may also call eos_trainer_save, because the
 * iterate is complete. eos_trainer_free takes effect when the call under way returns. All other functions return
 * EOS_E_STATE there and change nothing.
 *
 * Only eos_trainer_stop may be called while another thread is in a call with the same trainer. Other overlapping calls
 * are an error of the program; they are refused with EOS_E_STATE where they are noticed.
 *
 * Forks
 * A child process after fork has none of its parent's threads. It may free the objects that it inherited, and it may
 * train on with them: the first long loop starts threads of the child. If another thread of the parent was in a call
 * with an object when the process was forked, then the child must not use that object.
 *
 * Arguments
 * Every struct with a struct_size is looked at before any work begins: NULL where a struct is needed, or a struct_size
 * that is too small, is EOS_E_INVALID and evaluates nothing. */

/* [owner] Settings, NULL for defaults: "seed" (0), "stop.iterations" (1000), "stop.loss" (auto: 1e-8 for a non-negative
 * objective, else none), "stop.gradient_norm" (1e-8), "stop.step" (0: none), "stop.relative_loss",
 * "stop.relative_gradient" and "stop.relative_step" (0: none; see below), "stop.seconds" (0: none),
 * "stop.evaluations" (0: none), "stop.stalled" (true; see below), "sharpness.every" (0: never; else measured every so
 * many iterations, which never changes the trajectory), "sharpness.count" (1), "sharpness.tolerance" (1e-3),
 * "sharpness.products" (100), "load.check" ("all"; see eos_trainer_load). The trainer keeps objective and policy and
 * resets the policy; use each in one trainer at a time.
 *
 * An iteration from x with value f and gradient g to x' with f' and g' ends the training
 * - with EOS_STOP_NO_PROGRESS if |f' - f| <= stop.relative_loss * max(|f|, |f'|),
 * - with EOS_STOP_GRADIENT if |g'| <= stop.relative_gradient * |g at the starting point|, or if g' is exactly zero,
 * - with EOS_STOP_NO_PROGRESS if |x' - x| <= stop.relative_step * |x'|,
 * - with EOS_STOP_NO_PROGRESS if 20 iterations in a row brought neither a smaller gradient nor a change of the value
 *   beyond its rounding, and their slopes promised none,
 * - with EOS_STOP_NO_STEP if three searches in a row found no acceptable step although their slopes promised one. The
 *   usual cause is a gradient that is not that of the value, which `eos plugin check` tells.
 * If stop.stalled is false, the last two do not apply. */
EOS_EXPORT eos_status eos_trainer_new(eos_context *context, eos_objective *objective, eos_policy *policy,
                                      const eos_config *settings, eos_trainer **out);
/* [owner] Makes a trainer whose function is evaluated by the caller through ask and tell. The description says what it
 * would of an objective; one that cannot be true is EOS_E_INVALID. curvature: 1 if the caller answers
 * EOS_ASK_CURVATURE, 0 for differences of gradients. x: the starting point, copied. */
EOS_EXPORT eos_status eos_trainer_new_ask_tell(eos_context *context, const eos_objective_description *description,
                                               int32_t curvature, const void *x, eos_policy *policy,
                                               const eos_config *settings, eos_trainer **out);
/* [owner] If NULL, does nothing. */
EOS_EXPORT void eos_trainer_free(eos_trainer *trainer);
/* [owner] Starts at x, n elements, copied; without this call at the objective's initial point for the seed. EOS_E_STATE
 * once training has begun. */
EOS_EXPORT eos_status eos_trainer_set_point(eos_trainer *trainer, const void *x);
/* [owner] Called [run] after every iteration, the starting point included, with the progress, lent for the call; not
 * zero stops the trainer. NULL removes it. destroy(ctx), unless NULL, is called once: when the observer is removed or
 * replaced, when the trainer is freed, or at once if this call fails. It is called outside of every lock. */
EOS_EXPORT eos_status eos_trainer_set_observer(eos_trainer *trainer,
                                               int32_t (*observe)(void *ctx, const eos_progress *progress) EOS_SENDABLE,
                                               void *ctx, void (*destroy)(void *ctx) EOS_SENDABLE);

/* [owner] One iteration, or the whole training. EOS_OK whenever the trainer advanced or has stopped for a reason that
 * is no error; progress->stop tells which. progress may be NULL. EOS_E_STATE for a trainer made for ask and tell.
 * After a failure every further call returns the same status and sentence, until a state is loaded.
 *
 * A measurement that "sharpness.every" asks for never fails a training. If a product with the Hessian fails or is not
 * finite, then the sharpness of that iterate is NaN, a warning is logged (once for the same reason in a row), and
 * training goes on to the same bits. A policy that needs the sharpness or the curvature fails without. */
EOS_EXPORT eos_status eos_trainer_step(eos_trainer *trainer, eos_progress *progress);
EOS_EXPORT eos_status eos_trainer_run(eos_trainer *trainer, eos_progress *progress);

/* [owner] What the trainer needs next; asking twice gives the same request. After a failure, returns it again. */
EOS_EXPORT eos_status eos_trainer_ask(eos_trainer *trainer, eos_request *request);
/* [owner] Answers the request that eos_trainer_ask gave last, once. status is EOS_OK, EOS_RECOVERABLE where there is
 * no finite value, or an error. An error fails the training, except that the error of a request for a measurement of
 * "sharpness.every" ends only that measurement. value is read where the request wants a value. EOS_E_STATE without
 * such a request: before the first ask, after an answer, and after eos_trainer_set_point, eos_trainer_load or
 * eos_trainer_continue, which take the request back. */
EOS_EXPORT eos_status eos_trainer_tell(eos_trainer *trainer, eos_status status, double value);

/* [any] Asks the trainer to stop with EOS_STOP_REQUESTED after the evaluation under way. The evaluation sees it
 * through eos_host.cancelled and may end early. If nothing runs, then the next step, run or ask stops at once, unless
 * eos_trainer_continue lifts the stop before. Evaluations that the program makes itself are never cancelled. */
EOS_EXPORT void eos_trainer_stop(eos_trainer *trainer);

/* [owner] Lifts a stop that was requested, also one that no run has seen yet, or that a budget (iterations,
 * evaluations, seconds) caused, so that training goes on; settings as for eos_trainer_new replace the stop rule, NULL
 * leaves it. EOS_E_STATE after other stops. */
EOS_EXPORT eos_status eos_trainer_continue(eos_trainer *trainer, const eos_config *settings);

/* [owner] Where it stands. After every stop both the current and the best point are there. The best iterate is the one
 * with the smallest value, and the latest among equal values. If a limit of gradient or step ends the training, then
 * the last iterate is the best one unless its value is above the smallest by more than rounding. */
EOS_EXPORT eos_status eos_trainer_progress(const eos_trainer *trainer, eos_progress *out);
EOS_EXPORT eos_status eos_trainer_current(const eos_trainer *trainer, eos_point *out);
EOS_EXPORT eos_status eos_trainer_best(const eos_trainer *trainer, eos_point *out);

/* [owner] Saves the whole state, between any two requests too, as a safetensors stream; loading it into a trainer
 * made with the same objective, policy and settings continues to the same bits. */
EOS_EXPORT eos_status eos_trainer_save(eos_trainer *trainer, const eos_writer *writer);
/* [owner] Loads a state that eos_trainer_save wrote. If the load fails, then the trainer, its policy and the state of
 * its objective are as before. EOS_E_FORMAT for a state that is damaged or of another training; the sentence names
 * what differs and both values. The setting "load.check" says what must be the same:
 * - "all": the policy's id, the values of all its keys, the objective's id if it has one, and the objective's
 *   description. A policy made from a table has no id and no keys. If the trainer has an objective, it is evaluated
 *   once at the saved iterate. The value must be the saved one, and the distance between the two gradients must be 0,
 *   both up to u = min(16 sqrt(n), 1024) machine epsilons of the element type: relative to the larger value, and to the
 *   larger gradient norm. For the value, four times value_accuracy is allowed if that is more. If value or gradient is
 *   farther off, then the objective is evaluated at three more points, whose coordinates are larger or smaller by
 *   one epsilon. Ten times the largest change that this brings is allowed as well: it shows how far rounding, or noise
 *   of the objective, moves value and gradient. An objective that differs by less loads. These evaluations are not
 *   counted and change no bits. For ask and tell there is no such comparison.
 * - "live": as "all", but keys of the policy that are EOS_PARAMETER_LIVE may differ.
 * - "none": only element type, dimension and the kind of the policy's state must fit. */
EOS_EXPORT eos_status eos_trainer_load(eos_trainer *trainer, const eos_reader *reader);

/* A function for eos_minimize: returns f(x) and, where gradient is not NULL, writes it. */
typedef double (*eos_function)(int64_t n, const double *x, double *gradient, void *ctx);

/* [any] One call for the impatient: minimises f from x, n elements, in place, and leaves the best point there. settings
 * are assignments as for eos_config_set_text: "policy.name=nls policy.c=1e-4 stop.iterations=1000", with the keys of
 * eos_trainer_new and of the policy; NULL: ls and defaults. result may be NULL; else set its struct_size. For the
 * sentence about an error call eos_last_error(NULL, ...). */
EOS_EXPORT eos_status eos_minimize(eos_function f EOS_SENDABLE, void *ctx, int64_t n, double *x, const char *settings,
                                   eos_result *result);

#ifdef __cplusplus
}
#endif

#endif
