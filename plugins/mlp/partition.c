/* How an evaluation is cut into parts, from the problem alone. */
#include "mlp.h"

/* Multiplications worth a thread's wake-up, about a tenth of a millisecond; and parts enough for any machine. */
static const double PART_WORK = 2e6;
static const int64_t MAXIMUM_PARTS = 64;
/* Fewer rows than this make a matrix product slow: with 32 a step of 3072-200-200-10 took 1.45 times as long. More
 * would leave two threads nothing to share of 500 samples. */
static const int64_t MINIMUM_ROWS = 192;
/* About a second on one core. */
static const double LONG_WORK = 2e10;

static int64_t divide_up(int64_t a, int64_t b) { return a / b + (a % b != 0); }

/* Into how many parts to cut `work` multiplications of `total` along `length`. */
static int64_t part_count(double work, double total, int64_t length) {
    double size = total / (double)MAXIMUM_PARTS > PART_WORK ? total / (double)MAXIMUM_PARTS : PART_WORK;
    double parts = work / size;
    int64_t limit = length / MINIMUM_ROWS > 1 ? length / MINIMUM_ROWS : 1;
    if (parts >= (double)limit) return limit;
    return parts > 1 ? (int64_t)parts : 1;
}

static double weight_count(const mlp *m) {
    double weights = 0;
    for (int64_t l = 0; l < m->depth; l++) weights += (double)m->layers[l].in * (double)m->layers[l].out;
    return weights;
}

/* The tiles of layer l, along its longer side; returns how many. tiles may be NULL. */
static int64_t cut_layer(const mlp *m, int64_t l, double total, mlp_tile *tiles) {
    const mlp_layer *layer = &m->layers[l];
    int by_rows = layer->out >= layer->in;
    int64_t length = by_rows ? layer->out : layer->in;
    double work = (double)m->data->train * (double)layer->in * (double)layer->out;
    int64_t size = divide_up(length, part_count(work, total, length));
    int64_t count = divide_up(length, size);
    for (int64_t i = 0; tiles && i < count; i++) {
        int64_t first = i * size;
        int64_t extent = length - first < size ? length - first : size;
        tiles[i] = by_rows ? (mlp_tile){l, first, extent, 0, layer->in} : (mlp_tile){l, 0, layer->out, first, extent};
    }
    return count;
}

eos_status mlp_partition(mlp *m) {
    double total = (double)m->data->train * weight_count(m);
    m->is_small = total < 2 * PART_WORK;
    m->is_long = total > LONG_WORK;
    m->block_size = divide_up(m->data->train, part_count(total, total, m->data->train));
    m->block_count = divide_up(m->data->train, m->block_size);
    for (int64_t l = 0; l < m->depth; l++) m->tile_count += cut_layer(m, l, total, NULL);
    void *memory;
    eos_status status = mlp_allocate(m, "tiles", m->tile_count, 1, sizeof(mlp_tile), &memory);
    if (status) return status;
    m->tiles = memory;
    mlp_tile *next = m->tiles;
    for (int64_t l = 0; l < m->depth; l++) next += cut_layer(m, l, total, next);
    status = mlp_allocate(m, "block sums", m->block_count, 1, sizeof(double), &memory);
    m->block_sums = memory;
    return status;
}

void mlp_each(const mlp *m, int64_t count, void (*body)(void *ctx, int64_t i), void *ctx) {
    if (count > 1 && !m->is_small) {
        m->host->parallel(m->host, count, body, ctx);
    } else {
        for (int64_t i = 0; i < count; i++) body(ctx, i);
    }
}
