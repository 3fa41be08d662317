/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"
#include "granary-service-list.h"

G_BEGIN_DECLS

/**
 * GranaryServicesView:
 *
 * The services of a connection in their groups, or those of some models and versions, to look at and
 * to act on.
 *
 *   GranaryServiceList → filter (models, versions, search) → selection → rows of GranaryServiceLine
 */
#define GRANARY_TYPE_SERVICES_VIEW (granary_services_view_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServicesView, granary_services_view, GRANARY, SERVICES_VIEW, AdwBin)

void               granary_services_view_set_list       (GranaryServicesView *self,
                                                         GranaryConnection   *connection,
                                                         GranaryServiceList  *list);
void               granary_services_view_set_subject    (GranaryServicesView *self,
                                                         GArray              *model_ids,
                                                         GArray              *version_ids);
void               granary_services_view_set_search     (GranaryServicesView *self,
                                                         const char          *text);
void               granary_services_view_select         (GranaryServicesView *self,
                                                         const char          *uid);
GtkSelectionModel *granary_services_view_get_selection  (GranaryServicesView *self);

G_END_DECLS
