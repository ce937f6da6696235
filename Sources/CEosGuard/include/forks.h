/* What children of this process must not have. */
#ifndef EOS_FORKS_H
#define EOS_FORKS_H

#include <stdint.h>

/* Closes this descriptor in every child that fork makes from here on; exec is the affair of FD_CLOEXEC. Once. */
void forks_forget(int32_t descriptor);

#endif
