/* A plugin that keeps every rule of the ABI. Each BREAK_... breaks one: what it is for stands where it is used. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "eos/plugin.h"

enum { MOST = 64, SAMPLES = 4, MAGIC = 0x1c0ffee };

typedef struct objective {
    const eos_host *host;
    int64_t size;
    int is_single;
    int is_bad;           /* something that an earlier call left behind */
    double linearized[MOST];
    double base[MOST], direction[MOST];
    double kept[MOST];
    double scratch[MOST];
    int64_t kept_id, committed_id;
    int64_t evaluations;
    char *block_names;
} objective;

static double element(const objective *o, const void *v, int64_t i) {
    return o->is_single ? (double)((const float *)v)[i] : ((const double *)v)[i];
}

static void set(const objective *o, void *v, int64_t i, double value) {
    if (o->is_single) {
        ((float *)v)[i] = (float)value;
    } else {
        ((double *)v)[i] = value;
    }
}

static double table[MOST];

static double eigenvalue(int64_t i) {
#ifdef BREAK_SHARED_TABLE
    return table[i]; /* which destroy clears for all */
#else
    (void)table;
    return 1 + (double)i;
#endif
}

static double centre(int64_t s, int64_t i) { return 0.1 * (double)((s * 7 + i * 3) % 5) - 0.2; }

/* Sums over samples first ..< first + count of sum_i lambda_i (x_i - c_si)^2 / 2 + x_i^4 / 4. */
static double sums(const objective *o, const double *x, int64_t first, int64_t count, double *gradient) {
    double value = 0;
    if (gradient) memset(gradient, 0, sizeof(double) * (size_t)o->size);
    for (int64_t s = first; s < first + count; s++) {
        for (int64_t i = 0; i < o->size; i++) {
            double distance = x[i] - centre(s, i);
            value += eigenvalue(i) * distance * distance / 2 + x[i] * x[i] * x[i] * x[i] / 4;
            if (gradient) gradient[i] += eigenvalue(i) * distance + x[i] * x[i] * x[i];
        }
    }
#ifdef BREAK_GRADIENT
    if (gradient) gradient[0] += 1e-3 * (double)count;
#endif
#ifdef BREAK_NEGATIVE
    value -= 10 * (double)count;
#endif
#ifdef BREAK_F32_OFF
    if (o->is_single) {
        for (int64_t i = 0; gradient && i < o->size; i++) gradient[i] *= 1.05;
        return value * 1.05;
    }
#endif
    return value;
}

static void read_point(const objective *o, const void *v, double *x) {
    for (int64_t i = 0; i < o->size; i++) {
        x[i] = element(o, v, i);
#ifdef BREAK_HIDES_NAN
        if (isnan(x[i])) x[i] = 0;
#endif
    }
}

static void destroy(void *self) {
    objective *o = self;
#ifdef BREAK_DESTROY_NULL
    o->size = 0;
#endif
    if (!o) return;
    memset(table, 0, sizeof table);
#ifndef BREAK_LEAK_LIFE
    free(o->block_names);
#endif
    free(o);
}

static eos_status describe(void *self, eos_objective_description *out) {
    const objective *o = self;
    out->dtype = o->is_single ? EOS_F32 : EOS_F64;
    out->dimension = o->size;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE | EOS_OBJECTIVE_REENTRANT;
    out->shard_count = SAMPLES;
    out->value_lower_bound = 0;
    out->sharpness_lower_bound = (double)o->size;
#ifdef BREAK_DESCRIBES_DIFFERENTLY
    static int calls;
    out->value_accuracy = 1e-9 * ++calls;
#endif
#ifdef BREAK_VALUE_BOUND
    out->value_lower_bound = 1;
#endif
#ifdef BREAK_SHARPNESS_BOUND
    out->sharpness_lower_bound = 100;
#endif
#ifdef BREAK_DESCRIPTION_PAST
    memset(out + 1, 0, 8); /* a field of a later release, which this host does not have */
#endif
#ifdef BREAK_NO_SHARDS
    out->shard_count = -3;
#endif
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    const objective *o = self;
    double start[MOST];
    o->host->random_uniform(o->host, seed, 0, o->size, start);
#ifdef BREAK_SEEDLESS
    static int calls;
    start[0] += 1e-3 * ++calls;
#endif
    for (int64_t i = 0; i < o->size; i++) set(o, x, i, start[i] + 0.5);
#ifdef BREAK_START
    set(o, x, o->size - 1, NAN);
#endif
    return EOS_OK;
}

