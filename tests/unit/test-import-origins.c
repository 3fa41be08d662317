/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The draft of an import whose files come from a task, from automatic learning or from object
 * storage. */

#include "config.h"

#include <string.h>

#include "granary-error.h"
#include "granary-fake-tasks.h"
#include "granary-folder-storage.h"
#include "granary-import-draft.h"
#include "granary-local.h"
#include "granary-metric.h"
#include "granary-test-repository.h"

#define CONFIG "{\n  \"batch\" : 1e0,\n  \"key\":\"old\" , \"x\": [1,2]\n}\n"

typedef struct
{
  GranaryTestPlace    place;
  GranaryFakeTasks   *tasks;
  GranaryImportDraft *draft;
  char               *run; /* a folder with the outputs of a run */
} Fixture;

static GranaryConnection *
open_local (const char  *root,
            GError     **error)
{
  return granary_local_open (root, g_main_context_get_thread_default (), error);
}

static void
copy_model (const char *folder,
            const char *name)
{
  g_autofree char *from = g_test_build_filename (G_TEST_DIST, "data", "models", name, NULL);
  g_autofree char *to = g_build_filename (folder, name, NULL);
  g_autofree char *content = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (from, &content, &length, &error);
  g_assert_no_error (error);
  g_file_set_contents (to, content, (gssize) length, &error);
  g_assert_no_error (error);
}

static GranaryTaskOutput *
add_output (GranaryTaskDetails *details,
            const char         *id,
            const char         *metric,
            const char         *value)
{
  GranaryTaskOutput *output = granary_task_output_new (id);

  g_ptr_array_add (output->metrics, granary_metric_new (metric, value));
  g_ptr_array_add (details->outputs, output);

  return output;
}

static char **
one_path (const char *folder,
          const char *name)
{
  char **paths = g_new0 (char *, 2);

  paths[0] = g_build_filename (folder, name, NULL);
  return paths;
}

/* A run with two outputs, which lie in folders of their own. */
static void
add_run (Fixture          *fixture,
         GranaryTaskKinds  kinds)
{
  GranaryTask *task = granary_fake_tasks_add (fixture->tasks, -1, "run-1", "训练 7");
  g_autoptr (GranaryTaskDetails) details = NULL;
  GranaryTaskOutput *output;

  task->kinds = kinds;
  details = granary_task_details_new (task);
  output = add_output (details, "best", "mAP50", "0.71");
  output->framework = g_strdup ("PyTorch");
  output->preference = g_strdup ("yolo11n");
  output->scene = g_strdup ("rec");
  output->paths = one_path (fixture->run, "best");
  output = add_output (details, "last", "mAP50", "0.69");
  output->paths = one_path (fixture->run, "last");
  granary_fake_tasks_set_details (fixture->tasks, details);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autofree char *best = NULL;
  g_autofree char *last = NULL;
  g_autofree char *config = NULL;
  g_autofree char *keep = NULL;
  g_autoptr (GranaryObjectStorage) storage = NULL;

  granary_test_place_set_up (&fixture->place, open_local);
  fixture->run = granary_test_place_path (&fixture->place, "bucket/run");
  best = g_build_filename (fixture->run, "best", NULL);
  last = g_build_filename (fixture->run, "last", NULL);
  config = granary_test_write (best, "config.json", CONFIG);
  keep = granary_test_write (last, "notes.txt", "later");
  copy_model (best, "small.onnx");
  copy_model (last, "state-dict.pt");

  fixture->tasks = granary_fake_tasks_new (TRUE);
  storage = granary_folder_storage_new (fixture->place.folder);
  granary_connection_set_task_source (fixture->place.connection,
                                      GRANARY_TASK_SOURCE (fixture->tasks));
  granary_connection_set_storage (fixture->place.connection, storage);
  fixture->draft = granary_import_draft_new (fixture->place.connection);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->draft != NULL)
    g_assert_finalize_object (g_steal_pointer (&fixture->draft));
  g_object_unref (fixture->tasks);
  g_free (fixture->run);
  granary_test_place_tear_down (&fixture->place);
}

