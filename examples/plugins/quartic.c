/* f(x) = sum of x_i^4 / 4: a bowl that is flat at its bottom, as a plugin in C. */
#include <eos/entry.h>
#include <math.h>
#include <stdlib.h>

typedef struct quartic {
    int64_t size;
} quartic;

static eos_status describe(void *self, eos_objective_description *out) {
    out->dtype = EOS_F64;
    out->dimension = ((quartic *)self)->size;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;
    out->sharpness_lower_bound = NAN; /* not known */
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    (void)seed;
    for (int64_t i = 0; i < ((quartic *)self)->size; i++) ((double *)x)[i] = 1.5;
    return EOS_OK;
}

static eos_status evaluate(void *self, eos_evaluation *evaluation) {
    const double *x = evaluation->x;
    double *gradient = evaluation->gradient; /* NULL where only the value is wanted */
    evaluation->value = 0;
    for (int64_t i = 0; i < ((quartic *)self)->size; i++) {
        evaluation->value += x[i] * x[i] * x[i] * x[i] / 4;
        if (gradient) gradient[i] = x[i] * x[i] * x[i];
    }
    return isfinite(evaluation->value) ? EOS_OK : EOS_RECOVERABLE;
}

static const eos_objective_ops ops = {
    .struct_size = sizeof ops,
    .destroy = free,
    .describe = describe,
    .initial_point = initial_point,
    .evaluate = evaluate,
};

static eos_status create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_objective_ops **out, void **self) {
    (void)ctx, (void)id;
    quartic *made = malloc(sizeof *made);
    if (!made) return host->fail(host, EOS_E_MEMORY, "not enough memory for a quartic");
    host->get_i64(host, config, "size", &made->size); /* the host has checked it against the schema below */
    *out = &ops;
    *self = made;
    return EOS_OK;
}

static const eos_parameter parameters[] = {{
    .struct_size = sizeof(eos_parameter), .type = EOS_TYPE_I64, .key = "size", .default_value = "3",
    .minimum = 1, .maximum = 1e6, .text = "number of parameters",
}};
static const eos_descriptor descriptors[] = {{
    .struct_size = sizeof(eos_descriptor), .id = "org.example.quartic", .title = "a flat bowl",
    .parameters = parameters, .parameter_count = 1,
}};
EOS_OBJECTIVE_PLUGIN(descriptors, create, .id = "org.example.quartic", .version = "1.0.0", .licence = "MIT");
