/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "granary-error.h"
#include "granary-transfer-job-private.h"

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("granary-store-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", fixture->folder);

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->folder);
}

static GranaryTransferStore *
open_store (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GranaryTransferStore *store = granary_transfer_store_open (fixture->folder, &error);

  g_assert_no_error (error);
  return store;
}

static guint
count_locks (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->folder, "sessions", NULL);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  guint n_locks = 0;

  g_assert_nonnull (folder);
  while (g_dir_read_name (folder) != NULL)
    n_locks++;

  return n_locks;
}

static GranaryTransferJob *
new_job (const char *json,
         const char *path)
{
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_transfer_file_free);

  if (path != NULL)
    g_ptr_array_add (files, granary_transfer_file_new (path, "weights/权重.bin", 1 << 30, 77));

  return granary_transfer_job_new (GRANARY_TRANSFER_UPLOAD, "ocr v1",
                                   json_object_ref (json_node_get_object (node)), files);
}

static void
add_job (GranaryTransferStore *store,
         GranaryTransferJob   *job)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (jobs, job);
  g_assert_true (granary_transfer_store_add_jobs (store, jobs, &error));
  g_assert_no_error (error);
  g_assert_cmpint (granary_transfer_job_get_id (job), >, 0);
}

static GPtrArray *
take (GranaryTransferStore *store)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = granary_transfer_store_take_jobs (store, &error);

  g_assert_no_error (error);
  return rows;
}

/* Locks come and go with the stores; one that a crash left is taken away. */
static void
test_sessions (Fixture       *fixture,
               gconstpointer  data)
{
  GranaryTransferStore *one = open_store (fixture);
  GranaryTransferStore *two = open_store (fixture);
  g_autofree char *session = g_strdup (granary_transfer_store_get_session (two));
  g_autofree char *left = g_build_filename (fixture->folder, "sessions", "s-left.lock", NULL);

  g_assert_cmpstr (session, !=, granary_transfer_store_get_session (one));
  g_assert_cmpuint (count_locks (fixture), ==, 2);
  g_assert_true (granary_transfer_store_is_session_alive (one, session));
  g_assert_false (granary_transfer_store_is_session_alive (two, session));
  g_assert_false (granary_transfer_store_is_session_alive (one, ""));
  g_assert_false (granary_transfer_store_is_session_alive (one, "s-nobody"));
  g_assert_false (granary_transfer_store_is_session_alive (one, "../sessions/s-left"));

  g_assert_finalize_object (two);
  g_assert_false (granary_transfer_store_is_session_alive (one, session));
  g_assert_cmpuint (count_locks (fixture), ==, 1);

  g_assert_true (g_file_set_contents (left, "", 0, NULL));
  g_assert_false (granary_transfer_store_is_session_alive (one, "s-left"));
  two = open_store (fixture);
  g_assert_cmpuint (count_locks (fixture), ==, 2);
  g_assert_true (granary_transfer_store_is_session_alive (
    two, granary_transfer_store_get_session (one)));
  g_assert_finalize_object (two);
  g_assert_finalize_object (one);
}

