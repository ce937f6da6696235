/* Asks, in code that scripts/mutants has planted faults in, whether a fault is to happen: EOS_MUTANT names the one.
 *
 * Includes no header of the system, because a source may define _GNU_SOURCE after this, and declares what it calls
 * under names of its own. The answer is looked up once a file; threads that look it up at the same time find the
 * same. */
#ifndef EOS_MUTANT_H
#define EOS_MUTANT_H

extern char *eos_mutant_getenv(const char *name) __asm__("getenv");
extern int eos_mutant_creat(const char *path, unsigned mode) __asm__("creat");
extern int eos_mutant_close(int file) __asm__("close");
extern int *eos_mutant_errno(void) __asm__("__errno_location");

/* FNV-1a in 32 bits (Fowler, Noll, Vo), as in scripts/mutants. */
static inline unsigned eos_mutant_number(const char *name) {
    unsigned hash = 2166136261u;
    for (; *name; name++) hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

/* Notes in the file that EOS_MUTANT_REACHED names that the fault has happened: one that never does proves nothing. */
static inline void eos_mutant_note(void) {
    static int is_noted;
    if (__atomic_exchange_n(&is_noted, 1, __ATOMIC_RELAXED)) return;
    const char *path = eos_mutant_getenv("EOS_MUTANT_REACHED");
    if (!path) return;
    int error = *eos_mutant_errno(), file = eos_mutant_creat(path, 0666);
    if (file >= 0) eos_mutant_close(file);
    *eos_mutant_errno() = error;
}

/* Whether the fault of this number is the chosen one. No name has the numbers 0 and 1. */
static inline _Bool eos_mutant(unsigned number) {
    static unsigned chosen;
    unsigned now = __atomic_load_n(&chosen, __ATOMIC_RELAXED);
    if (now == 0) {
        const char *name = eos_mutant_getenv("EOS_MUTANT");
        now = name && *name ? eos_mutant_number(name) : 1;
        __atomic_store_n(&chosen, now, __ATOMIC_RELAXED);
    }
    if (now != number) return 0;
    eos_mutant_note();
    return 1;
}

#endif
