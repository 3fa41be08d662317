/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-cli.h"
#include "granary-cli-json.h"
#include "granary-cli-table.h"
#include "granary-cli-target.h"

#include <json-glib/json-glib.h>
#include <string.h>

static void
test_width (void)
{
  g_assert_cmpuint (granary_cli_text_width (""), ==, 0);
  g_assert_cmpuint (granary_cli_text_width ("plate-ocr"), ==, 9);
  g_assert_cmpuint (granary_cli_text_width ("车牌检测"), ==, 8);
  g_assert_cmpuint (granary_cli_text_width ("e\xcc\x81"), ==, 1); /* e and a combining accent */
  g_assert_cmpuint (granary_cli_text_width ("v1–"), ==, 3);
}

static void
assert_clip (const char *text,
             guint       width,
             const char *expected)
{
  g_autofree char *clipped = granary_cli_text_clip (text, width);

  g_assert_cmpstr (clipped, ==, expected);
  g_assert_cmpuint (granary_cli_text_width (clipped), <=, width);
}

static void
test_clip (void)
{
  assert_clip ("plate-ocr", 9, "plate-ocr");
  assert_clip ("plate-ocr", 6, "plate…");
  assert_clip ("车牌检测", 8, "车牌检测");
  assert_clip ("车牌检测", 6, "车牌…");
  assert_clip ("车牌检测", 5, "车牌…");
  assert_clip ("车牌检测", 1, "…");
  assert_clip ("车牌检测", 0, "");
}

static void
test_table (void)
{
  g_autoptr (GranaryCliTable) table = granary_cli_table_new ("NAME", "SIZE", "TAGS", NULL);
  g_autofree char *text = NULL;

  granary_cli_table_set_right (table, 1);
  granary_cli_table_add (table, "车牌检测", "1 kB", "team=视觉", NULL);
  granary_cli_table_add (table, "plate-ocr-long", "120.5 MB", "", NULL);
  granary_cli_table_add (table, "a\nb\x1b[31m", "0", "x", NULL);
  text = granary_cli_table_to_text (table);

  g_assert_cmpstr (text, ==,
                   "NAME                SIZE  TAGS\n"
                   "车牌检测            1 kB  team=视觉\n"
                   "plate-ocr-long  120.5 MB\n"
                   "a\\nb\\u001b[31m         0  x\n");
}

static char *
make_json (void)
{
  g_autoptr (GranaryCliJson) json = granary_cli_json_new ();
  g_autoptr (GranaryTagSet) tags = granary_tag_set_new ();
  g_autoptr (GPtrArray) metrics =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);

  g_assert_true (granary_tag_set_put (tags, "team", "视觉", NULL));
  g_ptr_array_add (metrics, granary_metric_new ("acc", "0.9730"));
  g_ptr_array_add (metrics, granary_metric_new ("loss", ".12"));
  g_ptr_array_add (metrics, granary_metric_new ("third", "+3e-1"));
  g_ptr_array_add (metrics, granary_metric_new ("note", "n/a \"x\"\n"));

  granary_cli_json_begin_object (json, NULL);
  granary_cli_json_add_text (json, "text", "a\"\\\t\x01\x7f/\xff");
  granary_cli_json_add_text (json, "none", NULL);
  granary_cli_json_add_int (json, "big", G_MAXINT64);
  granary_cli_json_add_time (json, "time", G_GINT64_CONSTANT (1795361520) * G_USEC_PER_SEC);
  granary_cli_json_add_time (json, "never", G_MAXINT64);
  granary_cli_json_add_version (json, "latest", 3);
  granary_cli_json_add_version (json, "nothing", 0);
  granary_cli_json_add_tags (json, "tags", tags);
  granary_cli_json_add_metrics (json, "metrics", metrics);
  granary_cli_json_begin_array (json, "list");
  granary_cli_json_add_int (json, NULL, 1);
  granary_cli_json_begin_object (json, NULL);
  granary_cli_json_end_object (json);
  granary_cli_json_begin_array (json, NULL);
  granary_cli_json_end_array (json);
  granary_cli_json_add_text (json, NULL, "x");
  granary_cli_json_end_array (json);
  granary_cli_json_end_object (json);

  return granary_cli_json_finish (json);
}

