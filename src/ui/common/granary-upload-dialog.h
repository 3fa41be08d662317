/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryUploadDialog:
 *
 * Lists what an upload would add to a version and what it would replace, and lets the user leave
 * files out, add more and pick the folder they go to.
 *
 * Signal: confirmed (GranaryUploadRequest *request), once, with what was agreed to; the dialog is
 * closed after it.
 */
#define GRANARY_TYPE_UPLOAD_DIALOG (granary_upload_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GranaryUploadDialog, granary_upload_dialog, GRANARY, UPLOAD_DIALOG, AdwDialog)

GranaryUploadDialog *granary_upload_dialog_new       (GranaryConnection   *connection,
                                                      GranaryVersion      *version) G_GNUC_WARN_UNUSED_RESULT;
void                 granary_upload_dialog_add_paths (GranaryUploadDialog *self,
                                                      const char * const  *paths);

G_END_DECLS
