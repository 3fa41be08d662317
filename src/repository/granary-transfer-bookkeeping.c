/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-transfer-queue-private.h"

#include "granary-error.h"

/* What the queue tells the store, in order, on a thread of its own: a commit waits for the disk. */

typedef enum
{
  NOTE_ADD,
  NOTE_STATE,
  NOTE_RAISE,
  NOTE_TARGET,
  NOTE_END,
  NOTE_FORGET,
  NOTE_TAKE,
  NOTE_RELEASE,
} NoteKind;

/* Immutable for the thread, but for rows; entries are of the main context's. */
typedef struct
{
  NoteKind              kind;
  GranaryTransferStore *store;     /* (owned) */
  GranaryQueueWork     *work;      /* (owned) */
  GPtrArray            *entries;   /* (owned) (nullable) (element-type GranaryEntry) */
  GPtrArray            *jobs;      /* (owned) (nullable) (element-type GranaryTransferJob) */
  GranaryTransferJob   *job;       /* (owned) (nullable) */
  GranaryJobState       state;
  GError               *failure;   /* (owned) (nullable) */
  GArray               *ids;       /* (owned) (nullable) */
  gint64                model_id;
  gint64                version_id;
  GPtrArray            *rows;      /* (owned) (nullable) (element-type GranaryJobRow): taken over */
} Note;

static void
note_free (gpointer data)
{
  Note *note = data;

  g_clear_object (&note->store);
  g_clear_pointer (&note->entries, g_ptr_array_unref);
  g_clear_pointer (&note->jobs, g_ptr_array_unref);
  g_clear_object (&note->job);
  g_clear_error (&note->failure);
  g_clear_pointer (&note->ids, g_array_unref);
  g_clear_pointer (&note->rows, g_ptr_array_unref);
  g_atomic_rc_box_release (note->work);
  g_free (note);
}

/* Work that is counted */

void
granary_queue_work_begin (GranaryQueueWork *self)
{
  g_mutex_lock (&self->lock);
  self->n_active++;
  g_mutex_unlock (&self->lock);
}

void
granary_queue_work_end (GranaryQueueWork *self)
{
  g_mutex_lock (&self->lock);
  g_assert (self->n_active > 0);
  if (--self->n_active == 0)
    g_cond_broadcast (&self->idle);
  g_mutex_unlock (&self->lock);
}

gboolean
granary_queue_work_wait (GranaryQueueWork *self,
                         gint64            deadline)
{
  gboolean is_idle;

  g_mutex_lock (&self->lock);
  while (self->n_active > 0)
    if (!g_cond_wait_until (&self->idle, &self->lock, deadline))
      break;
  is_idle = self->n_active == 0;
  g_mutex_unlock (&self->lock);

  return is_idle;
}

/* In the thread */

static gboolean
write_note (Note    *note,
            GError **error)
{
  gint64 id = note->job != NULL ? granary_transfer_job_get_id (note->job) : 0;

  /* A job that could not be stored has nothing to be changed there. */
  if (note->job != NULL && id == 0)
    return TRUE;

  switch (note->kind)
    {
    case NOTE_ADD:
      return granary_transfer_store_add_jobs (note->store, note->jobs, error);

    case NOTE_STATE:
      return granary_transfer_store_set_job_state (note->store, id, note->state, NULL, error);

    case NOTE_RAISE:
      return granary_transfer_store_raise_job (note->store, id, error);

    case NOTE_TARGET:
      return granary_transfer_store_set_job_target (note->store, id, note->model_id,
                                                    note->version_id, error);

    case NOTE_END:
      if (granary_error_is_cancelled (note->failure))
        return granary_transfer_store_remove_jobs (note->store, &id, 1, error);
      return granary_transfer_store_set_job_state (note->store, id, GRANARY_JOB_FAILED,
                                                   note->failure, error);

    case NOTE_FORGET:
      return granary_transfer_store_remove_jobs (note->store,
                                                 (const gint64 *) (gpointer) note->ids->data,
                                                 note->ids->len, error);

    case NOTE_TAKE:
      note->rows = granary_transfer_store_take_jobs (note->store, error);
      return note->rows != NULL;

    case NOTE_RELEASE:
      return granary_transfer_store_release_jobs (note->store, error);

    default:
      g_return_val_if_reached (FALSE);
    }
}

