/* STREAM's triad (McCalpin 1995): the memory bandwidth that a loop in C reaches. */
#ifndef TRIAD_H
#define TRIAD_H

#include <stdint.h>

/* a = b + s c. 24 bytes an element, as STREAM counts them. */
void stream_triad(double *restrict a, const double *restrict b, const double *restrict c, double s, int64_t count);

#endif
