/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>

#include "granary-error.h"
#include "granary-transfer-queue-private.h"

/* A runner whose jobs do what their facts say, and whose runs are counted. */

typedef struct
{
  GMutex     lock;
  GPtrArray *started;     /* (owned) subjects, in the order of their runs */
  guint      n_running;
  guint      most;
  guint      n_freed;     /* how often the runner's data was freed */
  guint      n_cleaned;   /* runs to clean up after one that was called off */
  gboolean   hold;        /* runs last until they are let go or called off */
  GCond      wake;
} Log;

static Log runs;

typedef struct
{
  char                 *folder;
  GranaryTransferStore *store;
  GranaryTransferQueue *queue;
} Fixture;

static void
wake_cb (GCancellable *cancellable,
         gpointer      user_data)
{
  g_mutex_lock (&runs.lock);
  g_cond_broadcast (&runs.wake);
  g_mutex_unlock (&runs.lock);
}

static void
wait_while_held (GCancellable *cancellable)
{
  gulong id = g_cancellable_connect (cancellable, G_CALLBACK (wake_cb), NULL, NULL);

  g_mutex_lock (&runs.lock);
  while (runs.hold && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&runs.wake, &runs.lock);
  g_mutex_unlock (&runs.lock);
  g_cancellable_disconnect (cancellable, id);
}

static int
count_down (GranaryTransferJob *job,
            const char         *name)
{
  g_autofree char *value = granary_transfer_job_dup_fact (job, name);
  g_autofree char *less = NULL;
  g_autoptr (GError) error = NULL;
  int n = value != NULL ? (int) g_ascii_strtoll (value, NULL, 10) : 0;

  less = g_strdup_printf ("%d", n - 1);
  g_assert_true (n <= 0 || granary_transfer_job_set_fact (job, name, less, &error));
  g_assert_no_error (error);

  return n;
}

static gboolean
run (GranaryTransferJob  *job,
     GranaryTransfer     *transfer,
     GCancellable        *cancellable,
     gpointer             user_data,
     GError             **error)
{
  gboolean success = TRUE;

  g_assert_true (user_data == &runs);
  g_assert_true (g_thread_self () != g_object_get_data (G_OBJECT (transfer), "main"));
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      g_assert_true (g_cancellable_is_cancelled (granary_transfer_get_cancellable (transfer)));
      g_atomic_int_inc (&runs.n_cleaned);
      return FALSE;
    }
  g_assert_cmpint (granary_transfer_get_bytes_done (transfer), ==, 0);

  g_mutex_lock (&runs.lock);
  g_ptr_array_add (runs.started, g_strdup (granary_transfer_job_get_subject (job)));
  runs.n_running++;
  runs.most = MAX (runs.most, runs.n_running);
  g_mutex_unlock (&runs.lock);

  granary_transfer_set_total (transfer, 100, granary_transfer_job_get_n_files (job));
  for (guint i = 0; success && i < granary_transfer_job_get_n_files (job); i++)
    {
      g_autoptr (GranaryTransferFile) file = granary_transfer_job_dup_file (job, i);

      g_assert_nonnull (file);
      if (!file->done)
        success = granary_transfer_job_set_file_done (job, i, error);
      granary_transfer_add_files (transfer, 1);
    }
  granary_transfer_add_bytes (transfer, 50);
  wait_while_held (cancellable);

  if (success && g_cancellable_set_error_if_cancelled (cancellable, error))
    success = FALSE;
  if (success && count_down (job, "offline") > 0)
    {
      granary_set_error (error, GRANARY_ERROR_NETWORK, GRANARY_REASON_HOST_UNREACHABLE, "host",
                         "no route");
      success = FALSE;
    }
  if (success && count_down (job, "refused") > 0)
    {
      granary_set_error (error, GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_ACTION_FORBIDDEN,
                         "cos:PutObject", "refused");
      success = FALSE;
    }
  if (success)
    granary_transfer_add_bytes (transfer, 50);

  g_mutex_lock (&runs.lock);
  runs.n_running--;
  g_mutex_unlock (&runs.lock);

  return success;
}

static void
free_runner (gpointer user_data)
{
  g_assert_true (user_data == &runs);
  runs.n_freed++;
}