static void
wait_idle (GranaryImportDraft *draft)
{
  while (granary_import_draft_get_busy (draft))
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_metric (GPtrArray  *metrics,
               const char *text)
{
  g_assert_cmpuint (metrics->len, ==, 1);
  g_assert_cmpstr (((GranaryMetric *) g_ptr_array_index (metrics, 0))->text, ==, text);
}

static void
enter_metric (GranaryImportDraft *draft,
              const char         *text)
{
  g_autoptr (GPtrArray) metrics =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);

  g_ptr_array_add (metrics, granary_metric_new ("mAP50", text));
  granary_import_draft_set_metrics (draft, metrics);
}

static GranaryImportRequest *
make_request (GranaryImportDraft *draft)
{
  g_autoptr (GError) error = NULL;
  GranaryImportRequest *request;

  wait_idle (draft);
  request = granary_import_draft_make_request (draft, &error);
  g_assert_no_error (error);

  return request;
}

static void
test_task (Fixture       *fixture,
           gconstpointer  data)
{
  GranaryImportDraft *draft = fixture->draft;
  g_autoptr (GranaryImportRequest) request = NULL;

  add_run (fixture, GRANARY_TASK_TRAINING);
  granary_import_draft_set_source (draft, GRANARY_SOURCE_TASK);
  g_assert_true (granary_import_draft_is_missing (draft, GRANARY_DRAFT_TASK));
  g_assert_false (granary_import_draft_get_ready (draft));

  granary_import_draft_set_task_uid (draft, "run-1");
  g_assert_true (granary_import_draft_get_busy (draft));
  wait_idle (draft);
  g_assert_true (granary_import_draft_get_ready (draft));
  g_assert_cmpstr (granary_import_draft_get_name (draft), ==, "训练-7");
  g_assert_cmpstr (granary_import_draft_get_framework (draft), ==, "PyTorch");
  g_assert_cmpstr (granary_import_draft_get_format (draft), ==, "ONNX");
  assert_metric (granary_import_draft_get_metrics (draft), "0.71");
  g_assert_cmpuint (granary_file_set_get_n_files (granary_import_draft_get_files (draft)), ==, 2);

  /* Another output brings its own metrics and files, until there are others. */
  granary_import_draft_set_output (draft, "last");
  wait_idle (draft);
  assert_metric (granary_import_draft_get_metrics (draft), "0.69");
  g_assert_nonnull (granary_file_set_find (granary_import_draft_get_files (draft),
                                           "state-dict.pt"));
  g_assert_false (granary_import_draft_metrics_are_edited (draft));
  enter_metric (draft, "0.5");
  g_assert_true (granary_import_draft_metrics_are_edited (draft));
  granary_import_draft_set_output (draft, "best");
  wait_idle (draft);
  assert_metric (granary_import_draft_get_metrics (draft), "0.5");
  granary_import_draft_reset_metrics (draft);
  assert_metric (granary_import_draft_get_metrics (draft), "0.71");
  g_assert_false (granary_import_draft_metrics_are_edited (draft));

  granary_import_draft_remove_file (draft, "config.json");
  request = make_request (draft);
  g_assert_cmpint (request->source, ==, GRANARY_SOURCE_TASK);
  g_assert_cmpstr (request->task_uid, ==, "run-1");
  g_assert_cmpstr (request->task_version, ==, "best");
  g_assert_cmpuint (request->task_kinds, ==, GRANARY_TASK_TRAINING);
  g_assert_null (request->preference);
  g_assert_null (request->address);
  g_assert_cmpuint (granary_file_set_get_n_files (request->files), ==, 1);
}