static void
write_thread (GTask        *task,
              gpointer      source_object,
              gpointer      task_data,
              GCancellable *cancellable)
{
  Note *note = task_data;
  g_autoptr (GError) error = NULL;
  gboolean success = write_note (note, &error);

  /* Before the answer, which frees the note. */
  granary_queue_work_end (note->work);

  if (success)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Back in the main context */

static void
finish_added (GranaryTransferQueue *self,
              Note                 *note,
              const GError         *error)
{
  self->is_storing = FALSE;
  for (guint i = 0; i < note->entries->len; i++)
    {
      GranaryEntry *entry = g_ptr_array_index (note->entries, i);

      if (entry->queue == NULL || entry->state != GRANARY_ENTRY_STORING)
        continue;

      entry->state = GRANARY_ENTRY_WAITING;
      if (error != NULL)
        {
          entry->failure = g_error_copy (error);
          granary_transfer_queue_store_end (entry);
        }
      else if (entry->intent == GRANARY_INTENT_CANCEL)
        {
          granary_transfer_queue_cancel_entry (entry);
        }
      else
        {
          granary_transfer_queue_let_wait (entry);
        }
    }

  granary_transfer_queue_store_added (self);
  granary_transfer_queue_schedule (self);
}

static GranaryEntry *
new_entry_from_row (GranaryTransferQueue *self,
                    GranaryJobRow        *row)
{
  g_autoptr (GranaryTransferJob) job = granary_transfer_job_new_from_row (self->store, row);
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (row->kind, row->subject);
  GranaryEntry *entry;

  granary_transfer_set_total (transfer, row->bytes, row->n_files);
  granary_transfer_add_bytes (transfer, row->bytes_done);
  granary_transfer_add_files (transfer, row->n_done);
  granary_transfer_set_target (transfer, row->model_id, row->version_id);
  entry = granary_transfer_queue_new_entry (self, job, transfer);
  entry->has_run = TRUE;

  switch (row->state)
    {
    case GRANARY_JOB_PAUSED:
      granary_transfer_set_state (transfer, GRANARY_TRANSFER_PAUSED);
      entry->state = GRANARY_ENTRY_PAUSED;
      break;

    case GRANARY_JOB_FAILED:
      granary_transfer_finish (transfer, row->error);
      entry->state = GRANARY_ENTRY_OVER;
      break;

    case GRANARY_JOB_WAITING:
    default:
      entry->state = GRANARY_ENTRY_WAITING;
      break;
    }

  return entry;
}

static void
finish_taken (GranaryTransferQueue *self,
              GPtrArray            *rows)
{
  g_autoptr (GPtrArray) entries =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_entry_unref);

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (entries, new_entry_from_row (self, g_ptr_array_index (rows, i)));

  granary_transfer_queue_append (self, entries);
  for (guint i = 0; i < entries->len; i++)
    {
      GranaryEntry *entry = g_ptr_array_index (entries, i);

      if (entry->state == GRANARY_ENTRY_WAITING)
        granary_transfer_queue_let_wait (entry);
    }
  granary_transfer_queue_schedule (self);
}

