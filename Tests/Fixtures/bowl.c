/* f = FACTOR |x|^2 / 2, for the tests of a run's own plugins. If HELPER is defined, a library gives the factor; if DATA
 * is defined, a file beside the plugin does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <eos/kit.h>
#ifdef HELPER
double helper_factor(void);
#define FACTOR helper_factor()
#endif
static double factor;
static eos_status describe(void *s, eos_objective_description *o) {
    (void)s;
    o->dtype = EOS_F64;
    o->dimension = 3;
    o->flags = EOS_OBJECTIVE_DETERMINISTIC;
    return EOS_OK;
}
static eos_status start(void *s, uint64_t seed, void *x) {
    (void)s, (void)seed;
    for (int i = 0; i < 3; i++) ((double *)x)[i] = 1.5;
    return EOS_OK;
}
static eos_status evaluate(void *s, eos_evaluation *e) {
    (void)s;
    const double *x = e->x;
    double *g = e->gradient;
    e->value = 0;
    usleep(PAUSE);
    for (int i = 0; i < 3; i++) {
        e->value += factor * x[i] * x[i] / 2;
        if (g) g[i] = factor * x[i];
    }
    return EOS_OK;
}
static const eos_objective_ops ops = {
    .struct_size = sizeof ops, .destroy = free, .describe = describe, .initial_point = start, .evaluate = evaluate};
static eos_status make(void *s, const eos_host *h, const eos_config *k) {
    (void)s, (void)h, (void)k;
#ifdef DATA
    Dl_info info;
    char path[4096];
    dladdr((void *)&ops, &info);
    snprintf(path, sizeof path, "%s", info.dli_fname);
    strcpy(strrchr(path, '/'), "/factor.txt");
    FILE *file = fopen(path, "r");
    if (file == NULL) return eos_fail(h, EOS_E_FAILED, "factor.txt is missing");
    if (fscanf(file, "%lf", &factor) != 1) factor = 0;
    fclose(file);
#else
    factor = FACTOR;
#endif
    return EOS_OK;
}
static const eos_objective_type types[] = {
    {.descriptor = {.struct_size = sizeof(eos_descriptor), .id = "org.example.bowl", .title = "a bowl"},
     .ops = &ops,
     .size = 8,
     .make = make}};
EOS_OBJECTIVE_PLUGIN(types, "org.example.bowl", VERSION, "MIT");
