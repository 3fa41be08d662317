/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "granary-inspect.h"
#include "granary-inspection-private.h"

static GranaryInspection *
make_full (void)
{
  GranaryInspection *inspection = granary_inspection_new ();

  granary_inspection_set_format (inspection, "ONNX");
  granary_inspection_set_framework (inspection, "ONNX");
  granary_inspection_set_producer (inspection, "pytorch 2.6");
  granary_inspection_set_opset (inspection, 17);
  granary_inspection_set_ir_version (inspection, 8);
  granary_inspection_add_parameters (inspection, "float32", 1000);
  granary_inspection_add_parameters (inspection, "int64", 5);
  granary_inspection_add_parameters (inspection, "float32", 24);
  granary_inspection_add_input (inspection, "图像", "float32", "N,3,48,W");
  granary_inspection_add_input (inspection, "scalar", "int64", "");
  granary_inspection_add_output (inspection, "y", NULL, NULL);
  granary_inspection_set_metadata (inspection, "author", "a \"b\"\n");
  granary_inspection_add_file (inspection, "model.onnx");
  granary_inspection_add_file (inspection, "model.data");
  granary_inspection_add_warning (inspection, GRANARY_WARNING_EXTERNAL_DATA_MISSING, "model.data");
  granary_inspection_add_warning (inspection, GRANARY_WARNING_RUNS_CODE, NULL);

  return inspection;
}

static void
test_round_trip (void)
{
  g_autoptr (GranaryInspection) first = make_full ();
  g_autofree char *json = granary_inspection_to_json (first);
  g_autoptr (GranaryInspection) second = granary_inspection_new_from_json (json);
  g_autofree char *again = granary_inspection_to_json (second);
  const GranaryTensor *tensor;
  const char *text;
  gint64 count;

  g_assert_cmpstr (json, ==, again);
  g_assert_cmpstr (granary_inspection_get_format (second), ==, "ONNX");
  g_assert_cmpstr (granary_inspection_get_producer (second), ==, "pytorch 2.6");
  g_assert_cmpint (granary_inspection_get_opset (second), ==, 17);
  g_assert_cmpint (granary_inspection_get_ir_version (second), ==, 8);
  g_assert_cmpint (granary_inspection_get_parameters (second), ==, 1029);
  g_assert_cmpuint (granary_inspection_get_n_types (second), ==, 2);
  g_assert_cmpstr (granary_inspection_get_type_name (second, 0, &count), ==, "float32");
  g_assert_cmpint (count, ==, 1024);
  g_assert_cmpuint (granary_inspection_get_n_inputs (second), ==, 2);
  tensor = granary_inspection_get_input (second, 0);
  g_assert_cmpstr (tensor->name, ==, "图像");
  g_assert_cmpstr (tensor->shape, ==, "N,3,48,W");
  g_assert_cmpstr (granary_inspection_get_input (second, 1)->shape, ==, "");
  tensor = granary_inspection_get_output (second, 0);
  g_assert_null (tensor->type);
  g_assert_null (tensor->shape);
  g_assert_cmpstr (granary_inspection_find_metadata (second, "author"), ==, "a \"b\"\\n");
  g_assert_null (granary_inspection_find_metadata (second, "nobody"));
  g_assert_cmpuint (granary_inspection_get_n_files (second), ==, 2);
  g_assert_cmpstr (granary_inspection_get_file (second, 1), ==, "model.data");
  g_assert_cmpuint (granary_inspection_get_n_warnings (second), ==, 2);
  g_assert_cmpint (granary_inspection_get_warning (second, 0, &text), ==,
                   GRANARY_WARNING_EXTERNAL_DATA_MISSING);
  g_assert_cmpstr (text, ==, "model.data");
  g_assert_cmpint (granary_inspection_get_warning (second, 1, &text), ==,
                   GRANARY_WARNING_RUNS_CODE);
  g_assert_null (text);
}

static void
test_empty (void)
{
  g_autoptr (GranaryInspection) inspection = granary_inspection_new ();
  g_autofree char *json = granary_inspection_to_json (inspection);

  g_assert_cmpstr (json, ==, "{}");
  g_assert_cmpint (granary_inspection_get_parameters (inspection), ==, -1);
  g_assert_cmpint (granary_inspection_get_opset (inspection), ==, 0);
}

