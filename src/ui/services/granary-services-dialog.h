/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"
#include "granary-service-list.h"

G_BEGIN_DECLS

/**
 * GranaryServicesDialog:
 *
 * The service groups that use a version or model, with their services: what is looked at, and acted
 * on, before a deletion is decided.
 */
#define GRANARY_TYPE_SERVICES_DIALOG (granary_services_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServicesDialog, granary_services_dialog, GRANARY, SERVICES_DIALOG, AdwDialog)

/* @object: what they use. Ids: (element-type gint64) */
GranaryServicesDialog *granary_services_dialog_new (GranaryConnection  *connection,
                                                    GranaryServiceList *list,
                                                    const char         *object,
                                                    GArray             *model_ids,
                                                    GArray             *version_ids) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
