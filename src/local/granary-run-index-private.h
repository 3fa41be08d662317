/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-run-walk-private.h"
#include "granary-task-source.h"

G_BEGIN_DECLS

/**
 * GranaryRunSnapshot:
 * @runs: (element-type GranaryRun): newest first
 * @note: (nullable): what keeps it from being whole
 *
 * The runs that were found at one time. Immutable, may be shared by threads.
 */
typedef struct
{
  GPtrArray *runs;
  GError    *note;
} GranaryRunSnapshot;

typedef struct _GranaryRunIndex GranaryRunIndex;

/* Called in the thread that searched, when a search is over of which a page was given before. */
typedef void (*GranaryRunIndexFunc) (gpointer data);

GranaryRunSnapshot *granary_run_snapshot_ref      (GranaryRunSnapshot      *self);
void                granary_run_snapshot_unref    (GranaryRunSnapshot      *self);
gboolean            granary_run_snapshot_equal    (GranaryRunSnapshot      *self,
                                                   GranaryRunSnapshot      *other);

GranaryRunIndex    *granary_run_index_new         (GranaryRunIndexFunc      func,
                                                   gpointer                 data,
                                                   GDestroyNotify           data_free) G_GNUC_WARN_UNUSED_RESULT;
GranaryRunIndex    *granary_run_index_ref         (GranaryRunIndex         *self);
void                granary_run_index_unref       (GranaryRunIndex         *self);
void                granary_run_index_close       (GranaryRunIndex         *self);
void                granary_run_index_set_folders (GranaryRunIndex         *self,
                                                   const char * const      *folders);
/* Both block until the folders have been searched; a list only until there is something to show, if
 * @in_parts. */
GranaryRunSnapshot *granary_run_index_search      (GranaryRunIndex         *self,
                                                   gboolean                 may_be_old,
                                                   GCancellable            *cancellable,
                                                   GError                 **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryTaskPage    *granary_run_index_list        (GranaryRunIndex         *self,
                                                   const GranaryTaskQuery  *query,
                                                   gboolean                 in_parts,
                                                   GCancellable            *cancellable,
                                                   GError                 **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryRunSnapshot, granary_run_snapshot_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryRunIndex, granary_run_index_unref)

G_END_DECLS
