/* What a network is worth: its accuracies with and without noise and under attack, on the test paths where there are
 * any, else on the training paths. */
#include <cblas.h>
#include <math.h>
#include <stdlib.h>

#include "path_rnn.h"

static const double ROOT_HALF = 0.70710678118654752440, ATTACK = 0.3;

/* Draws of the noise, each taken with both signs; lanes have partial sums of their own, in any order of threads. */
enum { DRAWS = 500, SEED = 2108, LANES = 16, PATHS = 128 };

static const eos_metric metrics[] = {
    EOS_METRIC("expected_accuracy", NULL,
               "probability of a correct classification, averaged over the test paths, or over the training paths if "
               "there are no test paths; exact for two classes, from 1000 draws of the noise for more"),
    EOS_METRIC("noise_free_accuracy", NULL, "share of the same paths that are classified correctly without noise"),
    EOS_METRIC(
        "lipschitz", NULL,
        "largest change of a margin by an input of L2 norm 1, in standard deviations of the noise of the margin"),
    EOS_METRIC("adversarial_accuracy", NULL,
               "expected accuracy under the worst inputs of L2 norm 0.3; for more than two classes a lower bound"),
    EOS_METRIC("bound", NULL,
               "generalisation bound with probability 0.95; valid only if W and A do not depend on the training paths "
               "and beta = 0"),
    EOS_METRIC("test_loss", NULL, "loss on the test paths; NaN without test paths"),
};
EOS_METRICS(rnn_metric, metrics);

typedef struct score {
    double expected, noise_free, attacked, loss; /* sums over paths */
} score;

typedef struct score_context {
    const path_rnn *p;
    const rnn_pass *pass;
    int64_t first, last;
    const double *gaps;  /* [R][R]: L2 norm of the kernel of a margin */
    const double *noise; /* [DRAWS][R] */
    double *outputs;     /* [LANES][PATHS][R] */
    score scores[LANES];
} score_context;

static double probability(double z) { return 0.5 * erfc(-ROOT_HALF * z); }

static void score_binary(const score_context *c, double margin, score *sum) {
    double z = margin * c->pass->precision[0];
    sum->expected += probability(z);
    sum->attacked += probability(z - ATTACK * c->gaps[0] * c->pass->precision[0]);
    sum->loss += probability(-z);
}

/* The margins with noise: all positive, and all more than an attack can take away. */
static void score_draw(const score_context *c, const double *row, const double *noise, double sign, int64_t label,
                       int64_t *right, int64_t *robust) {
    int64_t count = c->p->readouts;
    const double *gaps = c->gaps + label * count;
    double own = row[label] + sign * noise[label];
    int is_right = 1, is_robust = 1;
    for (int64_t r = 0; r < count; r++) {
        double margin = own - row[r] - sign * noise[r];
        if (r == label) continue;
        is_right &= margin > 0;
        is_robust &= margin > ATTACK * gaps[r];
    }
    *right += is_right;
    *robust += is_robust;
}

static void score_path(const score_context *c, const double *row, int64_t label, score *sum) {
    const path_rnn *p = c->p;
    if (p->readouts == 1) {
        score_binary(c, rnn_margin(p, row, label, 0), sum);
        sum->noise_free += (row[0] > 0) == (label == 1);
        return;
    }
    int64_t best = 0, right = 0, robust = 0;
    for (int64_t r = 1; r < p->readouts; r++) {
        if (row[r] > row[best]) best = r;
    }
    sum->noise_free += best == label;
    for (int64_t draw = 0; draw < DRAWS; draw++) {
        const double *noise = c->noise + draw * p->readouts;
        score_draw(c, row, noise, 1, label, &right, &robust);
        score_draw(c, row, noise, -1, label, &right, &robust);
    }
    sum->expected += (double)right / (2.0 * DRAWS);
    sum->attacked += (double)robust / (2.0 * DRAWS);
}

static void score_lane(void *ctx, int64_t lane) {
    score_context *c = ctx;
    const path_rnn *p = c->p;
    double *outputs = c->outputs + lane * PATHS * p->readouts;
    score sum = {0, 0, 0, 0};
    for (int64_t i = c->first + lane * PATHS; i < c->last; i += LANES * PATHS) {
        int64_t end = c->last - i < PATHS ? c->last : i + PATHS;
        rnn_read_out(p, c->pass->kernels, c->pass->network + p->biases, i, end, outputs);
        for (int64_t k = i; k < end; k++) {
            score_path(c, outputs + (k - i) * p->readouts, p->data->labels[k], &sum);
        }
        if (p->readouts > 1) sum.loss += rnn_loss(p, c->pass, outputs, i, end);
    }
    c->scores[lane] = sum;
}

