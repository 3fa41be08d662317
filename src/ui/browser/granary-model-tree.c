/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-model-tree.h"

struct _GranaryModelTree
{
  GObject            parent_instance;

  GranaryCatalog    *catalog;           /* (owned) (nullable) */
  GranaryModelList  *list;              /* (owned) */
  GtkTreeListModel  *tree;              /* (owned) */
  GtkSelectionModel *selection;         /* (owned) */

  GHashTable        *expanded;          /* (owned) model id → GranaryVersionList (owned) */
  GHashTable        *selected_models;   /* (owned) set of ids, while rows are replaced */
  GHashTable        *selected_versions; /* (owned) the same for versions */
  gboolean           replacing;

  gint64             awaited_model;     /* 0 when nothing is awaited */
  int                awaited_number;
};

enum
{
  SELECTION_CHANGED,
  REVEALED,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GranaryModelTree, granary_model_tree, G_TYPE_OBJECT)

static GHashTable *
id_set_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

static void
id_set_add (GHashTable *set,
            gint64      id)
{
  g_hash_table_add (set, g_memdup2 (&id, sizeof id));
}

static GtkTreeListRow *
get_tree_row (GranaryModelTree *self,
              gint64            model_id)
{
  guint position;

  if (!granary_model_list_find (self->list, model_id, &position))
    return NULL;

  return gtk_tree_list_model_get_child_row (self->tree, position);
}

static void try_reveal (GranaryModelTree *self);

static void
versions_loaded_cb (GranaryModelTree *self)
{
  if (self->awaited_model != 0)
    try_reveal (self);
}

static void
versions_failed_cb (GranaryModelTree *self,
                    const GError     *error)
{
  g_signal_emit (self, signals[FAILED], 0, error);
}

/* Called by the tree to learn whether a row has children too, so it must not read anything. */
static GListModel *
create_children (gpointer item,
                 gpointer user_data)
{
  GranaryModelTree *self = user_data;
  GranaryRow *row = GRANARY_ROW (item);
  GranaryVersionList *versions;
  gint64 id = granary_row_get_id (row);

  if (granary_row_is_version (row) || self->catalog == NULL)
    return NULL;

  versions = g_hash_table_lookup (self->expanded, &id);
  if (versions != NULL)
    return G_LIST_MODEL (g_object_ref (versions));

  versions = granary_version_list_new (self->catalog, id);
  g_signal_connect_object (versions, "loaded", G_CALLBACK (versions_loaded_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (versions, "failed", G_CALLBACK (versions_failed_cb), self,
                           G_CONNECT_SWAPPED);

  return G_LIST_MODEL (versions);
}

static void
remember_selection (GranaryModelTree *self)
{
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (self->selection);
  GtkBitsetIter iter;
  guint position;

  for (gboolean valid = gtk_bitset_iter_init_first (&iter, selected, &position);
       valid;
       valid = gtk_bitset_iter_next (&iter, &position))
    {
      g_autoptr (GranaryRow) row = granary_model_tree_get_row (self, position);

      if (row != NULL)
        id_set_add (granary_row_is_version (row) ? self->selected_versions : self->selected_models,
                    granary_row_get_id (row));
    }
}

static void
restore_expanded (GranaryModelTree *self)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  if (g_hash_table_size (self->expanded) == 0)
    return;

  for (guint i = 0; i < n_items; i++)
    {
      gint64 id = granary_model_list_get_id (self->list, i);
      g_autoptr (GtkTreeListRow) row = NULL;

      if (!g_hash_table_contains (self->expanded, &id))
        continue;
      row = gtk_tree_list_model_get_child_row (self->tree, i);
      gtk_tree_list_row_set_expanded (row, TRUE);
    }
}

static void
add_selected_versions (GranaryModelTree   *self,
                       GranaryVersionList *versions,
                       GtkBitset          *selected)
{
  g_autoptr (GtkTreeListRow) parent = NULL;
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (versions));

  parent = get_tree_row (self, granary_version_list_get_model_id (versions));
  if (parent == NULL)
    return;

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (GranaryRow) row = g_list_model_get_item (G_LIST_MODEL (versions), i);
      g_autoptr (GtkTreeListRow) child = NULL;
      gint64 id = granary_row_get_id (row);

      if (!g_hash_table_contains (self->selected_versions, &id))
        continue;
      child = gtk_tree_list_row_get_child_row (parent, i);
      if (child != NULL)
        gtk_bitset_add (selected, gtk_tree_list_row_get_position (child));
    }
}

