/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-transfer-private.h"

#include "granary-cos-private.h"
#include "granary-error.h"
#include "granary-file-range-stream.h"

/* Auxiliary functions */

static void
sent_cb (gsize    n_bytes,
         gpointer user_data)
{
  granary_cos_run_count (user_data, (gint64) n_bytes);
}

/*
 * After a range was sent, or was not: TRUE when all of it went and the server says it has these
 * very bytes. A failure of the file is told before one of the network, which it has caused. Takes
 * the bytes back from the transfer otherwise.
 */
static gboolean
check_sent (GranaryCosRun           *run,
            GranaryCosSourceFile    *file,
            GranaryFileRangeStream  *stream,
            gint64                   length,
            gboolean                 has_crc64,
            guint64                  crc64,
            GError                  *failure,
            GError                 **error)
{
  g_autoptr (GError) owned = failure;
  const gint64 position = granary_file_range_stream_get_position (stream);
  const guint64 sent_crc64 = granary_file_range_stream_get_crc64 (stream);

  if (granary_file_range_stream_get_failure (stream) != 0)
    granary_cos_source_file_fail (file, granary_file_range_stream_get_failure (stream), error);
  else if (owned != NULL)
    g_propagate_error (error, g_steal_pointer (&owned));
  else if (position != length)
    granary_set_error (error, GRANARY_ERROR_NETWORK, GRANARY_REASON_CONNECTION_BROKEN,
                       run->subject, "%s: answered before all was sent", run->subject);
  else if (has_crc64 && crc64 != sent_crc64)
    granary_cos_run_fail_crc (run, sent_crc64, crc64, error);
  else
    return TRUE;

  granary_cos_run_count (run, -position);
  return FALSE;
}

/* In one request */

/* When the answer to a PUT was lost: the object, if it is there with this very content. */
static GranaryObject *
find_stored (GranaryCosRun           *run,
             GranaryFileRangeStream  *stream,
             gint64                   size)
{
  g_autoptr (GranaryObject) object = NULL;
  g_autoptr (GError) local_error = NULL;

  if (granary_file_range_stream_get_position (stream) != size)
    return NULL;

  object = granary_cos_client_stat (run->engine->client, run->place, run->cancellable,
                                    &local_error);
  if (object == NULL)
    {
      g_debug ("%s: %s", run->subject, local_error->message);
      return NULL;
    }
  if (object->size != size || !object->has_crc64 ||
      object->crc64 != granary_file_range_stream_get_crc64 (stream))
    return NULL;

  return g_steal_pointer (&object);
}

static GranaryObject *
put_once (GranaryCosRun         *run,
          GranaryCosSourceFile  *file,
          GranaryObject        **broken,
          GError               **error)
{
  const gint64 size = file->status.st_size;
  g_autoptr (GranaryFileRangeStream) stream = NULL;
  g_autoptr (GranaryObject) object = NULL;
  GError *failure = NULL;

  stream = granary_file_range_stream_new (file->fd, 0, size, sent_cb, run);
  object = granary_cos_client_put (run->engine->client, run->place, NULL, G_INPUT_STREAM (stream),
                                   size, run->cancellable, &failure);
  if (object == NULL && granary_cos_may_have_happened (failure))
    {
      object = find_stored (run, stream, size);
      if (object != NULL)
        g_clear_error (&failure);
    }

  if (!check_sent (run, file, stream, size, object != NULL && object->has_crc64,
                   object != NULL ? object->crc64 : 0, failure, error))
    {
      g_clear_pointer (broken, granary_object_free);
      *broken = g_steal_pointer (&object);
      return NULL;
    }
  if (!granary_cos_source_file_check (file, TRUE, error))
    {
      granary_cos_run_count (run, -size);
      return NULL;
    }

  object->size = size;
  return g_steal_pointer (&object);
}

static GranaryObject *
put (GranaryCosRun         *run,
     GranaryCosSourceFile  *file,
     GError               **error)
{
  GranaryRetry retry = { 0, GRANARY_COS_PART_ATTEMPTS };
  g_autoptr (GranaryObject) broken = NULL;

  for (;;)
    {
      GError *failure = NULL;
      GranaryObject *object = put_once (run, file, &broken, &failure);

      if (object != NULL)
        return object;
      if (!granary_cos_run_try_again (&retry, failure, run->cancellable, error))
        {
          if (broken != NULL)
            granary_cos_run_remove_broken (run, broken);
          return NULL;
        }
    }
}

typedef struct
{
  GranaryCosRun        *run;
  GranaryCosSourceFile *file;
  GranaryObject        *object;
} Put;

/* In the pool as well, so that it counts as one of the connections. */
static gboolean
put_cb (guint          index,
        gpointer       user_data,
        GCancellable  *cancellable,
        GError       **error)
{
  Put *self = user_data;

  self->object = put (self->run, self->file, error);
  return self->object != NULL;
}

