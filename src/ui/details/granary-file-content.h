/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryFileContent:
 * @bytes: what is in the file
 * @stamp: opaque text that changes with the content
 */
typedef struct
{
  GBytes *bytes;
  char   *stamp;
} GranaryFileContent;

void                granary_file_content_free         (GranaryFileContent   *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryFileContent, granary_file_content_free)

/* A small file of a version, wherever it is: in a folder of this computer or in the storage. One of
 * more than @max bytes is a FORMAT_UNREADABLE error, one that is gone FILE_MISSING. */
void                granary_file_content_load_async   (GranaryConnection    *connection,
                                                       GranaryVersion       *version,
                                                       const char           *path,
                                                       gsize                 max,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
GranaryFileContent *granary_file_content_load_finish  (GAsyncResult         *result,
                                                       GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* The stamp of the file as it is now; NULL without an error when it is gone. */
void                granary_file_content_stamp_async  (GranaryConnection    *connection,
                                                       GranaryVersion       *version,
                                                       const char           *path,
                                                       GCancellable         *cancellable,
                                                       GAsyncReadyCallback   callback,
                                                       gpointer              user_data);
gboolean            granary_file_content_stamp_finish (GAsyncResult         *result,
                                                       char                **stamp,
                                                       GError              **error);

G_END_DECLS