/* What was chosen for one origin is there again when it counts again. */
static void
test_switching (Fixture       *fixture,
                gconstpointer  data)
{
  GranaryImportDraft *draft = fixture->draft;
  g_autofree char *path = g_build_filename (fixture->run, "last", NULL);

  add_run (fixture, GRANARY_TASK_TRAINING);
  granary_import_draft_add_paths (draft, (const char *[]) { path, NULL });
  enter_metric (draft, "0.1");
  granary_import_draft_set_source (draft, GRANARY_SOURCE_TASK);
  granary_import_draft_set_task_uid (draft, "run-1");
  granary_import_draft_set_source (draft, GRANARY_SOURCE_AUTOML);
  wait_idle (draft);
  g_assert_null (granary_import_draft_get_task_uid (draft));
  g_assert_cmpuint (granary_import_draft_get_metrics (draft)->len, ==, 0);
  g_assert_false (granary_import_draft_get_ready (draft));

  granary_import_draft_set_source (draft, GRANARY_SOURCE_FILES);
  wait_idle (draft);
  assert_metric (granary_import_draft_get_metrics (draft), "0.1");
  g_assert_cmpuint (granary_file_set_get_n_files (granary_import_draft_get_files (draft)), ==, 2);
  g_assert_cmpstr (granary_import_draft_get_framework (draft), ==, "PyTorch");
  g_assert_cmpstr (granary_import_draft_get_name (draft), ==, "last");

  granary_import_draft_set_source (draft, GRANARY_SOURCE_TASK);
  wait_idle (draft);
  g_assert_cmpstr (granary_import_draft_get_task_uid (draft), ==, "run-1");
  assert_metric (granary_import_draft_get_metrics (draft), "0.71");
  g_assert_cmpstr (granary_import_draft_get_name (draft), ==, "训练-7");
}

static void
test_automl (Fixture       *fixture,
             gconstpointer  data)
{
  GranaryImportDraft *draft = fixture->draft;
  g_autoptr (GranaryImportRequest) request = NULL;
  const GranarySourceFile *file;
  g_autofree char *text = NULL;

  add_run (fixture, GRANARY_TASK_OCR);
  granary_import_draft_set_source (draft, GRANARY_SOURCE_AUTOML);
  granary_import_draft_set_task_kind (draft, GRANARY_TASK_OCR);
  granary_import_draft_set_task_uid (draft, "run-1");
  wait_idle (draft);
  g_assert_cmpstr (granary_import_draft_get_scene (draft), ==, "rec");
  g_assert_cmpstr (granary_import_draft_get_task_version (draft), ==, "best");
  g_assert_cmpstr (granary_import_draft_get_config_key (draft), ==, "old");

  /* What is shown is not what was entered. */
  granary_import_draft_set_config_key (draft, "old");
  g_assert_null (granary_import_draft_get_file_text (draft, "config.json"));

  granary_import_draft_set_config_key (draft, "车\"牌");
  g_assert_cmpstr (granary_import_draft_get_file_text (draft, "config.json"), ==,
                   "{\n  \"batch\" : 1e0,\n  \"key\":\"车\\\"牌\" , \"x\": [1,2]\n}\n");
  granary_import_draft_set_scene (draft, "det");
  request = make_request (draft);
  g_assert_cmpstr (request->scene, ==, "det");
  g_assert_null (request->preference);
  g_assert_null (request->config_key);
  file = granary_file_set_find (request->files, "config.json");
  text = granary_test_read (file->path);
  g_assert_nonnull (strstr (text, "车"));

  granary_import_draft_set_config_key (draft, NULL);
  g_assert_cmpstr (granary_import_draft_get_config_key (draft), ==, "old");
  g_assert_null (granary_import_draft_get_file_text (draft, "config.json"));

  /* What else was written stays. */
  granary_import_draft_set_config_key (draft, "new");
  granary_import_draft_set_file_text (draft, "config.json", "{\"key\": \"new\", \"mine\": 1}");
  granary_import_draft_set_config_key (draft, NULL);
  g_assert_cmpstr (granary_import_draft_get_file_text (draft, "config.json"), ==,
                   "{\"key\": \"old\", \"mine\": 1}");
  granary_import_draft_set_file_text (draft, "config.json", NULL);
  wait_idle (draft);

  /* Without one, one is made, and goes again. */
  granary_import_draft_set_output (draft, "last");
  wait_idle (draft);
  g_assert_null (granary_import_draft_get_config_key (draft));
  granary_import_draft_set_config_key (draft, "made");
  g_assert_nonnull (strstr (granary_import_draft_get_file_text (draft, "config.json"), "made"));
  granary_import_draft_set_config_key (draft, NULL);
  g_assert_null (granary_import_draft_get_file_text (draft, "config.json"));

  /* Another kind of learning is another task. */
  granary_import_draft_set_task_kind (draft, GRANARY_TASK_VISION);
  g_assert_null (granary_import_draft_get_task_uid (draft));
  wait_idle (draft);
  g_assert_false (granary_import_draft_get_ready (draft));
}

