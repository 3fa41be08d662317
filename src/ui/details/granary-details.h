/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryDetails:
 *
 * The pane at the end of the window: an AdwNavigationPage about one model or one version, or about
 * how many are selected. Follows the catalogue by itself.
 *
 * Signal: close-requested, when its close button is pressed. The button is hidden while the page
 * is in a navigation view, which has its own way back.
 */
#define GRANARY_TYPE_DETAILS (granary_details_get_type ())
G_DECLARE_FINAL_TYPE (GranaryDetails, granary_details, GRANARY, DETAILS, AdwNavigationPage)

GranaryDetails *granary_details_new          (void) G_GNUC_WARN_UNUSED_RESULT;
void            granary_details_set_connection (GranaryDetails    *self,
                                                GranaryConnection *connection);
void            granary_details_show_nothing (GranaryDetails      *self);
void            granary_details_show_model   (GranaryDetails      *self,
                                              gint64               model_id);
void            granary_details_show_version (GranaryDetails      *self,
                                              gint64               version_id);
void            granary_details_show_many    (GranaryDetails      *self,
                                              GArray              *model_ids,
                                              GArray              *version_ids);

G_END_DECLS
