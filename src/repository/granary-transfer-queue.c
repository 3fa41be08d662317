/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-transfer-queue-private.h"

#include "granary-error.h"

#define FIRST_WAIT 2000
#define MAX_TRIES 8
#define CLOSE_TIME (2 * G_TIME_SPAN_SECOND)

static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryTransferQueue, granary_transfer_queue, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* Entries */

GranaryEntry *
granary_entry_ref (GranaryEntry *self)
{
  return g_rc_box_acquire (self);
}

static void
entry_clear (gpointer data)
{
  GranaryEntry *self = data;

  g_clear_object (&self->job);
  g_clear_object (&self->transfer);
  g_clear_object (&self->task);
  g_clear_object (&self->run);
  g_clear_error (&self->failure);
}

void
granary_entry_unref (GranaryEntry *self)
{
  g_rc_box_release_full (self, entry_clear);
}

static GranaryEntry *
find_entry (GranaryTransferQueue *self,
            GranaryTransfer      *transfer)
{
  return g_hash_table_lookup (self->by_transfer, transfer);
}

typedef struct
{
  GWeakRef queue;
  GWeakRef transfer;
} Cancelled;

static void
cancelled_free (gpointer data)
{
  Cancelled *cancelled = data;

  g_weak_ref_clear (&cancelled->queue);
  g_weak_ref_clear (&cancelled->transfer);
  g_free (cancelled);
}

static gboolean
cancelled_idle_cb (gpointer user_data)
{
  Cancelled *cancelled = user_data;
  g_autoptr (GranaryTransferQueue) self = g_weak_ref_get (&cancelled->queue);
  g_autoptr (GranaryTransfer) transfer = g_weak_ref_get (&cancelled->transfer);
  GranaryEntry *entry = self != NULL && transfer != NULL ? find_entry (self, transfer) : NULL;

  if (entry != NULL && !self->is_closed)
    granary_transfer_queue_cancel_entry (entry);

  return G_SOURCE_REMOVE;
}

/* Comes in whichever thread calls the transfer off. */
static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  Cancelled *cancelled = user_data;
  g_autoptr (GranaryTransferQueue) self = g_weak_ref_get (&cancelled->queue);
  g_autoptr (GranaryTransfer) transfer = g_weak_ref_get (&cancelled->transfer);
  g_autoptr (GSource) source = NULL;
  Cancelled *copy;

  if (self == NULL || transfer == NULL)
    return;

  copy = g_new0 (Cancelled, 1);
  g_weak_ref_init (&copy->queue, self);
  g_weak_ref_init (&copy->transfer, transfer);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, cancelled_idle_cb, copy, cancelled_free);
  g_source_set_static_name (source, "[granary] transfer cancelled");
  g_source_attach (source, self->context);
}

static void
target_cb (GranaryTransferQueue *self,
           GParamSpec           *pspec,
           GranaryTransfer      *transfer)
{
  GranaryEntry *entry = find_entry (self, transfer);

  if (entry != NULL && !self->is_closed && entry->state != GRANARY_ENTRY_OVER)
    granary_transfer_queue_store_target (entry);
}

/* What may be asked of a transfer */

static gboolean
can_entry (GranaryEntry          *entry,
           GranaryTransferAction  action)
{
  switch (action)
    {
    case GRANARY_TRANSFER_PAUSE:
      return entry->state == GRANARY_ENTRY_WAITING ||
             entry->state == GRANARY_ENTRY_RETRYING ||
             (entry->state == GRANARY_ENTRY_RUNNING && entry->intent == GRANARY_INTENT_NONE);

    case GRANARY_TRANSFER_RESUME:
      return entry->state == GRANARY_ENTRY_PAUSED;

    case GRANARY_TRANSFER_RETRY:
      return entry->state == GRANARY_ENTRY_RETRYING ||
             (entry->state == GRANARY_ENTRY_OVER &&
              granary_transfer_get_state (entry->transfer) == GRANARY_TRANSFER_FAILED);

    case GRANARY_TRANSFER_RAISE:
      return entry->turn != NULL && !g_sequence_iter_is_begin (entry->turn);

    default:
      return FALSE;
    }
}

static gboolean
control_can (GranaryTransferAction action,
             gpointer              transfer,
             gpointer              user_data)
{
  GranaryTransferQueue *self = user_data;
  GranaryEntry *entry = find_entry (self, transfer);

  return entry != NULL && !self->is_closed && can_entry (entry, action);
}

