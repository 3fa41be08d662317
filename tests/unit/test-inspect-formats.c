/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>

#include "inspect-testing.h"

/* What real programs wrote: the files of tests/data/models. */

static void
assert_counts (GranaryInspection *inspection,
               gint64             parameters,
               const char        *type,
               gint64             of_type)
{
  gint64 count;

  g_assert_cmpint (granary_inspection_get_parameters (inspection), ==, parameters);
  g_assert_cmpstr (granary_inspection_get_type_name (inspection, 0, &count), ==, type);
  g_assert_cmpint (count, ==, of_type);
}

static void
test_onnx (void)
{
  g_autoptr (GranaryInspection) small = inspect_fixture ("small.onnx");
  g_autoptr (GranaryInspection) branches = inspect_fixture ("branches.onnx");
  g_autoptr (GranaryInspection) external = inspect_fixture ("external.onnx");

  g_assert_cmpstr (granary_inspection_get_format (small), ==, "ONNX");
  g_assert_cmpstr (granary_inspection_get_framework (small), ==, "ONNX");
  g_assert_cmpstr (granary_inspection_get_producer (small), ==, "make.py 1");
  g_assert_cmpint (granary_inspection_get_opset (small), ==, 17);
  g_assert_cmpint (granary_inspection_get_ir_version (small), ==, 8);
  assert_counts (small, 15, "float32", 15);
  /* The weight that is listed as an input is none. */
  g_assert_cmpuint (granary_inspection_get_n_inputs (small), ==, 1);
  g_assert_cmpstr (granary_inspection_get_input (small, 0)->name, ==, "x");
  g_assert_cmpstr (granary_inspection_get_input (small, 0)->shape, ==, "N,4");
  g_assert_cmpstr (granary_inspection_get_output (small, 0)->name, ==, "y");
  g_assert_cmpstr (granary_inspection_find_metadata (small, "说明"), ==, "小模型");
  g_assert_cmpuint (granary_inspection_get_n_warnings (small), ==, 0);

  assert_counts (branches, 2, "float64", 2);
  g_assert_cmpstr (granary_inspection_get_input (branches, 0)->shape, ==, "");
  g_assert_null (granary_inspection_get_output (branches, 0)->shape);

  g_assert_cmpuint (granary_inspection_get_n_files (external), ==, 2);
  g_assert_cmpstr (granary_inspection_get_file (external, 1), ==, "external.onnx.data");
}

static void
test_safetensors (void)
{
  g_autoptr (GranaryInspection) mixed = inspect_fixture ("mixed.safetensors");
  g_autoptr (GranaryInspection) index = inspect_fixture ("sharded/model.safetensors.index.json");

  g_assert_cmpstr (granary_inspection_get_format (mixed), ==, "safetensors");
  g_assert_cmpstr (granary_inspection_get_framework (mixed), ==, "PyTorch");
  assert_counts (mixed, 11, "float16", 6);
  g_assert_cmpuint (granary_inspection_get_n_types (mixed), ==, 3);
  g_assert_cmpstr (granary_inspection_find_metadata (mixed, "name"), ==, "测试");
  g_assert_cmpuint (granary_inspection_get_n_warnings (mixed), ==, 0);

  g_assert_cmpstr (granary_inspection_get_format (index), ==, "safetensors");
  g_assert_cmpuint (granary_inspection_get_n_files (index), ==, 3);
  g_assert_cmpuint (granary_inspection_get_n_warnings (index), ==, 0);
}

static void
test_torch (void)
{
  g_autoptr (GranaryInspection) weights = inspect_fixture ("state-dict.pt");
  g_autoptr (GranaryInspection) checkpoint = inspect_fixture ("checkpoint.pt");
  g_autoptr (GranaryInspection) script = inspect_fixture ("script.pt");
  g_autoptr (GranaryInspection) legacy = inspect_fixture ("legacy.pt");

  g_assert_cmpstr (granary_inspection_get_format (weights), ==, "PyTorch (zip)");
  g_assert_cmpstr (granary_inspection_get_framework (weights), ==, "PyTorch");
  g_assert_cmpstr (granary_inspection_find_metadata (weights, "content"), ==, "state dict");
  assert_counts (weights, 36, "float32", 35);
  g_assert_cmpuint (granary_inspection_get_n_warnings (weights), ==, 0);

  /* A tensor that stands there twice counts once. */
  assert_counts (checkpoint, 42, "float16", 35);
  g_assert_cmpstr (granary_inspection_find_metadata (checkpoint, "class"), ==, "dict");
  g_assert_cmpuint (granary_inspection_get_n_warnings (checkpoint), ==, 0);

  g_assert_cmpstr (granary_inspection_get_format (script), ==, "TorchScript");
  assert_counts (script, 36, "float32", 35);
  g_assert_cmpuint (granary_inspection_get_n_warnings (script), ==, 0);

  g_assert_cmpstr (granary_inspection_get_format (legacy), ==, "PyTorch (legacy)");
  assert_counts (legacy, 36, "float32", 35);
  g_assert_cmpuint (granary_inspection_get_n_warnings (legacy), ==, 0);
}

