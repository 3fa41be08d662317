/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-transfer-queue-private.h"

#include "granary-error.h"
#include "granary-retry.h"

/* Whose turn it is, the runs of jobs, and what comes after a run. */

#define MAX_WAIT (60 * 1000)
/* What a service may ask for at most. */
#define MAX_ASKED (5 * 60 * 1000)

static void start (GranaryEntry *entry);
static void arm_retry_timer (GranaryTransferQueue *self);

/* Runs */

/* The thread's view of a run. */
typedef struct
{
  GranaryEntry       *entry;       /* (owned): main context only */
  GranaryRunnerBox   *runner;      /* (owned) (nullable): NULL once it is back */
  GranaryQueueWork   *work;        /* (owned) */
  GranaryTransferJob *job;         /* (owned) */
  GranaryTransfer    *transfer;    /* (owned) */
  GCancellable       *cancellable; /* (owned) */
  gboolean            has_run;     /* before */
} Run;

static void
runner_box_clear (gpointer data)
{
  GranaryRunnerBox *runner = data;

  if (runner->free_func != NULL)
    runner->free_func (runner->user_data);
}

static void
run_free (gpointer data)
{
  Run *run = data;

  g_clear_pointer (&run->entry, granary_entry_unref);
  if (run->runner != NULL)
    g_atomic_rc_box_release_full (run->runner, runner_box_clear);
  g_atomic_rc_box_release (run->work);
  g_object_unref (run->job);
  g_object_unref (run->transfer);
  g_object_unref (run->cancellable);
  g_free (run);
}

/* One that is called off, and has run before, is run once more to clean up. */
static gboolean
is_in_vain (Run *run)
{
  gboolean is_called_off =
    g_cancellable_is_cancelled (granary_transfer_get_cancellable (run->transfer));

  return g_cancellable_is_cancelled (run->cancellable) && !(is_called_off && run->has_run);
}

static gboolean
do_run (Run                   *run,
        GranaryTransferStore  *store,
        GError               **error)
{
  g_autoptr (GError) unload_error = NULL;
  gint64 id = granary_transfer_job_get_id (run->job);
  gboolean success;

  if (is_in_vain (run))
    return !g_cancellable_set_error_if_cancelled (run->cancellable, error);
  if (!granary_transfer_job_load_files (run->job, error))
    return FALSE;

  success = run->runner->func (run->job, run->transfer, run->cancellable, run->runner->user_data,
                               error);

  /* Of one that is done nothing has to be known any more. Otherwise some files that are done will
   * be looked at once more; the reason of the failure is what counts. */
  if (!granary_transfer_job_unload_files (run->job, &unload_error) && !success)
    g_debug ("job %" G_GINT64_FORMAT ": %s", id, unload_error->message);
  if (success)
    {
      g_autoptr (GError) remove_error = NULL;

      if (!granary_transfer_store_remove_jobs (store, &id, 1, &remove_error))
        granary_transfer_add_warning (run->transfer, remove_error);
    }

  return success;
}

