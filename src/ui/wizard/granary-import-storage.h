/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-import-draft.h"

G_BEGIN_DECLS

/**
 * GranaryImportStorage:
 *
 * A folder of object storage to import: its address, typed or browsed for, what lies there, and
 * whether it stays there.
 */
#define GRANARY_TYPE_IMPORT_STORAGE (granary_import_storage_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportStorage, granary_import_storage, GRANARY, IMPORT_STORAGE, AdwPreferencesGroup)

void granary_import_storage_set_draft (GranaryImportStorage *self,
                                       GranaryImportDraft   *draft);

G_END_DECLS
