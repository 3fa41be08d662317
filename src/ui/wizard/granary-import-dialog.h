/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"
#include "granary-import-draft.h"

G_BEGIN_DECLS

#define GRANARY_TYPE_IMPORT_DIALOG (granary_import_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportDialog, granary_import_dialog, GRANARY, IMPORT_DIALOG, AdwDialog)

/* @into_model_id 0: New Model preselected; else New Version of that model. @paths (nullable): files
 * and folders to start with (dropped, or opened from the file manager). */
GranaryImportDialog *granary_import_dialog_new (GranaryConnection  *connection,
                                                gint64              into_model_id,
                                                const char * const *paths) G_GNUC_WARN_UNUSED_RESULT;

/* The same, on the tab of tasks, with a task chosen. */
GranaryImportDialog *granary_import_dialog_new_for_task (GranaryConnection *connection,
                                                         gint64             into_model_id,
                                                         const char        *task_uid) G_GNUC_WARN_UNUSED_RESULT;

/* Comes back to an import that did not work, with everything as it was. @error (nullable) is why. */
GranaryImportDialog *granary_import_dialog_new_for_draft (GranaryImportDraft *draft,
                                                          const GError       *error) G_GNUC_WARN_UNUSED_RESULT;
GranaryImportDraft  *granary_import_dialog_get_draft     (GranaryImportDialog *self);

G_END_DECLS
