/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <errno.h>
#include <string.h>

#include "granary-database.h"
#include "granary-error.h"
#include "granary-json.h"
#include "granary-worker.h"

/* Errors */

static void
test_error_facts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) copy = NULL;
  g_autoptr (GError) foreign = g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "stop");

  granary_set_error (&error, GRANARY_ERROR_BACKEND, GRANARY_REASON_BUSY, "plate-ocr", "no %d", 1);
  granary_error_set_request (error, 503, "request-1", 30);
  copy = g_error_copy (error);
  g_assert_cmpstr (granary_error_get_subject (copy), ==, "plate-ocr");
  g_assert_cmpint (granary_error_get_reason (copy), ==, GRANARY_REASON_BUSY);
  g_assert_cmpuint (granary_error_get_http_status (copy), ==, 503);
  g_assert_cmpstr (granary_error_get_request_id (copy), ==, "request-1");
  g_assert_cmpuint (granary_error_get_retry_after (copy), ==, 30);

  g_assert_cmpint (granary_error_get_reason (foreign), ==, GRANARY_REASON_NONE);
  g_assert_null (granary_error_get_subject (foreign));
  g_assert_true (granary_error_is_cancelled (foreign));
  g_assert_false (granary_error_is_cancelled (error));
}

static void
test_error_errno (void)
{
  static const struct
  {
    int           number;
    GranaryError  code;
    GranaryReason reason;
  } numbers[] = {
    { ENOSPC, GRANARY_ERROR_QUOTA, GRANARY_REASON_NO_SPACE },
    { EROFS, GRANARY_ERROR_FILE, GRANARY_REASON_READ_ONLY },
    { EACCES, GRANARY_ERROR_FILE, GRANARY_REASON_PERMISSION },
    { ENOENT, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SOURCE_MISSING },
    { EIO, GRANARY_ERROR_FILE, GRANARY_REASON_INPUT_OUTPUT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GError) error = NULL;

      granary_set_error_from_errno (&error, numbers[i].number, "file", "open");
      g_assert_error (error, GRANARY_ERROR, (int) numbers[i].code);
      g_assert_cmpint (granary_error_get_reason (error), ==, numbers[i].reason);
    }
}

/* JSON */

static void
test_json_access (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = granary_json_parse ("{\"a\": {\"b\": 1, \"n\": null, \"s\": \"x\"},"
                                                  " \"l\": [1], \"d\": 0.5}",
                                                  -1, "test", &error);
  gint64 number = 0;
  double real = 0;

  g_assert_no_error (error);
  g_assert_true (granary_json_get_int (root, "a.b", &number));
  g_assert_cmpint (number, ==, 1);
  g_assert_true (granary_json_get_double (root, "d", &real));
  g_assert_cmpfloat (real, ==, 0.5);
  g_assert_cmpstr (granary_json_get_string (root, "a.s"), ==, "x");
  g_assert_nonnull (granary_json_get_array (root, "l"));
  g_assert_nonnull (granary_json_get_object (root, "a"));

  /* Whatever is not as expected is "not there". */
  g_assert_null (granary_json_lookup (root, "a.n"));
  g_assert_null (granary_json_get_string (root, "a.b"));
  g_assert_null (granary_json_get_string (root, "l.0"));
  g_assert_null (granary_json_get_object (root, "l"));
  g_assert_false (granary_json_get_int (root, "d", &number));
  g_assert_false (granary_json_get_int (NULL, "a", &number));
}

static void
test_json_hostile (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  const char *texts[] = { "", "{", "[1,]", "\xff", "nul", "[][]", "{}\n{}", "{}[",
                          deep };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (granary_json_parse (texts[i], -1, "file", &error));
      g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_JSON_SYNTAX));
      g_assert_cmpstr (granary_error_get_subject (error), ==, "file");
    }
}

/* Database */

