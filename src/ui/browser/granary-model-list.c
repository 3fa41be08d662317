/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-model-list.h"

#include "granary-error.h"
#include "granary-id-diff.h"
#include "granary-text-cache.h"

/* Rows whose texts are kept: some twenty screens. */
#define CACHE_CAPACITY 4096
/* No more than two queries a second because of changes. */
#define REFRESH_INTERVAL_US (500 * 1000)
/* Beyond this many rows a change is announced as a whole. */
#define SMALL_CHANGE 512

struct _GranaryModelList
{
  GObject           parent_instance;

  GranaryCatalog   *catalog;           /* (owned) (nullable) */
  GranaryQuery     *query;             /* (owned) (nullable) */
  GArray           *ids;               /* (owned) (element-type gint64) */
  GPtrArray        *rows;              /* (owned) (element-type GranaryRow), NULL until asked for */

  GHashTable       *held;              /* (owned) id → GranaryRow (unowned): rows that cells show */
  GHashTable       *wanted;            /* (owned) set of ids to be read next */
  GHashTable       *under_way;         /* (owned) id → number of the latest read of it */
  GranaryTextCache *texts;             /* (owned) */
  guint64           n_reads;
  guint             read_source;

  GCancellable     *query_cancellable; /* (owned) (nullable): of the query under way */
  GCancellable     *read_cancellable;  /* (owned): of all pages of this catalogue */
  gint64            last_query;        /* monotonic µs */
  guint             refresh_source;
  gboolean          loading;
  gboolean          loaded;
};

enum
{
  PROP_LOADING = 1,
  PROP_LOADED,
  N_PROPS
};

