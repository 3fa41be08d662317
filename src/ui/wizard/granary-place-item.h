/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * GranaryPlaceItem:
 *
 * One row of a place that is browsed: a folder or file of object storage, a registry, an image.
 * Immutable.
 *
 * Properties: title, subtitle (nullable), icon-name, kind (nullable: what it is, for screen
 * readers), can-open (whether there is something in it), can-choose, is-current.
 */
#define GRANARY_TYPE_PLACE_ITEM (granary_place_item_get_type ())
G_DECLARE_FINAL_TYPE (GranaryPlaceItem, granary_place_item, GRANARY, PLACE_ITEM, GObject)

const char *granary_place_item_get_title    (GranaryPlaceItem *self);
const char *granary_place_item_get_subtitle (GranaryPlaceItem *self);
const char *granary_place_item_get_kind     (GranaryPlaceItem *self);

G_END_DECLS
