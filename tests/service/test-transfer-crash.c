/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "granary-transfer-queue-private.h"

/*
 * A child runs a queue and is killed by SIGKILL at a random moment, again and again; each next one
 * takes over what the one before left. A job writes one byte for every file that it moves, and says
 * that the file is done: at the end each file has been moved, and none that was known to be done
 * has been moved again.
 */

#define N_JOBS 6
#define N_FILES 40
/* Told one by one, as small ones would not be. */
#define FILE_SIZE (2 * 1024 * 1024)
/* What moving one takes, in µs. */
#define FILE_TIME 5000
#define MAX_CRASHES 60

typedef struct
{
  char *folder;
} Place;

/* The child */

static char *
get_record (const char *folder,
            const char *subject)
{
  return g_build_filename (folder, subject, NULL);
}

static gboolean
run (GranaryTransferJob  *job,
     GranaryTransfer     *transfer,
     GCancellable        *cancellable,
     gpointer             user_data,
     GError             **error)
{
  g_autofree char *record = get_record (user_data, granary_transfer_job_get_subject (job));
  g_autofree char *upload = granary_transfer_job_dup_fact (job, "upload");
  g_autofd int fd = open (record, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

  g_assert_no_errno (fd);

  /* What is asked for once only: a second answer would be another. */
  if (upload == NULL)
    {
      upload = g_uuid_string_random ();
      if (!granary_transfer_job_set_fact (job, "upload", upload, error))
        return FALSE;
      g_assert_true (write (fd, "!", 1) == 1);
    }

  for (guint i = 0; i < granary_transfer_job_get_n_files (job); i++)
    {
      g_autoptr (GranaryTransferFile) file = granary_transfer_job_dup_file (job, i);
      char letter = (char) ('0' + i);

      if (file->done)
        continue;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      g_usleep (FILE_TIME);
      g_assert_true (write (fd, &letter, 1) == 1);
      if (!granary_transfer_job_set_file_done (job, i, error))
        return FALSE;
    }

  return TRUE;
}

static int
run_child (const char *folder,
           gboolean    is_first)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryTransferStore) store = granary_transfer_store_open (folder, &error);
  g_autoptr (GranaryTransferQueue) queue = NULL;
  gint64 until;

  g_assert_no_error (error);
  queue = granary_transfer_queue_new (store, 2);
  for (guint i = 0; is_first && i < N_JOBS; i++)
    {
      g_autofree char *subject = g_strdup_printf ("job-%u", i);
      g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_UPLOAD,
                                                                   subject);
      GPtrArray *files =
        g_ptr_array_new_with_free_func ((GDestroyNotify) granary_transfer_file_free);
      g_autoptr (GranaryTransferJob) job = NULL;

      for (guint j = 0; j < N_FILES; j++)
        g_ptr_array_add (files, granary_transfer_file_new ("/data/x", "x", FILE_SIZE, 1));
      job = granary_transfer_job_new (GRANARY_TRANSFER_UPLOAD, subject, json_object_new (), files);
      granary_transfer_queue_add_async (queue, job, transfer, NULL, NULL);
    }
  granary_transfer_queue_set_runner (queue, run, (gpointer) folder, NULL);
  granary_transfer_queue_restore (queue);

  /* Until all there is has been done; what there is comes a moment later. */
  until = g_get_monotonic_time () + 200 * G_TIME_SPAN_MILLISECOND;
  while (granary_transfer_queue_is_running (queue) || g_get_monotonic_time () < until)
    {
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (200);
    }

  _exit (0);
}

/* The parent */

/* A crash before the jobs are stored is none of theirs. */
static void
wait_for_work (const char *folder)
{
  g_autofree char *record = get_record (folder, "job-0");

  while (!g_file_test (record, G_FILE_TEST_EXISTS))
    g_usleep (1000);
}

static GPid
start_child (const char *folder,
             gboolean    is_first)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { self, "--child", folder, is_first ? "first" : "next", NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error (error);

  return pid;
}

