/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-inspection.h"
#include "granary-object-storage.h"

G_BEGIN_DECLS

/**
 * GranaryOriginAddress:
 *
 * The folder of object storage that an import being composed takes its files from: what lies there,
 * and what its model says of itself by ranged reads. Only the latest answer counts. Main-thread
 * object.
 *
 * Signal: changed, after anything of it.
 */
#define GRANARY_TYPE_ORIGIN_ADDRESS (granary_origin_address_get_type ())
G_DECLARE_FINAL_TYPE (GranaryOriginAddress, granary_origin_address, GRANARY, ORIGIN_ADDRESS, GObject)

/* @storage may be NULL: then the address is kept and nothing is looked at. */
GranaryOriginAddress *granary_origin_address_new            (GranaryObjectStorage *storage) G_GNUC_WARN_UNUSED_RESULT;
const char          *granary_origin_address_get_text       (GranaryOriginAddress  *self);
gboolean             granary_origin_address_set_text       (GranaryOriginAddress *self,
                                                            const char           *text);
/* The address with a `/` at its end; NULL while it is none. */
const char          *granary_origin_address_get_folder     (GranaryOriginAddress  *self);
/* (element-type GranaryObject) (nullable): NULL before the first look. */
GPtrArray           *granary_origin_address_get_objects    (GranaryOriginAddress  *self);
GranaryInspection   *granary_origin_address_get_inspection (GranaryOriginAddress  *self);
/* (nullable): the text of config.json or model_service.py, once it was read. */
const char          *granary_origin_address_get_content     (GranaryOriginAddress *self,
                                                             const char           *target);
/* GRANARY_CONFIG_FILE, GRANARY_SERVICE_FILE, or NULL for the address itself. */
const GError        *granary_origin_address_get_problem    (GranaryOriginAddress *self,
                                                            const char           *target);
gboolean             granary_origin_address_is_busy        (GranaryOriginAddress  *self);

G_END_DECLS