enum
{
  REPLACING,
  REPLACED,
  FAILED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryModelList, granary_model_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* One read of texts. */
typedef struct
{
  GranaryModelList *self;   /* (owned) */
  GArray           *ids;    /* (owned) (element-type gint64) */
  guint64           number;
} PageRead;

static void
page_read_free (PageRead *read)
{
  g_object_unref (read->self);
  g_array_unref (read->ids);
  g_free (read);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PageRead, page_read_free)

static void
set_loading (GranaryModelList *self,
             gboolean          loading)
{
  if (self->loading == loading)
    return;

  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static void
set_loaded (GranaryModelList *self,
            gboolean          loaded)
{
  if (self->loaded == loaded)
    return;

  self->loaded = loaded;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
}

/* Texts, page by page */

static gpointer
load_texts (GranaryCatalog  *catalog,
            gpointer         data,
            GCancellable    *cancellable,
            GError         **error)
{
  GArray *ids = data;
  gint64 now = g_get_real_time ();
  g_autoptr (GPtrArray) summaries = NULL;
  g_autoptr (GPtrArray) texts = NULL;

  summaries = granary_catalog_load_summaries (catalog, (const gint64 *) ids->data, ids->len, error);
  if (summaries == NULL)
    return NULL;

  texts = g_ptr_array_new_full (summaries->len, (GDestroyNotify) granary_row_text_unref);
  for (guint i = 0; i < summaries->len; i++)
    {
      const GranaryModelSummary *summary = g_ptr_array_index (summaries, i);

      if (summary != NULL)
        g_ptr_array_add (texts, granary_row_text_new_for_model (summary, now));
    }

  return g_steal_pointer (&texts);
}

static void
texts_loaded_cb (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (PageRead) read = user_data;
  GranaryModelList *self = read->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) texts = NULL;
  g_autoptr (GHashTable) latest = g_hash_table_new (g_int64_hash, g_int64_equal);

  texts = granary_catalog_read_finish (GRANARY_CATALOG (object), result, &error);
  if (self->catalog != GRANARY_CATALOG (object))
    return;

  /* An older read must not put back what a newer one, after a change, has read or will read. */
  for (guint i = 0; i < read->ids->len; i++)
    {
      gint64 *id = &g_array_index (read->ids, gint64, i);
      guint64 *number = g_hash_table_lookup (self->under_way, id);

      if (number != NULL && *number == read->number)
        {
          g_hash_table_add (latest, id);
          g_hash_table_remove (self->under_way, id);
        }
    }

  if (texts == NULL)
    {
      if (!granary_error_is_cancelled (error))
        g_signal_emit (self, signals[FAILED], 0, error);
      return;
    }

  for (guint i = 0; i < texts->len; i++)
    {
      GranaryRowText *text = g_ptr_array_index (texts, i);
      GranaryRow *row;

      if (!g_hash_table_contains (latest, &text->id))
        continue;

      granary_text_cache_insert (self->texts, text);
      row = g_hash_table_lookup (self->held, &text->id);
      if (row != NULL)
        granary_row_set_text (row, text);
    }
}

static void
start_read (GranaryModelList *self,
            GArray           *ids)
{
  PageRead *read = g_new0 (PageRead, 1);

  read->self = g_object_ref (self);
  read->ids = g_array_ref (ids);
  read->number = ++self->n_reads;

  for (guint i = 0; i < ids->len; i++)
    g_hash_table_insert (self->under_way,
                         g_memdup2 (&g_array_index (ids, gint64, i), sizeof (gint64)),
                         g_memdup2 (&read->number, sizeof (guint64)));

  granary_catalog_read_async (self->catalog, load_texts, g_array_ref (ids),
                              (GDestroyNotify) g_array_unref,
                              (GDestroyNotify) g_ptr_array_unref,
                              self->read_cancellable, texts_loaded_cb, read);
}

/* Adds what else is on the page of @row and not known yet, so that scrolling finds it there. */
static void
add_page (GranaryModelList *self,
          GranaryRow       *row,
          GArray           *ids)
{
  guint position = granary_row_get_position (row);
  guint first;
  guint end;

  if (position >= self->ids->len ||
      g_array_index (self->ids, gint64, position) != granary_row_get_id (row))
    return;

  first = position - position % GRANARY_MODEL_LIST_PAGE_SIZE;
  end = MIN (first + GRANARY_MODEL_LIST_PAGE_SIZE, self->ids->len);
  for (guint i = first; i < end; i++)
    {
      gint64 id = g_array_index (self->ids, gint64, i);

      if (g_hash_table_contains (self->wanted, &id) ||
          g_hash_table_contains (self->under_way, &id) ||
          granary_text_cache_contains (self->texts, id))
        continue;

      g_hash_table_add (self->wanted, g_memdup2 (&id, sizeof id));
      g_array_append_val (ids, id);
    }
}

static gboolean
read_wanted_cb (gpointer user_data)
{
  GranaryModelList *self = user_data;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer key;
  guint n_asked;

  self->read_source = 0;

  g_hash_table_iter_init (&iter, self->wanted);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (g_hash_table_contains (self->held, key))
      g_array_append_val (ids, *(gint64 *) key);

  n_asked = ids->len;
  for (guint i = 0; i < n_asked; i++)
    add_page (self, g_hash_table_lookup (self->held, &g_array_index (ids, gint64, i)), ids);
  g_hash_table_remove_all (self->wanted);

  for (guint i = 0; i < ids->len; i += GRANARY_MODEL_LIST_PAGE_SIZE)
    {
      guint n = MIN (GRANARY_MODEL_LIST_PAGE_SIZE, ids->len - i);
      g_autoptr (GArray) page = g_array_sized_new (FALSE, FALSE, sizeof (gint64), n);

      g_array_append_vals (page, &g_array_index (ids, gint64, i), n);
      start_read (self, page);
    }

  return G_SOURCE_REMOVE;
}

static void
want (GranaryModelList *self,
      gint64            id)
{
  if (!g_hash_table_contains (self->wanted, &id))
    g_hash_table_add (self->wanted, g_memdup2 (&id, sizeof id));
  /* A screenful of cells asks within one frame; it becomes one read. */
  if (self->read_source == 0)
    self->read_source = g_idle_add_full (G_PRIORITY_DEFAULT, read_wanted_cb, self, NULL);
}

static void
row_wanted (gpointer    owner,
            GranaryRow *row)
{
  GranaryModelList *self = owner;
  gint64 id = granary_row_get_id (row);
  GranaryRowText *text = granary_text_cache_lookup (self->texts, id);

  g_hash_table_replace (self->held, g_memdup2 (&id, sizeof id), row);

  if (text != NULL)
    granary_row_set_text (row, text);
  else if (!g_hash_table_contains (self->under_way, &id))
    want (self, id);
}

static void
row_dropped (gpointer    owner,
             GranaryRow *row)
{
  GranaryModelList *self = owner;
  gint64 id = granary_row_get_id (row);

  /* After a reset two rows may stand for one id for a moment; the newer one stays. */
  if (g_hash_table_lookup (self->held, &id) == row)
    g_hash_table_remove (self->held, &id);
}

static void
disown_row (GranaryModelList *self,
            GranaryRow       *row)
{
  if (row == NULL)
    return;

  row_dropped (self, row);
  granary_row_set_owner (row, NULL, NULL, NULL);
}

/* Makes sure that what is shown of @id is read again, without taking it off the screen. */
static void
invalidate (GranaryModelList *self,
            gint64            id)
{
  granary_text_cache_remove (self->texts, id);
  g_hash_table_remove (self->under_way, &id);
  if (g_hash_table_contains (self->held, &id))
    want (self, id);
}

/* The ids */

static void
clear_row (gpointer data)
{
  if (data != NULL)
    g_object_unref (data);
}

static void
apply_edit (GranaryModelList    *self,
            GArray              *ids,
            const GranaryIdEdit *edit)
{
  for (guint i = 0; i < edit->n_removed; i++)
    disown_row (self, g_ptr_array_index (self->rows, edit->position + i));

  if (edit->n_removed > 0)
    {
      g_array_remove_range (self->ids, edit->position, edit->n_removed);
      g_ptr_array_remove_range (self->rows, edit->position, edit->n_removed);
    }
  if (edit->n_added > 0)
    {
      guint n_after = self->rows->len - edit->position;

      g_array_insert_vals (self->ids, edit->position,
                           &g_array_index (ids, gint64, edit->from), edit->n_added);
      g_ptr_array_set_size (self->rows, self->rows->len + edit->n_added);
      memmove (self->rows->pdata + edit->position + edit->n_added,
               self->rows->pdata + edit->position, n_after * sizeof (gpointer));
      memset (self->rows->pdata + edit->position, 0, edit->n_added * sizeof (gpointer));
    }

  g_list_model_items_changed (G_LIST_MODEL (self), edit->position,
                              edit->n_removed, edit->n_added);
}

static void
replace_all (GranaryModelList *self,
             GArray           *ids)
{
  g_autoptr (GPtrArray) old_rows = g_steal_pointer (&self->rows);
  guint n_old = old_rows->len;

  for (guint i = 0; i < n_old; i++)
    disown_row (self, g_ptr_array_index (old_rows, i));

  g_array_unref (self->ids);
  self->ids = g_array_ref (ids);
  self->rows = g_ptr_array_new_full (ids->len, clear_row);
  g_ptr_array_set_size (self->rows, ids->len);

  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_old, ids->len);
}

