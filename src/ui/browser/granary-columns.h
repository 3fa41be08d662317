/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-model-tree.h"
#include "granary-row-progress.h"
#include "granary-query.h"

G_BEGIN_DECLS

/**
 * GranaryColumns:
 *
 * The columns of the tree: their cells, which of them are shown and how wide, and the order chosen
 * by their headers. All of that is kept in the settings.
 *
 * Signals: sort-changed: another order was chosen; menu-requested (GtkWidget *button, guint
 * position): the menu button of a row was pressed.
 */
#define GRANARY_TYPE_COLUMNS (granary_columns_get_type ())
G_DECLARE_FINAL_TYPE (GranaryColumns, granary_columns, GRANARY, COLUMNS, GObject)

GranaryColumns *granary_columns_new            (GtkColumnView    *view,
                                                GranaryModelTree *tree,
                                                GSettings        *settings) G_GNUC_WARN_UNUSED_RESULT;
/* How far the transfers about its rows are. */
GranaryRowProgress *
                granary_columns_get_progress   (GranaryColumns   *self);
void            granary_columns_get_sort       (GranaryColumns   *self,
                                                GranarySortKey   *key,
                                                gboolean         *descending);
void            granary_columns_set_narrow     (GranaryColumns   *self,
                                                gboolean          narrow);
GActionGroup   *granary_columns_get_actions    (GranaryColumns   *self);

/* The list item that a cell's widget shows, found from any widget in the view. */
GtkListItem    *granary_columns_find_item      (GtkWidget        *widget,
                                                GtkWidget       **row_widget);

G_END_DECLS
