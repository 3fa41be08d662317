/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-import-draft.h"

G_BEGIN_DECLS

/**
 * GranaryImportServiceRow:
 *
 * Whether one of the service files is among those to import, and right. Its buttons make it from
 * the template, take a misspelt one for it, or activate `import.edit` with the target.
 *
 * Properties: target (utf8), config.json or model_service.py.
 */
#define GRANARY_TYPE_IMPORT_SERVICE_ROW (granary_import_service_row_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportServiceRow, granary_import_service_row, GRANARY, IMPORT_SERVICE_ROW, AdwActionRow)

void granary_import_service_row_set_draft (GranaryImportServiceRow *self,
                                           GranaryImportDraft      *draft);
void granary_import_service_row_set_provided (GranaryImportServiceRow *self,
                                              gboolean                 provided);

G_END_DECLS
