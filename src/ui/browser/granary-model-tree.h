/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-model-list.h"
#include "granary-version-list.h"

G_BEGIN_DECLS

/**
 * GranaryModelTree:
 *
 * Models with their versions below them, and which of them are selected:
 *
 *   GranaryModelList ─▶ GtkTreeListModel ─▶ GtkMultiSelection
 *                          └ GranaryVersionList for each expanded model
 *
 * What is selected and expanded is remembered by id, so that it outlives a new query, another order
 * and changes of the catalogue.
 *
 * Signals: selection-changed: other rows are selected; revealed (guint position): the row asked for
 * by granary_model_tree_reveal() is there and selected; failed (GError).
 */
#define GRANARY_TYPE_MODEL_TREE (granary_model_tree_get_type ())
G_DECLARE_FINAL_TYPE (GranaryModelTree, granary_model_tree, GRANARY, MODEL_TREE, GObject)

GranaryModelTree  *granary_model_tree_new              (void) G_GNUC_WARN_UNUSED_RESULT;
void               granary_model_tree_set_catalog      (GranaryModelTree  *self,
                                                        GranaryCatalog    *catalog);
GranaryModelList  *granary_model_tree_get_list         (GranaryModelTree  *self);
GtkSelectionModel *granary_model_tree_get_selection    (GranaryModelTree  *self);
guint              granary_model_tree_get_n_selected   (GranaryModelTree  *self);
void               granary_model_tree_get_selected     (GranaryModelTree  *self,
                                                        GArray           **model_ids,
                                                        GArray           **version_ids);
GranaryRow        *granary_model_tree_get_row          (GranaryModelTree  *self,
                                                        guint              position) G_GNUC_WARN_UNUSED_RESULT;
void               granary_model_tree_note_expanded    (GranaryModelTree  *self,
                                                        gint64             model_id,
                                                        gboolean           expanded);
gboolean           granary_model_tree_is_expanded      (GranaryModelTree  *self,
                                                        gint64             model_id);
void               granary_model_tree_reveal           (GranaryModelTree  *self,
                                                        gint64             model_id,
                                                        int                number);
gint64             granary_model_tree_get_awaited      (GranaryModelTree  *self);

G_END_DECLS
