/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>

#include "inspect-testing.h"

/* PMML and OpenVINO IR, written after their schemas. */

#define PMML_HEAD \
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- > by hand -->\n" \
  "<PMML xmlns=\"http://www.dmg.org/PMML-4_4\" version=\"4.4\">" \
  "<Header><Application name=\"SkLearn2PMML package\" version=\"0.110.0\"/></Header>" \
  "<DataDictionary><DataField name=\"y\" optype=\"categorical\" dataType=\"string\"/>" \
  "<DataField name=\"身高\" optype=\"continuous\" dataType=\"double\"/></DataDictionary>" \
  "<TreeModel functionName=\"classification\" modelName=\"iris\"><MiningSchema>" \
  "<MiningField name=\"y\" usageType=\"target\"/><MiningField name=\"身高\"/>" \
  "<MiningField name=\"w\" usageType=\"supplementary\"/></MiningSchema>" \
  "<Output><OutputField name=\"probability(a)\" dataType=\"double\" feature=\"probability\"/>" \
  "</Output>"

#define IR_HEAD \
  "<?xml version=\"1.0\"?>\n<net name=\"网络\" version=\"11\"><layers>" \
  "<layer id=\"0\" name=\"x\" type=\"Parameter\" version=\"opset1\">" \
  "<data shape=\"1, 3,?,640\" element_type=\"f32\"/><output>" \
  "<port id=\"0\" precision=\"FP32\" names=\"images,x:0\"><dim>1</dim><dim>3</dim><dim>-1</dim>" \
  "<dim>640</dim></port></output></layer>" \
  "<layer id=\"1\" name=\"w\" type=\"Const\" version=\"opset1\">" \
  "<data element_type=\"f16\" shape=\"16, 3\" offset=\"0\" size=\"96\"/><output>" \
  "<port id=\"0\" precision=\"FP16\"><dim>16</dim><dim>3</dim></port></output></layer>" \
  "<layer id=\"2\" name=\"if\" type=\"If\"><then_body><layers>" \
  "<layer id=\"0\" name=\"inner\" type=\"Parameter\"><data shape=\"1\" element_type=\"f32\"/>" \
  "</layer></layers></then_body></layer>"

static void
test_pmml (void)
{
  /* What comes far behind is not read: it may be anything. */
  g_autofree char *text = g_strdup_printf ("%s<Node>%8192s<broken", PMML_HEAD, "");
  g_autoptr (GranaryInspection) found = inspect_bytes (text, strlen (text), "iris.pmml");
  const GranaryTensor *input;
  const GranaryTensor *output;

  g_assert_cmpstr (granary_inspection_get_format (found), ==, "PMML");
  g_assert_cmpstr (granary_inspection_get_framework (found), ==, "scikit-learn");
  g_assert_cmpstr (granary_inspection_get_producer (found), ==, "SkLearn2PMML package 0.110.0");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "version"), ==, "4.4");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "class"), ==, "TreeModel");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "function"), ==, "classification");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "name"), ==, "iris");
  g_assert_cmpuint (granary_inspection_get_n_inputs (found), ==, 1);
  input = granary_inspection_get_input (found, 0);
  g_assert_cmpstr (input->name, ==, "身高");
  g_assert_cmpstr (input->type, ==, "double");
  g_assert_cmpuint (granary_inspection_get_n_outputs (found), ==, 2);
  output = granary_inspection_get_output (found, 0);
  g_assert_cmpstr (output->name, ==, "y");
  g_assert_cmpstr (output->type, ==, "string");
  g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
}

static void
test_openvino (void)
{
  static const char text[] = IR_HEAD
    "<layer id=\"3\" name=\"output0/sink_port_0\" type=\"Result\"><input>"
    "<port id=\"0\" precision=\"I64\"><dim>1</dim><dim>-1</dim></port></input></layer></layers>"
    "<edges/><rt_info><Runtime_version value=\"2024.6.0\"/>"
    "<model_info><task value=\"detect\"/></model_info></rt_info></net>";
  g_autoptr (GranaryInspection) found = inspect_bytes (text, sizeof text - 1, "model.xml");
  gint64 count;

  g_assert_cmpstr (granary_inspection_get_format (found), ==, "OpenVINO IR");
  g_assert_cmpstr (granary_inspection_get_framework (found), ==, "OpenVINO");
  g_assert_cmpstr (granary_inspection_get_producer (found), ==, "OpenVINO 2024.6.0");
  g_assert_cmpint (granary_inspection_get_ir_version (found), ==, 11);
  g_assert_cmpstr (granary_inspection_find_metadata (found, "name"), ==, "网络");
  g_assert_cmpstr (granary_inspection_find_metadata (found, "task"), ==, "detect");
  g_assert_cmpint (granary_inspection_get_parameters (found), ==, 48);
  g_assert_cmpstr (granary_inspection_get_type_name (found, 0, &count), ==, "float16");
  g_assert_cmpuint (granary_inspection_get_n_inputs (found), ==, 1);
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->name, ==, "images");
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->type, ==, "float32");
  g_assert_cmpstr (granary_inspection_get_input (found, 0)->shape, ==, "1,3,?,640");
  g_assert_cmpuint (granary_inspection_get_n_outputs (found), ==, 1);
  g_assert_cmpstr (granary_inspection_get_output (found, 0)->name, ==, "output0");
  g_assert_cmpstr (granary_inspection_get_output (found, 0)->type, ==, "int64");
  g_assert_cmpstr (granary_inspection_get_output (found, 0)->shape, ==, "1,?");
  g_assert_cmpuint (granary_inspection_get_n_warnings (found), ==, 0);
  g_assert_cmpstr (granary_inspection_get_file (found, 1), ==, "model.bin");
}