/* Told as two small changes: a view need not look at all that lies between. */
static void
raise_entry (GranaryEntry *entry)
{
  GranaryTransferQueue *self = entry->queue;
  g_autoptr (GranaryEntry) kept = granary_entry_ref (entry);
  GranaryEntry *first = g_sequence_get (g_sequence_get_begin_iter (self->waiting));
  guint from = (guint) g_sequence_iter_get_position (entry->place);

  g_sequence_move (entry->turn, g_sequence_get_begin_iter (self->waiting));
  g_clear_pointer (&entry->place, g_sequence_remove);
  g_list_model_items_changed (G_LIST_MODEL (self), from, 1, 0);
  entry->place = g_sequence_insert_before (first->place, granary_entry_ref (entry));
  g_list_model_items_changed (G_LIST_MODEL (self),
                              (guint) g_sequence_iter_get_position (entry->place), 0, 1);
  granary_transfer_queue_store_raised (entry);
}

static void
control_perform (GranaryTransferAction action,
                 gpointer              transfer,
                 gpointer              user_data)
{
  GranaryTransferQueue *self = user_data;
  GranaryEntry *entry = find_entry (self, transfer);

  switch (action)
    {
    case GRANARY_TRANSFER_PAUSE:
      granary_transfer_queue_pause_entry (entry);
      break;

    case GRANARY_TRANSFER_RESUME:
      granary_transfer_set_state (entry->transfer, GRANARY_TRANSFER_QUEUED);
      granary_transfer_queue_store_state (entry, GRANARY_JOB_WAITING);
      granary_transfer_queue_let_wait (entry);
      granary_transfer_queue_schedule (self);
      break;

    case GRANARY_TRANSFER_RETRY:
      granary_transfer_queue_retry_entry (entry);
      break;

    case GRANARY_TRANSFER_RAISE:
      raise_entry (entry);
      break;

    default:
      g_return_if_reached ();
    }
}

static int
control_get_turn (gpointer transfer,
                  gpointer user_data)
{
  GranaryEntry *entry = find_entry (user_data, transfer);

  return entry != NULL && entry->turn != NULL ? g_sequence_iter_get_position (entry->turn) : -1;
}

static const GranaryTransferControl control = {
  .can = control_can,
  .perform = control_perform,
  .get_turn = control_get_turn,
};

/* Takes @entry's connections to the transfer away; the list lets go of it next. */
static void
detach_entry (GranaryTransferQueue *self,
              GranaryEntry         *entry)
{
  granary_transfer_set_control (entry->transfer, NULL, NULL);
  g_signal_handlers_disconnect_by_data (entry->transfer, self);
  g_signal_handler_disconnect (granary_transfer_get_cancellable (entry->transfer),
                               entry->cancel_id);
  g_hash_table_remove (self->by_transfer, entry->transfer);
  entry->queue = NULL;
  entry->place = NULL;
  entry->turn = NULL;
}

/* GListModel */

static GType
granary_transfer_queue_get_item_type (GListModel *model)
{
  return GRANARY_TYPE_TRANSFER;
}

static guint
granary_transfer_queue_get_n_items (GListModel *model)
{
  return (guint) g_sequence_get_length (GRANARY_TRANSFER_QUEUE (model)->entries);
}

static gpointer
granary_transfer_queue_get_item (GListModel *model,
                                 guint       position)
{
  GranaryTransferQueue *self = GRANARY_TRANSFER_QUEUE (model);
  GSequenceIter *iter;

  if (position >= (guint) g_sequence_get_length (self->entries))
    return NULL;

  iter = g_sequence_get_iter_at_pos (self->entries, (int) position);

  return g_object_ref (((GranaryEntry *) g_sequence_get (iter))->transfer);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = granary_transfer_queue_get_item_type;
  iface->get_n_items = granary_transfer_queue_get_n_items;
  iface->get_item = granary_transfer_queue_get_item;
}

/* GObject overrides */

static void
work_clear (gpointer data)
{
  GranaryQueueWork *work = data;

  g_mutex_clear (&work->lock);
  g_cond_clear (&work->idle);
}

