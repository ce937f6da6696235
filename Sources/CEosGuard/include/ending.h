/* Says why the process ended where a plugin ended it: by a fatal signal, or by calling exit. */
#ifndef EOS_ENDING_H
#define EOS_ENDING_H

#include <stdint.h>

/* From here on a fatal signal or an exit that nobody announced leaves one line on standard error. The calling thread is
 * that of the run. Once. */
void ending_watch(void);

/* What the line ends with: how to go on. At most 4000 bytes, copied. [run] */
void ending_set_advice(const char *advice);

/* Called before such an exit becomes final, where it came from a plugin's call on the run's thread: `what` says what
 * ended the process. NULL: nobody. [run] */
void ending_set_last_words(void (*say)(void *ctx, const char *what), void *ctx);

/* The next exit is our own. [any] */
void ending_announce(void);

#endif