/* In parts */

static GranaryCosPart *
send_part (GranaryCosMultipart  *multipart,
           int                   number,
           gint64                offset,
           gint64                length,
           GCancellable         *cancellable,
           GError              **error)
{
  GranaryCosSourceFile *file = multipart->source_data;
  GranaryCosRun *run = multipart->run;
  g_autoptr (GranaryFileRangeStream) stream = NULL;
  g_autoptr (GranaryCosPart) part = NULL;
  GError *failure = NULL;

  stream = granary_file_range_stream_new (file->fd, offset, length, sent_cb, run);
  part = granary_cos_client_put_part (run->engine->client, run->place,
                                      multipart->resume->upload_id, number,
                                      G_INPUT_STREAM (stream), length, cancellable, &failure);
  /* 0 is what a server gives that computes none. */
  if (!check_sent (run, file, stream, length, part != NULL && part->crc64 != 0,
                   part != NULL ? part->crc64 : 0, failure, error))
    return NULL;

  part->size = length;
  part->crc64 = granary_file_range_stream_get_crc64 (stream);
  return g_steal_pointer (&part);
}

static gboolean
matches_part (GranaryCosMultipart  *multipart,
              gint64                offset,
              gint64                length,
              const char           *etag,
              guint64              *crc64,
              gboolean             *matches,
              GError              **error)
{
  return granary_cos_source_file_matches_md5 (multipart->source_data, offset, length, etag, crc64,
                                              matches, multipart->run->cancellable, error);
}

static gboolean
check_file (GranaryCosMultipart  *multipart,
            gboolean              is_last,
            GError              **error)
{
  return granary_cos_source_file_check (multipart->source_data, is_last, error);
}

static const GranaryCosMultipartSource file_source = {
  .send = send_part,
  .matches = matches_part,
  .check = check_file,
  .sums_parts = TRUE,
};

static GranaryObject *
upload_in_parts (GranaryCosRun         *run,
                 GranaryCosSourceFile  *file,
                 gint64                 part_size,
                 GError               **error)
{
  g_auto (GranaryCosMultipart) multipart = { .source = &file_source, .source_data = file };
  GranaryResume *facts = granary_resume_new ();

  facts->path = g_strdup (file->path);
  facts->size = file->status.st_size;
  facts->mtime = granary_cos_source_file_get_mtime (file);
  facts->device = (guint64) file->status.st_dev;
  facts->inode = (guint64) file->status.st_ino;
  facts->part_size = part_size;
  granary_cos_multipart_begin (&multipart, run, facts);

  if (!granary_cos_multipart_claim (&multipart, error))
    return NULL;

  return granary_cos_multipart_perform (&multipart, error);
}

/* Public functions */

/**
 * granary_cos_transfer_upload:
 * @self: an engine
 * @path: a regular file
 * @place: where it is to be; what is there is replaced
 * @transfer: (nullable): is told of bytes; its cancellable is obeyed
 * @cancellable: (nullable): stops as well
 * @error: return location
 *
 * Sends a file, in one request or in parallel parts, and compares the server's checksums with those
 * of the bytes sent. Goes on with what an earlier call for the same file and place had sent. Called
 * off, what was sent stays for the next call; see granary_cos_transfer_discard(). Blocks; any
 * thread but the main one.
 *
 * Returns: (transfer full): what is there now; %NULL with %GRANARY_REASON_SOURCE_CHANGED,
 *   %GRANARY_REASON_CRC_MISMATCH, %GRANARY_REASON_BUSY while another does the same, or what
 *   the client fails with
 */
GranaryObject *
granary_cos_transfer_upload (GranaryCosTransfer        *self,
                             const char                *path,
                             const GranaryObjectPlace  *place,
                             GranaryTransfer           *transfer,
                             GCancellable              *cancellable,
                             GError                   **error)
{
  g_auto (GranaryCosSourceFile) file = { .fd = -1 };
  g_auto (GranaryCosRun) run = { 0 };
  gint64 part_size;
  Put single;

  g_return_val_if_fail (GRANARY_IS_COS_TRANSFER (self), NULL);
  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (place != NULL, NULL);

  if (!granary_cos_source_file_open (&file, path, error))
    return NULL;

  granary_cos_run_begin (&run, self, place, transfer, cancellable);
  part_size = granary_cos_run_get_part_size (&run, file.status.st_size);
  if (file.status.st_size > part_size)
    return upload_in_parts (&run, &file, part_size, error);

  /* It may have been larger when an earlier run began to send it in parts. */
  if (!granary_cos_run_discard (&run, TRUE, file.path, error))
    return NULL;

  single = (Put) { &run, &file, NULL };
  if (!granary_cos_part_pool_run (self->pool, 1, put_cb, &single, run.cancellable, error))
    return NULL;

  return single.object;
}
