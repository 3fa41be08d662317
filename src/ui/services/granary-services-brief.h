/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-service-list.h"

G_BEGIN_DECLS

/**
 * GranaryServicesBrief:
 *
 * A few lines on the services of some models and versions, and what they are doing, within a question.
 */
#define GRANARY_TYPE_SERVICES_BRIEF (granary_services_brief_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServicesBrief, granary_services_brief, GRANARY, SERVICES_BRIEF, GtkBox)

GtkWidget *granary_services_brief_new (GranaryServiceList *list,
                                       GArray             *model_ids,
                                       GArray             *version_ids) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
