/* Functions under names that libm and libz have, too, called by their library, which knows no others.
 *
 * INNER: they are in this library. OUTER: this library calls those of another one. */
#define _POSIX_C_SOURCE 200809L
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

double gamma(double x);
double j1(double x);
unsigned long crc32(unsigned long start, const unsigned char *bytes, unsigned int count);
extern int signgam;
double clashing(const double *x, double *gradient);

#ifndef OUTER
double gamma(double x) { return x * x; }
double j1(double x) { return 3 * x; }
unsigned long crc32(unsigned long start, const unsigned char *bytes, unsigned int count) {
    (void)bytes;
    return start + count;
}
int signgam = 5;
#endif

#ifdef EARLY
static double at_start;
__attribute__((constructor)) static void begin(void) { at_start = gamma(7); }
#endif

#ifndef INNER
/* By a call, and by pointers in data. */
static double (*const table[])(double) = {gamma, j1};

/* x0^2 + 3 x1 + (10 + 3) + 5 */
double clashing(const double *x, double *gradient) {
    /* What the C library takes is freed as what a program takes. */
    char *text = strdup("abc");
    double value = table[1](x[1]) + (double)crc32(10, (const unsigned char *)text, (unsigned)strlen(text)) + signgam;
    free(text);
    gradient[0] = 2 * x[0];
    gradient[1] = 3;
    return gamma(x[0]) + value + 0 * table[0](x[0]);
}
#endif

#ifdef PLUGIN
#include "eos/plugin.h"

static eos_status init(const eos_host *host) {
    (void)host;
    double x[2] = {2, 1}, gradient[2];
    return clashing(x, gradient) == 4 + 3 + 13 + 5 ? EOS_OK : EOS_E_FAILED;
}

static const void *get_factory(const char *id) {
    (void)id;
    return NULL;
}

const eos_plugin *eos_plugin_entry(uint32_t abi) {
    (void)abi;
    static const eos_plugin plugin = {
        .struct_size = sizeof plugin,
        .abi_major = EOS_ABI_MAJOR,
        .abi_minor = EOS_ABI_MINOR,
        .id = "org.example.clashing",
        .version = "1",
        .licence = "MIT",
        .init = init,
        .get_factory = get_factory,
    };
    return &plugin;
}
#endif
