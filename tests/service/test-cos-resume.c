/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a run leaves for the next one: after SIGKILL at any moment, after a pause, when what was
 * remembered is not true any more. The cloud's log tells what was sent a second time. */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "granary-database.h"
#include "transfer-test.h"

#define KEY "models/plate ocr/v1.bin"
#define SIZE (TRANSFER_PART_SIZE * 21 / 2)
#define N_PARTS 11

/* Of a run that is killed: enough parts that those on their way are few of them. */
#define LARGE_SIZE (TRANSFER_PART_SIZE * 160 - 1000)
#define N_KILLS 10

static char *program;

/* A process of its own: PROGRAM --child upload|download ENDPOINT STORE PATH */

static int
run_child (char **words)
{
  TransferTest test = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryObject) object = NULL;

  transfer_test_open (&test, words[1], words[2]);
  if (g_str_equal (words[0], "upload"))
    object = transfer_test_upload (&test, words[3], KEY, &error);
  else
    object = transfer_test_download (&test, KEY, words[3], &error);

  return object != NULL ? 0 : 1;
}

static GPid
start_child (TransferTest *test,
             const char   *verb,
             const char   *path)
{
  const char *words[] = {
    program, "--child", verb, granary_test_cloud_get_cos_template (test->cloud),
    test->store_folder, path, NULL,
  };
  g_autoptr (GError) error = NULL;
  GPid child;

  g_spawn_async (NULL, (char **) words, NULL,
                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, &child,
                 &error);
  g_assert_no_error (error);

  return child;
}

/* Kills it in the middle of its work; whether it had not ended before. */
static gboolean
kill_child (GPid child)
{
  int status;

  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);

  return WIFSIGNALED (status);
}

static void
set_speed (TransferTest *test,
           const char   *action,
           int           bytes_per_second)
{
  granary_test_cloud_tell (
    test->cloud,
    "{\"clear_faults\": true,"
    " \"faults\": [{\"match\": {\"action\": \"%s\"}, \"times\": -1,"
    "               \"do\": {\"kind\": \"slow\", \"bytes_per_second\": %d}}]}",
    action, bytes_per_second);
}

/* Waits until the cloud has seen @n answers of @action. */
static void
wait_for (TransferTest *test,
          const char   *action,
          guint         n)
{
  while (transfer_test_count (test, action) < n)
    g_usleep (5000);
}

/* Goes on where the dead left off, at full speed. */
static void
finish_upload (TransferTest *test,
               const char   *path)
{
  granary_test_cloud_tell (test->cloud, "{\"clear_faults\": true}");
  transfer_test_upload_ok (test, path, KEY);
}

/* Killing */

static void
test_killed_upload (TransferTest  *test,
                    gconstpointer  data)
{
  guint n_killed = 0;

  for (guint i = 0; i < N_KILLS; i++)
    {
      g_autofree char *path = transfer_test_make_file (test, "source", LARGE_SIZE, i);
      gint64 sent;
      GPid child;

      granary_test_cloud_tell (test->cloud, "{\"clear_log\": true, \"delete_object\":"
                               " {\"bucket\": \"" TRANSFER_BUCKET "\", \"key\": \"" KEY "\"}}");
      set_speed (test, "UploadPart", 20 << 20);
      child = start_child (test, "upload", path);
      g_usleep ((gulong) g_test_rand_int_range (50, 650) * 1000);
      n_killed += kill_child (child);

      finish_upload (test, path);
      sent = transfer_test_sum_bytes (test, "UploadPart", "bytes_in");
      g_assert_cmpint (sent, >=, LARGE_SIZE);
      g_assert_cmpint (sent, <, LARGE_SIZE / 10 * 11);
      g_assert_cmpuint (transfer_test_count (test, "InitiateMultipartUpload"), ==, 1);
      g_assert_cmpuint (transfer_test_count_uploads (test), ==, 0);
    }
  /* Else nothing was tested. */
  g_assert_cmpuint (n_killed, >, 0);
}