static void
restore_selection (GranaryModelTree *self)
{
  g_autoptr (GtkBitset) selected = gtk_bitset_new_empty ();
  g_autoptr (GtkBitset) mask = gtk_bitset_new_empty ();
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  guint n_left = g_hash_table_size (self->selected_models);

  for (guint i = 0; i < n_items && n_left > 0; i++)
    {
      gint64 id = granary_model_list_get_id (self->list, i);
      g_autoptr (GtkTreeListRow) row = NULL;

      if (!g_hash_table_contains (self->selected_models, &id))
        continue;
      row = gtk_tree_list_model_get_child_row (self->tree, i);
      gtk_bitset_add (selected, gtk_tree_list_row_get_position (row));
      n_left--;
    }

  if (g_hash_table_size (self->selected_versions) > 0)
    {
      GHashTableIter iter;
      gpointer versions;

      g_hash_table_iter_init (&iter, self->expanded);
      while (g_hash_table_iter_next (&iter, NULL, &versions))
        add_selected_versions (self, versions, selected);
    }

  gtk_bitset_add_range (mask, 0, g_list_model_get_n_items (G_LIST_MODEL (self->selection)));
  gtk_selection_model_set_selection (self->selection, selected, mask);
}

static void
replacing_cb (GranaryModelTree *self,
              gboolean          whole)
{
  remember_selection (self);
  self->replacing = TRUE;

  /* With something selected the selection would look at every new row. */
  if (whole)
    gtk_selection_model_unselect_all (self->selection);
}

static void
replaced_cb (GranaryModelTree *self)
{
  if (self->replacing)
    {
      restore_expanded (self);
      restore_selection (self);
      g_hash_table_remove_all (self->selected_models);
      g_hash_table_remove_all (self->selected_versions);
      self->replacing = FALSE;
      g_signal_emit (self, signals[SELECTION_CHANGED], 0);
    }

  if (self->awaited_model != 0)
    try_reveal (self);
}

static void
list_failed_cb (GranaryModelTree *self,
                const GError     *error)
{
  g_signal_emit (self, signals[FAILED], 0, error);
}

static void
selection_changed_cb (GranaryModelTree *self)
{
  if (!self->replacing)
    g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

static void
finish_reveal (GranaryModelTree *self,
               GtkTreeListRow   *row)
{
  guint position = gtk_tree_list_row_get_position (row);

  self->awaited_model = 0;
  gtk_selection_model_select_item (self->selection, position, TRUE);
  g_signal_emit (self, signals[REVEALED], 0, position);
}

static void
try_reveal (GranaryModelTree *self)
{
  g_autoptr (GtkTreeListRow) parent = NULL;
  GListModel *versions;
  guint n_items;

  parent = get_tree_row (self, self->awaited_model);
  if (parent == NULL)
    return;

  if (self->awaited_number == 0)
    {
      finish_reveal (self, parent);
      return;
    }

  granary_model_tree_note_expanded (self, self->awaited_model, TRUE);
  gtk_tree_list_row_set_expanded (parent, TRUE);
  versions = gtk_tree_list_row_get_children (parent);
  if (versions == NULL)
    return;

  n_items = g_list_model_get_n_items (versions);
  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (GranaryRow) row = g_list_model_get_item (versions, i);
      g_autoptr (GtkTreeListRow) child = NULL;

      if (granary_row_get_number (row) != self->awaited_number)
        continue;
      child = gtk_tree_list_row_get_child_row (parent, i);
      if (child != NULL)
        finish_reveal (self, child);
      return;
    }
}

static void
granary_model_tree_dispose (GObject *object)
{
  GranaryModelTree *self = GRANARY_MODEL_TREE (object);

  granary_model_list_set_catalog (self->list, NULL);
  g_hash_table_remove_all (self->expanded);
  g_clear_object (&self->catalog);

  G_OBJECT_CLASS (granary_model_tree_parent_class)->dispose (object);
}

