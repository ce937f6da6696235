/* Which call into a plugin is under way, for whoever has to say what ended the process. */
#ifndef EOS_CALLS_H
#define EOS_CALLS_H

#include <stddef.h>
#include <stdint.h>

/* What a plugin is called for: name, text after "in its". */
#define CALL_LIST(X)                                                                                                   \
    X(CALL_NONE, "")                                                                                                   \
    X(CALL_LOADING, "constructors, while it was loaded")                                                               \
    X(CALL_ENTRY, "eos_plugin_entry")                                                                                  \
    X(CALL_INIT, "init")                                                                                               \
    X(CALL_FACTORY, "factory")                                                                                         \
    X(CALL_CREATE, "create")                                                                                           \
    X(CALL_DESTROY, "destroy")                                                                                         \
    X(CALL_DESCRIBE, "describe, block or metric")                                                                      \
    X(CALL_INITIAL_POINT, "initial_point")                                                                             \
    X(CALL_EVALUATE, "evaluate")                                                                                       \
    X(CALL_RAY, "ray functions")                                                                                       \
    X(CALL_CURVATURE, "linearize or curvature")                                                                        \
    X(CALL_MEASURE, "measure")                                                                                         \
    X(CALL_PROPOSE, "propose")                                                                                         \
    X(CALL_DIRECT, "direct")                                                                                           \
    X(CALL_JUDGE, "judge")                                                                                             \
    X(CALL_POLICY, "needs, history, accepted or reset")                                                                \
    X(CALL_SAVE, "save")                                                                                               \
    X(CALL_LOAD, "load")                                                                                               \
    X(CALL_DEINIT, "deinit")

typedef enum call_function {
#define CALL_ENUMERATOR(name, text) name,
    CALL_LIST(CALL_ENUMERATOR)
#undef CALL_ENUMERATOR
} call_function;

typedef struct call_note {
    const char *file; /* of the plugin, never freed; NULL: no plugin's call */
    call_function function;
} call_note;

/* Written by the thread that runs the training, in a process that watches; read by handlers on any. */
extern call_note calls_under_way;
extern int32_t calls_are_watched;

/* The call that is under way from here on; returns the one before, for calls_leave. */
static inline call_note calls_enter(const char *file, call_function function) {
    call_note before = {NULL, CALL_NONE};
    /* Elsewhere nothing is written: threads of one program would take the cache line from each other. */
    if (!calls_are_watched) return before;
    before = calls_under_way;
    __atomic_store_n(&calls_under_way.function, function, __ATOMIC_RELAXED);
    __atomic_store_n(&calls_under_way.file, file, __ATOMIC_RELAXED);
    return before;
}

static inline void calls_leave(call_note before) {
    if (!calls_are_watched) return;
    __atomic_store_n(&calls_under_way.file, before.file, __ATOMIC_RELAXED);
    __atomic_store_n(&calls_under_way.function, before.function, __ATOMIC_RELAXED);
}

/* The call under way, on any thread. */
call_note calls_now(void);

/* "evaluate" */
const char *calls_name(call_function function);

#endif