/* Its weights are a file of their own. */
static void
test_openvino_weights (void)
{
  g_autofree char *folder = g_dir_make_tmp ("inspect-XXXXXX", NULL);
  g_autofree char *xml = g_build_filename (folder, "m.xml", NULL);
  g_autofree char *bin = g_build_filename (folder, "m.bin", NULL);
  const char *paths[] = { xml, bin, NULL };
  const char *targets[] = { "ir/m.xml", "ir/m.bin", NULL };
  const char *one_path[] = { xml, NULL };
  const char *one_target[] = { "ir/m.xml", NULL };
  g_autoptr (GranaryInspection) both = NULL;
  g_autoptr (GranaryInspection) alone = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (xml, IR_HEAD "</layers></net>", -1, &error);
  g_assert_no_error (error);
  g_file_set_contents (bin, "", 0, &error);
  g_assert_no_error (error);

  both = granary_inspect_files (paths, targets, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (granary_inspection_get_format (both), ==, "OpenVINO IR");
  g_assert_cmpstr (granary_inspection_get_file (both, 1), ==, "ir/m.bin");
  g_assert_cmpuint (granary_inspection_get_n_warnings (both), ==, 0);

  alone = granary_inspect_files (one_path, one_target, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (has_warning (alone, GRANARY_WARNING_EXTERNAL_DATA_MISSING, "ir/m.bin"));

  g_unlink (xml);
  g_unlink (bin);
  g_rmdir (folder);
}

static void
assert_warns (GString                  *content,
              const char               *format,
              GranaryInspectionWarning  warning)
{
  g_autoptr (GranaryInspection) found = inspect_string (content, "m.xml");

  g_test_message ("%.80s", content->str);
  g_assert_cmpstr (granary_inspection_get_format (found), ==, format);
  g_assert_true (has_warning (found, warning, "m.xml"));
}

static void
test_hostile (void)
{
  g_autoptr (GString) cut = g_string_new (IR_HEAD);
  g_autoptr (GString) deep = g_string_new ("<net version='11'><layers>");
  g_autoptr (GString) wrong = g_string_new ("<net version='11'><layers></net></layers>");
  g_autoptr (GString) lies = g_string_new (
    "<net version='11'><layers><layer type='Const' name='w'>"
    "<data element_type='f32' shape='9223372036854775807,2' offset='0'/></layer></layers></net>");
  g_autoptr (GString) bomb = g_string_new (
    "<!DOCTYPE net [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
    "<net version='11'>&b;</net>");
  g_autoptr (GString) outside = g_string_new ("<PMML version='4.4'>&outside;</PMML>");
  g_autoptr (GString) latin = g_string_new ("<net version='11' name='\xe9'/>");
  g_autoptr (GranaryInspection) none = inspect_string (bomb, "m.xml");
  g_autoptr (GranaryInspection) overflown = inspect_string (lies, "m.xml");

  assert_warns (cut, "OpenVINO IR", GRANARY_WARNING_TRUNCATED);
  for (guint i = 0; i < 100000; i++)
    g_string_append (deep, "<a>");
  assert_warns (deep, "OpenVINO IR", GRANARY_WARNING_UNREADABLE);
  assert_warns (wrong, "OpenVINO IR", GRANARY_WARNING_UNREADABLE);
  assert_warns (outside, "PMML", GRANARY_WARNING_UNREADABLE);
  assert_warns (latin, "OpenVINO IR", GRANARY_WARNING_UNREADABLE);

  /* Entities are never looked at. */
  g_assert_null (granary_inspection_get_format (none));
  g_assert_cmpint (granary_inspection_get_parameters (overflown), ==, -1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/inspect/markup/pmml", test_pmml);
  g_test_add_func ("/inspect/markup/openvino", test_openvino);
  g_test_add_func ("/inspect/markup/openvino-weights", test_openvino_weights);
  g_test_add_func ("/inspect/markup/hostile", test_hostile);

  return g_test_run ();
}
