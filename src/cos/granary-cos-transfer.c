/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-transfer-private.h"

#include "granary-cos-private.h"
#include "granary-error.h"

/* Files up to this size go in one request, larger ones in parts of it. Eight times what the
 * vendor's program begins with: fewer requests, and still little to send again after a crash. */
#define DEFAULT_PART_SIZE (G_GINT64_CONSTANT (8) << 20)

/* Days after which what nobody went on with is forgotten: cloud-protocols §10.5. */
#define RESUME_DAYS 30

G_DEFINE_FINAL_TYPE (GranaryCosTransfer, granary_cos_transfer, G_TYPE_OBJECT)

/* GObject overrides */

static void
granary_cos_transfer_finalize (GObject *object)
{
  GranaryCosTransfer *self = GRANARY_COS_TRANSFER (object);

  g_clear_pointer (&self->pool, granary_cos_part_pool_free);
  g_clear_object (&self->client);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (granary_cos_transfer_parent_class)->finalize (object);
}

static void
granary_cos_transfer_class_init (GranaryCosTransferClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_cos_transfer_finalize;
}

static void
granary_cos_transfer_init (GranaryCosTransfer *self)
{
}

/* Calls of the engine */

static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

/* Once in the life of an engine, on a worker. */
static void
expire_resumes (GranaryCosTransfer *engine)
{
  g_autoptr (GError) error = NULL;

  if (engine->store != NULL &&
      g_atomic_int_compare_and_exchange (&engine->has_expired, FALSE, TRUE) &&
      !granary_transfer_store_expire_resumes (engine->store, RESUME_DAYS, &error))
    g_debug ("expiring: %s", error->message);
}

void
granary_cos_run_begin (GranaryCosRun            *self,
                       GranaryCosTransfer       *engine,
                       const GranaryObjectPlace *place,
                       GranaryTransfer          *transfer,
                       GCancellable             *cancellable)
{
  GCancellable *parents[2] = {
    transfer != NULL ? granary_transfer_get_cancellable (transfer) : NULL,
    cancellable,
  };

  expire_resumes (engine);

  self->engine = g_object_ref (engine);
  self->transfer = transfer;
  self->place = place;
  self->subject = granary_cos_dup_subject (place->bucket, place->key);
  self->address = granary_object_place_to_address (place);
  self->cancellable = g_cancellable_new ();
  for (guint i = 0; i < G_N_ELEMENTS (parents); i++)
    {
      if (parents[i] == NULL)
        continue;
      self->parents[i] = g_object_ref (parents[i]);
      self->handlers[i] = g_cancellable_connect (parents[i], G_CALLBACK (cancelled_cb),
                                                 self->cancellable, NULL);
    }
}

void
granary_cos_run_end (GranaryCosRun *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->parents); i++)
    {
      if (self->parents[i] != NULL)
        g_cancellable_disconnect (self->parents[i], self->handlers[i]);
      g_clear_object (&self->parents[i]);
    }
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_object (&self->engine);
}

void
granary_cos_run_count (GranaryCosRun *self,
                       gint64         n_bytes)
{
  if (self->transfer != NULL && n_bytes != 0)
    granary_transfer_add_bytes (self->transfer, n_bytes);
}

/* The smallest of the wanted size and its doubles that needs no more parts than are allowed. */
gint64
granary_cos_run_get_part_size (GranaryCosRun *self,
                               gint64         size)
{
  gint64 part_size = self->engine->part_size > 0 ? self->engine->part_size : DEFAULT_PART_SIZE;

  while ((size + part_size - 1) / part_size > GRANARY_COS_MAX_PARTS)
    part_size = MIN (part_size * 2, GRANARY_COS_MAX_PART_SIZE);

  return part_size;
}

gboolean
granary_cos_run_try_again (GranaryRetry  *retry,
                           GError        *failure,
                           GCancellable  *cancellable,
                           GError       **error)
{
  g_autoptr (GError) owned = failure;

  /* A checksum may be wrong because of the way there. */
  if (!granary_cos_error_is_passing (owned) &&
      !granary_error_matches_reason (owned, GRANARY_REASON_CRC_MISMATCH))
    {
      g_propagate_error (error, g_steal_pointer (&owned));
      return FALSE;
    }

  return granary_retry_wait (retry, owned, cancellable, error);
}

gboolean
granary_cos_run_fail_crc (GranaryCosRun  *self,
                          guint64         expected,
                          guint64         found,
                          GError        **error)
{
  granary_set_error (error, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_CRC_MISMATCH, self->subject,
                     "%s: CRC-64 %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT,
                     self->subject, found, expected);
  return FALSE;
}

/* An object that is not what was sent must not stay under its key; one that somebody else has put
 * there meanwhile has to. */
