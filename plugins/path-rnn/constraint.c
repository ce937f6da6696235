/* The network has |W| <= 6, |A| = 1 and |v| = 1 (Frobenius) by projecting the free parameters: W onto the ball, A and
 * each v onto the sphere. The value is a function of the free parameters, and its gradient is the chain rule's; a
 * policy sees an ordinary smooth function, apart from a kink where |W| = 6.
 *
 * A is put on the sphere, not into the ball: it starts there, where the ball's projection would have its kink, and
 * scaling A down is adding noise. */
#include <math.h>

#include "path_rnn.h"

static const double LARGEST_RECURRENT_NORM = 6, INPUT_NORM = 1, READOUT_NORM = 1;

typedef struct part {
    int64_t first, count;
    double radius;
    int is_ball; /* else a sphere */
} part;

/* Part 0 is W, 1 is A, 2 + r is v of read-out r; biases are free. */
static int64_t part_count(const path_rnn *p) { return 2 + p->readouts; }

static part part_at(const path_rnn *p, int64_t index) {
    if (index == 0) return (part){0, p->input_weights, LARGEST_RECURRENT_NORM, 1};
    if (index == 1) return (part){p->input_weights, p->readout_weights - p->input_weights, INPUT_NORM, 0};
    return (part){p->readout_weights + (index - 2) * p->units, p->units, READOUT_NORM, 0};
}

static double dot(int64_t count, const double *a, const double *b) {
    double sum = 0;
    for (int64_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

/* Whether the part is scaled at a point where its norm is `norm`. */
static int is_scaled(const path_rnn *p, const part *part, double norm) {
    return p->is_constrained && (!part->is_ball || norm > part->radius);
}

void rnn_project(const path_rnn *p, const double *point, double *network, double *norms) {
    for (int64_t index = 0; index < part_count(p); index++) {
        part part = part_at(p, index);
        const double *from = point + part.first;
        double norm = sqrt(dot(part.count, from, from));
        double scale = is_scaled(p, &part, norm) ? part.radius / norm : 1;
        norms[index] = norm;
        for (int64_t i = 0; i < part.count; i++) network[part.first + i] = scale * from[i];
    }
    for (int64_t i = p->biases; i < p->dimension; i++) network[i] = point[i];
}

/* With u = q/radius the direction of the projected part q and s = radius/norm: the projection's derivative along d is
 * s (d - (u.d) u), and it is symmetric. */
static void pull_back_part(const part *part, double norm, const double *q, double *g) {
    double scale = part->radius / norm, along = dot(part->count, q, g) / (part->radius * part->radius);
    for (int64_t i = 0; i < part->count; i++) g[i] = scale * (g[i] - along * q[i]);
}

void rnn_pull_back(const path_rnn *p, const rnn_pass *pass, double *gradient) {
    for (int64_t index = 0; index < part_count(p); index++) {
        part part = part_at(p, index);
        if (!is_scaled(p, &part, pass->norms[index])) continue;
        pull_back_part(&part, pass->norms[index], pass->network + part.first, gradient + part.first);
    }
}

void rnn_push_forward(const path_rnn *p, const rnn_pass *pass, const double *v, double *change) {
    for (int64_t i = 0; i < p->dimension; i++) change[i] = v[i];
    rnn_pull_back(p, pass, change);
}

void rnn_pull_back_change(const path_rnn *p, const rnn_pass *pass, const double *gradient, const double *v,
                          const double *change, double *product) {
    for (int64_t index = 0; index < part_count(p); index++) {
        part part = part_at(p, index);
        double norm = pass->norms[index];
        if (!is_scaled(p, &part, norm)) continue;
        const double *q = pass->network + part.first, *g = gradient + part.first, *dq = change + part.first;
        double *dg = product + part.first;
        double square = part.radius * part.radius, scale = part.radius / norm;
        double stretch = -dot(part.count, q, v + part.first) / (part.radius * norm); /* d log(scale) */
        double along = dot(part.count, q, g) / square;
        double turn = dot(part.count, dq, g) / square;
        pull_back_part(&part, norm, q, dg);
        for (int64_t i = 0; i < part.count; i++) {
            dg[i] += scale * (stretch * (g[i] - along * q[i]) - turn * q[i] - along * dq[i]);
        }
    }
}
