/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-catalog.h"
#include "granary-service-item.h"

G_BEGIN_DECLS

/**
 * GranaryServiceList:
 *
 * All services of a connection as a [iface@Gio.ListModel] of [class@ServiceItem], groups being its
 * sections. It reads the catalogue again when that changes, a few times a second at most. Items of
 * services that stay are kept, so that rows are changed in place; only what comes and goes is
 * announced.
 *
 * Signals: updated: it was read again, or could not be.
 */
#define GRANARY_TYPE_SERVICE_LIST (granary_service_list_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServiceList, granary_service_list, GRANARY, SERVICE_LIST, GObject)

GranaryServiceList *granary_service_list_new           (void) G_GNUC_WARN_UNUSED_RESULT;
void                granary_service_list_set_catalog   (GranaryServiceList *self,
                                                        GranaryCatalog     *catalog);
void                granary_service_list_reload        (GranaryServiceList *self);
gboolean            granary_service_list_get_loaded    (GranaryServiceList *self);
const GError       *granary_service_list_get_error     (GranaryServiceList *self);
GranaryServiceItem *granary_service_list_find          (GranaryServiceList *self,
                                                        const char         *uid);
guint               granary_service_list_get_n_running (GranaryServiceList *self);
gboolean            granary_service_list_is_serving    (GranaryServiceList *self,
                                                        gint64              version_id);

G_END_DECLS
