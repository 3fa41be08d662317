/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-blocking-storage.h"

#include "granary-worker.h"

/* Threads do nothing but wait for a network or disk. There are enough of them that no verb waits
 * for another one's end, and a cancellation for neither; they start as they are needed. */
#define MAX_THREADS 64

typedef struct
{
  GranaryWorker *worker; /* (owned) */
} GranaryBlockingStoragePrivate;

/* What a verb was asked, for its thread. */
typedef struct
{
  GranaryObjectPlace *place;    /* (owned) (nullable): for copy the source */
  GranaryObjectPlace *to;       /* (owned) (nullable) */
  char               *path;     /* (owned) (nullable) */
  GranaryTransfer    *transfer; /* (owned) (nullable) */
  char               *delimiter; /* (owned) (nullable) */
  char               *marker;   /* (owned) (nullable) */
  guint               max;
  gint64              offset;
  gsize               length;
  GStrv               keys;     /* (owned) (nullable) */
} Request;

static void granary_blocking_storage_iface_init (GranaryObjectStorageInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GranaryBlockingStorage, granary_blocking_storage, G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (GranaryBlockingStorage)
                                  G_IMPLEMENT_INTERFACE (GRANARY_TYPE_OBJECT_STORAGE,
                                                         granary_blocking_storage_iface_init))

/* Auxiliary functions */

static void
request_free (Request *self)
{
  g_clear_pointer (&self->place, granary_object_place_free);
  g_clear_pointer (&self->to, granary_object_place_free);
  g_free (self->path);
  g_clear_object (&self->transfer);
  g_free (self->delimiter);
  g_free (self->marker);
  g_strfreev (self->keys);
  g_free (self);
}

static GTask *
make_task (GranaryObjectStorage *storage,
           Request              *request,
           GCancellable         *cancellable,
           gpointer              tag,
           GAsyncReadyCallback   callback,
           gpointer              user_data)
{
  GTask *task = g_task_new (storage, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);

  return task;
}

static void
run (GranaryObjectStorage *storage,
     GTask                *task,
     GTaskThreadFunc       func)
{
  GranaryBlockingStorage *self = GRANARY_BLOCKING_STORAGE (storage);
  GranaryBlockingStoragePrivate *priv = granary_blocking_storage_get_instance_private (self);

  granary_worker_run (priv->worker, task, func);
}

/* Hands over what a blocking call gave. */
static void
return_result (GTask          *task,
               gpointer        result,
               GDestroyNotify  free_func,
               GError         *error)
{
  if (result != NULL)
    g_task_return_pointer (task, result, free_func);
  else
    g_task_return_error (task, error);
}

/* Threads */

static void
list_buckets_thread (GTask        *task,
                     gpointer      source,
                     gpointer      data,
                     GCancellable *cancellable)
{
  GranaryBlockingStorageClass *klass = GRANARY_BLOCKING_STORAGE_GET_CLASS (source);
  GError *error = NULL;
  GPtrArray *result = klass->list_buckets (source, cancellable, &error);

  return_result (task, result, (GDestroyNotify) g_ptr_array_unref, error);
}

static void
list_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  GranaryBlockingStorageClass *klass = GRANARY_BLOCKING_STORAGE_GET_CLASS (source);
  const Request *request = data;
  GError *error = NULL;
  GranaryObjectPage *result = klass->list (source, request->place, request->delimiter,
                                           request->marker, request->max, cancellable, &error);

  return_result (task, result, (GDestroyNotify) granary_object_page_free, error);
}

static void
stat_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  GranaryBlockingStorageClass *klass = GRANARY_BLOCKING_STORAGE_GET_CLASS (source);
  const Request *request = data;
  GError *error = NULL;
  GranaryObject *result = klass->stat (source, request->place, cancellable, &error);

  return_result (task, result, (GDestroyNotify) granary_object_free, error);
}

static void
read_range_thread (GTask        *task,
                   gpointer      source,
                   gpointer      data,
                   GCancellable *cancellable)
{
  GranaryBlockingStorageClass *klass = GRANARY_BLOCKING_STORAGE_GET_CLASS (source);
  const Request *request = data;
  GError *error = NULL;
  GBytes *result = klass->read_range (source, request->place, request->offset, request->length,
                                      cancellable, &error);

  return_result (task, result, (GDestroyNotify) g_bytes_unref, error);
}