static void
granary_transfer_queue_dispose (GObject *object)
{
  GranaryTransferQueue *self = GRANARY_TRANSFER_QUEUE (object);
  GSequenceIter *iter;

  self->is_closed = TRUE;
  granary_transfer_queue_stop_runs (self);
  granary_transfer_queue_set_runner (self, NULL, NULL, NULL);

  for (iter = g_sequence_get_begin_iter (self->entries); !g_sequence_iter_is_end (iter);
       iter = g_sequence_iter_next (iter))
    detach_entry (self, g_sequence_get (iter));
  g_sequence_remove_range (g_sequence_get_begin_iter (self->waiting),
                           g_sequence_get_end_iter (self->waiting));
  g_sequence_remove_range (g_sequence_get_begin_iter (self->entries),
                           g_sequence_get_end_iter (self->entries));
  g_ptr_array_set_size (self->busy, 0);
  g_ptr_array_set_size (self->to_store, 0);
  g_clear_object (&self->runs);
  g_clear_object (&self->books);

  G_OBJECT_CLASS (granary_transfer_queue_parent_class)->dispose (object);
}

static void
granary_transfer_queue_finalize (GObject *object)
{
  GranaryTransferQueue *self = GRANARY_TRANSFER_QUEUE (object);

  g_sequence_free (self->waiting);
  g_sequence_free (self->entries);
  g_hash_table_unref (self->by_transfer);
  g_ptr_array_unref (self->busy);
  g_ptr_array_unref (self->to_store);
  g_clear_object (&self->store);
  g_main_context_unref (self->context);
  g_atomic_rc_box_release_full (self->work, work_clear);

  G_OBJECT_CLASS (granary_transfer_queue_parent_class)->finalize (object);
}

static void
granary_transfer_queue_class_init (GranaryTransferQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_transfer_queue_dispose;
  object_class->finalize = granary_transfer_queue_finalize;
}

static void
granary_transfer_queue_init (GranaryTransferQueue *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->entries = g_sequence_new ((GDestroyNotify) granary_entry_unref);
  self->waiting = g_sequence_new (NULL);
  self->by_transfer = g_hash_table_new (NULL, NULL);
  self->busy = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_entry_unref);
  self->to_store = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_entry_unref);
  self->first_wait = FIRST_WAIT;
  self->max_tries = MAX_TRIES;
  self->books = granary_worker_new ("granary-books", 1);
  self->work = g_atomic_rc_box_new0 (GranaryQueueWork);
  g_mutex_init (&self->work->lock);
  g_cond_init (&self->work->idle);
}

/* Functions for the other files of the queue */

/* An entry that is not in the list yet. */
GranaryEntry *
granary_transfer_queue_new_entry (GranaryTransferQueue *self,
                                  GranaryTransferJob   *job,
                                  GranaryTransfer      *transfer)
{
  GranaryEntry *entry = g_rc_box_new0 (GranaryEntry);

  entry->queue = self;
  entry->job = g_object_ref (job);
  entry->transfer = g_object_ref (transfer);
  entry->state = GRANARY_ENTRY_STORING;

  return entry;
}

void
granary_transfer_queue_append (GranaryTransferQueue *self,
                               GPtrArray            *entries)
{
  guint position = (guint) g_sequence_get_length (self->entries);

  if (entries->len == 0)
    return;

  for (guint i = 0; i < entries->len; i++)
    {
      GranaryEntry *entry = g_ptr_array_index (entries, i);
      GCancellable *cancellable = granary_transfer_get_cancellable (entry->transfer);
      Cancelled *cancelled = g_new0 (Cancelled, 1);

      entry->place = g_sequence_append (self->entries, granary_entry_ref (entry));
      g_hash_table_insert (self->by_transfer, entry->transfer, entry);
      granary_transfer_set_control (entry->transfer, &control, self);
      g_signal_connect_object (entry->transfer, "notify::target", G_CALLBACK (target_cb), self,
                               G_CONNECT_SWAPPED);

      /* Not g_cancellable_connect(): the signal comes after a reset too, as a retry needs. */
      g_weak_ref_init (&cancelled->queue, self);
      g_weak_ref_init (&cancelled->transfer, entry->transfer);
      entry->cancel_id = g_signal_connect_data (cancellable, "cancelled",
                                                G_CALLBACK (cancelled_cb), cancelled,
                                                (GClosureNotify) (GCallback) cancelled_free, 0);
      if (g_cancellable_is_cancelled (cancellable) && entry->state != GRANARY_ENTRY_OVER)
        granary_transfer_queue_cancel_entry (entry);
    }

  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, entries->len);
}

