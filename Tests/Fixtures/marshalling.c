/* Every scalar of C there and back, by value, by reference, through structs and through callbacks. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAME(name, type)                                                                                               \
    type same_##name(type value);                                                                                      \
    type same_##name(type value) { return value; }                                                                     \
    void next_##name(type *value);                                                                                     \
    void next_##name(type *value) { *value = (type)(*value + 1); }                                                     \
    type call_##name(type (*callback)(type), type value);                                                              \
    type call_##name(type (*callback)(type), type value) { return callback(value); }

SAME(bool, bool)
SAME(char, char)
SAME(int8, int8_t)
SAME(uint8, uint8_t)
SAME(int16, int16_t)
SAME(uint16, uint16_t)
SAME(int32, int32_t)
SAME(uint32, uint32_t)
SAME(int64, int64_t)
SAME(uint64, uint64_t)
SAME(float, float)
SAME(double, double)

/* Padding between its fields and after them. */
typedef struct {
    char tag;
    double weight;
    int16_t count;
    float scale;
    uint8_t last;
} mixed;

typedef struct {
    int32_t first;
    mixed inner;
    void *nothing;
} nested;

double by_pointer(const mixed *m);
double by_pointer(const mixed *m) { return m->tag + m->weight + m->count + m->scale + m->last; }

double by_value(mixed m, int32_t factor);
double by_value(mixed m, int32_t factor) { return factor * by_pointer(&m); }

nested nest(int32_t first, mixed inner);
nested nest(int32_t first, mixed inner) { return (nested){first, inner, NULL}; }

size_t layout(int32_t which);
size_t layout(int32_t which) {
    const size_t facts[] = {
        sizeof(mixed),          _Alignof(mixed),         offsetof(mixed, tag),    offsetof(mixed, weight),
        offsetof(mixed, count), offsetof(mixed, scale),  offsetof(mixed, last),   sizeof(nested),
        _Alignof(nested),       offsetof(nested, first), offsetof(nested, inner), offsetof(nested, nothing),
    };
    return facts[which];
}

/* More arguments than registers. */
double sum(int8_t a, double b, int64_t c, float d, uint16_t e, double f, double g, int32_t h, double i, double j,
           double k, double l, uint64_t m, double n);
double sum(int8_t a, double b, int64_t c, float d, uint16_t e, double f, double g, int32_t h, double i, double j,
           double k, double l, uint64_t m, double n) {
    return a + 2 * b + 3 * (double)c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * k + 12 * l +
           13 * (double)m + 14 * n;
}

/* The first part of the struct takes the last register for integers. */
typedef struct {
    int32_t first;
    float second[2];
} split;

double last_register(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, double f, split s);
double last_register(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, double f, split s) {
    return (double)(a + b + c + d + e) + 10 * f + 100 * s.first + 1000 * (double)s.second[0] +
           10000 * (double)s.second[1];
}
