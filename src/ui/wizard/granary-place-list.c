/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-place-list.h"

#include "granary-error.h"

typedef struct
{
  GPtrArray    *entries;     /* (owned) (nullable): of the subclass's type */
  GPtrArray    *items;       /* (element-type GranaryPlaceItem) (nullable elements): by position */
  char         *text;        /* (owned) */
  char         *next;        /* (owned) (nullable): where the next page begins */
  GError       *error;       /* (owned) (nullable): of the last reading */
  GError       *note;        /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) (nullable): of the page being read */
} GranaryPlaceListPrivate;

static void granary_place_list_iface_init (GListModelInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GranaryPlaceList, granary_place_list, G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (GranaryPlaceList)
                                  G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                         granary_place_list_iface_init))

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Pages */

GranaryPlacePage *
granary_place_page_new (GPtrArray *entries)
{
  GranaryPlacePage *self = g_new0 (GranaryPlacePage, 1);

  self->entries = entries;

  return self;
}

void
granary_place_page_free (GranaryPlacePage *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->entries);
  g_free (self->next);
  g_clear_error (&self->note);
  g_free (self);
}

/* Reading */

static void
item_unref (gpointer item)
{
  if (item != NULL)
    g_object_unref (item);
}

static void
take_page (GranaryPlaceList *self,
           GranaryPlacePage *page)
{
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);
  guint before = priv->items->len;
  guint added = page->entries->len;

  g_set_str (&priv->next, page->next);
  if (page->note != NULL)
    {
      g_clear_error (&priv->note);
      priv->note = g_steal_pointer (&page->note);
    }

  if (priv->entries == NULL)
    priv->entries = g_steal_pointer (&page->entries);
  else
    g_ptr_array_extend_and_steal (priv->entries, g_steal_pointer (&page->entries));
  /* Only for freeing the page. */
  page->entries = g_ptr_array_new ();

  g_ptr_array_set_size (priv->items, (int) (before + added));
  if (added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, added);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GranaryPlaceList *self = GRANARY_PLACE_LIST (source);
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);
  g_autoptr (GranaryPlacePage) page = NULL;
  g_autoptr (GError) error = NULL;

  page = g_task_propagate_pointer (G_TASK (result), &error);
  /* A reading that was given up says nothing of the one that took its place. */
  if (g_task_get_cancellable (G_TASK (result)) != priv->cancellable)
    return;

  g_clear_object (&priv->cancellable);
  if (page != NULL)
    take_page (self, page);
  else if (!granary_error_is_cancelled (error))
    priv->error = g_steal_pointer (&error);

  g_signal_emit (self, signals[CHANGED], 0);
}

static void
load (GranaryPlaceList *self)
{
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);
  GTask *task;

  g_clear_error (&priv->error);
  priv->cancellable = g_cancellable_new ();
  task = g_task_new (self, priv->cancellable, loaded_cb, NULL);
  g_task_set_source_tag (task, load);
  GRANARY_PLACE_LIST_GET_CLASS (self)->load (self, priv->next, task);

  g_signal_emit (self, signals[CHANGED], 0);
}

static void
give_up (GranaryPlaceList *self)
{
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);

  g_cancellable_cancel (priv->cancellable);
  g_clear_object (&priv->cancellable);
}

/* GListModel */

static GType
granary_place_list_get_item_type (GListModel *model)
{
  return GRANARY_TYPE_PLACE_ITEM;
}

static guint
granary_place_list_get_n_items (GListModel *model)
{
  GranaryPlaceList *self = GRANARY_PLACE_LIST (model);
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);

  return priv->items->len;
}

static gpointer
granary_place_list_get_item (GListModel *model,
                             guint       position)
{
  GranaryPlaceList *self = GRANARY_PLACE_LIST (model);
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);
  GranaryPlaceItem *item;

  if (position >= priv->items->len)
    return NULL;

  item = g_ptr_array_index (priv->items, position);
  if (item == NULL)
    {
      gconstpointer entry = g_ptr_array_index (priv->entries, position);

      item = GRANARY_PLACE_LIST_GET_CLASS (self)->make_item (self, entry);
      g_ptr_array_index (priv->items, position) = item;
    }

  return g_object_ref (item);
}

