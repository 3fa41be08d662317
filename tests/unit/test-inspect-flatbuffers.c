/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "inspect-testing.h"

/* Formats that are FlatBuffers: TensorFlow Lite, Circle, ONNX Runtime's, ExecuTorch. */

static void
assert_tensor (const GranaryTensor *tensor,
               const char          *name,
               const char          *type,
               const char          *shape)
{
  g_assert_cmpstr (tensor->name, ==, name);
  g_assert_cmpstr (tensor->type, ==, type);
  g_assert_cmpstr (tensor->shape, ==, shape);
}

static void
test_tflite (void)
{
  static const char * const fixtures[] = { "small.tflite", "small.circle" };
  static const char * const formats[] = { "TFLite", "Circle" };

  for (guint i = 0; i < G_N_ELEMENTS (fixtures); i++)
    {
      g_autoptr (GranaryInspection) found = inspect_fixture (fixtures[i]);

      g_assert_cmpstr (granary_inspection_get_format (found), ==, formats[i]);
      g_assert_cmpstr (granary_inspection_get_framework (found), ==, i == 0 ? "TensorFlow" : NULL);
      g_assert_cmpstr (granary_inspection_get_producer (found), ==, "build.py");
      g_assert_cmpstr (granary_inspection_find_metadata (found, "version"), ==, "3");
      g_assert_cmpstr (granary_inspection_find_metadata (found, "min_runtime_version"), ==,
                       "1.5.0");
      g_assert_cmpuint (granary_inspection_get_n_inputs (found), ==, 1);
      assert_tensor (granary_inspection_get_input (found, 0), "图像", "float32", "?,4");
      g_assert_cmpuint (granary_inspection_get_n_outputs (found), ==, 1);
      assert_tensor (granary_inspection_get_output (found, 0), "scores", "int8", "1,3");
      g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
    }
}

static void
test_ort (void)
{
  g_autoptr (GranaryInspection) found = inspect_fixture ("small.ort");

  g_assert_cmpstr (granary_inspection_get_format (found), ==, "ORT");
  g_assert_cmpstr (granary_inspection_get_framework (found), ==, "ONNX");
  g_assert_cmpstr (granary_inspection_get_producer (found), ==, "make.py 1");
  g_assert_cmpint (granary_inspection_get_opset (found), ==, 17);
  g_assert_cmpint (granary_inspection_get_ir_version (found), ==, 8);
  g_assert_nonnull (granary_inspection_find_metadata (found, "version"));
  g_assert_cmpint (granary_inspection_get_parameters (found), ==, 15);
  /* The weight that is listed as an input is none. */
  g_assert_cmpuint (granary_inspection_get_n_inputs (found), ==, 1);
  assert_tensor (granary_inspection_get_input (found, 0), "x", "float32", "N,4");
  g_assert_cmpuint (granary_inspection_get_n_outputs (found), ==, 1);
  assert_tensor (granary_inspection_get_output (found, 0), "y", "float32", "N,3");
  g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
}

static void
test_executorch (void)
{
  g_autoptr (GranaryInspection) found = inspect_fixture ("small.pte");

  g_assert_cmpstr (granary_inspection_get_format (found), ==, "ExecuTorch");
  g_assert_cmpstr (granary_inspection_get_framework (found), ==, "PyTorch");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "methods"), ==, "warm_up, forward");
  g_assert_cmpuint (granary_inspection_get_n_inputs (found), ==, 2);
  assert_tensor (granary_inspection_get_input (found, 0), "0", "float32", "1,3,8,8");
  assert_tensor (granary_inspection_get_input (found, 1), "1", "int", NULL);
  g_assert_cmpuint (granary_inspection_get_n_outputs (found), ==, 1);
  assert_tensor (granary_inspection_get_output (found, 0), "0", "int64", "1,2");
  g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
}

static void
test_cut (void)
{
  assert_cuts_are_told ("small.tflite", "TFLite", 8, 0);
  assert_cuts_are_told ("small.circle", "Circle", 8, 0);
  /* It ends with three bytes that only pad. */
  assert_cuts_are_told ("small.ort", "ORT", 8, 3);
  assert_cuts_are_told ("small.pte", "ExecuTorch", 8, 0);
}