static void
test_json (void)
{
  g_autofree char *text = make_json ();
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *object;
  JsonObject *metrics;

  g_assert_null (strchr (text, '\n'));
  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  object = json_node_get_object (json_parser_get_root (parser));

  g_assert_cmpstr (json_object_get_string_member (object, "text"), ==,
                   "a\"\\\t\x01\x7f/\xef\xbf\xbd");
  g_assert_true (json_object_get_null_member (object, "none"));
  g_assert_cmpint (json_object_get_int_member (object, "big"), ==, G_MAXINT64);
  g_assert_cmpstr (json_object_get_string_member (object, "time"), ==, "2026-11-22T15:32:00Z");
  g_assert_true (json_object_get_null_member (object, "never"));
  g_assert_cmpstr (json_object_get_string_member (object, "latest"), ==, "v3");
  g_assert_true (json_object_get_null_member (object, "nothing"));
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (object, "tags"),
                                                  "team"), ==, "视觉");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "list")), ==, 4);

  /* As reported where JSON allows it, else the shortest that reads back the same. */
  metrics = json_object_get_object_member (object, "metrics");
  g_assert_nonnull (strstr (text, "\"acc\":0.9730,"));
  g_assert_nonnull (strstr (text, "\"loss\":0.12,"));
  g_assert_nonnull (strstr (text, "\"third\":0.3,"));
  g_assert_cmpstr (json_object_get_string_member (metrics, "note"), ==, "n/a \"x\"");
}

static void
test_ids (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (int code = 0; code < (int) GRANARY_N_ERRORS; code++)
    {
      g_assert_nonnull (granary_cli_code_id (code));
      g_assert_true (g_hash_table_add (seen, (gpointer) granary_cli_code_id (code)));
    }
  g_assert_null (granary_cli_code_id (GRANARY_N_ERRORS));

  g_hash_table_remove_all (seen);
  for (int reason = 0; reason < (int) GRANARY_N_REASONS; reason++)
    {
      g_assert_nonnull (granary_cli_reason_id (reason));
      g_assert_true (g_hash_table_add (seen, (gpointer) granary_cli_reason_id (reason)));
    }
}

static void
test_target (void)
{
  static const struct
  {
    const char *text;
    gboolean    needs_version;
    const char *name;
    int         number;
  } good[] = {
    { "plate-ocr", FALSE, "plate-ocr", 0 },
    { "plate-ocr:v12", FALSE, "plate-ocr", 12 },
    { "车牌检测:v1", TRUE, "车牌检测", 1 },
    { "v1:v2", TRUE, "v1", 2 },
    { "m-abcd:v2", TRUE, "m-abcd", 2 },
  };
  static const char *const bad[] = {
    "plate-ocr:", "plate-ocr:3", "plate-ocr:v0", "plate-ocr:v01", "plate-ocr:v-1", "plate-ocr:V1",
    "plate-ocr:v1x", ":v1", "", "plate-ocr:v99999999999999999999", "\xff", "\xff:v1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GranaryCliTarget) target =
        granary_cli_target_parse (good[i].text, good[i].needs_version, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (target->name, ==, good[i].name);
      g_assert_cmpint (target->number, ==, good[i].number);
    }

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GranaryCliTarget) target = granary_cli_target_parse (bad[i], FALSE, &error);

      g_assert_null (target);
      g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }

  {
    g_autoptr (GError) error = NULL;
    g_autoptr (GranaryCliTarget) target = granary_cli_target_parse ("plate-ocr", TRUE, &error);

    g_assert_null (target);
    g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
  }
}

static void
assert_list (const char *line,
             const char *expected_left,
             const char *expected_list)
{
  g_auto (GStrv) arguments = g_strsplit (line, " ", -1);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) left = granary_cli_take_list (arguments, "--files", list);
  g_autofree char *left_text = g_strjoinv (" ", left);
  g_autofree char *list_text = NULL;

  g_ptr_array_add (list, NULL);
  list_text = g_strjoinv (" ", (char **) list->pdata);
  g_assert_cmpstr (left_text, ==, expected_left);
  g_assert_cmpstr (list_text, ==, expected_list);
}

static void
test_list (void)
{
  assert_list ("import a --files x y z", "import a", "x y z");
  assert_list ("import a --files x y --move", "import a --move", "x y");
  assert_list ("import --files x --tag k=v a", "import --tag k=v a", "x");
  assert_list ("import a --files=x y --files z", "import a", "x y z");
  assert_list ("import a --files=-x", "import a", "-x");
  assert_list ("import a", "import a", "");
  assert_list ("import a --files", "import a", "");
  assert_list ("import a -- --files x", "import a -- --files x", "");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/cli/text/width", test_width);
  g_test_add_func ("/cli/text/clip", test_clip);
  g_test_add_func ("/cli/text/table", test_table);
  g_test_add_func ("/cli/text/json", test_json);
  g_test_add_func ("/cli/text/ids", test_ids);
  g_test_add_func ("/cli/text/target", test_target);
  g_test_add_func ("/cli/text/list", test_list);

  return g_test_run ();
}
