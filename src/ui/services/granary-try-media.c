/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-try-media.h"

#include "granary-error.h"

/* What would need more than 256 MiB decoded is not decoded. */
#define MAX_PIXELS (64 * 1024 * 1024)

#define CHUNK (64 * 1024)

#define SUBJECT "image"

/* Reading. */

static void
read_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  const char *path = task_data;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = NULL;
  g_autofree char *shown = granary_display_path (path);
  g_autoptr (GError) local_error = NULL;
  GError *error = NULL;
  GBytes *bytes = NULL;

  info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                            G_FILE_QUERY_INFO_NONE, cancellable, &local_error);
  if (info != NULL && g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      granary_set_error (&error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_SPECIAL, shown,
                         "not a regular file");
      g_task_return_error (task, error);
      return;
    }
  /* Too long: said by the size alone. */
  if (info != NULL && g_file_info_get_size (info) > GRANARY_CALL_IMAGE_MAX)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  if (info != NULL)
    bytes = g_file_load_bytes (file, cancellable, NULL, &local_error);
  if (bytes != NULL)
    {
      g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
      return;
    }

  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    error = g_steal_pointer (&local_error);
  else
    granary_set_error (&error, GRANARY_ERROR_FILE,
                       g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
                         ? GRANARY_REASON_SOURCE_MISSING
                         : GRANARY_REASON_SOURCE_UNREADABLE,
                       shown, "%s", local_error->message);
  g_task_return_error (task, error);
}

void
granary_try_read_async (GranaryWorker       *worker,
                        const char          *path,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GRANARY_IS_WORKER (worker));
  g_return_if_fail (path != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_try_read_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  granary_worker_run (worker, task, read_in_thread);
}

GBytes *
granary_try_read_finish (GAsyncResult             *result,
                         GranaryCallImageProblem  *problem,
                         GError                  **error)
{
  g_autoptr (GError) local_error = NULL;
  GBytes *bytes;

  g_return_val_if_fail (g_async_result_is_tagged (result, granary_try_read_async), NULL);
  g_return_val_if_fail (problem != NULL, NULL);

  bytes = g_task_propagate_pointer (G_TASK (result), &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  *problem = bytes != NULL ? granary_call_image_check (bytes) : GRANARY_CALL_IMAGE_TOO_LARGE;

  return bytes != NULL ? bytes : g_bytes_new_static ("", 0);
}

/* Decoding. */

typedef struct
{
  GBytes   *bytes;
  int       side;
  gboolean  is_refused;
} Decoding;

static void
decoding_free (gpointer data)
{
  Decoding *self = data;

  g_bytes_unref (self->bytes);
  g_free (self);
}

static void
size_prepared_cb (GdkPixbufLoader *loader,
                  int              width,
                  int              height,
                  Decoding        *self)
{
  double scale;

  if (width <= 0 || height <= 0 || (gint64) width * height > MAX_PIXELS)
    {
      self->is_refused = TRUE;
      gdk_pixbuf_loader_set_size (loader, 0, 0);
      return;
    }

  scale = MIN ((double) self->side / width, (double) self->side / height);
  if (scale < 1)
    gdk_pixbuf_loader_set_size (loader, MAX (1, (int) (width * scale)),
                                MAX (1, (int) (height * scale)));
}

static void
decode_in_thread (GTask        *task,
                  gpointer      source_object,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  Decoding *self = task_data;
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  g_autoptr (GdkPixbuf) upright = NULL;
  g_autoptr (GError) local_error = NULL;
  GdkPixbuf *pixbuf = NULL;
  GError *error = NULL;
  gsize length, done = 0;
  const guint8 *data = g_bytes_get_data (self->bytes, &length);
  gboolean good = TRUE;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), self);
  while (good && !self->is_refused && done < length &&
         !g_cancellable_is_cancelled (cancellable))
    {
      gsize size = MIN (CHUNK, length - done);

      good = gdk_pixbuf_loader_write (loader, data + done, size, &local_error);
      done += size;
    }
  /* A loader is always closed; of several errors the first one counts. */
  if (!gdk_pixbuf_loader_close (loader, good ? &local_error : NULL))
    good = FALSE;
  if (g_task_return_error_if_cancelled (task))
    return;

  if (good && !self->is_refused)
    pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (pixbuf == NULL)
    {
      granary_set_error (&error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_FORMAT_UNREADABLE,
                         SUBJECT, "%s", local_error != NULL ? local_error->message : "too large");
      g_task_return_error (task, error);
      return;
    }

  upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);
  g_task_return_pointer (task, gdk_texture_new_for_pixbuf (upright != NULL ? upright : pixbuf),
                         g_object_unref);
}

void
granary_try_decode_async (GranaryWorker       *worker,
                          GBytes              *bytes,
                          int                  side,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Decoding *decoding;

  g_return_if_fail (GRANARY_IS_WORKER (worker));
  g_return_if_fail (bytes != NULL);

  decoding = g_new0 (Decoding, 1);
  decoding->bytes = g_bytes_ref (bytes);
  decoding->side = side;
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_try_decode_async);
  g_task_set_task_data (task, decoding, decoding_free);
  granary_worker_run (worker, task, decode_in_thread);
}

GdkTexture *
granary_try_decode_finish (GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, granary_try_decode_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Encoding. */

static void
encode_in_thread (GTask        *task,
                  gpointer      source_object,
                  gpointer      task_data,
                  GCancellable *cancellable)
{
  g_task_return_pointer (task, gdk_texture_save_to_png_bytes (task_data),
                         (GDestroyNotify) g_bytes_unref);
}

void
granary_try_encode_async (GranaryWorker       *worker,
                          GdkTexture          *texture,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GRANARY_IS_WORKER (worker));
  g_return_if_fail (GDK_IS_TEXTURE (texture));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_try_encode_async);
  g_task_set_task_data (task, g_object_ref (texture), g_object_unref);
  granary_worker_run (worker, task, encode_in_thread);
}

GBytes *
granary_try_encode_finish (GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, granary_try_encode_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
