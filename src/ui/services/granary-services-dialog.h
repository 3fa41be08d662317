/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-service.h"

G_BEGIN_DECLS

/**
 * GranaryServicesDialog:
 *
 * The service groups that use a version or model, with their services: what is looked at before a
 * deletion is decided.
 */
#define GRANARY_TYPE_SERVICES_DIALOG (granary_services_dialog_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServicesDialog, granary_services_dialog, GRANARY, SERVICES_DIALOG, AdwDialog)

/* @object: what they use. @services: (element-type GranaryService) */
GranaryServicesDialog *granary_services_dialog_new (const char *object,
                                                    GPtrArray  *services) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
