/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-tione-files-private.h"

G_BEGIN_DECLS

/* Folders of this computer that versions are fetched into. Links in them are never followed. */

/* Files below @path, however deep. */
guint    granary_tione_folder_count   (const char                *path);
/* Their bytes. */
gint64   granary_tione_folder_size    (const char                *path);
/* As well as it goes. */
void     granary_tione_folder_remove  (const char                *path);
/* Whether each of @files (element-type GranaryFile) below @where is there with the same content. */
gboolean granary_tione_folder_compare (GranaryTionePlace         *place,
                                       const GranaryObjectPlace  *where,
                                       GPtrArray                 *files,
                                       const char                *path,
                                       gboolean                  *is_same,
                                       GCancellable              *cancellable,
                                       GError                   **error);
/* Whether the file at @path holds what the object does; an object whose checksum nobody knows is
 * never the same. */
gboolean granary_tione_file_compare   (GranaryTionePlace         *place,
                                       const GranaryObjectPlace  *at,
                                       gint64                     size,
                                       const char                *path,
                                       gboolean                  *is_same,
                                       GCancellable              *cancellable,
                                       GError                   **error);

G_END_DECLS
