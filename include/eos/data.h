/* Data sets. The host reads or generates them, so that a model needs no parser.
 *
 * A plugin that sets EOS_USES_DATA in its descriptor also accepts the keys data.* of the host, which
 * `eos plugins --data` lists. It gets the data from eos_host.load_data. */
#ifndef EOS_DATA_H
#define EOS_DATA_H

#include "base.h"

/* Samples. The first `train` samples are for training, and the next `test` samples are for testing.
 *
 * A table has steps == 1 and features == channels. A series is stored step by step: element [step][channel] is at
 * step * channels + channel. An image (idx, cifar) keeps the order of its file, with one plane for each channel. Series
 * shorter than `steps` are padded with zeros, and `lengths` then gives the length of each series. */
typedef struct eos_dataset {
    uint32_t struct_size;
    uint32_t dtype;         /* EOS_F32 or EOS_F64, as requested */
    int64_t train, test;    /* numbers of samples */
    int64_t features;       /* number of elements of one sample */
    int64_t channels;       /* number of values in one step of a series, or of colour planes in an image */
    int64_t steps;          /* length of the longest series, pixels in a plane of an image, or 1 for a table */
    int64_t classes;        /* number of classes; labels are from 0 to classes - 1 */
    const void *inputs;     /* (train + test) x features, row-major, standardised as the keys say */
    const int32_t *labels;  /* train + test labels */
    const int64_t *lengths; /* steps of each of the train + test samples; NULL if all have `steps` */
} eos_dataset;

#endif
