/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-object-list.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "granary-error.h"
#include "granary-wording.h"

/* Enough for the first screens; more come while these are looked at. */
#define PAGE_SIZE 200

struct _GranaryObjectList
{
  GranaryPlaceList      parent_instance;

  GranaryObjectStorage *storage;
  GranaryObjectPlace   *place;   /* (owned) (nullable): NULL for the buckets */
};

G_DEFINE_FINAL_TYPE (GranaryObjectList, granary_object_list, GRANARY_TYPE_PLACE_LIST)

/* Buckets */

static gboolean
bucket_matches (const GranaryBucket *bucket,
                const char          *text)
{
  return *text == '\0' || strstr (bucket->name, text) != NULL;
}

static void
buckets_listed_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GranaryPlaceList *list = g_task_get_source_object (task);
  g_autofree char *text = g_utf8_strdown (granary_place_list_get_text (list), -1);
  g_autoptr (GPtrArray) buckets = NULL;
  g_autoptr (GPtrArray) found = NULL;
  GError *error = NULL;

  buckets = granary_object_storage_list_buckets_finish (GRANARY_OBJECT_STORAGE (source), result,
                                                        &error);
  if (buckets == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  found = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_bucket_free);
  while (buckets->len > 0)
    {
      GranaryBucket *bucket = g_ptr_array_steal_index (buckets, 0);

      if (bucket_matches (bucket, text))
        g_ptr_array_add (found, bucket);
      else
        granary_bucket_free (bucket);
    }
  g_task_return_pointer (task, granary_place_page_new (g_steal_pointer (&found)),
                         (GDestroyNotify) granary_place_page_free);
}

static GranaryPlaceItem *
make_bucket_item (const GranaryBucket *bucket)
{
  g_autofree char *title = granary_display_path (bucket->name);
  g_autofree char *region = bucket->region != NULL ? granary_display_path (bucket->region) : NULL;

  return g_object_new (GRANARY_TYPE_PLACE_ITEM,
                       "title", title,
                       "subtitle", region,
                       "icon-name", "drive-harddisk-symbolic",
                       /* Translators: a bucket of object storage. */
                       "kind", C_("storage", "Bucket"),
                       "can-open", TRUE,
                       NULL);
}

/* Keys */

static void
objects_listed_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GranaryObjectList *self = g_task_get_source_object (task);
  g_autoptr (GranaryObjectPage) found = NULL;
  GranaryPlacePage *page;
  GError *error = NULL;

  found = granary_object_storage_list_finish (GRANARY_OBJECT_STORAGE (source), result, &error);
  if (found == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  /* The object that stands for the folder itself is not in it. */
  for (guint i = found->objects->len; i > 0; i--)
    {
      GranaryObject *object = g_ptr_array_index (found->objects, i - 1);

      if (g_str_equal (object->key, self->place->key))
        g_ptr_array_remove_index (found->objects, i - 1);
    }

  page = granary_place_page_new (g_steal_pointer (&found->objects));
  page->next = g_steal_pointer (&found->next);
  found->objects = g_ptr_array_new ();
  g_task_return_pointer (task, page, (GDestroyNotify) granary_place_page_free);
}

/* What follows the prefix, as it is; a folder with an empty name still has its slash. */
static char *
dup_name (GranaryObjectList   *self,
          const GranaryObject *object)
{
  gsize prefix = strlen (self->place->key);
  const char *rest = strncmp (object->key, self->place->key, prefix) == 0 ? object->key + prefix
                                                                           : object->key;
  gsize length = strlen (rest);

  if (object->is_folder && length > 1 && rest[length - 1] == '/')
    length--;

  return g_strndup (rest, length);
}

