/* Ask and tell: the program keeps its own loop and evaluates its function itself, wherever and however it likes. The
 * trainer says at which point it wants a value or a gradient, and is told.
 *
 * Here: the least-squares fit of a exp(-b t) to six measurements. */
#include <math.h>

#include "check.h"

enum { SAMPLES = 6 };
static const double t[SAMPLES] = {0, 1, 2, 3, 4, 5};
static const double y[SAMPLES] = {2.0, 1.213, 0.736, 0.446, 0.271, 0.164}; /* about 2 exp(-t / 2) */

/* The mean squared error of x = (a, b), and its gradient where there is room for one. */
static double fit(const double *x, double *gradient) {
    double sum = 0, by_a = 0, by_b = 0;
    for (int i = 0; i < SAMPLES; i++) {
        double decay = exp(-x[1] * t[i]), miss = x[0] * decay - y[i];
        sum += miss * miss;
        by_a += 2 * miss * decay;
        by_b -= 2 * miss * x[0] * t[i] * decay;
    }
    if (gradient) {
        gradient[0] = by_a / SAMPLES;
        gradient[1] = by_b / SAMPLES;
    }
    return sum / SAMPLES;
}

int main(void) {
    eos_context *context;
    if (eos_context_new(&context) != EOS_OK) return 1;

    eos_config *keys;
    check(context, eos_config_new(context, &keys));
    check(context, eos_config_set_f64(keys, "c", 0.1));
    eos_policy *policy;
    check(context, eos_policy_new(context, "armijo", keys, &policy));

    /* What the trainer must know about a function that it never sees. */
    eos_objective_description description = EOS_STRUCT(eos_objective_description);
    description.dtype = EOS_F64;
    description.dimension = 2;
    description.flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;

    eos_config *settings;
    check(context, eos_config_new(context, &settings));
    check(context, eos_config_set_text(settings, "stop.iterations=2000 stop.gradient_norm=1e-6 stop.loss=0"));

    double start[2] = {1, 1};
    eos_trainer *trainer;
    check(context, eos_trainer_new_ask_tell(context, &description, 0, start, policy, settings, &trainer));

    /* The loop: ask, evaluate, tell, until nothing is asked for any more. */
    eos_request request = EOS_STRUCT(eos_request);
    for (;;) {
        check(context, eos_trainer_ask(trainer, &request));
        if (request.kind == EOS_ASK_NOTHING) break;
        double value = fit((const double *)request.x, (double *)request.out);
        check(context, eos_trainer_tell(trainer, isfinite(value) ? EOS_OK : EOS_RECOVERABLE, value));
    }

    eos_point best = EOS_STRUCT(eos_point);
    check(context, eos_trainer_best(trainer, &best));
    const double *x = (const double *)best.x;
    eos_progress progress = EOS_STRUCT(eos_progress);
    check(context, eos_trainer_progress(trainer, &progress));
    printf("y = %.2f exp(-%.2f t): %s\n", x[0], x[1], eos_stop_text(progress.stop));

    eos_trainer_free(trainer);
    eos_config_free(settings);
    eos_config_free(keys);
    eos_policy_free(policy);
    eos_context_free(context);
    return 0;
}