static void
open_queue (Fixture *fixture,
            guint    max_running)
{
  g_autoptr (GError) error = NULL;

  fixture->store = granary_transfer_store_open (fixture->folder, &error);
  g_assert_no_error (error);
  fixture->queue = granary_transfer_queue_new (fixture->store, max_running);
  granary_transfer_queue_set_retry (fixture->queue, 20, 4);
}

static void
set_runner (Fixture *fixture)
{
  granary_transfer_queue_set_runner (fixture->queue, run, &runs, free_runner);
}

/* A thread that has just answered may hold it a moment longer. */
static void
assert_goes (gpointer object)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;
  gpointer left = object;

  g_object_add_weak_pointer (object, &left);
  g_object_unref (object);
  while (left != NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (200);
    }
}

static void
close_queue (Fixture *fixture)
{
  granary_transfer_queue_close (fixture->queue);
  assert_goes (fixture->queue);
  assert_goes (fixture->store);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("granary-queue-XXXXXX", &error);
  g_assert_no_error (error);
  runs = (Log) { .started = g_ptr_array_new_with_free_func (g_free) };
  g_mutex_init (&runs.lock);
  g_cond_init (&runs.wake);
  open_queue (fixture, GPOINTER_TO_UINT (data));
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_folder (path);
      else
        g_assert_no_errno (g_unlink (path));
    }
  g_assert_no_errno (g_rmdir (folder));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  close_queue (fixture);
  remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_ptr_array_unref (runs.started);
  g_mutex_clear (&runs.lock);
  g_cond_clear (&runs.wake);
}

/* Helpers */

static void
hold (gboolean on)
{
  g_mutex_lock (&runs.lock);
  runs.hold = on;
  g_cond_broadcast (&runs.wake);
  g_mutex_unlock (&runs.lock);
}

static GranaryTransferJob *
new_job (const char *subject,
         const char *fact,
         const char *value,
         guint       n_files)
{
  JsonObject *facts = json_object_new ();
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_transfer_file_free);

  if (fact != NULL)
    json_object_set_string_member (facts, fact, value);
  for (guint i = 0; i < n_files; i++)
    {
      g_autofree char *path = g_strdup_printf ("/data/run/file-%06u.bin", i);

      g_ptr_array_add (files, granary_transfer_file_new (path, path + 1, 1000 + i, 42));
    }

  return granary_transfer_job_new (GRANARY_TRANSFER_UPLOAD, subject, facts, files);
}

static void
added_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryTransferJob) job =
    granary_transfer_queue_add_finish (GRANARY_TRANSFER_QUEUE (object), result, &error);

  g_assert_true ((job == NULL) == (error != NULL));
  g_object_set_data (user_data, "answers",
                     GUINT_TO_POINTER (GPOINTER_TO_UINT (g_object_get_data (user_data,
                                                                            "answers")) + 1));
  g_object_set_data_full (user_data, "error", g_steal_pointer (&error),
                          (GDestroyNotify) g_error_free);
  g_object_unref (user_data);
}

static GranaryTransfer *
add (Fixture    *fixture,
     const char *subject,
     const char *fact,
     const char *value,
     guint       n_files)
{
  g_autoptr (GranaryTransferJob) job = new_job (subject, fact, value, n_files);
  GranaryTransfer *transfer = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, subject);

  g_object_set_data (G_OBJECT (transfer), "main", g_thread_self ());
  granary_transfer_queue_add_async (fixture->queue, job, transfer, added_cb,
                                    g_object_ref (transfer));

  return transfer;
}

static guint
get_answers (GranaryTransfer *transfer)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (transfer), "answers"));
}

static const GError *
get_answer (GranaryTransfer *transfer)
{
  return g_object_get_data (G_OBJECT (transfer), "error");
}

static void
wait_for_state (GranaryTransfer      *transfer,
                GranaryTransferState  state)
{
  gint64 deadline = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  while (granary_transfer_get_state (transfer) != state)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (500);
    }
}

static void
wait_for_answer (GranaryTransfer *transfer)
{
  while (get_answers (transfer) == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
spin (guint ms)
{
  gint64 until = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < until)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (500);
    }
}

static void
wait_for_items (Fixture *fixture,
                guint    n_items)
{
  while (g_list_model_get_n_items (G_LIST_MODEL (fixture->queue)) < n_items)
    g_main_context_iteration (NULL, TRUE);
}

