/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json.h"
#include "granary-yaml.h"

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *root = granary_yaml_parse (text, -1, "meta.yaml", &error);

  g_assert_no_error (error);
  g_assert_nonnull (root);
  return root;
}

static void
assert_refused (const char *text,
                gssize      length,
                int         line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = granary_yaml_parse (text, length, "meta.yaml", &error);

  g_assert_null (root);
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT);
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_TASK_UNREADABLE));
  g_assert_cmpstr (granary_error_get_subject (error), ==, "meta.yaml");
  if (line > 0)
    g_assert_cmpint (granary_error_get_line (error), ==, line);
}

static void
assert_json (const char *text,
             const char *expected)
{
  g_autoptr (JsonNode) root = parse (text);
  g_autofree char *json = granary_json_to_text (root, FALSE);

  g_assert_cmpstr (json, ==, expected);
}

/* What tools write */

static void
test_run (void)
{
  g_autoptr (JsonNode) root = parse (
    "artifact_uri: file:///data/mlruns/0/4e/artifacts\n"
    "end_time: null\n"
    "experiment_id: '0'\n"
    "lifecycle_stage: active\n"
    "run_name: 视觉 baseline – größer\n"
    "start_time: 1718000000123\n"
    "status: 3\n"
    "tags: []\n"
    "signature:\n"
    "  inputs: '[{\"type\": \"double\"}]'\n"
    "  flavors:\n"
    "  - sklearn\n"
    "  - python_function\n");
  gint64 number;

  g_assert_true (json_node_is_immutable (root));
  g_assert_cmpstr (granary_json_get_string (root, "artifact_uri"), ==,
                   "file:///data/mlruns/0/4e/artifacts");
  g_assert_cmpstr (granary_json_get_string (root, "experiment_id"), ==, "0");
  g_assert_cmpstr (granary_json_get_string (root, "run_name"), ==, "视觉 baseline – größer");
  g_assert_null (granary_json_lookup (root, "end_time"));
  g_assert_true (granary_json_get_int (root, "start_time", &number));
  g_assert_cmpint (number, ==, G_GINT64_CONSTANT (1718000000123));
  g_assert_cmpuint (json_array_get_length (granary_json_get_array (root, "tags")), ==, 0);
  g_assert_cmpstr (granary_json_get_string (root, "signature.inputs"), ==,
                   "[{\"type\": \"double\"}]");
  g_assert_cmpuint (json_array_get_length (granary_json_get_array (root, "signature.flavors")),
                    ==, 2);
}

