/* Texts that are not UTF-8: each comes back as the same bytes or is refused with a sentence; none is altered. */
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
static const char *const broken[] = {"caf\xe9.csv", "\x80", "x\xe2\x82", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80"};
static const char *const whole[] = {"", "caf\xc3\xa9.csv", "\xe2\x82\xac\xf0\x9f\x99\x82", "e\xcc\x81 \xc3\xa9"};

int main(int argc, char **argv) {
    CHECK(argc == 2);
    CHECK(eos_context_new(&context) == EOS_OK);
    eos_config *config = config_of("");
    const char *text;
    const char *const *texts;
    int64_t count;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        EXPECT(eos_config_set_string(config, "file", broken[i]), "value is not UTF-8: \"");
        EXPECT(eos_config_set_string(config, broken[i], "x"), "key is not UTF-8: \"");
        EXPECT(eos_config_set_strings(config, "files", &broken[i], 1), "values is not UTF-8");
        EXPECT(eos_config_get_string(config, broken[i], &text), "key is not UTF-8");
        EXPECT(eos_config_set_text(config, broken[i]), "assignments is not UTF-8");
        eos_policy *policy;
        eos_objective *objective;
        EXPECT(eos_policy_new(context, broken[i], NULL, &policy), "id is not UTF-8");
        EXPECT(eos_objective_new(context, broken[i], NULL, &objective), "id is not UTF-8");
    }
    EXPECT(eos_config_set_string(config, "file", broken[0]), "\"caf\\xe9.csv\"");
    EXPECT(eos_config_set_string(config, "file", broken[2]), "\"x\\xe2\\x82\"");
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        CHECK(eos_config_set_string(config, "file", whole[i]) == EOS_OK);
        CHECK(eos_config_get_string(config, "file", &text) == EOS_OK && strcmp(text, whole[i]) == 0);
        CHECK(eos_config_set_strings(config, "files", &whole[i], 1) == EOS_OK);
        CHECK(eos_config_get_strings(config, "files", &texts, &count) == EOS_OK && strcmp(texts[0], whole[i]) == 0);
    }
    eos_config_free(config);
    /* A path is bytes: the file of that name is the one that is loaded, and messages show each byte. */
    char path[512], sentence[1024];
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