/* Public functions */

/**
 * granary_transfer_queue_new:
 * @store: remembers the jobs
 * @max_running: how many run at a time, at least 1
 *
 * Makes a queue that belongs to the thread-default main context of the caller. It runs nothing
 * until it has a runner.
 *
 * Returns: (transfer full): an empty queue
 */
GranaryTransferQueue *
granary_transfer_queue_new (GranaryTransferStore *store,
                            guint                 max_running)
{
  GranaryTransferQueue *self;

  g_return_val_if_fail (GRANARY_IS_TRANSFER_STORE (store), NULL);
  g_return_val_if_fail (max_running > 0, NULL);

  self = g_object_new (GRANARY_TYPE_TRANSFER_QUEUE, NULL);
  self->store = g_object_ref (store);
  self->max_running = max_running;
  self->runs = granary_worker_new ("granary-run", max_running);

  return self;
}

/**
 * granary_transfer_queue_add_async:
 * @self: a queue
 * @job: what to do; the queue's from now on
 * @transfer: shows how it goes; made in the queue's main context
 * @callback: called when it is over
 * @user_data: for @callback
 *
 * Adds @job at the end. It is listed at once and runs, when its turn comes, after it has been
 * stored. Before each run the counts of @transfer are set back to nothing; the runner adds what is
 * done already.
 *
 * Fails with the error of the runner's last try, with that of the store when the job cannot be
 * stored, and with %G_IO_ERROR_CANCELLED when it is called off or the queue closes.
 */
void
granary_transfer_queue_add_async (GranaryTransferQueue *self,
                                  GranaryTransferJob   *job,
                                  GranaryTransfer      *transfer,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  GranaryEntry *entry;

  g_return_if_fail (GRANARY_IS_TRANSFER_QUEUE (self));
  g_return_if_fail (GRANARY_IS_TRANSFER_JOB (job));
  g_return_if_fail (GRANARY_IS_TRANSFER (transfer));
  g_return_if_fail (find_entry (self, transfer) == NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, granary_transfer_queue_add_async);
  if (self->is_closed)
    {
      g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "closed");

      granary_transfer_finish (transfer, error);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  entry = granary_transfer_queue_new_entry (self, job, transfer);
  entry->task = g_steal_pointer (&task);
  entries = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_entry_unref);
  g_ptr_array_add (entries, entry);
  g_ptr_array_add (self->to_store, granary_entry_ref (entry));
  granary_transfer_queue_append (self, entries);
  granary_transfer_queue_store_added (self);
}

GranaryTransferJob *
granary_transfer_queue_add_finish (GranaryTransferQueue  *self,
                                   GAsyncResult          *result,
                                   GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_QUEUE (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * granary_transfer_queue_restore:
 * @self: a queue
 *
 * Takes over what dead sessions left, in its order, and starts it; what was paused or had failed
 * waits for the user. A little later.
 */
void
granary_transfer_queue_restore (GranaryTransferQueue *self)
{
  g_return_if_fail (GRANARY_IS_TRANSFER_QUEUE (self));

  if (!self->is_closed)
    granary_transfer_queue_take (self);
}

/**
 * granary_transfer_queue_is_running:
 * @self: a queue
 *
 * Returns: whether a job runs, or will by itself: the computer should stay awake for it
 */
gboolean
granary_transfer_queue_is_running (GranaryTransferQueue *self)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_QUEUE (self), FALSE);

  return !self->is_closed &&
         (self->busy->len > 0 ||
          (self->runner != NULL &&
           (self->to_store->len > 0 || self->is_storing || !g_sequence_is_empty (self->waiting))));
}

/**
 * granary_transfer_queue_has:
 * @self: a queue
 * @transfer: any transfer
 *
 * Returns: whether it is listed here
 */
gboolean
granary_transfer_queue_has (GranaryTransferQueue *self,
                            GranaryTransfer      *transfer)
{
  g_return_val_if_fail (GRANARY_IS_TRANSFER_QUEUE (self), FALSE);

  return find_entry (self, transfer) != NULL;
}

