/* Values and gradients. */
#include "nonconforming.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

eos_status evaluate(void *self, eos_evaluation *evaluation) {
    objective *o = self;
    double x[MOST], gradient[MOST];
    misbehave();
    read_point(o, evaluation->x, x);
#ifdef BREAK_SLOW
    usleep(30000);
#endif
#ifdef BREAK_SLOWER
    /* Every call takes longer than the one before. */
    static _Atomic unsigned calls;
    usleep(calls++ * 200);
#endif
#ifdef BREAK_REENTRANT
    memcpy(o->scratch, x, sizeof x);
    sched_yield();
    usleep(1);
    memcpy(x, o->scratch, sizeof x);
#endif
#ifdef BREAK_STATIC
    static double shared[MOST];
    memcpy(shared, x, sizeof x);
    sched_yield();
    usleep(1);
    memcpy(x, shared, sizeof x);
#endif
#ifdef BREAK_COMMIT
    if (evaluation->evaluation == o->committed_id) memcpy(x, o->base, sizeof x);
#endif
#ifdef BREAK_KEPT
    /* What was kept for a point, whatever the id. */
    if (!evaluation->gradient) {
        o->kept_id = evaluation->evaluation;
        memcpy(o->kept, x, sizeof x);
        o->kept[0] += 1e-9;
    } else if (evaluation->evaluation == o->kept_id) {
        memcpy(x, o->kept, sizeof x);
    }
#endif
#ifdef BREAK_CRASHES
    for (int64_t i = 0; i < o->size; i++)
        if (isinf(x[i])) *(volatile int *)8 = 0;
#endif
#ifdef BREAK_EXITS
    for (int64_t i = 0; i < o->size; i++)
        if (isinf(x[i])) fputs("this can't be\n", stderr), exit(3);
#endif
#ifdef BREAK_HANGS
    for (int64_t i = 0; i < o->size; i++)
        while (isinf(x[i])) usleep(1000);
#endif
#ifdef BREAK_FAILS_NONFINITE
    for (int64_t i = 0; i < o->size; i++) {
        if (isinf(x[i])) return o->host->fail(o->host, EOS_E_FAILED, "infinite parameters");
    }
#endif
    evaluation->value = sums(o, x, 0, SAMPLES, gradient) / SAMPLES;
#ifdef BREAK_STICKY
    for (int64_t i = 0; i < o->size; i++)
        if (isnan(x[i])) o->is_bad = 1;
    if (o->is_bad) evaluation->value += 1;
#endif
#ifdef BREAK_THREAD_LOCAL
    if (!is_creator) evaluation->value += 1;
#endif
#ifdef BREAK_LATER
    evaluation->value *= 1 + 1e-15 * (double)(++o->evaluations % 64);
#endif
#ifdef BREAK_VALUE_ALONE
    if (!evaluation->gradient) evaluation->value *= 1 + 1e-7;
#endif
#ifdef BREAK_LINEARIZE
    memcpy(o->linearized, x, sizeof x);
#endif
    if (o->is_bad) evaluation->value += 1;
    if (!isfinite(evaluation->value)) return EOS_RECOVERABLE;
    if (!evaluation->gradient) return EOS_OK;
    for (int64_t i = 0; i < o->size; i++) set(o, evaluation->gradient, i, gradient[i] / SAMPLES);
#ifdef BREAK_GRADIENT_ALONE
    if (!(evaluation->want & EOS_WANT_VALUE)) set(o, evaluation->gradient, 0, 0);
#endif
#ifdef BREAK_WRITES_PAST
    set(o, evaluation->gradient, o->size, 0);
#endif
#ifdef BREAK_WRITES_BEFORE
    ((double *)evaluation->gradient)[-1] = 0;
#endif
#ifdef BREAK_READS_PAST
    if (element(o, evaluation->x, o->size) == 0.123) evaluation->value += 1;
#endif
#ifdef BREAK_WRITES_POINT
    /* Through a cast that takes const away. */
    union {
        const void *from;
        double *to;
    } x_itself = {evaluation->x};
    x_itself.to[0] += 0;
    x_itself.to[0] = nextafter(x_itself.to[0], INFINITY);
#endif
    return EOS_OK;
}
