/* The policy. */
#include "nonconforming.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A line search that halves until the value falls, and begins at twice the step that was last taken. */
typedef struct policy {
    const eos_host *host;
    double next;
    int64_t trials;
    char *memory;
} policy;

static void destroy_policy(void *self) {
    policy *p = self;
#ifdef BREAK_POLICY_DESTROY_NULL
    p->next = 0;
#endif
    if (!p) return;
#ifndef BREAK_POLICY_LEAK
    free(p->memory);
#endif
    free(p);
}

static eos_status propose(void *self, const eos_iterate *iterate, double *step) {
    policy *p = self;
    *step = p->next > 0 ? p->next : 1;
    p->trials = 0;
#ifdef BREAK_POLICY_NEGATIVE
    if (iterate->iteration == 7) *step = -*step;
#endif
#ifdef BREAK_POLICY_TINY
    *step = 1e-12;
#endif
#ifdef BREAK_POLICY_RANDOM
    static int calls;
    *step *= 1 + 1e-9 * ++calls;
#endif
#ifdef BREAK_POLICY_STEP_PAST
    step[1] = 0;
#endif
#ifdef BREAK_POLICY_PRINTS
    fputs("proposing\n", stderr);
#endif
    (void)iterate;
    return EOS_OK;
}

static eos_status judge(void *self, const eos_iterate *iterate, const eos_trial *trial, eos_verdict *verdict) {
    policy *p = self;
    p->trials++;
    int is_good = trial->finite && trial->value < iterate->value;
#ifdef BREAK_POLICY_NAN
    is_good = !(trial->value >= iterate->value);
#endif
#ifdef BREAK_POLICY_NEWER
    if (trial->slope > 1e300) is_good = 0; /* a field that a host of the first release does not give */
#endif
#ifdef BREAK_POLICY_ENDLESS
    if (iterate->iteration == 3) is_good = 0;
#else
    if (p->trials > 200 && trial->finite) is_good = 1;
#endif
    verdict->action = is_good ? EOS_ACCEPT : EOS_TRY;
    verdict->step = is_good ? trial->step : trial->step / 2;
#ifdef BREAK_POLICY_ENDLESS
    if (iterate->iteration == 3) verdict->step = trial->step;
#endif
    verdict->reason = trial->index == 0 ? EOS_REASON_FIRST : EOS_REASON_BACKTRACKED;
    return EOS_OK;
}

static uint32_t history(void *self) {
    (void)self;
#ifdef BREAK_POLICY_HISTORY
    return EOS_HISTORY_MAX + 1;
#endif
    return 2;
}

/* Steepest descent, but for the rules that it breaks. */
static eos_status direct(void *self, const eos_iterate *iterate, const eos_history *history, double *factors) {
    policy *p = self;
    (void)p, (void)iterate;
    factors[0] = -1;
    for (uint32_t i = 1; i <= 2 * history->pairs; i++) factors[i] = 0;
#ifdef BREAK_POLICY_FACTORS
    if (iterate->iteration == 5) factors[1] = __builtin_nan("");
#endif
#ifdef BREAK_POLICY_FACTORS_PAST
    factors[2 * history->pairs + 1] = 0;
#endif
#ifdef BREAK_POLICY_DIRECTION
    if (p->next > 0.5) factors[0] = -2; /* what an earlier call left */
#endif
    return EOS_OK;
}

static eos_status accepted(void *self, const eos_iterate *iterate, const eos_trial *trial) {
    policy *p = self;
    (void)iterate;
    p->next = 2 * trial->step;
    return EOS_OK;
}

static uint32_t needs(void *self) {
    (void)self;
#ifdef BREAK_POLICY_NEEDS
    static int calls;
    return ++calls % 2 ? EOS_NEEDS_SECANT : 0;
#endif
    return 0;
}

static eos_status reset(void *self) {
    policy *p = self;
    (void)p;
#ifndef BREAK_POLICY_RESET
    p->next = 0;
    p->trials = 0;
#endif
    return EOS_OK;
}

typedef struct saved_policy {
    uint64_t magic;
    double next;
    int64_t trials;
    uint64_t sum;
} saved_policy;

static uint64_t sum_of_policy(const saved_policy *s) {
    uint64_t bits;
    memcpy(&bits, &s->next, sizeof bits);
    return ((s->magic * 31 + bits) * 31 + (uint64_t)s->trials) * 0x9e3779b97f4a7c15u;
}

static eos_status save_policy(void *self, const eos_writer *writer) {
    policy *p = self;
    saved_policy state = {.magic = MAGIC + 1, .next = p->next, .trials = p->trials};
#ifdef BREAK_POLICY_SAVE
    state.next = 0;
#endif
    state.sum = sum_of_policy(&state);
    return eos_write_all(writer, &state, sizeof state);
}

static eos_status load_policy(void *self, const eos_reader *reader) {
    policy *p = self;
    saved_policy state = {0};
    if (eos_read_all(reader, &state, sizeof state) || state.magic != MAGIC + 1 || eos_read_end(reader) ||
        state.sum != sum_of_policy(&state)) {
#ifdef BREAK_POLICY_LOAD_CUT
        return EOS_OK;
#endif
        return p->host->fail(p->host, EOS_E_FORMAT, "this is no state of this policy");
    }
    p->next = state.next;
    p->trials = state.trials;
    return EOS_OK;
}

static const eos_policy_ops policy_ops = {
#ifdef BREAK_POLICY_OPS_SIZE
    .struct_size = 1u << 30,
#else
    .struct_size = sizeof policy_ops,
#endif
    .destroy = destroy_policy,
    .propose = propose,
    .judge = judge,
    .needs = needs,
    .accepted = accepted,
    .reset = reset,
    .save = save_policy,
    .load = load_policy,
    .history = history,
    .direct = direct,
};

eos_status create_policy(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_policy_ops **out, void **self) {
    (void)ctx, (void)id;
    double first = 0;
    host->get_f64(host, config, "first", &first);
#ifdef BREAK_POLICY_SILENT
    if (first > 1) return EOS_E_INVALID;
#endif
    policy *p = calloc(1, sizeof *p);
    if (!p) return host->fail(host, EOS_E_MEMORY, "not enough memory for a policy");
    p->host = host;
    p->memory = malloc(32);
    *out = &policy_ops;
    *self = p;
    return EOS_OK;
}
