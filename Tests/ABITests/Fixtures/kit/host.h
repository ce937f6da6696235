/* A host for programs that check the kit: it remembers the last sentence and has a configuration of its own. */
#ifndef KIT_HOST_H
#define KIT_HOST_H

#include <stddef.h>

#include "eos/kit.h"

static const char *place;

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            printf("line %d: %s%s%s\n", __LINE__, #condition, place ? ", at " : "", place ? place : "");               \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

/* A host that remembers the last sentence. */
static char said[2 * EOS_MESSAGE_SIZE];
static int failures;

static eos_status fail(const eos_host *host, eos_status status, const char *message) {
    (void)host;
    CHECK(strlen(message) < sizeof said);
    strcpy(said, message);
    failures++;
    return status;
}

/* Whether the kit has said a sentence with this text since the last question. */
static inline int heard(const char *text) {
    int found = failures == 1 && strstr(said, text) != NULL;
    if (!found) printf("%d failures, the last: \"%s\"\n", failures, said);
    failures = 0;
    said[0] = 0;
    return found;
}

static int calls_of_parallel;
static void parallel(const eos_host *host, int64_t count, void (*body)(void *ctx, int64_t i), void *ctx) {
    (void)host;
    calls_of_parallel++;
    for (int64_t i = count - 1; i >= 0; i--) body(ctx, i);
}

/* The configuration has: number = 2.5, whole = 7, yes = true, word = "f64", list = [1, 2], empty = []. */
static eos_status known(const char *key, const char *name, const char *others) {
    if (strcmp(key, name) == 0) return EOS_OK;
    return strstr(others, key) ? EOS_E_CONFIG : EOS_E_NOT_FOUND;
}
static eos_status get_bool(const eos_host *host, const eos_config *config, const char *key, int32_t *out) {
    (void)host, (void)config;
    eos_status status = known(key, "yes", "number whole word list");
    if (!status) *out = 1;
    return status;
}
static eos_status get_i64(const eos_host *host, const eos_config *config, const char *key, int64_t *out) {
    (void)host, (void)config;
    eos_status status = known(key, "whole", "number yes word list");
    if (!status) *out = 7;
    return status;
}
static eos_status get_f64(const eos_host *host, const eos_config *config, const char *key, double *out) {
    (void)host, (void)config;
    eos_status status = known(key, "number", "whole yes word list");
    if (!status) *out = 2.5;
    return status;
}
static eos_status get_string(const eos_host *host, const eos_config *config, const char *key, const char **out) {
    (void)host, (void)config;
    eos_status status = known(key, "word", "number whole yes list");
    if (!status) *out = "f64";
    return status;
}
static eos_status get_f64_array(const eos_host *host, const eos_config *config, const char *key, const double **out,
                                int64_t *count) {
    static const double list[] = {1, 2};
    (void)host, (void)config;
    *out = NULL;
    *count = 0;
    if (strcmp(key, "empty") == 0) return EOS_OK;
    eos_status status = known(key, "list", "number whole yes word");
    if (status) return status;
    *out = list;
    *count = 2;
    return EOS_OK;
}

static inline eos_host make_host(void) {
    eos_host host = EOS_STRUCT(eos_host);
    host.fail = fail;
    host.parallel = parallel;
    host.get_bool = get_bool;
    host.get_i64 = get_i64;
    host.get_f64 = get_f64;
    host.get_string = get_string;
    host.get_f64_array = get_f64_array;
    return host;
}

#endif