/* Facts of all types, a path in no encoding, and an error come back as they were. */
static void
test_rows (Fixture       *fixture,
           gconstpointer  data)
{
  static const char path[] = "/data/\377\376 \n.bin";
  GranaryTransferStore *store = open_store (fixture);
  GranaryTransferJob *job = new_job ("{\"a\":\"x\",\"n\":[1,null,{\"b\":true}]}", path);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) failure = NULL;
  g_autofree char *text = NULL;
  GranaryJobRow *row;
  const GranaryTransferFile *file;
  gint64 id;

  add_job (store, job);
  id = granary_transfer_job_get_id (job);
  g_assert_true (granary_transfer_job_set_fact (job, "upload", "id-1", &error));
  g_assert_true (granary_transfer_job_set_fact (job, "gone", "y", &error));
  g_assert_true (granary_transfer_job_set_fact (job, "gone", NULL, &error));
  g_assert_true (granary_transfer_job_set_file_done (job, 0, &error));
  g_assert_true (granary_transfer_store_set_job_target (store, id, 3, 9, &error));
  granary_set_error (&failure, GRANARY_ERROR_QUOTA, GRANARY_REASON_NO_SPACE, "/data", "full");
  g_assert_true (granary_transfer_store_set_job_state (store, id, GRANARY_JOB_FAILED, failure,
                                                       &error));
  g_assert_no_error (error);
  g_assert_finalize_object (job);
  g_assert_finalize_object (store);

  store = open_store (fixture);
  rows = take (store);
  g_assert_cmpuint (rows->len, ==, 1);
  row = g_ptr_array_index (rows, 0);
  g_assert_cmpint (row->id, ==, id);
  g_assert_cmpint (row->kind, ==, GRANARY_TRANSFER_UPLOAD);
  g_assert_cmpstr (row->subject, ==, "ocr v1");
  g_assert_cmpint (row->state, ==, GRANARY_JOB_FAILED);
  g_assert_error (row->error, GRANARY_ERROR, GRANARY_ERROR_QUOTA);
  g_assert_true (granary_error_matches_reason (row->error, GRANARY_REASON_NO_SPACE));
  g_assert_cmpstr (row->error->message, ==, "full");
  g_assert_cmpint (row->model_id, ==, 3);
  g_assert_cmpint (row->version_id, ==, 9);
  g_assert_cmpint (row->n_files, ==, 1);
  g_assert_cmpint (row->n_done, ==, 1);
  g_assert_cmpint (row->bytes, ==, 1 << 30);
  g_assert_cmpint (row->bytes_done, ==, 1 << 30);

  job = granary_transfer_job_new_from_row (store, row);
  text = granary_transfer_job_dup_facts_text (job);
  g_assert_cmpstr (text, ==, "{\"a\":\"x\",\"n\":[1,null,{\"b\":true}],\"upload\":\"id-1\"}");
  files = granary_transfer_store_load_job_files (store, id, &error);
  g_assert_no_error (error);
  file = g_ptr_array_index (files, 0);
  g_assert_cmpstr (file->path, ==, path);
  g_assert_cmpstr (file->target, ==, "weights/权重.bin");
  g_assert_cmpint (file->mtime, ==, 77);
  g_assert_true (file->done);
  g_assert_finalize_object (job);

  g_clear_pointer (&rows, g_ptr_array_unref);
  rows = take (store);
  g_assert_cmpuint (rows->len, ==, 0);
  g_assert_true (granary_transfer_store_remove_jobs (store, &id, 1, &error));
  g_assert_no_error (error);
  g_assert_finalize_object (store);
}

/* Equal means the same facts in any order, and the same files. */
static void
test_digest (Fixture       *fixture,
             gconstpointer  data)
{
  static const char *const others[] = {
    "{\"a\":1,\"b\":{\"c\":\"x\",\"d\":[1,3]}}",
    "{\"a\":1,\"b\":{\"c\":\"x\"},\"d\":[1,2]}",
    "{\"a\":\"1\",\"b\":{\"c\":\"x\",\"d\":[1,2]}}",
    "{}",
  };
  static const char facts[] = "{\"a\":1,\"b\":{\"c\":\"x\",\"d\":[1,2]}}";
  g_autoptr (GranaryTransferJob) job = new_job (facts, "/a");
  g_autoptr (GranaryTransferJob) same = new_job ("{\"b\":{\"d\":[1,2],\"c\":\"x\"},\"a\":1}", "/a");
  g_autoptr (GranaryTransferJob) moved = new_job (facts, "/b");
  g_autofree char *digest = granary_transfer_job_dup_digest (job);
  g_autofree char *same_digest = granary_transfer_job_dup_digest (same);
  g_autofree char *moved_digest = granary_transfer_job_dup_digest (moved);

  g_assert_cmpstr (digest, ==, same_digest);
  g_assert_cmpstr (digest, !=, moved_digest);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (GranaryTransferJob) other = new_job (others[i], "/a");
      g_autofree char *other_digest = granary_transfer_job_dup_digest (other);

      g_assert_cmpstr (digest, !=, other_digest);
    }
}