static GranaryTransfer *
get_item (Fixture *fixture,
          guint    position)
{
  return g_list_model_get_item (G_LIST_MODEL (fixture->queue), position);
}

static void
assert_started (const char *expected)
{
  g_autofree char *text = NULL;

  g_mutex_lock (&runs.lock);
  g_ptr_array_add (runs.started, NULL);
  text = g_strjoinv (" ", (char **) runs.started->pdata);
  g_ptr_array_remove_index (runs.started, runs.started->len - 1);
  g_mutex_unlock (&runs.lock);

  g_assert_cmpstr (text, ==, expected);
}

/* Tests */

static void
test_done (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GranaryTransfer) transfer = add (fixture, "a", NULL, NULL, 3);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->queue)), ==, 1);
  spin (50);
  g_assert_cmpint (granary_transfer_get_state (transfer), ==, GRANARY_TRANSFER_QUEUED);
  g_assert_false (granary_transfer_queue_is_running (fixture->queue));

  set_runner (fixture);
  g_assert_true (granary_transfer_queue_is_running (fixture->queue));
  wait_for_answer (transfer);
  g_assert_no_error (get_answer (transfer));
  g_assert_cmpint (granary_transfer_get_state (transfer), ==, GRANARY_TRANSFER_DONE);
  g_assert_cmpint (granary_transfer_get_files_done (transfer), ==, 3);
  g_assert_false (granary_transfer_queue_is_running (fixture->queue));
  g_assert_false (granary_transfer_can (transfer, GRANARY_TRANSFER_PAUSE));
  g_assert_false (granary_transfer_can (transfer, GRANARY_TRANSFER_RETRY));

  granary_transfer_queue_clear_over (fixture->queue);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->queue)), ==, 0);

  /* Nothing is left of it. */
  close_queue (fixture);
  g_assert_cmpuint (runs.n_freed, ==, 1);
  open_queue (fixture, 1);
  rows = granary_transfer_store_take_jobs (fixture->store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 0);
}

