/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "mlflow-testing.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#define READER (&granary_mlflow_db_reader)
#define ID(digits) "000000000000000000000000000000" digits

/* A database of the test's own */

static sqlite3 *
open_database (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "mlflow.db", NULL);
  sqlite3 *database;

  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  return database;
}

static void
execute (sqlite3    *database,
         const char *sql)
{
  char *message = NULL;

  sqlite3_exec (database, sql, NULL, NULL, &message);
  g_assert_cmpstr (message, ==, NULL);
}

static char *
make_database (const char *sql)
{
  char *folder = mlflow_make_folder ();
  sqlite3 *database = open_database (folder);

  execute (database, sql);
  sqlite3_close (database);
  return folder;
}

#define RUNS \
  "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('abc');" \
  "CREATE TABLE runs (run_uuid, name, status, start_time, end_time, lifecycle_stage," \
  " artifact_uri, experiment_id);"

/* What is there */

static void
test_claims (void)
{
  g_autofree char *folder = mlflow_fixture ("database-3");
  g_autofree char *other = mlflow_make_folder ();
  g_autofree char *link = g_build_filename (other, "mlflow.db", NULL);
  g_autofree char *target = g_build_filename (folder, "mlflow.db", NULL);
  g_autoptr (GHashTable) names = mlflow_names ("mlflow.db", "mlruns", NULL);
  g_autoptr (GHashTable) nothing = mlflow_names ("mlruns", NULL);

  g_assert_true (READER->claims (folder, names));
  g_assert_false (READER->claims (folder, nothing));
  g_assert_false (READER->claims (other, names));
  g_assert_cmpint (symlink (target, link), ==, 0);
  g_assert_false (READER->claims (other, names));
}

static void
test_schemas (void)
{
  static const struct
  {
    const char *name;
    const char *output;
    const char *metrics;
    const char *path;
  } rows[] = {
    { "database-1", "model||scikit-learn|pickle|Python 3.11.9",
      "acc=0.9375 down=-inf nothing=0 up=inf val/loss=0.1",
      "mlruns/1/" ID ("d1") "/artifacts/model" },
    { "database-2", "model||scikit-learn|pickle|Python 3.11.9",
      "acc=0.9375 down=-inf nothing=nan up=inf val/loss=0.1",
      "mlruns/1/" ID ("d1") "/artifacts/model" },
    { "database-3", "m-" ID ("e1") "||XGBoost|XGBoost|Python 3.11.9",
      "acc=0.9375 down=-inf nothing=nan up=inf val/loss=0.1",
      "mlruns/1/models/m-" ID ("e1") "/artifacts" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *folder = mlflow_fixture (rows[i].name);
      g_autoptr (GPtrArray) runs = mlflow_list (READER, folder);
      g_autoptr (GranaryTaskDetails) details = mlflow_load (READER, folder, ID ("d1"));
      g_autoptr (GranaryTask) named = mlflow_read (READER, folder, ID ("d2"));
      g_autoptr (GranaryTask) remote = mlflow_read (READER, folder, ID ("d5"));
      g_autoptr (GError) error = NULL;

      /* The newest first; neither deleted runs nor those of deleted experiments. */
      g_assert_cmpuint (runs->len, ==, 3);
      g_assert_cmpstr (((GranaryRun *) runs->pdata[0])->key, ==, ID ("d5"));
      g_assert_cmpstr (((GranaryRun *) runs->pdata[2])->key, ==, ID ("d1"));

      g_assert_cmpstr (details->task->name, ==, "视觉/基线");
      g_assert_cmpstr (details->task->group, ==, "风控");
      g_assert_cmpint (details->task->state, ==, GRANARY_TASK_FINISHED);
      g_assert_cmpint (details->task->started, ==, G_GINT64_CONSTANT (1718000000209000));
      g_assert_cmpint (details->task->finished, ==, G_GINT64_CONSTANT (1718000090209000));
      g_assert_cmpuint (details->outputs->len, ==, 1);
      mlflow_assert_output (details, 0, rows[i].output, rows[i].metrics, folder, rows[i].path);

      g_assert_cmpstr (named->name, ==, "named by a tag");
      g_assert_cmpint (named->state, ==, GRANARY_TASK_RUNNING);
      g_assert_cmpint (named->finished, ==, 0);
      g_assert_false (named->importable);
      g_assert_cmpint (remote->state, ==, GRANARY_TASK_STOPPED);
      g_assert_cmpstr (remote->framework, ==, "CatBoost");
      g_assert_true (granary_error_matches_reason (remote->problem, GRANARY_REASON_TASK_ELSEWHERE));
      g_assert_null (mlflow_read (READER, folder, ID ("d3")));
      g_assert_null (mlflow_read (READER, folder, ID ("d4")));

      {
        g_autoptr (GranaryRun) gone = granary_run_new (READER, folder, ID ("d3"), 0);

        g_assert_null (READER->load (gone, NULL, &error));
        g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_TASK_MISSING));
      }
    }
}

