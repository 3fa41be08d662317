/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service.h"

G_BEGIN_DECLS

/**
 * GranaryServiceItem:
 *
 * A service in a list: stays the same object whatever the service is doing.
 *
 * Properties: service (GranaryService), notified when something about it is different.
 */
#define GRANARY_TYPE_SERVICE_ITEM (granary_service_item_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServiceItem, granary_service_item, GRANARY, SERVICE_ITEM, GObject)

GranaryServiceItem *granary_service_item_new         (GranaryService           *service) G_GNUC_WARN_UNUSED_RESULT;
GranaryService     *granary_service_item_get_service (GranaryServiceItem       *self);
gboolean            granary_service_item_set_service (GranaryServiceItem       *self,
                                                      GranaryService           *service);
const char         *granary_service_item_get_uid     (GranaryServiceItem       *self);
gboolean            granary_service_item_is_beside   (GranaryServiceItem       *self,
                                                      GranaryServiceItem       *other);
int                 granary_service_item_compare     (const GranaryServiceItem *self,
                                                      const GranaryServiceItem *other);

G_END_DECLS
