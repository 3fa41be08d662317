/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-storage.h"

#include "granary-error.h"
#include "granary-retry.h"
#include "granary-worker.h"

/* Threads do nothing but wait for the network. There are enough of them that no verb waits for
 * another one's end, and a cancellation for neither; connections are bounded elsewhere. */
#define MAX_CALLS 16
#define MAX_TRANSFERS 64

/* Bytes that read_range makes room for before they arrive. */
#define READ_AHEAD_MAX (1024 * 1024)

struct _GranaryCosStorage
{
  GObject             parent_instance;

  GranaryCosClient   *client;    /* (owned) */
  GranaryCosTransfer *transfer;  /* (owned) */
  GranaryWorker      *calls;     /* (owned) */
  GranaryWorker      *transfers; /* (owned) */
};

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

static void granary_cos_storage_iface_init (GranaryObjectStorageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryCosStorage, granary_cos_storage, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_OBJECT_STORAGE,
                                                      granary_cos_storage_iface_init))

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
  GranaryCosStorage *self = source;
  GError *error = NULL;
  GPtrArray *buckets = granary_cos_client_list_buckets (self->client, cancellable, &error);

  return_result (task, buckets, (GDestroyNotify) g_ptr_array_unref, error);
}

static void
list_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  GranaryCosStorage *self = source;
  const Request *request = data;
  GError *error = NULL;
  GranaryObjectPage *page = granary_cos_client_list (self->client, request->place,
                                                     request->delimiter, request->marker,
                                                     request->max, cancellable, &error);

  return_result (task, page, (GDestroyNotify) granary_object_page_free, error);
}

static void
stat_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  GranaryCosStorage *self = source;
  const Request *request = data;
  GError *error = NULL;
  GranaryObject *object = granary_cos_client_stat (self->client, request->place, cancellable,
                                                   &error);

  return_result (task, object, (GDestroyNotify) granary_object_free, error);
}

/* @has_begun: (out): whether an answer came, which may have broken off. */
static GBytes *
read_range (GranaryCosStorage  *self,
            const Request      *request,
            gboolean           *has_begun,
            GCancellable       *cancellable,
            GError            **error)
{
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GByteArray) bytes = NULL;
  const gint64 length = (gint64) MIN (request->length, (gsize) (G_MAXINT64 - request->offset));
  GError *failure = NULL;
  gsize done = 0;

  response = granary_cos_client_get (self->client, request->place, request->offset, length, NULL,
                                     cancellable, &failure);
  *has_begun = response != NULL;
  if (response == NULL && granary_error_matches_reason (failure, GRANARY_REASON_OBJECT_CHANGED) &&
      granary_error_get_http_status (failure) == 416)
    {
      /* At or behind the end, as any range of an empty object is. */
      g_error_free (failure);
      return g_bytes_new_static ("", 0);
    }
  if (response == NULL)
    {
      g_propagate_error (error, failure);
      return NULL;
    }

  bytes = g_byte_array_new ();
  while (done < request->length)
    {
      const gsize room = MIN (request->length - done, READ_AHEAD_MAX);
      gsize n;

      if (done + room > G_MAXUINT)
        {
          granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_OBJECT_TOO_LARGE,
                             request->place->key, "a range that memory cannot hold");
          return NULL;
        }
      g_byte_array_set_size (bytes, (guint) (done + room));
      if (!g_input_stream_read_all (granary_http_response_get_stream (response),
                                    bytes->data + done, room, &n, cancellable, error))
        return NULL;
      done += n;
      if (n < room)
        break;
    }
  g_byte_array_set_size (bytes, (guint) done);

  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static void
read_range_thread (GTask        *task,
                   gpointer      source,
                   gpointer      data,
                   GCancellable *cancellable)
{
  GranaryCosStorage *self = source;
  const Request *request = data;
  GBytes *bytes = NULL;
  GError *error = NULL;

  /* Nothing is a range, too, but only of an object that is there. */
  if (request->length == 0)
    {
      g_autoptr (GranaryObject) object = NULL;

      object = granary_cos_client_stat (self->client, request->place, cancellable, &error);
      if (object != NULL)
        bytes = g_bytes_new_static ("", 0);
    }
  else
    {
      /* An answer that does not come was asked for again already; one that breaks off was not. */
      GranaryRetry retry = GRANARY_RETRY_INIT;
      gboolean has_begun;

      while ((bytes = read_range (self, request, &has_begun, cancellable, &error)) == NULL &&
             has_begun && granary_cos_error_is_passing (error))
        {
          g_autoptr (GError) failure = g_steal_pointer (&error);

          if (!granary_retry_wait (&retry, failure, cancellable, &error))
            break;
        }
    }

  return_result (task, bytes, (GDestroyNotify) g_bytes_unref, error);
}