/* The same upload again and again. */
static void
test_killed_many_times (TransferTest  *test,
                        gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", LARGE_SIZE, 1);
  gint64 lost;

  set_speed (test, "UploadPart", 10 << 20);
  for (guint i = 0; i < 5; i++)
    {
      GPid child = start_child (test, "upload", path);

      g_usleep ((gulong) g_test_rand_int_range (100, 400) * 1000);
      g_assert_true (kill_child (child));
    }

  finish_upload (test, path);
  lost = transfer_test_sum_bytes (test, "UploadPart", "bytes_in") - LARGE_SIZE;
  g_assert_cmpint (lost, >=, 0);
  g_assert_cmpint (lost, <=, 5 * 3 * TRANSFER_PART_SIZE);
  g_assert_cmpuint (transfer_test_count (test, "InitiateMultipartUpload"), ==, 1);
}

static void
test_killed_download (TransferTest  *test,
                      gconstpointer  data)
{
  guint n_killed = 0;

  for (guint i = 0; i < N_KILLS; i++)
    {
      g_autofree char *path = g_build_filename (test->folder, "copy", NULL);
      gint64 received;
      GPid child;

      transfer_test_put_pattern (test, KEY, LARGE_SIZE, (int) i);
      granary_test_cloud_tell (test->cloud, "{\"clear_log\": true}");
      set_speed (test, "GetObject", 20 << 20);
      child = start_child (test, "download", path);
      g_usleep ((gulong) g_test_rand_int_range (50, 650) * 1000);
      n_killed += kill_child (child);

      granary_test_cloud_tell (test->cloud, "{\"clear_faults\": true}");
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        transfer_test_download_ok (test, KEY, path);
      received = transfer_test_sum_bytes (test, "GetObject", "bytes_out");
      g_assert_cmpint (received, <, LARGE_SIZE / 10 * 11);
      g_assert_cmpuint (transfer_test_count_files (test), ==, 1);
      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpuint (n_killed, >, 0);
}

/* The object was made, and the process that had asked for it died before it knew. */
static void
test_killed_while_completing (TransferTest  *test,
                              gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  GPid child;

  granary_test_cloud_tell (test->cloud, "{\"complete_blanks\": 20, \"complete_seconds\": 20}");
  child = start_child (test, "upload", path);
  while (!transfer_test_find_object (test, KEY, NULL, NULL))
    g_usleep (5000);
  g_assert_true (kill_child (child));

  granary_test_cloud_tell (test->cloud, "{\"complete_blanks\": 0}");
  finish_upload (test, path);
  g_assert_cmpuint (transfer_test_count (test, "InitiateMultipartUpload"), ==, 1);
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), ==, N_PARTS);
}

/* An upload id was given out, and the process died before the answer came. */
static void
test_killed_while_initiating (TransferTest  *test,
                              gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  GPid child;

  /* The answer trickles: 30 bytes a second. */
  granary_test_cloud_tell (
    test->cloud,
    "{\"faults\": [{\"match\": {\"action\": \"InitiateMultipartUpload\"},"
    "               \"do\": {\"kind\": \"slow\", \"bytes_per_second\": 30}}]}");
  child = start_child (test, "upload", path);
  while (transfer_test_count_uploads (test) == 0)
    g_usleep (5000);
  g_usleep (100 * 1000);
  g_assert_true (kill_child (child));

  finish_upload (test, path);
  g_assert_cmpuint (transfer_test_count (test, "InitiateMultipartUpload"), ==, 1);
  g_assert_cmpuint (transfer_test_count_uploads (test), ==, 0);
}

/* Pausing */

typedef struct
{
  TransferTest *test;
  const char   *action;
  guint         n_before;
} Pause;

/* The fifth part begins when two are done, as three are moved at once. */
static void
cancel_transfer (gpointer data)
{
  Pause *pause = data;

  wait_for (pause->test, pause->action, pause->n_before + 5);
  granary_transfer_cancel (pause->test->transfer);
}

/* Stops an upload or download when some of it is done. */
static void
pause_transfer (TransferTest *test,
                gboolean      is_upload,
                const char   *path)
{
  const char *action = is_upload ? "UploadPart" : "GetObject";
  Pause pause = { test, action, transfer_test_count (test, action) };
  g_autoptr (GError) error = NULL;
  GThread *thread;

  set_speed (test, action, 1 << 20);
  g_clear_object (&test->transfer);
  test->transfer = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, NULL);
  thread = transfer_test_later (0, cancel_transfer, &pause);
  if (is_upload)
    g_assert_null (transfer_test_upload (test, path, KEY, &error));
  else
    g_assert_null (transfer_test_download (test, KEY, path, &error));
  g_thread_join (thread);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_assert_cmpint (granary_transfer_get_bytes_done (test->transfer), >=, 2 * TRANSFER_PART_SIZE);
  g_assert_cmpint (granary_transfer_get_bytes_done (test->transfer), <, SIZE);
  granary_test_cloud_tell (test->cloud, "{\"clear_faults\": true}");
}

