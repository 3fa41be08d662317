/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-import-file-list.h"

G_BEGIN_DECLS

/**
 * GranaryImportFileRow:
 *
 * One file to import. Its button activates the action `import.remove-file` with the target.
 *
 * Properties: item (GranaryImportFileItem).
 */
#define GRANARY_TYPE_IMPORT_FILE_ROW (granary_import_file_row_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportFileRow, granary_import_file_row, GRANARY, IMPORT_FILE_ROW, GtkBox)

void granary_import_file_row_remove (GranaryImportFileRow *self);

G_END_DECLS