static void
read_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  GranaryCosStorage *self = source;
  const Request *request = data;
  GError *error = NULL;
  GranaryObject *object = granary_cos_transfer_download (self->transfer, request->place,
                                                         request->path, request->transfer,
                                                         cancellable, &error);

  return_result (task, object, (GDestroyNotify) granary_object_free, error);
}

static void
write_thread (GTask        *task,
              gpointer      source,
              gpointer      data,
              GCancellable *cancellable)
{
  GranaryCosStorage *self = source;
  const Request *request = data;
  GError *error = NULL;
  GranaryObject *object = granary_cos_transfer_upload (self->transfer, request->path,
                                                       request->place, request->transfer,
                                                       cancellable, &error);

  return_result (task, object, (GDestroyNotify) granary_object_free, error);
}

static void
copy_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  GranaryCosStorage *self = source;
  const Request *request = data;
  GError *error = NULL;
  GranaryObject *object = granary_cos_transfer_copy (self->transfer, request->place, request->to,
                                                     request->transfer, cancellable, &error);

  return_result (task, object, (GDestroyNotify) granary_object_free, error);
}

static void
delete_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  GranaryCosStorage *self = source;
  const Request *request = data;
  GError *error = NULL;

  if (granary_cos_client_delete (self->client, request->place,
                                 (const char * const *) request->keys, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* GranaryObjectStorage */

static void
granary_cos_storage_list_buckets_async (GranaryObjectStorage *storage,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data)
{
  g_autoptr (GTask) task = make_task (storage, g_new0 (Request, 1), cancellable,
                                      granary_cos_storage_list_buckets_async, callback,
                                      user_data);

  granary_worker_run (GRANARY_COS_STORAGE (storage)->calls, task, list_buckets_thread);
}

static void
granary_cos_storage_list_async (GranaryObjectStorage     *storage,
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
                                      granary_cos_storage_list_async, callback, user_data);

  request->place = granary_object_place_copy (prefix);
  request->delimiter = g_strdup (delimiter);
  request->marker = g_strdup (marker);
  request->max = max;
  granary_worker_run (GRANARY_COS_STORAGE (storage)->calls, task, list_thread);
}

static void
granary_cos_storage_stat_async (GranaryObjectStorage     *storage,
                                const GranaryObjectPlace *place,
                                GCancellable             *cancellable,
                                GAsyncReadyCallback       callback,
                                gpointer                  user_data)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (GTask) task = make_task (storage, request, cancellable,
                                      granary_cos_storage_stat_async, callback, user_data);

  request->place = granary_object_place_copy (place);
  granary_worker_run (GRANARY_COS_STORAGE (storage)->calls, task, stat_thread);
}

static void
granary_cos_storage_read_range_async (GranaryObjectStorage     *storage,
                                      const GranaryObjectPlace *place,
                                      gint64                    offset,
                                      gsize                     length,
                                      GCancellable             *cancellable,
                                      GAsyncReadyCallback       callback,
                                      gpointer                  user_data)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (GTask) task = make_task (storage, request, cancellable,
                                      granary_cos_storage_read_range_async, callback, user_data);

  request->place = granary_object_place_copy (place);
  request->offset = offset;
  request->length = length;
  granary_worker_run (GRANARY_COS_STORAGE (storage)->calls, task, read_range_thread);
}

static void
granary_cos_storage_read_async (GranaryObjectStorage     *storage,
                                const GranaryObjectPlace *place,
                                const char               *path,
                                GranaryTransfer          *transfer,
                                GAsyncReadyCallback       callback,
                                gpointer                  user_data)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (GTask) task = make_task (storage, request,
                                      granary_transfer_get_cancellable (transfer),
                                      granary_cos_storage_read_async, callback, user_data);

  request->place = granary_object_place_copy (place);
  request->path = g_strdup (path);
  request->transfer = g_object_ref (transfer);
  granary_worker_run (GRANARY_COS_STORAGE (storage)->transfers, task, read_thread);
}

static void
granary_cos_storage_write_async (GranaryObjectStorage     *storage,
                                 const char               *path,
                                 const GranaryObjectPlace *place,
                                 GranaryTransfer          *transfer,
                                 GAsyncReadyCallback       callback,
                                 gpointer                  user_data)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (GTask) task = make_task (storage, request,
                                      granary_transfer_get_cancellable (transfer),
                                      granary_cos_storage_write_async, callback, user_data);

  request->place = granary_object_place_copy (place);
  request->path = g_strdup (path);
  request->transfer = g_object_ref (transfer);
  granary_worker_run (GRANARY_COS_STORAGE (storage)->transfers, task, write_thread);
}