/* L2 norms of the kernels of margins, and the largest in standard deviations of the margin's noise. */
static double measure_gaps(const path_rnn *p, const rnn_pass *pass, double *gaps) {
    int64_t count = p->readouts, length = p->steps * p->channels;
    double largest = 0;
    for (int64_t r = 0; r < count; r++) {
        for (int64_t c = 0; c < count; c++) {
            double sum = 0;
            for (int64_t i = 0; i < length; i++) {
                double kernel = pass->kernels[r * length + i] - (count == 1 ? 0 : pass->kernels[c * length + i]);
                sum += kernel * kernel;
            }
            /* The kernel in time is that of a step over dt. */
            double gap = sqrt(sum / p->dt);
            gaps[r * count + c] = gap;
            /* Read-outs that agree make a margin without kernel and without noise: it is never moved. */
            if (gap == 0) continue;
            /* So that a NaN stays one. */
            if (!(gap * pass->precision[r * count + c] <= largest)) largest = gap * pass->precision[r * count + c];
        }
    }
    return largest;
}

/* noise [DRAWS][R] = normal numbers [DRAWS][N] L' v'. */
static void draw_noise(const path_rnn *p, const rnn_pass *pass, const double *factor, double *numbers, double *noise) {
    int n = (int)p->units, count = (int)p->readouts;
    p->host->random_normal(p->host, SEED, 0, (int64_t)DRAWS * n, numbers);
    cblas_dtrmm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, DRAWS, n, 1, factor, n, numbers, n);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, DRAWS, count, n, 1, numbers, n,
                pass->network + p->readout_weights, n, 0, noise, count);
}

static void write_values(const path_rnn *p, score_context *c, double *values) {
    rnn_each(p, LANES, score_lane, c);
    score sum = {0, 0, 0, 0};
    for (int lane = 0; lane < LANES; lane++) {
        sum.expected += c->scores[lane].expected;
        sum.noise_free += c->scores[lane].noise_free;
        sum.attacked += c->scores[lane].attacked;
        sum.loss += c->scores[lane].loss;
    }
    double paths = (double)(c->last - c->first);
    values[0] = sum.expected / paths;
    values[1] = sum.noise_free / paths;
    values[3] = sum.attacked / paths;
    values[5] = p->test > 0 ? sum.loss / (paths * (double)rnn_margin_count(p)) : NAN;
}

eos_status rnn_measure(void *self, const void *x, double *values) {
    path_rnn *p = self;
    for (int i = 0; i < EOS_COUNT(metrics); i++) values[i] = NAN;
    rnn_pass pass;
    double *factor, *scratch, *gaps, *numbers, *noise, *outputs;
    const eos_array arrays[] = {
        EOS_ARRAY(factor, p->units, p->units),     EOS_ARRAY(scratch, 3 * p->units, p->units),
        EOS_ARRAY(gaps, p->readouts, p->readouts), EOS_ARRAY(numbers, DRAWS, p->units),
        EOS_ARRAY(noise, DRAWS, p->readouts),      EOS_ARRAY(outputs, LANES * PATHS, p->readouts),
    };
    eos_status status = rnn_pass_make(p, p->train, &pass);
    if (status) return status;
    void *memory = eos_allocate_arrays(p->host, "metrics", arrays, EOS_COUNT(arrays));
    if (!memory) status = EOS_E_MEMORY;
    if (!status) status = rnn_forward(p, rnn_point(p, x), &pass);
    if (!status && isfinite(pass.value)) {
        int64_t first = p->test > 0 ? p->train : 0, count = p->test > 0 ? p->test : p->train;
        values[2] = measure_gaps(p, &pass, gaps);
        rnn_factor_covariance(p, &pass, factor, scratch);
        if (p->readouts > 1) draw_noise(p, &pass, factor, numbers, noise);
        score_context context = {.p = p,
                                 .pass = &pass,
                                 .first = first,
                                 .last = first + count,
                                 .gaps = gaps,
                                 .noise = noise,
                                 .outputs = outputs};
        write_values(p, &context, values);
        status = rnn_bound(p, &pass, factor, &values[4]);
    }
    free(memory);
    free(pass.memory);
    return status;
}
