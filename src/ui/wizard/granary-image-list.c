/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-image-list.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "granary-error.h"
#include "granary-wording.h"

struct _GranaryImageList
{
  GranaryPlaceList    parent_instance;

  GranaryImageSource *source;
  char               *framework; /* (owned) (nullable): for what is built in */
  GranaryImagePlace  *place;     /* (owned) (nullable): NULL for all registries */
  char               *current;   /* (owned) (nullable): address that is chosen */
  gboolean            is_builtin;
  GPtrArray          *builtin;   /* (owned) (nullable) (element-type Entry): all that is built in */
};

G_DEFINE_FINAL_TYPE (GranaryImageList, granary_image_list, GRANARY_TYPE_PLACE_LIST)

/* One of the two; shared by the list and the results of its searches. */
typedef struct
{
  GranaryImage      *image;
  GranaryImagePlace *place;
} Entry;

static void
entry_clear (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->image, granary_image_free);
  g_clear_pointer (&entry->place, granary_image_place_free);
}

static void
entry_unref (gpointer entry)
{
  g_rc_box_release_full (entry, entry_clear);
}

/* Moves what @from holds to the end of @entries. */
static void
take_images (GPtrArray *entries,
             GPtrArray *from)
{
  while (from->len > 0)
    {
      Entry *entry = g_rc_box_new0 (Entry);

      entry->image = g_ptr_array_steal_index (from, 0);
      g_ptr_array_add (entries, entry);
    }
}

static void
take_places (GPtrArray *entries,
             GPtrArray *from)
{
  while (from->len > 0)
    {
      Entry *entry = g_rc_box_new0 (Entry);

      entry->place = g_ptr_array_steal_index (from, 0);
      g_ptr_array_add (entries, entry);
    }
}

/* Built in */

static gboolean
contains (const char *text,
          const char *folded)
{
  g_autofree char *own = text != NULL ? g_utf8_casefold (text, -1) : NULL;

  return own != NULL && strstr (own, folded) != NULL;
}

/* All of it is there: searching needs nobody else. */
static void
return_builtin (GranaryImageList *self,
                GTask            *task)
{
  g_autofree char *folded = NULL;
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (entry_unref);

  folded = g_utf8_casefold (granary_place_list_get_text (GRANARY_PLACE_LIST (self)), -1);
  for (guint i = 0; i < self->builtin->len; i++)
    {
      Entry *entry = g_ptr_array_index (self->builtin, i);

      if (contains (entry->image->title, folded) || contains (entry->image->subtitle, folded) ||
          contains (entry->image->address, folded))
        g_ptr_array_add (found, g_rc_box_acquire (entry));
    }

  g_task_return_pointer (task, granary_place_page_new (g_steal_pointer (&found)),
                         (GDestroyNotify) granary_place_page_free);
}

static void
builtin_listed_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GranaryImageList *self = g_task_get_source_object (task);
  g_autoptr (GPtrArray) images = NULL;
  GError *error = NULL;

  images = granary_image_source_list_finish (GRANARY_IMAGE_SOURCE (source), result, &error);
  if (images == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_clear_pointer (&self->builtin, g_ptr_array_unref);
  self->builtin = g_ptr_array_new_with_free_func (entry_unref);
  take_images (self->builtin, images);
  return_builtin (self, task);
}

/* Registries */

static void
registry_browsed_cb (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GranaryImagePage) found = NULL;
  GranaryPlacePage *page;
  GPtrArray *entries;
  GError *error = NULL;

  found = granary_image_source_browse_finish (GRANARY_IMAGE_SOURCE (source), result, &error);
  if (found == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  entries = g_ptr_array_new_with_free_func (entry_unref);
  take_places (entries, found->places);
  take_images (entries, found->images);
  page = granary_place_page_new (entries);
  page->note = g_steal_pointer (&found->note);
  if (found->has_more)
    page->next = g_strdup_printf ("%u", GPOINTER_TO_UINT (g_task_get_task_data (task)) + 1);
  g_task_return_pointer (task, page, (GDestroyNotify) granary_place_page_free);
}

/* GranaryPlaceList */

static void
granary_image_list_load (GranaryPlaceList *list,
                         const char       *next,
                         GTask            *task)
{
  GranaryImageList *self = GRANARY_IMAGE_LIST (list);
  GCancellable *cancellable = g_task_get_cancellable (task);
  guint page = next != NULL ? (guint) g_ascii_strtoull (next, NULL, 10) : 0;

  if (!self->is_builtin)
    {
      const char *text = granary_place_list_get_text (list);

      g_task_set_task_data (task, GUINT_TO_POINTER (page), NULL);
      granary_image_source_browse_async (self->source, self->place, *text != '\0' ? text : NULL,
                                         page, cancellable, registry_browsed_cb, task);
    }
  else if (self->builtin != NULL)
    {
      return_builtin (self, task);
      g_object_unref (task);
    }
  else
    {
      granary_image_source_list_async (self->source, self->framework, cancellable,
                                       builtin_listed_cb, task);
    }
}

