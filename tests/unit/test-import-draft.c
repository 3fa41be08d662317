/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-import-draft.h"
#include "granary-local.h"
#include "granary-metric.h"
#include "granary-test-repository.h"

typedef struct
{
  GranaryTestPlace    place;
  GranaryImportDraft *draft;
} Fixture;

static GranaryConnection *
open_local (const char  *root,
            GError     **error)
{
  return granary_local_open (root, g_main_context_get_thread_default (), error);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  granary_test_place_set_up (&fixture->place, open_local);
  fixture->draft = granary_import_draft_new (fixture->place.connection);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->draft != NULL)
    g_assert_finalize_object (g_steal_pointer (&fixture->draft));
  granary_test_place_tear_down (&fixture->place);
}

static void
wait_idle (GranaryImportDraft *draft)
{
  while (granary_import_draft_get_busy (draft))
    g_main_context_iteration (NULL, TRUE);
}

static char *
model_path (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "data", "models", name, NULL);
}

static void
add_path (GranaryImportDraft *draft,
          const char         *path)
{
  granary_import_draft_add_paths (draft, (const char *[]) { path, NULL });
}

static void
add_model (GranaryImportDraft *draft,
           const char         *name)
{
  g_autofree char *path = model_path (name);

  add_path (draft, path);
}

static void
assert_problem (GranaryImportDraft *draft,
                GranaryDraftField   field,
                GranaryReason       reason)
{
  const GError *problem = granary_import_draft_get_problem (draft, field);

  g_assert_nonnull (problem);
  g_assert_cmpint (granary_error_get_reason (problem), ==, reason);
  g_assert_false (granary_import_draft_get_ready (draft));
}

static void
assert_no_problem (GranaryImportDraft *draft)
{
  for (guint field = 0; field < GRANARY_N_DRAFT_FIELDS; field++)
    g_assert_no_error (granary_import_draft_get_problem (draft, (GranaryDraftField) field));
}

/* Imports what the draft says. */
static void
import (Fixture    *fixture,
        const char *name,
        int         number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryImportRequest) request = NULL;
  g_autoptr (GranaryVersion) version = NULL;

  wait_idle (fixture->draft);
  request = granary_import_draft_make_request (fixture->draft, &error);
  g_assert_no_error (error);
  version = granary_test_import_request (fixture->place.repository, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (version->model_name, ==, name);
  g_assert_cmpint (version->number, ==, number);
}

static void
test_fresh (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (granary_import_draft_get_target_is_new (fixture->draft));
  g_assert_cmpint (granary_import_draft_get_next_number (fixture->draft), ==, 1);
  g_assert_cmpstr (granary_import_draft_get_name (fixture->draft), ==, "");
  g_assert_false (granary_import_draft_get_ready (fixture->draft));
  g_assert_false (granary_import_draft_get_busy (fixture->draft));
  g_assert_false (granary_import_draft_is_touched (fixture->draft));
  assert_no_problem (fixture->draft);
  g_assert_true (granary_import_draft_is_missing (fixture->draft, GRANARY_DRAFT_NAME));
  g_assert_true (granary_import_draft_is_missing (fixture->draft, GRANARY_DRAFT_FILES));
  g_assert_true (granary_import_draft_is_missing (fixture->draft, GRANARY_DRAFT_CONFIG));
  g_assert_false (granary_import_draft_is_missing (fixture->draft, GRANARY_DRAFT_MODEL));
  g_assert_null (granary_import_draft_make_request (fixture->draft, &error));
  g_assert_cmpint (granary_error_get_reason (error), ==, GRANARY_REASON_NAME_EMPTY);
}

