/* How an evaluation is cut into parts, from the problem alone. */
#include "path_rnn.h"

/* Multiplications worth a thread's wake-up, about a tenth of a millisecond; and parts enough for any machine. */
static const double PART_WORK = 4e5;
static const int64_t MAXIMUM_PARTS = 64;
/* Fewer than these make a matrix product slow. */
static const int64_t MINIMUM_PATHS = 32, MINIMUM_COLUMNS = 8;
/* About a second on one core. */
static const double LONG_WORK = 4e9;
/* Multiplications that a margin's probability takes the time of. */
static const double PROBABILITY_WORK = 40;

static int64_t divide_up(int64_t a, int64_t b) { return a / b + (a % b != 0); }

static int64_t part_size(double work, int64_t length, int64_t minimum) {
    double parts = work / PART_WORK;
    int64_t limit = length / minimum > 1 ? length / minimum : 1;
    if (limit > MAXIMUM_PARTS) limit = MAXIMUM_PARTS;
    if (parts >= (double)limit) return divide_up(length, limit);
    return divide_up(length, parts > 1 ? (int64_t)parts : 1);
}

eos_status rnn_partition(path_rnn *p) {
    int64_t columns = p->steps * p->channels;
    double outputs = (double)p->train * (double)p->readouts;
    double work = outputs * ((double)columns + PROBABILITY_WORK);
    p->is_small = work < 2 * PART_WORK;
    p->is_long = work > LONG_WORK;
    p->block_size = part_size(work, p->train, MINIMUM_PATHS);
    p->block_count = divide_up(p->train, p->block_size);
    p->strip_size = part_size(outputs * (double)columns, columns, MINIMUM_COLUMNS);
    p->strip_count = divide_up(columns, p->strip_size);
    void *memory;
    const rnn_array array = {&p->block_sums, p->block_count * p->readouts, p->readouts};
    return rnn_allocate(p, "evaluation", &array, 1, &memory);
}

void rnn_each(const path_rnn *p, int64_t count, void (*body)(void *ctx, int64_t i), void *ctx) {
    if (count > 1 && !p->is_small) {
        p->host->parallel(p->host, count, body, ctx);
    } else {
        for (int64_t i = 0; i < count; i++) body(ctx, i);
    }
}
