/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* More than any config.json or model_service.py; what is larger is no text to edit by hand. */
#define GRANARY_IMPORT_TEXT_MAX_BYTES (1024 * 1024)

/* Reads a chosen text file for editing, off the main thread. */
void  granary_import_text_read_async  (const char           *path,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
char *granary_import_text_read_finish (GAsyncResult         *result,
                                       GError              **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
