/* A plugin with policies: one of its own name, and one with the short name of a policy that eos brings along. */
#include "eos/kit.h"

typedef struct {
    const eos_host *host;
    double step;
} fixed;

static eos_status propose(void *self, const eos_iterate *iterate, double *step) {
    fixed *policy = self;
    if (iterate->value > 100) return eos_fail(policy->host, EOS_E_FAILED, "the value is above 100");
    *step = policy->step;
    return EOS_OK;
}

static eos_status judge(void *self, const eos_iterate *iterate, const eos_trial *trial, eos_verdict *verdict) {
    (void)self, (void)iterate;
    verdict->action = EOS_ACCEPT;
    verdict->step = trial->step;
    return EOS_OK;
}

static const eos_policy_ops ops = {.struct_size = sizeof ops, .destroy = free, .propose = propose, .judge = judge};

static eos_status make(void *self, const eos_host *host, const eos_config *config) {
    fixed *policy = self;
    eos_values values = eos_values_of(host, config);
    policy->host = host;
    policy->step = eos_value_f64(&values, "step");
    return values.status;
}

static eos_status refuse(void *self, const eos_host *host, const eos_config *config) {
    (void)self, (void)config;
    return eos_fail(host, EOS_E_UNSUPPORTED, "is here for its name");
}

static const eos_parameter keys[] = {EOS_KEY_F64("step", NULL, 1e-300, 1e300, "the step", EOS_PARAMETER_REQUIRED)};

static const eos_policy_type types[] = {
    {.descriptor =
         {.struct_size = sizeof(eos_descriptor), .id = "org.example.fixed", .title = "A fixed step", EOS_KEYS(keys)},
     .ops = &ops,
     .size = sizeof(fixed),
     .make = make},
    {.descriptor = {.struct_size = sizeof(eos_descriptor), .id = "org.example.nls", .title = "Another nls"},
     .ops = &ops,
     .make = refuse},
};

EOS_POLICY_PLUGIN(types, "org.example.policies", "1", "MIT");
