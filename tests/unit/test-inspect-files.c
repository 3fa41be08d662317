/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>

#include "inspect-testing.h"

/* Which of the files of a version is the model, and what belongs to it. */

typedef struct
{
  char      *folder;
  GPtrArray *paths;
  GPtrArray *targets;
} Set;

static void
set_up (Set           *set,
        gconstpointer  data)
{
  set->folder = g_dir_make_tmp ("inspect-files-XXXXXX", NULL);
  set->paths = g_ptr_array_new_with_free_func (g_free);
  set->targets = g_ptr_array_new_with_free_func (g_free);
}

static void
tear_down (Set           *set,
           gconstpointer  data)
{
  for (guint i = 0; i < set->paths->len; i++)
    if (g_ptr_array_index (set->paths, i) != NULL &&
        g_str_has_prefix (g_ptr_array_index (set->paths, i), set->folder))
      g_unlink (g_ptr_array_index (set->paths, i));
  g_rmdir (set->folder);
  g_free (set->folder);
  g_ptr_array_unref (set->paths);
  g_ptr_array_unref (set->targets);
}

static void
add_fixture (Set        *set,
             const char *fixture,
             const char *target)
{
  g_ptr_array_add (set->paths, fixture_path (fixture));
  g_ptr_array_add (set->targets, g_strdup (target));
}

static void
add_text (Set        *set,
          const char *target,
          const char *text)
{
  g_autofree char *name = g_strdup_printf ("%u", set->paths->len);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (set->paths, g_build_filename (set->folder, name, NULL));
  g_ptr_array_add (set->targets, g_strdup (target));
  g_file_set_contents (g_ptr_array_index (set->paths, set->paths->len - 1), text, -1, &error);
  g_assert_no_error (error);
}

static GranaryInspection *
inspect (Set *set)
{
  g_autoptr (GError) error = NULL;
  GranaryInspection *inspection;

  g_ptr_array_add (set->paths, NULL);
  g_ptr_array_add (set->targets, NULL);
  inspection = granary_inspect_files ((const char * const *) set->paths->pdata,
                                      (const char * const *) set->targets->pdata, NULL, &error);
  g_assert_no_error (error);

  return inspection;
}

static void
test_none (Set           *set,
           gconstpointer  data)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  add_text (set, "README.md", "hello");
  add_text (set, "notes.txt", "hello");
  inspection = inspect (set);
  g_assert_null (granary_inspection_get_format (inspection));
  g_assert_cmpuint (granary_inspection_get_n_files (inspection), ==, 0);
  g_assert_cmpuint (granary_inspection_get_n_warnings (inspection), ==, 0);
}

static void
test_principal (Set           *set,
                gconstpointer  data)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  add_text (set, "README.md", "hello");
  add_fixture (set, "state-dict.pt", "training/weights.pt");
  add_fixture (set, "small.onnx", "export/model.onnx");
  add_fixture (set, "object.pt", "optimizer.pt");
  add_text (set, "docs/index.html", "<html></html>");
  inspection = inspect (set);
  g_assert_cmpstr (granary_inspection_get_format (inspection), ==, "ONNX");
  g_assert_cmpstr (granary_inspection_get_file (inspection, 0), ==, "export/model.onnx");
  /* What is amiss with another model file is told, a page of documentation is not. */
  g_assert_true (has_warning (inspection, GRANARY_WARNING_RUNS_CODE, NULL));
  g_assert_false (has_warning (inspection, GRANARY_WARNING_NOT_A_MODEL, NULL));
}

static void
test_content_not_name (Set           *set,
                       gconstpointer  data)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  add_fixture (set, "small.onnx", "weights.blob");
  add_text (set, "model.onnx", "not a model at all");
  inspection = inspect (set);
  g_assert_cmpstr (granary_inspection_get_format (inspection), ==, "ONNX");
  g_assert_cmpstr (granary_inspection_get_file (inspection, 0), ==, "weights.blob");
}

static void
test_weights_before_optimizer (Set           *set,
                               gconstpointer  data)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  add_fixture (set, "script.pt", "optimizer.pt");
  add_fixture (set, "state-dict.pt", "pytorch_model.bin");
  inspection = inspect (set);
  g_assert_cmpstr (granary_inspection_get_file (inspection, 0), ==, "pytorch_model.bin");
}

static void
test_external_data (Set           *set,
                    gconstpointer  data)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  add_fixture (set, "external.onnx", "onnx/external.onnx");
  add_fixture (set, "external.onnx.data", "onnx/external.onnx.data");
  inspection = inspect (set);
  g_assert_cmpuint (granary_inspection_get_n_files (inspection), ==, 2);
  g_assert_cmpstr (granary_inspection_get_file (inspection, 1), ==, "onnx/external.onnx.data");
  g_assert_cmpuint (granary_inspection_get_n_warnings (inspection), ==, 0);
}