static void
test_follows_files (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (GranaryImportRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  add_model (fixture->draft, "small.onnx");
  g_assert_true (granary_import_draft_get_busy (fixture->draft));
  g_assert_false (granary_import_draft_get_ready (fixture->draft));
  wait_idle (fixture->draft);

  g_assert_cmpstr (granary_import_draft_get_name (fixture->draft), ==, "small");
  g_assert_cmpstr (granary_import_draft_get_framework (fixture->draft), ==, "ONNX");
  g_assert_cmpstr (granary_import_draft_get_format (fixture->draft), ==, "ONNX");
  assert_no_problem (fixture->draft);
  g_assert_true (granary_import_draft_get_ready (fixture->draft));
  /* One choice of files is no work to lose. */
  g_assert_false (granary_import_draft_is_touched (fixture->draft));

  /* Another file, another suggestion, as long as nothing was typed. */
  granary_import_draft_clear_files (fixture->draft);
  add_model (fixture->draft, "state-dict.pt");
  wait_idle (fixture->draft);
  g_assert_cmpstr (granary_import_draft_get_name (fixture->draft), ==, "state-dict");
  g_assert_cmpstr (granary_import_draft_get_framework (fixture->draft), ==, "PyTorch");

  granary_import_draft_set_name (fixture->draft, " 检测 ");
  granary_import_draft_set_framework (fixture->draft, "PaddlePaddle");
  granary_import_draft_clear_files (fixture->draft);
  add_model (fixture->draft, "small.onnx");
  wait_idle (fixture->draft);
  g_assert_cmpstr (granary_import_draft_get_name (fixture->draft), ==, " 检测 ");
  g_assert_cmpstr (granary_import_draft_get_framework (fixture->draft), ==, "PaddlePaddle");
  g_assert_cmpstr (granary_import_draft_get_format (fixture->draft), ==, "ONNX");
  g_assert_true (granary_import_draft_is_touched (fixture->draft));

  request = granary_import_draft_make_request (fixture->draft, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (request->name, ==, "检测");
  g_assert_cmpint (request->source, ==, GRANARY_SOURCE_FILES);
  g_assert_true (g_str_has_suffix (request->source_ref, "small.onnx"));
  g_assert_nonnull (strstr (request->inspection, "\"opset\":17"));

  /* Empty lets it follow the files again. */
  granary_import_draft_set_framework (fixture->draft, "");
  g_assert_cmpstr (granary_import_draft_get_framework (fixture->draft), ==, "ONNX");
  granary_import_draft_set_name (fixture->draft, "");
  g_assert_false (granary_import_draft_get_ready (fixture->draft));
  assert_no_problem (fixture->draft);
}

static void
test_name (Fixture       *fixture,
           gconstpointer  data)
{
  add_model (fixture->draft, "small.onnx");
  import (fixture, "small", 1);

  /* The draft hears of it: its own name is taken now. */
  while (granary_import_draft_get_problem (fixture->draft, GRANARY_DRAFT_NAME) == NULL)
    g_main_context_iteration (NULL, TRUE);
  assert_problem (fixture->draft, GRANARY_DRAFT_NAME, GRANARY_REASON_NAME_TAKEN);

  granary_import_draft_set_name (fixture->draft, "a/b");
  assert_problem (fixture->draft, GRANARY_DRAFT_NAME, GRANARY_REASON_NAME_CHARACTER);
  wait_idle (fixture->draft);
  assert_problem (fixture->draft, GRANARY_DRAFT_NAME, GRANARY_REASON_NAME_CHARACTER);

  /* Without regard to case. */
  granary_import_draft_set_name (fixture->draft, "SMALL");
  wait_idle (fixture->draft);
  assert_problem (fixture->draft, GRANARY_DRAFT_NAME, GRANARY_REASON_NAME_TAKEN);

  /* Typed quickly: the last one counts, whatever order answers come in. */
  for (guint i = 0; i < 50; i++)
    {
      granary_import_draft_set_name (fixture->draft, "small");
      granary_import_draft_set_name (fixture->draft, "sm");
      granary_import_draft_set_name (fixture->draft, i % 2 == 0 ? "small2" : "Small");
      if (i % 7 == 0)
        g_main_context_iteration (NULL, FALSE);
    }
  wait_idle (fixture->draft);
  assert_problem (fixture->draft, GRANARY_DRAFT_NAME, GRANARY_REASON_NAME_TAKEN);
  granary_import_draft_set_name (fixture->draft, "small3");
  wait_idle (fixture->draft);
  g_assert_true (granary_import_draft_get_ready (fixture->draft));
}

static void
test_new_version (Fixture       *fixture,
                  gconstpointer  data)
{
  gint64 model_id;
  g_autoptr (GError) error = NULL;

  add_model (fixture->draft, "small.onnx");
  import (fixture, "small", 1);
  model_id = granary_catalog_find_model (fixture->place.catalog, "small", &error);
  g_assert_no_error (error);

  granary_import_draft_set_target_is_new (fixture->draft, FALSE);
  g_assert_true (granary_import_draft_is_missing (fixture->draft, GRANARY_DRAFT_MODEL));
  g_assert_cmpint (granary_import_draft_get_next_number (fixture->draft), ==, 0);
  wait_idle (fixture->draft);
  g_assert_false (granary_import_draft_get_ready (fixture->draft));

  granary_import_draft_set_model_id (fixture->draft, model_id);
  wait_idle (fixture->draft);
  g_assert_cmpint (granary_import_draft_get_next_number (fixture->draft), ==, 2);
  g_assert_true (granary_import_draft_get_ready (fixture->draft));
  import (fixture, "small", 2);
  while (granary_import_draft_get_next_number (fixture->draft) != 3)
    g_main_context_iteration (NULL, TRUE);

  granary_import_draft_set_model_id (fixture->draft, model_id + 1000);
  wait_idle (fixture->draft);
  assert_problem (fixture->draft, GRANARY_DRAFT_MODEL, GRANARY_REASON_MODEL_MISSING);
  granary_import_draft_set_target_is_new (fixture->draft, TRUE);
  g_assert_cmpint (granary_import_draft_get_next_number (fixture->draft), ==, 1);
  g_assert_null (granary_import_draft_get_problem (fixture->draft, GRANARY_DRAFT_MODEL));
}

static void
test_texts (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *folder = granary_test_place_path (&fixture->place, "source");
  g_autofree char *config = granary_test_write (folder, "config.json", "{ broken");
  g_autofree char *template = NULL;
  g_autofree char *stored = NULL;
  const GranarySourceFile *file;
  g_autofree char *written = NULL;

  add_model (fixture->draft, "small.onnx");
  add_path (fixture->draft, folder);
  wait_idle (fixture->draft);
  assert_problem (fixture->draft, GRANARY_DRAFT_CONFIG, GRANARY_REASON_JSON_SYNTAX);
  g_assert_false (granary_import_draft_is_missing (fixture->draft, GRANARY_DRAFT_CONFIG));
  g_assert_true (granary_import_draft_is_missing (fixture->draft, GRANARY_DRAFT_SERVICE));

  granary_import_draft_set_file_text (fixture->draft, "config.json", "[]");
  assert_problem (fixture->draft, GRANARY_DRAFT_CONFIG, GRANARY_REASON_JSON_NOT_OBJECT);
  granary_import_draft_set_file_text (fixture->draft, "model_service.py", "def f(:");
  wait_idle (fixture->draft);
  assert_problem (fixture->draft, GRANARY_DRAFT_SERVICE, GRANARY_REASON_PYTHON_IMPLAUSIBLE);

  template = granary_import_draft_make_template (fixture->draft, "model_service.py");
  g_assert_nonnull (strstr (template, "onnxruntime"));
  g_assert_nonnull (strstr (template, "small.onnx"));
  granary_import_draft_set_file_text (fixture->draft, "model_service.py", template);
  granary_import_draft_set_file_text (fixture->draft, "config.json", "{\"a\": 1}");
  granary_import_draft_set_file_text (fixture->draft, "config.json", "{\"a\": 2}");
  wait_idle (fixture->draft);
  assert_no_problem (fixture->draft);
  g_assert_true (granary_import_draft_get_ready (fixture->draft));
  g_assert_cmpuint (granary_file_set_get_n_files (granary_import_draft_get_files (fixture->draft)),
                    ==, 3);
  file = granary_file_set_find (granary_import_draft_get_files (fixture->draft), "config.json");
  written = g_path_get_dirname (file->path);

  import (fixture, "small", 1);
  stored = granary_repository_dup_path (fixture->place.repository, "small", 1, "config.json");
  g_clear_pointer (&template, g_free);
  template = granary_test_read (stored);
  g_assert_cmpstr (template, ==, "{\"a\": 2}");
  /* What was chosen and replaced is as it was. */
  g_clear_pointer (&template, g_free);
  template = granary_test_read (config);
  g_assert_cmpstr (template, ==, "{ broken");

  /* Taken back, the chosen one counts again. */
  granary_import_draft_set_file_text (fixture->draft, "config.json", NULL);
  wait_idle (fixture->draft);
  assert_problem (fixture->draft, GRANARY_DRAFT_CONFIG, GRANARY_REASON_JSON_SYNTAX);
  granary_import_draft_remove_file (fixture->draft, "config.json");
  granary_import_draft_remove_file (fixture->draft, "model_service.py");
  wait_idle (fixture->draft);
  g_assert_true (granary_import_draft_is_missing (fixture->draft, GRANARY_DRAFT_CONFIG));
  g_assert_null (granary_import_draft_get_file_text (fixture->draft, "model_service.py"));
  g_assert_cmpuint (granary_file_set_get_n_files (granary_import_draft_get_files (fixture->draft)),
                    ==, 1);

  /* Nothing stays behind in the temporary folder; its worker removes it. */
  g_assert_finalize_object (g_steal_pointer (&fixture->draft));
  while (g_file_test (written, G_FILE_TEST_EXISTS))
    g_usleep (1000);
}

static void
test_metrics (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GPtrArray) metrics =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);

  add_model (fixture->draft, "small.onnx");
  wait_idle (fixture->draft);

  g_ptr_array_add (metrics, granary_metric_new ("acc", "0.9"));
  granary_import_draft_set_metrics (fixture->draft, metrics);
  assert_no_problem (fixture->draft);
  g_assert_true (granary_import_draft_get_ready (fixture->draft));

  g_ptr_array_add (metrics, granary_metric_new ("acc", "0.8"));
  /* Copied: what the caller does afterwards is its own affair. */
  g_assert_cmpuint (granary_import_draft_get_metrics (fixture->draft)->len, ==, 1);
  granary_import_draft_set_metrics (fixture->draft, metrics);
  assert_problem (fixture->draft, GRANARY_DRAFT_METRICS, GRANARY_REASON_METRIC_DUPLICATE);

  g_ptr_array_set_size (metrics, 0);
  granary_import_draft_set_metrics (fixture->draft, metrics);
  g_assert_true (granary_import_draft_get_ready (fixture->draft));
}

