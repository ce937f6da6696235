/* A plugin that keeps every rule of the ABI. Each BREAK_... breaks one: what it is for stands where it is used. The
 * files beside this one make up the plugin. Each has the rules of one kind. */
#ifndef NONCONFORMING_H
#define NONCONFORMING_H

#define _GNU_SOURCE
#include "eos/plugin.h"

/* The entry alone is exported. */
#pragma GCC visibility push(hidden)

enum { MOST = 64, SAMPLES = 4, MAGIC = 0x1c0ffee };

typedef struct objective {
    const eos_host *host;
    int64_t size;
    int is_single;
    int is_bad; /* something that an earlier call left behind */
    double linearized[MOST];
    double base[MOST], direction[MOST];
    double kept[MOST];
    double scratch[MOST];
    int64_t kept_id, committed_id;
    int64_t evaluations;
    char *block_names;
} objective;

/* function.c: the function and its sums over samples. */
extern double table[MOST];
double element(const objective *o, const void *v, int64_t i);
void set(const objective *o, void *v, int64_t i, double value);
double eigenvalue(int64_t i);
void read_point(const objective *o, const void *v, double *x);
double sums(const objective *o, const double *x, int64_t first, int64_t count, double *gradient);

/* process.c: what a plugin must not do to the process that it is in. */
#ifdef BREAK_THREAD_LOCAL
extern _Thread_local int is_creator;
#endif
void misbehave(void);
void leave_thread(void);

/* evaluate.c, ray.c, curvature.c, structure.c, state.c: the functions of the table. */
eos_status evaluate(void *self, eos_evaluation *evaluation);
eos_status ray_begin(void *self, const void *x, const void *d);
eos_status ray_value(void *self, double t, double *value);
eos_status ray_commit(void *self, double t, int64_t evaluation);
eos_status linearize(void *self, const void *x);
eos_status curvature(void *self, const void *v, void *out);
eos_status sampled_curvature(void *self, int64_t part, const void *v, void *out);
eos_status evaluate_shards(void *self, eos_evaluation *evaluation);
eos_status block(void *self, int64_t index, eos_block *out);
eos_status metric(void *self, int64_t index, eos_metric *out);
eos_status measure(void *self, const void *x, double *values);
eos_status save(void *self, const eos_writer *writer);
eos_status load(void *self, const eos_reader *reader);

/* objective.c and policy.c: how they are made. */
eos_status create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                  const eos_objective_ops **out, void **self);
eos_status create_policy(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_policy_ops **out, void **self);

#pragma GCC visibility pop

#endif