/* What a call must not do to the process. */
static void misbehave(objective *o) {
    (void)o;
#ifdef BREAK_CHDIR
    if (chdir("/")) abort();
#endif
#ifdef BREAK_LOCALE
    setlocale(LC_NUMERIC, "C.UTF-8");
#endif
#ifdef BREAK_FLUSH_TO_ZERO
    _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
#ifdef BREAK_SIGNAL_MASK
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
#endif
#ifdef BREAK_HANDLER
    signal(SIGINT, SIG_IGN);
#endif
#ifdef BREAK_UMASK
    umask(077);
#endif
#ifdef BREAK_PRINTS
    puts("evaluating");
#endif
#ifdef BREAK_DESCRIPTOR
    (void)!open("/dev/null", O_RDONLY);
#endif
#ifdef BREAK_LEAK_CALL
    *(volatile char *)malloc(100) = 1;
#endif
#ifdef BREAK_LEAK_PAGES
    if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) abort();
#endif
}

#ifdef BREAK_THREAD
static void *sleeper(void *unused) {
    (void)unused;
    for (;;) pause();
    return NULL;
}
#endif

#ifdef BREAK_THREAD_LOCAL
static _Thread_local int is_creator;
#endif

static eos_status evaluate(void *self, eos_evaluation *evaluation) {
    objective *o = self;
    double x[MOST], gradient[MOST];
    misbehave(o);
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
    for (int64_t i = 0; i < o->size; i++) if (isinf(x[i])) *(volatile int *)8 = 0;
#endif
#ifdef BREAK_EXITS
    for (int64_t i = 0; i < o->size; i++) if (isinf(x[i])) fputs("this can't be\n", stderr), exit(3);
#endif
#ifdef BREAK_HANGS
    for (int64_t i = 0; i < o->size; i++) while (isinf(x[i])) usleep(1000);
#endif
#ifdef BREAK_FAILS_NONFINITE
    for (int64_t i = 0; i < o->size; i++) {
        if (isinf(x[i])) return o->host->fail(o->host, EOS_E_FAILED, "infinite parameters");
    }
#endif
    evaluation->value = sums(o, x, 0, SAMPLES, gradient) / SAMPLES;
#ifdef BREAK_STICKY
    for (int64_t i = 0; i < o->size; i++) if (isnan(x[i])) o->is_bad = 1;
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
    union { const void *from; double *to; } x_itself = {evaluation->x};
    x_itself.to[0] += 0;
    x_itself.to[0] = nextafter(x_itself.to[0], INFINITY);
#endif
    return EOS_OK;
}

static eos_status ray_begin(void *self, const void *x, const void *d) {
    objective *o = self;
    read_point(o, x, o->base);
    read_point(o, d, o->direction);
    return EOS_OK;
}

static eos_status ray_value(void *self, double t, double *value) {
    objective *o = self;
    double x[MOST];
    for (int64_t i = 0; i < o->size; i++) x[i] = o->base[i] + t * o->direction[i];
    *value = sums(o, x, 0, SAMPLES, NULL) / SAMPLES;
#ifdef BREAK_RAY
    *value *= 1 + 1e-6 * t;
#endif
#ifdef BREAK_RAY_MEMORY
    static int calls;
    *value *= 1 + 1e-15 * ++calls;
#endif
    return isfinite(*value) ? EOS_OK : EOS_RECOVERABLE;
}

static eos_status ray_commit(void *self, double t, int64_t evaluation) {
    objective *o = self;
    (void)t;
    o->committed_id = evaluation;
    return EOS_OK;
}

static eos_status linearize(void *self, const void *x) {
    objective *o = self;
    read_point(o, x, o->linearized);
    return EOS_OK;
}

static eos_status curvature(void *self, const void *v, void *out) {
    objective *o = self;
    for (int64_t i = 0; i < o->size; i++) {
        double bend = eigenvalue(i) + 3 * o->linearized[i] * o->linearized[i];
#ifdef BREAK_F32_OFF
        if (o->is_single) bend *= 1.05;
#endif
#ifdef BREAK_PRODUCT
        bend *= 1.001;
#endif
        double product = bend * element(o, v, i);
#ifdef BREAK_SYMMETRY
        product += 2e-6 * element(o, v, (i + 1) % o->size);
#endif
#ifdef BREAK_LINEARITY
        product += 1e-6 * fabs(element(o, v, i));
#endif
        set(o, out, i, product);
    }
    return EOS_OK;
}

/* There are no samples here: the parts are as steep as the whole, or nearly so. */
static eos_status sampled_curvature(void *self, int64_t part, const void *v, void *out) {
    objective *o = self;
    eos_status status = curvature(self, v, out);
    for (int64_t i = 0; !status && i < o->size; i++) {
        double product = (1 + 0.1 * (double)(part % 3)) * element(o, out, i);
#ifdef BREAK_PART
        product += 2e-6 * element(o, v, (i + 1) % o->size);
#endif
        set(o, out, i, product);
    }
    return status;
}