static void
test_pause (TransferTest  *test,
            gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  g_autofree char *copy = g_build_filename (test->folder, "copy", NULL);

  pause_transfer (test, TRUE, path);
  g_assert_cmpuint (transfer_test_count_uploads (test), ==, 1);
  transfer_test_upload_ok (test, path, KEY);
  g_assert_cmpuint (transfer_test_count (test, "InitiateMultipartUpload"), ==, 1);
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), <=, N_PARTS + 3);

  pause_transfer (test, FALSE, copy);
  g_assert_cmpuint (transfer_test_count_files (test), ==, 2);
  transfer_test_open_again (test);
  transfer_test_download_ok (test, KEY, copy);
  g_assert_cmpuint (transfer_test_count (test, "GetObject"), <=, N_PARTS + 3);
}

static void
test_discard (TransferTest  *test,
              gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  g_autofree char *copy = g_build_filename (test->folder, "copy", NULL);
  g_autoptr (GError) error = NULL;

  pause_transfer (test, TRUE, path);
  g_assert_true (transfer_test_discard (test, path, KEY, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (transfer_test_count_uploads (test), ==, 0);
  g_assert_true (transfer_test_discard (test, path, KEY, &error));

  transfer_test_put_pattern (test, KEY, SIZE, 3);
  pause_transfer (test, FALSE, copy);
  g_assert_cmpuint (transfer_test_count_files (test), ==, 2);
  g_assert_true (transfer_test_discard (test, copy, KEY, &error));
  g_assert_cmpuint (transfer_test_count_files (test), ==, 1);

  /* Nothing is remembered of either. */
  granary_test_cloud_tell (test->cloud, "{\"clear_log\": true}");
  transfer_test_upload_ok (test, path, KEY);
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), ==, N_PARTS);
  transfer_test_download_ok (test, KEY, copy);
  g_assert_cmpuint (transfer_test_count (test, "GetObject"), ==, N_PARTS);
}

static void
test_one_at_a_time (TransferTest  *test,
                    gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  g_autoptr (GError) upload_error = NULL;
  g_autoptr (GError) discard_error = NULL;
  GPid child;

  set_speed (test, "UploadPart", 100000);
  child = start_child (test, "upload", path);
  wait_for (test, "UploadPart", 1);
  g_assert_null (transfer_test_upload (test, path, KEY, &upload_error));
  transfer_test_assert_error (upload_error, GRANARY_REASON_BUSY);
  g_assert_false (transfer_test_discard (test, path, KEY, &discard_error));
  transfer_test_assert_error (discard_error, GRANARY_REASON_BUSY);
  g_assert_true (kill_child (child));

  finish_upload (test, path);
  g_assert_cmpuint (transfer_test_count (test, "InitiateMultipartUpload"), ==, 1);
}

/* What was remembered is not true any more */

static void
test_changed_file (TransferTest  *test,
                   gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  g_autofree char *smaller = NULL;

  pause_transfer (test, TRUE, path);
  g_free (transfer_test_make_file (test, "source", SIZE, 2));
  granary_test_cloud_tell (test->cloud, "{\"clear_log\": true}");
  transfer_test_upload_ok (test, path, KEY);
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), ==, N_PARTS);
  g_assert_cmpuint (transfer_test_count (test, "AbortMultipartUpload"), ==, 1);
  g_assert_cmpuint (transfer_test_count_uploads (test), ==, 0);

  /* Also when it is so small now that no parts are needed. */
  pause_transfer (test, TRUE, path);
  smaller = transfer_test_make_file (test, "source", 1000, 3);
  transfer_test_upload_ok (test, smaller, KEY);
  g_assert_cmpuint (transfer_test_count_uploads (test), ==, 0);
}

static void
test_dropped_upload (TransferTest  *test,
                     gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);

  pause_transfer (test, TRUE, path);
  granary_test_cloud_tell (test->cloud, "{\"clear_log\": true, \"drop_upload\": {\"bucket\": \""
                           TRANSFER_BUCKET "\", \"key\": \"" KEY "\"}}");
  transfer_test_upload_ok (test, path, KEY);
  g_assert_cmpuint (transfer_test_count (test, "InitiateMultipartUpload"), ==, 1);
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), ==, N_PARTS);
  g_assert_cmpuint (transfer_test_count_uploads (test), ==, 0);
}

