/* Texts that are not UTF-8: values and paths are the same bytes again, ids and keys are refused; none is altered. */
#include "check.h"
#include "rosenbrock.h"

static void expect(int line, eos_status status, const char *part) {
    char sentence[512];
    eos_last_error(context, sentence, sizeof sentence);
    if (status != EOS_E_INVALID || !strstr(sentence, part)) {
        fprintf(stderr, "texts.c:%d: status %d; sentence: %s\n", line, status, sentence);
        exit(1);
    }
}

#define EXPECT(call, part) expect(__LINE__, call, part)

/* Bytes that no UTF-8 has: latin-1, a stray continuation, cut, overlong, a surrogate, past the end of Unicode. */
static const char *const broken[] = {"caf\xe9.csv", "\x80",         "x\xe2\x82",
                                     "\xc0\xaf",    "\xed\xa0\x80", "\xf5\x80\x80\x80"};
/* The same and whole ones; the last two are characters that stand for bytes inside of the library. */
static const char *const values[] = {"caf\xe9.csv",
                                     "\x80",
                                     "x\xe2\x82",
                                     "\xc0\xaf",
                                     "\xed\xa0\x80",
                                     "\xf5\x80\x80\x80",
                                     "",
                                     "caf\xc3\xa9.csv",
                                     "\xe2\x82\xac\xf0\x9f\x99\x82",
                                     "e\xcc\x81 \xc3\xa9",
                                     "\xf4\x8f\xbe\x80\xe9",
                                     "\xf4\x8f\xbf\xbf"};

int main(int argc, char **argv) {
    CHECK(argc == 2);
    CHECK(eos_context_new(&context) == EOS_OK);
    eos_config *config = config_of("");
    const char *text;
    const char *const *texts;
    int64_t count;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        EXPECT(eos_config_set_string(config, broken[i], "x"), "key is not UTF-8: \"");
        EXPECT(eos_config_get_string(config, broken[i], &text), "key is not UTF-8");
        eos_policy *policy;
        eos_objective *objective;
        EXPECT(eos_policy_new(context, broken[i], NULL, &policy), "id is not UTF-8");
        EXPECT(eos_objective_new(context, broken[i], NULL, &objective), "id is not UTF-8");
    }
    EXPECT(eos_config_set_i64(config, broken[0], 1), "\"caf\\xe9.csv\"");
    EXPECT(eos_config_set_i64(config, broken[2], 1), "\"x\\xe2\\x82\"");
    for (size_t i = 0; i < 2 * sizeof values / sizeof *values; i++) {
        const char *value = values[i / 2];
        CHECK(eos_config_set_string(config, "file", value) == EOS_OK);
        CHECK(eos_config_get_string(config, "file", &text) == EOS_OK && strcmp(text, value) == 0);
        CHECK(eos_config_set_strings(config, "files", &value, 1) == EOS_OK);
        CHECK(eos_config_get_strings(config, "files", &texts, &count) == EOS_OK && strcmp(texts[0], value) == 0);
        char assignment[64];
        snprintf(assignment, sizeof assignment, "other=\"%s\"", value);
        CHECK(eos_config_set_text(config, assignment) == EOS_OK);
        CHECK(eos_config_get_string(config, "other", &text) == EOS_OK && strcmp(text, value) == 0);
    }
    /* The same letter, composed and not, is two values; a set of one key leaves what was lent of another. */
    const char *lent;
    CHECK(eos_config_get_string(config, "file", &lent) == EOS_OK);
    CHECK(eos_config_set_text(config, "other=\xc3\xa9") == EOS_OK);
    CHECK(eos_config_get_string(config, "other", &text) == EOS_OK && strcmp(text, "\xc3\xa9") == 0);
    CHECK(eos_config_set_text(config, "other=e\xcc\x81") == EOS_OK);
    CHECK(eos_config_get_string(config, "other", &text) == EOS_OK && strcmp(text, "e\xcc\x81") == 0);
    CHECK(strcmp(lent, values[sizeof values / sizeof *values - 1]) == 0);
    /* In messages each byte is shown. */
    eos_policy *steps;
    eos_config *bad = config_of("");
    CHECK(eos_config_set_string(bad, "step", "\xe9") == EOS_OK);
    char sentence[1024];
    CHECK(eos_policy_new(context, "constant", bad, &steps) == EOS_E_CONFIG);
    eos_last_error(context, sentence, sizeof sentence);
    CHECK(strstr(sentence, "step = \"\\xe9\" is a string"));
    eos_config_free(bad);
    eos_config_free(config);
    /* A path is bytes: the file of that name is the one that is loaded, and messages show each byte. */
    char path[512];
    const eos_plugin *plugin;
    snprintf(path, sizeof path, "%s/caf\xe9.so", argv[1]);
    CHECK(eos_load_plugin(context, path, &plugin) == EOS_OK && strcmp(plugin->id, "org.example.test") == 0);
    eos_objective *objective;
    CHECK(eos_objective_new(context, "test-rosenbrock", NULL, &objective) == EOS_OK);
    eos_objective_free(objective);
    snprintf(path, sizeof path, "%s/caf\xe8.so", argv[1]);
    CHECK(eos_load_plugin(context, path, NULL) == EOS_E_IO);
    eos_last_error(context, sentence, sizeof sentence);
    CHECK(strstr(sentence, "/caf\\xe8.so: "));
    eos_context_free(context);
    /* In a directory whose own name is not UTF-8, too. */
    CHECK(eos_context_new(&context) == EOS_OK);
    int64_t loaded = -1;
    snprintf(path, sizeof path, "%s/d\xff", argv[1]);
    CHECK(eos_load_plugins(context, path, &loaded) == EOS_OK && loaded == 1);
    CHECK(eos_objective_new(context, "test-rosenbrock", NULL, &objective) == EOS_OK);
    eos_objective_free(objective);
    eos_context_free(context);
    puts("ok");
    return 0;
}
