/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-version.h"

G_BEGIN_DECLS

/**
 * GranaryMetricsSection:
 *
 * The metrics of a version as reported, in their order.
 */
#define GRANARY_TYPE_METRICS_SECTION (granary_metrics_section_get_type ())
G_DECLARE_FINAL_TYPE (GranaryMetricsSection, granary_metrics_section,
                      GRANARY, METRICS_SECTION, AdwBin)

void granary_metrics_section_set_version (GranaryMetricsSection *self,
                                          GranaryVersion        *version);

G_END_DECLS