static void
test_external_data_missing (Set           *set,
                            gconstpointer  data)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  add_fixture (set, "external.onnx", "onnx/external.onnx");
  /* In another folder it is not found by those who load the model. */
  add_fixture (set, "external.onnx.data", "external.onnx.data");
  inspection = inspect (set);
  g_assert_cmpuint (granary_inspection_get_n_files (inspection), ==, 1);
  g_assert_true (has_warning (inspection, GRANARY_WARNING_EXTERNAL_DATA_MISSING,
                              "onnx/external.onnx.data"));
}

static void
test_sharded (Set           *set,
              gconstpointer  data)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  add_fixture (set, "sharded/model-00001-of-00002.safetensors", "model-00001-of-00002.safetensors");
  add_fixture (set, "sharded/model-00002-of-00002.safetensors", "model-00002-of-00002.safetensors");
  if (data != NULL)
    add_fixture (set, "sharded/model.safetensors.index.json", "model.safetensors.index.json");
  inspection = inspect (set);
  g_assert_cmpstr (granary_inspection_get_format (inspection), ==, "safetensors");
  g_assert_cmpstr (granary_inspection_get_framework (inspection), ==, "PyTorch");
  g_assert_cmpint (granary_inspection_get_parameters (inspection), ==, 10);
  g_assert_cmpuint (granary_inspection_get_n_types (inspection), ==, 2);
  g_assert_cmpuint (granary_inspection_get_n_files (inspection), ==, data != NULL ? 3 : 2);
  g_assert_cmpuint (granary_inspection_get_n_warnings (inspection), ==, 0);
}

static void
test_shard_missing (Set           *set,
                    gconstpointer  data)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  add_fixture (set, "sharded/model-00001-of-00002.safetensors",
               "a/model-00001-of-00002.safetensors");
  if (data != NULL)
    add_fixture (set, "sharded/model.safetensors.index.json", "a/model.safetensors.index.json");
  inspection = inspect (set);
  g_assert_cmpint (granary_inspection_get_parameters (inspection), ==, -1);
  g_assert_true (has_warning (inspection, GRANARY_WARNING_EXTERNAL_DATA_MISSING,
                              "a/model-00002-of-00002.safetensors"));
}

static void
test_index_leads_out (Set           *set,
                      gconstpointer  data)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  add_text (set, "x/model.safetensors.index.json",
            "{\"weight_map\":{\"a\":\"../up.safetensors\",\"b\":\"/etc/passwd\",\"c\":\".\"}}");
  add_text (set, "up.safetensors", "");
  inspection = inspect (set);
  g_assert_true (has_warning (inspection, GRANARY_WARNING_EXTERNAL_DATA_MISSING,
                              "../up.safetensors"));
  g_assert_true (has_warning (inspection, GRANARY_WARNING_EXTERNAL_DATA_MISSING, "/etc/passwd"));
  g_assert_cmpuint (granary_inspection_get_n_files (inspection), ==, 1);
}

static void
test_saved_model (Set           *set,
                  gconstpointer  data)
{
  gboolean is_whole = data != NULL;
  g_autoptr (GranaryInspection) inspection = NULL;

  add_fixture (set, "saved-model/saved_model.pb", "1/saved_model.pb");
  add_fixture (set, "saved-model/variables/variables.index", "1/variables/variables.index");
  if (is_whole)
    add_fixture (set, "saved-model/variables/variables.data-00000-of-00001",
                 "1/variables/variables.data-00000-of-00001");
  add_text (set, "1/fingerprint.pb", "\x08\x05");
  add_text (set, "1/assets/vocabulary.txt", "a");
  add_text (set, "other/fingerprint.pb", "\x08\x05");
  inspection = inspect (set);
  g_assert_cmpstr (granary_inspection_get_format (inspection), ==, "SavedModel");
  g_assert_cmpstr (granary_inspection_get_file (inspection, 0), ==, "1/saved_model.pb");
  g_assert_cmpuint (granary_inspection_get_n_files (inspection), ==, is_whole ? 5 : 4);
  g_assert_cmpuint (granary_inspection_get_n_warnings (inspection), ==, is_whole ? 0 : 1);
  g_assert_cmpint (has_warning (inspection, GRANARY_WARNING_EXTERNAL_DATA_MISSING,
                                "1/variables/variables.data-00000-of-00001"), ==, !is_whole);
}

static void
test_saved_model_alone (Set           *set,
                        gconstpointer  data)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  add_fixture (set, "saved-model/saved_model.pb", "saved_model.pb");
  inspection = inspect (set);
  g_assert_true (has_warning (inspection, GRANARY_WARNING_EXTERNAL_DATA_MISSING,
                              "variables/variables.index"));
}

