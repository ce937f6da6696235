#include "calls.h"

/* Global because a signal handler has nothing else to look at. */
call_note calls_under_way;
int32_t calls_are_watched;

call_note calls_now(void) {
    call_note now;
    now.file = __atomic_load_n(&calls_under_way.file, __ATOMIC_RELAXED);
    now.function = __atomic_load_n(&calls_under_way.function, __ATOMIC_RELAXED);
    return now;
}

const char *calls_name(call_function function) {
    static const char *const names[] = {
#define CALL_NAME(name, text) text,
        CALL_LIST(CALL_NAME)
#undef CALL_NAME
    };
    return (size_t)function < sizeof names / sizeof names[0] ? names[function] : "";
}