/* No more than two at a time, in their order; the one put first comes next. */
static void
test_order (Fixture       *fixture,
            gconstpointer  data)
{
  static const char *const subjects[] = { "a", "b", "c", "d", "e" };
  GranaryTransfer *transfers[G_N_ELEMENTS (subjects)];
  g_autoptr (GranaryTransfer) third = NULL;

  hold (TRUE);
  set_runner (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    transfers[i] = add (fixture, subjects[i], NULL, NULL, 0);
  wait_for_state (transfers[1], GRANARY_TRANSFER_RUNNING);
  spin (50);

  g_assert_cmpint (granary_transfer_get_state (transfers[2]), ==, GRANARY_TRANSFER_QUEUED);
  g_assert_cmpint (granary_transfer_get_turn (transfers[0]), ==, -1);
  g_assert_cmpint (granary_transfer_get_turn (transfers[2]), ==, 0);
  g_assert_cmpint (granary_transfer_get_turn (transfers[4]), ==, 2);
  g_assert_false (granary_transfer_can (transfers[0], GRANARY_TRANSFER_RAISE));
  g_assert_false (granary_transfer_can (transfers[2], GRANARY_TRANSFER_RAISE));
  g_assert_true (granary_transfer_can (transfers[4], GRANARY_TRANSFER_RAISE));

  granary_transfer_queue_raise (fixture->queue, transfers[4]);
  third = get_item (fixture, 2);
  g_assert_true (third == transfers[4]);
  g_assert_cmpint (granary_transfer_get_turn (transfers[4]), ==, 0);

  hold (FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    wait_for_answer (transfers[i]);
  g_assert_cmpuint (runs.most, ==, 2);
  /* Two may have had their turn at once, so that either is the first to say so. */
  g_assert_true (g_str_equal (g_ptr_array_index (runs.started, 2), "e") ||
                 g_str_equal (g_ptr_array_index (runs.started, 3), "e"));

  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    g_object_unref (transfers[i]);
}

static void
test_pause (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GranaryTransfer) running = NULL;
  g_autoptr (GranaryTransfer) waiting = NULL;

  hold (TRUE);
  set_runner (fixture);
  running = add (fixture, "a", NULL, NULL, 1);
  waiting = add (fixture, "b", NULL, NULL, 1);
  wait_for_state (running, GRANARY_TRANSFER_RUNNING);
  spin (20);

  /* The next has its turn at once. */
  granary_transfer_perform (running, GRANARY_TRANSFER_PAUSE);
  wait_for_state (running, GRANARY_TRANSFER_PAUSED);
  wait_for_state (waiting, GRANARY_TRANSFER_RUNNING);
  g_assert_cmpint (granary_transfer_get_bytes_done (running), ==, 50);
  g_assert_false (granary_transfer_is_over (running));
  g_assert_false (granary_transfer_can (running, GRANARY_TRANSFER_PAUSE));
  g_assert_true (granary_transfer_can (running, GRANARY_TRANSFER_RESUME));

  granary_transfer_perform (running, GRANARY_TRANSFER_RESUME);
  g_assert_cmpint (granary_transfer_get_state (running), ==, GRANARY_TRANSFER_QUEUED);
  granary_transfer_perform (running, GRANARY_TRANSFER_PAUSE);
  g_assert_cmpint (granary_transfer_get_state (running), ==, GRANARY_TRANSFER_PAUSED);

  hold (FALSE);
  wait_for_answer (waiting);
  spin (50);
  g_assert_cmpuint (get_answers (running), ==, 0);
  g_assert_false (granary_transfer_queue_is_running (fixture->queue));

  granary_transfer_perform (running, GRANARY_TRANSFER_RESUME);
  wait_for_answer (running);
  g_assert_no_error (get_answer (running));
  assert_started ("a b a");
}

static void
assert_cancelled (GranaryTransfer *transfer)
{
  wait_for_answer (transfer);
  g_assert_error (get_answer (transfer), G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (granary_transfer_get_state (transfer), ==, GRANARY_TRANSFER_CANCELLED);
  g_assert_false (granary_transfer_can (transfer, GRANARY_TRANSFER_RETRY));
}

/* In every state that it can be called off in; nothing of it is left then. */
static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GranaryTransfer) running = NULL;
  g_autoptr (GranaryTransfer) waiting = NULL;
  g_autoptr (GranaryTransfer) paused = NULL;
  g_autoptr (GranaryTransfer) storing = NULL;
  g_autoptr (GranaryTransfer) before = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, "x");
  g_autoptr (GranaryTransferJob) job = new_job ("x", NULL, NULL, 0);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  hold (TRUE);
  set_runner (fixture);
  running = add (fixture, "a", NULL, NULL, 1);
  waiting = add (fixture, "b", NULL, NULL, 1);
  paused = add (fixture, "c", NULL, NULL, 1);
  wait_for_state (running, GRANARY_TRANSFER_RUNNING);
  spin (20);
  granary_transfer_perform (paused, GRANARY_TRANSFER_PAUSE);
  storing = add (fixture, "d", NULL, NULL, 1);
  granary_transfer_cancel (before);
  granary_transfer_queue_add_async (fixture->queue, job, before, added_cb, g_object_ref (before));

  granary_transfer_cancel (running);
  granary_transfer_cancel (waiting);
  granary_transfer_cancel (paused);
  granary_transfer_cancel (storing);
  assert_cancelled (running);
  assert_cancelled (waiting);
  assert_cancelled (paused);
  assert_cancelled (storing);
  assert_cancelled (before);
  assert_started ("a");

  g_clear_object (&job);
  close_queue (fixture);
  open_queue (fixture, 1);
  rows = granary_transfer_store_take_jobs (fixture->store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 0);
}