/* What listing found is not asked for again. */
static void
test_rows (void)
{
  g_autofree char *folder = make_database (
    RUNS "INSERT INTO runs VALUES ('r1', 'first', 'FINISHED', 1000, 2000, 'active', NULL, 1),"
    " ('r2', 'second', 'RUNNING', 3000, NULL, 'active', NULL, 1);");
  g_autofree char *path = g_build_filename (folder, "mlflow.db", NULL);
  g_autoptr (GPtrArray) runs = mlflow_list (READER, folder);
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GranaryTask) task = NULL;
  g_autoptr (GError) error = NULL;
  sqlite3 *database = open_database (folder);

  g_assert_cmpuint (runs->len, ==, 2);
  execute (database, "UPDATE runs SET status = 'FAILED' WHERE run_uuid = 'r2'");
  sqlite3_close (database);
  again = mlflow_list (READER, folder);
  g_assert_cmpint (mlflow_find (runs, "r1")->mtime, ==, mlflow_find (again, "r1")->mtime);
  g_assert_cmpint (mlflow_find (runs, "r2")->mtime, !=, mlflow_find (again, "r2")->mtime);

  g_assert_cmpint (g_unlink (path), ==, 0);
  task = READER->read (mlflow_find (runs, "r1"), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (task->name, ==, "first");
  g_assert_no_error (task->problem);
  mlflow_assert_problem (READER, folder, "r1", GRANARY_REASON_TASK_MISSING);
}

/* While MLflow writes */

static void
assert_only_problem (const char    *folder,
                     GranaryReason  reason)
{
  g_autoptr (GPtrArray) runs = mlflow_list (READER, folder);

  g_assert_cmpuint (runs->len, ==, 1);
  g_assert_cmpstr (((GranaryRun *) runs->pdata[0])->key, ==, "");
  mlflow_assert_problem (READER, folder, "", reason);
}