static void
change_store (TransferTest *test,
              const char   *sql)
{
  g_autofree char *path = g_build_filename (test->store_folder, "transfers.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryDatabase) database =
    granary_database_open (path, GRANARY_DATABASE_NONE, &error);

  g_assert_no_error (error);
  granary_database_exec (database, sql, &error);
  g_assert_no_error (error);
}

static guint
ask_store (TransferTest *test,
           const char   *sql)
{
  g_autofree char *path = g_build_filename (test->store_folder, "transfers.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryDatabase) database =
    granary_database_open (path, GRANARY_DATABASE_NONE, &error);
  gint64 value;

  g_assert_no_error (error);
  granary_database_get_int (database, sql, &value, &error);
  g_assert_no_error (error);

  return (guint) value;
}

static guint
count_recorded (TransferTest *test)
{
  const guint count = ask_store (test, "SELECT count(*) FROM resume_parts");

  g_assert_cmpuint (count, >=, 2);
  return count;
}

/* Parts at the server that nobody noted: believed where their ETag is an MD5 and the right one. */
static void
test_parts_not_noted (TransferTest  *test,
                      gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  guint n_recorded;
  guint n_before;

  granary_test_cloud_tell (test->cloud, "{\"md5\": \"always\"}");
  pause_transfer (test, TRUE, path);
  n_before = transfer_test_count (test, "UploadPart");
  n_recorded = count_recorded (test);
  change_store (test, "DELETE FROM resume_parts");
  transfer_test_upload_ok (test, path, KEY);
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), <=,
                    n_before + N_PARTS - n_recorded);

  granary_test_cloud_tell (test->cloud, "{\"md5\": \"never\", \"clear_log\": true}");
  pause_transfer (test, TRUE, path);
  n_before = transfer_test_count (test, "UploadPart");
  change_store (test, "DELETE FROM resume_parts");
  transfer_test_upload_ok (test, path, KEY);
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), ==, n_before + N_PARTS);
  g_assert_cmpuint (transfer_test_count (test, "InitiateMultipartUpload"), ==, 1);
}

/* A record that lies about a part: its ETag is not the server's, so it is sent again. */
static void
test_parts_of_another_etag (TransferTest  *test,
                            gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  guint n_recorded;
  guint n_before;

  granary_test_cloud_tell (test->cloud, "{\"md5\": \"never\"}");
  pause_transfer (test, TRUE, path);
  n_before = transfer_test_count (test, "UploadPart");
  n_recorded = count_recorded (test);
  change_store (test, "UPDATE resume_parts SET etag = '\"0123\"', crc64 = '1'"
                " WHERE number = (SELECT min (number) FROM resume_parts)");
  transfer_test_upload_ok (test, path, KEY);
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), ==,
                    n_before + N_PARTS - n_recorded + 1);
}

/* The whole store is lost: the upload is found at the server by its parts. */
static void
test_no_record (TransferTest  *test,
                gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);

  granary_test_cloud_tell (test->cloud, "{\"md5\": \"always\"}");
  pause_transfer (test, TRUE, path);
  change_store (test, "DELETE FROM resumes");
  transfer_test_upload_ok (test, path, KEY);
  g_assert_cmpuint (transfer_test_count (test, "InitiateMultipartUpload"), ==, 1);
  g_assert_cmpuint (transfer_test_count (test, "UploadPart"), <=, N_PARTS + 3);
  g_assert_cmpuint (transfer_test_count_uploads (test), ==, 0);
}

/* Uploads of others to the same key stay what they are. */
static void
test_uploads_of_others (TransferTest  *test,
                        gconstpointer  data)
{
  g_autofree char *path = transfer_test_make_file (test, "source", SIZE, 1);
  g_autofree char *other = transfer_test_make_file (test, "other", SIZE, 2);

  granary_test_cloud_tell (test->cloud, "{\"md5\": \"always\", \"create_upload\": {\"bucket\": \""
                           TRANSFER_BUCKET "\", \"key\": \"" KEY "\"}}");
  pause_transfer (test, TRUE, other);
  g_assert_cmpuint (transfer_test_count_uploads (test), ==, 2);

  /* One without a part, one with parts of another file: first recorded, then not. */
  transfer_test_upload_ok (test, path, KEY);
  g_assert_cmpuint (transfer_test_count_uploads (test), ==, 2);
  change_store (test, "DELETE FROM resumes");
  transfer_test_upload_ok (test, path, KEY);
  g_assert_cmpuint (transfer_test_count_uploads (test), ==, 2);
  g_assert_cmpuint (transfer_test_count (test, "AbortMultipartUpload"), ==, 0);
}