/* What has run before is run once more, to clean up; what has not is not. */
static void
test_clean_up (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GranaryTransfer) paused = NULL;
  g_autoptr (GranaryTransfer) fresh = NULL;
  g_autoptr (GranaryTransfer) restored = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  hold (TRUE);
  set_runner (fixture);
  paused = add (fixture, "a", NULL, NULL, 1);
  wait_for_state (paused, GRANARY_TRANSFER_RUNNING);
  spin (20);
  granary_transfer_perform (paused, GRANARY_TRANSFER_PAUSE);
  wait_for_state (paused, GRANARY_TRANSFER_PAUSED);
  granary_transfer_cancel (paused);
  assert_cancelled (paused);
  g_assert_cmpint (g_atomic_int_get (&runs.n_cleaned), ==, 1);

  fresh = add (fixture, "b", NULL, NULL, 1);
  wait_for_state (fresh, GRANARY_TRANSFER_RUNNING);
  spin (20);
  restored = add (fixture, "c", NULL, NULL, 1);
  spin (50);
  granary_transfer_cancel (restored);
  assert_cancelled (restored);
  g_assert_cmpint (g_atomic_int_get (&runs.n_cleaned), ==, 1);

  /* Of the session before it is not known whether it ran. */
  close_queue (fixture);
  g_clear_object (&restored);
  open_queue (fixture, 1);
  granary_transfer_queue_restore (fixture->queue);
  wait_for_items (fixture, 1);
  restored = get_item (fixture, 0);
  granary_transfer_perform (restored, GRANARY_TRANSFER_PAUSE);
  set_runner (fixture);
  granary_transfer_cancel (restored);
  wait_for_state (restored, GRANARY_TRANSFER_CANCELLED);
  g_assert_cmpint (g_atomic_int_get (&runs.n_cleaned), ==, 2);

  close_queue (fixture);
  open_queue (fixture, 1);
  rows = granary_transfer_store_take_jobs (fixture->store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 0);
}

/* A failure that does not pass stays, with its reason, until it is tried again by hand. */
static void
test_retry (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GranaryTransfer) transfer = add (fixture, "a", "refused", "1", 2);

  set_runner (fixture);
  wait_for_answer (transfer);
  g_assert_error (get_answer (transfer), GRANARY_ERROR, GRANARY_ERROR_FORBIDDEN);
  g_assert_cmpint (granary_transfer_get_state (transfer), ==, GRANARY_TRANSFER_FAILED);
  g_assert_true (granary_error_matches_reason (granary_transfer_get_error (transfer),
                                               GRANARY_REASON_ACTION_FORBIDDEN));
  g_assert_true (granary_transfer_can (transfer, GRANARY_TRANSFER_RETRY));

  granary_transfer_perform (transfer, GRANARY_TRANSFER_RETRY);
  g_assert_null (granary_transfer_get_error (transfer));
  wait_for_state (transfer, GRANARY_TRANSFER_DONE);
  spin (20);
  g_assert_cmpuint (get_answers (transfer), ==, 1);
  assert_started ("a a");

  /* It can be called off after that, too. */
  {
    g_autoptr (GranaryTransfer) again = add (fixture, "b", "refused", "9", 0);

    wait_for_answer (again);
    hold (TRUE);
    granary_transfer_perform (again, GRANARY_TRANSFER_RETRY);
    wait_for_state (again, GRANARY_TRANSFER_RUNNING);
    granary_transfer_cancel (again);
    wait_for_state (again, GRANARY_TRANSFER_CANCELLED);
    hold (FALSE);
  }
}

static void
state_cb (GranaryTransfer *transfer,
          GParamSpec      *pspec,
          gpointer         user_data)
{
  if (granary_transfer_get_state (transfer) == GRANARY_TRANSFER_RETRYING)
    {
      g_assert_error (granary_transfer_get_error (transfer), GRANARY_ERROR, GRANARY_ERROR_NETWORK);
      g_assert_cmpint (granary_transfer_get_retry_in (transfer), >=, 0);
      ++*(guint *) user_data;
    }
}

/* One that passes is tried again, with the facts and files of before; only so often. */
static void
test_auto_retry (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GranaryTransfer) passing = NULL;
  g_autoptr (GranaryTransfer) lasting = NULL;
  guint n_seen = 0;

  granary_transfer_queue_set_retry (fixture->queue, 150, 4);
  set_runner (fixture);
  passing = add (fixture, "a", "offline", "2", 2);
  g_signal_connect (passing, "notify::state", G_CALLBACK (state_cb), &n_seen);
  wait_for_state (passing, GRANARY_TRANSFER_RETRYING);
  g_assert_cmpint (granary_transfer_get_retry_in (passing), ==, 1);
  g_assert_true (granary_transfer_queue_is_running (fixture->queue));
  g_assert_cmpuint (get_answers (passing), ==, 0);
  wait_for_answer (passing);
  g_assert_no_error (get_answer (passing));
  assert_started ("a a a");
  g_assert_cmpuint (n_seen, >=, 1);

  granary_transfer_queue_set_retry (fixture->queue, 10, 4);
  lasting = add (fixture, "b", "offline", "99", 0);
  wait_for_answer (lasting);
  g_assert_error (get_answer (lasting), GRANARY_ERROR, GRANARY_ERROR_NETWORK);
  g_assert_cmpint (granary_transfer_get_state (lasting), ==, GRANARY_TRANSFER_FAILED);
  assert_started ("a a a b b b b");
}

