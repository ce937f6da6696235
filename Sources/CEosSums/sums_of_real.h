/* The sums for one element type: sums.c includes this once for each, with REAL, NAME and LOAD. No include guard. */

/* Asks for 16 elements of what is read after this. Vectors are read part by part, and a part is as long as a page or
 * two: processors that look ahead within pages only would wait at the start of each. */
static inline __attribute__((always_inline)) void NAME(expect)(const REAL *next) {
    for (size_t j = 0; j < 2 * LANES; j += 64 / sizeof(REAL)) __builtin_prefetch(next + j);
}

/* sums[k] += <v, others[k]> of one part; others[k] are doubles where `wide`, and REAL elsewhere. `next` is what is read
 * after v; NULL: what follows v and the first of the others, which have `left` elements from here on. `others_count`,
 * `wide` and whether there is a `next` are known where this is inlined. */
static inline __attribute__((always_inline)) void NAME(add_part)(const REAL *v, const REAL *next, size_t left,
                                                                 const void *const *others, size_t others_count,
                                                                 int wide, size_t count, double *sums) {
    lanes even[MOST_AT_ONCE] = {0}, odd[MOST_AT_ONCE] = {0};
    size_t i = 0;
    for (; i + 2 * LANES <= count; i += 2 * LANES) {
        lanes first, second, other;
        if (next) {
            NAME(expect)(next + i);
        } else if (i * sizeof(REAL) % PAGE == 0 && i + PAGE / sizeof(REAL) < left) {
            expect_page_after(v + i);
            expect_page_after((const REAL *)others[0] + i);
        }
        LOAD(v + i, first);
        LOAD(v + i + LANES, second);
#pragma unroll
        for (size_t k = 0; k < others_count; k++) {
            if (wide) {
                LOAD_f64((const double *)others[k] + i, other);
                even[k] += first * other;
                LOAD_f64((const double *)others[k] + i + LANES, other);
            } else {
                LOAD((const REAL *)others[k] + i, other);
                even[k] += first * other;
                LOAD((const REAL *)others[k] + i + LANES, other);
            }
            odd[k] += second * other;
        }
    }
    for (size_t k = 0; k < others_count; k++) {
        const lanes both = even[k] + odd[k];
        double sum = SUM(both);
        for (size_t j = i; j < count; j++)
            sum += (double)v[j] * (wide ? ((const double *)others[k])[j] : (double)((const REAL *)others[k])[j]);
        sums[k] += sum;
    }
}

WIDE void NAME(sums_dots)(const REAL *const *vectors, size_t vectors_count, const REAL *const *others,
                          size_t others_count, size_t first, size_t count, double *out) {
    /* The others' parts as doubles: they meet every vector. */
    _Alignas(64) double parts[MOST_AT_ONCE][SUMS_PART];
    const void *const rows[MOST_AT_ONCE] = {parts[0], parts[1], parts[2]};
    memset(out, 0, vectors_count * others_count * sizeof *out);
    for (size_t done = 0; done < others_count; done += MOST_AT_ONCE) {
        const size_t at_once = smaller(MOST_AT_ONCE, others_count - done);
        for (size_t start = first; start < first + count; start += SUMS_PART) {
            const size_t part = smaller(SUMS_PART, first + count - start);
            for (size_t k = 0; k < at_once; k++)
                for (size_t j = 0; j < part; j++) parts[k][j] = others[done + k][start + j];
            for (size_t i = 0; i < vectors_count; i++) {
                double sums[MOST_AT_ONCE] = {0};
                const REAL *v = vectors[i] + start;
                const REAL *next = i + 1 < vectors_count ? vectors[i + 1] + start : vectors[0] + start + part;
                switch (at_once) {
                case 1: NAME(add_part)(v, next, 0, rows, 1, 1, part, sums); break;
                case 2: NAME(add_part)(v, next, 0, rows, 2, 1, part, sums); break;
                default: NAME(add_part)(v, next, 0, rows, 3, 1, part, sums);
                }
                for (size_t k = 0; k < at_once; k++) out[(done + k) * vectors_count + i] += sums[k];
            }
        }
    }
}

WIDE double NAME(sums_dot)(const REAL *a, const REAL *b, size_t count) {
    double total = 0;
    for (size_t start = 0; start < count; start += SUMS_PART) {
        const void *other = b + start;
        NAME(add_part)(a + start, NULL, count - start, &other, 1, 0, smaller(SUMS_PART, count - start), &total);
    }
    return total;
}

WIDE void NAME(sums_secant)(const REAL *g, const REAL *p, size_t count, double out[3]) {
    memset(out, 0, 3 * sizeof *out);
    for (size_t start = 0; start < count; start += SUMS_PART) {
        const size_t end = start + smaller(SUMS_PART, count - start);
        lanes norm[2] = {0}, cross[2] = {0}, change[2] = {0};
        size_t i = start;
        for (; i + 2 * LANES <= end; i += 2 * LANES) {
            if ((i - start) * sizeof(REAL) % PAGE == 0 && i + PAGE / sizeof(REAL) < count) {
                expect_page_after(g + i);
                expect_page_after(p + i);
            }
            for (int half = 0; half < 2; half++) {
                lanes x, y;
                LOAD(g + i + half * LANES, x);
                LOAD(p + i + half * LANES, y);
                const lanes d = x - y;
                norm[half] += x * x;
                cross[half] += y * d;
                change[half] += d * d;
            }
        }
        const lanes both[3] = {norm[0] + norm[1], cross[0] + cross[1], change[0] + change[1]};
        double sums[3] = {SUM(both[0]), SUM(both[1]), SUM(both[2])};
        for (; i < end; i++) {
            const double x = g[i], y = p[i], d = x - y;
            sums[0] += x * x;
            sums[1] += y * d;
            sums[2] += d * d;
        }
        for (int k = 0; k < 3; k++) out[k] += sums[k];
    }
}

WIDE void NAME(sums_combine)(const REAL *const *vectors, const double *factors, size_t vectors_count, int adding,
                             REAL *out, size_t first, size_t count) {
    _Alignas(64) double sums[SUMS_PART];
    for (size_t start = first; start < first + count; start += SUMS_PART) {
        const size_t part = smaller(SUMS_PART, first + count - start);
        for (size_t j = 0; j < part; j++) sums[j] = adding ? (double)out[start + j] : 0;
        size_t i = 0;
        /* Two at a time: what is summed is loaded and stored half as often. */
        for (; i + 2 <= vectors_count; i += 2) {
            const REAL *v = vectors[i] + start, *w = vectors[i + 1] + start;
            const double s = factors[i], t = factors[i + 1];
            for (size_t j = 0; j < part; j++) sums[j] = (sums[j] + s * (double)v[j]) + t * (double)w[j];
        }
        if (i < vectors_count) {
            const REAL *v = vectors[i] + start;
            for (size_t j = 0; j < part; j++) sums[j] += factors[i] * (double)v[j];
        }
        for (size_t j = 0; j < part; j++) out[start + j] = (REAL)sums[j];
    }
}
