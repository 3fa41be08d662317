/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "granary-autostart.h"
#include "granary-error.h"

/* The entry by which the desktop starts services at login. */

#define PROGRAM "/usr/lib exec/granary-serviced"

/* What a desktop would run: the value unescaped as every one is, then taken apart as Exec is. */
static GStrv
read_exec (const char *entry)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  GStrv words = NULL;

  g_assert_true (g_key_file_load_from_data (file, entry, -1, G_KEY_FILE_NONE, &error));
  g_assert_no_error (error);
  line = g_key_file_get_string (file, "Desktop Entry", "Exec", &error);
  g_assert_no_error (error);
  g_assert_true (g_shell_parse_argv (line, NULL, &words, &error));
  g_assert_no_error (error);
  for (guint i = 0; words[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (words[i], "%%", -1);

      for (guint j = 0; parts[j] != NULL; j++)
        g_assert_null (strchr (parts[j], '%'));
      g_free (words[i]);
      words[i] = g_strjoinv ("%", parts);
    }

  return words;
}

static void
test_quoting (void)
{
  static const char *const folders[] = {
    "/srv/user/granary", "/srv/user/my models", "/a\"b", "/a'b", "/a`b`", "/$HOME", "/a\\b",
    "/a\\",
    "/100%", "/%f", "/%%u", "/a\nb", "/a\tb", "/a;b&c|d<e>f*g?h#i(j)k~l", "/模型 仓库",
  };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *entry = granary_autostart_make (PROGRAM, folders[i]);
      g_auto (GStrv) words = read_exec (entry);

      g_assert_cmpuint (g_strv_length (words), ==, 2);
      g_assert_cmpstr (words[0], ==, PROGRAM);
      g_assert_cmpstr (words[1], ==, folders[i]);
    }

  g_assert_null (granary_autostart_make ("/usr/bin/x", "/a\xff"));
}

static void
test_set (void)
{
  g_autofree char *path = granary_autostart_dup_path ("/repositories/one");
  g_autofree char *other = granary_autostart_dup_path ("/repositories/two");
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (path, !=, other);
  g_assert_true (g_str_has_suffix (path, ".desktop"));

  /* What is not there is off, whether or not there is a folder for it. */
  g_assert_true (granary_autostart_set ("/repositories/one", FALSE, &error));
  g_assert_true (granary_autostart_set ("/repositories/one", TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  words = read_exec (text);
  g_assert_cmpstr (words[1], ==, "/repositories/one");

  g_assert_true (granary_autostart_set ("/repositories/two", TRUE, &error));
  g_assert_true (granary_autostart_set ("/repositories/one", TRUE, &error));
  g_assert_true (granary_autostart_set ("/repositories/one", FALSE, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
}

static void
test_unwritable (void)
{
  g_autofree char *path = granary_autostart_dup_path ("/repositories/one");
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *above = g_path_get_dirname (folder);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (above, 0700), ==, 0);
  g_assert_true (g_file_set_contents (folder, "in the way", -1, NULL));
  g_assert_false (granary_autostart_set ("/repositories/one", TRUE, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_true (granary_autostart_set ("/repositories/one", FALSE, &error));
  g_assert_no_error (error);

  g_assert_false (granary_autostart_set ("/a\xff", TRUE, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_PATH_ENCODING));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/autostart/quoting", test_quoting);
  g_test_add_func ("/autostart/set", test_set);
  g_test_add_func ("/autostart/unwritable", test_unwritable);

  return g_test_run ();
}
