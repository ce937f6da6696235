/* Sums over vectors of floats or of doubles, or over a chunk of long ones. All is added up in double, and always in the
 * same order: elements in parts of SUMS_PART, a part in sixteen lanes, the parts one after the other. The order depends
 * on the count alone, and products are rounded before they are added, so that every processor gives the same bits. */
#ifndef EOS_SUMS_H
#define EOS_SUMS_H

#include <stddef.h>

#define SUMS_PART 1024

/* out[k * vectors_count + i] = <vectors[i], others[k]>, of the `count` elements from `first` on. Each vector is read
 * once where there are at most three others. */
void sums_dots_f32(const float *const *vectors, size_t vectors_count, const float *const *others, size_t others_count,
                   size_t first, size_t count, double *out);
void sums_dots_f64(const double *const *vectors, size_t vectors_count, const double *const *others, size_t others_count,
                   size_t first, size_t count, double *out);

/* <a, b>. */
double sums_dot_f32(const float *a, const float *b, size_t count);
double sums_dot_f64(const double *a, const double *b, size_t count);

/* out[0] = <g, g>, out[1] = <p, g - p>, out[2] = <g - p, g - p>, in one pass; differences are those of doubles. */
void sums_secant_f32(const float *g, const float *p, size_t count, double out[3]);
void sums_secant_f64(const double *g, const double *p, size_t count, double out[3]);

/* out = sum of factors[i] vectors[i], added to what is there where `adding`; rounded once. Of the `count` elements from
 * `first` on. */
void sums_combine_f32(const float *const *vectors, const double *factors, size_t vectors_count, int adding, float *out,
                      size_t first, size_t count);
void sums_combine_f64(const double *const *vectors, const double *factors, size_t vectors_count, int adding,
                      double *out, size_t first, size_t count);

#endif