static void
test_lies (void)
{
  assert_lies_are_survived ("small.tflite");
  assert_lies_are_survived ("small.ort");
  assert_lies_are_survived ("small.pte");
}

static void
append_le16 (GString *content,
             guint16  value)
{
  g_string_append_c (content, (char) value);
  g_string_append_c (content, (char) (value >> 8));
}

/* A root table with @n_fields fields; each leads to where @target says, from the file's start. */
static GString *
new_buffer (const char *identifier,
            guint       n_fields,
            guint32     target)
{
  GString *content = g_string_new (NULL);
  guint32 list = 8;
  guint32 root = list + 4 + 2 * n_fields;

  append_le32 (content, root);
  g_string_append (content, identifier);
  append_le16 (content, (guint16) (4 + 2 * n_fields));
  append_le16 (content, (guint16) (4 + 4 * n_fields));
  for (guint i = 0; i < n_fields; i++)
    append_le16 (content, (guint16) (4 + 4 * i));
  append_le32 (content, root - list);
  for (guint i = 0; i < n_fields; i++)
    append_le32 (content, target - (root + 4 + 4 * i));

  return content;
}

/* Everything leads to one vector that claims more than there is, or has a million elements, each of
 * which leads to the same table. */
static void
test_vectors (void)
{
  static const char * const identifiers[] = { "TFL3", "CIR0", "ORTM", "ET12" };
  const guint n_fields = 8;
  const guint32 vector = 8 + 4 + 2 * n_fields + 4 + 4 * n_fields;

  for (guint i = 0; i < G_N_ELEMENTS (identifiers); i++)
    {
      g_autoptr (GString) lying = new_buffer (identifiers[i], n_fields, vector);
      g_autoptr (GString) large = new_buffer (identifiers[i], n_fields, vector);
      g_autoptr (GString) looping = new_buffer (identifiers[i], n_fields, 8 + 4 + 2 * n_fields);
      g_autoptr (GranaryInspection) first = NULL;
      g_autoptr (GranaryInspection) second = NULL;
      g_autoptr (GranaryInspection) third = NULL;
      const guint32 n = 1000000;

      append_le32 (lying, G_MAXUINT32);
      append_le32 (large, n);
      for (guint32 k = 0; k < n; k++)
        append_le32 (large, 4 * (n - k));
      append_le32 (large, 0);

      first = inspect_string (lying, "m");
      second = inspect_string (large, "m");
      third = inspect_string (looping, "m");
      g_assert_nonnull (granary_inspection_get_format (first));
      g_assert_cmpuint (granary_inspection_get_n_warnings (first), >, 0);
      g_assert_nonnull (granary_inspection_get_format (second));
      g_assert_cmpuint (granary_inspection_get_n_inputs (second), <=, 1024);
      g_assert_nonnull (granary_inspection_get_format (third));
    }
}

/* References behind the end, to themselves, and lists of fields outside the file. */
static void
test_references (void)
{
  static const guint32 roots[] = {
    0, 1, 5, 100, G_MAXINT32, 0x80000000, G_MAXUINT32,
  };

  for (guint i = 0; i < G_N_ELEMENTS (roots); i++)
    {
      g_autoptr (GString) content = g_string_new (NULL);
      g_autoptr (GranaryInspection) found = NULL;

      append_le32 (content, roots[i]);
      g_string_append (content, "TFL3");
      append_le32 (content, 0x80000000);
      append_le32 (content, 0x7fffffff);
      found = inspect_string (content, "m.tflite");
      g_assert_cmpstr (granary_inspection_get_format (found), ==, "TFLite");
      g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 1);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/flatbuffers/tflite", test_tflite);
  g_test_add_func ("/flatbuffers/ort", test_ort);
  g_test_add_func ("/flatbuffers/executorch", test_executorch);
  g_test_add_func ("/flatbuffers/cut", test_cut);
  g_test_add_func ("/flatbuffers/lies", test_lies);
  g_test_add_func ("/flatbuffers/vectors", test_vectors);
  g_test_add_func ("/flatbuffers/references", test_references);

  return g_test_run ();
}
