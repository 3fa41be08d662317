/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "inspect-testing.h"

/* TensorFlow's SavedModel, frozen graph and checkpoint. */

static void
append_text_field (GString    *content,
                   guint       number,
                   const char *text)
{
  g_autoptr (GString) inner = g_string_new (text);

  append_field (content, number, inner);
}

static void
append_node (GString    *graph,
             const char *name,
             const char *op)
{
  g_autoptr (GString) node = g_string_new (NULL);

  append_text_field (node, 1, name);
  append_text_field (node, 2, op);
  append_field (graph, 1, node);
}

static void
test_saved_model (void)
{
  g_autoptr (GranaryInspection) found = inspect_fixture ("saved-model/saved_model.pb");

  g_assert_cmpstr (granary_inspection_get_format (found), ==, "SavedModel");
  g_assert_cmpstr (granary_inspection_get_framework (found), ==, "TensorFlow");
  g_assert_cmpstr (granary_inspection_get_producer (found), ==, "TensorFlow 2.12.0");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "tags"), ==, "serve");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "signatures"), ==,
                   "classify, serving_default");
  g_assert_cmpuint (granary_inspection_get_n_inputs (found), ==, 1);
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->name, ==, "图像");
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->type, ==, "float32");
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->shape, ==, "?,224,224,3");
  g_assert_cmpuint (granary_inspection_get_n_outputs (found), ==, 2);
  g_assert_cmpstr (granary_inspection_get_output (found, 0)->shape, ==, "?,10");
  g_assert_cmpstr (granary_inspection_get_output (found, 1)->type, ==, "int64");
  g_assert_null (granary_inspection_get_output (found, 1)->shape);
  g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
  g_assert_cmpstr (granary_inspection_get_file (found, 1), ==, "variables/variables.index");
}

static void
test_frozen (void)
{
  g_autoptr (GranaryInspection) found = inspect_fixture ("frozen.pb");
  gint64 count;

  g_assert_cmpstr (granary_inspection_get_format (found), ==, "frozen graph");
  g_assert_cmpstr (granary_inspection_get_framework (found), ==, "TensorFlow");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "graph_version"), ==, "1286");
  g_assert_cmpint (granary_inspection_get_parameters (found), ==, 13);
  g_assert_cmpstr (granary_inspection_get_type_name (found, 0, &count), ==, "float32");
  g_assert_cmpint (count, ==, 12);
  g_assert_cmpuint (granary_inspection_get_n_inputs (found), ==, 1);
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->name, ==, "x");
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->type, ==, "float32");
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->shape, ==, "?,4");
  g_assert_cmpuint (granary_inspection_get_n_outputs (found), ==, 1);
  g_assert_cmpstr (granary_inspection_get_output (found, 0)->name, ==, "softmax");
  g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
}

/* Told by structure: the name must not matter, nor may ONNX or another message be taken for one. */
static void
test_told_apart (void)
{
  g_autoptr (GString) graph = load_fixture ("frozen.pb");
  g_autoptr (GString) saved = load_fixture ("saved-model/saved_model.pb");
  g_autoptr (GString) onnx = load_fixture ("small.onnx");
  g_autoptr (GString) caffe = g_string_new (NULL);
  g_autoptr (GranaryInspection) first = inspect_string (graph, "weights");
  g_autoptr (GranaryInspection) second = inspect_string (saved, "weights");
  g_autoptr (GranaryInspection) third = inspect_string (onnx, "saved_model.pb");
  g_autoptr (GranaryInspection) fourth = NULL;

  append_text_field (caffe, 1, "MobileNet");
  append_text_field (caffe, 100, "");
  fourth = inspect_string (caffe, "net.pb");

  g_assert_cmpstr (granary_inspection_get_format (first), ==, "frozen graph");
  g_assert_cmpstr (granary_inspection_get_format (second), ==, "SavedModel");
  g_assert_cmpstr (granary_inspection_get_format (third), ==, "ONNX");
  g_assert_null (granary_inspection_get_format (fourth));
}

static void
test_checkpoint (void)
{
  g_autoptr (GranaryInspection) found =
    inspect_fixture ("saved-model/variables/variables.index");

  g_assert_cmpstr (granary_inspection_get_format (found), ==, "TensorFlow checkpoint");
  g_assert_cmpuint (granary_inspection_get_n_files (found), ==, 2);
  g_assert_cmpstr (granary_inspection_get_file (found, 1), ==, "variables.data-00000-of-00001");
}