static void
granary_cos_storage_copy_async (GranaryObjectStorage     *storage,
                                const GranaryObjectPlace *from,
                                const GranaryObjectPlace *to,
                                GranaryTransfer          *transfer,
                                GAsyncReadyCallback       callback,
                                gpointer                  user_data)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (GTask) task = make_task (storage, request,
                                      granary_transfer_get_cancellable (transfer),
                                      granary_cos_storage_copy_async, callback, user_data);

  request->place = granary_object_place_copy (from);
  request->to = granary_object_place_copy (to);
  request->transfer = g_object_ref (transfer);
  granary_worker_run (GRANARY_COS_STORAGE (storage)->transfers, task, copy_thread);
}

static void
granary_cos_storage_delete_async (GranaryObjectStorage     *storage,
                                  const GranaryObjectPlace *bucket,
                                  const char * const       *keys,
                                  GCancellable             *cancellable,
                                  GAsyncReadyCallback       callback,
                                  gpointer                  user_data)
{
  Request *request = g_new0 (Request, 1);
  g_autoptr (GTask) task = make_task (storage, request, cancellable,
                                      granary_cos_storage_delete_async, callback, user_data);

  request->place = granary_object_place_copy (bucket);
  request->keys = g_strdupv ((GStrv) keys);
  granary_worker_run (GRANARY_COS_STORAGE (storage)->calls, task, delete_thread);
}

/* Of every verb but delete: what the task carries. */
static gpointer
propagate_pointer (GAsyncResult  *result,
                   GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static GPtrArray *
granary_cos_storage_list_buckets_finish (GranaryObjectStorage  *storage,
                                         GAsyncResult          *result,
                                         GError               **error)
{
  return propagate_pointer (result, error);
}

static GranaryObjectPage *
granary_cos_storage_list_finish (GranaryObjectStorage  *storage,
                                 GAsyncResult          *result,
                                 GError               **error)
{
  return propagate_pointer (result, error);
}

static GBytes *
granary_cos_storage_read_range_finish (GranaryObjectStorage  *storage,
                                       GAsyncResult          *result,
                                       GError               **error)
{
  return propagate_pointer (result, error);
}

static GranaryObject *
granary_cos_storage_object_finish (GranaryObjectStorage  *storage,
                                   GAsyncResult          *result,
                                   GError               **error)
{
  return propagate_pointer (result, error);
}

static gboolean
granary_cos_storage_delete_finish (GranaryObjectStorage  *storage,
                                   GAsyncResult          *result,
                                   GError               **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
granary_cos_storage_iface_init (GranaryObjectStorageInterface *iface)
{
  iface->list_buckets_async = granary_cos_storage_list_buckets_async;
  iface->list_buckets_finish = granary_cos_storage_list_buckets_finish;
  iface->list_async = granary_cos_storage_list_async;
  iface->list_finish = granary_cos_storage_list_finish;
  iface->stat_async = granary_cos_storage_stat_async;
  iface->stat_finish = granary_cos_storage_object_finish;
  iface->read_range_async = granary_cos_storage_read_range_async;
  iface->read_range_finish = granary_cos_storage_read_range_finish;
  iface->read_async = granary_cos_storage_read_async;
  iface->read_finish = granary_cos_storage_object_finish;
  iface->write_async = granary_cos_storage_write_async;
  iface->write_finish = granary_cos_storage_object_finish;
  iface->copy_async = granary_cos_storage_copy_async;
  iface->copy_finish = granary_cos_storage_object_finish;
  iface->delete_async = granary_cos_storage_delete_async;
  iface->delete_finish = granary_cos_storage_delete_finish;
}

/* GObject overrides */

static void
granary_cos_storage_finalize (GObject *object)
{
  GranaryCosStorage *self = GRANARY_COS_STORAGE (object);

  g_clear_object (&self->client);
  g_clear_object (&self->transfer);
  g_clear_object (&self->calls);
  g_clear_object (&self->transfers);

  G_OBJECT_CLASS (granary_cos_storage_parent_class)->finalize (object);
}

static void
granary_cos_storage_class_init (GranaryCosStorageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_cos_storage_finalize;
}

static void
granary_cos_storage_init (GranaryCosStorage *self)
{
  self->calls = granary_worker_new ("granary-cos", MAX_CALLS);
  self->transfers = granary_worker_new ("granary-cos-file", MAX_TRANSFERS);
}

/* Public functions */

/**
 * granary_cos_storage_new:
 * @client: for calls
 * @transfer: for whole files; may be shared with a transfer queue
 *
 * Returns: (transfer full): COS as an object storage
 */
GranaryObjectStorage *
granary_cos_storage_new (GranaryCosClient   *client,
                         GranaryCosTransfer *transfer)
{
  GranaryCosStorage *self;

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (client), NULL);
  g_return_val_if_fail (GRANARY_IS_COS_TRANSFER (transfer), NULL);

  self = g_object_new (GRANARY_TYPE_COS_STORAGE, NULL);
  self->client = g_object_ref (client);
  self->transfer = g_object_ref (transfer);

  return GRANARY_OBJECT_STORAGE (self);
}
