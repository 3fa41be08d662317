/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-import-draft.h"

G_BEGIN_DECLS

/**
 * GranaryImportService:
 *
 * The two files that a service is started from: there, missing, wrong, or written here.
 */
#define GRANARY_TYPE_IMPORT_SERVICE (granary_import_service_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportService, granary_import_service, GRANARY, IMPORT_SERVICE, AdwPreferencesGroup)

void granary_import_service_set_draft (GranaryImportService *self,
                                       GranaryImportDraft   *draft);
void granary_import_service_set_provided (GranaryImportService *self,
                                          gboolean              provided);

G_END_DECLS