static void
test_locked (void)
{
  g_autofree char *folder = make_database (
    RUNS "INSERT INTO runs VALUES ('r1', 'first', 'FINISHED', 1000, 2000, 'active', NULL, 1);");
  g_autoptr (GPtrArray) runs = NULL;
  sqlite3 *database = open_database (folder);

  execute (database, "BEGIN EXCLUSIVE; UPDATE runs SET name = 'later'");
  assert_only_problem (folder, GRANARY_REASON_TASK_BUSY);
  execute (database, "COMMIT");
  sqlite3_close (database);

  runs = mlflow_list (READER, folder);
  g_assert_cmpuint (runs->len, ==, 1);
  g_assert_cmpstr (((GranaryRun *) runs->pdata[0])->key, ==, "r1");
  g_assert_null (mlflow_read (READER, folder, ""));
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_write_ahead (void)
{
  g_autofree char *folder = make_database (RUNS "PRAGMA journal_mode = WAL;");
  g_autoptr (GranaryTask) task = NULL;
  g_autoptr (GPtrArray) runs = NULL;
  sqlite3 *database = open_database (folder);

  /* Seen although it is in the log alone, and while it is being written on. */
  execute (database, "INSERT INTO runs VALUES ('r1', 'first', 'RUNNING', 1, 2, 'active', NULL, 1);"
                     "BEGIN IMMEDIATE; UPDATE runs SET name = 'later'");
  task = mlflow_read (READER, folder, "r1");
  g_assert_no_error (task->problem);
  g_assert_cmpstr (task->name, ==, "first");
  execute (database, "COMMIT");
  sqlite3_close (database);

  g_assert_cmpuint (count_files (folder), ==, 1);
  runs = mlflow_list (READER, folder);
  g_assert_cmpuint (runs->len, ==, 1);
}

/* Hostile */

static void
test_schema (void)
{
  static const struct
  {
    const char    *sql;
    GranaryReason  reason;
  } rows[] = {
    { "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('ffff');"
      "CREATE TABLE executions (id, name);", GRANARY_REASON_TASK_NEWER },
    { "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('ffff');"
      "CREATE TABLE runs (id, name);", GRANARY_REASON_TASK_NEWER },
    { "CREATE TABLE runs (id, name);", GRANARY_REASON_TASK_UNREADABLE },
    /* Nothing is asked of a view, which may never come to an end. */
    { "CREATE TABLE t (x); CREATE VIEW runs AS WITH RECURSIVE n (run_uuid) AS (SELECT 1 UNION ALL"
      " SELECT run_uuid + 1 FROM n) SELECT * FROM n;", GRANARY_REASON_TASK_UNREADABLE },
  };
  g_autofree char *empty = make_database ("");
  g_autoptr (GPtrArray) runs = mlflow_list (READER, empty);

  g_assert_cmpuint (runs->len, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *folder = make_database (rows[i].sql);

      assert_only_problem (folder, rows[i].reason);
    }
}

static void
test_truncated (void)
{
  g_autofree char *source = mlflow_fixture ("database-3/mlflow.db");
  g_autofree char *folder = mlflow_make_folder ();
  g_autofree char *path = g_build_filename (folder, "mlflow.db", NULL);
  g_autofree char *content = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (source, &content, &length, NULL));
  for (gsize size = 1; size < length; size += 311)
    {
      g_autoptr (GPtrArray) runs = NULL;

      g_assert_true (g_file_set_contents (path, content, (gssize) size, NULL));
      runs = mlflow_list (READER, folder);
      for (guint i = 0; i < runs->len; i++)
        {
          const GranaryRun *run = g_ptr_array_index (runs, i);
          g_autoptr (GranaryTask) task = READER->read (run, NULL, NULL);

          g_assert_nonnull (task);
        }
    }

  g_assert_true (g_file_set_contents (path, content, 8192, NULL));
  assert_only_problem (folder, GRANARY_REASON_TASK_UNREADABLE);
  g_assert_true (g_file_set_contents (path, "<html>not found</html>", -1, NULL));
  assert_only_problem (folder, GRANARY_REASON_TASK_UNREADABLE);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  assert_only_problem (folder, GRANARY_REASON_TASK_MISSING);
}

