/* Functions that take their point in a struct. */
#include <stddef.h>
#include <string.h>

/* 24 bytes: passed in memory. */
typedef struct {
    double x, y, z;
} vec3;

/* The squared distance from (1, 2, 3). */
double paraboloid(vec3 v, double *gradient);
double paraboloid(vec3 v, double *gradient) {
    if (gradient != NULL) gradient[0] = 2 * (v.x - 1), gradient[1] = 2 * (v.y - 2), gradient[2] = 2 * (v.z - 3);
    return (v.x - 1) * (v.x - 1) + (v.y - 2) * (v.y - 2) + (v.z - 3) * (v.z - 3);
}

/* Point and gradient lie in it. */
typedef struct {
    int n;
    double x[4];
    float weights[3];
    char name[8];
    float gradient[4];
} state;

/* The weighted squared distance from (0, 1, 2). It counts, in what it may write to. */
double weighted(state *s);
double weighted(state *s) {
    double value = strcmp(s->name, "eos") == 0 ? 0 : 1e6;
    if (s->x[3] != 0 || s->gradient[0] != 0) value += 1e6;
    for (int i = 0; i < s->n; i++) {
        value += (double)s->weights[i] * (s->x[i] - i) * (s->x[i] - i);
        s->gradient[i] = (float)(2 * (double)s->weights[i] * (s->x[i] - i));
        s->x[i] = -1e9;
    }
    s->x[3] = 1;
    s->name[0] = 'E';
    return value;
}

/* Two structs in an array, with two numbers after them: 64 bytes, passed in memory. */
typedef struct {
    vec3 at[2];
    long factor[2];
} pair;

double spread(pair p, double *gradient);
double spread(pair p, double *gradient) {
    double value = paraboloid(p.at[0], gradient) * (double)p.factor[0];
    value += paraboloid(p.at[1], gradient + 3) * (double)p.factor[1];
    for (int i = 0; i < 6; i++) gradient[i] *= (double)p.factor[i / 3];
    return value;
}

/* Floats in pairs travel in registers. */
typedef struct {
    float x[3];
} point3f;

double near_one(point3f p, double *gradient);
double near_one(point3f p, double *gradient) {
    double value = 0;
    for (int i = 0; i < 3; i++) {
        double distance = (double)p.x[i] - 1;
        value += distance * distance;
        gradient[i] = 2 * distance;
    }
    return value;
}
