/* The tables that the kit's are measured against, and the loops that call either. */
#ifndef HAND_H
#define HAND_H

#include "eos.h"

extern const eos_objective_ops hand_objective;
extern const eos_policy_ops hand_policy;
void *hand_objective_new(void);
void *hand_policy_new(void);

/* Nanoseconds of one call, over `calls` of them, each of which waits for the one before. */
double time_evaluate(const eos_objective_ops *ops, void *self, int64_t calls);
double time_ray_value(const eos_objective_ops *ops, void *self, int64_t calls);
double time_policy(const eos_policy_ops *ops, void *self, int64_t calls);

#endif
