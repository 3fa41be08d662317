/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GranaryTaskFolders:
 *
 * In which folders tasks are looked for, and the file that remembers them, which other processes
 * change too. Any thread may use it. Lists are (array zero-terminated=1) (element-type filename).
 */
typedef struct _GranaryTaskFolders GranaryTaskFolders;

/* @path: (nullable): the file; read at once. */
GranaryTaskFolders *granary_task_folders_new    (const char          *path,
                                                 const char * const  *folders) G_GNUC_WARN_UNUSED_RESULT;
GranaryTaskFolders *granary_task_folders_ref    (GranaryTaskFolders  *self);
void                granary_task_folders_unref  (GranaryTaskFolders  *self);
GStrv               granary_task_folders_dup    (GranaryTaskFolders  *self) G_GNUC_WARN_UNUSED_RESULT;
/* These two block. */
GStrv               granary_task_folders_reload (GranaryTaskFolders  *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean            granary_task_folders_set    (GranaryTaskFolders  *self,
                                                 const char * const  *folders,
                                                 GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTaskFolders, granary_task_folders_unref)

G_END_DECLS