static void
read_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  GranaryBlockingStorageClass *klass = GRANARY_BLOCKING_STORAGE_GET_CLASS (source);
  const Request *request = data;
  GError *error = NULL;
  GranaryObject *result = klass->read (source, request->place, request->path, request->transfer,
                                       cancellable, &error);

  return_result (task, result, (GDestroyNotify) granary_object_free, error);
}

static void
write_thread (GTask        *task,
              gpointer      source,
              gpointer      data,
              GCancellable *cancellable)
{
  GranaryBlockingStorageClass *klass = GRANARY_BLOCKING_STORAGE_GET_CLASS (source);
  const Request *request = data;
  GError *error = NULL;
  GranaryObject *result = klass->write (source, request->path, request->place, request->transfer,
                                        cancellable, &error);

  return_result (task, result, (GDestroyNotify) granary_object_free, error);
}

static void
copy_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  GranaryBlockingStorageClass *klass = GRANARY_BLOCKING_STORAGE_GET_CLASS (source);
  const Request *request = data;
  GError *error = NULL;
  GranaryObject *result = klass->copy (source, request->place, request->to, request->transfer,
                                       cancellable, &error);

  return_result (task, result, (GDestroyNotify) granary_object_free, error);
}

static void
delete_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  const Request *request = data;
  GError *error = NULL;

  if (GRANARY_BLOCKING_STORAGE_GET_CLASS (source)->delete (source, request->place,
                                                           (const char * const *) request->keys,
                                                           cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* GranaryObjectStorage */

static void
granary_blocking_storage_list_buckets_async (GranaryObjectStorage *storage,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data)
{
  g_autoptr (GTask) task = make_task (storage, g_new0 (Request, 1), cancellable,
                                      granary_blocking_storage_list_buckets_async, callback,
                                      user_data);

  run (storage, task, list_buckets_thread);
}

static void
granary_blocking_storage_list_async (GranaryObjectStorage     *storage,
                                     const GranaryObjectPlace *prefix,
                                     const char               *delimiter,
                                     const char               *marker,
                                     guint                     max,
                                     GCancellable             *cancellable,
                                     GAsyncReadyCallback       callback,
                                     gpointer                  user_data)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (GTask) task = make_task (storage, request, cancellable,
                                      granary_blocking_storage_list_async, callback, user_data);

  request->place = granary_object_place_copy (prefix);
  request->delimiter = g_strdup (delimiter);
  request->marker = g_strdup (marker);
  request->max = max;
  run (storage, task, list_thread);
}

static void
granary_blocking_storage_stat_async (GranaryObjectStorage     *storage,
                                     const GranaryObjectPlace *place,
                                     GCancellable             *cancellable,
                                     GAsyncReadyCallback       callback,
                                     gpointer                  user_data)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (GTask) task = make_task (storage, request, cancellable,
                                      granary_blocking_storage_stat_async, callback, user_data);

  request->place = granary_object_place_copy (place);
  run (storage, task, stat_thread);
}

static void
granary_blocking_storage_read_range_async (GranaryObjectStorage     *storage,
                                           const GranaryObjectPlace *place,
                                           gint64                    offset,
                                           gsize                     length,
                                           GCancellable             *cancellable,
                                           GAsyncReadyCallback       callback,
                                           gpointer                  user_data)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (GTask) task = make_task (storage, request, cancellable,
                                      granary_blocking_storage_read_range_async, callback,
                                      user_data);

  request->place = granary_object_place_copy (place);
  request->offset = offset;
  request->length = length;
  run (storage, task, read_range_thread);
}

static void
granary_blocking_storage_read_async (GranaryObjectStorage     *storage,
                                     const GranaryObjectPlace *place,
                                     const char               *path,
                                     GranaryTransfer          *transfer,
                                     GAsyncReadyCallback       callback,
                                     gpointer                  user_data)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (GTask) task = make_task (storage, request,
                                      granary_transfer_get_cancellable (transfer),
                                      granary_blocking_storage_read_async, callback, user_data);

  request->place = granary_object_place_copy (place);
  request->path = g_strdup (path);
  request->transfer = g_object_ref (transfer);
  run (storage, task, read_thread);
}

static void
granary_blocking_storage_write_async (GranaryObjectStorage     *storage,
                                      const char               *path,
                                      const GranaryObjectPlace *place,
                                      GranaryTransfer          *transfer,
                                      GAsyncReadyCallback       callback,
                                      gpointer                  user_data)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (GTask) task = make_task (storage, request,
                                      granary_transfer_get_cancellable (transfer),
                                      granary_blocking_storage_write_async, callback, user_data);

  request->place = granary_object_place_copy (place);
  request->path = g_strdup (path);
  request->transfer = g_object_ref (transfer);
  run (storage, task, write_thread);
}

