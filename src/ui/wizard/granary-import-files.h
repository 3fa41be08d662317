/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-import-draft.h"

G_BEGIN_DECLS

/**
 * GranaryImportFiles:
 *
 * The files of an import: chosen, dropped, listed, left out again; copied or cut.
 */
#define GRANARY_TYPE_IMPORT_FILES (granary_import_files_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportFiles, granary_import_files, GRANARY, IMPORT_FILES, AdwPreferencesGroup)

void granary_import_files_set_draft (GranaryImportFiles *self,
                                     GranaryImportDraft *draft);

/* Files can be left out only. */
void granary_import_files_fix       (GranaryImportFiles *self);

/* Adds what a chooser or a drop gave; what is not on this computer is said in a toast. */
void granary_import_files_add       (GtkWidget          *widget,
                                     GranaryImportDraft *draft,
                                     GSList             *files);

G_END_DECLS
