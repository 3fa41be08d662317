/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-transfer-private.h"

#include "granary-cos-private.h"
#include "granary-crc64.h"
#include "granary-error.h"

/*
 * A multipart upload: find → send what is missing → complete → verify. What an upload needs to go
 * on after a crash is in its record before it is needed: that there is going to be an upload id,
 * the id, and each part as it is finished.
 */

/* Auxiliary functions */

static void
clear_parts (GranaryCosMultipart *self)
{
  for (guint i = 0; i < self->n_parts; i++)
    g_clear_pointer (&self->parts[i], granary_cos_part_free);
  granary_cos_run_count (self->run, -self->counted);
  self->counted = 0;
}

/* The CRC-64 that the whole must have; FALSE when it cannot be known. */
static gboolean
get_expected_crc (GranaryCosMultipart *self,
                  guint64             *crc64)
{
  guint64 sum = 0;

  if (self->has_crc64)
    {
      *crc64 = self->crc64;
      return TRUE;
    }
  if (!self->source->sums_parts)
    return FALSE;

  for (guint i = 0; i < self->n_parts; i++)
    {
      if (self->parts[i] == NULL)
        return FALSE;
      sum = granary_crc64_combine (sum, self->parts[i]->crc64, (guint64) self->parts[i]->size);
    }

  *crc64 = sum;
  return TRUE;
}

static GranaryObject *
stat_object (GranaryCosMultipart *self)
{
  g_autoptr (GError) local_error = NULL;
  GranaryObject *object;

  object = granary_cos_client_stat (self->run->engine->client, self->run->place,
                                    self->run->cancellable, &local_error);
  if (object == NULL)
    g_debug ("%s: %s", self->run->subject, local_error->message);

  return object;
}

/* The CRC-64 of the whole by what an earlier run has recorded; FALSE unless that is complete. */
static gboolean
get_recorded_crc (GranaryCosMultipart *self,
                  guint64             *crc64)
{
  GPtrArray *parts = self->resume->parts;
  guint64 sum = 0;

  if (!self->source->sums_parts || parts->len != self->n_parts)
    return FALSE;

  for (guint i = 0; i < self->n_parts; i++)
    {
      const GranaryResumePart *part = g_ptr_array_index (parts, i);

      if (part->number != (int) i + 1 || part->size != granary_cos_multipart_get_length (self, i))
        return FALSE;
      sum = granary_crc64_combine (sum, part->crc64, (guint64) part->size);
    }

  *crc64 = sum;
  return TRUE;
}

/* The upload is gone at the server: because it was completed, by a run that never learned of it?
 * Then the object is there with this very content. */
static GranaryObject *
find_completed (GranaryCosMultipart *self)
{
  g_autoptr (GranaryObject) object = NULL;
  guint64 crc64;

  if (!get_expected_crc (self, &crc64) && !get_recorded_crc (self, &crc64))
    return NULL;

  object = stat_object (self);
  if (object == NULL || object->size != self->resume->size || !object->has_crc64 ||
      object->crc64 != crc64)
    return NULL;

  /* All of it counts as done. */
  granary_cos_run_count (self->run, self->resume->size - self->counted);
  self->counted = self->resume->size;
  return g_steal_pointer (&object);
}

/* One part, on a thread of the pool. */
static gboolean
send_part (guint          which,
           gpointer       user_data,
           GCancellable  *cancellable,
           GError       **error)
{
  GranaryCosMultipart *self = user_data;
  const guint index = self->missing[which];
  const gint64 length = granary_cos_multipart_get_length (self, index);
  GranaryRetry retry = { 0, GRANARY_COS_PART_ATTEMPTS };
  GranaryCosPart *part;

  for (;;)
    {
      GError *failure = NULL;

      part = self->source->send (self, (int) index + 1, index * self->resume->part_size, length,
                                 cancellable, &failure);
      if (part != NULL)
        break;
      if (!granary_cos_run_try_again (&retry, failure, cancellable, error))
        return FALSE;
    }

  /* What was read before a change and what after it do not make a file. */
  if (!self->source->check (self, FALSE, error))
    {
      granary_cos_run_count (self->run, -length);
      granary_cos_part_free (part);
      return FALSE;
    }

  g_mutex_lock (&self->lock);
  self->counted += length;
  g_mutex_unlock (&self->lock);
  /* The bytes were told while they were sent. */
  granary_cos_multipart_keep (self, index, part, FALSE);

  return TRUE;
}

static gboolean
send_missing (GranaryCosMultipart  *self,
              GError              **error)
{
  guint n_missing = 0;

  for (guint i = 0; i < self->n_parts; i++)
    {
      if (self->parts[i] == NULL)
        self->missing[n_missing++] = i;
    }

  return granary_cos_part_pool_run (self->run->engine->pool, n_missing, send_part, self,
                                    self->run->cancellable, error);
}

