/* Value and gradient. */
#include <math.h>

#include "path_rnn.h"

/* The pass kept for this id, or NULL. */
static rnn_pass *kept_pass(path_rnn *p, int64_t evaluation) {
    for (int i = 0; i < 2; i++) {
        if (p->passes[i].used && p->passes[i].evaluation == evaluation) return &p->passes[i];
    }
    return NULL;
}

/* The pass to give up: a line search tries a step, then a shorter or longer one, and may come back to the first. */
static rnn_pass *older_pass(path_rnn *p) {
    return p->passes[0].used <= p->passes[1].used ? &p->passes[0] : &p->passes[1];
}

eos_status rnn_evaluate(void *self, eos_evaluation *evaluation) {
    path_rnn *p = self;
    eos_status status = eos_check_gradient(p->host, evaluation);
    if (status) return status;
    rnn_pass *pass = kept_pass(p, evaluation->evaluation);
    if (!pass) {
        pass = older_pass(p);
        pass->used = 0;
        status = rnn_forward(p, rnn_point(p, evaluation->x), pass);
        if (status) return status;
        pass->evaluation = evaluation->evaluation;
    }
    pass->used = ++p->evaluations;
    evaluation->value = pass->value;
    if (!isfinite(pass->value)) return EOS_RECOVERABLE;
    if (!eos_gradient(evaluation)) return EOS_OK;
    rnn_loss_slopes(p, pass, &p->slopes);
    rnn_backward(p, pass, &p->slopes);
    rnn_pull_back(p, pass, p->slopes.network);
    eos_from_f64(p->dtype, p->dimension, p->slopes.network, evaluation->gradient);
    return EOS_OK;
}
