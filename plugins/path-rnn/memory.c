/* Memory of what an evaluation, a gradient and products with the Hessian keep. */
#include "path_rnn.h"

/* Products of steps and units fit: rnn_make has checked them. */
eos_status rnn_pass_make(const path_rnn *p, int64_t paths, rnn_pass *pass) {
    const eos_array arrays[] = {
        EOS_ARRAY(pass->network, p->dimension, 1),
        EOS_ARRAY(pass->norms, p->readouts + 2, 1),
        EOS_ARRAY(pass->transition, p->units, p->units),
        EOS_ARRAY(pass->states, p->readouts * p->steps, p->units),
        EOS_ARRAY(pass->kernels, p->readouts * p->steps, p->channels),
        EOS_ARRAY(pass->covariance, p->readouts, p->readouts),
        EOS_ARRAY(pass->precision, p->readouts, p->readouts),
        EOS_ARRAY(pass->outputs, paths, p->readouts),
    };
    pass->memory = eos_allocate_arrays(p->host, "evaluation", arrays, EOS_COUNT(arrays));
    return pass->memory ? EOS_OK : EOS_E_MEMORY;
}

eos_status rnn_slopes_make(const path_rnn *p, rnn_slopes *slopes) {
    const eos_array arrays[] = {
        EOS_ARRAY(slopes->outputs, p->train, p->readouts),
        EOS_ARRAY(slopes->kernels, p->readouts * p->steps, p->channels),
        EOS_ARRAY(slopes->covariance, p->readouts, p->readouts),
        EOS_ARRAY(slopes->states, p->readouts * p->steps, p->units),
        EOS_ARRAY(slopes->network, p->dimension, 1),
    };
    slopes->memory = eos_allocate_arrays(p->host, "gradient", arrays, EOS_COUNT(arrays));
    return slopes->memory ? EOS_OK : EOS_E_MEMORY;
}

eos_status rnn_tangent_make(const path_rnn *p, rnn_tangent *tangent) {
    const eos_array arrays[] = {
        EOS_ARRAY(tangent->network, p->dimension, 1),
        EOS_ARRAY(tangent->states, p->readouts * p->steps, p->units),
        EOS_ARRAY(tangent->kernels, p->readouts * p->steps, p->channels),
        EOS_ARRAY(tangent->covariance, p->readouts, p->readouts),
        EOS_ARRAY(tangent->variances, p->readouts, p->readouts),
        EOS_ARRAY(tangent->outputs, p->train, p->readouts),
    };
    tangent->memory = eos_allocate_arrays(p->host, "curvature", arrays, EOS_COUNT(arrays));
    return tangent->memory ? EOS_OK : EOS_E_MEMORY;
}
