/* eos_sharpness writes every entry: an eigenvalue that is near one of the Hessian, or the entry of one that was not
 * found. What lies behind the last entry stays as it was. */
#include "check.h"

#include <math.h>

enum { N = 12, MOST = 8, GUARD = 2 };

typedef struct quadratic {
    double eigenvalues[N]; /* of a diagonal Hessian */
    int is_single;
    int64_t products, gradients;
    int64_t fails_at; /* the product that fails; 0: none */
} quadratic;

static double element(const quadratic *q, const void *v, int64_t i) {
    return q->is_single ? (double)((const float *)v)[i] : ((const double *)v)[i];
}

static void multiply(const quadratic *q, const void *v, void *out) {
    for (int64_t i = 0; i < N; i++) {
        double product = q->eigenvalues[i] * element(q, v, i);
        if (q->is_single) {
            ((float *)out)[i] = (float)product;
        } else {
            ((double *)out)[i] = product;
        }
    }
}

static eos_status describe(void *self, eos_objective_description *out) {
    const quadratic *q = self;
    out->dtype = q->is_single ? EOS_F32 : EOS_F64;
    out->dimension = N;
    out->flags = EOS_OBJECTIVE_DETERMINISTIC;
    return EOS_OK;
}

static eos_status initial_point(void *self, uint64_t seed, void *x) {
    const quadratic *q = self;
    (void)seed;
    memset(x, 0, N * (q->is_single ? sizeof(float) : sizeof(double)));
    return EOS_OK;
}

static eos_status evaluate(void *self, eos_evaluation *evaluation) {
    quadratic *q = self;
    double value = 0;
    for (int64_t i = 0; i < N; i++) {
        double x = element(q, evaluation->x, i);
        value += q->eigenvalues[i] * x * x / 2;
    }
    evaluation->value = value;
    if (evaluation->gradient) q->gradients++, multiply(q, evaluation->x, evaluation->gradient);
    return EOS_OK;
}

static eos_status linearize(void *self, const void *x) {
    (void)self, (void)x;
    return EOS_OK;
}

static eos_status curvature(void *self, const void *v, void *out) {
    quadratic *q = self;
    if (++q->products == q->fails_at) return EOS_E_FAILED;
    multiply(q, v, out);
    return EOS_OK;
}

static _Alignas(double) unsigned char vectors[(MOST + 1) * N * sizeof(double)];

/* Calls with memory full of a pattern, and looks at every byte. Returns how many eigenvalues were found. */
static int64_t look(quadratic *q, int has_products, int64_t count, int64_t limit, int has_vectors) {
    const eos_objective_ops ops = {
        .struct_size = sizeof ops,
        .describe = describe,
        .initial_point = initial_point,
        .evaluate = evaluate,
        .linearize = has_products ? linearize : NULL,
        .curvature = has_products ? curvature : NULL,
    };
    eos_objective *objective;
    CHECK(eos_objective_from_table(context, &ops, q, &objective) == EOS_OK);
    size_t bytes = N * (q->is_single ? sizeof(float) : sizeof(double));
    eos_eigenvalue entries[MOST + GUARD], untouched;
    memset(entries, 0xaa, sizeof entries);
    memset(&untouched, 0xaa, sizeof untouched);
    memset(vectors, 0xaa, sizeof vectors);
    eos_sharpness_options options = {
        .struct_size = sizeof options, .count = count, .max_products = limit, .seed = (uint64_t)(13 * count + limit)};
    double x[N] = {0};
    q->products = q->gradients = 0;
    int64_t products = -1;
    CHECK(eos_sharpness(objective, x, &options, entries, has_vectors ? vectors : NULL, &products) == EOS_OK);
    CHECK(products >= 1 && products <= limit && (!has_products || products == q->products));

    double largest = 0;
    for (int64_t i = 0; i < N; i++) largest = fmax(largest, fabs(q->eigenvalues[i]));
    double rounding = (q->is_single ? 1e-5 : 1e-12) * largest;
    int64_t found = 0;
    for (int64_t i = 0; i < count; i++) {
        const eos_eigenvalue *entry = &entries[i];
        CHECK(entry->reserved == 0 && (entry->converged == 0 || entry->converged == 1));
        double norm = 0;
        for (int64_t j = 0; has_vectors && j < N; j++) {
            double part = element(q, vectors + (size_t)i * bytes, j);
            norm += part * part;
        }
        if (isnan(entry->value)) {
            /* Not found: and then none of the following. */
            CHECK(isinf(entry->residual) && entry->residual > 0 && entry->converged == 0 && norm == 0);
            for (size_t j = 0; has_vectors && j < bytes; j++) CHECK(vectors[(size_t)i * bytes + j] == 0);
            continue;
        }
        CHECK(found == i);
        found++;
        if (i > 0) CHECK(entry->value <= entries[i - 1].value + rounding);
        CHECK(entry->residual >= 0 && (!entry->converged || isfinite(entry->residual)));
        double nearest = INFINITY;
        for (int64_t j = 0; j < N; j++) nearest = fmin(nearest, fabs(q->eigenvalues[j] - entry->value));
        CHECK(nearest <= entry->residual + rounding);
        if (has_vectors) CHECK(fabs(norm - 1) < 1e-4);
    }
    for (int64_t i = count; i < MOST + GUARD; i++) CHECK(memcmp(&entries[i], &untouched, sizeof untouched) == 0);
    for (size_t i = has_vectors ? (size_t)count * bytes : 0; i < sizeof vectors; i++) CHECK(vectors[i] == 0xaa);
    eos_objective_free(objective);
    return found;
}

int main(void) {
    CHECK(eos_context_new(&context) == EOS_OK);
    quadratic spectra[4] = {{{0}, 0, 0, 0, 0}};
    for (int64_t i = 0; i < N; i++) {
        spectra[0].eigenvalues[i] = (double)(i * i) - 20; /* distinct, of both signs */
        spectra[1].eigenvalues[i] = 3;                    /* the identity times 3 */
        spectra[2].eigenvalues[i] = i == 4 ? 7 : 0;       /* of rank one */
        spectra[3].eigenvalues[i] = 0;
    }
    int64_t missing = 0, whole = 0;
    for (size_t k = 0; k < 4; k++) {
        for (int is_single = 0; is_single < 2; is_single++) {
            spectra[k].is_single = is_single;
            for (int64_t count = 1; count <= MOST; count++) {
                for (int64_t limit = 1; limit <= 30; limit++) {
                    for (int variant = 0; variant < 4; variant++) {
                        int64_t found = look(&spectra[k], variant & 1, count, limit, variant >> 1);
                        CHECK(found <= limit);
                        if (found < count) missing++;
                        if (found == count) whole++;
                    }
                }
            }
        }
    }
    /* Both kinds of entries were seen. */
    CHECK(missing > 100 && whole > 100);
    eos_context_free(context);
    puts("ok");
    return 0;
}
