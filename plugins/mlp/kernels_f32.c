/* The arithmetic in single precision. */
#define REAL float
#define REAL_GEMM cblas_sgemm
#define REAL_XSMM(word) libxsmm_smm##word
#define REAL_MATH(function) function##f
#include "real/kernels.h"

const mlp_kernels mlp_kernels_f32 = REAL_KERNELS;
