/* Memory for parameters and for the units of samples. */
#include <stdlib.h>
#include <string.h>

#include "mlp.h"

void *mlp_allocate(const mlp *m, const char *what, int64_t count) {
    return eos_allocate(m->host, what, count, 1, (size_t)m->kernels->element_size);
}

eos_status mlp_field_make(const mlp *m, const char *what, int64_t samples, mlp_field *field) {
    int64_t units = 0;
    for (int64_t l = 0; l < m->depth; l++) units += m->layers[l].out;
    const eos_array arrays[] = {
        EOS_ARRAY(field->layer, m->depth, 1),
        {&field->units, samples, units, m->kernels->element_size},
    };
    field->memory = eos_allocate_arrays(m->host, what, arrays, EOS_COUNT(arrays));
    if (!field->memory) return EOS_E_MEMORY;
    char *next = field->units;
    for (int64_t l = 0; l < m->depth; l++) {
        field->layer[l] = next;
        next += samples * m->layers[l].out * m->kernels->element_size;
    }
    return EOS_OK;
}

void mlp_field_free(mlp_field *field) {
    free(field->memory);
    memset(field, 0, sizeof *field);
}

eos_status mlp_pass_make(const mlp *m, int64_t samples, mlp_pass *pass) {
    eos_status status = mlp_field_make(m, "activations", samples, &pass->outputs);
    if (!status && mlp_keeps_inputs(m)) status = mlp_field_make(m, "activations", samples, &pass->inputs);
    return status;
}

void mlp_pass_free(mlp_pass *pass) {
    mlp_field_free(&pass->outputs);
    mlp_field_free(&pass->inputs);
}
