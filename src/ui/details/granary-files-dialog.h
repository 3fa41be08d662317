/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryFilesDialog:
 *
 * All files of a version, to be searched; made for a hundred thousand of them.
 */
#define GRANARY_TYPE_FILES_DIALOG (granary_files_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFilesDialog, granary_files_dialog, GRANARY, FILES_DIALOG, AdwDialog)

GranaryFilesDialog *granary_files_dialog_new         (GranaryConnection  *connection,
                                                      GranaryVersion     *version) G_GNUC_WARN_UNUSED_RESULT;
guint               granary_files_dialog_get_n_shown (GranaryFilesDialog *self);

G_END_DECLS
