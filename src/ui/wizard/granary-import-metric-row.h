/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-metric.h"

G_BEGIN_DECLS

/**
 * GranaryImportMetricRow:
 *
 * Name and value of one metric.
 *
 * Signals, without arguments: `changed` (the user typed), `remove` (its button), `next` (Enter in
 * the value), `left` (the focus went elsewhere).
 */
#define GRANARY_TYPE_IMPORT_METRIC_ROW (granary_import_metric_row_get_type ())
G_DECLARE_FINAL_TYPE (GranaryImportMetricRow, granary_import_metric_row, GRANARY, IMPORT_METRIC_ROW, AdwPreferencesRow)

GtkWidget     *granary_import_metric_row_new         (const GranaryMetric    *metric) G_GNUC_WARN_UNUSED_RESULT;
GranaryMetric *granary_import_metric_row_make_metric (GranaryImportMetricRow *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean       granary_import_metric_row_is_complete (GranaryImportMetricRow *self);
void           granary_import_metric_row_set_problem (GranaryImportMetricRow *self,
                                                      GtkWidget              *message);

G_END_DECLS