/* While it waits to be tried again it can be tried at once, stopped, and called off. */
static void
test_retrying (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GranaryTransfer) now = NULL;
  g_autoptr (GranaryTransfer) paused = NULL;
  g_autoptr (GranaryTransfer) cancelled = NULL;

  granary_transfer_queue_set_retry (fixture->queue, 60 * 1000, 9);
  set_runner (fixture);
  now = add (fixture, "a", "offline", "1", 0);
  wait_for_state (now, GRANARY_TRANSFER_RETRYING);
  g_assert_cmpint (granary_transfer_get_retry_in (now), >=, 59);
  spin (1300);
  g_assert_cmpint (granary_transfer_get_retry_in (now), <, 60 * 6 / 5);
  granary_transfer_perform (now, GRANARY_TRANSFER_RETRY);
  wait_for_answer (now);
  g_assert_no_error (get_answer (now));

  paused = add (fixture, "b", "offline", "1", 0);
  wait_for_state (paused, GRANARY_TRANSFER_RETRYING);
  granary_transfer_perform (paused, GRANARY_TRANSFER_PAUSE);
  g_assert_cmpint (granary_transfer_get_state (paused), ==, GRANARY_TRANSFER_PAUSED);
  granary_transfer_perform (paused, GRANARY_TRANSFER_RESUME);
  wait_for_answer (paused);
  g_assert_no_error (get_answer (paused));

  cancelled = add (fixture, "c", "offline", "1", 0);
  wait_for_state (cancelled, GRANARY_TRANSFER_RETRYING);
  granary_transfer_cancel (cancelled);
  assert_cancelled (cancelled);
}

/* What a queue had when it closed is there again, as it was and in its order. */
static void
test_restore (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GranaryTransfer) running = NULL;
  g_autoptr (GranaryTransfer) first = NULL;
  g_autoptr (GranaryTransfer) paused = NULL;
  g_autoptr (GranaryTransfer) failed = NULL;
  g_autoptr (GranaryTransfer) last = NULL;

  set_runner (fixture);
  failed = add (fixture, "failed", "refused", "1", 3);
  wait_for_answer (failed);
  hold (TRUE);
  running = add (fixture, "running", "key", "value", 3);
  wait_for_state (running, GRANARY_TRANSFER_RUNNING);
  granary_transfer_set_target (running, 7, 12);
  first = add (fixture, "waiting", NULL, NULL, 1);
  paused = add (fixture, "paused", NULL, NULL, 1);
  last = add (fixture, "raised", NULL, NULL, 1);
  spin (250);
  granary_transfer_perform (paused, GRANARY_TRANSFER_PAUSE);
  granary_transfer_perform (last, GRANARY_TRANSFER_RAISE);
  close_queue (fixture);
  assert_cancelled (running);
  g_assert_false (granary_transfer_can (first, GRANARY_TRANSFER_PAUSE));
  g_ptr_array_set_size (runs.started, 0);
  g_clear_object (&running);
  g_clear_object (&paused);

  open_queue (fixture, 1);
  granary_transfer_queue_restore (fixture->queue);
  wait_for_items (fixture, 5);
  {
    static const char *const order[] = { "raised", "failed", "running", "waiting", "paused" };

    for (guint i = 0; i < 5; i++)
      {
        g_autoptr (GranaryTransfer) transfer = get_item (fixture, i);
        g_autofree char *subject = granary_transfer_dup_subject (transfer);

        g_assert_cmpstr (subject, ==, order[i]);
        g_object_set_data (G_OBJECT (transfer), "main", g_thread_self ());
        if (i == 1)
          {
            g_assert_cmpint (granary_transfer_get_state (transfer), ==, GRANARY_TRANSFER_FAILED);
            g_assert_true (granary_error_matches_reason (granary_transfer_get_error (transfer),
                                                         GRANARY_REASON_ACTION_FORBIDDEN));
            g_assert_cmpstr (granary_error_get_subject (granary_transfer_get_error (transfer)), ==,
                             "cos:PutObject");
            g_assert_true (granary_transfer_can (transfer, GRANARY_TRANSFER_RETRY));
          }
        if (i == 2)
          {
            g_assert_cmpint (granary_transfer_get_model_id (transfer), ==, 7);
            g_assert_cmpint (granary_transfer_get_version_id (transfer), ==, 12);
            g_assert_cmpint (granary_transfer_get_files_done (transfer), ==, 3);
            g_assert_cmpint (granary_transfer_get_bytes_total (transfer), ==, 3003);
            running = g_object_ref (transfer);
          }
        if (i == 3)
          g_set_object (&last, transfer);
        if (i == 4)
          paused = g_object_ref (transfer);
      }
  }
  g_assert_cmpint (granary_transfer_get_state (paused), ==, GRANARY_TRANSFER_PAUSED);

  hold (FALSE);
  set_runner (fixture);
  wait_for_state (last, GRANARY_TRANSFER_DONE);
  spin (20);
  assert_started ("raised running waiting");
  g_assert_cmpint (granary_transfer_get_state (paused), ==, GRANARY_TRANSFER_PAUSED);
  granary_transfer_perform (paused, GRANARY_TRANSFER_RESUME);
  wait_for_state (paused, GRANARY_TRANSFER_DONE);
}

