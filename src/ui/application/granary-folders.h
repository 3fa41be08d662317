/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryFolders:
 *
 * The folders of this computer that can be shown as repositories: the default one, and those the
 * user opened. Kept in the settings.
 *
 * Signals: changed.
 */
#define GRANARY_TYPE_FOLDERS (granary_folders_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFolders, granary_folders, GRANARY, FOLDERS, GObject)

GranaryFolders *granary_folders_new         (GSettings      *settings) G_GNUC_WARN_UNUSED_RESULT;
char           *granary_folders_dup_default (GranaryFolders *self) G_GNUC_WARN_UNUSED_RESULT;
void            granary_folders_set_default (GranaryFolders *self,
                                             const char     *folder);
gboolean        granary_folders_is_default  (GranaryFolders *self,
                                             const char     *folder);
GStrv           granary_folders_list        (GranaryFolders *self) G_GNUC_WARN_UNUSED_RESULT;
void            granary_folders_add         (GranaryFolders *self,
                                             const char     *folder);
void            granary_folders_remove      (GranaryFolders *self,
                                             const char     *folder);
char           *granary_folders_dup_title   (GranaryFolders *self,
                                             const char     *folder) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