static void
finish_ended (Note         *note,
              const GError *error)
{
  GranaryEntry *entry = g_ptr_array_index (note->entries, 0);

  /* What the store could not be told happens again at the next start; that is worth a word. */
  if (error != NULL)
    granary_transfer_add_warning (entry->transfer, error);

  entry->state = GRANARY_ENTRY_OVER;
  granary_transfer_finish (entry->transfer, note->failure);
  if (entry->task != NULL)
    {
      g_autoptr (GTask) task = g_steal_pointer (&entry->task);

      g_task_return_error (task, g_error_copy (note->failure));
    }
}

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  GranaryTransferQueue *self = GRANARY_TRANSFER_QUEUE (object);
  Note *note = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);

  switch (note->kind)
    {
    case NOTE_ADD:
      finish_added (self, note, error);
      return;

    case NOTE_END:
      finish_ended (note, error);
      return;

    case NOTE_TAKE:
      if (note->rows != NULL && !self->is_closed)
        finish_taken (self, note->rows);
      break;

    case NOTE_STATE:
    case NOTE_RAISE:
    case NOTE_TARGET:
    case NOTE_FORGET:
    case NOTE_RELEASE:
    default:
      break;
    }

  /* Order, pauses and rows to be forgotten are as before at the next start. */
  if (error != NULL && note->job != NULL)
    granary_transfer_add_warning (((GranaryEntry *) g_ptr_array_index (note->entries, 0))->transfer,
                                  error);
  else if (error != NULL)
    g_message ("transfers: %s", error->message);
}

static Note *
note_new (GranaryTransferQueue *self,
          NoteKind              kind)
{
  Note *note = g_new0 (Note, 1);

  note->kind = kind;
  note->store = g_object_ref (self->store);
  note->work = g_atomic_rc_box_acquire (self->work);

  return note;
}

static Note *
note_new_for_entry (GranaryEntry *entry,
                    NoteKind      kind)
{
  Note *note = note_new (entry->queue, kind);

  note->job = g_object_ref (entry->job);
  note->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_entry_unref);
  g_ptr_array_add (note->entries, granary_entry_ref (entry));

  return note;
}

/* @note: (transfer full) */
static void
write_later (GranaryTransferQueue *self,
             Note                 *note)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, written_cb, NULL);

  g_task_set_static_name (task, "granary-transfer-books");
  g_task_set_task_data (task, note, note_free);
  granary_queue_work_begin (self->work);
  granary_worker_run (self->books, task, write_thread);
}

/* Functions for the other files of the queue */

/* All that have been added while the disk was busy share one commit. */
void
granary_transfer_queue_store_added (GranaryTransferQueue *self)
{
  Note *note;

  if (self->is_storing || self->is_closed || self->to_store->len == 0)
    return;

  note = note_new (self, NOTE_ADD);
  note->entries = g_steal_pointer (&self->to_store);
  self->to_store = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_entry_unref);
  note->jobs = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < note->entries->len; i++)
    {
      const GranaryEntry *entry = g_ptr_array_index (note->entries, i);

      g_ptr_array_add (note->jobs, g_object_ref (entry->job));
    }

  self->is_storing = TRUE;
  write_later (self, note);
}

void
granary_transfer_queue_store_state (GranaryEntry    *entry,
                                    GranaryJobState  state)
{
  Note *note = note_new_for_entry (entry, NOTE_STATE);

  note->state = state;
  write_later (entry->queue, note);
}

void
granary_transfer_queue_store_raised (GranaryEntry *entry)
{
  write_later (entry->queue, note_new_for_entry (entry, NOTE_RAISE));
}

void
granary_transfer_queue_store_target (GranaryEntry *entry)
{
  Note *note = note_new_for_entry (entry, NOTE_TARGET);

  note->model_id = granary_transfer_get_model_id (entry->transfer);
  note->version_id = granary_transfer_get_version_id (entry->transfer);
  write_later (entry->queue, note);
}

void
granary_transfer_queue_store_end (GranaryEntry *entry)
{
  Note *note = note_new_for_entry (entry, NOTE_END);

  note->failure = g_steal_pointer (&entry->failure);
  entry->state = GRANARY_ENTRY_ENDING;
  write_later (entry->queue, note);
}

void
granary_transfer_queue_forget (GranaryTransferQueue *self,
                               GArray               *ids)
{
  Note *note = note_new (self, NOTE_FORGET);

  note->ids = g_array_ref (ids);
  write_later (self, note);
}

void
granary_transfer_queue_take (GranaryTransferQueue *self)
{
  write_later (self, note_new (self, NOTE_TAKE));
}

void
granary_transfer_queue_release (GranaryTransferQueue *self)
{
  write_later (self, note_new (self, NOTE_RELEASE));
}