/* An equal job goes on with what a dead session left; one that differs does not. */
static void
test_adopt (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GranaryTransfer) dead = NULL;
  g_autoptr (GranaryTransfer) other = NULL;
  g_autoptr (GranaryTransfer) equal = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, "a");
  g_autoptr (GranaryTransferJob) job = new_job ("a", "refused", "2", 3);
  g_autofree char *left = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  set_runner (fixture);
  dead = add (fixture, "a", "refused", "2", 3);
  wait_for_answer (dead);
  close_queue (fixture);

  open_queue (fixture, 1);
  set_runner (fixture);
  other = add (fixture, "a", "refused", "2", 2);
  wait_for_answer (other);
  granary_transfer_queue_add_async (fixture->queue, job, equal, added_cb, g_object_ref (equal));
  wait_for_answer (equal);
  g_assert_error (get_answer (equal), GRANARY_ERROR, GRANARY_ERROR_FORBIDDEN);

  /* The dead one had counted from two to one; this one has gone on from there. */
  left = granary_transfer_job_dup_fact (job, "refused");
  g_assert_cmpstr (left, ==, "0");
  g_assert_cmpuint (granary_transfer_job_get_n_files (job), ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GranaryTransferFile) file = granary_transfer_job_dup_file (job, i);

      g_assert_true (file->done);
    }

  g_clear_object (&job);
  close_queue (fixture);
  open_queue (fixture, 1);
  rows = granary_transfer_store_take_jobs (fixture->store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 2);
}

/* Two processes with one store: each keeps its own jobs. */
static void
test_alive (Fixture       *fixture,
            gconstpointer  data)
{
  Fixture other = { .folder = fixture->folder };
  g_autoptr (GranaryTransfer) mine = NULL;
  g_autoptr (GranaryTransfer) equal = NULL;

  hold (TRUE);
  set_runner (fixture);
  mine = add (fixture, "a", NULL, NULL, 1);
  wait_for_state (mine, GRANARY_TRANSFER_RUNNING);

  open_queue (&other, 1);
  granary_transfer_queue_restore (other.queue);
  spin (100);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (other.queue)), ==, 0);
  equal = add (&other, "a", NULL, NULL, 1);
  spin (50);
  g_assert_cmpint (granary_transfer_get_state (equal), ==, GRANARY_TRANSFER_QUEUED);
  granary_transfer_cancel (equal);
  assert_cancelled (equal);

  hold (FALSE);
  wait_for_answer (mine);
  g_assert_no_error (get_answer (mine));
  close_queue (&other);
}

