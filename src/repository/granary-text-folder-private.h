/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GranaryTextFolder:
 *
 * A temporary folder that texts are written to, each time into a folder of their own inside it.
 * Made when it is first needed. Counted references; the functions that touch the disk block and
 * belong to one worker thread.
 */
typedef struct _GranaryTextFolder GranaryTextFolder;

GranaryTextFolder *granary_text_folder_new    (void) G_GNUC_WARN_UNUSED_RESULT;
GranaryTextFolder *granary_text_folder_ref    (GranaryTextFolder  *self);
void               granary_text_folder_unref  (gpointer            self);
char              *granary_text_folder_write  (GranaryTextFolder  *self,
                                               GHashTable         *texts,
                                               GError            **error) G_GNUC_WARN_UNUSED_RESULT;
void               granary_text_folder_remove (GranaryTextFolder  *self);

G_END_DECLS