static void
test_file_problems (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autofree char *folder = granary_test_place_path (&fixture->place, "source");
  g_autofree char *weights = granary_test_write (folder, "weights.bin", "1234");
  g_autofree char *link = g_build_filename (folder, "broken", NULL);
  const GError *problem;

  g_assert_cmpint (symlink ("nowhere", link), ==, 0);
  add_path (fixture->draft, folder);
  wait_idle (fixture->draft);
  assert_problem (fixture->draft, GRANARY_DRAFT_FILES, GRANARY_REASON_SOURCE_LINK_BROKEN);

  /* It can be left out by what the problem names. */
  problem = granary_import_draft_get_problem (fixture->draft, GRANARY_DRAFT_FILES);
  granary_import_draft_remove_file (fixture->draft, granary_error_get_subject (problem));
  wait_idle (fixture->draft);
  assert_no_problem (fixture->draft);
  g_assert_true (granary_import_draft_get_ready (fixture->draft));

  granary_import_draft_remove_file (fixture->draft, "weights.bin");
  wait_idle (fixture->draft);
  g_assert_true (granary_import_draft_is_missing (fixture->draft, GRANARY_DRAFT_FILES));
  g_assert_false (granary_import_draft_get_ready (fixture->draft));
}

static void
test_cleared_while_scanning (Fixture       *fixture,
                             gconstpointer  data)
{
  for (guint i = 0; i < 20; i++)
    {
      add_model (fixture->draft, "");
      add_model (fixture->draft, "sharded");
      granary_import_draft_clear_files (fixture->draft);
      add_model (fixture->draft, "small.onnx");
    }
  wait_idle (fixture->draft);
  g_assert_cmpuint (granary_file_set_get_n_files (granary_import_draft_get_files (fixture->draft)),
                    ==, 1);
  g_assert_cmpstr (granary_import_draft_get_framework (fixture->draft), ==, "ONNX");
  g_assert_true (granary_import_draft_get_ready (fixture->draft));
}

