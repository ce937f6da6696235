/* A data file whose name is not UTF-8, in a directory whose name is not either. Relative names are looked up in
 * EOS_DATA_DIR, which this program sets. Arguments: the plugin mlp, and the directory of "caf\351.csv" and "x.csv". */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

static void expect_dimension(eos_config *config, const char *file) {
    CHECK(eos_config_set_string(config, "data.file", file) == EOS_OK);
    eos_objective *objective;
    CHECK(eos_objective_new(context, "mlp", config, &objective) == EOS_OK);
    eos_objective_description description = {.struct_size = sizeof description};
    CHECK(eos_objective_describe(objective, &description) == EOS_OK);
    /* Two inputs, three units, two classes: weights and biases. */
    CHECK(description.dimension == 2 * 3 + 3 + 3 * 2 + 2);
    eos_objective_free(objective);
}

int main(int argc, char **argv) {
    CHECK(argc == 3);
    CHECK(setenv("EOS_DATA_DIR", argv[2], 1) == 0);
    CHECK(eos_context_new(&context) == EOS_OK);
    CHECK(eos_load_plugin(context, argv[1], NULL) == EOS_OK);
    eos_config *config = config_of("layers=[2,3,2] data.format=csv data.train=4");
    char path[1024];
    snprintf(path, sizeof path, "%s/caf\xe9.csv", argv[2]);
    expect_dimension(config, "caf\xe9.csv");
    expect_dimension(config, "x.csv");
    expect_dimension(config, path);
    /* The name with the byte repaired is no such file, and the message shows the bytes of the directory. */
    CHECK(eos_config_set_string(config, "data.file", "caf\xef\xbf\xbd.csv") == EOS_OK);
    eos_objective *objective;
    CHECK(eos_objective_new(context, "mlp", config, &objective) == EOS_E_IO);
    char sentence[2048];
    eos_last_error(context, sentence, sizeof sentence);
    CHECK(strstr(sentence, "no such file in ") && strstr(sentence, "/d\\xff"));
    eos_config_free(config);
    eos_context_free(context);
    puts("ok");
    return 0;
}