/* A graph may call Python and touch files: in the graph itself or in a function of it. */
static void
test_code (void)
{
  g_autoptr (GString) graph = g_string_new (NULL);
  g_autoptr (GString) node = g_string_new (NULL);
  g_autoptr (GString) function = g_string_new (NULL);
  g_autoptr (GString) library = g_string_new (NULL);
  g_autoptr (GString) outer = g_string_new (NULL);
  g_autoptr (GString) meta_graph = g_string_new (NULL);
  g_autoptr (GString) saved = g_string_new ("\x08\x01");
  g_autoptr (GranaryInspection) first = NULL;
  g_autoptr (GranaryInspection) second = NULL;

  append_node (graph, "x", "Placeholder");
  append_node (graph, "write", "WriteFile");
  append_node (graph, "again", "WriteFile");
  first = inspect_string (graph, "graph.pb");
  g_assert_true (has_warning (first, GRANARY_WARNING_RUNS_CODE, "WriteFile"));

  append_text_field (node, 1, "call");
  append_text_field (node, 2, "PyFunc");
  append_field (function, 3, node);
  append_field (library, 1, function);
  append_field (outer, 2, library);
  append_field (meta_graph, 2, outer);
  append_field (saved, 2, meta_graph);
  second = inspect_string (saved, "saved_model.pb");
  g_assert_cmpstr (granary_inspection_get_format (second), ==, "SavedModel");
  g_assert_true (has_warning (second, GRANARY_WARNING_RUNS_CODE, "PyFunc"));
}

/* Not frozen: the graph is there, its weights are elsewhere. */
static void
test_variables (void)
{
  g_autoptr (GString) graph = g_string_new (NULL);
  g_autoptr (GranaryInspection) found = NULL;

  append_node (graph, "x", "Placeholder");
  append_node (graph, "w", "VariableV2");
  found = inspect_string (graph, "graph.pb");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "content"), ==,
                   "graph without weights");
  g_assert_cmpint (granary_inspection_get_parameters (found), ==, -1);
}

static void
test_cut (void)
{
  /* At 2 nothing follows the version; of a graph each node is whole by itself. */
  assert_cuts_are_told ("saved-model/saved_model.pb", "SavedModel", 2, 0);
  assert_cuts_are_told ("frozen.pb", "frozen graph", 20, 5);
}

static void
test_lies (void)
{
  assert_lies_are_survived ("saved-model/saved_model.pb");
  assert_lies_are_survived ("saved-model/variables/variables.index");
  assert_lies_are_survived ("frozen.pb");
}

/* A million nodes, and a million signatures. */
static void
test_many (void)
{
  g_autoptr (GString) graph = g_string_new (NULL);
  g_autoptr (GString) signature = g_string_new (NULL);
  g_autoptr (GString) meta_graph = g_string_new (NULL);
  g_autoptr (GString) saved = g_string_new ("\x08\x01");
  g_autoptr (GranaryInspection) first = NULL;
  g_autoptr (GranaryInspection) second = NULL;

  for (guint i = 0; i < 1000000; i++)
    append_node (graph, "x", "Placeholder");
  first = inspect_string (graph, "graph.pb");
  g_assert_cmpuint (granary_inspection_get_n_inputs (first), <=, 1024);

  append_text_field (signature, 1, "s");
  append_text_field (signature, 2, "");
  for (guint i = 0; i < 1000000; i++)
    append_field (meta_graph, 5, signature);
  append_field (saved, 2, meta_graph);
  second = inspect_string (saved, "saved_model.pb");
  g_assert_cmpstr (granary_inspection_get_format (second), ==, "SavedModel");
}

/* Constants of shapes whose product does not fit. */
static void
test_overflow (void)
{
  g_autoptr (GString) size = g_string_new (NULL);
  g_autoptr (GString) shape = g_string_new (NULL);
  g_autoptr (GString) tensor = g_string_new ("\x08\x01");
  g_autoptr (GString) value = g_string_new (NULL);
  g_autoptr (GString) attribute = g_string_new (NULL);
  g_autoptr (GString) node = g_string_new (NULL);
  g_autoptr (GString) graph = g_string_new (NULL);
  g_autoptr (GranaryInspection) found = NULL;

  append_varint (size, 1 << 3);
  append_varint (size, G_MAXINT64);
  append_field (shape, 2, size);
  append_field (shape, 2, size);
  append_field (tensor, 2, shape);
  append_field (value, 8, tensor);
  append_text_field (attribute, 1, "value");
  append_field (attribute, 2, value);
  append_text_field (node, 1, "w");
  append_text_field (node, 2, "Const");
  append_field (node, 5, attribute);
  append_field (graph, 1, node);
  found = inspect_string (graph, "graph.pb");
  g_assert_cmpstr (granary_inspection_get_format (found), ==, "frozen graph");
  g_assert_cmpint (granary_inspection_get_parameters (found), ==, -1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/tensorflow/saved-model", test_saved_model);
  g_test_add_func ("/tensorflow/frozen", test_frozen);
  g_test_add_func ("/tensorflow/told-apart", test_told_apart);
  g_test_add_func ("/tensorflow/checkpoint", test_checkpoint);
  g_test_add_func ("/tensorflow/code", test_code);
  g_test_add_func ("/tensorflow/variables", test_variables);
  g_test_add_func ("/tensorflow/cut", test_cut);
  g_test_add_func ("/tensorflow/lies", test_lies);
  g_test_add_func ("/tensorflow/many", test_many);
  g_test_add_func ("/tensorflow/overflow", test_overflow);

  return g_test_run ();
}
