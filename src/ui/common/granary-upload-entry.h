/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

#include "granary-upload-plan.h"

G_BEGIN_DECLS

/**
 * GranaryUploadEntry:
 *
 * One file in the list of what an upload would do.
 *
 * Properties: name (as shown), detail (sizes), replaces (gboolean), confirmed (gboolean: not left
 * out by the user).
 */
#define GRANARY_TYPE_UPLOAD_ENTRY (granary_upload_entry_get_type ())
G_DECLARE_FINAL_TYPE (GranaryUploadEntry, granary_upload_entry, GRANARY, UPLOAD_ENTRY, GObject)

GranaryUploadEntry *granary_upload_entry_new           (const GranaryUploadItem *item) G_GNUC_WARN_UNUSED_RESULT;
const char         *granary_upload_entry_get_target    (GranaryUploadEntry      *self);
gint64              granary_upload_entry_get_size      (GranaryUploadEntry      *self);
gboolean            granary_upload_entry_get_replaces  (GranaryUploadEntry      *self);
gboolean            granary_upload_entry_get_confirmed (GranaryUploadEntry      *self);

G_END_DECLS
