/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-import-draft.h"

G_BEGIN_DECLS

/**
 * GranaryImportMetrics:
 *
 * The reported measures of a version as rows of name and value.
 */
#define GRANARY_TYPE_IMPORT_METRICS (granary_import_metrics_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportMetrics, granary_import_metrics, GRANARY, IMPORT_METRICS, AdwPreferencesGroup)

void granary_import_metrics_set_draft (GranaryImportMetrics *self,
                                       GranaryImportDraft   *draft);

G_END_DECLS
