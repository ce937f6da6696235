/* The arithmetic in double precision. */
#define REAL double
#define REAL_GEMM cblas_dgemm
#define REAL_XSMM(word) libxsmm_dmm##word
#define REAL_MATH(function) function
#include "real/kernels.h"

const mlp_kernels mlp_kernels_f64 = REAL_KERNELS;
