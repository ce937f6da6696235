/* Failures, rows, values, memory and work of the kit, as C11 and as C++17: prints "ok". */
#include "host.h"

/* Bytes of the character of UTF-8 that begins here, by its first byte; 0: none begins here. */
static size_t character(const char *text) {
    unsigned char lead = (unsigned char)*text;
    return lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* At every size: the longest run of whole characters that leaves room for the dots. */
static void check_cuts(void) {
    static const char text[] = "a\xc3\xa9\xe2\x82\xac"
                               "b\xf0\x9f\x98\x80\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
    int whole = (int)sizeof text - 1;
    for (size_t size = 1; size <= sizeof text; size++) {
        char buffer[sizeof text + 1], expected[sizeof text + 1];
        memset(buffer, '#', sizeof buffer);
        size_t dots = size > 3 ? 3 : 0, end = 0;
        if (size == sizeof text) {
            strcpy(expected, text);
        } else {
            while (end + character(text + end) <= size - 1 - dots) end += character(text + end);
            memcpy(expected, text, end);
            memcpy(expected + end, "...", dots);
            expected[end + dots] = 0;
        }
        CHECK(eos_format(buffer, size, "%s", text) == whole);
        place = expected;
        CHECK(strcmp(buffer, expected) == 0);
        CHECK(buffer[size] == '#');
        place = NULL;
    }
}

static void check_format(void) {
    char buffer[16] = "untouched";
    CHECK(eos_format(NULL, 0, "%d of %d", 3, 4) == 6);
    CHECK(eos_format(NULL, 10, "%d of %d", 3, 4) == 6);
    CHECK(eos_format(buffer, 0, "%d", 1) == 1 && strcmp(buffer, "untouched") == 0);
    CHECK(eos_format(buffer, sizeof buffer, "%d of %d", 3, 4) == 6 && strcmp(buffer, "3 of 4") == 0);
    /* No UTF-8 at all: cut where the room ends. */
    CHECK(eos_format(buffer, 8, "%s", "\x80\x80\x80\x80\x80\x80\x80\x80\x80") == 9);
    CHECK(strcmp(buffer, "\x80\x80\x80\x80...") == 0);
    /* The C locale has no such character. */
    const wchar_t beyond[] = {0x20ac, 0};
    CHECK(eos_format(buffer, sizeof buffer, "price: %ls", beyond) < 0 && strcmp(buffer, "price: %ls") == 0);
    CHECK(eos_format(buffer, 11, "price: %ls", beyond) < 0 && strcmp(buffer, "price: %ls") == 0);
    CHECK(eos_format(buffer, 10, "price: %ls", beyond) < 0 && strcmp(buffer, "price:...") == 0);
    CHECK(eos_format(buffer, 6, "\xc3\xa9\xc3\xa9 %ls", beyond) < 0 && strcmp(buffer, "\xc3\xa9...") == 0);
    CHECK(eos_format(NULL, 0, "price: %ls", beyond) < 0);
    check_cuts();
}

static void check_failures(const eos_host *host) {
    CHECK(eos_fail(NULL, EOS_E_CONFIG, "nobody hears %s", "this") == EOS_E_CONFIG && failures == 0);
    CHECK(eos_fail(host, EOS_E_MEMORY, "depth = %d: give less", 9) == EOS_E_MEMORY);
    CHECK(strcmp(said, "depth = 9: give less") == 0 && heard("depth"));
    char text[EOS_MESSAGE_SIZE + 2];
    for (size_t length = EOS_MESSAGE_SIZE - 6; length <= EOS_MESSAGE_SIZE + 1; length++) {
        /* Ends in the two bytes of an accented letter. */
        memset(text, 'x', length);
        memcpy(text + length - 2, "\xc3\xa9", 2);
        text[length] = 0;
        CHECK(eos_fail(host, EOS_E_FAILED, "%s", text) == EOS_E_FAILED);
        if (length < EOS_MESSAGE_SIZE) CHECK(strcmp(said, text) == 0);
        else CHECK(strlen(said) == EOS_MESSAGE_SIZE - 1 && strcmp(said + EOS_MESSAGE_SIZE - 5, "x...") == 0);
        CHECK(heard("x"));
    }
}

static const eos_parameter keys[] = {
    EOS_KEY_I64("whole", "7", 1, 9, "a whole number"),
    EOS_KEY_F64("number", NULL, 0, 3, "a number", EOS_PARAMETER_REQUIRED | EOS_PARAMETER_LIVE),
    EOS_KEY_STRING("word", "f64", "f32|f64", "a word"),
    EOS_KEY_BOOL("yes", "true", "a choice"),
    EOS_KEY_F64_ARRAY("list", "[1, 2]", 0, 0, "numbers"),
    EOS_KEY_STRINGS("words", NULL, NULL, "words"),
};
static const eos_metric metrics[] = {EOS_METRIC("loss", NULL, "the loss"), EOS_METRIC("speed", "m/s", "the speed")};
static EOS_METRICS(metric, metrics);
static const eos_block blocks[] = {
    EOS_BLOCK("scalar", 5, 1),
    EOS_BLOCK("matrix", 6, 2, 3),
    EOS_BLOCK("cube", 12, 2, 3, 4),
    EOS_BLOCK("four", 36, 1, 2, 3, 4),
};
static EOS_BLOCKS(block, blocks);

static void check_rows(void) {
    CHECK(EOS_COUNT(keys) == 6 && keys[0].struct_size == sizeof(eos_parameter));
    CHECK(keys[0].type == EOS_TYPE_I64 && keys[0].minimum == 1 && keys[0].maximum == 9 && keys[0].flags == 0);
    CHECK(strcmp(keys[0].default_value, "7") == 0 && strcmp(keys[0].text, "a whole number") == 0 && !keys[0].unit);
    CHECK(keys[1].type == EOS_TYPE_F64 && keys[1].flags == (EOS_PARAMETER_REQUIRED | EOS_PARAMETER_LIVE));
    CHECK(keys[2].type == EOS_TYPE_STRING && strcmp(keys[2].choices, "f32|f64") == 0 && keys[3].type == EOS_TYPE_BOOL);
    CHECK(keys[4].type == EOS_TYPE_F64_ARRAY && keys[5].type == EOS_TYPE_STRINGS && !keys[5].default_value);

    eos_metric row = EOS_STRUCT(eos_metric);
    CHECK(metric(NULL, 1, &row) == EOS_OK && strcmp(row.name, "speed") == 0 && strcmp(row.unit, "m/s") == 0);
    CHECK(metric(NULL, 2, &row) == EOS_E_NOT_FOUND && metric(NULL, -1, &row) == EOS_E_NOT_FOUND);
    /* A host of an earlier release has no `text`; one of a later release has more behind it. */
    row = EOS_STRUCT(eos_metric);
    row.struct_size = offsetof(eos_metric, text);
    CHECK(metric(NULL, 0, &row) == EOS_OK && strcmp(row.name, "loss") == 0 && !row.text);
    CHECK(row.struct_size == offsetof(eos_metric, text));
    struct {
        eos_metric row;
        double more;
    } later = {EOS_STRUCT(eos_metric), 3};
    later.row.struct_size = sizeof later;
    CHECK(metric(NULL, 0, &later.row) == EOS_OK && later.more == 3 && later.row.struct_size == sizeof later);

    const uint32_t ranks[] = {1, 2, 3, 4};
    for (int64_t i = 0; i < EOS_COUNT(ranks); i++) {
        eos_block out = EOS_STRUCT(eos_block);
        CHECK(block(NULL, i, &out) == EOS_OK && out.rank == ranks[i] && out.offset == blocks[i].offset);
        for (int64_t j = 0; j < out.rank; j++) CHECK(out.shape[j] == j + (i == 1 || i == 2 ? 2 : 1));
    }
}

static void check_values(const eos_host *host) {
    static const char *const words[] = {"f16", "f32", "f64"};
    int64_t count = -1;
    eos_values values = eos_values_of(host, NULL);
    CHECK(eos_value_bool(&values, "yes") == 1 && eos_value_i64(&values, "whole") == 7);
    CHECK(eos_value_f64(&values, "number") == 2.5 && strcmp(eos_value_string(&values, "word"), "f64") == 0);
    CHECK(eos_value_choice(&values, "word", words, 3) == 2 && eos_value_dtype(&values, "word") == EOS_F64);
    CHECK(eos_value_i64_in(&values, "whole", 7, 7) == 7 && eos_value_f64_in(&values, "number", 2, 3) == 2.5);
    CHECK(eos_value_i64_or(&values, "none", 4) == 4 && eos_value_f64_or(&values, "none", 0.5) == 0.5);
    CHECK(eos_value_i64_or(&values, "whole", 4) == 7 && eos_value_bool_or(&values, "none", 1) == 1);
    CHECK(strcmp(eos_value_string_or(&values, "none", "other"), "other") == 0);
    const double *numbers = eos_value_f64_array(&values, "list", &count);
    CHECK(numbers && count == 2 && numbers[1] == 2);
    CHECK(eos_value_f64_array(&values, "none", &count) == NULL && count == 0);
    /* An empty array is a value. */
    CHECK(eos_value_f64_array(&values, "empty", &count) != NULL && count == 0);
    CHECK(values.status == EOS_OK && failures == 0);

    /* The first failure stays, and is said once. */
    CHECK(eos_value_i64(&values, "word") == 0 && values.status == EOS_E_CONFIG);
    CHECK(heard("word cannot be read as an integer"));
    CHECK(eos_value_i64(&values, "whole") == 0 && eos_value_f64_or(&values, "none", 1) == 0 && failures == 0);
    CHECK(!eos_value_string(&values, "word") && !eos_value_f64_array(&values, "list", &count) && count == 0);
    CHECK(eos_value_i64_in(&values, "whole", 8, 9) == 0 && eos_value_choice(&values, "word", words, 1) == 0);
    CHECK(values.status == EOS_E_CONFIG && failures == 0);

    values = eos_values_of(host, NULL);
    CHECK(eos_value_f64(&values, "none") == 0 && values.status == EOS_E_NOT_FOUND && heard("none has no value"));
    values = eos_values_of(host, NULL);
    CHECK(!eos_value_f64_array(&values, "word", &count) && values.status == EOS_E_CONFIG && heard("array of numbers"));
    values = eos_values_of(host, NULL);
    CHECK(eos_value_i64_in(&values, "whole", 8, 9) == 0 && heard("whole = 7 is out of range; it must be from 8 to 9"));
    values = eos_values_of(host, NULL);
    CHECK(eos_value_f64_in(&values, "number", -1, 2) == 0 && values.status == EOS_E_CONFIG);
    CHECK(heard("number = 2.5 is out of range; it must be from -1 to 2"));
    values = eos_values_of(host, NULL);
    CHECK(eos_value_choice(&values, "word", words, 2) == 0 && heard("word = \"f64\" is unknown"));
}

static void check_memory(const eos_host *host) {
    const int64_t large = INT64_MAX, root = (int64_t)1 << 32;
    const int64_t impossible[][3] = {
        {root, root, 1},
        {large, 1, 8},
        {1, large, 8},
        {large / 8 + 1, 8, 1},
        {large, 1, 1},
        {large - 63, 1, 1},
        {-1, 1, 8},
        {1, -1, 8},
        {1, 1, -8},
        {-root, -root, 8},
        {(int64_t)1 << 50, 1, 8},
    };
    for (int64_t i = 0; i < EOS_COUNT(impossible); i++) {
        const int64_t *sizes = impossible[i];
        CHECK(!eos_allocate(host, "samples", sizes[0], sizes[1], (size_t)sizes[2]));
        CHECK(heard("samples: there is not enough memory for"));
    }
    /* Each fits, their sum does not. */
    void *a, *b;
    const eos_array halves[] = {{&a, large / 2, 1, 1}, {&b, large / 2, 1, 1}};
    CHECK(!eos_allocate_arrays(host, "halves", halves, 2) && heard("halves"));
    const int64_t nothing[][3] = {{0, 5, 8}, {5, 0, 8}, {0, large, large}, {large, large, 0}};
    for (int64_t i = 0; i < EOS_COUNT(nothing); i++) {
        void *memory = eos_allocate(host, "nothing", nothing[i][0], nothing[i][1], (size_t)nothing[i][2]);
        CHECK(memory && failures == 0);
        free(memory);
    }

    double *matrix;
    char *bytes;
    float *row;
    const eos_array arrays[] = {EOS_ARRAY(bytes, 65, 1), EOS_ARRAY(matrix, 3, 5), EOS_ARRAY(row, 1, 7)};
    char *memory = (char *)eos_allocate_arrays(host, "arrays", arrays, EOS_COUNT(arrays));
    CHECK(memory && bytes == memory && (char *)matrix == memory + 128 && (char *)row == memory + 256);
    CHECK((uintptr_t)memory % EOS_ALIGNMENT == 0);
    memset(bytes, 1, 65);
    for (int i = 0; i < 15; i++) matrix[i] = i;
    for (int i = 0; i < 7; i++) row[i] = -1;
    for (int i = 0; i < 15; i++) CHECK(matrix[i] == i);
    for (int i = 0; i < 65; i++) CHECK(bytes[i] == 1);
    free(memory);
}

static void mark(void *ctx, int64_t i) { ((int *)ctx)[i]++; }

static void check_work(const eos_host *host) {
    const int64_t cases[][2] = {{1, 1}, {10, 3}, {9, 3}, {3, 10}, {0, 4}, {INT64_MAX, 2}, {INT64_MAX, INT64_MAX}};
    for (int64_t i = 0; i < EOS_COUNT(cases); i++) {
        int64_t count = cases[i][0], size = cases[i][1], parts = eos_part_count(count, size);
        CHECK(parts == 0 ? count == 0 : eos_part_end(parts - 1, size, count) == count);
        if (parts > 1) CHECK(eos_part_end(parts - 2, size, count) == (parts - 1) * size && (parts - 1) * size < count);
    }
    int seen[3] = {0, 0, 0};
    eos_each(host, 0, 3, mark, seen);
    CHECK(calls_of_parallel == 1);
    eos_each(host, 1, 3, mark, seen);
    eos_each(host, 0, 1, mark, seen);
    eos_each(host, 0, 0, mark, seen);
    CHECK(calls_of_parallel == 1 && seen[0] == 3 && seen[1] == 2 && seen[2] == 2);

    const double doubles[] = {0.1, -2, 1e30};
    float floats[3];
    double back[3];
    eos_from_f64(EOS_F32, 3, doubles, floats);
    eos_to_f64(EOS_F32, 3, floats, back);
    for (int i = 0; i < 3; i++) CHECK(floats[i] == (float)doubles[i] && back[i] == (double)floats[i]);
    eos_from_f64(EOS_F64, 3, doubles, back);
    CHECK(memcmp(back, doubles, sizeof back) == 0);
    const double bad[] = {1, HUGE_VAL, 1, -HUGE_VAL, NAN};
    CHECK(eos_all_finite(3, doubles) && eos_all_finite(1, bad) && !eos_all_finite(2, bad) && eos_all_finite(0, bad));
    CHECK(!eos_all_finite(2, bad + 2) && !eos_all_finite(1, bad + 4));

    double vector[1];
    eos_evaluation evaluation = EOS_STRUCT(eos_evaluation);
    evaluation.want = EOS_WANT_VALUE;
    evaluation.gradient = vector;
    CHECK(!eos_gradient(&evaluation) && eos_check_gradient(host, &evaluation) == EOS_OK);
    evaluation.want = EOS_WANT_VALUE | EOS_WANT_GRADIENT;
    CHECK(eos_gradient(&evaluation) == vector && eos_check_gradient(host, &evaluation) == EOS_OK);
    evaluation.gradient = NULL;
    CHECK(eos_check_gradient(host, &evaluation) == EOS_E_INVALID && heard("gradient"));
    CHECK(eos_check_linearized(host, 1) == EOS_OK && failures == 0);
    CHECK(eos_check_linearized(host, 0) == EOS_E_STATE && heard("linearize"));
}

int main(void) {
    const eos_host host = make_host();
    check_format();
    check_failures(&host);
    check_rows();
    check_values(&host);
    check_memory(&host);
    check_work(&host);
    CHECK(failures == 0);
    printf("ok\n");
    return 0;
}