/* The catalogue may hold what another version wrote, or nothing of use. */
static void
test_strange_json (void)
{
  static const char * const texts[] = {
    NULL, "", "nonsense", "[]", "null", "7", "{}",
    "{\"format\":7,\"inputs\":{},\"warnings\":[1,\"x\",{}],\"metadata\":[],\"types\":3}",
    "{\"inputs\":[null,3,{\"name\":[]}],\"files\":[{},7],\"parameters\":\"many\"}",
    "{\"types\":{\"a\":[]},\"metadata\":{\"k\":{}},\"opset\":-4,\"parameters\":-9}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GranaryInspection) inspection = granary_inspection_new_from_json (texts[i]);
      g_autofree char *json = granary_inspection_to_json (inspection);

      g_assert_true (g_str_has_prefix (json, "{"));
      g_assert_null (granary_inspection_get_format (inspection));
      g_assert_cmpint (granary_inspection_get_parameters (inspection), ==, -1);
      g_assert_cmpuint (granary_inspection_get_n_files (inspection), ==, 0);
    }
}

static void
test_bounds (void)
{
  g_autoptr (GranaryInspection) inspection = granary_inspection_new ();
  g_autofree char *long_text = g_strnfill (100000, 'x');
  g_autofree char *json = NULL;

  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *name = g_strdup_printf ("t%u", i);

      granary_inspection_add_input (inspection, name, "float32", "1");
      granary_inspection_add_warning (inspection, GRANARY_WARNING_RUNS_CODE, name);
      if (i < 20000)
        {
          granary_inspection_set_metadata (inspection, name, "v");
          granary_inspection_add_parameters (inspection, name, 1);
        }
    }
  granary_inspection_set_producer (inspection, long_text);
  granary_inspection_set_format (inspection, "a\x1b[31m\xe2\x80\xae");

  json = granary_inspection_to_json (inspection);
  g_assert_cmpuint (strlen (json), <, 200000);
  g_assert_true (g_str_is_ascii (granary_inspection_get_format (inspection)));
  g_assert_cmpuint (strlen (granary_inspection_get_producer (inspection)), <, 1100);
  g_assert_cmpint (granary_inspection_get_parameters (inspection), ==, 20000);
}

static void
test_parameters_overflow (void)
{
  g_autoptr (GranaryInspection) inspection = granary_inspection_new ();
  gint64 product = 1;

  granary_inspection_add_parameters (inspection, "float32", G_MAXINT64 - 1);
  g_assert_cmpint (granary_inspection_get_parameters (inspection), ==, G_MAXINT64 - 1);
  granary_inspection_add_parameters (inspection, "float32", 2);
  g_assert_cmpint (granary_inspection_get_parameters (inspection), ==, -1);
  /* Once unknown it stays unknown. */
  granary_inspection_add_parameters (inspection, "float32", 2);
  g_assert_cmpint (granary_inspection_get_parameters (inspection), ==, -1);
  g_assert_cmpuint (granary_inspection_get_n_types (inspection), ==, 0);

  g_assert_true (granary_inspection_multiply (&product, 3));
  g_assert_false (granary_inspection_multiply (&product, -1));
  g_assert_true (granary_inspection_multiply (&product, G_GINT64_CONSTANT (1) << 60));
  g_assert_false (granary_inspection_multiply (&product, 4));
}

static void
test_warning_ids (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < GRANARY_N_INSPECTION_WARNINGS; i++)
    g_assert_true (g_hash_table_add (seen, (char *) granary_inspection_warning_to_id (
                                             (GranaryInspectionWarning) i)));
}

static void
test_lists (void)
{
  g_assert_true (g_strv_contains (granary_inspect_list_frameworks (), "PaddlePaddle"));
  g_assert_true (g_strv_contains (granary_inspect_list_formats (), "safetensors"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/inspection/round-trip", test_round_trip);
  g_test_add_func ("/inspection/empty", test_empty);
  g_test_add_func ("/inspection/strange-json", test_strange_json);
  g_test_add_func ("/inspection/bounds", test_bounds);
  g_test_add_func ("/inspection/parameters-overflow", test_parameters_overflow);
  g_test_add_func ("/inspection/warning-ids", test_warning_ids);
  g_test_add_func ("/inspection/lists", test_lists);

  return g_test_run ();
}
