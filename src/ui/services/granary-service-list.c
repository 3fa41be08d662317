/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-service-list.h"

#include "granary-error.h"

#define REFRESH_DELAY_MS 150
/* From here on it is cheaper for a view to take all of it anew than each change by itself. */
#define MANY_CHANGES 64

struct _GranaryServiceList
{
  GObject         parent_instance;

  GranaryCatalog *catalog;        /* (owned) (nullable) */
  GPtrArray      *items;          /* (owned) (element-type GranaryServiceItem): in order */
  GHashTable     *by_uid;         /* (owned) id → its item */
  GHashTable     *serving;        /* (owned) rows of the versions that running services run */
  GError         *error;          /* (owned) (nullable): of the last reading */
  GCancellable   *cancellable;    /* (owned) (nullable): of the reading under way */
  guint           n_running;
  guint           refresh_source;
  gboolean        loaded;
  gboolean        again;          /* there was a change since the reading began */
};

enum
{
  UPDATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void list_model_init    (GListModelInterface      *iface);
static void section_model_init (GtkSectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryServiceList, granary_service_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SECTION_MODEL, section_model_init))

/* Taking what was read */

static GranaryServiceItem *
get_item (GPtrArray *items,
          guint      position)
{
  return g_ptr_array_index (items, position);
}

static int
compare_cb (gconstpointer one,
            gconstpointer other)
{
  return granary_service_item_compare (*(GranaryServiceItem *const *) one,
                                       *(GranaryServiceItem *const *) other);
}

static gpointer
load_items (GranaryCatalog  *catalog,
            gpointer         data,
            GCancellable    *cancellable,
            GError         **error)
{
  g_autoptr (GPtrArray) services = granary_catalog_list_services (catalog, NULL, NULL, error);
  g_autoptr (GPtrArray) items = NULL;

  if (services == NULL)
    return NULL;

  items = g_ptr_array_new_full (services->len, g_object_unref);
  for (guint i = 0; i < services->len; i++)
    {
      GranaryService *service = g_ptr_array_index (services, i);

      if (service->uid != NULL)
        g_ptr_array_add (items, granary_service_item_new (service));
    }
  g_ptr_array_sort (items, compare_cb);

  return g_steal_pointer (&items);
}

/* How many come and go. */
static guint
count_changes (GPtrArray *before,
               GPtrArray *now)
{
  guint n_changes = 0;
  guint i = 0;
  guint j = 0;

  while (i < before->len && j < now->len)
    {
      int order = granary_service_item_compare (get_item (before, i), get_item (now, j));

      i += order <= 0;
      j += order >= 0;
      n_changes += order != 0;
    }

  return n_changes + (before->len - i) + (now->len - j);
}

static void
replace_all (GranaryServiceList *self,
             GPtrArray          *now)
{
  guint n_before = self->items->len;

  /* Whoever is still there stays the same object. */
  for (guint i = 0; i < now->len; i++)
    {
      GranaryServiceItem *item = get_item (now, i);
      GranaryServiceItem *known = g_hash_table_lookup (self->by_uid,
                                                       granary_service_item_get_uid (item));

      if (known != NULL && granary_service_item_compare (known, item) == 0)
        {
          granary_service_item_set_service (known, granary_service_item_get_service (item));
          now->pdata[i] = g_object_ref (known);
          g_object_unref (item);
        }
    }

  g_ptr_array_unref (self->items);
  self->items = g_ptr_array_ref (now);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n_before, now->len);
}

