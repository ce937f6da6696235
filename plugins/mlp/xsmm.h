/* libxsmm, which makes code for small matrix products while the program runs: for x86-64 only. */
#ifndef EOS_MLP_XSMM_H
#define EOS_MLP_XSMM_H

#if defined(__x86_64__)
#define MLP_XSMM
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#include <libxsmm.h>
#pragma GCC diagnostic pop
#endif

#endif
