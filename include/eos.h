/* eos.h: the stable C interface of eos, version 1.0.
 *
 * eos trains models that live in plugins. This header is what programs that link libeos and plugins that eos loads
 * have in common; it includes one file per concept:
 *
 *   eos/base.h       version, element types, statuses, stop reasons
 *   eos/stream.h     byte streams for saved state
 *   eos/config.h     parameters: their schema and their values
 *   eos/data.h       data sets that the host reads for a plugin
 *   eos/host.h       what the host offers to a plugin
 *   eos/objective.h  what is minimised
 *   eos/policy.h     what decides the step size
 *   eos/plugin.h     the entry of a shared object: plugins include this one only, or eos/kit.h
 *   eos/runtime.h    libeos: contexts, loading, objectives and policies as handles
 *   eos/trainer.h    libeos: training, by callbacks or by ask and tell; eos_minimize
 *   eos/curvature.h  libeos: leading Hessian eigenvalues with residual bounds, and spectra
 *
 * eos/kit.h is for authors of plugins in C: failures with a format, checked memory, values by key, rows of tables and
 * the entry. It is not part of this header.
 *
 * Rules that hold everywhere:
 *   - struct_size is the first field of every struct that a caller or a plugin fills: set it to sizeof the struct.
 *     Fields are only ever appended, and one is read only if struct_size covers it.
 *   - A function that can fail returns an eos_status: 0 is success, > 0 recoverable, < 0 an error; for an error
 *     eos_last_error gives a sentence that names the offending value and the remedy.
 *   - Every count and index is an int64_t. Integers in structs have fixed widths.
 *   - Whoever allocates frees. A pointer that a function lends says in its comment how long it stays valid.
 *   - Each comment names the threads that may call: [any] any thread at any time; [owner] one thread at a time for
 *     the same object; [run] the thread that runs the trainer, made by the host.
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