static GranaryObject *
complete (GranaryCosMultipart  *self,
          GError              **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_sized_new (self->n_parts);

  for (guint i = 0; i < self->n_parts; i++)
    g_ptr_array_add (parts, self->parts[i]);

  return granary_cos_client_complete (self->run->engine->client, self->run->place,
                                      self->resume->upload_id, parts, self->run->cancellable,
                                      error);
}

/* Forgets the record: the file it was about is done, or what it says is of no use any more. */
static void
forget (GranaryCosMultipart *self)
{
  GranaryTransferStore *store = self->run->engine->store;
  g_autoptr (GError) local_error = NULL;

  if (store != NULL && self->resume->id != 0 &&
      !granary_transfer_store_remove_resume (store, self->resume->id, &local_error))
    g_debug ("%s: %s", self->run->subject, local_error->message);

  self->resume->id = 0;
  g_clear_pointer (&self->resume->upload_id, g_free);
  g_ptr_array_set_size (self->resume->parts, 0);
  self->was_initiated = FALSE;
}

/* Compares what the server put together with what was sent. */
static gboolean
verify (GranaryCosMultipart  *self,
        GranaryObject        *object,
        GError              **error)
{
  guint64 expected;

  if (!get_expected_crc (self, &expected))
    return TRUE;

  if (!object->has_crc64)
    {
      g_autoptr (GranaryObject) there = stat_object (self);

      if (there == NULL || !there->has_crc64 || g_strcmp0 (there->etag, object->etag) != 0)
        return TRUE;
      object->has_crc64 = TRUE;
      object->crc64 = there->crc64;
    }
  if (object->crc64 == expected)
    return TRUE;

  granary_cos_run_remove_broken (self->run, object);
  forget (self);
  return granary_cos_run_fail_crc (self->run, expected, object->crc64, error);
}

static GranaryObject *
perform_once (GranaryCosMultipart  *self,
              GError              **error)
{
  g_autoptr (GranaryObject) object = NULL;

  if (!granary_cos_multipart_find (self, error) ||
      !send_missing (self, error) ||
      !self->source->check (self, TRUE, error))
    return NULL;

  object = complete (self, error);
  if (object == NULL || !verify (self, object, error))
    return NULL;

  return g_steal_pointer (&object);
}

/* Takes the parts back from the server, so that they cost nothing. */
static gboolean
abort_upload (GranaryCosMultipart  *self,
              GCancellable         *cancellable,
              GError              **error)
{
  return self->resume->upload_id == NULL ||
         granary_cos_client_abort (self->run->engine->client, self->run->place,
                                   self->resume->upload_id, cancellable, error);
}

static void
release (GranaryCosMultipart *self)
{
  GranaryTransferStore *store = self->run->engine->store;
  g_autoptr (GError) local_error = NULL;

  if (store != NULL && self->resume->id != 0 &&
      !granary_transfer_store_release_resume (store, self->resume->id, &local_error))
    g_debug ("%s: %s", self->run->subject, local_error->message);
}

/* What was recorded is of a file that has changed since. While the server cannot be reached the
 * record stays: nobody else knows of those parts. */
