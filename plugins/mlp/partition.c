/* How an evaluation is cut into parts, from the problem alone. */
#include "mlp.h"

/* Samples of a block: enough for a product to pass over the weights at the speed of its arithmetic, in few enough for
 * threads to end at about the same time. */
enum { BLOCK_SIZE = 48 };
/* Blocks of a batch, whose gradient adds to the one before; and the bytes of samples up to which it has so many. */
enum { BATCH_BLOCKS = 16, BATCH_BLOCKS_OF_WIDE = 8, BATCH_BYTES = 12 << 20 };
/* Weights of a tile in a row, and tiles of a layer that is narrow. */
enum { TILE_COLUMNS = 128, TILES = 8, MINIMUM_TILE_ROWS = 24 };
/* Multiplications worth a second thread's wake-up. */
static const double SMALL_WORK = 4e6;

static double weight_count(const mlp *m) {
    double weights = 0;
    for (int64_t l = 0; l < m->depth; l++) weights += (double)m->layers[l].in * (double)m->layers[l].out;
    return weights;
}

/* The tiles of layer l; returns how many. tiles may be NULL. */
static int64_t cut_layer(const mlp *m, int64_t l, mlp_tile *tiles) {
    const mlp_layer *layer = &m->layers[l];
    int64_t columns = eos_part_count(layer->in, TILE_COLUMNS);
    int64_t parts = columns < TILES ? eos_part_count(TILES, columns) : 1;
    int64_t limit = layer->out / MINIMUM_TILE_ROWS;
    if (parts > limit) parts = limit > 1 ? limit : 1;
    int64_t height = eos_part_count(layer->out, parts), count = 0;
    for (int64_t column = 0; column < layer->in; column += TILE_COLUMNS) {
        for (int64_t row = 0; row < layer->out; row += height, count++) {
            if (!tiles) continue;
            tiles[count] = (mlp_tile){l, row, mlp_smaller(height, layer->out - row), column,
                                      mlp_smaller(TILE_COLUMNS, layer->in - column)};
        }
    }
    return count;
}

eos_status mlp_partition(mlp *m) {
    double total = (double)m->data->train * weight_count(m);
    m->is_small = total < SMALL_WORK;
    m->is_long = total > m->interruptible_above;
    m->block_size = BLOCK_SIZE;
    m->block_count = eos_part_count(m->data->train, m->block_size);
    double bytes = (double)m->data->features * (double)m->kernels->element_size;
    m->batch_blocks = BATCH_BLOCKS * BLOCK_SIZE * bytes <= BATCH_BYTES ? BATCH_BLOCKS : BATCH_BLOCKS_OF_WIDE;
    m->batch_count = eos_part_count(m->block_count, m->batch_blocks);
    for (int64_t l = 0; l < m->depth; l++) m->tile_count += cut_layer(m, l, NULL);
    const eos_array arrays[] = {EOS_ARRAY(m->tiles, m->tile_count, 1), EOS_ARRAY(m->block_sums, m->block_count, 1)};
    if (!eos_allocate_arrays(m->host, "layers", arrays, EOS_COUNT(arrays))) return EOS_E_MEMORY;
    mlp_tile *next = m->tiles;
    for (int64_t l = 0; l < m->depth; l++) next += cut_layer(m, l, next);
    return EOS_OK;
}
