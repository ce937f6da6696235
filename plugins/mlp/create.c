/* Making and destroying a network, and its table. */
#include <float.h>
#include <limits.h>
#include <stdlib.h>

#include "mlp.h"

static eos_status check_data(const mlp *m) {
    const eos_dataset *data = m->data;
    long long first = (long long)m->layers[0].in, last = (long long)m->layers[m->depth - 1].out;
    if (data->train < 1) {
        return eos_fail(m->host, EOS_E_CONFIG, "data.train leaves no sample for training; give at least 1");
    }
    if (data->train > INT_MAX) {
        return eos_fail(m->host, EOS_E_CONFIG, "data.train = %lld exceeds %d, the largest number of samples",
                        (long long)data->train, INT_MAX);
    }
    if (first != data->features) {
        return eos_fail(m->host, EOS_E_CONFIG,
                        "layers begins with %lld, but the data have %lld features; begin it with %lld", first,
                        (long long)data->features, (long long)data->features);
    }
    if (last != data->classes) {
        return eos_fail(m->host, EOS_E_CONFIG,
                        "layers ends with %lld, but the data have %lld classes; end it with %lld", last,
                        (long long)data->classes, (long long)data->classes);
    }
    return EOS_OK;
}

eos_status mlp_make(void *self, const eos_host *host, const eos_config *config) {
    mlp *m = self;
    m->host = host;
    eos_status status = mlp_configure(m, config);
    if (!status) status = host->load_data(host, config, m->dtype, &m->data);
    if (!status) status = check_data(m);
    if (!status) status = mlp_lay_out(m);
    if (!status) status = mlp_partition(m);
    if (status) return status;
    m->transposed = mlp_allocate(m, "transposed weights", m->dimension);
    if (!m->transposed) return EOS_E_MEMORY;
    status = mlp_pass_make(m, mlp_batch_size(m), &m->pass);
    return status ? status : mlp_field_make(m, "gradients by unit", mlp_batch_size(m), &m->deltas);
}

void mlp_destroy(void *self) {
    mlp *m = self;
    if (!m) return;
    mlp_linearization_free(&m->linearization);
    mlp_ray_free(&m->ray);
    mlp_field_free(&m->deltas);
    mlp_pass_free(&m->pass);
    free(m->transposed);
    free(m->tiles); /* and the sums of blocks */
    free(m->block_names);
    free(m->layers);
    m->host->release_data(m->host, m->data);
    free(m);
}

static eos_status describe(void *self, eos_objective_description *out) {
    const mlp *m = self;
    out->dtype = m->dtype;
    out->dimension = m->dimension;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC | EOS_OBJECTIVE_NONNEGATIVE;
    /* The Hessian's block of the last bias is (2/K) I, and no largest eigenvalue is below one of a block. */
    if (m->loss == MLP_MSE && m->has_bias) out->sharpness_lower_bound = 2 / (double)m->data->classes;
    /* Measured against f64 for losses down to 1e-4; errors of single outputs average out at the larger ones. */
    if (m->dtype == EOS_F32) out->value_accuracy = 4 * FLT_EPSILON;
    return EOS_OK;
}

const eos_objective_ops mlp_ops = {
    .struct_size = sizeof(eos_objective_ops),
    .destroy = mlp_destroy,
    .describe = describe,
    .initial_point = mlp_initial_point,
    .evaluate = mlp_evaluate,
    .ray_begin = mlp_ray_begin,
    .ray_value = mlp_ray_value,
    .ray_commit = mlp_ray_commit,
    .linearize = mlp_linearize,
    .curvature = mlp_curvature,
    .sampled_curvature = mlp_sampled_curvature,
    .block = mlp_block,
    .metric = mlp_metric,
    .measure = mlp_measure,
    .save = mlp_save,
    .load = mlp_load,
};
