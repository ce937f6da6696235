/* Making and destroying the objective, its starting point, metrics and table. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inner_product.h"

static void destroy(void *self) {
    inner_product *p = self;
    if (!p) return;
    free(p->start);
    free(p->x);
    free(p);
}

static eos_status read_start(inner_product *p, const eos_config *config) {
    const double *given;
    int64_t count;
    eos_status status = p->host->get_f64_array(p->host, config, "start", &given, &count);
    if (status == EOS_E_NOT_FOUND) return EOS_OK;
    if (status) return status;
    if (count % 2 || count / 2 != p->size) {
        char message[160];
        snprintf(message, sizeof message,
                 "start has %lld entries, but size = %lld; give 2 size of them, those of u, then those of v",
                 (long long)count, (long long)p->size);
        return p->host->fail(p->host, EOS_E_CONFIG, message);
    }
    status = inner_product_allocate(p, &p->start);
    if (!status) memcpy(p->start, given, (size_t)count * sizeof(double));
    return status;
}

static eos_status build(inner_product *p, const eos_config *config) {
    eos_status status = p->host->get_i64(p->host, config, "size", &p->size);
    if (!status) status = p->host->get_f64(p->host, config, "target", &p->target);
    if (!status) status = read_start(p, config);
    return status;
}

eos_status inner_product_create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                                const eos_objective_ops **ops, void **self) {
    (void)ctx;
    (void)id;
    inner_product *p = calloc(1, sizeof *p);
    if (!p) return host->fail(host, EOS_E_MEMORY, "there is no memory for the objective");
    p->host = host;
    eos_status status = build(p, config);
    if (status) {
        destroy(p);
        return status;
    }
    *ops = &inner_product_ops;
    *self = p;
    return EOS_OK;
}

static eos_status describe(void *self, eos_objective_description *out) {
    const inner_product *p = self;
    out->dtype = EOS_F64;
    out->dimension = 2 * p->size;
    out->space = EOS_SPACE_HOST;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_REENTRANT | EOS_OBJECTIVE_NONNEGATIVE;
    out->shard_count = 0;
    out->value_lower_bound = 0;
    out->sharpness_lower_bound = NAN;
    out->value_accuracy = 0;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    const inner_product *p = self;
    double *out = x;
    if (p->start) {
        memcpy(out, p->start, 2 * (size_t)p->size * sizeof(double));
        return EOS_OK;
    }
    /* <u, v> near 1, whatever the size. */
    double length = sqrt((double)p->size);
    p->host->random_uniform(p->host, seed, 0, 2 * p->size, out);
    for (int64_t i = 0; i < 2 * p->size; i++) out[i] = (1 + (2 * out[i] - 1) / 10) / length;
    return EOS_OK;
}

static const struct { const char *name, *text; } metrics[] = {
    {"distance_to_flattest", "distance from the nearest minimum to the nearest flattest one, u = v, or u = -v for a "
                             "negative target"},
    {"signed_normal_distance", "distance to the nearest minimum; negative where the product is below the target"},
    {"sharpness_on_minimum", "largest Hessian eigenvalue at the nearest minimum"},
};

static eos_status metric(void *self, int64_t index, eos_metric *out) {
    (void)self;
    if (index < 0 || index >= (int64_t)(sizeof metrics / sizeof *metrics)) return EOS_E_NOT_FOUND;
    out->name = metrics[index].name;
    out->unit = NULL;
    out->text = metrics[index].text;
    return EOS_OK;
}

static eos_status measure(void *self, const void *x, double *values) {
    const inner_product *p = self;
    inner_product_projection projection = inner_product_project(p->size, p->target, x);
    values[0] = projection.distance_to_flattest;
    values[1] = projection.signed_normal_distance;
    values[2] = projection.sharpness;
    return EOS_OK;
}

const eos_objective_ops inner_product_ops = {
    .struct_size = sizeof(eos_objective_ops),
    .destroy = destroy,
    .describe = describe,
    .initial_point = initial_point,
    .evaluate = inner_product_evaluate,
    .linearize = inner_product_linearize,
    .curvature = inner_product_curvature,
    .metric = metric,
    .measure = measure,
};
