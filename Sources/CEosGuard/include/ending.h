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
 * ended the process, `status` is the one that was asked for. NULL: nobody. [run] */
void ending_set_last_words(void (*say)(void *ctx, int32_t status, const char *what), void *ctx);

/* Where the process ends by a fatal signal or an exit, five lines go to this open file, too: the number of the signal
 * (0: an exit), the bytes of private memory that the process had, what ended it, the status of an exit (empty: none),
 * the bytes of the last allocation that was refused (0: none was). -1: nowhere. [any] */
void ending_set_record(int32_t file);

/* Bytes of private memory of this process: of its data and stacks, as RLIMIT_DATA counts them; 0: not known. [any,
 * signal handlers too] */
uint64_t ending_private_memory(void);

/* An allocation of that many bytes was refused. [any] */
void ending_note_refusal(uint64_t bytes);

/* All results are saved and told. From here on the process ends with `status`, whatever plugins do. A crash or an exit
 * of a plugin ends it at once and leaves a line on standard error; so do `patience` milliseconds, counted from here. A
 * SIGTERM or SIGINT that interrupts.h receives ends it at once. Returns 0; -1: nobody can watch over the time, and no
 * plugin should be called. Once. [run] */
int32_t ending_settle(int32_t status, int32_t patience);

/* Ends the process with the status that was settled; returns where none was. [any, signal handlers too] */
void ending_leave_if_settled(void);

#endif