static void
test_torch_export (void)
{
  g_autoptr (GranaryInspection) exported = inspect_fixture ("exported.pt2");

  g_assert_cmpstr (granary_inspection_get_format (exported), ==, "PT2");
  g_assert_cmpstr (granary_inspection_get_framework (exported), ==, "PyTorch");
  g_assert_true (g_str_has_prefix (granary_inspection_get_producer (exported), "PyTorch 2.6.0"));
  assert_counts (exported, 36, "float32", 35);
  g_assert_cmpuint (granary_inspection_get_n_inputs (exported), ==, 1);
  g_assert_cmpstr (granary_inspection_get_input (exported, 0)->name, ==, "input");
  g_assert_cmpstr (granary_inspection_get_input (exported, 0)->type, ==, "float32");
  g_assert_cmpstr (granary_inspection_get_input (exported, 0)->shape, ==, "s0,4");
  g_assert_cmpuint (granary_inspection_get_n_outputs (exported), ==, 1);
  g_assert_cmpstr (granary_inspection_get_output (exported, 0)->shape, ==, "s0,2");
  g_assert_cmpuint (granary_inspection_get_n_warnings (exported), ==, 0);
}

static void
test_torch_object (void)
{
  g_autoptr (GranaryInspection) object = inspect_fixture ("object.pt");
  const char *names;

  g_assert_cmpstr (granary_inspection_get_format (object), ==, "PyTorch (zip)");
  g_assert_cmpstr (granary_inspection_find_metadata (object, "content"), ==, "object");
  g_assert_cmpstr (granary_inspection_find_metadata (object, "class"), ==,
                   "torch.nn.modules.container.Sequential");
  g_assert_cmpint (granary_inspection_get_parameters (object), ==, 38);
  g_assert_cmpuint (granary_inspection_get_n_warnings (object), ==, 1);
  g_assert_cmpint (granary_inspection_get_warning (object, 0, &names), ==,
                   GRANARY_WARNING_RUNS_CODE);
  g_assert_nonnull (strstr (names, "torch.nn.modules.linear.Linear"));
  g_assert_nonnull (strstr (names, "__main__.Doubler"));
  g_assert_null (strstr (names, "OrderedDict"));
}

