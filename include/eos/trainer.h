/* libeos: training. A trainer has one objective, one policy and one stop rule, and advances from iterate to iterate. */
#ifndef EOS_TRAINER_H
#define EOS_TRAINER_H

#include "runtime.h"

typedef struct eos_trainer eos_trainer;

/* The progress of a trainer. Numbers that are unknown or not known yet are NaN. */
typedef struct eos_progress {
    uint32_t struct_size;
    int32_t stop;      /* EOS_STOP_* */
    int64_t iteration; /* number of accepted steps */
    double value;      /* f at the current iterate */
    double best_value; /* f at the best iterate; see eos_trainer_best */
    int64_t best_iteration;
    double gradient_norm;        /* |g| at the current iterate */
    double step;                 /* the step that led to the current iterate */
    int64_t trials;              /* trials of the search that led to it */
    int32_t reason;              /* EOS_REASON_* of that step */
    int32_t sharpness_converged; /* `converged` of eos_eigenvalue */
    double sharpness;            /* leading eigenvalue of the last measurement */
    double sharpness_residual;   /* the sharpness is at most this far from an eigenvalue */
    int64_t sharpness_iteration; /* iteration of the last measurement; -1 if there is none */
    int64_t value_evaluations;   /* number of points where the value was requested */
    int64_t gradient_evaluations;
    int64_t curvature_products;
    int64_t failures; /* searches that ended with EOS_REASON_SAFEGUARD */
    double seconds;   /* time spent training, including the time before a resume */
} eos_progress;

/* A point that a trainer lends. It is valid until the trainer advances, loads a state or is freed. */
typedef struct eos_point {
    uint32_t struct_size;
    uint32_t dtype;
    int64_t dimension;
    const void *x;
    double value; /* NaN if not evaluated yet */
    int64_t iteration;
} eos_point;

/* What the trainer requests through eos_trainer_ask. */
enum {
    EOS_ASK_NOTHING = 0,  /* the trainer has stopped */
    EOS_ASK_EVALUATE = 1, /* the value, the gradient or both at x, as `want` says; also for a trial */
    EOS_ASK_CURVATURE = 2 /* the product of the Hessian at x with v */
};

/* A request of eos_trainer_ask. Its vectors are valid until the answer. Write the gradient or the product to `out`. */
typedef struct eos_request {
    uint32_t struct_size;
    int32_t kind;  /* EOS_ASK_* */
    uint32_t want; /* EOS_WANT_* */
    uint32_t dtype;
    int64_t dimension;
    const void *x;
    const void *v;      /* for EOS_ASK_CURVATURE */
    void *out;          /* n elements to fill; NULL if only the value is wanted */
    int64_t evaluation; /* equal ids mean the same point */
} eos_request;

/* The result of eos_minimize. */
typedef struct eos_result {
    uint32_t struct_size;
    int32_t stop; /* EOS_STOP_* */
    int64_t iterations;
    double value;         /* at the last iterate */
    double best_value;    /* at the point returned */
    double gradient_norm; /* at the last iterate */
    int64_t value_evaluations;
    int64_t gradient_evaluations;
    double seconds;
    int64_t curvature_products;
    int64_t failures;       /* searches that ended with EOS_REASON_SAFEGUARD */
    int64_t best_iteration; /* iteration of the point returned; 0 for the starting point */
} eos_result;