static void
take_ids (GranaryModelList *self,
          GArray           *ids)
{
  g_autoptr (GArray) edits = granary_id_diff (self->ids, ids);
  guint n_touched = 0;

  for (guint i = 0; i < edits->len; i++)
    {
      const GranaryIdEdit *edit = &g_array_index (edits, GranaryIdEdit, i);

      n_touched += edit->n_removed + edit->n_added;
    }

  if (edits->len > 0)
    {
      gboolean whole = n_touched > SMALL_CHANGE;

      g_signal_emit (self, signals[REPLACING], 0, whole);
      if (whole)
        replace_all (self, ids);
      else
        for (guint i = 0; i < edits->len; i++)
          apply_edit (self, ids, &g_array_index (edits, GranaryIdEdit, i));
    }
}

static void
ids_loaded_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GranaryModelList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = NULL;

  ids = granary_catalog_read_finish (GRANARY_CATALOG (object), result, &error);
  if (ids == NULL && granary_error_is_cancelled (error))
    return;
  if (self->catalog != GRANARY_CATALOG (object))
    return;

  g_clear_object (&self->query_cancellable);

  if (ids == NULL)
    {
      set_loading (self, FALSE);
      g_signal_emit (self, signals[FAILED], 0, error);
      return;
    }

  take_ids (self, ids);
  set_loading (self, FALSE);
  set_loaded (self, TRUE);
  g_signal_emit (self, signals[REPLACED], 0);
}

static gpointer
load_ids (GranaryCatalog  *catalog,
          gpointer         data,
          GCancellable    *cancellable,
          GError         **error)
{
  return granary_catalog_list_ids (catalog, data, cancellable, error);
}

static gboolean
refresh_cb (gpointer user_data)
{
  GranaryModelList *self = user_data;

  self->refresh_source = 0;
  granary_model_list_reload (self);

  return G_SOURCE_REMOVE;
}

static void
changed_cb (GranaryModelList *self,
            GArray           *model_ids)
{
  gint64 wait;

  if (model_ids == NULL)
    granary_model_list_refresh_texts (self);
  else
    for (guint i = 0; i < model_ids->len; i++)
      invalidate (self, g_array_index (model_ids, gint64, i));

  if (self->refresh_source != 0)
    return;

  wait = self->last_query + REFRESH_INTERVAL_US - g_get_monotonic_time ();
  self->refresh_source = g_timeout_add (wait > 0 ? (guint) (wait / 1000 + 1) : 0, refresh_cb, self);
}