static GranaryPlaceItem *
make_object_item (GranaryObjectList   *self,
                  const GranaryObject *object)
{
  g_autofree char *name = dup_name (self, object);
  g_autofree char *title = granary_display_path (name);
  g_autofree char *subtitle = NULL;

  if (!object->is_folder)
    {
      g_autofree char *size = granary_wording_size (object->size);
      g_autofree char *time = object->modified > 0 ? granary_wording_time (object->modified) : NULL;

      subtitle = time != NULL ? g_strdup_printf ("%s · %s", size, time) : g_strdup (size);
    }

  return g_object_new (GRANARY_TYPE_PLACE_ITEM,
                       "title", title,
                       "subtitle", subtitle,
                       "icon-name", object->is_folder ? "folder-symbolic"
                                                      : "text-x-generic-symbolic",
                       "kind", object->is_folder ? C_("storage", "Folder") : C_("storage", "File"),
                       "can-open", object->is_folder,
                       NULL);
}

/* GranaryPlaceList */

static void
granary_object_list_load (GranaryPlaceList *list,
                          const char       *next,
                          GTask            *task)
{
  GranaryObjectList *self = GRANARY_OBJECT_LIST (list);
  g_autoptr (GranaryObjectPlace) prefix = NULL;
  g_autofree char *key = NULL;

  if (self->place == NULL)
    {
      granary_object_storage_list_buckets_async (self->storage, g_task_get_cancellable (task),
                                                 buckets_listed_cb, task);
      return;
    }

  key = g_strconcat (self->place->key, granary_place_list_get_text (list), NULL);
  prefix = granary_object_place_new (self->place->bucket, self->place->region, key);
  granary_object_storage_list_async (self->storage, prefix, "/", next, PAGE_SIZE,
                                     g_task_get_cancellable (task), objects_listed_cb, task);
}

static GranaryPlaceItem *
granary_object_list_make_item (GranaryPlaceList *list,
                               gconstpointer     entry)
{
  GranaryObjectList *self = GRANARY_OBJECT_LIST (list);

  return self->place == NULL ? make_bucket_item (entry) : make_object_item (self, entry);
}

/* GObject */

static void
granary_object_list_finalize (GObject *object)
{
  GranaryObjectList *self = GRANARY_OBJECT_LIST (object);

  g_clear_object (&self->storage);
  g_clear_pointer (&self->place, granary_object_place_free);

  G_OBJECT_CLASS (granary_object_list_parent_class)->finalize (object);
}

static void
granary_object_list_class_init (GranaryObjectListClass *klass)
{
  GranaryPlaceListClass *list_class = GRANARY_PLACE_LIST_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = granary_object_list_finalize;

  list_class->load = granary_object_list_load;
  list_class->make_item = granary_object_list_make_item;
}

static void
granary_object_list_init (GranaryObjectList *self)
{
}

/**
 * granary_object_list_new:
 * @storage: where to list
 * @place: (nullable): bucket and folder; %NULL for all buckets
 *
 * Returns: (transfer full): a list that reads nothing yet
 */
GranaryPlaceList *
granary_object_list_new (GranaryObjectStorage     *storage,
                         const GranaryObjectPlace *place)
{
  GranaryObjectList *self;

  g_return_val_if_fail (GRANARY_IS_OBJECT_STORAGE (storage), NULL);

  self = g_object_new (GRANARY_TYPE_OBJECT_LIST, NULL);
  self->storage = g_object_ref (storage);
  if (place != NULL)
    self->place = granary_object_place_copy (place);

  return GRANARY_PLACE_LIST (self);
}

GranaryObjectPlace *
granary_object_list_dup_place (GranaryObjectList *self,
                               guint              position)
{
  gconstpointer entry;

  g_return_val_if_fail (GRANARY_IS_OBJECT_LIST (self), NULL);

  entry = granary_place_list_get_entry (GRANARY_PLACE_LIST (self), position);
  if (entry == NULL)
    return NULL;

  if (self->place == NULL)
    {
      const GranaryBucket *bucket = entry;

      return granary_object_place_new (bucket->name, bucket->region, "");
    }

  if (((const GranaryObject *) entry)->is_folder)
    return granary_object_place_new (self->place->bucket, self->place->region,
                                     ((const GranaryObject *) entry)->key);

  return NULL;
}
