/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-run-reader-private.h"

G_BEGIN_DECLS

/* What can be listed at all; beyond it a note says that some are left out. */
#define GRANARY_RUNS_MAX 200000

/**
 * GranaryRunWalkFunc:
 * @runs: (element-type GranaryRun): found together; the function takes what it steals
 * @data: as given
 *
 * Called as soon as runs are found.
 */
typedef void (*GranaryRunWalkFunc) (GPtrArray *runs,
                                    gpointer   data);

/* Looks for runs in @folders and below. What keeps the result from being whole is put into @note;
 * it fails only when cancelled. Blocks. */
gboolean   granary_run_walk    (const char * const  *folders,
                                GranaryRunWalkFunc   func,
                                gpointer             data,
                                GError             **note,
                                GCancellable        *cancellable,
                                GError             **error);
/* The runs of one folder, not of those below it; empty when it holds none. Blocks. */
GPtrArray *granary_run_look_at (const char          *folder,
                                GCancellable        *cancellable,
                                GError             **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
