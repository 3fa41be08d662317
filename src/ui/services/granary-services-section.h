/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryServicesSection:
 *
 * The services that use a model or version, in the details; hidden when there are none.
 */
#define GRANARY_TYPE_SERVICES_SECTION (granary_services_section_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServicesSection, granary_services_section, GRANARY, SERVICES_SECTION, AdwBin)

/* @connection (nullable): whose services they are. @services: (element-type GranaryService) */
void granary_services_section_set_services (GranaryServicesSection *self,
                                            GranaryConnection      *connection,
                                            GPtrArray              *services);

G_END_DECLS