static void
merge (GranaryServiceList *self,
       GPtrArray          *now)
{
  guint i = 0;

  for (guint j = 0; i < self->items->len || j < now->len;)
    {
      int order;

      if (i == self->items->len)
        order = 1;
      else if (j == now->len)
        order = -1;
      else
        order = granary_service_item_compare (get_item (self->items, i), get_item (now, j));

      if (order < 0)
        {
          g_ptr_array_remove_index (self->items, i);
          g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
        }
      else if (order > 0)
        {
          g_ptr_array_insert (self->items, (int) i, g_object_ref (get_item (now, j++)));
          g_list_model_items_changed (G_LIST_MODEL (self), i++, 0, 1);
        }
      else
        granary_service_item_set_service (get_item (self->items, i++),
                                          granary_service_item_get_service (get_item (now, j++)));
    }
}

static void
take_items (GranaryServiceList *self,
            GPtrArray          *now)
{
  if (count_changes (self->items, now) >= MANY_CHANGES)
    replace_all (self, now);
  else
    merge (self, now);

  g_hash_table_remove_all (self->by_uid);
  g_hash_table_remove_all (self->serving);
  self->n_running = 0;
  for (guint i = 0; i < self->items->len; i++)
    {
      GranaryServiceItem *item = get_item (self->items, i);
      const GranaryService *service = granary_service_item_get_service (item);

      g_hash_table_insert (self->by_uid, g_strdup (service->uid), g_object_ref (item));
      if (service->state != GRANARY_SERVICE_RUNNING)
        continue;
      self->n_running++;
      if (service->version_id > 0)
        g_hash_table_add (self->serving, g_memdup2 (&service->version_id, sizeof (gint64)));
    }
}

/* Reading */

static void changed_cb (GranaryServiceList *self);

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranaryServiceList) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = NULL;

  items = granary_catalog_read_finish (GRANARY_CATALOG (object), result, &error);
  /* Another reading may have taken its place. */
  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable ||
      (items == NULL && granary_error_is_cancelled (error)))
    return;

  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  if (items != NULL)
    {
      self->loaded = TRUE;
      take_items (self, items);
    }
  else
    self->error = g_steal_pointer (&error);
  g_signal_emit (self, signals[UPDATED], 0);
  if (self->again)
    changed_cb (self);
}

static gboolean
refresh_cb (gpointer user_data)
{
  GranaryServiceList *self = user_data;

  self->refresh_source = 0;
  granary_service_list_reload (self);

  return G_SOURCE_REMOVE;
}

/* One reading at a time: changes that come faster than they can be read are read in one go. */
static void
changed_cb (GranaryServiceList *self)
{
  self->again = self->cancellable != NULL;
  if (!self->again && self->refresh_source == 0)
    self->refresh_source = g_timeout_add (REFRESH_DELAY_MS, refresh_cb, self);
}

/* GListModel and GtkSectionModel */

static GType
granary_service_list_get_item_type (GListModel *model)
{
  return GRANARY_TYPE_SERVICE_ITEM;
}

static guint
granary_service_list_get_n_items (GListModel *model)
{
  return GRANARY_SERVICE_LIST (model)->items->len;
}

static gpointer
granary_service_list_get_item (GListModel *model,
                               guint       position)
{
  GranaryServiceList *self = GRANARY_SERVICE_LIST (model);

  return position < self->items->len ? g_object_ref (get_item (self->items, position)) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = granary_service_list_get_item_type;
  iface->get_n_items = granary_service_list_get_n_items;
  iface->get_item = granary_service_list_get_item;
}

static void
granary_service_list_get_section (GtkSectionModel *model,
                                  guint            position,
                                  guint           *start,
                                  guint           *end)
{
  GPtrArray *items = GRANARY_SERVICE_LIST (model)->items;

  if (position >= items->len)
    {
      *start = items->len;
      *end = G_MAXUINT;
      return;
    }

  *start = position;
  *end = position + 1;
  while (*start > 0 &&
         granary_service_item_is_beside (get_item (items, *start - 1), get_item (items, position)))
    (*start)--;
  while (*end < items->len &&
         granary_service_item_is_beside (get_item (items, *end), get_item (items, position)))
    (*end)++;
}

