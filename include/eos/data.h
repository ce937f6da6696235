/* Data sets that the host reads or generates, so that a model needs no parser of its own.
 *
 * A plugin whose descriptor carries EOS_USES_DATA takes the keys data.* as the host defines them (`eos plugins --data`
 * lists them) and calls eos_host.load_data. */
#ifndef EOS_DATA_H
#define EOS_DATA_H

#include "base.h"

/* Samples, training part first: sample i < train is for training, the next `test` for testing.
 *
 * A table has steps == 1 and features == channels. A series or image sample is stored step by step, channels within a
 * step: element [step][channel] at step * channels + channel, except images (idx, cifar), which keep the order of their
 * file with channels planes. Series shorter than `steps` are padded with zeros; `lengths` then gives the length of
 * each series. */
typedef struct eos_dataset {
    uint32_t struct_size;
    uint32_t dtype;         /* EOS_F32 or EOS_F64, as asked for */
    int64_t train, test;    /* samples */
    int64_t features;       /* elements of one sample */
    int64_t channels;       /* of one step of a series, or colour planes of an image */
    int64_t steps;          /* the longest series; pixels of a plane for an image; 1 for a table */
    int64_t classes;        /* labels are 0 .. classes-1 */
    const void *inputs;     /* (train + test) x features, row-major, standardised as configured */
    const int32_t *labels;  /* train + test */
    const int64_t *lengths; /* steps of each sample, train + test; NULL where all have `steps` */
} eos_dataset;

#endif
