/* f(x) = sum of x_i^4 / 4: a bowl that is flat at its bottom, as a plugin in C. */
#include <eos/kit.h>

typedef struct quartic {
    int64_t size;
} quartic;

/* Fills an object of zeros. The host has checked the values against the keys below. */
static eos_status make(void *self, const eos_host *host, const eos_config *config) {
    eos_values values = eos_values_of(host, config);
    ((quartic *)self)->size = eos_value_i64(&values, "size");
    return values.status;
}

static eos_status describe(void *self, eos_objective_description *out) {
    out->dtype = EOS_F64;
    out->dimension = ((quartic *)self)->size;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    (void)seed;
    for (int64_t i = 0; i < ((quartic *)self)->size; i++) ((double *)x)[i] = 1.5;
    return EOS_OK;
}

static eos_status evaluate(void *self, eos_evaluation *evaluation) {
    const double *x = evaluation->x;
    double *gradient = eos_gradient(evaluation); /* NULL if only the value is wanted */
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

static const eos_parameter keys[] = {EOS_KEY_I64("size", "3", 1, 1e6, "number of parameters")};

static const eos_objective_type types[] = {{.descriptor = {.struct_size = sizeof(eos_descriptor),
                                                           .id = "org.example.quartic",
                                                           .title = "a flat bowl",
                                                           EOS_KEYS(keys)},
                                            .ops = &ops,
                                            .size = sizeof(quartic),
                                            .make = make}};

EOS_OBJECTIVE_PLUGIN(types, "org.example.quartic", "1.0.0", "MIT");
