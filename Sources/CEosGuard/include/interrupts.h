/* SIGINT and SIGTERM as bytes to be read. */
#ifndef EOS_INTERRUPTS_H
#define EOS_INTERRUPTS_H

#include <stdint.h>

/* Handles both signals from here on. Returns the file from which each one that comes is read as a byte, its number;
 * -1 where there is none. Once in a process. */
int32_t interrupts_open(void);

/* Lets both signals come to the calling thread, whatever it inherited: whoever starts a program from a thread that
 * blocks them hands that on. */
void interrupts_admit(void);

#endif