static void
test_bad_task (Fixture       *fixture,
               gconstpointer  data)
{
  GranaryImportDraft *draft = fixture->draft;
  g_autoptr (GranaryTaskDetails) details = NULL;
  const GError *problem;

  granary_import_draft_set_source (draft, GRANARY_SOURCE_TASK);
  granary_import_draft_set_task_uid (draft, "nobody");
  wait_idle (draft);
  problem = granary_import_draft_get_problem (draft, GRANARY_DRAFT_TASK);
  g_assert_error (problem, GRANARY_ERROR, GRANARY_ERROR_NOT_FOUND);
  g_assert_false (granary_import_draft_get_ready (draft));

  details = granary_task_details_new (granary_fake_tasks_add (fixture->tasks, -1, "none", "空"));
  granary_fake_tasks_set_details (fixture->tasks, details);
  granary_import_draft_set_task_uid (draft, "none");
  wait_idle (draft);
  problem = granary_import_draft_get_problem (draft, GRANARY_DRAFT_TASK);
  g_assert_cmpint (granary_error_get_reason (problem), ==, GRANARY_REASON_TASK_EMPTY);

  /* Chosen again and again: only the last one counts, and nothing of it is left when it goes. */
  add_run (fixture, GRANARY_TASK_TRAINING);
  for (guint i = 0; i < 20; i++)
    {
      granary_import_draft_set_task_uid (draft, i % 2 == 0 ? "none" : "run-1");
      if (i % 3 == 0)
        g_main_context_iteration (NULL, FALSE);
    }
  wait_idle (draft);
  g_assert_true (granary_import_draft_get_ready (draft));
  g_assert_null (granary_import_draft_get_problem (draft, GRANARY_DRAFT_TASK));
  granary_import_draft_set_task_uid (draft, "none");
  g_assert_finalize_object (g_steal_pointer (&fixture->draft));
}

static void
test_address (Fixture       *fixture,
              gconstpointer  data)
{
  GranaryImportDraft *draft = fixture->draft;
  g_autoptr (GranaryImportRequest) request = NULL;
  g_autoptr (GranaryFileSet) added = NULL;

  granary_import_draft_set_source (draft, GRANARY_SOURCE_COS);
  g_assert_true (granary_import_draft_is_missing (draft, GRANARY_DRAFT_ADDRESS));
  granary_import_draft_set_address (draft, "bucket/run");
  wait_idle (draft);
  g_assert_nonnull (granary_import_draft_get_problem (draft, GRANARY_DRAFT_ADDRESS));
  g_assert_false (granary_import_draft_get_ready (draft));

  granary_import_draft_set_address (draft, "cos://bucket/nothing/");
  wait_idle (draft);
  g_assert_cmpint (granary_error_get_reason (
                     granary_import_draft_get_problem (draft, GRANARY_DRAFT_ADDRESS)),
                   ==, GRANARY_REASON_OBJECT_MISSING);

  granary_import_draft_set_address (draft, "cos://bucket/run/best");
  wait_idle (draft);
  g_assert_null (granary_import_draft_get_problem (draft, GRANARY_DRAFT_ADDRESS));
  g_assert_cmpuint (granary_import_draft_get_objects (draft)->len, ==, 2);
  g_assert_cmpstr (granary_import_draft_get_format (draft), ==, "ONNX");
  g_assert_cmpstr (granary_import_draft_get_name (draft), ==, "best");
  g_assert_false (granary_import_draft_is_missing (draft, GRANARY_DRAFT_CONFIG));
  g_assert_true (granary_import_draft_is_missing (draft, GRANARY_DRAFT_SERVICE));
  g_assert_cmpstr (granary_import_draft_get_found_text (draft, "config.json"), ==, CONFIG);
  g_assert_true (granary_import_draft_get_ready (draft));
  g_assert_null (granary_import_draft_dup_added_files (draft));

  /* What is written here goes there later. */
  granary_import_draft_set_file_text (draft, "config.json", "{ broken");
  wait_idle (draft);
  g_assert_nonnull (granary_import_draft_get_problem (draft, GRANARY_DRAFT_CONFIG));
  granary_import_draft_set_file_text (draft, "config.json", "{}");
  request = make_request (draft);
  g_assert_cmpint (request->source, ==, GRANARY_SOURCE_COS);
  g_assert_cmpstr (request->address, ==, "cos://bucket/run/best/");
  g_assert_cmpstr (request->source_ref, ==, "cos://bucket/run/best/");
  g_assert_null (request->files);
  added = granary_import_draft_dup_added_files (draft);
  g_assert_cmpuint (granary_file_set_get_n_files (added), ==, 1);

  /* Typed quickly, and dropped while it is read. */
  for (guint i = 0; i < 20; i++)
    granary_import_draft_set_address (draft, i % 2 == 0 ? "cos://bucket/run/last/"
                                                        : "cos://bucket/run/");
  granary_import_draft_set_address (draft, "cos://bucket/run/last/");
  wait_idle (draft);
  g_assert_cmpuint (granary_import_draft_get_objects (draft)->len, ==, 2);
  g_assert_cmpstr (granary_import_draft_get_framework (draft), ==, "PyTorch");
  granary_import_draft_set_address (draft, "cos://bucket/run/best/");
  g_assert_finalize_object (g_steal_pointer (&fixture->draft));
}

