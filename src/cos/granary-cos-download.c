/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-transfer-private.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "granary-cos-private.h"
#include "granary-crc64.h"
#include "granary-error.h"

/* As for uploads: calls do not count, and the bytes stay in the cache between socket, checksum and
 * file. */
#define BUFFER_SIZE (256 * 1024)

/*
 * One download: HEAD → parallel ranges into the staged file → verify → publish. The store remembers
 * each finished range and its checksum; the next run believes it only after it has read the range
 * from the disk again, as a power loss may have taken bytes that a record speaks of.
 */
typedef struct
{
  GranaryCosRun        *run;
  GranaryObject        *object;  /* (owned): as HEAD tells it */
  GranaryCosStagedFile  staged;
  GranaryResume        *resume;  /* (owned): id 0 while it is not in the store */
  guint64              *crcs;    /* (owned): by part, as they are finished */
  guint                 n_parts;
} Download;

/* Auxiliary functions */

static gint64
get_length (Download *self,
            guint     index)
{
  return MIN (self->resume->part_size, self->object->size - index * self->resume->part_size);
}

static void
forget (Download *self)
{
  g_autoptr (GError) local_error = NULL;

  if (self->resume->id != 0 &&
      !granary_transfer_store_remove_resume (self->run->engine->store, self->resume->id,
                                             &local_error))
    g_debug ("%s: %s", self->run->subject, local_error->message);
  self->resume->id = 0;
}

static void
clear_download (Download *self)
{
  g_autoptr (GError) local_error = NULL;

  if (self->resume != NULL && self->resume->id != 0 &&
      !granary_transfer_store_release_resume (self->run->engine->store, self->resume->id,
                                              &local_error))
    g_debug ("%s: %s", self->run->subject, local_error->message);

  /* Without a record nobody would find any use for it. */
  if (self->resume == NULL || self->resume->id == 0)
    granary_cos_staged_file_discard (&self->staged);
  granary_cos_staged_file_end (&self->staged);
  g_clear_pointer (&self->resume, granary_resume_free);
  g_clear_pointer (&self->object, granary_object_free);
  g_clear_pointer (&self->crcs, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Download, clear_download)

static gboolean
fail_changed (Download  *self,
              GError   **error)
{
  granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_OBJECT_CHANGED,
                     self->run->subject, "%s changed while it was fetched", self->run->subject);
  return FALSE;
}

/* An archived object can be read while a restored copy of it lasts; only trying tells. */
static gboolean
check_readable (Download  *self,
                GError   **error)
{
  GranaryCosRun *run = self->run;
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) local_error = NULL;

  if (self->object->size == 0 || self->object->storage_class == NULL ||
      (!g_str_equal (self->object->storage_class, "ARCHIVE") &&
       !g_str_equal (self->object->storage_class, "DEEP_ARCHIVE")))
    return TRUE;

  response = granary_cos_client_get (run->engine->client, run->place, 0, 1, self->object->etag,
                                     run->cancellable, &local_error);
  if (response != NULL)
    return TRUE;
  if (granary_error_is_cancelled (local_error) ||
      g_error_matches (local_error, GRANARY_ERROR, GRANARY_ERROR_NETWORK))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  g_debug ("%s: %s", run->subject, local_error->message);
  granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_OBJECT_ARCHIVED, run->subject,
                     "%s is archived (%s)", run->subject, self->object->storage_class);
  return FALSE;
}

/* What was finished */

