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

static int64_t part_size(double work, int64_t length, int64_t minimum) {
    double parts = work / PART_WORK;
    int64_t limit = length / minimum > 1 ? length / minimum : 1;
    if (limit > MAXIMUM_PARTS) limit = MAXIMUM_PARTS;
    if (parts >= (double)limit) return eos_part_count(length, limit);
    return eos_part_count(length, parts > 1 ? (int64_t)parts : 1);
}

eos_status rnn_partition(path_rnn *p) {
    int64_t columns = p->steps * p->channels;
    double outputs = (double)p->train * (double)p->readouts;
    double work = outputs * ((double)columns + PROBABILITY_WORK);
    p->is_small = work < 2 * PART_WORK;
    p->is_long = work > LONG_WORK;
    p->block_size = part_size(work, p->train, MINIMUM_PATHS);
    p->block_count = eos_part_count(p->train, p->block_size);
    p->strip_size = part_size(outputs * (double)columns, columns, MINIMUM_COLUMNS);
    p->strip_count = eos_part_count(columns, p->strip_size);
    p->block_sums =
        eos_allocate(p->host, "evaluation", p->block_count * p->readouts, p->readouts, sizeof *p->block_sums);
    return p->block_sums ? EOS_OK : EOS_E_MEMORY;
}
