/* A plugin with policies: one of its own name, and one with the short name of a policy that eos brings along. */
#include <stdlib.h>
#include <string.h>

#include "eos/entry.h"

typedef struct {
    const eos_host *host;
    double step;
} fixed;

static void destroy(void *self) { free(self); }

static eos_status propose(void *self, const eos_iterate *iterate, double *step) {
    fixed *policy = self;
    if (iterate->value > 100) return policy->host->fail(policy->host, EOS_E_FAILED, "the value is above 100");
    *step = policy->step;
    return EOS_OK;
}

static eos_status judge(void *self, const eos_iterate *iterate, const eos_trial *trial, eos_verdict *verdict) {
    (void)self, (void)iterate;
    verdict->action = EOS_ACCEPT;
    verdict->step = trial->step;
    return EOS_OK;
}

static const eos_policy_ops ops = {
    .struct_size = sizeof(eos_policy_ops), .destroy = destroy, .propose = propose, .judge = judge};

static const eos_parameter rows[] = {{.struct_size = sizeof(eos_parameter),
                                      .type = EOS_TYPE_F64,
                                      .key = "step",
                                      .minimum = 1e-300,
                                      .maximum = 1e300,
                                      .flags = EOS_PARAMETER_REQUIRED,
                                      .text = "the step"}};

static const eos_descriptor descriptors[] = {
    {.struct_size = sizeof(eos_descriptor),
     .id = "org.example.fixed",
     .title = "A fixed step",
     .parameters = rows,
     .parameter_count = 1},
    {.struct_size = sizeof(eos_descriptor), .id = "org.example.nls", .title = "Another nls"},
};

static eos_status create(void *ctx, const eos_host *host, const char *id, const eos_config *config,
                         const eos_policy_ops **out, void **self) {
    (void)ctx;
    if (strcmp(id, "org.example.fixed") != 0) return host->fail(host, EOS_E_UNSUPPORTED, "is here for its name");
    fixed *policy = malloc(sizeof *policy);
    if (policy == NULL) return EOS_E_MEMORY;
    policy->host = host;
    *out = &ops;
    *self = policy;
    return host->get_f64(host, config, "step", &policy->step);
}

EOS_POLICY_PLUGIN(descriptors, create, .id = "org.example.policies", .version = "1", .licence = "MIT");