/* Takes over what an earlier run has recorded, if it is of this very object. */
static gboolean
claim (Download    *self,
       const char  *path,
       gboolean    *found,
       GError     **error)
{
  GranaryTransferStore *store = self->run->engine->store;
  g_autoptr (GranaryResume) earlier = NULL;
  GranaryObject *object = self->object;

  *found = FALSE;
  if (store == NULL ||
      !granary_transfer_store_claim_resume (store, FALSE, path, self->run->address, &earlier,
                                            error))
    return store == NULL;

  if (earlier != NULL && earlier->size == object->size && object->etag != NULL &&
      g_strcmp0 (earlier->etag, object->etag) == 0 &&
      earlier->crc64 == (object->has_crc64 ? object->crc64 : 0) &&
      earlier->part_size > 0 && earlier->size / earlier->part_size <= GRANARY_COS_MAX_PARTS)
    {
      granary_resume_free (self->resume);
      self->resume = g_steal_pointer (&earlier);
      *found = TRUE;
      return TRUE;
    }

  /* Of another object: the one recorded now takes its place. */
  return earlier == NULL || granary_transfer_store_remove_resume (store, earlier->id, error);
}

static const GranaryResumePart *
find_recorded (Download *self,
               guint     index)
{
  for (guint i = 0; i < self->resume->parts->len; i++)
    {
      const GranaryResumePart *part = g_ptr_array_index (self->resume->parts, i);

      if (part->number == (int) index + 1)
        return part->size == get_length (self, index) ? part : NULL;
    }

  return NULL;
}

/* Whether the staged file still has, at the place of a part, the bytes that were recorded. */
static gboolean
is_intact (Download                 *self,
           guint                     index,
           const GranaryResumePart  *part,
           guint8                   *buffer,
           GCancellable             *cancellable)
{
  gint64 offset = index * self->resume->part_size;
  gint64 left = part->size;
  guint64 crc64 = 0;

  while (left > 0 && !g_cancellable_is_cancelled (cancellable))
    {
      gssize got = pread (self->staged.fd, buffer, (gsize) MIN (left, BUFFER_SIZE), offset);

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        return FALSE;
      crc64 = granary_crc64_update (crc64, buffer, (gsize) got);
      offset += got;
      left -= got;
    }

  return left == 0 && crc64 == part->crc64;
}

/* Ranges */

/* Whether an answer is the range of the very object that was asked for. */
static gboolean
check_answer (Download             *self,
              GranaryHttpResponse  *response,
              gint64                offset,
              gint64                length,
              GError              **error)
{
  const gint64 size = self->object->size;
  const char *range = granary_http_response_get_header (response, "Content-Range");
  const char *crc_text = granary_http_response_get_header (response, "x-cos-hash-crc64ecma");
  const char *etag = granary_http_response_get_header (response, "ETag");
  g_autofree char *bare_etag = granary_cos_dup_etag (etag);
  gint64 announced = granary_http_response_get_length (response);
  gint64 first = 0;
  gint64 last = size - 1;
  gint64 total = size;
  guint64 crc64;

  if (range != NULL &&
      sscanf (range, "bytes %" G_GINT64_MODIFIER "d-%" G_GINT64_MODIFIER "d/%"
              G_GINT64_MODIFIER "d", &first, &last, &total) != 3)
    total = -1;
  if (total >= 0 && total != size)
    return fail_changed (self, error);
  if (bare_etag != NULL && self->object->etag != NULL &&
      !g_str_equal (bare_etag, self->object->etag))
    return fail_changed (self, error);
  if (crc_text != NULL && self->object->has_crc64 && granary_crc64_parse (crc_text, &crc64) &&
      crc64 != self->object->crc64)
    return fail_changed (self, error);

  if (total < 0 || first != offset || last != offset + length - 1 ||
      (announced >= 0 && announced != length))
    {
      granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                         "GetObject", "%s: asked for %" G_GINT64_FORMAT " bytes from %"
                         G_GINT64_FORMAT ", got %s", self->run->subject, length, offset,
                         range != NULL ? range : "another range");
      return FALSE;
    }

  return TRUE;
}

