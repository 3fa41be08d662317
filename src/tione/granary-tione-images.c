/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-images.h"

#include "granary-tione-environment-private.h"
#include "granary-tione-image-lists-private.h"

#define N_THREADS 2

struct _GranaryTioneImages
{
  GObject            parent_instance;

  GranaryTionePlace *place;  /* (owned) */
  GranaryWorker     *worker; /* (owned) */
};

static void image_source_iface_init (GranaryImageSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryTioneImages, granary_tione_images, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_IMAGE_SOURCE,
                                                      image_source_iface_init))

/* A question on its way to a thread. */
typedef struct
{
  GranaryTionePlace *place;     /* (owned) */
  char              *framework; /* (owned) (nullable) */
  GranaryImagePlace *at;        /* (owned) (nullable) */
  char              *text;      /* (owned) (nullable) */
  guint              page;
} Question;

static void
question_free (gpointer data)
{
  Question *self = data;

  granary_tione_place_unref (self->place);
  g_clear_pointer (&self->at, granary_image_place_free);
  g_free (self->framework);
  g_free (self->text);
  g_free (self);
}

/* What is built in */

/* The platform's own name stays the title: its console shows it, and versions tell it. */
static GranaryImage *
make_image (const GranaryTioneImage *from)
{
  GranaryImage *image = granary_image_new (GRANARY_IMAGE_BUILTIN, from->url, from->id);
  g_autoptr (GString) subtitle = g_string_new (NULL);

  image->framework = granary_tione_framework_from_platform (from->framework);
  image->size = from->size;
  image->updated = from->updated;
  if (image->framework != NULL)
    g_string_append (subtitle, image->framework);
  if (image->framework != NULL && from->framework_version != NULL)
    g_string_append_printf (subtitle, " %s", from->framework_version);
  if (from->devices != NULL)
    g_string_append_printf (subtitle, "%s%s", subtitle->len > 0 ? " · " : "", from->devices);
  if (subtitle->len > 0)
    image->subtitle = g_string_free (g_steal_pointer (&subtitle), FALSE);

  return image;
}

static void
add_those (GPtrArray  *images,
           GPtrArray  *from,
           const char *framework,
           gboolean    is_for_it,
           GHashTable *seen)
{
  for (guint i = 0; i < from->len; i++)
    {
      const GranaryTioneImage *image = g_ptr_array_index (from, i);

      if ((framework != NULL && granary_tione_image_serves (image, framework)) == is_for_it &&
          g_hash_table_add (seen, image->url))
        g_ptr_array_add (images, make_image (image));
    }
}

/**
 * granary_tione_list_images:
 * @place: the connection
 * @framework: (nullable): as in [struct@Version]
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Blocks. The lists that pair frameworks and images are asked first; the others only where those
 * have nothing.
 *
 * Returns: (transfer full) (element-type GranaryImage): images of the platform to run models in,
 *   those for @framework first
 */
GPtrArray *
granary_tione_list_images (GranaryTionePlace  *place,
                           const char         *framework,
                           GCancellable       *cancellable,
                           GError            **error)
{
  const char *wanted = granary_tione_framework_to_platform (framework, NULL);
  g_autoptr (GPtrArray) found = granary_tione_images_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *images;

  for (guint list = 0; list < GRANARY_TIONE_N_IMAGE_LISTS; list++)
    {
      if (list > 1 && found->len > 0)
        break;
      if (!granary_tione_images_add (found, place, list, cancellable, error))
        return NULL;
    }

  images = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_image_free);
  add_those (images, found, wanted, TRUE, seen);
  add_those (images, found, wanted, FALSE, seen);

  return images;
}

/* GranaryImageSource */

static void
list_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  Question *self = task_data;
  GError *error = NULL;
  GPtrArray *images = granary_tione_list_images (self->place, self->framework, cancellable,
                                                 &error);

  if (images != NULL)
    g_task_return_pointer (task, images, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
browse_thread (GTask        *task,
               gpointer      source_object,
               gpointer      task_data,
               GCancellable *cancellable)
{
  Question *self = task_data;
  GError *error = NULL;
  GranaryImagePage *page = granary_tione_browse_images (self->place, self->at, self->text,
                                                        self->page, cancellable, &error);

  if (page != NULL)
    g_task_return_pointer (task, page, (GDestroyNotify) granary_image_page_free);
  else
    g_task_return_error (task, error);
}

static Question *
ask (GranaryImageSource  *source,
     GCancellable        *cancellable,
     GAsyncReadyCallback  callback,
     gpointer             user_data,
     gpointer             tag,
     GTask              **task)
{
  Question *question = g_new0 (Question, 1);

  question->place = granary_tione_place_ref (GRANARY_TIONE_IMAGES (source)->place);
  *task = g_task_new (source, cancellable, callback, user_data);
  g_task_set_source_tag (*task, tag);
  g_task_set_task_data (*task, question, question_free);

  return question;
}

static void
granary_tione_images_list_async (GranaryImageSource  *source,
                                 const char          *framework,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Question *question = ask (source, cancellable, callback, user_data,
                            granary_tione_images_list_async, &task);

  question->framework = g_strdup (framework);
  granary_worker_run (GRANARY_TIONE_IMAGES (source)->worker, task, list_thread);
}

static GPtrArray *
granary_tione_images_list_finish (GranaryImageSource  *source,
                                  GAsyncResult        *result,
                                  GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
granary_tione_images_browse_async (GranaryImageSource      *source,
                                   const GranaryImagePlace *place,
                                   const char              *text,
                                   guint                    page,
                                   GCancellable            *cancellable,
                                   GAsyncReadyCallback      callback,
                                   gpointer                 user_data)
{
  g_autoptr (GTask) task = NULL;
  Question *question = ask (source, cancellable, callback, user_data,
                            granary_tione_images_browse_async, &task);

  question->at = place != NULL ? granary_image_place_copy (place) : NULL;
  question->text = g_strdup (text);
  question->page = page;
  granary_worker_run (GRANARY_TIONE_IMAGES (source)->worker, task, browse_thread);
}

static GranaryImagePage *
granary_tione_images_browse_finish (GranaryImageSource  *source,
                                    GAsyncResult        *result,
                                    GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, source), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
image_source_iface_init (GranaryImageSourceInterface *iface)
{
  iface->list_async = granary_tione_images_list_async;
  iface->list_finish = granary_tione_images_list_finish;
  iface->browse_async = granary_tione_images_browse_async;
  iface->browse_finish = granary_tione_images_browse_finish;
}

/* GObject overrides */

static void
granary_tione_images_finalize (GObject *object)
{
  GranaryTioneImages *self = GRANARY_TIONE_IMAGES (object);

  g_clear_object (&self->worker);
  g_clear_pointer (&self->place, granary_tione_place_unref);

  G_OBJECT_CLASS (granary_tione_images_parent_class)->finalize (object);
}

static void
granary_tione_images_class_init (GranaryTioneImagesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_tione_images_finalize;
}

static void
granary_tione_images_init (GranaryTioneImages *self)
{
  self->worker = granary_worker_new ("granary-images", N_THREADS);
}

/**
 * granary_tione_images_source_new:
 * @place: the connection
 *
 * Returns: (transfer full): its images
 */
GranaryImageSource *
granary_tione_images_source_new (GranaryTionePlace *place)
{
  GranaryTioneImages *self = g_object_new (GRANARY_TYPE_TIONE_IMAGES, NULL);

  self->place = granary_tione_place_ref (place);

  return GRANARY_IMAGE_SOURCE (self);
}