static char *
make_image_subtitle (const GranaryImage *image)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;

  if (image->subtitle != NULL && *image->subtitle != '\0')
    g_strv_builder_take (builder, granary_display_path (image->subtitle));
  if (image->size >= 0)
    g_strv_builder_take (builder, granary_wording_size (image->size));
  if (image->updated > 0)
    g_strv_builder_take (builder, granary_wording_time (image->updated));

  parts = g_strv_builder_end (builder);

  return g_strjoinv (" · ", parts);
}

static GranaryPlaceItem *
granary_image_list_make_item (GranaryPlaceList *list,
                              gconstpointer     data)
{
  GranaryImageList *self = GRANARY_IMAGE_LIST (list);
  const Entry *entry = data;
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;

  if (entry->place != NULL)
    {
      title = granary_display_path (entry->place->title);
      if (entry->place->subtitle != NULL)
        subtitle = granary_display_path (entry->place->subtitle);

      return g_object_new (GRANARY_TYPE_PLACE_ITEM,
                           "title", title,
                           "subtitle", subtitle,
                           "icon-name", "folder-symbolic",
                           "can-open", TRUE,
                           NULL);
    }

  title = granary_display_path (entry->image->title);
  subtitle = make_image_subtitle (entry->image);

  return g_object_new (GRANARY_TYPE_PLACE_ITEM,
                       "title", title,
                       "subtitle", subtitle,
                       "icon-name", entry->image->kind == GRANARY_IMAGE_PYTHON
                                    ? "utilities-terminal-symbolic"
                                    : "package-x-generic-symbolic",
                       "can-choose", TRUE,
                       "is-current", g_strcmp0 (entry->image->address, self->current) == 0,
                       NULL);
}

/* GObject */

static void
granary_image_list_finalize (GObject *object)
{
  GranaryImageList *self = GRANARY_IMAGE_LIST (object);

  g_clear_object (&self->source);
  g_clear_pointer (&self->place, granary_image_place_free);
  g_clear_pointer (&self->builtin, g_ptr_array_unref);
  g_free (self->framework);
  g_free (self->current);

  G_OBJECT_CLASS (granary_image_list_parent_class)->finalize (object);
}

static void
granary_image_list_class_init (GranaryImageListClass *klass)
{
  GranaryPlaceListClass *list_class = GRANARY_PLACE_LIST_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = granary_image_list_finalize;

  list_class->load = granary_image_list_load;
  list_class->make_item = granary_image_list_make_item;
}

static void
granary_image_list_init (GranaryImageList *self)
{
}

/**
 * granary_image_list_new_builtin:
 * @source: where to look
 * @framework: (nullable): what the environment has to serve; those for it come first
 * @current: (nullable): the address that is chosen
 *
 * Returns: (transfer full): a list that reads nothing yet
 */
GranaryPlaceList *
granary_image_list_new_builtin (GranaryImageSource *source,
                                const char         *framework,
                                const char         *current)
{
  GranaryImageList *self;

  g_return_val_if_fail (GRANARY_IS_IMAGE_SOURCE (source), NULL);

  self = g_object_new (GRANARY_TYPE_IMAGE_LIST, NULL);
  self->source = g_object_ref (source);
  self->framework = g_strdup (framework);
  self->current = g_strdup (current);
  self->is_builtin = TRUE;

  return GRANARY_PLACE_LIST (self);
}

/**
 * granary_image_list_new_registry:
 * @source: where to look; one with registries
 * @place: (nullable): registry, namespace or repository; %NULL for all registries
 * @current: (nullable): the address that is chosen
 *
 * Returns: (transfer full): a list that reads nothing yet
 */
GranaryPlaceList *
granary_image_list_new_registry (GranaryImageSource      *source,
                                 const GranaryImagePlace *place,
                                 const char              *current)
{
  GranaryImageList *self;

  g_return_val_if_fail (GRANARY_IS_IMAGE_SOURCE (source), NULL);

  self = g_object_new (GRANARY_TYPE_IMAGE_LIST, NULL);
  self->source = g_object_ref (source);
  self->place = place != NULL ? granary_image_place_copy (place) : NULL;
  self->current = g_strdup (current);

  return GRANARY_PLACE_LIST (self);
}

const GranaryImage *
granary_image_list_get_image (GranaryImageList *self,
                              guint             position)
{
  const Entry *entry;

  g_return_val_if_fail (GRANARY_IS_IMAGE_LIST (self), NULL);

  entry = granary_place_list_get_entry (GRANARY_PLACE_LIST (self), position);

  return entry != NULL ? entry->image : NULL;
}

const GranaryImagePlace *
granary_image_list_get_place (GranaryImageList *self,
                              guint             position)
{
  const Entry *entry;

  g_return_val_if_fail (GRANARY_IS_IMAGE_LIST (self), NULL);

  entry = granary_place_list_get_entry (GRANARY_PLACE_LIST (self), position);

  return entry != NULL ? entry->place : NULL;
}