/* Small files done in a moment share a commit; all are there when the run ends. */
static void
test_flush (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GranaryTransferStore) store = open_store (fixture);
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_transfer_file_free);
  g_autoptr (GranaryTransferJob) job = NULL;
  g_autoptr (GPtrArray) stored = NULL;
  g_autoptr (GError) error = NULL;
  gint64 begun;

  for (guint i = 0; i < 10000; i++)
    g_ptr_array_add (files, granary_transfer_file_new ("/data/a", "a", 4096, 1));
  job = granary_transfer_job_new (GRANARY_TRANSFER_UPLOAD, "small", json_object_new (), files);
  add_job (store, job);
  g_assert_true (granary_transfer_job_load_files (job, &error));

  begun = g_get_monotonic_time ();
  for (guint i = 0; i < 10000; i++)
    g_assert_true (granary_transfer_job_set_file_done (job, i, &error));
  g_test_message ("10,000 files done: %.1f ms",
                  (double) (g_get_monotonic_time () - begun) / G_TIME_SPAN_MILLISECOND);
  g_assert_true (granary_transfer_job_unload_files (job, &error));
  g_assert_no_error (error);

  stored = granary_transfer_store_load_job_files (store, granary_transfer_job_get_id (job), &error);
  g_assert_cmpuint (stored->len, ==, 10000);
  for (guint i = 0; i < stored->len; i++)
    g_assert_true (((GranaryTransferFile *) g_ptr_array_index (stored, i))->done);
}

static void
exec (Fixture    *fixture,
      const char *sql)
{
  g_autofree char *path = g_build_filename (fixture->folder, "transfers.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryDatabase) database =
    granary_database_open (path, GRANARY_DATABASE_CREATE, &error);

  g_assert_no_error (error);
  g_assert_true (granary_database_exec (database, sql, &error));
  g_assert_no_error (error);
}

/* Content that is not as it should be is answered, not tripped over. */
static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  GranaryTransferStore *store = open_store (fixture);
  g_autoptr (GPtrArray) rows = NULL;
  const GranaryJobRow *row;

  g_assert_finalize_object (store);
  exec (fixture,
        "INSERT INTO jobs (session, position, state, kind, facts, digest, added, error_code,"
        " error_from) VALUES"
        " ('x/../y', 1, 2, 1, 'no json', '', 0, 999, '0.0'),"
        " ('', 2, 99, 99, '[1]', '', 0, NULL, NULL)");

  store = open_store (fixture);
  rows = take (store);
  g_assert_cmpuint (rows->len, ==, 2);
  row = g_ptr_array_index (rows, 0);
  g_assert_cmpuint (json_object_get_size (row->facts), ==, 0);
  g_assert_error (row->error, GRANARY_ERROR, GRANARY_ERROR_BACKEND);
  row = g_ptr_array_index (rows, 1);
  g_assert_cmpint (row->state, ==, GRANARY_JOB_FAILED);
  g_assert_cmpint (row->kind, ==, GRANARY_TRANSFER_PURGE);
  g_assert_finalize_object (store);
}

static void
assert_refused (Fixture       *fixture,
                GranaryReason  reason)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryTransferStore) store = granary_transfer_store_open (fixture->folder, &error);

  g_assert_null (store);
  g_assert_true (granary_error_matches_reason (error, reason));
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "transfers.db", NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *index = g_strconcat (path, "-shm", NULL);

  exec (fixture, "CREATE TABLE somebody (a); PRAGMA user_version = 1");
  assert_refused (fixture, GRANARY_REASON_REPOSITORY_UNUSABLE);
  g_assert_no_errno (g_unlink (path));
  g_unlink (log);
  g_unlink (index);

  g_object_unref (open_store (fixture));
  exec (fixture, "PRAGMA user_version = 99");
  assert_refused (fixture, GRANARY_REASON_CATALOG_NEWER);
  g_unlink (log);
  g_unlink (index);

  g_assert_true (g_file_set_contents (path, "this is no database, and long enough for one", -1,
                                      NULL));
  assert_refused (fixture, GRANARY_REASON_CATALOG_CORRUPT);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, function) \
  g_test_add ("/transfer-store/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("sessions", test_sessions);
  ADD ("rows", test_rows);
  ADD ("digest", test_digest);
  ADD ("flush", test_flush);
  ADD ("damaged", test_damaged);
  ADD ("refused", test_refused);
#undef ADD

  return g_test_run ();
}
