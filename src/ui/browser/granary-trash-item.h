/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

#include "granary-trash-entry.h"

G_BEGIN_DECLS

/**
 * GranaryTrashItem:
 *
 * An entry of the trash with its texts, for a list. Properties: title, subtitle. Immutable.
 */
#define GRANARY_TYPE_TRASH_ITEM (granary_trash_item_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTrashItem, granary_trash_item, GRANARY, TRASH_ITEM, GObject)

GranaryTrashItem *granary_trash_item_new          (const GranaryTrashEntry *entry,
                                                   gint64                   now) G_GNUC_WARN_UNUSED_RESULT;
const char       *granary_trash_item_get_uid      (GranaryTrashItem        *self);
const char       *granary_trash_item_get_title    (GranaryTrashItem        *self);
const char       *granary_trash_item_get_subtitle (GranaryTrashItem        *self);

G_END_DECLS