/* What is added at the very end is kept, and what is added later is refused. */
static void
test_close (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GranaryTransfer) one = NULL;
  g_autoptr (GranaryTransfer) two = NULL;
  g_autoptr (GranaryTransfer) late = NULL;

  hold (TRUE);
  set_runner (fixture);
  one = add (fixture, "a", NULL, NULL, 1);
  two = add (fixture, "b", NULL, NULL, 1);
  granary_transfer_queue_close (fixture->queue);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->queue)), ==, 0);
  late = add (fixture, "c", NULL, NULL, 1);
  assert_cancelled (one);
  assert_cancelled (two);
  assert_cancelled (late);
  close_queue (fixture);

  open_queue (fixture, 1);
  granary_transfer_queue_restore (fixture->queue);
  wait_for_items (fixture, 2);
  spin (20);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->queue)), ==, 2);
}

static void
test_clear (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GranaryTransfer) failed = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;

  set_runner (fixture);
  failed = add (fixture, "failed", "refused", "9", 1);
  wait_for_answer (failed);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (GranaryTransfer) transfer = add (fixture, "a", NULL, NULL, 0);

      wait_for_answer (transfer);
      if (i == 4)
        {
          g_autoptr (GranaryTransfer) kept = NULL;

          hold (TRUE);
          kept = add (fixture, "kept", NULL, NULL, 0);
          wait_for_state (kept, GRANARY_TRANSFER_RUNNING);
          granary_transfer_perform (kept, GRANARY_TRANSFER_PAUSE);
          wait_for_state (kept, GRANARY_TRANSFER_PAUSED);
          hold (FALSE);
        }
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->queue)), ==, 12);

  granary_transfer_queue_clear_over (fixture->queue);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->queue)), ==, 1);

  close_queue (fixture);
  open_queue (fixture, 1);
  rows = granary_transfer_store_take_jobs (fixture->store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 1);
}

/* A hundred thousand files in one job, then five thousand jobs: the main thread never waits for
 * them. */
static void
test_many (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GranaryTransfer) large = NULL;
  g_autoptr (GPtrArray) transfers = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 longest = 0;
  gint64 begun = g_get_monotonic_time ();

  set_runner (fixture);
  large = add (fixture, "large", NULL, NULL, 100000);
  while (get_answers (large) == 0)
    {
      gint64 at = g_get_monotonic_time ();

      g_main_context_iteration (NULL, FALSE);
      longest = MAX (longest, g_get_monotonic_time () - at);
      g_usleep (500);
    }
  g_assert_no_error (get_answer (large));
  g_assert_cmpint (granary_transfer_get_files_done (large), ==, 100000);
  g_test_message ("100,000 files: %.2f s, main thread at most %.2f ms",
                  (double) (g_get_monotonic_time () - begun) / G_TIME_SPAN_SECOND,
                  (double) longest / G_TIME_SPAN_MILLISECOND);

  begun = g_get_monotonic_time ();
  for (guint i = 0; i < 5000; i++)
    g_ptr_array_add (transfers, add (fixture, "small", NULL, NULL, 1));
  g_test_message ("5,000 jobs added: %.2f s",
                  (double) (g_get_monotonic_time () - begun) / G_TIME_SPAN_SECOND);
  for (guint i = 0; i < transfers->len; i++)
    wait_for_answer (g_ptr_array_index (transfers, i));
  g_test_message ("and done: %.2f s",
                  (double) (g_get_monotonic_time () - begun) / G_TIME_SPAN_SECOND);
  granary_transfer_queue_clear_over (fixture->queue);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->queue)), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, function, max_running) \
  g_test_add ("/transfer-queue/" path, Fixture, GUINT_TO_POINTER (max_running), set_up, function, \
              tear_down)
  ADD ("done", test_done, 1);
  ADD ("order", test_order, 2);
  ADD ("pause", test_pause, 1);
  ADD ("cancel", test_cancel, 1);
  ADD ("clean-up", test_clean_up, 1);
  ADD ("retry", test_retry, 1);
  ADD ("auto-retry", test_auto_retry, 1);
  ADD ("retrying", test_retrying, 1);
  ADD ("restore", test_restore, 1);
  ADD ("adopt", test_adopt, 1);
  ADD ("alive", test_alive, 1);
  ADD ("close", test_close, 1);
  ADD ("clear", test_clear, 1);
  ADD ("many", test_many, 3);
#undef ADD

  return g_test_run ();
}
