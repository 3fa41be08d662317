/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "granary-error.h"
#include "granary-names.h"

static void
test_name_valid (void)
{
  static const struct
  {
    const char *typed;
    const char *stored;
  } names[] = {
    { "plate-ocr", "plate-ocr" },
    { "  车牌识别 ", "车牌识别" },
    { "7b_chat", "7b_chat" },
    { "A", "A" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *name = granary_name_check (names[i].typed, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (name, ==, names[i].stored);
    }
}

static void
test_name_invalid (void)
{
  g_autofree char *long_name = g_strnfill (GRANARY_NAME_MAX_CHARS + 1, 'a');
  const struct
  {
    const char    *typed;
    GranaryReason  reason;
  } names[] = {
    { "", GRANARY_REASON_NAME_EMPTY },
    { "   ", GRANARY_REASON_NAME_EMPTY },
    { "-x", GRANARY_REASON_NAME_FIRST_CHARACTER },
    { "_x", GRANARY_REASON_NAME_FIRST_CHARACTER },
    { "a b", GRANARY_REASON_NAME_CHARACTER },
    { "../etc", GRANARY_REASON_NAME_CHARACTER },
    { "a/b", GRANARY_REASON_NAME_CHARACTER },
    { "a\nb", GRANARY_REASON_NAME_CHARACTER },
    { "Ωmega", GRANARY_REASON_NAME_CHARACTER },
    { "a\xff", GRANARY_REASON_NAME_ENCODING },
    { long_name, GRANARY_REASON_NAME_TOO_LONG },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *name = granary_name_check (names[i].typed, &error);

      g_assert_null (name);
      g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT);
      g_assert_cmpint (granary_error_get_reason (error), ==, names[i].reason);
    }
}

static void
test_name_fold (void)
{
  g_autofree char *upper = granary_name_fold ("Plate-OCR");
  g_autofree char *lower = granary_name_fold ("plate-ocr");

  g_assert_cmpstr (upper, ==, lower);
}

static void
test_name_suggest (void)
{
  static const struct
  {
    const char *text;
    const char *name;
  } texts[] = {
    { "My Model (final).onnx", "My-Model-final" },
    { "_hidden.pt", "hidden" },
    { "人脸 检测.safetensors", "人脸-检测" },
    { "model\xff.pth", "model" },
    { "???", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *name = granary_name_suggest (texts[i].text);

      g_assert_cmpstr (name, ==, texts[i].name);
      if (*name != '\0')
        {
          g_autofree char *checked = granary_name_check (name, NULL);

          g_assert_cmpstr (checked, ==, name);
        }
    }
}

static void
test_path (void)
{
  g_autofree char *part = g_strnfill (GRANARY_PATH_PART_MAX_BYTES, 'p');
  g_autofree char *long_part = g_strnfill (GRANARY_PATH_PART_MAX_BYTES + 1, 'p');
  const struct
  {
    const char    *path;
    GranaryReason  reason;
  } paths[] = {
    { "config.json", GRANARY_REASON_NONE },
    { "model/权重.onnx", GRANARY_REASON_NONE },
    { "...", GRANARY_REASON_NONE },
    { part, GRANARY_REASON_NONE },
    { "", GRANARY_REASON_PATH_EMPTY },
    { "a//b", GRANARY_REASON_PATH_EMPTY },
    { "a/", GRANARY_REASON_PATH_EMPTY },
    { "./a", GRANARY_REASON_PATH_EMPTY },
    { "/etc/passwd", GRANARY_REASON_PATH_ABSOLUTE },
    { "..", GRANARY_REASON_PATH_TRAVERSAL },
    { "a/../b", GRANARY_REASON_PATH_TRAVERSAL },
    { "a\nb", GRANARY_REASON_PATH_CONTROL_CHARACTER },
    { "a\x1b[31m", GRANARY_REASON_PATH_CONTROL_CHARACTER },
    { "a\xff", GRANARY_REASON_PATH_ENCODING },
    { long_part, GRANARY_REASON_PATH_TOO_LONG },
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean valid = granary_path_check (paths[i].path, &error);

      g_assert_cmpint (valid, ==, paths[i].reason == GRANARY_REASON_NONE);
      if (!valid)
        g_assert_cmpint (granary_error_get_reason (error), ==, paths[i].reason);
    }
}

static void
test_version (void)
{
  int number = 0;

  g_assert_true (granary_version_parse ("v12", &number));
  g_assert_cmpint (number, ==, 12);
  g_assert_false (granary_version_parse ("v0", &number));
  g_assert_false (granary_version_parse ("v01", &number));
  g_assert_false (granary_version_parse ("3", &number));
  g_assert_false (granary_version_parse ("v", &number));
  g_assert_false (granary_version_parse ("v3 ", &number));
  g_assert_false (granary_version_parse ("v99999999999", &number));
}

static void
test_uid (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 1000; i++)
    {
      char *uid = granary_uid_new ("m");

      g_assert_cmpuint (strlen (uid), ==, 18);
      g_assert_true (g_str_has_prefix (uid, "m-"));
      g_assert_true (g_hash_table_add (seen, uid));
    }
}

static void
test_display_path (void)
{
  g_autofree char *shown = granary_display_path ("a\nb\x1b[0m\xff/模型\xe2\x80\xae");

  g_assert_cmpstr (shown, ==, "a\\nb\\u001b[0m\\xff/模型\\u202e");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/names/valid", test_name_valid);
  g_test_add_func ("/names/invalid", test_name_invalid);
  g_test_add_func ("/names/fold", test_name_fold);
  g_test_add_func ("/names/suggest", test_name_suggest);
  g_test_add_func ("/names/path", test_path);
  g_test_add_func ("/names/version", test_version);
  g_test_add_func ("/names/uid", test_uid);
  g_test_add_func ("/names/display-path", test_display_path);

  return g_test_run ();
}
