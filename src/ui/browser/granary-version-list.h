/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "granary-catalog.h"
#include "granary-row.h"

G_BEGIN_DECLS

/**
 * GranaryVersionList:
 *
 * The versions of one model, newest first, as a [iface@Gio.ListModel] of [class@Row]. Reads nothing
 * until it is asked how many there are, which the tree does when the model is expanded; then it
 * follows the catalogue.
 *
 * Signals: loaded: the versions are there, or others now; failed (GError).
 */
#define GRANARY_TYPE_VERSION_LIST (granary_version_list_get_type ())
G_DECLARE_FINAL_TYPE (GranaryVersionList, granary_version_list, GRANARY, VERSION_LIST, GObject)

GranaryVersionList *granary_version_list_new          (GranaryCatalog     *catalog,
                                                       gint64              model_id) G_GNUC_WARN_UNUSED_RESULT;
gint64              granary_version_list_get_model_id (GranaryVersionList *self);
gboolean            granary_version_list_is_loaded    (GranaryVersionList *self);
void                granary_version_list_reload       (GranaryVersionList *self);

G_END_DECLS
