/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-run-index-private.h"

G_BEGIN_DECLS

/**
 * GranaryFolderWatch:
 * @is_changed: whether a list would look different
 * @tasks: (element-type GranaryTask): runs with a new best output
 * @output_ids: (element-type utf8): their outputs
 * @folders: (element-type filename): those where runs appear
 *
 * What is different between two searches.
 */
typedef struct
{
  gboolean   is_changed;
  GPtrArray *tasks;
  GPtrArray *output_ids;
  GPtrArray *folders;
} GranaryFolderWatch;

GranaryFolderWatch *granary_folder_watch_new  (const char * const  *roots,
                                               GranaryRunSnapshot  *before,
                                               GranaryRunSnapshot  *now,
                                               GCancellable        *cancellable) G_GNUC_WARN_UNUSED_RESULT;
void                granary_folder_watch_free (GranaryFolderWatch  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryFolderWatch, granary_folder_watch_free)

G_END_DECLS