/* Whether it came to its end before. */
static gboolean
kill_child (GPid  pid,
            guint after)
{
  int status;

  g_usleep (after);
  kill (pid, SIGKILL);
  g_assert_no_errno (waitpid (pid, &status, 0));
  if (WIFEXITED (status))
    {
      g_assert_cmpint (WEXITSTATUS (status), ==, 0);
      return TRUE;
    }

  g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
  return FALSE;
}

/* How many files were moved, and how many of them more than once. */
static void
count (const char *folder,
       guint      *n_moved,
       guint      *n_again,
       guint      *n_uploads)
{
  *n_moved = *n_again = *n_uploads = 0;
  for (guint i = 0; i < N_JOBS; i++)
    {
      g_autofree char *subject = g_strdup_printf ("job-%u", i);
      g_autofree char *record = get_record (folder, subject);
      g_autofree char *text = NULL;
      guint times[N_FILES] = { 0 };

      if (!g_file_get_contents (record, &text, NULL, NULL))
        continue;
      for (const char *at = text; *at != '\0'; at++)
        {
          if (*at == '!')
            ++*n_uploads;
          else
            times[*at - '0']++;
        }
      for (guint j = 0; j < N_FILES; j++)
        {
          *n_moved += times[j] > 0 ? 1 : 0;
          *n_again += times[j] > 1 ? times[j] - 1 : 0;
        }
    }
}

static void
test_kill (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("granary-crash-XXXXXX", &error);
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", folder);
  g_autoptr (GranaryTransferStore) store = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  guint n_crashes = 0;
  guint n_moved;
  guint n_again;
  guint n_uploads;

  g_assert_no_error (error);

  for (gboolean is_first = TRUE, done = FALSE; !done; is_first = FALSE)
    {
      GPid pid = start_child (folder, is_first);
      guint after = (guint) g_test_rand_int_range (20000, 120000);

      if (is_first)
        wait_for_work (folder);
      if (n_crashes < MAX_CRASHES)
        {
          done = kill_child (pid, after);
        }
      else
        {
          int status;

          g_assert_no_errno (waitpid (pid, &status, 0));
          g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
          done = TRUE;
        }
      n_crashes += done ? 0 : 1;
    }

  count (folder, &n_moved, &n_again, &n_uploads);
  g_test_message ("%u crashes: %u files moved, %u of them again", n_crashes, n_moved, n_again);
  g_assert_cmpuint (n_crashes, >, 3);
  g_assert_cmpuint (n_moved, ==, N_JOBS * N_FILES);
  /* The two that were just being moved, at most, each time. */
  g_assert_cmpuint (n_again, <=, 2 * n_crashes);
  g_assert_cmpuint (n_uploads, <=, N_JOBS);

  store = granary_transfer_store_open (folder, &error);
  g_assert_no_error (error);
  rows = granary_transfer_store_take_jobs (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 0);

  g_clear_object (&store);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
}

/* One that is killed while another process runs its own jobs loses nothing to it before, and all
 * afterwards. */
static void
test_take_over (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("granary-crash-XXXXXX", &error);
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", folder);
  g_autoptr (GranaryTransferStore) store = granary_transfer_store_open (folder, &error);
  g_autoptr (GPtrArray) rows = NULL;
  GPid pid;

  g_assert_no_error (error);
  pid = start_child (folder, TRUE);
  wait_for_work (folder);

  rows = granary_transfer_store_take_jobs (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 0);
  g_clear_pointer (&rows, g_ptr_array_unref);

  g_assert_false (kill_child (pid, 0));
  rows = granary_transfer_store_take_jobs (store, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, >, 0);
  for (guint i = 0; i < rows->len; i++)
    {
      const GranaryJobRow *row = g_ptr_array_index (rows, i);

      g_assert_cmpint (row->n_files, ==, N_FILES);
      g_assert_cmpint (row->bytes_done, ==, row->n_done * FILE_SIZE);
      g_assert_cmpint (row->state, ==, GRANARY_JOB_WAITING);
    }

  g_clear_object (&store);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 4 && g_str_equal (argv[1], "--child"))
    return run_child (argv[2], g_str_equal (argv[3], "first"));

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/transfer-crash/kill", test_kill);
  g_test_add_func ("/transfer-crash/take-over", test_take_over);

  return g_test_run ();
}
