/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-cos.h"

#include "granary-cli-json.h"
#include "granary-crc64.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Small files wait for answers most of the time; large ones share the parts. */
#define MAX_FILES 4
#define MAX_NOTES 20
#define BLOCK (1024 * 1024)

/* Several files on their way. Everything but the threads' own work is on the main thread. */
typedef struct
{
  GranaryCliCos     *cos;
  GPtrArray         *files;   /* (element-type GranaryCliCosFile) (unowned) */
  GranaryTransfer   *transfer;
  GranaryCliCosMove  move;
  GranaryWorker     *worker;
  GTask             *task;    /* (owned): answered when all are over */
  guint              next;
  guint              running;
  guint              n_moved;
  guint              n_skipped;
  guint              n_failed;
  gboolean           stopping;
  GError            *error;   /* the first */
} Batch;

/* One of them, as data of its task. */
typedef struct
{
  Batch             *batch;
  GranaryCliCosFile *file;
  gboolean           skipped;
} Step;

static void start_next (Batch *batch);

/* On a thread of the batch. */
static void
move_file (GTask        *task,
           gpointer      source,
           gpointer      task_data,
           GCancellable *cancellable)
{
  Step *step = task_data;
  GError *error = NULL;

  if (step->batch->move (step->batch->cos, step->file, step->batch->transfer, &step->skipped,
                         &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Whether the other files would meet the same. */
static gboolean
concerns_all (const GError *error)
{
  static const GranaryError codes[] = {
    GRANARY_ERROR_NETWORK, GRANARY_ERROR_AUTH_REQUIRED, GRANARY_ERROR_AUTH_REJECTED,
    GRANARY_ERROR_FORBIDDEN, GRANARY_ERROR_QUOTA, GRANARY_ERROR_DATABASE,
  };

  if (error->domain != GRANARY_ERROR)
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      if (error->code == (int) codes[i])
        return TRUE;
    }

  return granary_error_matches_reason (error, GRANARY_REASON_BUCKET_MISSING);
}

/* The first error is that of the command; those after it are told. */
static void
take_error (Batch  *batch,
            GError *error)
{
  batch->n_failed++;
  batch->stopping |= concerns_all (error);

  if (batch->error == NULL)
    {
      batch->error = error;
      return;
    }

  if (!granary_error_is_cancelled (error) && batch->n_failed <= MAX_NOTES)
    {
      g_autofree char *problem = granary_wording_for_problem (error);

      granary_cli_note (batch->cos->cli, problem);
    }
  g_error_free (error);
}

static void
moved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Batch *batch = user_data;
  const Step *step = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  batch->running--;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    take_error (batch, error);
  else
    {
      batch->n_moved += step->skipped ? 0 : 1;
      batch->n_skipped += step->skipped ? 1 : 0;
      granary_transfer_add_files (batch->transfer, 1);
    }

  start_next (batch);
}

static void
start_next (Batch *batch)
{
  while (batch->running < MAX_FILES && batch->next < batch->files->len && !batch->stopping &&
         !g_cancellable_is_cancelled (batch->cos->cli->cancellable))
    {
      GranaryCliCosFile *file = g_ptr_array_index (batch->files, batch->next++);
      g_autoptr (GTask) task = g_task_new (NULL, NULL, moved_cb, batch);
      Step *step = g_new0 (Step, 1);

      step->batch = batch;
      step->file = file;
      g_task_set_task_data (task, step, g_free);
      batch->running++;
      granary_worker_run (batch->worker, task, move_file);
    }

  if (batch->running == 0)
    g_task_return_boolean (batch->task, TRUE);
}

static void
print_result (Batch *batch)
{
  GranaryCli *cli = batch->cos->cli;

  if (cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_int (json, "files", batch->n_moved);
      granary_cli_json_add_int (json, "unchanged", batch->n_skipped);
      granary_cli_json_add_int (json, "failed", batch->n_failed);
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
    }
  else
    {
      g_autofree char *moved = granary_wording_n_files (batch->n_moved);
      g_autofree char *skipped = NULL;

      /* Translators: files that were not sent or fetched because they are there already. */
      skipped = g_strdup_printf (ngettext ("%u unchanged", "%u unchanged", batch->n_skipped),
                                 batch->n_skipped);
      granary_cli_print (moved);
      if (batch->n_skipped > 0)
        {
          granary_cli_print ("  ");
          granary_cli_print (skipped);
        }
      granary_cli_print ("\n");
    }
}

GranaryCliCosFile *
granary_cli_cos_file_new (char                *path,
                          GranaryObjectPlace  *place,
                          gint64               size)
{
  GranaryCliCosFile *self = g_new (GranaryCliCosFile, 1);

  *self = (GranaryCliCosFile) { path, place, size };
  return self;
}

void
granary_cli_cos_file_free (GranaryCliCosFile *self)
{
  if (self == NULL)
    return;

  g_free (self->path);
  granary_object_place_free (self->place);
  g_free (self);
}

/**
 * granary_cli_cos_move:
 * @self: the command
 * @files: (element-type GranaryCliCosFile): what to move
 * @kind: in which direction
 * @subject: what the progress line calls it
 * @move: moves one
 * @error: return location
 *
 * Moves files, some at a time, and prints how many it were. A file that fails does not keep the
 * others from being moved, unless they would fail the same way.
 *
 * Returns: whether all are moved
 */
gboolean
granary_cli_cos_move (GranaryCliCos        *self,
                      GPtrArray            *files,
                      GranaryTransferKind   kind,
                      const char           *subject,
                      GranaryCliCosMove     move,
                      GError              **error)
{
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (kind, subject);
  g_autoptr (GranaryWorker) worker = granary_worker_new ("granary-files", MAX_FILES);
  g_autoptr (GAsyncResult) result = NULL;
  GranaryCliWait wait = { NULL };
  Batch batch = { self, files, transfer, move, worker };
  gint64 total = 0;

  for (guint i = 0; i < files->len; i++)
    total += ((const GranaryCliCosFile *) g_ptr_array_index (files, i))->size;
  granary_transfer_set_total (transfer, total, files->len);
  granary_transfer_set_state (transfer, GRANARY_TRANSFER_RUNNING);

  batch.task = g_task_new (NULL, NULL, granary_cli_wait_cb, &wait);
  start_next (&batch);
  result = granary_cli_wait (self->cli, &wait, transfer);
  g_clear_object (&batch.task);
  granary_transfer_finish (transfer, batch.error);

  if (batch.error == NULL &&
      g_cancellable_set_error_if_cancelled (self->cli->cancellable, &batch.error))
    batch.n_failed = files->len - batch.n_moved - batch.n_skipped;
  if (batch.error == NULL || !granary_error_is_cancelled (batch.error))
    print_result (&batch);

  if (batch.error == NULL)
    return TRUE;

  g_propagate_error (error, batch.error);
  return FALSE;
}

/**
 * granary_cli_cos_is_same:
 * @path: a file
 * @object: what the storage has, with its checksum if it tells one
 * @cancellable: (nullable): calls it off
 * @same: (out): whether they have the same content; without a checksum it is not known, and so not
 * @error: return location
 *
 * Reads the file, blocking.
 *
 * Returns: whether it could be read
 */
gboolean
granary_cli_cos_is_same (const char           *path,
                         const GranaryObject  *object,
                         GCancellable         *cancellable,
                         gboolean             *same,
                         GError              **error)
{
  g_autofree char *shown = granary_display_path (path);
  g_autofree char *block = g_malloc (BLOCK);
  g_autofd int fd = -1;
  guint64 crc = 0;
  gint64 size = 0;
  ssize_t n;

  *same = FALSE;
  if (!object->has_crc64)
    return TRUE;

  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (fd < 0)
    {
      granary_set_error_from_errno (error, errno, shown, "open");
      return FALSE;
    }

  while ((n = read (fd, block, BLOCK)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          granary_set_error_from_errno (error, errno, shown, "read");
          return FALSE;
        }
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      crc = granary_crc64_update (crc, block, (gsize) n);
      size += n;
    }

  *same = size == object->size && crc == object->crc64;
  return TRUE;
}