/* @data: name of the program. Its weights are larger and in a format of their own. */
static void
test_paddle (Set           *set,
             gconstpointer  data)
{
  const char *program = data;
  gboolean is_pir = g_str_has_suffix (program, ".json");
  g_autofree char *fixture = g_strconcat ("paddle/", program, NULL);
  g_autofree char *target = g_strconcat ("det/", program, NULL);
  g_autoptr (GranaryInspection) inspection = NULL;

  add_fixture (set, "paddle/best_accuracy.pdparams", "train/best_accuracy.pdparams");
  add_fixture (set, fixture, target);
  add_fixture (set, is_pir ? "paddle/inference.pdiparams" : "paddle/ocr.pdiparams",
               is_pir ? "det/inference.pdiparams" : "det/ocr.pdiparams");
  add_fixture (set, "paddle/inference.yml", "det/inference.yml");
  add_text (set, "config.json", "{\"base_code\":{\"magic\":\"pir\"}}");
  inspection = inspect (set);
  g_assert_cmpstr (granary_inspection_get_format (inspection), ==, "Paddle");
  g_assert_cmpstr (granary_inspection_get_file (inspection, 0), ==, target);
  g_assert_cmpuint (granary_inspection_get_n_files (inspection), ==, 3);
  g_assert_cmpint (granary_inspection_get_parameters (inspection), ==, 70);
  g_assert_cmpuint (granary_inspection_get_n_warnings (inspection), ==, 0);
}

static void
test_paddle_weights_missing (Set           *set,
                             gconstpointer  data)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  add_fixture (set, "paddle/ocr.pdmodel", "a/ocr.pdmodel");
  inspection = inspect (set);
  g_assert_true (has_warning (inspection, GRANARY_WARNING_EXTERNAL_DATA_MISSING,
                              "a/ocr.pdiparams"));
}

/* A text that is a model by its content must not be one by a stranger's name. */
static void
test_config_is_no_model (Set           *set,
                         gconstpointer  data)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  add_fixture (set, "paddle/inference.json", "config.json");
  add_fixture (set, "state-dict.pt", "weights.pt");
  inspection = inspect (set);
  g_assert_cmpstr (granary_inspection_get_file (inspection, 0), ==, "weights.pt");
}

static void
test_pointers (Set           *set,
               gconstpointer  data)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  add_text (set, "model.safetensors", "version https://git-lfs.github.com/spec/v1\n");
  add_text (set, "config.json", "{}");
  inspection = inspect (set);
  g_assert_null (granary_inspection_get_format (inspection));
  g_assert_true (has_warning (inspection, GRANARY_WARNING_NOT_A_MODEL, "model.safetensors"));
  g_assert_cmpstr (granary_inspection_find_metadata (inspection, "content"), ==, "Git LFS pointer");
}

static void
test_unreadable (Set           *set,
                 gconstpointer  data)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  g_ptr_array_add (set->paths, g_strdup ("/nowhere/model.onnx"));
  g_ptr_array_add (set->targets, g_strdup ("model.onnx"));
  add_fixture (set, "state-dict.pt", "weights.pt");
  inspection = inspect (set);
  g_assert_cmpstr (granary_inspection_get_file (inspection, 0), ==, "weights.pt");
  g_assert_true (has_warning (inspection, GRANARY_WARNING_UNREADABLE, "model.onnx"));
}

static void
test_cancelled (Set           *set,
                gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  add_fixture (set, "small.onnx", "small.onnx");
  g_ptr_array_add (set->paths, NULL);
  g_ptr_array_add (set->targets, NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (granary_inspect_files ((const char * const *) set->paths->pdata,
                                        (const char * const *) set->targets->pdata,
                                        cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define ADD(name, data, function) \
  g_test_add ("/inspect-files/" name, Set, data, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("none", NULL, test_none);
  ADD ("principal", NULL, test_principal);
  ADD ("content-not-name", NULL, test_content_not_name);
  ADD ("weights-before-optimizer", NULL, test_weights_before_optimizer);
  ADD ("external-data", NULL, test_external_data);
  ADD ("external-data-missing", NULL, test_external_data_missing);
  ADD ("sharded", NULL, test_sharded);
  ADD ("sharded-with-index", "", test_sharded);
  ADD ("shard-missing", NULL, test_shard_missing);
  ADD ("shard-missing-with-index", "", test_shard_missing);
  ADD ("index-leads-out", NULL, test_index_leads_out);
  ADD ("saved-model", "", test_saved_model);
  ADD ("saved-model-without-weights", NULL, test_saved_model);
  ADD ("saved-model-alone", NULL, test_saved_model_alone);
  ADD ("paddle", "ocr.pdmodel", test_paddle);
  ADD ("paddle-pir", "inference.json", test_paddle);
  ADD ("paddle-weights-missing", NULL, test_paddle_weights_missing);
  ADD ("config-is-no-model", NULL, test_config_is_no_model);
  ADD ("pointers", NULL, test_pointers);
  ADD ("unreadable", NULL, test_unreadable);
  ADD ("cancelled", NULL, test_cancelled);

  return g_test_run ();
}
