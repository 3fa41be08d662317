/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * GranaryFileItem:
 *
 * A file of a version in a long list. Properties: path, size (gint64).
 */
#define GRANARY_TYPE_FILE_ITEM (granary_file_item_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFileItem, granary_file_item, GRANARY, FILE_ITEM, GObject)

GranaryFileItem *granary_file_item_new (const char *path,
                                        gint64      size) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
