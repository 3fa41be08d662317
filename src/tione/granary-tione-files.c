/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-files-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-crc64.h"
#include "granary-error.h"

#define BLOCK_SIZE (1 << 20)

/* Sources */

static gboolean
fail_source (GError      **error,
             int           saved_errno,
             const char   *path,
             const char   *action)
{
  g_autofree char *shown = granary_display_path (path);

  if (saved_errno == ENOENT || saved_errno == ENOTDIR)
    granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SOURCE_MISSING, shown,
                       "%s: %s is gone", action, shown);
  else if (saved_errno == EACCES || saved_errno == EPERM)
    granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_UNREADABLE, shown,
                       "%s: %s: %s", action, shown, g_strerror (saved_errno));
  else
    granary_set_error_from_errno (error, saved_errno, shown, action);
  return FALSE;
}

gboolean
granary_tione_check_source (const GranaryTransferFile  *file,
                            GError                    **error)
{
  struct stat status;

  if (lstat (file->path, &status) != 0)
    return fail_source (error, errno, file->path, "stat");
  if (!S_ISREG (status.st_mode) || status.st_size != file->size ||
      (gint64) status.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + status.st_mtim.tv_nsec !=
      file->mtime)
    return granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SOURCE_CHANGED,
                               file->path);

  return TRUE;
}

gboolean
granary_tione_checksum_file (const char    *path,
                             gint64         size,
                             GCancellable  *cancellable,
                             guint64       *crc64,
                             GError       **error)
{
  g_autofd int fd = open (path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  g_autofree guint8 *block = NULL;
  struct stat status;
  gint64 done = 0;

  if (fd < 0 || fstat (fd, &status) != 0)
    return fail_source (error, errno, path, "open");
  if (!S_ISREG (status.st_mode) || status.st_size != size)
    return granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SOURCE_CHANGED, path);

  *crc64 = 0;
  block = g_malloc (BLOCK_SIZE);
  for (;;)
    {
      gssize n_read = read (fd, block, BLOCK_SIZE);

      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read < 0)
        return fail_source (error, errno, path, "read");
      if (n_read == 0)
        break;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      *crc64 = granary_crc64_update (*crc64, block, (gsize) n_read);
      done += n_read;
    }
  if (done != size)
    return granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SOURCE_CHANGED, path);

  return TRUE;
}

/* Sending */

typedef struct
{
  GranaryTionePlace        *place;
  GranaryTransferJob       *job;
  const GranaryObjectPlace *where;
  GranaryTransfer          *transfer;
  GMutex                    lock;
  GHashTable               *checksums; /* (nullable): under @lock */
} Send;

/* Where the answer had no checksum, it may have been no answer of the storage at all: then at least
 * the object has to be there. */
static gboolean
check_arrived (Send                       *self,
               const GranaryTransferFile  *file,
               const GranaryObjectPlace   *to,
               const GranaryObject        *object,
               GCancellable               *cancellable,
               GError                    **error)
{
  g_autoptr (GranaryObject) there = NULL;
  g_autofree char *subject = NULL;

  if (object->has_crc64)
    return TRUE;

  there = granary_cos_client_stat (self->place->cos, to, cancellable, error);
  if (there == NULL)
    return FALSE;
  if (there->size == file->size)
    return TRUE;

  subject = g_strconcat (to->bucket, "/", to->key, NULL);
  return granary_tione_fail (error, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_OBJECT_CHANGED, subject);
}

