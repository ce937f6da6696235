/* An objective and a policy that build with the header of any release: f(x) = scale / 2 |x|^2, and steps that halve
 * until the value falls. What follows each table in memory is no part of it: a host that reads on meets nonsense. */
#include <stdlib.h>
#include <string.h>

#include <eos/plugin.h>

/* Of a table that only later headers have longer: what the host gave must cover it before it is used. */
#define COVERS(pointer) ((pointer)->struct_size >= sizeof *(pointer))

#ifdef LATER /* than this host, which so must not claim to know what was appended */
#define EXPECT(pointer) (!COVERS(pointer))
#else
#define EXPECT(pointer) COVERS(pointer)
#endif

typedef struct nonsense {
    uint64_t words[16];
} nonsense;
#define NONSENSE                                                                                                       \
    {                                                                                                                  \
        { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }                                                             \
    }

typedef struct bowl {
    const eos_host *host;
    double scale;
    int64_t size;
} bowl;

static eos_status describe(void *self, eos_objective_description *out) {
    const bowl *b = self;
    if (!EXPECT(out)) return b->host->fail(b->host, EOS_E_FAILED, "describe: struct_size is not the host's");
    out->dtype = EOS_F64;
    out->dimension = b->size;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    const bowl *b = self;
    b->host->random_normal(b->host, seed, 0, b->size, x);
    return EOS_OK;
}

static eos_status evaluate(void *self, eos_evaluation *e) {
    const bowl *b = self;
    const double *x = e->x;
    double *g = e->gradient;
    double sum = 0;
    if (!EXPECT(e)) return b->host->fail(b->host, EOS_E_FAILED, "evaluate: struct_size is not the host's");
    for (int64_t i = 0; i < b->size; i++) {
        sum += x[i] * x[i];
        if (g) g[i] = b->scale * x[i];
    }
    e->value = b->scale / 2 * sum;
    return EOS_OK;
}

static const struct {
    eos_objective_ops table;
    nonsense after;
} objective_ops = {
    .table = {.struct_size = sizeof(eos_objective_ops),
              .destroy = free,
              .describe = describe,
              .initial_point = initial_point,
              .evaluate = evaluate},
    .after = NONSENSE,
};

static eos_status propose(void *self, const eos_iterate *iterate, double *step) {
    const eos_host *host = *(const eos_host **)self;
    if (!EXPECT(iterate)) return host->fail(host, EOS_E_FAILED, "propose: struct_size is not the host's");
    *step = iterate->iteration == 0 ? 8 : 2 * iterate->last_step;
    return EOS_OK;
}

static eos_status judge(void *self, const eos_iterate *iterate, const eos_trial *trial, eos_verdict *verdict) {
    const eos_host *host = *(const eos_host **)self;
    if (!EXPECT(iterate) || !EXPECT(trial) || !EXPECT(verdict))
        return host->fail(host, EOS_E_FAILED, "judge: struct_size is not the host's");
    int fell = trial->finite && trial->value < iterate->value;
    verdict->action = fell ? EOS_ACCEPT : EOS_TRY;
    verdict->step = fell ? trial->step : trial->step / 2;
    return EOS_OK;
}

static const struct {
    eos_policy_ops table;
    nonsense after;
} policy_ops = {
    .table = {.struct_size = sizeof(eos_policy_ops), .destroy = free, .propose = propose, .judge = judge},
    .after = NONSENSE,
};

static eos_status create_objective(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                                   const eos_objective_ops **ops, void **self) {
    (void)ctx, (void)id;
    if (!EXPECT(host)) return host->fail(host, EOS_E_FAILED, "create: struct_size is not the host's");
    bowl *b = malloc(sizeof *b);
    if (!b) return EOS_E_MEMORY;
    *b = (bowl){host, 4, 3};
#ifndef WITHOUT_PARAMETERS
    host->get_f64(host, config, "scale", &b->scale);
    host->get_i64(host, config, "size", &b->size);
#else
    (void)config;
#endif
    *ops = &objective_ops.table;
    *self = b;
    return EOS_OK;
}

static eos_status create_policy(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                                const eos_policy_ops **ops, void **self) {
    (void)ctx, (void)id, (void)config;
    const eos_host **made = malloc(sizeof *made);
    if (!made) return EOS_E_MEMORY;
    *made = host;
    *ops = &policy_ops.table;
    *self = made;
    return EOS_OK;
}

#ifndef WITHOUT_PARAMETERS
static const eos_parameter rows[] = {
    {.struct_size = sizeof(eos_parameter),
     .type = EOS_TYPE_F64,
     .key = "scale",
     .default_value = "2",
     .minimum = 1e-6,
     .maximum = 1e6,
     .text = "curvature of the bowl"},
    {.struct_size = sizeof(eos_parameter),
     .type = EOS_TYPE_I64,
     .key = "size",
     .default_value = "3",
     .minimum = 1,
     .maximum = 100,
     .text = "dimension"},
};
#endif

static const struct {
    eos_descriptor table;
    nonsense after;
} descriptors[] = {
    {.table = {.struct_size = sizeof(eos_descriptor),
               .id = "org.example.descent-bowl",
               .title = "a bowl",
#ifndef WITHOUT_PARAMETERS
               .parameters = rows,
               .parameter_count = 2
#endif
     },
     .after = NONSENSE},
    {.table = {.struct_size = sizeof(eos_descriptor), .id = "org.example.descent-halving", .title = "halve"},
     .after = NONSENSE},
};

static int64_t count(void *ctx) { return (void)ctx, 1; }
static const eos_descriptor *objective_at(void *ctx, int64_t i) { return (void)ctx, (void)i, &descriptors[0].table; }
static const eos_descriptor *policy_at(void *ctx, int64_t i) { return (void)ctx, (void)i, &descriptors[1].table; }

static const eos_objective_factory objectives = {
    .struct_size = sizeof(eos_objective_factory),
    .count = count,
    .descriptor = objective_at,
    .create = create_objective,
};
static const eos_policy_factory policies = {
    .struct_size = sizeof(eos_policy_factory),
    .count = count,
    .descriptor = policy_at,
    .create = create_policy,
};

static const void *get_factory(const char *id) {
    if (strcmp(id, EOS_OBJECTIVE_FACTORY) == 0) return &objectives;
    return strcmp(id, EOS_POLICY_FACTORY) == 0 ? &policies : NULL;
}

static const eos_plugin plugin = {
    .struct_size = sizeof(eos_plugin),
    .abi_major = EOS_ABI_MAJOR,
    .abi_minor = EOS_ABI_MINOR,
    .id = "org.example.descent",
    .version = "1.0.0",
    .licence = "MIT",
    .get_factory = get_factory,
};

const eos_plugin *eos_plugin_entry(uint32_t host_abi) { return host_abi >> 16 == EOS_ABI_MAJOR ? &plugin : NULL; }