static void
granary_blocking_storage_copy_async (GranaryObjectStorage     *storage,
                                     const GranaryObjectPlace *from,
                                     const GranaryObjectPlace *to,
                                     GranaryTransfer          *transfer,
                                     GAsyncReadyCallback       callback,
                                     gpointer                  user_data)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (GTask) task = make_task (storage, request,
                                      granary_transfer_get_cancellable (transfer),
                                      granary_blocking_storage_copy_async, callback, user_data);

  request->place = granary_object_place_copy (from);
  request->to = granary_object_place_copy (to);
  request->transfer = g_object_ref (transfer);
  run (storage, task, copy_thread);
}

static void
granary_blocking_storage_delete_async (GranaryObjectStorage     *storage,
                                       const GranaryObjectPlace *bucket,
                                       const char * const       *keys,
                                       GCancellable             *cancellable,
                                       GAsyncReadyCallback       callback,
                                       gpointer                  user_data)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (GTask) task = make_task (storage, request, cancellable,
                                      granary_blocking_storage_delete_async, callback, user_data);

  request->place = granary_object_place_copy (bucket);
  request->keys = g_strdupv ((GStrv) keys);
  run (storage, task, delete_thread);
}

/* Of every verb but delete: what the task carries. */
static gpointer
propagate_pointer (GAsyncResult  *result,
                   GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static GPtrArray *
granary_blocking_storage_list_buckets_finish (GranaryObjectStorage  *storage,
                                              GAsyncResult          *result,
                                              GError               **error)
{
  return propagate_pointer (result, error);
}

static GranaryObjectPage *
granary_blocking_storage_list_finish (GranaryObjectStorage  *storage,
                                      GAsyncResult          *result,
                                      GError               **error)
{
  return propagate_pointer (result, error);
}

static GBytes *
granary_blocking_storage_read_range_finish (GranaryObjectStorage  *storage,
                                            GAsyncResult          *result,
                                            GError               **error)
{
  return propagate_pointer (result, error);
}

static GranaryObject *
granary_blocking_storage_object_finish (GranaryObjectStorage  *storage,
                                        GAsyncResult          *result,
                                        GError               **error)
{
  return propagate_pointer (result, error);
}

static gboolean
granary_blocking_storage_delete_finish (GranaryObjectStorage  *storage,
                                        GAsyncResult          *result,
                                        GError               **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
granary_blocking_storage_iface_init (GranaryObjectStorageInterface *iface)
{
  iface->list_buckets_async = granary_blocking_storage_list_buckets_async;
  iface->list_buckets_finish = granary_blocking_storage_list_buckets_finish;
  iface->list_async = granary_blocking_storage_list_async;
  iface->list_finish = granary_blocking_storage_list_finish;
  iface->stat_async = granary_blocking_storage_stat_async;
  iface->stat_finish = granary_blocking_storage_object_finish;
  iface->read_range_async = granary_blocking_storage_read_range_async;
  iface->read_range_finish = granary_blocking_storage_read_range_finish;
  iface->read_async = granary_blocking_storage_read_async;
  iface->read_finish = granary_blocking_storage_object_finish;
  iface->write_async = granary_blocking_storage_write_async;
  iface->write_finish = granary_blocking_storage_object_finish;
  iface->copy_async = granary_blocking_storage_copy_async;
  iface->copy_finish = granary_blocking_storage_object_finish;
  iface->delete_async = granary_blocking_storage_delete_async;
  iface->delete_finish = granary_blocking_storage_delete_finish;
}

/* GObject overrides */

static void
granary_blocking_storage_finalize (GObject *object)
{
  GranaryBlockingStorage *self = GRANARY_BLOCKING_STORAGE (object);
  GranaryBlockingStoragePrivate *priv = granary_blocking_storage_get_instance_private (self);

  g_clear_object (&priv->worker);

  G_OBJECT_CLASS (granary_blocking_storage_parent_class)->finalize (object);
}

static void
granary_blocking_storage_class_init (GranaryBlockingStorageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_blocking_storage_finalize;
}

static void
granary_blocking_storage_init (GranaryBlockingStorage *self)
{
  GranaryBlockingStoragePrivate *priv = granary_blocking_storage_get_instance_private (self);

  priv->worker = granary_worker_new ("granary-objects", MAX_THREADS);
}