/* Bytes on the disk that a power loss has taken: only what is wrong is fetched again. */
static void
test_damaged_range (TransferTest  *test,
                    gconstpointer  data)
{
  g_autofree char *copy = g_build_filename (test->folder, "copy", NULL);
  g_autofree char *staged = g_build_filename (test->folder, ".copy.part", NULL);
  g_autofd int fd = -1;
  guint n_recorded;
  guint n_damaged;
  guint n_before;

  transfer_test_put_pattern (test, KEY, SIZE, 1);
  pause_transfer (test, FALSE, copy);
  n_before = transfer_test_count (test, "GetObject");
  n_recorded = count_recorded (test);
  n_damaged = ask_store (test, "SELECT min (number) FROM resume_parts");
  change_store (test, "UPDATE resume_parts SET crc64 = '1'"
                " WHERE number = (SELECT max (number) FROM resume_parts)");
  fd = open (staged, O_WRONLY | O_CLOEXEC);
  g_assert_cmpint (pwrite (fd, "damage", 6, (n_damaged - 1) * TRANSFER_PART_SIZE + 100), ==, 6);

  transfer_test_download_ok (test, KEY, copy);
  g_assert_cmpuint (transfer_test_count (test, "GetObject"), ==,
                    n_before + N_PARTS - n_recorded + 2);
}

static void
test_changed_object (TransferTest  *test,
                     gconstpointer  data)
{
  g_autofree char *copy = g_build_filename (test->folder, "copy", NULL);

  transfer_test_put_pattern (test, KEY, SIZE, 1);
  pause_transfer (test, FALSE, copy);
  transfer_test_put_pattern (test, KEY, SIZE, 2);
  granary_test_cloud_tell (test->cloud, "{\"clear_log\": true}");
  transfer_test_download_ok (test, KEY, copy);
  g_assert_cmpuint (transfer_test_count (test, "GetObject"), ==, N_PARTS);
  g_assert_cmpuint (transfer_test_count_files (test), ==, 1);
}

/* Someone has tidied up. */
static void
test_no_staged_file (TransferTest  *test,
                     gconstpointer  data)
{
  g_autofree char *copy = g_build_filename (test->folder, "copy", NULL);
  g_autofree char *staged = g_build_filename (test->folder, ".copy.part", NULL);

  transfer_test_put_pattern (test, KEY, SIZE, 1);
  pause_transfer (test, FALSE, copy);
  g_assert_cmpint (g_remove (staged), ==, 0);
  transfer_test_download_ok (test, KEY, copy);
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("GRANARY_RETRY_SCALE", "0.01", TRUE);
  if (argc == 6 && g_str_equal (argv[1], "--child"))
    return run_child (argv + 2);

  g_test_init (&argc, &argv, NULL);
  program = argv[0];

#define ADD(name, test) \
  g_test_add ("/cos-resume/" name, TransferTest, NULL, transfer_test_set_up, test, \
              transfer_test_tear_down)
  ADD ("killed-upload", test_killed_upload);
  ADD ("killed-many-times", test_killed_many_times);
  ADD ("killed-download", test_killed_download);
  ADD ("killed-while-completing", test_killed_while_completing);
  ADD ("killed-while-initiating", test_killed_while_initiating);
  ADD ("pause", test_pause);
  ADD ("discard", test_discard);
  ADD ("one-at-a-time", test_one_at_a_time);
  ADD ("changed-file", test_changed_file);
  ADD ("dropped-upload", test_dropped_upload);
  ADD ("parts-not-noted", test_parts_not_noted);
  ADD ("parts-of-another-etag", test_parts_of_another_etag);
  ADD ("no-record", test_no_record);
  ADD ("uploads-of-others", test_uploads_of_others);
  ADD ("damaged-range", test_damaged_range);
  ADD ("changed-object", test_changed_object);
  ADD ("no-staged-file", test_no_staged_file);
#undef ADD

  return g_test_run ();
}