#ifdef __cplusplus
extern "C" {
#endif

/* Callbacks
 * A callback is a function that the library calls while it works for a trainer: a function of the objective, the
 * policy, the observer, a reader, a writer or the log. A callback may call eos_trainer_progress, eos_trainer_current,
 * eos_trainer_best and eos_trainer_stop with the same trainer. The observer may also call eos_trainer_save, because the
 * iterate is complete. eos_trainer_free takes effect when the current call returns. All other functions return
 * EOS_E_STATE and change nothing.
 *
 * While one thread is in a call with a trainer, other threads may call only eos_trainer_stop with it. Other overlapping
 * calls are errors of the program. The library refuses those that it notices with EOS_E_STATE.
 *
 * Forks
 * After a fork, the child process has none of the threads of its parent. It may free the objects that it inherited and
 * may continue to train with them: the first long loop starts new threads. If another thread of the parent was in a
 * call with an object during the fork, the child must not use that object.
 *
 * Arguments
 * The library checks every struct that has a struct_size before any work begins. If a required struct is NULL or its
 * struct_size is too small, the call returns EOS_E_INVALID and evaluates nothing. */

/* [owner] Makes a trainer. It keeps the objective and the policy, and resets the policy. Use each in only one trainer
 * at a time. If settings is NULL, all settings have their defaults:
 *
 * - "seed" (0): the seed of the initial point and of random vectors.
 * - "stop.iterations" (1000), "stop.evaluations" (0: no limit), "stop.seconds" (0: no limit): budgets.
 * - "stop.loss" (auto): stops below this value. auto means 1e-8 for a non-negative objective, and no limit for others.
 * - "stop.gradient_norm" (1e-8), "stop.step" (0: no limit): stop below this norm of the gradient or of the last update.
 * - "stop.relative_loss", "stop.relative_gradient", "stop.relative_step" (0: no limit), "stop.stalled" (true): see
 *   below.
 * - "sharpness.every" (0: never): measures the sharpness every so many iterations, which never changes the trajectory.
 * - "sharpness.count" (1), "sharpness.tolerance" (1e-3), "sharpness.products" (100): see eos_sharpness_options.
 * - "load.check" ("all"): see eos_trainer_load.
 *
 * Let an iteration lead from x to x', with values f and f' and gradients g and g'. It ends the training
 *
 * - with EOS_STOP_NO_PROGRESS if |f' - f| <= stop.relative_loss * max(|f|, |f'|),
 * - with EOS_STOP_GRADIENT if |g'| <= stop.relative_gradient * |g at the starting point|, or if g' is exactly zero,
 * - with EOS_STOP_NO_PROGRESS if |x' - x| <= stop.relative_step * |x'|,
 * - with EOS_STOP_NO_PROGRESS if, in 20 iterations in a row, the gradient did not get smaller, the value changed by no
 *   more than its rounding, and the slope promised no larger change,
 * - with EOS_STOP_NO_STEP if three searches in a row found no acceptable step although the slope promised one. The
 *   usual cause is a gradient that does not belong to the value; `eos plugin check` detects this.
 *
 * If stop.stalled is false, the last two conditions do not apply. */
EOS_EXPORT eos_status eos_trainer_new(eos_context *context, eos_objective *objective, eos_policy *policy,
                                      const eos_config *settings, eos_trainer **out);
/* [owner] Makes a trainer whose caller evaluates the function, through ask and tell. The description is that of an
 * objective. If it contradicts itself, the function returns EOS_E_INVALID. If curvature is 1, the caller answers
 * EOS_ASK_CURVATURE; if it is 0, the trainer uses differences of gradients. x is the starting point, which is copied.
 */
EOS_EXPORT eos_status eos_trainer_new_ask_tell(eos_context *context, const eos_objective_description *description,
                                               int32_t curvature, const void *x, eos_policy *policy,
                                               const eos_config *settings, eos_trainer **out);
/* [owner] Frees the trainer. If NULL, does nothing. */
EOS_EXPORT void eos_trainer_free(eos_trainer *trainer);
/* [owner] Sets the starting point to x, n elements, which are copied. Without this call, training starts at the
 * objective's initial point for the seed. Returns EOS_E_STATE once training has begun. */
EOS_EXPORT eos_status eos_trainer_set_point(eos_trainer *trainer, const void *x);
/* [owner] Sets the observer, which is called [run] at the starting point and after every iteration. progress is valid
 * during the call. If the observer returns non-zero, the trainer stops. If observe is NULL, the observer is removed. If
 * destroy is not NULL, destroy(ctx) is called exactly once: when the observer is removed or replaced, when the trainer
 * is freed, or at once if this call fails. It is called outside all locks. */
EOS_EXPORT eos_status eos_trainer_set_observer(eos_trainer *trainer,
                                               int32_t (*observe)(void *ctx, const eos_progress *progress) EOS_SENDABLE,
                                               void *ctx, void (*destroy)(void *ctx) EOS_SENDABLE);

/* [owner] Run one iteration, or the whole training. They return EOS_OK if the trainer has advanced or has stopped for a
 * reason that is not an error. progress->stop says which. progress may be NULL. They return EOS_E_STATE for a trainer
 * for ask and tell. After a failure, every further call returns the same status and message until a state is loaded.
 *
 * A measurement for "sharpness.every" never fails the training. If a product with the Hessian fails or is not finite,
 * the sharpness of that iterate is NaN, and training continues to the same bits. The library logs a warning, once for
 * the same reason in a row. A policy that needs the sharpness or the curvature, in contrast, fails without it. */
EOS_EXPORT eos_status eos_trainer_step(eos_trainer *trainer, eos_progress *progress);
EOS_EXPORT eos_status eos_trainer_run(eos_trainer *trainer, eos_progress *progress);

/* [owner] Fills *request with what the trainer needs next. Asking twice gives the same request. After a failure,
 * returns the same status again. */
EOS_EXPORT eos_status eos_trainer_ask(eos_trainer *trainer, eos_request *request);
/* [owner] Answers the last request of eos_trainer_ask, once. status is EOS_OK, EOS_RECOVERABLE if there is no finite
 * value, or an error. An error fails the training, unless the request was for a measurement of "sharpness.every": then
 * it ends only that measurement. value is read if the request wants a value.
 *
 * Returns EOS_E_STATE if no request is open: before the first ask and after an answer. eos_trainer_set_point,
 * eos_trainer_load and eos_trainer_continue withdraw the open request. */
EOS_EXPORT eos_status eos_trainer_tell(eos_trainer *trainer, eos_status status, double value);

/* [any] Asks the trainer to stop with EOS_STOP_REQUESTED after the current evaluation. That evaluation learns of it
 * through eos_host.cancelled and may end early. If the trainer is not running, the next step, run or ask stops at once,
 * unless eos_trainer_continue lifts the stop before. Evaluations that the program itself makes are never cancelled. */
EOS_EXPORT void eos_trainer_stop(eos_trainer *trainer);

/* [owner] Lifts a stop, so that training can continue. The stop may have been requested, even if no call has acted on
 * it yet, or caused by a budget (iterations, evaluations, seconds). If settings is not NULL, it replaces the stop rule,
 * with the keys of eos_trainer_new. Returns EOS_E_STATE after any other stop. */
EOS_EXPORT eos_status eos_trainer_continue(eos_trainer *trainer, const eos_config *settings);

/* [owner] Give the progress, the current point and the best point. After every stop, both points are available. The
 * best iterate is the one with the smallest value, and the latest among equal values. If a limit on the gradient or the
 * step ends the training, the last iterate is the best one unless its value exceeds the smallest one by more than
 * rounding. */
EOS_EXPORT eos_status eos_trainer_progress(const eos_trainer *trainer, eos_progress *out);
EOS_EXPORT eos_status eos_trainer_current(const eos_trainer *trainer, eos_point *out);
EOS_EXPORT eos_status eos_trainer_best(const eos_trainer *trainer, eos_point *out);

/* [owner] Saves the whole state as a safetensors stream. This is possible between any two requests. If the state is
 * loaded into a trainer with the same objective, policy and settings, training continues to the same bits. */
EOS_EXPORT eos_status eos_trainer_save(eos_trainer *trainer, const eos_writer *writer);
/* [owner] Loads a state that eos_trainer_save wrote. If this fails, the trainer, its policy and the state of its
 * objective are as before. Returns EOS_E_FORMAT if the state is damaged or belongs to another training. The message
 * names what differs and both values. The setting "load.check" says what must agree:
 *
 * - "all": the id of the policy, the values of all its keys, the id of the objective if it has one, the description of
 *   the objective, and its value and gradient at the saved iterate. A policy made from a table has no id and no keys.
 * - "live": the same, but keys of the policy with EOS_PARAMETER_LIVE may differ.
 * - "none": only the element type, the dimension and the kind of the policy's state.
 *
 * To compare value and gradient, the trainer evaluates its objective once at the saved iterate. The value and the
 * gradient must be the saved ones up to u = min(16 sqrt(n), 1024) machine epsilons of the element type, relative to the
 * larger value and to the larger gradient norm. For the value, four times value_accuracy is allowed if that is more. If
 * one of them differs by more, the trainer evaluates the objective at three more points, whose coordinates are larger
 * or smaller by one epsilon. Ten times the largest change between these points is then allowed as well, because it
 * shows how far rounding or noise of the objective moves value and gradient. An objective that differs by less is
 * accepted. These evaluations are not counted and change no bits. A trainer for ask and tell does not make this
 * comparison. */
EOS_EXPORT eos_status eos_trainer_load(eos_trainer *trainer, const eos_reader *reader);

/* A function for eos_minimize. It returns f(x). If gradient is not NULL, it also writes the gradient. */
typedef double (*eos_function)(int64_t n, const double *x, double *gradient, void *ctx);

/* [any] Minimises f in one call. x has n elements: the starting point on entry, the best point found on return.
 * settings are assignments as for eos_config_set_text, with the keys of eos_trainer_new and of the policy, such as
 * "policy.name=nls policy.c=1e-4 stop.iterations=1000". If settings is NULL, the policy is ls and all keys have their
 * defaults. result may be NULL; otherwise set its struct_size. After an error, call eos_last_error(NULL, ...) for the
 * message. */
EOS_EXPORT eos_status eos_minimize(eos_function f EOS_SENDABLE, void *ctx, int64_t n, double *x, const char *settings,
                                   eos_result *result);

#ifdef __cplusplus
}
#endif

#endif
