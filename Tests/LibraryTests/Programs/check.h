/* What the programs of these tests share. */
#ifndef CHECK_H
#define CHECK_H

#include <eos.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static eos_context *context;

static inline void fail(const char *file, int line, const char *what) {
    char sentence[512];
    eos_last_error(context, sentence, sizeof sentence);
    fprintf(stderr, "%s:%d: %s; last error: %s\n", file, line, what, sentence);
    exit(1);
}

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) fail(__FILE__, __LINE__, #condition);                                                        \
    } while (0)

/* The keys that a policy needs to run on the function of rosenbrock.h. */
static inline const char *keys_for(const char *policy) {
    if (strcmp(policy, "eos.constant") == 0) return "step=1e-3";
    if (strcmp(policy, "eos.schedule") == 0) return "cap=1e-3 start=1e-5";
    if (strcmp(policy, "eos.nls-ub") == 0) return "cap=0.5";
    return "";
}

static inline eos_config *config_of(const char *assignments) {
    eos_config *config;
    CHECK(eos_config_new(context, &config) == EOS_OK);
    CHECK(eos_config_set_text(config, assignments) == EOS_OK);
    return config;
}

static inline eos_policy *policy_of(const char *id, const char *assignments) {
    eos_config *config = config_of(assignments);
    eos_policy *policy;
    CHECK(eos_policy_new(context, id, config, &policy) == EOS_OK);
    eos_config_free(config);
    return policy;
}

/* The id of policy number `index`, NULL past the last. */
static inline const char *policy_id(int64_t index) {
    const eos_descriptor *descriptor;
    if (eos_descriptor_at(context, EOS_KIND_POLICY, index, &descriptor) != EOS_OK) return NULL;
    return descriptor->id;
}

#endif