/* A task of a platform, whose files lie in its storage. */
static void
test_remote_task (Fixture       *fixture,
                  gconstpointer  data)
{
  GranaryImportDraft *draft = fixture->draft;
  g_autoptr (GranaryTaskDetails) details = NULL;
  g_autoptr (GranaryImportRequest) request = NULL;
  GranaryTaskOutput *output;

  details = granary_task_details_new (granary_fake_tasks_add (fixture->tasks, -1, "train-1", "t"));
  output = add_output (details, "", "loss", "0.1");
  output->address = g_strdup ("cos://bucket/run/best/");
  granary_fake_tasks_set_details (fixture->tasks, details);

  granary_import_draft_set_source (draft, GRANARY_SOURCE_AUTOML);
  granary_import_draft_set_task_kind (draft, GRANARY_TASK_OCR);
  granary_import_draft_set_task_uid (draft, "train-1");
  wait_idle (draft);
  g_assert_cmpstr (granary_import_draft_get_address (draft), ==, "cos://bucket/run/best/");
  g_assert_cmpuint (granary_import_draft_get_objects (draft)->len, ==, 2);
  g_assert_cmpstr (granary_import_draft_get_config_key (draft), ==, "old");
  g_assert_null (granary_import_draft_get_task_version (draft));
  granary_import_draft_set_task_version (draft, "v3");
  granary_import_draft_set_config_key (draft, "new");
  granary_import_draft_set_image (draft, "ccr.example.com/a/b:c", "{}");

  request = make_request (draft);
  g_assert_cmpint (request->source, ==, GRANARY_SOURCE_AUTOML);
  g_assert_cmpstr (request->address, ==, "cos://bucket/run/best/");
  g_assert_cmpstr (request->source_ref, ==, "train-1");
  g_assert_cmpstr (request->task_version, ==, "v3");
  g_assert_cmpstr (request->config_key, ==, "new");
  g_assert_cmpstr (request->environment, ==, "ccr.example.com/a/b:c");
  g_assert_cmpstr (request->image, ==, "{}");
  g_assert_null (request->files);

  /* Typed by hand, it is another environment. */
  granary_import_draft_set_environment (draft, "ccr.example.com/a/b:d");
  g_clear_pointer (&request, granary_import_request_free);
  request = make_request (draft);
  g_assert_null (request->image);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) \
  g_test_add ("/import-origins/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("task", test_task);
  ADD ("switching", test_switching);
  ADD ("automl", test_automl);
  ADD ("bad-task", test_bad_task);
  ADD ("address", test_address);
  ADD ("remote-task", test_remote_task);
#undef ADD

  return g_test_run ();
}