static eos_status evaluate_shards(void *self, eos_evaluation *evaluation) {
    objective *o = self;
    double x[MOST], gradient[MOST];
    int64_t first = evaluation->shard_first, count = evaluation->shard_count;
    if (first < 0 || count < 0 || first > SAMPLES || count > SAMPLES - first) {
#ifdef BREAK_SHARD_RANGE
        first = 0, count = 1;
#else
        return o->host->fail(o->host, EOS_E_INVALID, "there are no such shards");
#endif
    }
    read_point(o, evaluation->x, x);
    evaluation->value = sums(o, x, first, count, gradient);
    evaluation->weight = (double)count;
#ifdef BREAK_SHARDS
    evaluation->value /= (double)count; /* a mean */
#endif
    if (!isfinite(evaluation->value)) return EOS_RECOVERABLE;
    for (int64_t i = 0; evaluation->gradient && i < o->size; i++) set(o, evaluation->gradient, i, gradient[i]);
#ifdef BREAK_SHARD_GRADIENT
    if (evaluation->gradient) set(o, evaluation->gradient, 0, 0);
#endif
    return EOS_OK;
}

static eos_status block(void *self, int64_t index, eos_block *out) {
    objective *o = self;
    if (index < 0 || index >= 2) {
#ifdef BREAK_BLOCK_END
        return EOS_E_INVALID;
#endif
        return EOS_E_NOT_FOUND;
    }
    out->rank = 1;
    out->name = o->block_names + 5 * index;
    out->offset = index;
    out->shape[0] = index == 0 ? 1 : o->size - 1;
#ifdef BREAK_BLOCK_GAP
    if (index == 1) out->offset = 2, out->shape[0] = o->size - 2;
#endif
#ifdef BREAK_BLOCK_OVERLAP
    if (index == 1) out->offset = 0, out->shape[0] = o->size;
#endif
    return EOS_OK;
}

static eos_status metric(void *self, int64_t index, eos_metric *out) {
    (void)self;
    if (index != 0) {
#ifdef BREAK_METRIC_END
        return EOS_RECOVERABLE;
#endif
        return EOS_E_NOT_FOUND;
    }
    out->name = "largest";
#ifdef BREAK_METRIC_NAME
    out->name = "Largest element";
#endif
    out->text = "the largest parameter";
    return EOS_OK;
}

static eos_status measure(void *self, const void *x, double *values) {
    objective *o = self;
    values[0] = -INFINITY;
    for (int64_t i = 0; i < o->size; i++) values[0] = fmax(values[0], element(o, x, i));
#ifdef BREAK_MEASURE_WRITES
    values[1] = 0;
#endif
#ifdef BREAK_MEASURE
    o->is_bad = 1;
#endif
    return EOS_OK;
}

typedef struct saved {
    uint64_t magic;
    int64_t evaluations;
    uint64_t sum;
} saved;

static uint64_t sum_of(const saved *s) { return (s->magic * 31 + (uint64_t)s->evaluations) * 0x9e3779b97f4a7c15u; }

static eos_status save(void *self, const eos_writer *writer) {
    objective *o = self;
    saved state = {.magic = MAGIC, .evaluations = o->evaluations};
    state.sum = sum_of(&state);
#ifdef BREAK_SAVE_ONCE
    writer->write(writer->ctx, &state, sizeof state);
    return EOS_OK;
#endif
    return eos_write_all(writer, &state, sizeof state);
}

static eos_status load(void *self, const eos_reader *reader) {
    objective *o = self;
    saved state = {0};
#ifdef BREAK_LOAD_CUT
    eos_read_all(reader, &state, sizeof state);
    return EOS_OK;
#endif
    int is_short = eos_read_all(reader, &state, sizeof state) != EOS_OK;
    if (is_short || state.magic != MAGIC || eos_read_end(reader) || state.sum != sum_of(&state)) {
#ifdef BREAK_LOAD_HALF
        o->is_bad = 1;
#endif
#ifdef BREAK_LOAD_ANY
        if (!is_short && state.magic == MAGIC) return EOS_OK;
#endif
        return o->host->fail(o->host, EOS_E_FORMAT, "this is no state of this objective");
    }
    o->evaluations = state.evaluations;
#ifdef BREAK_LOAD
    o->is_bad = 1;
#endif
    return EOS_OK;
}

static const eos_objective_ops ops = {
#ifdef BREAK_OPS_SIZE
    .struct_size = 1u << 30,
#else
    .struct_size = sizeof ops,
#endif
    .destroy = destroy,
    .describe = describe,
    .initial_point = initial_point,
    .evaluate = evaluate,
    .ray_begin = ray_begin,
    .ray_value = ray_value,
#ifndef BREAK_HALF_RAY
    .ray_commit = ray_commit,
#else
    .ray_commit = 0 ? ray_commit : NULL,
#endif
    .linearize = linearize,
    .curvature = curvature,
    .sampled_curvature = sampled_curvature,
    .evaluate_shards = evaluate_shards,
    .block = block,
    .metric = metric,
    .measure = measure,
    .save = save,
    .load = load,
};

