/* The objective and the entry of its plugin: how it is made, its starting point, its metrics and its keys. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "product.h"

static void destroy(void *self) {
    product *p = self;
    if (!p) return;
    free(p->start);
    free(p->memory);
    free(p);
}

static eos_status make(void *self, const eos_host *host, const eos_config *config) {
    static const double usual[] = {3, 0.5, 0.6, 0.4};
    product *p = self;
    eos_values values = eos_values_of(host, config);
    int64_t count;
    p->host = host;
    p->depth = eos_value_i64(&values, "depth");
    p->target = eos_value_f64(&values, "target");
    const double *start = eos_value_f64_array(&values, "start", &count);
    if (!start && p->depth == EOS_COUNT(usual)) {
        start = usual;
        count = EOS_COUNT(usual);
    }
    if (values.status || !start) return values.status;
    if (count != p->depth) {
        return eos_fail(host, EOS_E_CONFIG, "start has %lld entries, but depth = %lld; make them equal",
                        (long long)count, (long long)p->depth);
    }
    p->start = eos_allocate(host, "start", p->depth, 1, sizeof *p->start);
    if (!p->start) return EOS_E_MEMORY;
    memcpy(p->start, start, (size_t)count * sizeof *start);
    return EOS_OK;
}

static eos_status describe(void *self, eos_objective_description *out) {
    const product *p = self;
    out->dtype = EOS_F64;
    out->dimension = p->depth;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_REENTRANT | EOS_OBJECTIVE_NONNEGATIVE;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    const product *p = self;
    double *out = x;
    if (p->start) {
        memcpy(out, p->start, (size_t)p->depth * sizeof(double));
        return EOS_OK;
    }
    p->host->random_uniform(p->host, seed, 0, p->depth, out);
    for (int64_t i = 0; i < p->depth; i++) out[i] = 1 + (2 * out[i] - 1) / 10;
    return EOS_OK;
}

static const eos_metric metrics[] = {
    EOS_METRIC(
        "distance_to_flattest", NULL,
        "distance from the nearest minimum to the flattest one of the same signs, where |x_i| = |target|^(1/depth)"),
    EOS_METRIC("signed_normal_distance", NULL,
               "distance to the nearest minimum; negative if the product is below the target"),
    EOS_METRIC("sharpness_on_minimum", NULL, "largest Hessian eigenvalue at the nearest minimum"),
};
static EOS_METRICS(metric, metrics);

static eos_status measure(void *self, const void *x, double *values) {
    const product *p = self;
    product_projection projection = product_project(p->depth, p->target, x);
    values[0] = projection.distance_to_flattest;
    values[1] = projection.signed_normal_distance;
    values[2] = projection.sharpness;
    return EOS_OK;
}

static const eos_objective_ops ops = {
    .struct_size = sizeof ops,
    .destroy = destroy,
    .describe = describe,
    .initial_point = initial_point,
    .evaluate = product_evaluate,
    .linearize = product_linearize,
    .curvature = product_curvature,
    .metric = metric,
    .measure = measure,
};

static const eos_parameter keys[] = {
    EOS_KEY_I64("depth", "4", 1, 9007199254740992.0, "number of factors"),
    EOS_KEY_F64("target", "1", 0, 0, "target value of the product; if 0, there are no metrics"),
    EOS_KEY_F64_ARRAY(
        "start", NULL, 0, 0,
        "initial point, depth numbers; by default [3, 0.5, 0.6, 0.4] for depth 4 and ones otherwise, each "
        "changed at random by up to 0.1"),
    EOS_KEY_STRING("dtype", "f64", "f64", "element type of the parameters"),
};

static const eos_objective_type types[] = {
    {.descriptor = {.struct_size = sizeof(eos_descriptor),
                    .id = "eos.product",
                    .title = "scalar factorisation: half the squared distance of a product from its target",
                    .source = "arXiv 2510.17506",
                    EOS_KEYS(keys)},
     .ops = &ops,
     .size = sizeof(product),
     .make = make}};

EOS_OBJECTIVE_PLUGIN(types, "eos.product", "1.0.0", "Apache-2.0");
