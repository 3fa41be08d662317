/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GranaryRememberedFolders:
 *
 * In which folders tasks are looked for, and the file that remembers them, which other processes
 * change too. Any thread may use it. Lists are (array zero-terminated=1) (element-type filename).
 */
typedef struct _GranaryRememberedFolders GranaryRememberedFolders;

/* @path: (nullable): the file; read at once. */
GranaryRememberedFolders *granary_remembered_folders_new    (const char         *path,
                                                             const char * const *folders) G_GNUC_WARN_UNUSED_RESULT;
GranaryRememberedFolders *granary_remembered_folders_ref    (GranaryRememberedFolders  *self);
void                granary_remembered_folders_unref  (GranaryRememberedFolders  *self);
GStrv               granary_remembered_folders_dup    (GranaryRememberedFolders  *self) G_GNUC_WARN_UNUSED_RESULT;
/* These two block. */
GStrv               granary_remembered_folders_reload (GranaryRememberedFolders  *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean            granary_remembered_folders_set    (GranaryRememberedFolders  *self,
                                                       const char * const        *folders,
                                                       GError                   **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryRememberedFolders, granary_remembered_folders_unref)

G_END_DECLS
