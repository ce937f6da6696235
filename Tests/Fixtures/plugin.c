/* A plugin that the tests build over and over, each time with another -D that breaks one rule of eos/plugin.h. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eos/plugin.h"

#ifndef PLUGIN_ID
#define PLUGIN_ID "org.example.fixture"
#endif
#ifndef OBJECTIVE_ID
#define OBJECTIVE_ID "org.example.bowl"
#endif
#ifndef ABI_MAJOR
#define ABI_MAJOR EOS_ABI_MAJOR
#endif
#ifndef STRUCT_SIZE
#define STRUCT_SIZE sizeof(eos_plugin)
#endif
#ifndef DESCRIPTOR_SIZE
#define DESCRIPTOR_SIZE sizeof(eos_descriptor)
#endif
#ifndef FACTORY_SIZE
#define FACTORY_SIZE sizeof(eos_objective_factory)
#endif
#ifndef COUNT
#define COUNT 2
#endif
#ifndef CREATE
#define CREATE create
#endif
#ifndef FLAGS
#define FLAGS 0
#endif

/* Rows may be longer than the host knows: a later release appended a field. */
typedef struct {
    eos_parameter row;
    double appended;
} longer_row;

#define ROW(...)                                                                                                       \
    { .row = {.struct_size = sizeof(longer_row), __VA_ARGS__}, .appended = 1 }

static const longer_row rows[] = {
    ROW(.type = EOS_TYPE_F64, .key = "scale", .default_value = "1", .minimum = 0, .maximum = 1e6, .unit = "m",
        .text = "curvature of the bowl"),
    ROW(.type = EOS_TYPE_I64, .key = "size", .default_value = "3", .minimum = 1, .maximum = 100, .text = "dimension"),
    ROW(.type = EOS_TYPE_BOOL, .key = "centred", .default_value = "true", .text = "whether the lowest point is 0"),
    ROW(.type = EOS_TYPE_STRING, .key = "mode", .default_value = "plain", .choices = "plain|fail|silent|null|odd",
        .text = "what create does"),
    ROW(.type = EOS_TYPE_F64_ARRAY, .key = "start", .text = "the starting point"),
    ROW(.type = EOS_TYPE_STRINGS, .key = "names", .default_value = "[\"a\", \"b\"]", .text = "words"),
    ROW(.type = EOS_TYPE_F64, .key = "cap", .default_value = "auto", .flags = EOS_PARAMETER_AUTO, .text = "a cap"),
#ifdef EXTRA_ROW
    ROW(EXTRA_ROW),
#endif
};

typedef struct {
    const eos_host *host;
    double scale;
    int64_t size;
    double *start;
} bowl;

static void destroy(void *self) {
    if (self == NULL) return;
    free(((bowl *)self)->start);
    free(self);
}

static eos_status describe(void *self, eos_objective_description *out) {
    bowl *b = self;
    out->dtype = EOS_F64;
    out->dimension = b->size;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;
    out->value_lower_bound = 0;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    bowl *b = self;
    if (b->start != NULL) memcpy(x, b->start, (size_t)b->size * sizeof(double));
    else b->host->random_normal(b->host, seed, 0, b->size, x);
    return EOS_OK;
}

static eos_status evaluate(void *self, eos_evaluation *e) {
    bowl *b = self;
    const double *x = e->x;
    double *g = e->gradient;
    double sum = 0;
    for (int64_t i = 0; i < b->size; i++) {
        sum += x[i] * x[i];
        if (g != NULL) g[i] = b->scale * x[i];
    }
    e->value = b->scale / 2 * sum;
    if (b->host->cancelled(b->host)) return b->host->fail(b->host, EOS_E_CANCELLED, "asked\nto stop");
    return EOS_OK;
}

static const eos_objective_ops ops = {
    .struct_size = sizeof(eos_objective_ops),
    .destroy = destroy,
    .describe = describe,
    .initial_point = initial_point,
    .evaluate = evaluate,
};

static eos_status create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_objective_ops **out, void **self) {
    (void)ctx;
    (void)id;
    const char *mode = "";
    if (host->get_string(host, config, "mode", &mode) != EOS_OK) return EOS_E_INVALID;
    if (strcmp(mode, "fail") == 0) return host->fail(host, EOS_E_CONFIG, "mode: asked to fail");
    if (strcmp(mode, "silent") == 0) return EOS_E_FAILED;
    if (strcmp(mode, "odd") == 0) return 7;
    if (strcmp(mode, "null") == 0) return EOS_OK;

    bowl *b = calloc(1, sizeof *b);
    if (b == NULL) return EOS_E_MEMORY;
    b->host = host;
    host->get_f64(host, config, "scale", &b->scale);
    host->get_i64(host, config, "size", &b->size);
    const double *start = NULL;
    int64_t count = 0;
    if (host->get_f64_array(host, config, "start", &start, &count) == EOS_OK) {
        if (count != b->size) {
            char message[100];
            snprintf(message, sizeof message, "start: has %lld numbers instead of size = %lld", (long long)count,
                     (long long)b->size);
            destroy(b);
            return host->fail(host, EOS_E_CONFIG, message);
        }
        b->start = malloc((size_t)count * sizeof(double));
        if (b->start == NULL) {
            destroy(b);
            return EOS_E_MEMORY;
        }
        memcpy(b->start, start, (size_t)count * sizeof(double));
    }
    *out = &ops;
    *self = b;
    return EOS_OK;
}