/* Every byte of the file changed in turn: no crash, no hang, and rows or a problem. */
static void
test_flipped (void)
{
  g_autofree char *source = mlflow_fixture ("database-3/mlflow.db");
  g_autofree char *folder = mlflow_make_folder ();
  g_autofree char *path = g_build_filename (folder, "mlflow.db", NULL);
  g_autofree char *content = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (source, &content, &length, NULL));
  for (gsize i = 0; i < length; i += 37)
    {
      g_autoptr (GPtrArray) runs = NULL;

      content[i] ^= 0x5a;
      g_assert_true (g_file_set_contents_full (path, content, (gssize) length,
                                               G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      content[i] ^= 0x5a;
      runs = mlflow_list (READER, folder);
      for (guint n = 0; n < runs->len; n++)
        {
          const GranaryRun *run = g_ptr_array_index (runs, n);
          g_autoptr (GranaryTask) task = READER->read (run, NULL, NULL);
          g_autoptr (GranaryTaskDetails) details = READER->load (run, NULL, NULL);

          g_assert_true (task == NULL || g_utf8_validate (task->name, -1, NULL));
        }
    }
}

static void
test_values (void)
{
  g_autofree char *folder = make_database (
    RUNS
    "CREATE TABLE latest_metrics (key, value, timestamp, step, is_nan, run_uuid);"
    "INSERT INTO runs VALUES"
    " ('r1', x'ff00fe', x'ff', 9223372036854775807, 'x', 'active', 7, '../../..'),"
    " (NULL, 'no id', 'RUNNING', 1, 2, 'active', NULL, 1),"
    " ('../up', 'id that leads out', 'RUNNING', 1, 2, 'active', NULL, 1),"
    " ('', 'empty id', 'RUNNING', 1, 2, 'active', NULL, 1),"
    " ('42', 'number', 3, -1, 1e300, NULL, '', NULL),"
    " ('r1', 'twice', 'RUNNING', 1, 2, 'active', NULL, 1);"
    "INSERT INTO latest_metrics VALUES ('acc', 'text', 1, 1, 0, '42'), (NULL, 1, 1, 1, 0, '42'),"
    " ('acc', 2, 1, 1, 0, '42'), ('inf', 9e999, 1, 1, 0, '42'), ('null', NULL, 1, 1, 0, '42'),"
    " ('  ', 1, 1, 1, 0, '42'), ('system/gpu', 1, 1, 1, 0, '42'),"
    " ('third', 1e0/3, 1, 1, 0, '42');");
  g_autoptr (GPtrArray) runs = mlflow_list (READER, folder);
  g_autoptr (GranaryTask) task = NULL;
  g_autoptr (GranaryTaskDetails) details = NULL;
  g_autofree char *metrics = NULL;

  g_assert_cmpuint (runs->len, ==, 2);
  task = mlflow_read (READER, folder, "r1");
  g_assert_true (g_utf8_validate (task->name, -1, NULL));
  g_assert_cmpint (task->started, ==, 0);
  g_assert_false (task->importable);

  mlflow_write (folder, "mlruns/0/42/artifacts/file", "x");
  details = mlflow_load (READER, folder, "42");
  g_assert_cmpuint (details->outputs->len, ==, 1);
  metrics = mlflow_metrics_text (((GranaryTaskOutput *) details->outputs->pdata[0])->metrics);
  g_assert_nonnull (strstr (metrics, "inf=inf"));
  g_assert_nonnull (strstr (metrics, "null=nan"));
  g_assert_nonnull (strstr (metrics, "third=0.333333333333333"));
  g_assert_null (strstr (metrics, "system/"));
}

static void
test_cancelled (void)
{
  g_autofree char *folder = mlflow_fixture ("database-3");
  g_autoptr (GranaryRun) run = granary_run_new (READER, folder, ID ("d1"), 0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other_error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (READER->read (run, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (READER->load (run, cancellable, &other_error));
  g_assert_error (other_error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/mlflow-db/claims", test_claims);
  g_test_add_func ("/mlflow-db/schemas", test_schemas);
  g_test_add_func ("/mlflow-db/rows", test_rows);
  g_test_add_func ("/mlflow-db/locked", test_locked);
  g_test_add_func ("/mlflow-db/write-ahead", test_write_ahead);
  g_test_add_func ("/mlflow-db/schema", test_schema);
  g_test_add_func ("/mlflow-db/truncated", test_truncated);
  g_test_add_func ("/mlflow-db/flipped", test_flipped);
  g_test_add_func ("/mlflow-db/values", test_values);
  g_test_add_func ("/mlflow-db/cancelled", test_cancelled);

  return g_test_run ();
}
