/* The objective and the entry of its plugin: how it is made, its starting point, its metrics and its keys. */
#include <math.h>
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

static eos_status make(void *self, const eos_host *host, const eos_config *config) {
    inner_product *p = self;
    eos_values values = eos_values_of(host, config);
    int64_t count;
    p->host = host;
    p->size = eos_value_i64(&values, "size");
    p->target = eos_value_f64(&values, "target");
    const double *start = eos_value_f64_array(&values, "start", &count);
    if (values.status || !start) return values.status;
    if (count % 2 || count / 2 != p->size) {
        return eos_fail(host, EOS_E_CONFIG,
                        "start has %lld entries, but size = %lld; give 2 size entries, first u and then v",
                        (long long)count, (long long)p->size);
    }
    p->start = eos_allocate(host, "start", 2, p->size, sizeof *p->start);
    if (!p->start) return EOS_E_MEMORY;
    memcpy(p->start, start, (size_t)count * sizeof *start);
    return EOS_OK;
}

static eos_status describe(void *self, eos_objective_description *out) {
    const inner_product *p = self;
    out->dtype = EOS_F64;
    out->dimension = 2 * p->size;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_REENTRANT | EOS_OBJECTIVE_NONNEGATIVE;
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

static const eos_metric metrics[] = {
    EOS_METRIC("distance_to_flattest", NULL,
               "distance from the nearest minimum to the nearest flattest minimum (u = v, or u = -v if target < 0)"),
    EOS_METRIC("signed_normal_distance", NULL,
               "distance to the nearest minimum; negative if the inner product is below the target"),
    EOS_METRIC("sharpness_on_minimum", NULL, "largest Hessian eigenvalue at the nearest minimum"),
};
static EOS_METRICS(metric, metrics);

static eos_status measure(void *self, const void *x, double *values) {
    const inner_product *p = self;
    inner_product_projection projection = inner_product_project(p->size, p->target, x);
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
    .evaluate = inner_product_evaluate,
    .linearize = inner_product_linearize,
    .curvature = inner_product_curvature,
    .metric = metric,
    .measure = measure,
};

static const eos_parameter keys[] = {
    EOS_KEY_I64("size", "2", 1, 4503599627370496.0, "number of entries of u, and of v"),
    EOS_KEY_F64("target", "1", 0, 0, "target value of the inner product; if 0, there are no metrics"),
    EOS_KEY_F64_ARRAY("start", NULL, 0, 0,
                      "initial point, 2 size numbers, first u and then v; by default each is 1/sqrt(size), changed at "
                      "random by up to a tenth"),
    EOS_KEY_STRING("dtype", "f64", "f64", "element type of the parameters"),
};

static const eos_objective_type types[] = {
    {.descriptor = {.struct_size = sizeof(eos_descriptor),
                    .id = "eos.inner-product",
                    .title = "inner product: half the squared distance of <u, v> from its target",
                    .source = "arXiv 2510.17506",
                    EOS_KEYS(keys)},
     .ops = &ops,
     .size = sizeof(inner_product),
     .make = make}};

EOS_OBJECTIVE_PLUGIN(types, "eos.inner-product", "1.0.0", "Apache-2.0");
