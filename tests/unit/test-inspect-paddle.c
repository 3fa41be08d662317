/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "inspect-testing.h"

/* Paddle's programs of both generations, their weights, states of training and Paddle Lite. */

static void
assert_program (GranaryInspection *found,
                const char        *input,
                const char        *output,
                const char        *weights)
{
  gint64 count;

  g_assert_cmpstr (granary_inspection_get_format (found), ==, "Paddle");
  g_assert_cmpstr (granary_inspection_get_framework (found), ==, "PaddlePaddle");
  g_assert_cmpint (granary_inspection_get_parameters (found), ==, 70);
  g_assert_cmpstr (granary_inspection_get_type_name (found, 0, &count), ==, "float32");
  g_assert_cmpint (count, ==, 70);
  g_assert_cmpuint (granary_inspection_get_n_inputs (found), ==, 1);
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->name, ==, input);
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->type, ==, "float32");
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->shape, ==, "?,3,48,?");
  g_assert_cmpuint (granary_inspection_get_n_outputs (found), ==, 1);
  g_assert_cmpstr (granary_inspection_get_output (found, 0)->name, ==, output);
  g_assert_cmpstr (granary_inspection_get_output (found, 0)->shape, ==, "?,10");
  g_assert_cmpuint (granary_inspection_get_n_files (found), ==, 2);
  g_assert_cmpstr (granary_inspection_get_file (found, 1), ==, weights);
  g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
}

static void
test_programs (void)
{
  g_autoptr (GranaryInspection) old = inspect_fixture ("paddle/ocr.pdmodel");
  g_autoptr (GranaryInspection) pir = inspect_fixture ("paddle/inference.json");

  assert_program (old, "图像", "softmax_0.tmp_0", "ocr.pdiparams");
  g_assert_cmpstr (granary_inspection_get_producer (old), ==, "PaddlePaddle 2.6.1");
  assert_program (pir, "x", "fetch_name_0", "inference.pdiparams");
  g_assert_cmpstr (granary_inspection_find_metadata (pir, "version"), ==, "1");
}

/* A program by its structure: `__model__` has no ending, and a frozen graph begins alike. */
static void
test_by_structure (void)
{
  g_autoptr (GString) content = load_fixture ("paddle/ocr.pdmodel");
  g_autoptr (GString) graph = load_fixture ("frozen.pb");
  g_autoptr (GranaryInspection) program = inspect_string (content, "__model__");
  g_autoptr (GranaryInspection) other = inspect_string (graph, "__model__");

  g_assert_cmpstr (granary_inspection_get_format (program), ==, "Paddle");
  g_assert_cmpuint (granary_inspection_get_n_files (program), ==, 1);
  g_assert_cmpstr (granary_inspection_get_format (other), ==, "frozen graph");
}

static void
test_data (void)
{
  g_autoptr (GranaryInspection) weights = inspect_fixture ("paddle/ocr.pdiparams");
  g_autoptr (GranaryInspection) state = inspect_fixture ("paddle/best_accuracy.pdparams");
  g_autoptr (GranaryInspection) lite = inspect_fixture ("paddle/small.nb");

  g_assert_cmpstr (granary_inspection_get_format (weights), ==, "Paddle");
  g_assert_cmpstr (granary_inspection_find_metadata (weights, "content"), ==, "weights");
  g_assert_cmpuint (granary_inspection_get_n_warnings (weights), ==, 0);

  /* Arrays of numpy's alone: nothing of it runs code. */
  g_assert_cmpstr (granary_inspection_get_format (state), ==, "Paddle");
  g_assert_cmpstr (granary_inspection_get_framework (state), ==, "PaddlePaddle");
  g_assert_cmpstr (granary_inspection_find_metadata (state, "content"), ==, "state dict");
  g_assert_cmpuint (granary_inspection_get_n_warnings (state), ==, 0);

  g_assert_cmpstr (granary_inspection_get_format (lite), ==, "Paddle Lite");
  g_assert_cmpstr (granary_inspection_get_producer (lite), ==, "Paddle Lite v2.10");
}

static void
test_state_with_code (void)
{
  static const char content[] = "\x80\x02" "cposix\nsystem\nX\x02\0\0\0ls\x85R.";
  g_autoptr (GranaryInspection) found = inspect_bytes (content, sizeof content - 1, "a.pdparams");

  g_assert_cmpstr (granary_inspection_get_format (found), ==, "Paddle");
  g_assert_true (has_warning (found, GRANARY_WARNING_RUNS_CODE, "posix.system"));
}