static void
test_scalars (void)
{
  static const struct
  {
    const char *text;
    const char *json;
  } rows[] = {
    /* Whole numbers */
    { "0", "0" }, { "-0", "0" }, { "+7", "7" }, { "42", "42" }, { "0755", "493" },
    { "0x1f", "31" }, { "-0x10", "-16" }, { "0b101", "5" }, { "08", "\"08\"" },
    { "0o17", "\"0o17\"" }, { "0x", "\"0x\"" }, { "0x-1", "\"0x-1\"" }, { "--1", "\"--1\"" },
    { "1_000", "\"1_000\"" }, { "1:30", "\"1:30\"" },
    { "9223372036854775807", "9223372036854775807" },
    { "-9223372036854775808", "-9223372036854775808" },
    { "9223372036854775808", "\"9223372036854775808\"" },
    { "99999999999999999999999", "\"99999999999999999999999\"" },
    /* Others */
    { "0.5", "0.5" }, { ".5", "0.5" }, { "1.", "1.0" }, { "-2.25", "-2.25" },
    { "1.0e-05", "1.0000000000000001e-05" }, { "5e-1", "0.5" }, { "1.5e3", "1500.0" },
    { "12e4567", "\"12e4567\"" }, { "1e5", "\"1e5\"" }, { "1.0e+999", "\"1.0e+999\"" },
    { ".", "\".\"" }, { "1.2.3", "\"1.2.3\"" }, { "1.0e", "\"1.0e\"" }, { "e-3", "\"e-3\"" },
    { ".nan", "\".nan\"" }, { ".NaN", "\".NaN\"" }, { ".inf", "\".inf\"" },
    { "-.inf", "\"-.inf\"" }, { "nan", "\"nan\"" }, { "inf", "\"inf\"" },
    /* Words */
    { "true", "true" }, { "False", "false" }, { "yes", "true" }, { "NO", "false" },
    { "off", "false" }, { "y", "\"y\"" }, { "tRUE", "\"tRUE\"" }, { "~", "null" },
    { "Null", "null" }, { "'null'", "\"null\"" }, { "\"7\"", "\"7\"" }, { "''", "\"\"" },
    { "2024-05-17", "\"2024-05-17\"" },
    { "2024-05-17 10:11:12.5 +2", "\"2024-05-17 10:11:12.5 +2\"" },
    { "3.10.12", "\"3.10.12\"" }, { "|\n  7\n", "\"7\\n\"" }, { ">-\n  a\n  b\n", "\"a b\"" },
    /* Tags */
    { "!!str 7", "\"7\"" }, { "!!int '7'", "7" }, { "!!float '0.5'", "0.5" },
    { "!!null 'x'", "\"x\"" }, { "! 7", "\"7\"" }, { "!!bool yes", "true" },
    { "!!python/name:os.system ''", "\"\"" }, { "!!binary aGk=", "\"aGk=\"" },
    { "!unknown 7", "\"7\"" },
    { "!!python/object/apply:os.system ['true']", "[\"true\"]" },
    { "!!python/object:a.B {x: 1}", "{\"x\":1}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_json (rows[i].text, rows[i].json);
}

static void
test_mappings (void)
{
  /* The last of equal keys counts. */
  assert_json ("a: 1\nb: 2\na: 3\n", "{\"a\":3,\"b\":2}");
  /* Keys are text. */
  assert_json ("{0: person, 1.5: x, true: y, ~: z}",
               "{\"0\":\"person\",\"1.5\":\"x\",\"true\":\"y\",\"~\":\"z\"}");
  assert_json ("? [a, b]\n: 1\nc: 2\n", "{\"c\":2}");
  assert_json ("? {a: b}\n: 1\nc: 2\n", "{\"c\":2}");
  assert_json ("a: &k key\n*k : 2\n", "{\"a\":\"key\",\"key\":2}");
  /* Merge keys are left out, a key that is merely called so is not. */
  assert_json ("base: &b {x: 1}\nrun: {<<: *b, y: 2}\n",
               "{\"base\":{\"x\":1},\"run\":{\"y\":2}}");
  assert_json ("'<<': 1\n", "{\"<<\":1}");
  assert_json ("{\"json\": [1, {\"a\": null}]}", "{\"json\":[1,{\"a\":null}]}");
  assert_json ("a:\n", "{\"a\":null}");
  /* Only the first document is looked at. */
  assert_json ("--- 1\n--- [\n", "1");
}

static void
test_aliases (void)
{
  assert_json ("a: &x [1, 2]\nb: *x\nc: [*x, *x]\n",
               "{\"a\":[1,2],\"b\":[1,2],\"c\":[[1,2],[1,2]]}");
  assert_json ("[&x 1, *x, &x 2, *x]", "[1,1,2,2]");
  assert_refused ("a: *nothing\n", -1, 1);
  assert_refused ("a: 1\nb: &x [1, *x]\n", -1, 2);
  assert_refused ("&x {a: *x}", -1, 0);
  /* Of the same name outside: still itself. */
  assert_refused ("- &x 1\n- &x [*x]\n", -1, 2);
}

static void
test_text (void)
{
  static const char utf16[] = "\xff\xfe" "a\0:\0 \0\xc6\x89\n\0";
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (JsonNode) bounded = NULL;
  g_autoptr (GError) error = NULL;

  assert_json ("\xef\xbb\xbf" "a: ü\n", "{\"a\":\"ü\"}");
  /* JSON text has no NUL. */
  assert_json ("a: \"x\\0y\"\n", "{\"a\":\"x\xef\xbf\xbdy\"}");
  assert_json ("\"a\\0\": 1\n", "{\"a\xef\xbf\xbd\":1}");
  assert_refused ("a: b\nc: \xff\xfe\n", -1, 0);
  assert_refused ("a: \xc3", -1, 0);
  assert_refused ("a: b\0c\n", 7, 0);
  assert_refused ("a: \"\\ud800\"\n", -1, 1);

  root = granary_yaml_parse (utf16, sizeof utf16 - 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (granary_json_get_string (root, "a"), ==, "视");

  bounded = granary_yaml_parse ("a: 1234", 5, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (bounded), "a"), ==, 12);
}

static void
test_broken (void)
{
  assert_refused ("", -1, 1);
  assert_refused ("# nothing but words\n", -1, 0);
  assert_refused ("a: 1\nb: [1, 2\n", -1, 0);
  assert_refused ("a: 1\n\tb: 2\n", -1, 2);
  assert_refused ("a: b: c\n", -1, 1);
  assert_refused ("a: 'x\n", -1, 0);
  assert_refused ("%YAML 9.9\n---\na: 1\n", -1, 0);
  assert_refused ("a: !<", -1, 0);
  assert_refused ("]", -1, 1);
  assert_refused ("{a: 1, ", -1, 0);
  /* What a program that was killed leaves. */
  for (gsize i = 1; i < strlen ("{a: [1, 'two', &x {b: *x}]}"); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) root = granary_yaml_parse ("{a: [1, 'two', &x {b: *x}]}", (gssize) i,
                                                      NULL, &error);

      g_assert_null (root);
      g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT);
    }
}