static void
test_dropped_while_busy (Fixture       *fixture,
                         gconstpointer  data)
{
  for (guint i = 0; i < 20; i++)
    {
      GranaryImportDraft *draft = granary_import_draft_new (fixture->place.connection);

      add_model (draft, "");
      granary_import_draft_set_name (draft, "name");
      granary_import_draft_set_file_text (draft, "config.json", "{}");
      for (guint n = 0; n < i; n++)
        g_main_context_iteration (NULL, FALSE);
      g_assert_finalize_object (draft);
    }
  /* Answers that still come find nobody, and hurt nobody. */
  add_model (fixture->draft, "small.onnx");
  wait_idle (fixture->draft);
  g_assert_true (granary_import_draft_get_ready (fixture->draft));
}

static void
count_cb (guint *count)
{
  *count += 1;
}

static void
test_signals (Fixture       *fixture,
              gconstpointer  data)
{
  guint files = 0, ready = 0, name = 0, framework = 0, tags = 0, problems = 0, busy = 0;
  g_autoptr (GranaryTagSet) set = granary_tag_set_new ();
  const char *text;
  gboolean is_ready;

  g_signal_connect_swapped (fixture->draft, "files-changed", G_CALLBACK (count_cb), &files);
  g_signal_connect_swapped (fixture->draft, "tags-changed", G_CALLBACK (count_cb), &tags);
  g_signal_connect_swapped (fixture->draft, "problems-changed", G_CALLBACK (count_cb), &problems);
  g_signal_connect_swapped (fixture->draft, "notify::ready", G_CALLBACK (count_cb), &ready);
  g_signal_connect_swapped (fixture->draft, "notify::busy", G_CALLBACK (count_cb), &busy);
  g_signal_connect_swapped (fixture->draft, "notify::name", G_CALLBACK (count_cb), &name);
  g_signal_connect_swapped (fixture->draft, "notify::framework", G_CALLBACK (count_cb), &framework);

  add_model (fixture->draft, "small.onnx");
  wait_idle (fixture->draft);
  g_assert_cmpuint (files, >=, 1);
  g_assert_cmpuint (name, ==, 1);
  g_assert_cmpuint (framework, ==, 1);
  g_assert_cmpuint (ready, ==, 1);
  g_assert_cmpuint (busy, ==, 2);
  g_assert_cmpuint (problems, >=, 1);

  g_object_get (fixture->draft, "name", &text, "ready", &is_ready, NULL);
  g_assert_cmpstr (text, ==, "small");
  g_assert_true (is_ready);
  g_free ((char *) text);

  g_object_set (fixture->draft, "name", "other", "move", TRUE, NULL);
  g_assert_true (granary_import_draft_get_move (fixture->draft));
  g_assert_cmpuint (name, ==, 2);

  granary_import_draft_set_tags (fixture->draft, set);
  g_assert_cmpuint (tags, ==, 0);
  g_assert_true (granary_tag_set_put (set, "task", "ocr", NULL));
  granary_import_draft_set_tags (fixture->draft, set);
  g_assert_cmpuint (tags, ==, 1);
  g_assert_cmpstr (granary_tag_set_lookup (granary_import_draft_get_tags (fixture->draft), "task"),
                   ==, "ocr");
  wait_idle (fixture->draft);
}

#define ADD(name, function) \
  g_test_add ("/import-draft/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("fresh", test_fresh);
  ADD ("follows-files", test_follows_files);
  ADD ("name", test_name);
  ADD ("new-version", test_new_version);
  ADD ("texts", test_texts);
  ADD ("metrics", test_metrics);
  ADD ("file-problems", test_file_problems);
  ADD ("cleared-while-scanning", test_cleared_while_scanning);
  ADD ("dropped-while-busy", test_dropped_while_busy);
  ADD ("signals", test_signals);

  return g_test_run ();
}