static void
test_cut (void)
{
  g_autoptr (GString) content = load_fixture ("paddle/inference.json");

  /* Whole without its version, the last field. */
  assert_cuts_are_told ("paddle/ocr.pdmodel", "Paddle", 2, 1);
  assert_cuts_are_told ("paddle/best_accuracy.pdparams", "Paddle", 3, 0);

  /* Without the line's end it is whole; before its mark it is any text. */
  for (gsize cut = 32; cut < content->len - 1; cut++)
    {
      g_autoptr (GranaryInspection) found = inspect_bytes (content->str, cut, "inference.json");

      g_assert_cmpstr (granary_inspection_get_format (found), ==, "Paddle");
      g_assert_cmpuint (granary_inspection_get_n_warnings (found), >, 0);
    }
}

static void
test_lies (void)
{
  assert_lies_are_survived ("paddle/ocr.pdmodel");
  assert_lies_are_survived ("paddle/ocr.pdiparams");
  assert_lies_are_survived ("paddle/inference.json");
}

/* Other values where an operation's parts should be. */
static void
test_odd_pir (void)
{
  static const char * const operations[] = {
    "7", "[]", "{\"#\":7}", "{\"#\":[[]],\"A\":7}", "{\"A\":[{\"N\":{},\"AT\":7}]}",
    "{\"O\":7}", "{\"O\":[{\"TT\":[]}]}", "{\"O\":[{\"TT\":{\"D\":[[{}]]}}]}",
    "{\"#\":\"p\",\"O\":{\"TT\":{\"D\":[{\"#\":\"0.t_f32\"},[9223372036854775807,9]]}}}",
    "{\"#\":\"p\",\"O\":{\"TT\":{\"D\":[{\"#\":\"0.t_f32\"},[18446744073709551616]]}}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    {
      g_autoptr (GString) content =
        g_string_new ("{\"base_code\":{\"magic\":\"pir\",\"version\":1},\"program\":{\"regions\":"
                      "[{\"blocks\":[{\"ops\":[");
      g_autoptr (GranaryInspection) found = NULL;

      g_string_append_printf (content, "%s]}]}]}}", operations[i]);
      found = inspect_string (content, "inference.json");
      g_test_message ("%s", operations[i]);
      g_assert_cmpstr (granary_inspection_get_format (found), ==, "Paddle");
      if (g_str_has_prefix (operations[i], "{\"#\":\"p\""))
        g_assert_cmpint (granary_inspection_get_parameters (found), ==, -1);
    }
}

static void
test_deep_and_many (void)
{
  static const char start[] =
    "{\"base_code\":{\"magic\":\"pir\",\"version\":1},\"program\":{\"regions\":[{\"blocks\":"
    "[{\"ops\":[";
  g_autoptr (GString) deep = g_string_new (start);
  g_autoptr (GString) many = g_string_new (start);
  g_autoptr (GString) block = g_string_new ("\x08");
  g_autoptr (GString) program = g_string_new (NULL);
  g_autoptr (GString) variable = g_string_new ("\x0a\x01v");
  g_autoptr (GranaryInspection) first = NULL;
  g_autoptr (GranaryInspection) second = NULL;
  g_autoptr (GranaryInspection) third = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append (deep, "{\"O\":[");
  first = inspect_string (deep, "inference.json");
  g_assert_true (has_warning (first, GRANARY_WARNING_UNREADABLE, "inference.json"));

  for (guint i = 0; i < 1000000; i++)
    g_string_append (many, i > 0 ? ",{\"#\":\"1.data\"}" : "{\"#\":\"1.data\"}");
  g_string_append (many, "]}]}]}}");
  second = inspect_string (many, "inference.json");
  g_assert_cmpuint (granary_inspection_get_n_inputs (second), <=, 1024);

  g_string_append_c (block, '\0');
  g_string_append_len (block, "\x10\0", 2);
  for (guint i = 0; i < 1000000; i++)
    append_field (block, 3, variable);
  append_field (program, 1, block);
  third = inspect_string (program, "a.pdmodel");
  g_assert_cmpstr (granary_inspection_get_format (third), ==, "Paddle");
  g_assert_cmpuint (granary_inspection_get_n_warnings (third), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/paddle/programs", test_programs);
  g_test_add_func ("/paddle/by-structure", test_by_structure);
  g_test_add_func ("/paddle/data", test_data);
  g_test_add_func ("/paddle/state-with-code", test_state_with_code);
  g_test_add_func ("/paddle/cut", test_cut);
  g_test_add_func ("/paddle/lies", test_lies);
  g_test_add_func ("/paddle/odd-pir", test_odd_pir);
  g_test_add_func ("/paddle/deep-and-many", test_deep_and_many);

  return g_test_run ();
}
