/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-import-draft.h"

G_BEGIN_DECLS

/**
 * GranaryImportMoveRow:
 *
 * Whether the files are copied or cut, and what that means for the originals.
 */
#define GRANARY_TYPE_IMPORT_MOVE_ROW (granary_import_move_row_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportMoveRow, granary_import_move_row, GRANARY, IMPORT_MOVE_ROW, AdwActionRow)

void granary_import_move_row_set_draft (GranaryImportMoveRow *self,
                                        GranaryImportDraft   *draft);

G_END_DECLS
