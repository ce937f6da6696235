/* Loads a plugin and trains what it offers: a small network, the plugin `mlp`, on data that the host generates.
 *
 *   load_plugin [PLUGIN.so]     without an argument: $EOS_PLUGIN, else the one installed with the library */
#include <string.h>

#include "check.h"

#ifndef EOS_PLUGIN_DIR
#define EOS_PLUGIN_DIR "/usr/local/lib/eos/plugins" /* `pkg-config --variable=plugindir eos` knows */
#endif

int main(int count, char **arguments) {
    const char *path = count > 1 ? arguments[1] : getenv("EOS_PLUGIN");
    if (!path) path = EOS_PLUGIN_DIR "/mlp.so";

    eos_context *context;
    if (eos_context_new(&context) != EOS_OK) return 1;
    const eos_plugin *plugin;
    check(context, eos_load_plugin(context, path, &plugin));
    printf("loaded %s %s\n", plugin->id, plugin->version);

    /* What it takes. A schema says it to programs as well as to people. */
    const eos_descriptor *descriptor;
    check(context, eos_descriptor_at(context, EOS_KIND_OBJECTIVE, 0, &descriptor));
    printf("%s takes", descriptor->id);
    const char *row = (const char *)descriptor->parameters;
    for (int64_t i = 0; i < descriptor->parameter_count; i++) {
        /* Rows lie struct_size of the first row apart, so that a later version of eos may make them longer. */
        const void *place = row + i * descriptor->parameters->struct_size;
        printf(" %s", ((const eos_parameter *)place)->key);
    }
    printf("\n");

    eos_config *keys;
    check(context, eos_config_new(context, &keys));
    check(context, eos_config_set_text(keys, "layers=[16,32,32,10] activation=tanh dtype=f64"
                                             " data.generator=clusters data.train=200 data.test=1000"));
    eos_objective *objective;
    check(context, eos_objective_new(context, "mlp", keys, &objective));
    eos_policy *policy;
    check(context, eos_policy_new(context, "nls-ub", NULL, &policy));
    eos_config *settings;
    check(context, eos_config_new(context, &settings));
    check(context, eos_config_set_text(settings, "seed=1 stop.loss=0.03"));
    eos_trainer *trainer;
    check(context, eos_trainer_new(context, objective, policy, settings, &trainer));

    eos_progress progress = EOS_STRUCT(eos_progress);
    check(context, eos_trainer_run(trainer, &progress));
    printf("training: %s\n", eos_stop_text(progress.stop));

    /* The objective's own measures, at the best point. */
    eos_point best = EOS_STRUCT(eos_point);
    check(context, eos_trainer_best(trainer, &best));
    double values[8];
    eos_metric metric = EOS_STRUCT(eos_metric);
    int64_t metrics = 0;
    while (metrics < 8 && eos_objective_metric(objective, metrics, &metric) == EOS_OK) metrics++;
    check(context, eos_objective_measure(objective, best.x, values, metrics));
    for (int64_t i = 0; i < metrics; i++) {
        check(context, eos_objective_metric(objective, i, &metric));
        /* Thousands of roundings differ from machine to machine: nothing finer than this is the same on all. */
        const char *good = values[i] > 0.75 ? "yes" : "no";
        if (strstr(metric.name, "accuracy")) printf("%s above 0.75: %s\n", metric.name, good);
    }

    eos_trainer_free(trainer);
    eos_config_free(settings);
    eos_config_free(keys);
    eos_policy_free(policy);
    eos_objective_free(objective);
    eos_context_free(context);
    return 0;
}