static gboolean
drop_outdated (GranaryCosMultipart  *self,
               GError              **error)
{
  g_autoptr (GError) local_error = NULL;

  if (!abort_upload (self, self->run->cancellable, &local_error) &&
      (granary_error_is_cancelled (local_error) || granary_cos_error_is_passing (local_error)))
    {
      release (self);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  forget (self);
  return TRUE;
}

/* Functions for the engine */

/**
 * granary_cos_multipart_begin:
 * @self: initialised to zeros
 * @run: the call
 * @facts: (transfer full): path, size, part size and what else tells the source; no parts
 *
 * Makes a plan for an upload.
 */
void
granary_cos_multipart_begin (GranaryCosMultipart *self,
                             GranaryCosRun       *run,
                             GranaryResume       *facts)
{
  self->run = run;
  self->resume = facts;
  self->resume->is_upload = TRUE;
  g_set_str (&self->resume->address, run->address);
  g_mutex_init (&self->lock);
}

/**
 * granary_cos_multipart_claim:
 * @self: an upload
 * @error: return location
 *
 * Takes over what an earlier run has recorded. If that was of a source that has changed since, its
 * parts are taken back from the server.
 *
 * Returns: whether it may go on; %GRANARY_REASON_BUSY when another is at it
 */
gboolean
granary_cos_multipart_claim (GranaryCosMultipart  *self,
                             GError              **error)
{
  GranaryResume *mine = self->resume;
  g_autoptr (GranaryResume) found = NULL;

  if (self->run->engine->store != NULL &&
      !granary_transfer_store_claim_resume (self->run->engine->store, TRUE, mine->path,
                                            mine->address, &found, error))
    return FALSE;

  if (found != NULL && found->size == mine->size && found->mtime == mine->mtime &&
      found->device == mine->device && found->inode == mine->inode &&
      g_strcmp0 (found->etag, mine->etag) == 0 &&
      found->part_size > 0 && found->part_size <= GRANARY_COS_MAX_PART_SIZE &&
      (found->size - 1) / found->part_size < GRANARY_COS_MAX_PARTS)
    {
      granary_resume_free (mine);
      self->resume = g_steal_pointer (&found);
      self->was_initiated = self->resume->upload_id == NULL;
    }
  else if (found != NULL)
    {
      gboolean is_dropped;

      self->resume = found;
      is_dropped = drop_outdated (self, error);
      self->resume = mine;
      if (!is_dropped)
        return FALSE;
    }

  self->n_parts = (guint) ((self->resume->size - 1) / self->resume->part_size + 1);
  self->parts = g_new0 (GranaryCosPart *, self->n_parts);
  self->missing = g_new0 (guint, self->n_parts);

  return TRUE;
}

/* Bytes of part @index + 1. */
gint64
granary_cos_multipart_get_length (GranaryCosMultipart *self,
                                  guint                index)
{
  return MIN (self->resume->part_size, self->resume->size - index * self->resume->part_size);
}

/**
 * granary_cos_multipart_keep:
 * @self: an upload
 * @index: of a part, from 0
 * @part: (transfer full): the part, which is at the server
 * @is_recorded: whether the store knows it
 *
 * Notes a finished part. That it cannot be recorded would only cost sending it again after a crash,
 * so it does not stop the upload. Any thread.
 */
void
granary_cos_multipart_keep (GranaryCosMultipart *self,
                            guint                index,
                            GranaryCosPart      *part,
                            gboolean             is_recorded)
{
  GranaryTransferStore *store = self->run->engine->store;
  const GranaryResumePart record = { part->number, part->size, part->etag, part->crc64 };
  g_autoptr (GError) local_error = NULL;

  g_mutex_lock (&self->lock);
  if (self->parts[index] != NULL)
    granary_cos_part_free (self->parts[index]);
  self->parts[index] = part;
  g_mutex_unlock (&self->lock);

  if (!is_recorded && store != NULL && self->resume->id != 0 &&
      !granary_transfer_store_add_part (store, self->resume->id, &record, &local_error))
    g_debug ("%s: %s", self->run->subject, local_error->message);
}

/**
 * granary_cos_multipart_perform:
 * @self: an upload, claimed
 * @error: return location
 *
 * Sends what is missing and puts the object together. An upload id that the server no longer knows
 * is forgotten, and the upload starts anew once. After a failure the record stays for the next try,
 * unless it is of no use.
 *
 * Returns: (transfer full): the object, verified as far as the server tells checksums
 */
GranaryObject *
granary_cos_multipart_perform (GranaryCosMultipart  *self,
                               GError              **error)
{
  g_autoptr (GError) local_error = NULL;
  GranaryObject *object;

  object = perform_once (self, &local_error);
  if (object == NULL &&
      granary_error_matches_reason (local_error, GRANARY_REASON_UPLOAD_VANISHED))
    {
      object = find_completed (self);
      if (object == NULL)
        {
          forget (self);
          clear_parts (self);
          g_clear_error (&local_error);
          object = perform_once (self, &local_error);
        }
    }

  if (object != NULL ||
      granary_error_matches_reason (local_error, GRANARY_REASON_UPLOAD_VANISHED))
    {
      forget (self);
    }
  else if (granary_error_matches_reason (local_error, GRANARY_REASON_SOURCE_CHANGED))
    {
      g_autoptr (GError) abort_error = NULL;

      /* Otherwise the next run tries it again. */
      if (abort_upload (self, self->run->cancellable, &abort_error))
        forget (self);
      else
        g_debug ("%s: %s", self->run->subject, abort_error->message);
    }
  if (object == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return object;
}

/* Gives the record back, so that the next run can go on with it. */
void
granary_cos_multipart_end (GranaryCosMultipart *self)
{
  if (self->run == NULL)
    return;

  release (self);
  for (guint i = 0; self->parts != NULL && i < self->n_parts; i++)
    g_clear_pointer (&self->parts[i], granary_cos_part_free);
  g_clear_pointer (&self->parts, g_free);
  g_clear_pointer (&self->missing, g_free);
  g_clear_pointer (&self->resume, granary_resume_free);
  g_mutex_clear (&self->lock);
}
