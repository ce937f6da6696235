/* The smallest program that uses libeos: starts, makes a context, ends. */
#include <eos.h>
#include <stdio.h>

int main(void) {
    eos_context *context;
    if (eos_context_new(&context) != EOS_OK) return 1;
    printf("%s\n", eos_version());
    eos_context_free(context);
    return 0;
}
