/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"
#include "granary-service-list.h"
#include "granary-services-view.h"
#include "granary-transfers-button.h"

G_BEGIN_DECLS

/**
 * GranaryServicesPage:
 *
 * The window's page of model services: all of them, live, with a search.
 */
#define GRANARY_TYPE_SERVICES_PAGE (granary_services_page_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServicesPage, granary_services_page, GRANARY, SERVICES_PAGE, AdwBin)

void                    granary_services_page_set_list             (GranaryServicesPage *self,
                                                                    GranaryConnection   *connection,
                                                                    GranaryServiceList  *list);
void                    granary_services_page_show                 (GranaryServicesPage *self,
                                                                    const char          *uid);
void                    granary_services_page_search               (GranaryServicesPage *self);
GranaryServicesView    *granary_services_page_get_view             (GranaryServicesPage *self);
AdwBanner              *granary_services_page_get_banner           (GranaryServicesPage *self);
GranaryTransfersButton *granary_services_page_get_transfers_button (GranaryServicesPage *self);

G_END_DECLS
