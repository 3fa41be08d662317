/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-version-list.h"

#include "granary-error.h"

struct _GranaryVersionList
{
  GObject         parent_instance;

  GranaryCatalog *catalog;     /* (owned) */
  gint64          model_id;
  GPtrArray      *rows;        /* (owned) (element-type GranaryRow) */
  GCancellable   *cancellable; /* (owned) (nullable): of the read under way */
  gboolean        asked;
  gboolean        loaded;
};

enum
{
  LOADED,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryVersionList, granary_version_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static gpointer
load_rows (GranaryCatalog  *catalog,
           gpointer         data,
           GCancellable    *cancellable,
           GError         **error)
{
  gint64 model_id = *(gint64 *) data;
  gint64 now = g_get_real_time ();
  g_autoptr (GPtrArray) versions = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  versions = granary_catalog_load_versions (catalog, model_id, error);
  if (versions == NULL)
    return NULL;

  rows = g_ptr_array_new_full (versions->len, g_object_unref);
  for (guint i = 0; i < versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (versions, i);
      g_autoptr (GranaryRowText) text = granary_row_text_new_for_version (version, now);

      g_ptr_array_add (rows, granary_row_new_version (version->id, version->model_id,
                                                      version->number, version->model_name, text));
    }

  return g_steal_pointer (&rows);
}

/* Puts @rows in place of the present ones. A version that stays keeps its row object, so that
 * selection and focus stay with it. */
static void
take_rows (GranaryVersionList *self,
           GPtrArray          *rows)
{
  guint n_old = self->rows->len;
  guint n_new = rows->len;
  guint n_first = 0;
  guint n_last = 0;
  g_autoptr (GHashTable) old_rows = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GArray) ids = g_array_sized_new (FALSE, FALSE, sizeof (gint64), n_old);
  g_autoptr (GPtrArray) before = g_ptr_array_ref (self->rows);

  for (guint i = 0; i < n_old; i++)
    {
      gint64 id = granary_row_get_id (g_ptr_array_index (before, i));

      g_array_append_val (ids, id);
    }
  for (guint i = 0; i < n_old; i++)
    g_hash_table_insert (old_rows, &g_array_index (ids, gint64, i), g_ptr_array_index (before, i));

  for (guint i = 0; i < n_new; i++)
    {
      GranaryRow *fresh = g_ptr_array_index (rows, i);
      gint64 id = granary_row_get_id (fresh);
      GranaryRow *kept = g_hash_table_lookup (old_rows, &id);

      if (kept == NULL)
        continue;

      granary_row_set_text (kept, (GranaryRowText *) granary_row_get_text (fresh));
      g_object_ref (kept);
      g_object_unref (rows->pdata[i]);
      rows->pdata[i] = kept;
    }

  while (n_first < n_old && n_first < n_new &&
         before->pdata[n_first] == rows->pdata[n_first])
    n_first++;
  while (n_last < n_old - n_first && n_last < n_new - n_first &&
         before->pdata[n_old - 1 - n_last] == rows->pdata[n_new - 1 - n_last])
    n_last++;

  g_ptr_array_unref (self->rows);
  self->rows = g_ptr_array_ref (rows);

  if (n_old - n_first - n_last > 0 || n_new - n_first - n_last > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), n_first,
                                n_old - n_first - n_last, n_new - n_first - n_last);
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranaryVersionList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  rows = granary_catalog_read_finish (GRANARY_CATALOG (object), result, &error);
  if (rows == NULL)
    {
      if (!granary_error_is_cancelled (error))
        {
          g_clear_object (&self->cancellable);
          g_signal_emit (self, signals[FAILED], 0, error);
        }
      return;
    }

  g_clear_object (&self->cancellable);
  self->loaded = TRUE;
  take_rows (self, rows);
  g_signal_emit (self, signals[LOADED], 0);
}

