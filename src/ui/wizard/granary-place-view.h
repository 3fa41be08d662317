/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-place-list.h"

G_BEGIN_DECLS

/**
 * GranaryPlaceView:
 *
 * Shows a [class@PlaceList]: a search entry, the rows, and in their place what there is to say while
 * they are being read, when there are none and when they cannot be read. Further pages are read as
 * the end comes near.
 *
 * Properties: search-hint, empty-title, empty-description, empty-icon-name, fallback (nullable
 * GtkWidget: what is offered below the words when the place cannot be read or is empty).
 * Signals: opened (guint position): a row was activated; go-up: the keys for it were pressed.
 */
#define GRANARY_TYPE_PLACE_VIEW (granary_place_view_get_type ())
G_DECLARE_FINAL_TYPE (GranaryPlaceView, granary_place_view, GRANARY, PLACE_VIEW, AdwBin)

/* (transfer none) (nullable): begins to read it. @wants_focus: its rows get the focus once they are
 * there. */
void              granary_place_view_set_list (GranaryPlaceView *self,
                                               GranaryPlaceList *list,
                                               gboolean          wants_focus);
GranaryPlaceList *granary_place_view_get_list (GranaryPlaceView *self);

G_END_DECLS