/* Files that say what they are with their first bytes. */
static void
test_signatures (void)
{
  static const struct
  {
    const char *bytes;
    gsize       length;
    const char *name;
    const char *format;
    const char *framework;
  } known[] = {
    { "\x1c\0\0\0MSL2\0\0", 10, "a.ms", "MindSpore Lite", "MindSpore" },
    { "\x89HDF\r\n\x1a\n\0", 9, "a.h5", "HDF5", "Keras" },
    { "\x89HDF\r\n\x1a\n\0", 9, "data.hdf5", "HDF5", NULL },
    { "\x80\x04\x95\x02\0\0\0\0\0\0\0]\x94.", 14, "a.pkl", "pickle", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr (GranaryInspection) found = inspect_bytes (known[i].bytes, known[i].length,
                                                           known[i].name);

      g_assert_cmpstr (granary_inspection_get_format (found), ==, known[i].format);
      g_assert_cmpstr (granary_inspection_get_framework (found), ==, known[i].framework);
      g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
      g_assert_cmpstr (granary_inspection_get_file (found, 0), ==, known[i].name);
    }
}

static void
test_pickle (void)
{
  /* pickle.dumps of an object of sklearn's, protocol 4: names come by STACK_GLOBAL. */
  static const char sklearn[] =
    "\x80\x04\x95\x4b\0\0\0\0\0\0\0\x8c\x1dsklearn.linear_model.logistic\x94"
    "\x8c\x12LogisticRegression\x94\x93\x94)\x81\x94}\x94\x8c\x01" "C\x94K\x01sb.";
  /* The oldest protocol, all text. */
  static const char old[] = "\x80\x02" "cposix\nsystem\nX\x02\0\0\0ls\x85R.";
  static const char joblib[] =
    "\x80\x04\x95\x30\0\0\0\0\0\0\0\x8c\x13joblib.numpy_pickle\x94\x8c\x11NumpyArrayWrapper\x94\x93"
    "\x94)\x81\x94}\x94" "b\xde\xad\xbe\xef\xff\xff";
  g_autoptr (GranaryInspection) first = inspect_bytes (sklearn, sizeof sklearn - 1, "m.pkl");
  g_autoptr (GranaryInspection) second = inspect_bytes (old, sizeof old - 1, "m.pkl");
  g_autoptr (GranaryInspection) third = inspect_bytes (joblib, sizeof joblib - 1, "m.joblib");

  g_assert_cmpstr (granary_inspection_get_framework (first), ==, "scikit-learn");
  g_assert_true (has_warning (first, GRANARY_WARNING_RUNS_CODE,
                              "sklearn.linear_model.logistic.LogisticRegression"));
  g_assert_true (has_warning (second, GRANARY_WARNING_RUNS_CODE, "posix.system"));
  g_assert_cmpstr (granary_inspection_get_format (third), ==, "joblib");
  g_assert_true (has_warning (third, GRANARY_WARNING_RUNS_CODE, NULL));
  g_assert_false (has_warning (third, GRANARY_WARNING_UNREADABLE, NULL));
}

static void
test_refusals (void)
{
  static const struct
  {
    const char *text;
    const char *content;
  } known[] = {
    { "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 3\n", "Git LFS pointer" },
    { "<!DOCTYPE html>\n<html><body>404</body></html>", "HTML page" },
    { "\xef\xbb\xbf \n<HTML lang=en>", "HTML page" },
    { "<?xml version='1.0' ?>\n<Error><Code>NoSuchKey</Code></Error>", "HTML page" },
    { "\177ELF\2\1\1", "program" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr (GranaryInspection) found = inspect_bytes (known[i].text, strlen (known[i].text),
                                                           "model.onnx");

      g_assert_null (granary_inspection_get_format (found));
      g_assert_true (has_warning (found, GRANARY_WARNING_NOT_A_MODEL, "model.onnx"));
      g_assert_cmpstr (granary_inspection_find_metadata (found, "content"), ==, known[i].content);
      g_assert_cmpuint (granary_inspection_get_n_files (found), ==, 0);
    }
}

static void
test_no_model (void)
{
  static const char * const texts[] = {
    "", "x", "PK", "hello, world\n", "{\"a\": 1}", "\x08", "\x08\x01\x12\x02zz", "MZ", "\x80",
    "\x80\x04", "<svg xmlns='http://www.w3.org/2000/svg'/>", "version 2\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GranaryInspection) found = inspect_bytes (texts[i], strlen (texts[i]), "file");

      g_assert_null (granary_inspection_get_format (found));
      g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
    }
}

/* An archive of a size that matters: its weights must not be read. */
static void
test_archive_weights_skipped (void)
{
  g_autofree char *source = fixture_path ("state-dict.pt");
  g_autofree char *folder = g_dir_make_tmp ("inspect-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "large.pt", NULL);
  g_autofree char *weights = g_malloc0 (4 * 1024 * 1024);
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryRangeReader) reader = NULL;
  g_autoptr (GranaryInspection) inspection = NULL;
  struct archive *from = archive_read_new ();
  struct archive *to = archive_write_new ();
  struct archive_entry *entry;

  archive_read_support_format_zip (from);
  g_assert_cmpint (archive_read_open_filename (from, source, 4096), ==, ARCHIVE_OK);
  archive_write_set_format_zip (to);
  archive_write_zip_set_compression_store (to);
  g_assert_cmpint (archive_write_open_filename (to, path), ==, ARCHIVE_OK);
  while (archive_read_next_header (from, &entry) == ARCHIVE_OK)
    {
      const char *name = archive_entry_pathname (entry);
      gboolean is_weight = strstr (name, "/data/") != NULL;
      char content[4096];
      la_ssize_t n = archive_read_data (from, content, sizeof content);
      struct archive_entry *written = archive_entry_new ();

      archive_entry_set_pathname (written, name);
      archive_entry_set_filetype (written, AE_IFREG);
      archive_entry_set_size (written, is_weight ? 4 * 1024 * 1024 : n);
      g_assert_cmpint (archive_write_header (to, written), ==, ARCHIVE_OK);
      archive_write_data (to, is_weight ? weights : content,
                          is_weight ? 4 * 1024 * 1024 : (gsize) n);
      archive_entry_free (written);
    }
  archive_read_free (from);
  g_assert_cmpint (archive_write_free (to), ==, ARCHIVE_OK);

  reader = granary_file_reader_open (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (granary_range_reader_get_size (reader), >, 16 * 1024 * 1024);
  inspection = granary_inspect_reader (reader, "large.pt", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (granary_inspection_get_format (inspection), ==, "PyTorch (zip)");
  g_assert_cmpint (granary_inspection_get_parameters (inspection), ==, 36);
  g_assert_cmpuint (granary_inspection_get_n_warnings (inspection), ==, 0);
  g_assert_cmpint (granary_range_reader_get_bytes_read (reader), <, 128 * 1024);

  g_unlink (path);
  g_rmdir (folder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/inspect/onnx", test_onnx);
  g_test_add_func ("/inspect/safetensors", test_safetensors);
  g_test_add_func ("/inspect/torch", test_torch);
  g_test_add_func ("/inspect/torch-export", test_torch_export);
  g_test_add_func ("/inspect/torch-object", test_torch_object);
  g_test_add_func ("/inspect/signatures", test_signatures);
  g_test_add_func ("/inspect/pickle", test_pickle);
  g_test_add_func ("/inspect/refusals", test_refusals);
  g_test_add_func ("/inspect/no-model", test_no_model);
  g_test_add_func ("/inspect/archive-weights-skipped", test_archive_weights_skipped);

  return g_test_run ();
}