/* GListModel */

static GType
granary_model_list_get_item_type (GListModel *model)
{
  return GRANARY_TYPE_ROW;
}

static guint
granary_model_list_get_n_items (GListModel *model)
{
  return GRANARY_MODEL_LIST (model)->ids->len;
}

static gpointer
granary_model_list_get_item (GListModel *model,
                             guint       position)
{
  GranaryModelList *self = GRANARY_MODEL_LIST (model);
  GranaryRow *row;

  if (position >= self->ids->len)
    return NULL;

  row = g_ptr_array_index (self->rows, position);
  if (row == NULL)
    {
      row = granary_row_new_model (g_array_index (self->ids, gint64, position), position);
      granary_row_set_owner (row, self, row_wanted, row_dropped);
      self->rows->pdata[position] = row;
    }

  return g_object_ref (row);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = granary_model_list_get_item_type;
  iface->get_n_items = granary_model_list_get_n_items;
  iface->get_item = granary_model_list_get_item;
}

/* GObject */

static void
forget_catalog (GranaryModelList *self)
{
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_handle_id (&self->read_source, g_source_remove);
  g_cancellable_cancel (self->query_cancellable);
  g_clear_object (&self->query_cancellable);
  g_cancellable_cancel (self->read_cancellable);
  g_clear_object (&self->read_cancellable);

  if (self->catalog != NULL)
    g_signal_handlers_disconnect_by_data (self->catalog, self);
  g_clear_object (&self->catalog);
  g_hash_table_remove_all (self->wanted);
  g_hash_table_remove_all (self->under_way);
  granary_text_cache_clear (self->texts);
}

static void
granary_model_list_dispose (GObject *object)
{
  GranaryModelList *self = GRANARY_MODEL_LIST (object);

  forget_catalog (self);
  for (guint i = 0; i < self->rows->len; i++)
    disown_row (self, g_ptr_array_index (self->rows, i));

  G_OBJECT_CLASS (granary_model_list_parent_class)->dispose (object);
}

static void
granary_model_list_finalize (GObject *object)
{
  GranaryModelList *self = GRANARY_MODEL_LIST (object);

  g_ptr_array_unref (self->rows);
  g_array_unref (self->ids);
  g_hash_table_unref (self->held);
  g_hash_table_unref (self->wanted);
  g_hash_table_unref (self->under_way);
  g_clear_pointer (&self->query, granary_query_unref);
  granary_text_cache_free (self->texts);

  G_OBJECT_CLASS (granary_model_list_parent_class)->finalize (object);
}