static void
granary_model_tree_finalize (GObject *object)
{
  GranaryModelTree *self = GRANARY_MODEL_TREE (object);

  g_clear_object (&self->selection);
  g_clear_object (&self->tree);
  g_clear_object (&self->list);
  g_hash_table_unref (self->expanded);
  g_hash_table_unref (self->selected_models);
  g_hash_table_unref (self->selected_versions);

  G_OBJECT_CLASS (granary_model_tree_parent_class)->finalize (object);
}

static void
granary_model_tree_class_init (GranaryModelTreeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_model_tree_dispose;
  object_class->finalize = granary_model_tree_finalize;

  signals[SELECTION_CHANGED] = g_signal_new ("selection-changed",
                                             G_TYPE_FROM_CLASS (klass),
                                             G_SIGNAL_RUN_LAST,
                                             0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 0);
  signals[REVEALED] = g_signal_new ("revealed",
                                    G_TYPE_FROM_CLASS (klass),
                                    G_SIGNAL_RUN_LAST,
                                    0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[FAILED] = g_signal_new ("failed",
                                  G_TYPE_FROM_CLASS (klass),
                                  G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
granary_model_tree_init (GranaryModelTree *self)
{
  self->expanded = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->selected_models = id_set_new ();
  self->selected_versions = id_set_new ();

  self->list = granary_model_list_new ();
  self->tree = gtk_tree_list_model_new (G_LIST_MODEL (g_object_ref (self->list)), FALSE, FALSE,
                                        create_children, self, NULL);
  self->selection =
    GTK_SELECTION_MODEL (gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (self->tree))));

  g_signal_connect_object (self->list, "replacing", G_CALLBACK (replacing_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "replaced", G_CALLBACK (replaced_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "failed", G_CALLBACK (list_failed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (selection_changed_cb),
                           self, G_CONNECT_SWAPPED);
}

/**
 * granary_model_tree_new:
 *
 * Returns: (transfer full): an empty tree
 */
GranaryModelTree *
granary_model_tree_new (void)
{
  return g_object_new (GRANARY_TYPE_MODEL_TREE, NULL);
}

/**
 * granary_model_tree_set_catalog:
 * @self: a tree
 * @catalog: (nullable): where to read
 *
 * Empties the tree and forgets what was selected and expanded.
 */
void
granary_model_tree_set_catalog (GranaryModelTree *self,
                                GranaryCatalog   *catalog)
{
  g_return_if_fail (GRANARY_IS_MODEL_TREE (self));

  if (self->catalog == catalog)
    return;

  self->awaited_model = 0;
  gtk_selection_model_unselect_all (self->selection);
  g_hash_table_remove_all (self->expanded);
  g_set_object (&self->catalog, catalog);
  granary_model_list_set_catalog (self->list, catalog);
}

/**
 * granary_model_tree_get_list:
 * @self: a tree
 *
 * Returns: (transfer none): its models
 */
GranaryModelList *
granary_model_tree_get_list (GranaryModelTree *self)
{
  g_return_val_if_fail (GRANARY_IS_MODEL_TREE (self), NULL);

  return self->list;
}

/**
 * granary_model_tree_get_selection:
 * @self: a tree
 *
 * Returns: (transfer none): what a view shows; its items are GtkTreeListRow with a [class@Row] each
 */
GtkSelectionModel *
granary_model_tree_get_selection (GranaryModelTree *self)
{
  g_return_val_if_fail (GRANARY_IS_MODEL_TREE (self), NULL);

  return self->selection;
}

guint
granary_model_tree_get_n_selected (GranaryModelTree *self)
{
  g_autoptr (GtkBitset) selected = NULL;

  g_return_val_if_fail (GRANARY_IS_MODEL_TREE (self), 0);

  selected = gtk_selection_model_get_selection (self->selection);

  return (guint) gtk_bitset_get_size (selected);
}

/**
 * granary_model_tree_get_selected:
 * @self: a tree
 * @model_ids: (out) (transfer full) (element-type gint64): selected models
 * @version_ids: (out) (transfer full) (element-type gint64): selected versions of models that are
 *   not selected themselves
 */
void
granary_model_tree_get_selected (GranaryModelTree  *self,
                                 GArray           **model_ids,
                                 GArray           **version_ids)
{
  g_autoptr (GtkBitset) selected = NULL;
  g_autoptr (GHashTable) models = id_set_new ();
  GtkBitsetIter iter;
  guint position;

  g_return_if_fail (GRANARY_IS_MODEL_TREE (self));
  g_return_if_fail (model_ids != NULL && version_ids != NULL);

  *model_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  *version_ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  /* A model stands before its versions, so it is met first. */
  selected = gtk_selection_model_get_selection (self->selection);
  for (gboolean valid = gtk_bitset_iter_init_first (&iter, selected, &position);
       valid;
       valid = gtk_bitset_iter_next (&iter, &position))
    {
      g_autoptr (GranaryRow) row = granary_model_tree_get_row (self, position);
      gint64 id;
      gint64 model_id;

      if (row == NULL)
        continue;

      id = granary_row_get_id (row);
      model_id = granary_row_get_model_id (row);
      if (!granary_row_is_version (row))
        {
          g_array_append_val (*model_ids, id);
          id_set_add (models, id);
        }
      else if (!g_hash_table_contains (models, &model_id))
        {
          g_array_append_val (*version_ids, id);
        }
    }
}

/**
 * granary_model_tree_get_row:
 * @self: a tree
 * @position: a position in the view
 *
 * Returns: (transfer full) (nullable): the row there
 */
GranaryRow *
granary_model_tree_get_row (GranaryModelTree *self,
                            guint             position)
{
  g_autoptr (GtkTreeListRow) row = NULL;

  g_return_val_if_fail (GRANARY_IS_MODEL_TREE (self), NULL);

  row = gtk_tree_list_model_get_row (self->tree, position);

  return row != NULL ? gtk_tree_list_row_get_item (row) : NULL;
}

/**
 * granary_model_tree_note_expanded:
 * @self: a tree
 * @model_id: row of a model
 * @expanded: whether it is expanded now
 *
 * Remembers that the user opened or closed a model; the view tells, because the tree does not.
 */
void
granary_model_tree_note_expanded (GranaryModelTree *self,
                                  gint64            model_id,
                                  gboolean          expanded)
{
  g_autoptr (GtkTreeListRow) row = NULL;
  GListModel *versions;

  g_return_if_fail (GRANARY_IS_MODEL_TREE (self));

  if (self->replacing)
    return;

  if (!expanded)
    {
      g_hash_table_remove (self->expanded, &model_id);
      return;
    }

  row = get_tree_row (self, model_id);
  if (row == NULL)
    return;
  gtk_tree_list_row_set_expanded (row, TRUE);
  versions = gtk_tree_list_row_get_children (row);
  if (versions != NULL)
    g_hash_table_replace (self->expanded, g_memdup2 (&model_id, sizeof model_id),
                          g_object_ref (versions));
}

gboolean
granary_model_tree_is_expanded (GranaryModelTree *self,
                                gint64            model_id)
{
  g_return_val_if_fail (GRANARY_IS_MODEL_TREE (self), FALSE);

  return g_hash_table_contains (self->expanded, &model_id);
}

/**
 * granary_model_tree_reveal:
 * @self: a tree
 * @model_id: row of a model
 * @number: one of its versions, 0 for itself
 *
 * Selects that row, now or as soon as it is in the list, and emits [signal@ModelTree::revealed].
 */
void
granary_model_tree_reveal (GranaryModelTree *self,
                           gint64            model_id,
                           int               number)
{
  g_return_if_fail (GRANARY_IS_MODEL_TREE (self));
  g_return_if_fail (model_id > 0);

  self->awaited_model = model_id;
  self->awaited_number = number;
  try_reveal (self);
}

/**
 * granary_model_tree_get_awaited:
 * @self: a tree
 *
 * Returns: row of the model that is to be revealed and is not in the list, else 0
 */
gint64
granary_model_tree_get_awaited (GranaryModelTree *self)
{
  g_return_val_if_fail (GRANARY_IS_MODEL_TREE (self), 0);

  if (self->awaited_model == 0 ||
      granary_model_list_find (self->list, self->awaited_model, NULL))
    return 0;

  return self->awaited_model;
}