static void
granary_place_list_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = granary_place_list_get_item_type;
  iface->get_n_items = granary_place_list_get_n_items;
  iface->get_item = granary_place_list_get_item;
}

/* GObject */

static void
granary_place_list_dispose (GObject *object)
{
  give_up (GRANARY_PLACE_LIST (object));

  G_OBJECT_CLASS (granary_place_list_parent_class)->dispose (object);
}

static void
granary_place_list_finalize (GObject *object)
{
  GranaryPlaceList *self = GRANARY_PLACE_LIST (object);
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);

  g_clear_pointer (&priv->entries, g_ptr_array_unref);
  g_ptr_array_unref (priv->items);
  g_free (priv->text);
  g_free (priv->next);
  g_clear_error (&priv->error);
  g_clear_error (&priv->note);

  G_OBJECT_CLASS (granary_place_list_parent_class)->finalize (object);
}

static void
granary_place_list_class_init (GranaryPlaceListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_place_list_dispose;
  object_class->finalize = granary_place_list_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_place_list_init (GranaryPlaceList *self)
{
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);

  priv->items = g_ptr_array_new_with_free_func (item_unref);
  priv->text = g_strdup ("");
}

/* Public functions */

void
granary_place_list_reload (GranaryPlaceList *self)
{
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);
  guint n_items;

  g_return_if_fail (GRANARY_IS_PLACE_LIST (self));

  give_up (self);
  g_clear_pointer (&priv->next, g_free);
  g_clear_error (&priv->note);
  n_items = priv->items->len;
  g_ptr_array_set_size (priv->items, 0);
  if (n_items > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n_items, 0);
  g_clear_pointer (&priv->entries, g_ptr_array_unref);
  load (self);
}

void
granary_place_list_stop (GranaryPlaceList *self)
{
  g_return_if_fail (GRANARY_IS_PLACE_LIST (self));

  give_up (self);
}

void
granary_place_list_load_more (GranaryPlaceList *self)
{
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);

  g_return_if_fail (GRANARY_IS_PLACE_LIST (self));

  if (priv->cancellable == NULL && (priv->next != NULL || priv->error != NULL))
    load (self);
}

gboolean
granary_place_list_has_more (GranaryPlaceList *self)
{
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);

  g_return_val_if_fail (GRANARY_IS_PLACE_LIST (self), FALSE);

  return priv->next != NULL;
}

gboolean
granary_place_list_is_loading (GranaryPlaceList *self)
{
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);

  g_return_val_if_fail (GRANARY_IS_PLACE_LIST (self), FALSE);

  return priv->cancellable != NULL;
}

const GError *
granary_place_list_get_error (GranaryPlaceList *self)
{
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);

  g_return_val_if_fail (GRANARY_IS_PLACE_LIST (self), NULL);

  return priv->error;
}

const GError *
granary_place_list_get_note (GranaryPlaceList *self)
{
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);

  g_return_val_if_fail (GRANARY_IS_PLACE_LIST (self), NULL);

  return priv->note;
}

const char *
granary_place_list_get_text (GranaryPlaceList *self)
{
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);

  g_return_val_if_fail (GRANARY_IS_PLACE_LIST (self), NULL);

  return priv->text;
}

void
granary_place_list_set_text (GranaryPlaceList *self,
                             const char       *text)
{
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);

  g_return_if_fail (GRANARY_IS_PLACE_LIST (self));
  g_return_if_fail (text != NULL);

  if (g_set_str (&priv->text, text))
    granary_place_list_reload (self);
}

gconstpointer
granary_place_list_get_entry (GranaryPlaceList *self,
                              guint             position)
{
  GranaryPlaceListPrivate *priv = granary_place_list_get_instance_private (self);

  g_return_val_if_fail (GRANARY_IS_PLACE_LIST (self), NULL);

  return position < priv->items->len ? g_ptr_array_index (priv->entries, position) : NULL;
}
