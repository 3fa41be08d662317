/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-model.h"

G_BEGIN_DECLS

/**
 * GranaryMetricSection:
 *
 * One metric of a model over its versions, and which one that is. What is chosen here is the
 * model's primary metric, shown in the list too.
 *
 * Signals: metric-chosen (gint64 model_id, const char *name); version-activated (int number).
 */
#define GRANARY_TYPE_METRIC_SECTION (granary_metric_section_get_type ())
G_DECLARE_FINAL_TYPE (GranaryMetricSection, granary_metric_section, GRANARY, METRIC_SECTION, AdwBin)

void granary_metric_section_set_model (GranaryMetricSection *self,
                                      GranaryModel *model);

G_END_DECLS
