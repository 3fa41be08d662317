/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-model.h"

G_BEGIN_DECLS

/**
 * GranaryMetricChart:
 *
 * One metric of a model over its versions, as a line with a point for each version. Deleted
 * numbers and versions without the metric stay empty. The arrow keys move from point to point.
 *
 * Signal: version-activated (int number), when a point is clicked or Enter is pressed on it.
 */
#define GRANARY_TYPE_METRIC_CHART (granary_metric_chart_get_type ())
G_DECLARE_FINAL_TYPE (GranaryMetricChart, granary_metric_chart, GRANARY, METRIC_CHART, GtkWidget)

GranaryMetricChart *granary_metric_chart_new          (void) G_GNUC_WARN_UNUSED_RESULT;
void                granary_metric_chart_set_data     (GranaryMetricChart *self,
                                                       GranaryModel       *model,
                                                       const char         *metric);
guint               granary_metric_chart_get_n_points (GranaryMetricChart *self);
int                 granary_metric_chart_get_selected (GranaryMetricChart *self);

G_END_DECLS
