/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "inspect-testing.h"

/* GGUF: what its header says, in each of its versions and byte orders, and headers that lie. */

static void
assert_small (const char *fixture)
{
  g_autoptr (GranaryInspection) found = inspect_fixture (fixture);
  gint64 count;

  g_assert_cmpstr (granary_inspection_get_format (found), ==, "GGUF");
  g_assert_cmpstr (granary_inspection_get_framework (found), ==, "llama.cpp");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "architecture"), ==, "llama");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "name"), ==, "小模型");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "file_type"), ==, "Q4_K_M");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "context_length"), ==, "4096");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "chat_template"), ==, "yes");
  g_assert_cmpint (granary_inspection_get_parameters (found), ==, 4 * 256);
  g_assert_cmpuint (granary_inspection_get_n_types (found), ==, 2);
  g_assert_cmpstr (granary_inspection_get_type_name (found, 0, &count), ==, "Q4_K");
  g_assert_cmpint (count, ==, 3 * 256);
  g_assert_cmpstr (granary_inspection_get_type_name (found, 1, NULL), ==, "float32");
  g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
}

static void
test_versions (void)
{
  g_autoptr (GranaryInspection) big = inspect_fixture ("big-endian.gguf");
  g_autoptr (GranaryInspection) old = inspect_fixture ("version-1.gguf");

  assert_small ("small.gguf");
  assert_small ("big-endian.gguf");
  assert_small ("version-1.gguf");
  g_assert_cmpstr (granary_inspection_find_metadata (big, "byte_order"), ==, "big-endian");
  g_assert_cmpstr (granary_inspection_find_metadata (old, "version"), ==, "1");
}

static void
test_cut (void)
{
  assert_cuts_are_told ("small.gguf", "GGUF", 4, 0);
  assert_cuts_are_told ("big-endian.gguf", "GGUF", 4, 0);
  assert_cuts_are_told ("version-1.gguf", "GGUF", 4, 0);
}

static void
test_lies (void)
{
  assert_lies_are_survived ("small.gguf");
  assert_lies_are_survived ("version-1.gguf");
}

static GString *
new_gguf (guint64 n_tensors,
          guint64 n_entries)
{
  GString *content = g_string_new ("GGUF");

  append_le32 (content, 3);
  append_le64 (content, n_tensors);
  append_le64 (content, n_entries);

  return content;
}

static void
append_string (GString    *content,
               const char *text)
{
  append_le64 (content, strlen (text));
  g_string_append (content, text);
}

/* An array of arrays of arrays. */
static void
test_deep (void)
{
  g_autoptr (GString) content = new_gguf (0, 1);
  g_autoptr (GranaryInspection) found = NULL;

  append_string (content, "a");
  append_le32 (content, 9);
  for (guint i = 0; i < 100000; i++)
    {
      append_le32 (content, 9);
      append_le64 (content, 1);
    }
  found = inspect_string (content, "m.gguf");
  g_assert_true (has_warning (found, GRANARY_WARNING_UNREADABLE, "m.gguf"));
}

static void
test_many (void)
{
  const guint n = 1000000;
  g_autoptr (GString) content = new_gguf (0, n);
  g_autoptr (GranaryInspection) found = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("general.%u", i);

      append_string (content, key);
      append_le32 (content, 8);
      append_string (content, "v");
    }
  found = inspect_string (content, "m.gguf");
  g_assert_cmpstr (granary_inspection_get_format (found), ==, "GGUF");
  g_assert_cmpuint (granary_inspection_get_n_metadata (found), <=, 256);
}

/* Counts and lengths that no file can hold end at the end of the file. */
static void
test_counts (void)
{
  static const guint64 counts[] = {
    1, 1000000, G_GUINT64_CONSTANT (1) << 63, G_MAXUINT64,
  };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (GString) tensors = new_gguf (counts[i], 0);
      g_autoptr (GString) entries = new_gguf (0, counts[i]);
      g_autoptr (GString) array = new_gguf (0, 1);
      g_autoptr (GranaryInspection) first = inspect_string (tensors, "m.gguf");
      g_autoptr (GranaryInspection) second = inspect_string (entries, "m.gguf");
      g_autoptr (GranaryInspection) third = NULL;

      append_string (array, "tokenizer.ggml.scores");
      append_le32 (array, 9);
      append_le32 (array, 12);
      append_le64 (array, counts[i]);
      third = inspect_string (array, "m.gguf");

      g_assert_true (has_warning (first, GRANARY_WARNING_TRUNCATED, "m.gguf"));
      g_assert_true (has_warning (second, GRANARY_WARNING_TRUNCATED, "m.gguf"));
      g_assert_true (has_warning (third, GRANARY_WARNING_TRUNCATED, "m.gguf"));
    }
}