void
granary_cos_run_remove_broken (GranaryCosRun       *self,
                               const GranaryObject *object)
{
  const char *keys[] = { self->place->key, NULL };
  g_autoptr (GranaryObject) there = NULL;
  g_autoptr (GError) error = NULL;

  there = granary_cos_client_stat (self->engine->client, self->place, NULL, &error);
  if (there != NULL && object->etag != NULL && g_strcmp0 (there->etag, object->etag) == 0 &&
      granary_cos_client_delete (self->engine->client, self->place, keys, NULL, &error))
    return;

  g_debug ("%s: a broken object was not removed: %s", self->subject,
           error != NULL ? error->message : "it is another");
}

/* Takes away what an earlier run in one direction has left: the parts at the server, or the staged
 * file, and the record. TRUE when there was nothing. */
gboolean
granary_cos_run_discard (GranaryCosRun  *self,
                         gboolean        is_upload,
                         const char     *path,
                         GError        **error)
{
  GranaryTransferStore *store = self->engine->store;
  g_autoptr (GranaryResume) resume = NULL;

  if (store == NULL)
    return TRUE;
  if (!granary_transfer_store_claim_resume (store, is_upload, path, self->address, &resume, error))
    return FALSE;
  if (resume == NULL)
    return TRUE;

  if (is_upload && resume->upload_id != NULL &&
      !granary_cos_client_abort (self->engine->client, self->place, resume->upload_id,
                                 self->cancellable, error))
    {
      g_autoptr (GError) local_error = NULL;

      /* Kept, so that it can be tried again. */
      if (!granary_transfer_store_release_resume (store, resume->id, &local_error))
        g_debug ("%s: %s", self->subject, local_error->message);
      return FALSE;
    }
  if (!is_upload)
    {
      g_auto (GranaryCosStagedFile) staged = { .folder_fd = -1, .fd = -1 };
      g_autoptr (GError) local_error = NULL;

      /* A folder that is gone has nothing in it. */
      if (granary_cos_staged_file_begin (&staged, path, &local_error) &&
          granary_cos_staged_file_open (&staged, 0, TRUE, &local_error))
        granary_cos_staged_file_discard (&staged);
      else
        g_debug ("%s: %s", self->subject, local_error->message);
    }

  return granary_transfer_store_remove_resume (store, resume->id, error);
}

/* Public functions */

/**
 * granary_cos_transfer_new:
 * @client: makes the calls
 * @store: (nullable): remembers over a crash
 * @max_parts: how many parts may move at once, over all files
 *
 * Returns: (transfer full): an engine; its functions may be called on any number of workers
 */
GranaryCosTransfer *
granary_cos_transfer_new (GranaryCosClient     *client,
                          GranaryTransferStore *store,
                          guint                 max_parts)
{
  GranaryCosTransfer *self;

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (client), NULL);
  g_return_val_if_fail (store == NULL || GRANARY_IS_TRANSFER_STORE (store), NULL);
  g_return_val_if_fail (max_parts > 0, NULL);

  self = g_object_new (GRANARY_TYPE_COS_TRANSFER, NULL);
  self->client = g_object_ref (client);
  g_set_object (&self->store, store);
  self->pool = granary_cos_part_pool_new (max_parts);

  return self;
}

/**
 * granary_cos_transfer_set_part_size:
 * @self: an engine
 * @part_size: bytes, at most 5 GiB; 0 to choose by the size of the file
 *
 * Sets the size of parts, which is also the size up to which one request is made. Where a file
 * would need more than 10,000 parts, they are larger; files under way keep theirs. To be called
 * before the engine is used.
 */
void
granary_cos_transfer_set_part_size (GranaryCosTransfer *self,
                                    gint64              part_size)
{
  g_return_if_fail (GRANARY_IS_COS_TRANSFER (self));
  g_return_if_fail (part_size >= 0 && part_size <= GRANARY_COS_MAX_PART_SIZE);

  self->part_size = part_size;
}

/**
 * granary_cos_transfer_discard:
 * @self: an engine
 * @path: file on this computer
 * @place: of the object
 * @cancellable: (nullable): stops
 * @error: return location
 *
 * Forgets what an upload or a download of @path that was called off has left behind: parts at the
 * server, which cost money as long as they are there, and the staged file. Nothing left is no
 * error. Blocks.
 *
 * Returns: whether nothing is left; %GRANARY_REASON_BUSY while a transfer works on it
 */
gboolean
granary_cos_transfer_discard (GranaryCosTransfer        *self,
                              const char                *path,
                              const GranaryObjectPlace  *place,
                              GCancellable              *cancellable,
                              GError                   **error)
{
  g_auto (GranaryCosRun) run = { 0 };
  g_autofree char *absolute = NULL;

  g_return_val_if_fail (GRANARY_IS_COS_TRANSFER (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (place != NULL, FALSE);

  granary_cos_run_begin (&run, self, place, NULL, cancellable);
  absolute = g_canonicalize_filename (path, NULL);

  return granary_cos_run_discard (&run, TRUE, absolute, error) &&
         granary_cos_run_discard (&run, FALSE, absolute, error);
}