/* Bombs */

static char *
repeat (const char *text,
        guint       n)
{
  GString *whole = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (whole, text);

  return g_string_free (whole, FALSE);
}

static void
test_bombs (void)
{
  g_autoptr (GString) laughs = g_string_new ("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol]\n");
  g_autoptr (GString) deep = g_string_new ("a0: &a0 [x]\n");
  g_autofree char *word = repeat ("x", 100000);
  g_autofree char *aliases = repeat ("- *x\n", 1000);
  g_autofree char *words = g_strconcat ("- &x ", word, "\n", aliases, NULL);

  for (guint i = 1; i < 12; i++)
    g_string_append_printf (laughs, "a%u: &a%u [*a%u, *a%u, *a%u, *a%u, *a%u, *a%u, *a%u, *a%u]\n",
                            i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
  assert_refused (laughs->str, -1, 6);

  /* Nested by aliases, where the text is flat. */
  for (guint i = 1; i < 100; i++)
    g_string_append_printf (deep, "a%u: &a%u [*a%u]\n", i, i, i - 1);
  assert_refused (deep->str, -1, 0);

  /* Few values, much text. */
  assert_refused (words, -1, 0);
}

static void
test_depth (void)
{
  static const char *const opened[] = { "[", "{a: ", "- ", "? ", "{? " };

  for (guint i = 0; i < G_N_ELEMENTS (opened); i++)
    {
      g_autofree char *deep = repeat (opened[i], 100000);

      assert_refused (deep, -1, 0);
    }

  {
    g_autofree char *left = repeat ("[", 64);
    g_autofree char *right = repeat ("]", 64);
    g_autofree char *fits = g_strconcat (left, right, NULL);
    g_autofree char *deeper = g_strconcat ("[", fits, "]", NULL);
    g_autofree char *much = g_strconcat ("[", deeper, "]", NULL);
    g_autoptr (JsonNode) root = parse (fits);

    g_assert_true (JSON_NODE_HOLDS_ARRAY (root));
    assert_refused (much, -1, 1);
  }
}

static void
test_length (void)
{
  g_autofree char *few = repeat ("- 1\n", 199999);
  g_autofree char *many = repeat ("- 1\n", 200000);
  g_autofree char *anchors = repeat ("- &a [&b x]\n", 60000);
  g_autoptr (JsonNode) root = parse (few);
  g_autoptr (JsonNode) anchored = parse (anchors);

  g_assert_cmpuint (json_array_get_length (json_node_get_array (root)), ==, 199999);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (anchored)), ==, 60000);
  assert_refused (many, -1, 200000);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/yaml/run", test_run);
  g_test_add_func ("/yaml/scalars", test_scalars);
  g_test_add_func ("/yaml/mappings", test_mappings);
  g_test_add_func ("/yaml/aliases", test_aliases);
  g_test_add_func ("/yaml/text", test_text);
  g_test_add_func ("/yaml/broken", test_broken);
  g_test_add_func ("/yaml/bombs", test_bombs);
  g_test_add_func ("/yaml/depth", test_depth);
  g_test_add_func ("/yaml/length", test_length);

  return g_test_run ();
}