static eos_status create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_objective_ops **out, void **self) {
    (void)ctx, (void)id;
    int64_t size = 0;
    const char *dtype = "";
    host->get_i64(host, config, "size", &size);
    host->get_string(host, config, "dtype", &dtype);
    if (size > MOST) {
#ifdef BREAK_SILENT
        return EOS_E_CONFIG;
#endif
        return host->fail(host, EOS_E_CONFIG, "size is above 64; make it smaller");
    }
#ifdef BREAK_CREATE_CRASHES
    if (size == 2) abort();
#endif
#ifdef BREAK_DEFAULTS
    return host->fail(host, EOS_E_CONFIG, "nothing can be made");
#endif
    objective *o = calloc(1, sizeof *o);
    if (!o) return host->fail(host, EOS_E_MEMORY, "not enough memory for an objective");
    o->host = host;
    o->size = size;
    o->is_single = strcmp(dtype, "f32") == 0;
    o->block_names = malloc(10);
    if (o->block_names) memcpy(o->block_names, "head\0tail", 10);
    for (int64_t i = 0; i < MOST; i++) table[i] = 1 + (double)i;
#ifdef BREAK_THREAD
    pthread_t thread;
    pthread_create(&thread, NULL, sleeper, NULL);
#endif
#ifdef BREAK_THREAD_LOCAL
    is_creator = 1;
#endif
    *out = &ops;
    *self = o;
    return EOS_OK;
}

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

static eos_status create_policy(void *ctx, const eos_host *host, const char *id, const eos_config *config,
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

static const eos_parameter objective_rows[] = {
    {.struct_size = sizeof(eos_parameter), .type = EOS_TYPE_I64, .key = "size", .default_value = "5", .minimum = 2,
     .maximum = 1e9, .text = "number of parameters"},
    {.struct_size = sizeof(eos_parameter), .type = EOS_TYPE_STRING, .key = "dtype", .default_value = "f64",
     .choices = "f32|f64", .text = "element type"},
};
static const eos_parameter policy_rows[] = {
    {.struct_size = sizeof(eos_parameter), .type = EOS_TYPE_F64, .key = "first", .default_value = "1", .minimum = 0.5,
     .maximum = 2, .text = "not used"},
};
static const eos_descriptor descriptors[] = {
    {.struct_size = sizeof(eos_descriptor), .id = "org.example.right", .title = "a bowl that keeps the rules",
     .parameters = objective_rows, .parameter_count = 2},
    {.struct_size = sizeof(eos_descriptor), .id = "org.example.halves", .title = "a search that keeps the rules",
     .parameters = policy_rows, .parameter_count = 1},
};

static int64_t count(void *ctx) { return (void)ctx, 1; }
static const eos_descriptor *objective_at(void *ctx, int64_t index) {
    (void)ctx;
#ifdef BREAK_DESCRIPTOR_END
    (void)index;
    return &descriptors[0];
#endif
    return index == 0 ? &descriptors[0] : NULL;
}
static const eos_descriptor *policy_at(void *ctx, int64_t index) {
    return (void)ctx, index == 0 ? &descriptors[1] : NULL;
}
static const eos_objective_factory objectives = {
    .struct_size = sizeof objectives, .count = count, .descriptor = objective_at, .create = create};
static const eos_policy_factory policies = {
    .struct_size = sizeof policies, .count = count, .descriptor = policy_at, .create = create_policy};

static const void *get_factory(const char *id) {
    if (strcmp(id, EOS_OBJECTIVE_FACTORY) == 0) return &objectives;
    if (strcmp(id, EOS_POLICY_FACTORY) == 0) return &policies;
#ifdef BREAK_FACTORY
    return &policies;
#endif
    return NULL;
}

static eos_status init(const eos_host *host) {
    (void)host;
#ifdef BREAK_LOADING
    if (chdir("/")) abort();
#endif
#ifdef BREAK_INIT_CRASHES
    raise(SIGSEGV);
#endif
#ifdef BREAK_INIT_HANGS
    for (;;) usleep(1000);
#endif
    return EOS_OK;
}

static const eos_plugin plugin = {
#ifdef BREAK_PLUGIN_SIZE
    .struct_size = 1u << 30,
#else
    .struct_size = sizeof plugin,
#endif
    .abi_major = EOS_ABI_MAJOR, .abi_minor = EOS_ABI_MINOR, .id = "org.example.conformance",
    .version = "1.0.0", .licence = "MIT", .init = init, .get_factory = get_factory,
};

const eos_plugin *eos_plugin_entry(uint32_t host_abi) { return host_abi >> 16 == EOS_ABI_MAJOR ? &plugin : NULL; }
