/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-storage.h"

#include "granary-error.h"
#include "granary-retry.h"

/* Bytes that read_range makes room for before they arrive. */
#define READ_AHEAD_MAX (1024 * 1024)

struct _GranaryCosStorage
{
  GranaryBlockingStorage  parent_instance;

  GranaryCosClient       *client;   /* (owned) */
  GranaryCosTransfer     *transfer; /* (owned) */
};

G_DEFINE_FINAL_TYPE (GranaryCosStorage, granary_cos_storage, GRANARY_TYPE_BLOCKING_STORAGE)

/* Auxiliary functions */

/* @has_begun: (out): whether an answer came, which may have broken off. */
static GBytes *
read_once (GranaryCosClient          *client,
           const GranaryObjectPlace  *place,
           gint64                     offset,
           gsize                      length,
           gboolean                  *has_begun,
           GCancellable              *cancellable,
           GError                   **error)
{
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GByteArray) bytes = NULL;
  const gint64 wanted = (gint64) MIN (length, (gsize) (G_MAXINT64 - offset));
  GError *failure = NULL;
  gsize done = 0;

  response = granary_cos_client_get (client, place, offset, wanted, NULL, cancellable, &failure);
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
  while (done < length)
    {
      const gsize room = MIN (length - done, READ_AHEAD_MAX);
      gsize n;

      if (done + room > G_MAXUINT)
        {
          granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_OBJECT_TOO_LARGE,
                             place->key, "a range that memory cannot hold");
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

/* GranaryBlockingStorage */

static GPtrArray *
granary_cos_storage_list_buckets (GranaryBlockingStorage  *storage,
                                  GCancellable            *cancellable,
                                  GError                 **error)
{
  return granary_cos_client_list_buckets (GRANARY_COS_STORAGE (storage)->client, cancellable,
                                          error);
}

static GranaryObjectPage *
granary_cos_storage_list (GranaryBlockingStorage    *storage,
                          const GranaryObjectPlace  *prefix,
                          const char                *delimiter,
                          const char                *marker,
                          guint                      max,
                          GCancellable              *cancellable,
                          GError                   **error)
{
  return granary_cos_client_list (GRANARY_COS_STORAGE (storage)->client, prefix, delimiter, marker,
                                  max, cancellable, error);
}

static GranaryObject *
granary_cos_storage_stat (GranaryBlockingStorage    *storage,
                          const GranaryObjectPlace  *place,
                          GCancellable              *cancellable,
                          GError                   **error)
{
  return granary_cos_client_stat (GRANARY_COS_STORAGE (storage)->client, place, cancellable, error);
}

static GBytes *
granary_cos_storage_read_range (GranaryBlockingStorage    *storage,
                                const GranaryObjectPlace  *place,
                                gint64                     offset,
                                gsize                      length,
                                GCancellable              *cancellable,
                                GError                   **error)
{
  GranaryCosStorage *self = GRANARY_COS_STORAGE (storage);
  GranaryRetry retry = GRANARY_RETRY_INIT;

  /* Nothing is a range, too, but only of an object that is there. */
  if (length == 0)
    {
      g_autoptr (GranaryObject) object = NULL;

      object = granary_cos_client_stat (self->client, place, cancellable, error);
      return object != NULL ? g_bytes_new_static ("", 0) : NULL;
    }

  for (;;)
    {
      g_autoptr (GError) failure = NULL;
      gboolean has_begun;
      GBytes *bytes;

      bytes = read_once (self->client, place, offset, length, &has_begun, cancellable, &failure);
      if (bytes != NULL)
        return bytes;
      /* An answer that does not come was asked for again already; one that breaks off was not. */
      if (!has_begun || !granary_cos_error_is_passing (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      if (!granary_retry_wait (&retry, failure, cancellable, error))
        return NULL;
    }
}

static GranaryObject *
granary_cos_storage_read (GranaryBlockingStorage    *storage,
                          const GranaryObjectPlace  *place,
                          const char                *path,
                          GranaryTransfer           *transfer,
                          GCancellable              *cancellable,
                          GError                   **error)
{
  return granary_cos_transfer_download (GRANARY_COS_STORAGE (storage)->transfer, place, path,
                                        transfer, cancellable, error);
}

static GranaryObject *
granary_cos_storage_write (GranaryBlockingStorage    *storage,
                           const char                *path,
                           const GranaryObjectPlace  *place,
                           GranaryTransfer           *transfer,
                           GCancellable              *cancellable,
                           GError                   **error)
{
  return granary_cos_transfer_upload (GRANARY_COS_STORAGE (storage)->transfer, path, place,
                                      transfer, cancellable, error);
}

static GranaryObject *
granary_cos_storage_copy (GranaryBlockingStorage    *storage,
                          const GranaryObjectPlace  *from,
                          const GranaryObjectPlace  *to,
                          GranaryTransfer           *transfer,
                          GCancellable              *cancellable,
                          GError                   **error)
{
  return granary_cos_transfer_copy (GRANARY_COS_STORAGE (storage)->transfer, from, to, transfer,
                                    cancellable, error);
}

static gboolean
granary_cos_storage_delete (GranaryBlockingStorage    *storage,
                            const GranaryObjectPlace  *bucket,
                            const char * const        *keys,
                            GCancellable              *cancellable,
                            GError                   **error)
{
  return granary_cos_client_delete (GRANARY_COS_STORAGE (storage)->client, bucket, keys,
                                    cancellable, error);
}

/* GObject overrides */

static void
granary_cos_storage_finalize (GObject *object)
{
  GranaryCosStorage *self = GRANARY_COS_STORAGE (object);

  g_clear_object (&self->client);
  g_clear_object (&self->transfer);

  G_OBJECT_CLASS (granary_cos_storage_parent_class)->finalize (object);
}

static void
granary_cos_storage_class_init (GranaryCosStorageClass *klass)
{
  GranaryBlockingStorageClass *storage_class = GRANARY_BLOCKING_STORAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = granary_cos_storage_finalize;

  storage_class->list_buckets = granary_cos_storage_list_buckets;
  storage_class->list = granary_cos_storage_list;
  storage_class->stat = granary_cos_storage_stat;
  storage_class->read_range = granary_cos_storage_read_range;
  storage_class->read = granary_cos_storage_read;
  storage_class->write = granary_cos_storage_write;
  storage_class->copy = granary_cos_storage_copy;
  storage_class->delete = granary_cos_storage_delete;
}

static void
granary_cos_storage_init (GranaryCosStorage *self)
{
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
