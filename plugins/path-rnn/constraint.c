/* The network has |W| <= 6, |A| = 1 and |v| = 1 (Frobenius) by scaling the free parameters: W where it is larger, A
 * always, and each v together with its beta, so that the read-out decides as before. The value is a function of the
 * free parameters, and its gradient is the chain rule's; a policy sees an ordinary smooth function, apart from a kink
 * where |W| = 6.
 *
 * A is put on the sphere, not into the ball: it starts there, where the ball's projection would have its kink, and
 * scaling A down is adding noise. */
#include <math.h>

#include "path_rnn.h"

static const double LARGEST_RECURRENT_NORM = 6, INPUT_NORM = 1, READOUT_NORM = 1;

/* q = (radius / |x|) (x, y): a vector and, for a read-out, a further number that is scaled with it. */
typedef struct part {
    int64_t first, count;
    int64_t rider; /* the place of y; -1: none */
    double radius;
    int is_ball; /* scaled only where |x| is larger than the radius */
} part;

/* Part 0 is W, 1 is A, 2 + r is read-out r. */
static int64_t part_count(const path_rnn *p) { return 2 + p->readouts; }

static part part_at(const path_rnn *p, int64_t index) {
    if (index == 0) return (part){0, p->input_weights, -1, LARGEST_RECURRENT_NORM, 1};
    if (index == 1) return (part){p->input_weights, p->readout_weights - p->input_weights, -1, INPUT_NORM, 0};
    int64_t r = index - 2;
    return (part){p->readout_weights + r * p->units, p->units, p->biases + r, READOUT_NORM, 0};
}

static double dot(int64_t count, const double *a, const double *b) {
    double sum = 0;
    for (int64_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

/* Over the vector of a part, or over all of it. */
static double dot_vector(const part *part, const double *a, const double *b) {
    return dot(part->count, a + part->first, b + part->first);
}
static double dot_all(const part *part, const double *a, const double *b) {
    return dot_vector(part, a, b) + (part->rider < 0 ? 0 : a[part->rider] * b[part->rider]);
}

/* radius / |x|; 0 where the part is as it is. */
static double scale_of(const path_rnn *p, const part *part, double norm) {
    return p->is_constrained && (!part->is_ball || norm > part->radius) ? part->radius / norm : 0;
}

void rnn_project(const path_rnn *p, const double *point, double *network, double *norms) {
    for (int64_t index = 0; index < part_count(p); index++) {
        part part = part_at(p, index);
        norms[index] = sqrt(dot_vector(&part, point, point));
        double scale = scale_of(p, &part, norms[index]);
        if (scale == 0) scale = 1;
        for (int64_t i = part.first; i < part.first + part.count; i++) network[i] = scale * point[i];
        if (part.rider >= 0) network[part.rider] = scale * point[part.rider];
    }
}

/* With s the scale and q = s (x, y): the derivative along (d, e) is s (d, e) - (s / radius^2) (q_x.d) q. */
void rnn_push_forward(const path_rnn *p, const rnn_pass *pass, const double *v, double *change) {
    const double *q = pass->network;
    for (int64_t i = 0; i < p->dimension; i++) change[i] = v[i];
    for (int64_t index = 0; index < part_count(p); index++) {
        part part = part_at(p, index);
        double scale = scale_of(p, &part, pass->norms[index]);
        if (scale == 0) continue;
        double along = dot_vector(&part, q, v) / (part.radius * part.radius);
        for (int64_t i = part.first; i < part.first + part.count; i++) change[i] = scale * (v[i] - along * q[i]);
        if (part.rider >= 0) change[part.rider] = scale * (v[part.rider] - along * q[part.rider]);
    }
}

/* Its transpose: s (g - (q.g / radius^2) q_x). */
void rnn_pull_back(const path_rnn *p, const rnn_pass *pass, double *gradient) {
    const double *q = pass->network;
    for (int64_t index = 0; index < part_count(p); index++) {
        part part = part_at(p, index);
        double scale = scale_of(p, &part, pass->norms[index]);
        if (scale == 0) continue;
        double along = dot_all(&part, q, gradient) / (part.radius * part.radius);
        for (int64_t i = part.first; i < part.first + part.count; i++) {
            gradient[i] = scale * (gradient[i] - along * q[i]);
        }
        if (part.rider >= 0) gradient[part.rider] *= scale;
    }
}

void rnn_pull_back_change(const path_rnn *p, const rnn_pass *pass, const double *gradient, const double *v,
                          const double *change, double *product) {
    const double *q = pass->network;
    for (int64_t index = 0; index < part_count(p); index++) {
        part part = part_at(p, index);
        double scale = scale_of(p, &part, pass->norms[index]);
        if (scale == 0) continue;
        double square = part.radius * part.radius;
        double stretch = -scale * dot_vector(&part, q, v) / square; /* d log(scale) */
        double along = dot_all(&part, q, gradient) / square;
        double turn = (dot_all(&part, change, gradient) + dot_all(&part, q, product)) / square;
        for (int64_t i = part.first; i < part.first + part.count; i++) {
            double pulled = gradient[i] - along * q[i];
            product[i] = scale * (product[i] - turn * q[i] - along * change[i] + stretch * pulled);
        }
        if (part.rider >= 0) {
            product[part.rider] = scale * (product[part.rider] + stretch * gradient[part.rider]);
        }
    }
}