/* @done says how much of it was counted, also after a failure. */
static gboolean
fetch_once (Download      *self,
            guint          index,
            guint8        *buffer,
            guint64       *crc64,
            gint64        *done,
            GCancellable  *cancellable,
            GError       **error)
{
  GranaryCosRun *run = self->run;
  const gint64 offset = index * self->resume->part_size;
  const gint64 length = get_length (self, index);
  g_autoptr (GranaryHttpResponse) response = NULL;
  GInputStream *stream;

  *done = 0;
  *crc64 = 0;
  response = granary_cos_client_get (run->engine->client, run->place, offset, length,
                                     self->object->etag, cancellable, error);
  if (response == NULL || !check_answer (self, response, offset, length, error))
    return FALSE;

  stream = granary_http_response_get_stream (response);
  while (*done < length)
    {
      gssize got = g_input_stream_read (stream, buffer,
                                        (gsize) MIN (length - *done, BUFFER_SIZE), cancellable,
                                        error);

      if (got < 0)
        return FALSE;
      if (got == 0)
        {
          granary_set_error (error, GRANARY_ERROR_NETWORK, GRANARY_REASON_CONNECTION_BROKEN,
                             run->subject, "%s: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                             " bytes", run->subject, *done, length);
          return FALSE;
        }

      *crc64 = granary_crc64_update (*crc64, buffer, (gsize) got);
      if (!granary_cos_staged_file_write (&self->staged, buffer, (gsize) got, offset + *done,
                                          error))
        return FALSE;
      *done += got;
      granary_cos_run_count (run, got);
    }

  return TRUE;
}

static gboolean
fetch (Download      *self,
       guint          index,
       guint8        *buffer,
       guint64       *crc64,
       GCancellable  *cancellable,
       GError       **error)
{
  GranaryRetry retry = { 0, GRANARY_COS_PART_ATTEMPTS };

  for (;;)
    {
      GError *failure = NULL;
      gint64 done;

      if (fetch_once (self, index, buffer, crc64, &done, cancellable, &failure))
        return TRUE;

      granary_cos_run_count (self->run, -done);
      if (!granary_cos_run_try_again (&retry, failure, cancellable, error))
        return FALSE;
    }
}

/* One part, on a thread of the pool. */
static gboolean
part_cb (guint          index,
         gpointer       user_data,
         GCancellable  *cancellable,
         GError       **error)
{
  Download *self = user_data;
  const gint64 length = get_length (self, index);
  const GranaryResumePart *recorded = find_recorded (self, index);
  g_autofree guint8 *buffer = g_malloc ((gsize) MIN (length, BUFFER_SIZE));
  g_autoptr (GError) local_error = NULL;
  GranaryResumePart part = { (int) index + 1, length, NULL, 0 };

  if (recorded != NULL && is_intact (self, index, recorded, buffer, cancellable))
    {
      self->crcs[index] = recorded->crc64;
      granary_cos_run_count (self->run, length);
      return TRUE;
    }

  if (!fetch (self, index, buffer, &part.crc64, cancellable, error))
    return FALSE;

  self->crcs[index] = part.crc64;
  granary_cos_staged_file_start_sync (&self->staged, index * self->resume->part_size, length);
  /* Not recorded it is fetched again after a crash: no reason to stop. */
  if (self->resume->id != 0 &&
      !granary_transfer_store_add_part (self->run->engine->store, self->resume->id, &part,
                                        &local_error))
    g_debug ("%s: %s", self->run->subject, local_error->message);

  return TRUE;
}

static gboolean
verify (Download  *self,
        GError   **error)
{
  guint64 sum = 0;

  /* What has no checksum cannot be verified. */
  if (!self->object->has_crc64)
    return TRUE;

  for (guint i = 0; i < self->n_parts; i++)
    sum = granary_crc64_combine (sum, self->crcs[i], (guint64) get_length (self, i));

  return sum == self->object->crc64 ||
         granary_cos_run_fail_crc (self->run, self->object->crc64, sum, error);
}

static gboolean
is_useless_after (const GError *failure)
{
  return granary_error_matches_reason (failure, GRANARY_REASON_CRC_MISMATCH) ||
         granary_error_matches_reason (failure, GRANARY_REASON_OBJECT_CHANGED) ||
         granary_error_matches_reason (failure, GRANARY_REASON_OBJECT_MISSING);
}

static gboolean
perform (Download    *self,
         const char  *path,
         GError     **error)
{
  const gint64 size = self->object->size;
  gboolean is_resumed;

  self->resume = granary_resume_new ();
  self->resume->path = g_strdup (path);
  self->resume->address = g_strdup (self->run->address);
  self->resume->size = size;
  self->resume->etag = g_strdup (self->object->etag);
  self->resume->crc64 = self->object->has_crc64 ? self->object->crc64 : 0;
  self->resume->part_size = granary_cos_run_get_part_size (self->run, size);

  if (!claim (self, path, &is_resumed, error) ||
      !granary_cos_staged_file_open (&self->staged, size, is_resumed, error))
    return FALSE;
  if (is_resumed && self->staged.is_new)
    {
      forget (self);
      g_ptr_array_set_size (self->resume->parts, 0);
    }

  /* A single range has nothing to remember but all or nothing. */
  self->n_parts = (guint) ((size + self->resume->part_size - 1) / self->resume->part_size);
  if (self->n_parts > 1 && self->resume->id == 0 && self->run->engine->store != NULL &&
      !granary_transfer_store_add_resume (self->run->engine->store, self->resume, error))
    return FALSE;

  self->crcs = g_new0 (guint64, self->n_parts);
  return granary_cos_part_pool_run (self->run->engine->pool, self->n_parts, part_cb, self,
                                    self->run->cancellable, error) &&
         verify (self, error) &&
         granary_cos_staged_file_publish (&self->staged, error);
}

/* Public functions */

/**
 * granary_cos_transfer_download:
 * @self: an engine
 * @place: an object
 * @path: of a file that must not exist, in a folder that does
 * @transfer: (nullable): is told of bytes; its cancellable is obeyed
 * @cancellable: (nullable): stops as well
 * @error: return location
 *
 * Fetches an object by parallel ranges into a hidden file beside @path, compares its CRC-64 with
 * the server's, syncs it and gives it its name. Nothing is written anywhere else, and no link is
 * followed in the folder. Goes on with what an earlier call had fetched of the same object. Called
 * off, what was fetched stays for the next call; see granary_cos_transfer_discard(). Blocks; any
 * thread but the main one.
 *
 * Returns: (transfer full): what was fetched; %NULL with %GRANARY_REASON_TARGET_EXISTS,
 *   %GRANARY_REASON_NO_SPACE, %GRANARY_REASON_OBJECT_ARCHIVED, %GRANARY_REASON_OBJECT_CHANGED
 *   (another try begins anew), %GRANARY_REASON_CRC_MISMATCH, %GRANARY_REASON_BUSY, or what the
 *   client fails with
 */
GranaryObject *
granary_cos_transfer_download (GranaryCosTransfer        *self,
                               const GranaryObjectPlace  *place,
                               const char                *path,
                               GranaryTransfer           *transfer,
                               GCancellable              *cancellable,
                               GError                   **error)
{
  g_auto (GranaryCosRun) run = { 0 };
  g_auto (Download) download = { .staged = { .folder_fd = -1, .fd = -1 } };
  g_autoptr (GError) local_error = NULL;
  g_autofree char *absolute = NULL;

  g_return_val_if_fail (GRANARY_IS_COS_TRANSFER (self), NULL);
  g_return_val_if_fail (place != NULL, NULL);
  g_return_val_if_fail (path != NULL, NULL);

  granary_cos_run_begin (&run, self, place, transfer, cancellable);
  download.run = &run;
  absolute = g_canonicalize_filename (path, NULL);
  if (!granary_cos_staged_file_begin (&download.staged, absolute, error))
    return NULL;

  download.object = granary_cos_client_stat (self->client, place, run.cancellable, error);
  if (download.object == NULL || !check_readable (&download, error))
    return NULL;

  if (!perform (&download, absolute, &local_error))
    {
      if (is_useless_after (local_error))
        forget (&download);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  forget (&download);
  return g_steal_pointer (&download.object);
}