static void
section_model_init (GtkSectionModelInterface *iface)
{
  iface->get_section = granary_service_list_get_section;
}

/* GObject */

static void
granary_service_list_dispose (GObject *object)
{
  GranaryServiceList *self = GRANARY_SERVICE_LIST (object);

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->catalog);

  G_OBJECT_CLASS (granary_service_list_parent_class)->dispose (object);
}

static void
granary_service_list_finalize (GObject *object)
{
  GranaryServiceList *self = GRANARY_SERVICE_LIST (object);

  g_hash_table_unref (self->by_uid);
  g_hash_table_unref (self->serving);
  g_ptr_array_unref (self->items);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (granary_service_list_parent_class)->finalize (object);
}

static void
granary_service_list_class_init (GranaryServiceListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_service_list_dispose;
  object_class->finalize = granary_service_list_finalize;

  signals[UPDATED] = g_signal_new ("updated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_service_list_init (GranaryServiceList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_uid = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->serving = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

/* Public functions */

GranaryServiceList *
granary_service_list_new (void)
{
  return g_object_new (GRANARY_TYPE_SERVICE_LIST, NULL);
}

/**
 * granary_service_list_set_catalog:
 * @self: a list
 * @catalog: (nullable): whose services to list
 */
void
granary_service_list_set_catalog (GranaryServiceList *self,
                                  GranaryCatalog     *catalog)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_if_fail (GRANARY_IS_SERVICE_LIST (self));
  g_return_if_fail (catalog == NULL || GRANARY_IS_CATALOG (catalog));

  if (self->catalog != NULL)
    g_signal_handlers_disconnect_by_data (self->catalog, self);
  g_set_object (&self->catalog, catalog);
  g_clear_error (&self->error);
  self->loaded = FALSE;
  take_items (self, none);
  if (catalog != NULL)
    g_signal_connect_object (catalog, "changed", G_CALLBACK (changed_cb), self,
                             G_CONNECT_SWAPPED);
  g_signal_emit (self, signals[UPDATED], 0);
  granary_service_list_reload (self);
}

/**
 * granary_service_list_reload:
 * @self: a list
 *
 * Reads the services again.
 */
void
granary_service_list_reload (GranaryServiceList *self)
{
  g_return_if_fail (GRANARY_IS_SERVICE_LIST (self));

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->again = FALSE;
  if (self->catalog == NULL)
    return;

  self->cancellable = g_cancellable_new ();
  granary_catalog_read_async (self->catalog, load_items, NULL, NULL,
                              (GDestroyNotify) g_ptr_array_unref, self->cancellable, loaded_cb,
                              g_object_ref (self));
}

gboolean
granary_service_list_get_loaded (GranaryServiceList *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_LIST (self), FALSE);

  return self->loaded;
}

/**
 * granary_service_list_get_error:
 * @self: a list
 *
 * Returns: (transfer none) (nullable): why the last reading failed; what was read before it stays
 */
const GError *
granary_service_list_get_error (GranaryServiceList *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_LIST (self), NULL);

  return self->error;
}

/**
 * granary_service_list_find:
 * @self: a list
 * @uid: id of a service
 *
 * Returns: (transfer none) (nullable): its item
 */
GranaryServiceItem *
granary_service_list_find (GranaryServiceList *self,
                           const char         *uid)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_LIST (self), NULL);
  g_return_val_if_fail (uid != NULL, NULL);

  return g_hash_table_lookup (self->by_uid, uid);
}

guint
granary_service_list_get_n_running (GranaryServiceList *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_LIST (self), 0);

  return self->n_running;
}

/**
 * granary_service_list_is_serving:
 * @self: a list
 * @version_id: row of a version
 *
 * Returns: whether a running service runs it
 */
gboolean
granary_service_list_is_serving (GranaryServiceList *self,
                                 gint64              version_id)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_LIST (self), FALSE);

  return g_hash_table_contains (self->serving, &version_id);
}