/* A product that does not fit makes the count unknown, not wrong. */
static void
test_overflow (void)
{
  g_autoptr (GString) content = new_gguf (1, 0);
  g_autoptr (GranaryInspection) found = NULL;

  append_string (content, "w");
  append_le32 (content, 2);
  append_le64 (content, G_GUINT64_CONSTANT (1) << 62);
  append_le64 (content, 16);
  append_le32 (content, 0);
  append_le64 (content, 0);
  found = inspect_string (content, "m.gguf");
  g_assert_cmpint (granary_inspection_get_parameters (found), ==, -1);
}

static void
test_unknown (void)
{
  static const guint32 versions[] = { 0, 4, 99 };
  g_autoptr (GString) type = new_gguf (1, 0);
  g_autoptr (GranaryInspection) with_type = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autoptr (GString) content = g_string_new ("GGUF");
      g_autoptr (GranaryInspection) found = NULL;

      append_le32 (content, versions[i]);
      append_le64 (content, 0);
      append_le64 (content, 0);
      found = inspect_string (content, "m.gguf");
      g_assert_true (has_warning (found, GRANARY_WARNING_UNREADABLE, "m.gguf"));
    }

  /* A kind of weights that is not known yet still counts. */
  append_string (type, "w");
  append_le32 (type, 1);
  append_le64 (type, 64);
  append_le32 (type, 77);
  append_le64 (type, 0);
  with_type = inspect_string (type, "m.gguf");
  g_assert_cmpint (granary_inspection_get_parameters (with_type), ==, 64);
  g_assert_cmpstr (granary_inspection_get_type_name (with_type, 0, NULL), ==, "type 77");
  g_assert_cmpuint (granary_inspection_get_n_warnings (with_type), ==, 0);
}

/* The first of several files names the others. */
static void
test_shards (void)
{
  g_autoptr (GString) content = new_gguf (0, 1);
  g_autoptr (GranaryInspection) found = NULL;
  g_autoptr (GranaryInspection) renamed = NULL;

  append_string (content, "split.count");
  append_le32 (content, 2);
  g_string_append_len (content, "\3\0", 2);
  found = inspect_string (content, "llm/big-00001-of-00003.gguf");
  g_assert_cmpuint (granary_inspection_get_n_files (found), ==, 3);
  g_assert_cmpstr (granary_inspection_get_file (found, 1), ==, "big-00002-of-00003.gguf");
  g_assert_cmpstr (granary_inspection_get_file (found, 2), ==, "big-00003-of-00003.gguf");
  renamed = inspect_string (content, "big.gguf");
  g_assert_cmpuint (granary_inspection_get_n_files (renamed), ==, 1);
}

/* What came before is told to be converted. */
static void
test_ggml (void)
{
  static const char * const magics[] = { "lmgg", "fmgg", "tjgg", "algg" };

  for (guint i = 0; i < G_N_ELEMENTS (magics); i++)
    {
      g_autoptr (GranaryInspection) found = inspect_bytes (magics[i], 4, "ggml-model.bin");

      g_assert_cmpstr (granary_inspection_get_format (found), ==, "GGML");
      g_assert_true (has_warning (found, GRANARY_WARNING_OUTDATED, "ggml-model.bin"));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/gguf/versions", test_versions);
  g_test_add_func ("/gguf/cut", test_cut);
  g_test_add_func ("/gguf/lies", test_lies);
  g_test_add_func ("/gguf/deep", test_deep);
  g_test_add_func ("/gguf/many", test_many);
  g_test_add_func ("/gguf/counts", test_counts);
  g_test_add_func ("/gguf/overflow", test_overflow);
  g_test_add_func ("/gguf/unknown", test_unknown);
  g_test_add_func ("/gguf/shards", test_shards);
  g_test_add_func ("/gguf/ggml", test_ggml);

  return g_test_run ();
}