static void
run_thread (GTask        *task,
            gpointer      source_object,
            gpointer      task_data,
            GCancellable *cancellable)
{
  Run *run = task_data;
  GranaryTransferQueue *self = source_object;
  GError *error = NULL;
  gboolean success = do_run (run, self->store, &error);

  /* A runner that says nothing about its failure must not pass for one that succeeded. */
  if (!success && error == NULL)
    granary_set_error (&error, GRANARY_ERROR_BACKEND, GRANARY_REASON_NONE, NULL,
                       "failed without a reason");

  granary_queue_work_end (run->work);

  if (success)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* After a run */

static gboolean
may_pass (const GError *error)
{
  GranaryReason reason;

  if (error->domain != GRANARY_ERROR)
    return FALSE;

  reason = granary_error_get_reason (error);
  if (error->code == GRANARY_ERROR_NETWORK)
    return reason != GRANARY_REASON_CERTIFICATE_INVALID &&
           reason != GRANARY_REASON_REDIRECTED &&
           reason != GRANARY_REASON_OUTCOME_UNKNOWN;

  if (error->code != GRANARY_ERROR_BACKEND)
    return FALSE;

  return reason == GRANARY_REASON_SERVICE_BUSY ||
         (reason == GRANARY_REASON_SERVICE_FAILED && granary_error_get_http_status (error) >= 500);
}

/* Twice as long each time, at most a minute, and up to a fifth more so that not all come back at
 * once; as long as the service asks for where it does. In ms. */
static gint64
get_wait (GranaryEntry *entry,
          const GError *error)
{
  gint64 wait = entry->queue->first_wait;
  gint64 asked = granary_scale_wait ((gint64) granary_error_get_retry_after (error) * 1000);

  for (guint i = 1; i < entry->n_tries && wait < MAX_WAIT; i++)
    wait *= 2;
  wait = MIN (wait, MAX_WAIT);
  wait += g_random_int_range (0, (gint32) (wait / 5) + 1);

  return MAX (wait, MIN (asked, MAX_ASKED));
}

static int
get_seconds_until (gint64 time)
{
  gint64 left = MAX (time - g_get_monotonic_time (), 0);

  return (int) ((left + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND);
}

static void
free_slot (GranaryEntry *entry)
{
  g_ptr_array_remove_fast (entry->queue->busy, entry);
}

static void
finish_done (GranaryEntry *entry)
{
  free_slot (entry);
  entry->state = GRANARY_ENTRY_OVER;
  granary_transfer_finish (entry->transfer, NULL);
  if (entry->task != NULL)
    {
      g_autoptr (GTask) task = g_steal_pointer (&entry->task);

      g_task_return_pointer (task, g_object_ref (entry->job), g_object_unref);
    }
}

static void
finish_failed (GranaryEntry *entry,
               const GError *error)
{
  gint64 reached = granary_transfer_get_bytes_done (entry->transfer);

  /* One that gets further each time is not hopeless, however often the line breaks. */
  if (reached > entry->reached)
    entry->n_tries = 0;
  entry->reached = MAX (entry->reached, reached);
  entry->n_tries++;

  if (may_pass (error) && entry->n_tries < entry->queue->max_tries)
    {
      entry->retry_at = g_get_monotonic_time () +
                        get_wait (entry, error) * G_TIME_SPAN_MILLISECOND;
      entry->state = GRANARY_ENTRY_RETRYING;
      granary_transfer_retry_later (entry->transfer, error, get_seconds_until (entry->retry_at));
      arm_retry_timer (entry->queue);
      return;
    }

  free_slot (entry);
  entry->failure = g_error_copy (error);
  granary_transfer_queue_store_end (entry);
}

static void
finish_paused (GranaryEntry *entry)
{
  free_slot (entry);
  entry->state = GRANARY_ENTRY_PAUSED;
  granary_transfer_set_state (entry->transfer, GRANARY_TRANSFER_PAUSED);
  granary_transfer_queue_store_state (entry, GRANARY_JOB_PAUSED);
}

static void
finish_cancelled (GranaryEntry *entry)
{
  entry->failure = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "called off");
  granary_transfer_queue_store_end (entry);
}

static void
run_cb (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  GranaryTransferQueue *self = GRANARY_TRANSFER_QUEUE (object);
  Run *run = g_task_get_task_data (G_TASK (result));
  g_autoptr (GranaryEntry) entry = granary_entry_ref (run->entry);
  g_autoptr (GError) error = NULL;
  gboolean success = g_task_propagate_boolean (G_TASK (result), &error);
  GranaryIntent intent = entry->intent;

  /* Here, as its data belongs to this context. */
  g_atomic_rc_box_release_full (g_steal_pointer (&run->runner), runner_box_clear);

  if (entry->queue == NULL)
    return;

  entry->intent = GRANARY_INTENT_NONE;
  g_clear_object (&entry->run);

  if (success)
    {
      finish_done (entry);
    }
  else if (intent == GRANARY_INTENT_PAUSE)
    {
      finish_paused (entry);
    }
  else if (intent == GRANARY_INTENT_CANCEL || granary_error_is_cancelled (error))
    {
      free_slot (entry);
      finish_cancelled (entry);
    }
  else
    {
      finish_failed (entry, error);
    }

  granary_transfer_queue_schedule (self);
}

static void
run_entry (GranaryEntry *entry)
{
  GranaryTransferQueue *self = entry->queue;
  g_autoptr (GTask) task = NULL;
  Run *run = g_new0 (Run, 1);

  entry->state = GRANARY_ENTRY_RUNNING;
  run->has_run = entry->has_run;
  entry->has_run = TRUE;
  run->entry = granary_entry_ref (entry);
  run->runner = g_atomic_rc_box_acquire (self->runner);
  run->work = g_atomic_rc_box_acquire (self->work);
  run->job = g_object_ref (entry->job);
  run->transfer = g_object_ref (entry->transfer);
  run->cancellable = g_object_ref (entry->run);

  /* The run's cancellable is not the task's: what a runner finished in spite of it counts. */
  task = g_task_new (self, NULL, run_cb, NULL);
  g_task_set_static_name (task, "granary-transfer-run");
  g_task_set_task_data (task, run, run_free);
  granary_queue_work_begin (self->work);
  granary_worker_run (self->runs, task, run_thread);
}

static void
start (GranaryEntry *entry)
{
  entry->intent = GRANARY_INTENT_NONE;
  entry->run = g_cancellable_new ();
  granary_transfer_restart (entry->transfer);
  granary_transfer_set_state (entry->transfer, GRANARY_TRANSFER_RUNNING);
  run_entry (entry);
}

/* A run that is called off from the start. It may be one more than there are slots. */
static void
start_clean_up (GranaryEntry *entry)
{
  entry->intent = GRANARY_INTENT_CANCEL;
  entry->run = g_cancellable_new ();
  g_cancellable_cancel (entry->run);
  g_ptr_array_add (entry->queue->busy, granary_entry_ref (entry));
  granary_transfer_set_state (entry->transfer, GRANARY_TRANSFER_FINISHING);
  run_entry (entry);
}

/* Retries: one timer for all, which also counts the seconds down. */

static void
stop_retry_timer (GranaryTransferQueue *self)
{
  if (self->retry_timer != NULL)
    g_source_destroy (self->retry_timer);
  g_clear_pointer (&self->retry_timer, g_source_unref);
}

static gboolean
retry_timer_cb (gpointer user_data)
{
  GranaryTransferQueue *self = user_data;
  gint64 now = g_get_monotonic_time ();

  g_clear_pointer (&self->retry_timer, g_source_unref);
  for (guint i = 0; i < self->busy->len; i++)
    {
      GranaryEntry *entry = g_ptr_array_index (self->busy, i);

      if (entry->state != GRANARY_ENTRY_RETRYING)
        continue;
      if (entry->retry_at <= now && self->runner != NULL)
        start (entry);
      else
        granary_transfer_set_retry_in (entry->transfer, get_seconds_until (entry->retry_at));
    }
  arm_retry_timer (self);

  return G_SOURCE_REMOVE;
}

static void
arm_retry_timer (GranaryTransferQueue *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 next = G_MAXINT64;

  stop_retry_timer (self);
  for (guint i = 0; i < self->busy->len; i++)
    {
      const GranaryEntry *entry = g_ptr_array_index (self->busy, i);
      gint64 left = MAX (entry->retry_at - now, 0);

      /* The next full second, or the end. One that is due and has no runner waits for that. */
      if (entry->state == GRANARY_ENTRY_RETRYING && (left > 0 || self->runner != NULL))
        next = MIN (next, left % G_TIME_SPAN_SECOND != 0 ? left % G_TIME_SPAN_SECOND
                                                         : MIN (left, G_TIME_SPAN_SECOND));
    }
  if (next == G_MAXINT64 || self->is_closed)
    return;

  self->retry_timer = g_timeout_source_new ((guint) (next / G_TIME_SPAN_MILLISECOND) + 1);
  g_source_set_callback (self->retry_timer, retry_timer_cb, self, NULL);
  g_source_set_static_name (self->retry_timer, "[granary] transfer retry");
  g_source_attach (self->retry_timer, self->context);
}

/* Turns */

static int
compare_places (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  return g_sequence_iter_compare (((const GranaryEntry *) a)->place,
                                  ((const GranaryEntry *) b)->place);
}

/* Gives @entry a turn, by its place in the list. */
void
granary_transfer_queue_let_wait (GranaryEntry *entry)
{
  g_assert (entry->turn == NULL);

  entry->state = GRANARY_ENTRY_WAITING;
  entry->turn = g_sequence_insert_sorted (entry->queue->waiting, entry, compare_places, NULL);
}

void
granary_transfer_queue_leave_turn (GranaryEntry *entry)
{
  g_clear_pointer (&entry->turn, g_sequence_remove);
}

void
granary_transfer_queue_schedule (GranaryTransferQueue *self)
{
  while (!self->is_closed &&
         self->runner != NULL &&
         self->busy->len < self->max_running &&
         !g_sequence_is_empty (self->waiting))
    {
      GranaryEntry *entry = g_sequence_get (g_sequence_get_begin_iter (self->waiting));

      granary_transfer_queue_leave_turn (entry);
      g_ptr_array_add (self->busy, granary_entry_ref (entry));
      start (entry);
    }
}

void
granary_transfer_queue_pause_entry (GranaryEntry *entry)
{
  GranaryTransferQueue *self = entry->queue;

  if (entry->state == GRANARY_ENTRY_RUNNING)
    {
      entry->intent = GRANARY_INTENT_PAUSE;
      g_cancellable_cancel (entry->run);
      return;
    }

  granary_transfer_queue_leave_turn (entry);
  finish_paused (entry);
  arm_retry_timer (self);
  granary_transfer_queue_schedule (self);
}

void
granary_transfer_queue_cancel_entry (GranaryEntry *entry)
{
  GranaryTransferQueue *self = entry->queue;

  switch (entry->state)
    {
    case GRANARY_ENTRY_STORING:
      entry->intent = GRANARY_INTENT_CANCEL;
      break;

    case GRANARY_ENTRY_RUNNING:
      entry->intent = GRANARY_INTENT_CANCEL;
      g_cancellable_cancel (entry->run);
      break;

    case GRANARY_ENTRY_WAITING:
    case GRANARY_ENTRY_RETRYING:
    case GRANARY_ENTRY_PAUSED:
      granary_transfer_queue_leave_turn (entry);
      free_slot (entry);
      if (entry->has_run && self->runner != NULL)
        start_clean_up (entry);
      else
        finish_cancelled (entry);
      arm_retry_timer (self);
      granary_transfer_queue_schedule (self);
      break;

    case GRANARY_ENTRY_ENDING:
    case GRANARY_ENTRY_OVER:
    default:
      break;
    }
}

/* By hand: a failed one gets a new turn, one that waits to be tried again is tried now. */
void
granary_transfer_queue_retry_entry (GranaryEntry *entry)
{
  GranaryTransferQueue *self = entry->queue;

  entry->n_tries = 0;
  if (entry->state == GRANARY_ENTRY_RETRYING)
    {
      entry->retry_at = 0;
      arm_retry_timer (self);
      return;
    }

  granary_transfer_restart (entry->transfer);
  if (granary_transfer_job_get_id (entry->job) == 0)
    {
      entry->state = GRANARY_ENTRY_STORING;
      g_ptr_array_add (self->to_store, granary_entry_ref (entry));
      granary_transfer_queue_store_added (self);
      return;
    }

  granary_transfer_queue_store_state (entry, GRANARY_JOB_WAITING);
  granary_transfer_queue_let_wait (entry);
  granary_transfer_queue_schedule (self);
}

void
granary_transfer_queue_stop_runs (GranaryTransferQueue *self)
{
  stop_retry_timer (self);
  for (guint i = 0; i < self->busy->len; i++)
    {
      GranaryEntry *entry = g_ptr_array_index (self->busy, i);

      entry->intent = GRANARY_INTENT_CLOSE;
      if (entry->run != NULL)
        g_cancellable_cancel (entry->run);
    }
}

void
granary_transfer_queue_set_retry (GranaryTransferQueue *self,
                                  guint                 first_wait,
                                  guint                 max_tries)
{
  g_return_if_fail (GRANARY_IS_TRANSFER_QUEUE (self));
  g_return_if_fail (max_tries > 0);

  self->first_wait = first_wait;
  self->max_tries = max_tries;
}

/**
 * granary_transfer_queue_set_runner:
 * @self: a queue
 * @runner: (nullable): does the jobs; called on threads of the queue, up to `max-running` at a time
 * @user_data: for @runner
 * @free_func: (nullable): frees @user_data, in the queue's main context, when no run needs it
 *
 * Says who does the jobs; without anybody they wait.
 */
void
granary_transfer_queue_set_runner (GranaryTransferQueue  *self,
                                   GranaryTransferRunner  runner,
                                   gpointer               user_data,
                                   GDestroyNotify         free_func)
{
  g_return_if_fail (GRANARY_IS_TRANSFER_QUEUE (self));

  if (self->runner != NULL)
    g_atomic_rc_box_release_full (g_steal_pointer (&self->runner), runner_box_clear);
  if (runner == NULL)
    return;

  self->runner = g_atomic_rc_box_new0 (GranaryRunnerBox);
  self->runner->func = runner;
  self->runner->user_data = user_data;
  self->runner->free_func = free_func;
  arm_retry_timer (self);
  granary_transfer_queue_schedule (self);
}