/**
 * granary_transfer_queue_raise:
 * @self: a queue
 * @transfer: one of its transfers
 *
 * Puts @transfer before all that wait; nothing happens when it does not wait itself.
 */
void
granary_transfer_queue_raise (GranaryTransferQueue *self,
                              GranaryTransfer      *transfer)
{
  g_return_if_fail (GRANARY_IS_TRANSFER_QUEUE (self));
  g_return_if_fail (GRANARY_IS_TRANSFER (transfer));

  if (find_entry (self, transfer) != NULL)
    granary_transfer_perform (transfer, GRANARY_TRANSFER_RAISE);
}

/**
 * granary_transfer_queue_clear_over:
 * @self: a queue
 *
 * Takes out what is over. Failed jobs are forgotten.
 */
void
granary_transfer_queue_clear_over (GranaryTransferQueue *self)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  GSequenceIter *iter;
  guint n_removed = 0;

  g_return_if_fail (GRANARY_IS_TRANSFER_QUEUE (self));

  /* From the end, one signal for each run of neighbours. */
  iter = g_sequence_get_end_iter (self->entries);
  for (;;)
    {
      gboolean is_begin = g_sequence_iter_is_begin (iter);
      GSequenceIter *before = is_begin ? NULL : g_sequence_iter_prev (iter);
      GranaryEntry *entry = is_begin ? NULL : g_sequence_get (before);

      if (entry != NULL && entry->state == GRANARY_ENTRY_OVER)
        {
          gint64 id = granary_transfer_job_get_id (entry->job);

          if (granary_transfer_get_state (entry->transfer) == GRANARY_TRANSFER_FAILED && id != 0)
            g_array_append_val (ids, id);
          detach_entry (self, entry);
          g_sequence_remove (before);
          n_removed++;
          continue;
        }

      if (n_removed > 0)
        g_list_model_items_changed (G_LIST_MODEL (self),
                                    (guint) g_sequence_iter_get_position (iter), n_removed, 0);
      n_removed = 0;
      if (is_begin)
        break;
      iter = before;
    }

  if (ids->len > 0 && !self->is_closed)
    granary_transfer_queue_forget (self, ids);
}

/**
 * granary_transfer_queue_close:
 * @self: a queue
 *
 * Stops all, keeping what was done, so that the next queue that restores goes on with it. Blocks
 * until the threads are through, at most 2 s; a runner that takes longer keeps its job claimed
 * until the process ends.
 */
void
granary_transfer_queue_close (GranaryTransferQueue *self)
{
  g_autoptr (GError) error = NULL;
  gint64 deadline = g_get_monotonic_time () + CLOSE_TIME;
  GSequenceIter *iter;

  g_return_if_fail (GRANARY_IS_TRANSFER_QUEUE (self));

  if (self->is_closed)
    return;

  /* Those that were just added are not lost. The store is told in order, so these may follow others
   * whose answer has not come yet. */
  self->is_storing = FALSE;
  granary_transfer_queue_store_added (self);
  self->is_closed = TRUE;
  granary_transfer_queue_stop_runs (self);
  if (granary_queue_work_wait (self->work, deadline))
    {
      granary_transfer_queue_release (self);
      granary_queue_work_wait (self->work, deadline);
    }

  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "closed");
  for (iter = g_sequence_get_begin_iter (self->entries); !g_sequence_iter_is_end (iter);
       iter = g_sequence_iter_next (iter))
    {
      GranaryEntry *entry = g_sequence_get (iter);

      granary_transfer_finish (entry->transfer, error);
      if (entry->task != NULL)
        {
          g_autoptr (GTask) task = g_steal_pointer (&entry->task);

          g_task_return_error (task, g_error_copy (error));
        }
      detach_entry (self, entry);
    }
  {
    guint n_entries = (guint) g_sequence_get_length (self->entries);

    g_sequence_remove_range (g_sequence_get_begin_iter (self->waiting),
                             g_sequence_get_end_iter (self->waiting));
    g_sequence_remove_range (g_sequence_get_begin_iter (self->entries),
                             g_sequence_get_end_iter (self->entries));
    g_ptr_array_set_size (self->busy, 0);
    g_ptr_array_set_size (self->to_store, 0);
    if (n_entries > 0)
      g_list_model_items_changed (G_LIST_MODEL (self), 0, n_entries, 0);
  }
}