static void
test_database (void)
{
  g_autofree char *folder = g_dir_make_tmp ("granary-database-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a b%20?#.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryDatabase) database = granary_database_open (path, GRANARY_DATABASE_CREATE, &error);
  gint64 value = -1;

  g_assert_no_error (error);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (granary_database_exec (database, "CREATE TABLE t (x)", &error));
  g_assert_true (granary_database_begin (database, &error));
  g_assert_true (granary_database_exec (database, "INSERT INTO t VALUES (5)", &error));
  granary_database_rollback (database);
  g_assert_true (granary_database_get_int (database, "SELECT count(*) FROM t", &value, &error));
  g_assert_cmpint (value, ==, 0);
  g_assert_false (granary_database_exec (database, "SELECT nonsense FROM nowhere", &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_DATABASE);
}

static void
test_database_cancel (void)
{
  g_autofree char *folder = g_dir_make_tmp ("granary-database-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "cancel.db", NULL);
  g_autoptr (GranaryDatabase) database = granary_database_open (path, GRANARY_DATABASE_CREATE, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gint64 value;

  g_cancellable_cancel (cancellable);
  granary_database_set_cancellable (database, cancellable);
  g_assert_false (granary_database_get_int (database,
                                            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
                                            " SELECT i + 1 FROM n) SELECT count(*) FROM n",
                                            &value, &error));
  g_assert_true (granary_error_is_cancelled (error));
}

static void
test_database_locked (void)
{
  g_autofree char *folder = g_dir_make_tmp ("granary-database-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "locked.db", NULL);
  g_autoptr (GranaryDatabase) one = granary_database_open (path, GRANARY_DATABASE_CREATE, NULL);
  g_autoptr (GranaryDatabase) two = granary_database_open (path, GRANARY_DATABASE_CREATE, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (granary_database_begin (one, &error));
  g_assert_true (granary_database_exec (two, "PRAGMA busy_timeout = 10", &error));
  g_assert_false (granary_database_begin (two, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_CATALOG_LOCKED));
}

/* Worker */

typedef struct
{
  int running;
  int most;
  int done;
} Load;

static void
work (GTask        *task,
      gpointer      source_object,
      gpointer      task_data,
      GCancellable *cancellable)
{
  Load *load = task_data;
  int now = g_atomic_int_add (&load->running, 1) + 1;
  int most = g_atomic_int_get (&load->most);

  while (now > most && !g_atomic_int_compare_and_exchange (&load->most, most, now))
    most = g_atomic_int_get (&load->most);
  g_usleep (200);
  g_atomic_int_add (&load->running, -1);
  g_task_return_boolean (task, TRUE);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  Load *load = data;

  if (g_task_propagate_boolean (G_TASK (result), NULL))
    load->done++;
  else
    load->done += 1000;
}

static void
run_work (GranaryWorker *worker,
          Load          *load,
          GCancellable  *cancellable)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, done_cb, load);

  g_task_set_task_data (task, load, NULL);
  granary_worker_run (worker, task, work);
}

static void
test_worker (void)
{
  g_autoptr (GranaryWorker) worker = granary_worker_new ("test", 3);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  Load load = { 0 };

  for (guint i = 0; i < 200; i++)
    run_work (worker, &load, NULL);
  while (load.done < 200)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (load.most, <=, 3);
  g_assert_cmpint (load.most, >=, 1);

  /* One called off before its turn is answered, and never runs. */
  g_cancellable_cancel (cancelled);
  load = (Load) { 0 };
  run_work (worker, &load, cancelled);
  while (load.done == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (load.done, ==, 1000);
  g_assert_cmpint (load.most, ==, 0);
}

static void
test_worker_dropped (void)
{
  GranaryWorker *worker = granary_worker_new ("test", 1);
  Load load = { 0 };

  for (guint i = 0; i < 20; i++)
    run_work (worker, &load, NULL);
  g_object_unref (worker);
  while (load.done < 20)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (load.done, ==, 20);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/error/facts", test_error_facts);
  g_test_add_func ("/error/errno", test_error_errno);
  g_test_add_func ("/json/access", test_json_access);
  g_test_add_func ("/json/hostile", test_json_hostile);
  g_test_add_func ("/database/basics", test_database);
  g_test_add_func ("/database/cancel", test_database_cancel);
  g_test_add_func ("/database/locked", test_database_locked);
  g_test_add_func ("/worker/limit", test_worker);
  g_test_add_func ("/worker/dropped", test_worker_dropped);

  return g_test_run ();
}