/* Asks every getter for every type, then fails with what it got: "scale 1 size 3 ...". */
static eos_status recite(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_objective_ops **out, void **self) {
    (void)ctx, (void)out, (void)self;
    double scale = 0, cap = 0;
    int64_t size = 0, starts = -1, names = -1;
    int32_t centred = -1;
    const char *mode = NULL;
    const double *start = NULL;
    const char *const *list = NULL;
    host->get_f64(host, config, "scale", &scale);
    host->get_f64(host, config, "cap", &cap);
    host->get_i64(host, config, "size", &size);
    host->get_bool(host, config, "centred", &centred);
    host->get_string(host, config, "mode", &mode);
    eos_status absent = host->get_f64_array(host, config, "start", &start, &starts);
    host->get_strings(host, config, "names", &list, &names);
    eos_status wrong = host->get_i64(host, config, "mode", &size);
    eos_status unknown = host->get_bool(host, config, "nothing", &centred);
    eos_status null = host->get_bool(host, config, NULL, &centred);
    char message[300];
    snprintf(message, sizeof message, "%s %g %g %lld %d %s %d:%lld %s,%s %d %d %d", id, scale, cap, (long long)size,
             centred, mode, absent, (long long)starts, list[0], list[names - 1], wrong, unknown, null);
    return host->fail(host, EOS_E_FAILED, message);
}

static int64_t count(void *ctx) {
    (void)ctx;
    return COUNT;
}

static const eos_descriptor *descriptor(void *ctx, int64_t index) {
    (void)ctx;
    static const eos_descriptor descriptors[] = {
        {.struct_size = DESCRIPTOR_SIZE,
         .flags = FLAGS,
         .id = OBJECTIVE_ID,
         .title = "A bowl",
         .source = "a page",
         .parameters = &rows[0].row,
         .parameter_count = sizeof rows / sizeof rows[0]},
        {.struct_size = sizeof(eos_descriptor),
         .flags = EOS_USES_DATA,
#ifdef SECOND_ID
         .id = SECOND_ID,
#else
         .id = "org.example.reader",
#endif
         .title = "Reads data"},
    };
    return index >= 0 && index < 2 ? &descriptors[index] : NULL;
}

static eos_status dispatch(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                           const eos_objective_ops **out, void **self) {
    if (strcmp(id, OBJECTIVE_ID) == 0) return CREATE(ctx, host, id, config, out, self);
    const eos_dataset *data = NULL;
    eos_status status = host->load_data(host, config, EOS_F32, &data);
    if (status != EOS_OK) return status;
    char message[100];
    snprintf(message, sizeof message, "%lld + %lld samples of %lld", (long long)data->train, (long long)data->test,
             (long long)data->features);
    host->release_data(host, data);
    host->release_data(host, NULL);
    return host->fail(host, EOS_E_FAILED, message);
}

static const eos_objective_factory objectives = {
    .struct_size = FACTORY_SIZE,
    .count = count,
    .descriptor = descriptor,
#ifndef NO_CREATE
    .create = dispatch,
#endif
};

static const void *get_factory(const char *id) {
    if (strcmp(id, EOS_OBJECTIVE_FACTORY) == 0) return &objectives;
    (void)dispatch;
    (void)create;
    (void)recite;
    return NULL;
}

static eos_status init(const eos_host *host) {
    static int calls = 0;
    if (++calls > 1) return host->fail(host, EOS_E_STATE, "init was called twice");
#ifdef HOOK
    /* The address of a function of the process that builds and loads this. */
    ((void (*)(void))HOOK)();
#endif
#ifdef INIT_FAILS
#ifndef SENTENCE
#define SENTENCE "needs a GPU"
#endif
    return host->fail(host, EOS_E_UNSUPPORTED, SENTENCE);
#else
    host->log(host, EOS_LOG_INFO, "fixture is here");
    return EOS_OK;
#endif
}

static const eos_plugin plugin = {
    .struct_size = STRUCT_SIZE,
    .abi_major = ABI_MAJOR,
    .abi_minor = EOS_ABI_MINOR,
    .id = PLUGIN_ID,
    .version = "1.2.3",
    .licence = "MIT",
    .toolchain = "cc",
    .init = init,
#ifndef NO_GET_FACTORY
    .get_factory = get_factory,
#endif
};

#ifdef UNDEFINED
extern void missing_function(void);
#endif

#ifdef NO_ENTRY
const eos_plugin *another_entry(uint32_t host_abi);
const eos_plugin *another_entry(uint32_t host_abi) {
#else
const eos_plugin *eos_plugin_entry(uint32_t host_abi) {
#endif
    (void)host_abi;
    (void)get_factory;
#ifdef UNDEFINED
    missing_function();
#endif
#ifdef ENTRY_NULL
    (void)plugin;
    return NULL;
#else
    return &plugin;
#endif
}