static void
changed_cb (GranaryVersionList *self,
            GArray             *model_ids)
{
  if (!self->asked)
    return;

  if (model_ids == NULL)
    {
      granary_version_list_reload (self);
      return;
    }

  for (guint i = 0; i < model_ids->len; i++)
    if (g_array_index (model_ids, gint64, i) == self->model_id)
      {
        granary_version_list_reload (self);
        return;
      }
}

static GType
granary_version_list_get_item_type (GListModel *model)
{
  return GRANARY_TYPE_ROW;
}

static guint
granary_version_list_get_n_items (GListModel *model)
{
  GranaryVersionList *self = GRANARY_VERSION_LIST (model);

  if (!self->asked)
    granary_version_list_reload (self);

  return self->rows->len;
}

static gpointer
granary_version_list_get_item (GListModel *model,
                               guint       position)
{
  GranaryVersionList *self = GRANARY_VERSION_LIST (model);

  if (position >= self->rows->len)
    return NULL;

  return g_object_ref (g_ptr_array_index (self->rows, position));
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = granary_version_list_get_item_type;
  iface->get_n_items = granary_version_list_get_n_items;
  iface->get_item = granary_version_list_get_item;
}

static void
granary_version_list_dispose (GObject *object)
{
  GranaryVersionList *self = GRANARY_VERSION_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->catalog);

  G_OBJECT_CLASS (granary_version_list_parent_class)->dispose (object);
}

static void
granary_version_list_finalize (GObject *object)
{
  GranaryVersionList *self = GRANARY_VERSION_LIST (object);

  g_ptr_array_unref (self->rows);

  G_OBJECT_CLASS (granary_version_list_parent_class)->finalize (object);
}

static void
granary_version_list_class_init (GranaryVersionListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_version_list_dispose;
  object_class->finalize = granary_version_list_finalize;

  signals[LOADED] = g_signal_new ("loaded",
                                  G_TYPE_FROM_CLASS (klass),
                                  G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed",
                                  G_TYPE_FROM_CLASS (klass),
                                  G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
granary_version_list_init (GranaryVersionList *self)
{
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * granary_version_list_new:
 * @catalog: the catalogue
 * @model_id: row of a model
 *
 * Returns: (transfer full): its versions, not read yet
 */
GranaryVersionList *
granary_version_list_new (GranaryCatalog *catalog,
                          gint64          model_id)
{
  GranaryVersionList *self;

  g_return_val_if_fail (GRANARY_IS_CATALOG (catalog), NULL);

  self = g_object_new (GRANARY_TYPE_VERSION_LIST, NULL);
  self->catalog = g_object_ref (catalog);
  self->model_id = model_id;

  return self;
}

gint64
granary_version_list_get_model_id (GranaryVersionList *self)
{
  g_return_val_if_fail (GRANARY_IS_VERSION_LIST (self), 0);

  return self->model_id;
}

gboolean
granary_version_list_is_loaded (GranaryVersionList *self)
{
  g_return_val_if_fail (GRANARY_IS_VERSION_LIST (self), FALSE);

  return self->loaded;
}

/**
 * granary_version_list_reload:
 * @self: a list
 *
 * Reads the versions again; the present ones stay until the answer is there.
 */
void
granary_version_list_reload (GranaryVersionList *self)
{
  gint64 *model_id;

  g_return_if_fail (GRANARY_IS_VERSION_LIST (self));

  if (self->catalog == NULL)
    return;

  if (!self->asked)
    {
      self->asked = TRUE;
      g_signal_connect_object (self->catalog, "changed", G_CALLBACK (changed_cb), self,
                               G_CONNECT_SWAPPED);
    }

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();

  model_id = g_new (gint64, 1);
  *model_id = self->model_id;
  granary_catalog_read_async (self->catalog, load_rows, model_id, g_free,
                              (GDestroyNotify) g_ptr_array_unref, self->cancellable,
                              loaded_cb, g_object_ref (self));
}
