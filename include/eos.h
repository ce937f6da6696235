/* eos.h: the stable C interface of eos, version 1.0.
 *
 * eos trains models that live in plugins. Programs that link libeos and plugins that eos loads include this header. It
 * includes one file per concept:
 *
 *   eos/base.h       version, element types, statuses, stop reasons
 *   eos/stream.h     byte streams for saved state
 *   eos/config.h     parameters: their schema and their values
 *   eos/data.h       data sets that the host reads for a plugin
 *   eos/host.h       the functions that the host offers to a plugin
 *   eos/objective.h  the function to minimise
 *   eos/policy.h     the choice of the step and the direction
 *   eos/plugin.h     the entry of a plugin; plugins include only this file or eos/kit.h
 *   eos/runtime.h    libeos: contexts, loading, objectives and policies as handles
 *   eos/trainer.h    libeos: training by callbacks or by ask and tell; eos_minimize
 *   eos/curvature.h  libeos: leading Hessian eigenvalues with residual bounds, and spectra
 *
 * eos/kit.h helps authors of plugins in C: it formats error messages, checks allocations, reads values by key, and
 * defines rows of tables and the entry. This header does not include it.
 *
 * These rules hold everywhere:
 *   - struct_size is the first field of every struct that a caller or a plugin fills. Set it to the size of the struct.
 *     Later versions only append fields. A field is read only if struct_size covers it.
 *   - A function that can fail returns an eos_status: 0 for success, a positive number if the caller can recover, a
 *     negative number for an error. After an error, eos_last_error copies a message that names the offending value and
 *     the remedy.
 *   - Every count and index is an int64_t. Integers in structs have fixed widths.
 *   - Whoever allocates memory frees it. If a function lends a pointer, its comment says how long the pointer is valid.
 *   - Comments name the threads that may call a function. [any]: any thread at any time. [owner]: one thread at a time
 *     for the same object. [run]: the thread of the host that runs the trainer.
 */
#ifndef EOS_H
#define EOS_H

#include "eos/base.h"
#include "eos/stream.h"
#include "eos/config.h"
#include "eos/data.h"
#include "eos/host.h"
#include "eos/objective.h"
#include "eos/policy.h"
#include "eos/plugin.h"
#include "eos/runtime.h"
#include "eos/trainer.h"
#include "eos/curvature.h"

#endif