static gboolean
send_file (guint          position,
           gpointer       data,
           GCancellable  *cancellable,
           GError       **error)
{
  Send *self = data;
  g_autoptr (GranaryTransferFile) file = granary_transfer_job_dup_file (self->job, position);
  g_autoptr (GranaryObjectPlace) to = NULL;
  g_autoptr (GranaryObject) object = NULL;

  if (file == NULL)
    return granary_tione_fail (error, GRANARY_ERROR_DATABASE, GRANARY_REASON_CATALOG_CORRUPT,
                               granary_transfer_job_get_subject (self->job));
  if (file->done)
    {
      granary_transfer_add_bytes (self->transfer, file->size);
      granary_transfer_add_files (self->transfer, 1);
      return TRUE;
    }

  to = granary_tione_file_place (self->where, file->target);
  if (!granary_object_key_check (to->key, error) || !granary_tione_check_source (file, error))
    return FALSE;
  object = granary_cos_transfer_upload (self->place->files, file->path, to, self->transfer,
                                        cancellable, error);
  if (object == NULL)
    return FALSE;
  /* What went while the file was being written to is of no use. */
  if (!granary_tione_check_source (file, error) ||
      !check_arrived (self, file, to, object, cancellable, error) ||
      !granary_transfer_job_set_file_done (self->job, position, error))
    return FALSE;

  if (self->checksums != NULL && object->has_crc64)
    {
      g_mutex_lock (&self->lock);
      g_hash_table_insert (self->checksums, g_strdup (file->target),
                           g_strdup_printf ("%" G_GUINT64_FORMAT, object->crc64));
      g_mutex_unlock (&self->lock);
    }
  granary_transfer_add_files (self->transfer, 1);

  return TRUE;
}

gboolean
granary_tione_send_files (GranaryTionePlace         *place,
                          GranaryTransferJob        *job,
                          const GranaryObjectPlace  *where,
                          GHashTable                *checksums,
                          GranaryTransfer           *transfer,
                          GCancellable              *cancellable,
                          GError                   **error)
{
  Send self = { .place = place, .job = job, .where = where, .transfer = transfer,
                .checksums = checksums };
  gboolean is_done;

  g_mutex_init (&self.lock);
  is_done = granary_tione_each (granary_transfer_job_get_n_files (job), send_file, &self,
                                cancellable, error);
  g_mutex_clear (&self.lock);

  return is_done;
}

/* Cleaning up */

typedef struct
{
  GranaryTionePlace  *place; /* (owned) */
  GPtrArray          *files; /* (owned) (element-type GranaryTransferFile) */
  GranaryObjectPlace *where; /* (owned) */
  gboolean            with_objects;
} Cleaning;

static void
cleaning_free (gpointer data)
{
  Cleaning *self = data;

  granary_tione_place_unref (self->place);
  g_ptr_array_unref (self->files);
  granary_object_place_free (self->where);
  g_free (self);
}

static void
clean_thread (GTask        *task,
              gpointer      source_object,
              gpointer      task_data,
              GCancellable *cancellable)
{
  Cleaning *self = task_data;
  g_autoptr (GStrvBuilder) keys = g_strv_builder_new ();
  g_auto (GStrv) done = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < self->files->len && error == NULL; i++)
    {
      const GranaryTransferFile *file = g_ptr_array_index (self->files, i);
      g_autoptr (GranaryObjectPlace) to = granary_tione_file_place (self->where, file->target);

      /* One whose last byte had gone, but not its mark, is an object too. */
      g_strv_builder_add (keys, to->key);
      if (!file->done)
        granary_cos_transfer_discard (self->place->files, file->path, to, self->place->closing,
                                      &error);
    }
  done = g_strv_builder_end (keys);
  if (error == NULL && self->with_objects && *done != NULL)
    granary_cos_client_delete (self->place->cos, self->where, (const char *const *) done,
                               self->place->closing, &error);
  if (error != NULL)
    g_debug ("Cleaning up after a transfer: %s", error->message);

  g_atomic_int_add (&self->place->n_cleaning, -1);
  g_task_return_boolean (task, TRUE);
}

void
granary_tione_clean_up (GranaryTionePlace        *place,
                        GranaryTransferJob       *job,
                        const GranaryObjectPlace *where,
                        gboolean                  with_objects)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  Cleaning *cleaning = g_new0 (Cleaning, 1);

  cleaning->place = granary_tione_place_ref (place);
  cleaning->files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_transfer_file_free);
  for (guint i = 0; i < granary_transfer_job_get_n_files (job); i++)
    {
      GranaryTransferFile *file = granary_transfer_job_dup_file (job, i);

      /* The queue forgets a job that was called off, and its files with it. */
      if (file != NULL)
        g_ptr_array_add (cleaning->files, file);
    }
  cleaning->where = granary_object_place_copy (where);
  cleaning->with_objects = with_objects;
  g_task_set_source_tag (task, granary_tione_clean_up);
  g_task_set_task_data (task, cleaning, cleaning_free);
  g_atomic_int_inc (&place->n_cleaning);
  granary_worker_run (place->cleaner, task, clean_thread);
}