static void
granary_model_list_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  GranaryModelList *self = GRANARY_MODEL_LIST (object);

  switch (prop_id)
    {
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;

    case PROP_LOADED:
      g_value_set_boolean (value, self->loaded);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
granary_model_list_class_init (GranaryModelListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_model_list_dispose;
  object_class->finalize = granary_model_list_finalize;
  object_class->get_property = granary_model_list_get_property;

  properties[PROP_LOADING] =
    g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_LOADED] =
    g_param_spec_boolean ("loaded", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[REPLACING] = g_signal_new ("replacing",
                                     G_TYPE_FROM_CLASS (klass),
                                     G_SIGNAL_RUN_LAST,
                                     0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[REPLACED] = g_signal_new ("replaced",
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
granary_model_list_init (GranaryModelList *self)
{
  self->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->rows = g_ptr_array_new_with_free_func (clear_row);
  self->held = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->wanted = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->under_way = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->texts = granary_text_cache_new (CACHE_CAPACITY);
}

/**
 * granary_model_list_new:
 *
 * Returns: (transfer full): an empty list without catalogue and query
 */
GranaryModelList *
granary_model_list_new (void)
{
  return g_object_new (GRANARY_TYPE_MODEL_LIST, NULL);
}

/**
 * granary_model_list_set_catalog:
 * @self: a list
 * @catalog: (nullable): where to read
 *
 * Empties the list; rows of @catalog come with the next answer.
 */
void
granary_model_list_set_catalog (GranaryModelList *self,
                                GranaryCatalog   *catalog)
{
  g_autoptr (GArray) nothing = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_return_if_fail (GRANARY_IS_MODEL_LIST (self));
  g_return_if_fail (catalog == NULL || GRANARY_IS_CATALOG (catalog));

  if (self->catalog == catalog)
    return;

  forget_catalog (self);
  if (self->ids->len > 0)
    {
      g_signal_emit (self, signals[REPLACING], 0, TRUE);
      replace_all (self, nothing);
      g_signal_emit (self, signals[REPLACED], 0);
    }
  set_loading (self, FALSE);
  set_loaded (self, FALSE);

  if (catalog == NULL)
    return;

  self->catalog = g_object_ref (catalog);
  self->read_cancellable = g_cancellable_new ();
  g_signal_connect_object (catalog, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  if (self->query != NULL)
    granary_model_list_reload (self);
}

/**
 * granary_model_list_set_query:
 * @self: a list
 * @query: what to show
 *
 * Asks the catalogue. An earlier question that is still open is called off.
 */
void
granary_model_list_set_query (GranaryModelList *self,
                              GranaryQuery     *query)
{
  g_return_if_fail (GRANARY_IS_MODEL_LIST (self));
  g_return_if_fail (query != NULL);

  if (self->query != NULL && granary_query_equal (self->query, query))
    return;

  g_clear_pointer (&self->query, granary_query_unref);
  self->query = granary_query_ref (query);
  granary_model_list_reload (self);
}

/**
 * granary_model_list_get_query:
 * @self: a list
 *
 * Returns: (transfer none) (nullable): the query it shows or is about to show
 */
GranaryQuery *
granary_model_list_get_query (GranaryModelList *self)
{
  g_return_val_if_fail (GRANARY_IS_MODEL_LIST (self), NULL);

  return self->query;
}

/**
 * granary_model_list_reload:
 * @self: a list
 *
 * Asks the same query again; the rows stay until the answer is there.
 */
void
granary_model_list_reload (GranaryModelList *self)
{
  g_return_if_fail (GRANARY_IS_MODEL_LIST (self));

  if (self->catalog == NULL || self->query == NULL)
    return;

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_cancellable_cancel (self->query_cancellable);
  g_clear_object (&self->query_cancellable);
  self->query_cancellable = g_cancellable_new ();
  self->last_query = g_get_monotonic_time ();

  set_loading (self, TRUE);
  granary_catalog_read_async (self->catalog, load_ids, granary_query_ref (self->query),
                              (GDestroyNotify) granary_query_unref,
                              (GDestroyNotify) g_array_unref,
                              self->query_cancellable, ids_loaded_cb, g_object_ref (self));
}

/**
 * granary_model_list_refresh_texts:
 * @self: a list
 *
 * Makes the texts on the screen anew, such as ages that went on. Others follow when they are seen.
 */
void
granary_model_list_refresh_texts (GranaryModelList *self)
{
  GHashTableIter iter;
  gpointer key;

  g_return_if_fail (GRANARY_IS_MODEL_LIST (self));

  granary_text_cache_clear (self->texts);
  g_hash_table_remove_all (self->under_way);
  g_hash_table_iter_init (&iter, self->held);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    want (self, *(gint64 *) key);
}

gboolean
granary_model_list_get_loading (GranaryModelList *self)
{
  g_return_val_if_fail (GRANARY_IS_MODEL_LIST (self), FALSE);

  return self->loading;
}

gboolean
granary_model_list_get_loaded (GranaryModelList *self)
{
  g_return_val_if_fail (GRANARY_IS_MODEL_LIST (self), FALSE);

  return self->loaded;
}

/**
 * granary_model_list_find:
 * @self: a list
 * @id: row of a model
 * @position: (out) (optional): where it stands
 *
 * Returns: whether it is in the list
 */
gboolean
granary_model_list_find (GranaryModelList *self,
                         gint64            id,
                         guint            *position)
{
  g_return_val_if_fail (GRANARY_IS_MODEL_LIST (self), FALSE);

  for (guint i = 0; i < self->ids->len; i++)
    if (g_array_index (self->ids, gint64, i) == id)
      {
        if (position != NULL)
          *position = i;
        return TRUE;
      }

  return FALSE;
}

/**
 * granary_model_list_get_id:
 * @self: a list
 * @position: a position in it
 *
 * Returns: row of the model there, 0 beyond the end
 */
gint64
granary_model_list_get_id (GranaryModelList *self,
                           guint             position)
{
  g_return_val_if_fail (GRANARY_IS_MODEL_LIST (self), 0);

  return position < self->ids->len ? g_array_index (self->ids, gint64, position) : 0;
}

/**
 * granary_model_list_get_n_texts:
 * @self: a list
 *
 * Returns: for how many rows texts are kept
 */
guint
granary_model_list_get_n_texts (GranaryModelList *self)
{
  g_return_val_if_fail (GRANARY_IS_MODEL_LIST (self), 0);

  return granary_text_cache_get_size (self->texts);
}
