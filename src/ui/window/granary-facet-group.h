/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-catalog.h"

G_BEGIN_DECLS

/**
 * GranaryFacetGroup:
 *
 * The values of one tag key in the sidebar, each with how many models carry it. One of them, or
 * none, filters the list.
 *
 * Signals: chosen (const char *value, nullable).
 */
#define GRANARY_TYPE_FACET_GROUP (granary_facet_group_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFacetGroup, granary_facet_group, GRANARY, FACET_GROUP, GtkBox)

GtkWidget  *granary_facet_group_new        (const char        *key) G_GNUC_WARN_UNUSED_RESULT;
const char *granary_facet_group_get_key    (GranaryFacetGroup *self);
void        granary_facet_group_set_facets (GranaryFacetGroup *self,
                                            GPtrArray         *facets);
void        granary_facet_group_set_value  (GranaryFacetGroup *self,
                                            const char        *value);

G_END_DECLS
