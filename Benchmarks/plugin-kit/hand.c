#define _POSIX_C_SOURCE 200809L
#include "hand.h"

#include <stdlib.h>
#include <time.h>

typedef struct bowl {
    double a, b, c;
} bowl;

static void bowl_destroy(void *self) { free(self); }

static eos_status bowl_describe(void *self, eos_objective_description *out) {
    (void)self;
    out->dtype = EOS_F64;
    out->dimension = 2;
    return EOS_OK;
}

static eos_status bowl_initial_point(void *self, uint64_t seed, void *x) {
    (void)self, (void)seed;
    ((double *)x)[0] = ((double *)x)[1] = 1;
    return EOS_OK;
}

static eos_status bowl_evaluate(void *self, eos_evaluation *e) {
    const bowl *b = self;
    const double *x = e->x;
    if (e->want & EOS_WANT_GRADIENT) {
        double *g = e->gradient;
        g[0] = b->a * x[0];
        g[1] = x[1];
    }
    e->value = (b->a * x[0] * x[0] + x[1] * x[1]) / 2;
    return __builtin_isfinite(e->value) ? EOS_OK : EOS_RECOVERABLE;
}

static eos_status bowl_ray_begin(void *self, const void *x, const void *d) {
    bowl *b = self;
    b->b = ((const double *)x)[0] * ((const double *)d)[0];
    b->c = ((const double *)d)[0];
    return EOS_OK;
}

static eos_status bowl_ray_value(void *self, double t, double *value) {
    const bowl *b = self;
    *value = b->a + t * (b->b + t * b->c);
    return __builtin_isfinite(*value) ? EOS_OK : EOS_RECOVERABLE;
}

static eos_status bowl_ray_commit(void *self, double t, int64_t evaluation) {
    (void)self, (void)t, (void)evaluation;
    return EOS_OK;
}

const eos_objective_ops hand_objective = {
    .struct_size = sizeof(eos_objective_ops),
    .destroy = bowl_destroy,
    .describe = bowl_describe,
    .initial_point = bowl_initial_point,
    .evaluate = bowl_evaluate,
    .ray_begin = bowl_ray_begin,
    .ray_value = bowl_ray_value,
    .ray_commit = bowl_ray_commit,
};

void *hand_objective_new(void) {
    bowl *b = malloc(sizeof *b);
    if (b) *b = (bowl){.a = 2};
    return b;
}

typedef struct armijo {
    double c, shrink, step;
} armijo;

static eos_status armijo_propose(void *self, const eos_iterate *iterate, double *step) {
    const armijo *a = self;
    *step = iterate->iteration == 0 ? a->step : iterate->last_step / a->shrink;
    return EOS_OK;
}

static eos_status armijo_judge(void *self, const eos_iterate *iterate, const eos_trial *trial, eos_verdict *verdict) {
    const armijo *a = self;
    int accept = trial->finite && trial->value <= iterate->value + a->c * trial->step * iterate->slope;
    verdict->action = accept ? EOS_ACCEPT : EOS_TRY;
    verdict->step = accept ? trial->step : trial->step * a->shrink;
    verdict->reason = trial->index == 0 ? EOS_REASON_FIRST : EOS_REASON_BACKTRACKED;
    return EOS_OK;
}

const eos_policy_ops hand_policy = {
    .struct_size = sizeof(eos_policy_ops),
    .destroy = bowl_destroy,
    .propose = armijo_propose,
    .judge = armijo_judge,
};

void *hand_policy_new(void) {
    armijo *a = malloc(sizeof *a);
    if (a) *a = (armijo){.c = 1e-4, .shrink = .5, .step = 1};
    return a;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

double time_evaluate(const eos_objective_ops *ops, void *self, int64_t calls) {
    double x[2] = {1, 1}, g[2];
    eos_evaluation e = {.struct_size = sizeof e, .want = EOS_WANT_VALUE | EOS_WANT_GRADIENT, .x = x, .gradient = g};
    double start = now();
    for (int64_t i = 0; i < calls; i++) {
        ops->evaluate(self, &e);
        x[0] = e.value * 1e-3;
    }
    return (now() - start) / (double)calls;
}

double time_ray_value(const eos_objective_ops *ops, void *self, int64_t calls) {
    const double x[2] = {1, 1}, d[2] = {-1, -1};
    ops->ray_begin(self, x, d);
    double t = 0.5, start = now();
    for (int64_t i = 0; i < calls; i++) {
        double value;
        ops->ray_value(self, t, &value);
        t = value * 1e-3;
    }
    return (now() - start) / (double)calls;
}

double time_policy(const eos_policy_ops *ops, void *self, int64_t calls) {
    eos_iterate iterate = {.struct_size = sizeof iterate, .value = 1, .slope = -1, .last_step = 1};
    eos_trial trial = {.struct_size = sizeof trial, .finite = 1, .value = .5};
    eos_verdict verdict = {.struct_size = sizeof verdict};
    double start = now();
    for (int64_t i = 0; i < calls; i++) {
        iterate.iteration = i;
        ops->propose(self, &iterate, &trial.step);
        ops->judge(self, &iterate, &trial, &verdict);
        iterate.last_step = verdict.step * .5;
    }
    return (now() - start) / (double)calls;
}
