/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "runs-testing.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

static void
run (const char * const *arguments)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}

char *
runs_make (guint n)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "data", "runs", "make.py", NULL);
  g_autofree char *count = g_strdup_printf ("%u", n);
  g_autofree char *folder = g_dir_make_tmp ("granary-runs-XXXXXX", &error);
  const char *arguments[] = { "python3", script, folder, n > 0 ? "--many" : NULL, count, NULL };

  g_assert_no_error (error);
  run (arguments);
  return g_steal_pointer (&folder);
}

void
runs_remove (const char *folder)
{
  const char *arguments[] = { "rm", "-rf", "--", folder, NULL };

  run (arguments);
}

void
runs_copy (const char *from,
           const char *to)
{
  g_autofree char *parent = g_path_get_dirname (to);
  const char *arguments[] = { "cp", "-r", "--", from, to, NULL };

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  run (arguments);
}

void
runs_write (const char *folder,
            const char *name,
            const char *content)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
}

void
runs_touch (const char *path)
{
  g_assert_cmpint (utimensat (AT_FDCWD, path, NULL, 0), ==, 0);
}

void
runs_settle (const char *folder)
{
  const char *arguments[] = {
    "find", folder, "-exec", "touch", "-h", "-d", "25 hours ago", "{}", "+", NULL,
  };

  run (arguments);
}
