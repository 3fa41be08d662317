/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-test-repository.h"

/* A fresh folder for each test. */
static void
set_up (GranaryTestPlace *place,
        gconstpointer     data)
{
  granary_test_place_set_up (place, NULL);
}

static void
tear_down (GranaryTestPlace *place,
           gconstpointer     data)
{
  granary_test_place_tear_down (place);
}

static void
write_file (GranaryTestPlace *place,
            const char       *name,
            const char       *text)
{
  g_free (granary_test_write (place->folder, name, text));
}

static void
assert_problem (GranaryFileSet *set,
                GranaryReason   reason)
{
  g_assert_cmpuint (granary_file_set_get_n_problems (set), ==, 1);
  granary_assert_reason (granary_file_set_get_problem (set, 0), reason);
}

static void
test_folder (GranaryTestPlace *place,
             gconstpointer     data)
{
  g_autofree char *folder = granary_test_place_path (place, "My Model.v2");
  g_autoptr (GranaryFileSet) set = NULL;
  g_autoptr (GPtrArray) folders = NULL;

  write_file (place, "My Model.v2/b/two", "22");
  write_file (place, "My Model.v2/a", "1");
  write_file (place, "My Model.v2/.git/config", "x");
  write_file (place, "My Model.v2/b/__pycache__/c.pyc", "x");
  set = granary_test_scan (folder, NULL);

  /* Its own name is no part of the paths. */
  g_assert_cmpuint (granary_file_set_get_n_files (set), ==, 2);
  g_assert_cmpstr (granary_file_set_get_file (set, 0)->target, ==, "a");
  g_assert_cmpstr (granary_file_set_get_file (set, 1)->target, ==, "b/two");
  g_assert_cmpint (granary_file_set_get_size (set), ==, 3);
  g_assert_cmpuint (granary_file_set_get_n_problems (set), ==, 0);
  g_assert_cmpuint (granary_file_set_get_n_left_out (set), ==, 2);
  g_assert_cmpstr (granary_file_set_get_suggested_name (set), ==, "My-Model-v2");
  g_assert_nonnull (granary_file_set_find (set, "b/two"));
  g_assert_null (granary_file_set_find (set, "b"));

  folders = granary_file_set_list_folders (set);
  g_assert_cmpuint (folders->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (folders, 1), ==, folder);
}

static void
test_several (GranaryTestPlace *place,
              gconstpointer     data)
{
  g_autofree char *file = granary_test_write (place->folder, "w.onnx", "x");
  g_autofree char *folder = granary_test_place_path (place, "tokens");
  const char *paths[] = { file, folder, NULL };
  g_autoptr (GranaryFileSet) set = NULL;
  g_autoptr (GranaryFileSet) below = NULL;
  g_autoptr (GError) error = NULL;

  write_file (place, "tokens/vocab", "x");
  set = granary_test_scan (file, folder, NULL);
  g_assert_nonnull (granary_file_set_find (set, "w.onnx"));
  g_assert_nonnull (granary_file_set_find (set, "tokens/vocab"));

  below = granary_file_set_scan (paths, "sub/dir", NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (granary_file_set_find (below, "sub/dir/w.onnx"));
  g_assert_nonnull (granary_file_set_find (below, "sub/dir/tokens/vocab"));
}

static void
test_merge (GranaryTestPlace *place,
            gconstpointer     data)
{
  g_autofree char *one = granary_test_write (place->folder, "1/config.json", "one");
  g_autofree char *two = granary_test_write (place->folder, "2/config.json", "second");
  g_autofree char *clash = granary_test_place_path (place, "3");
  g_autoptr (GranaryFileSet) first = granary_test_scan (one, NULL);
  g_autoptr (GranaryFileSet) second = granary_test_scan (two, NULL);
  g_autoptr (GranaryFileSet) third = NULL;
  g_autoptr (GranaryFileSet) same = granary_file_set_merge (first, first);
  g_autoptr (GranaryFileSet) both = granary_file_set_merge (first, second);
  g_autoptr (GranaryFileSet) rest = granary_file_set_without (both, "config.json");
  g_autoptr (GranaryFileSet) mixed = NULL;

  g_assert_cmpuint (granary_file_set_get_n_files (same), ==, 1);
  g_assert_cmpuint (granary_file_set_get_n_problems (same), ==, 0);

  /* The first one chosen stays, and the other is told of. */
  g_assert_cmpuint (granary_file_set_get_n_files (both), ==, 1);
  g_assert_cmpstr (granary_file_set_get_file (both, 0)->path, ==, one);
  assert_problem (both, GRANARY_REASON_PATH_DUPLICATE);
  g_assert_cmpint (granary_file_set_get_size (both), ==, 3);

  g_assert_cmpuint (granary_file_set_get_n_files (rest), ==, 0);
  g_assert_cmpuint (granary_file_set_get_n_problems (rest), ==, 0);

  write_file (place, "3/config.json/x", "x");
  third = granary_test_scan (clash, NULL);
  mixed = granary_file_set_merge (first, third);
  assert_problem (mixed, GRANARY_REASON_PATH_IS_FOLDER);
}

static void
test_problems (GranaryTestPlace *place,
               gconstpointer     data)
{
  g_autofree char *missing = granary_test_place_path (place, "missing");
  g_autofree char *fifo = granary_test_place_path (place, "fifo");
  g_autofree char *broken = granary_test_place_path (place, "broken");
  g_autofree char *loop = granary_test_place_path (place, "loop");
  g_autofree char *newline = granary_test_write (place->folder, "new\nline", "x");
  g_autofree char *encoding = granary_test_write (place->folder, "bad\xff", "x");
  g_autofree char *up = granary_test_place_path (place, "up");
  g_autofree char *up_link = g_build_filename (up, "again", NULL);
  g_autofree char *deep = granary_test_place_path (place, "deep");
  g_autoptr (GString) path = g_string_new ("deep");
  const struct
  {
    const char    *path;
    GranaryReason  reason;
  } cases[] = {
    { missing, GRANARY_REASON_SOURCE_MISSING },
    { fifo, GRANARY_REASON_SOURCE_SPECIAL },
    { "/dev/null", GRANARY_REASON_SOURCE_SPECIAL },
    { broken, GRANARY_REASON_SOURCE_LINK_BROKEN },
    { loop, GRANARY_REASON_SOURCE_LINK_LOOP },
    { newline, GRANARY_REASON_PATH_CONTROL_CHARACTER },
    { encoding, GRANARY_REASON_PATH_ENCODING },
    { up, GRANARY_REASON_SOURCE_LINK_LOOP },
    { deep, GRANARY_REASON_SOURCE_TOO_DEEP },
  };

  g_assert_no_errno (mkfifo (fifo, 0644));
  g_assert_no_errno (symlink ("nowhere", broken));
  g_assert_no_errno (symlink ("loop", loop));
  g_assert_no_errno (g_mkdir (up, 0755));
  g_assert_no_errno (symlink ("..", up_link));
  g_assert_no_errno (unlink (up_link));
  g_assert_no_errno (symlink (".", up_link));
  for (int i = 0; i < GRANARY_FILE_SET_MAX_DEPTH + 2; i++)
    g_string_append (path, "/d");
  g_string_append (path, "/file");
  write_file (place, path->str, "x");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GranaryFileSet) set = granary_test_scan (cases[i].path, NULL);

      g_test_message ("case %u", i);
      g_assert_cmpuint (granary_file_set_get_n_files (set), ==, 0);
      assert_problem (set, cases[i].reason);
    }
}

static void
test_links (GranaryTestPlace *place,
            gconstpointer     data)
{
  g_autofree char *folder = granary_test_place_path (place, "run");
  g_autofree char *inside = g_build_filename (folder, "best", NULL);
  g_autofree char *outside = g_build_filename (folder, "passwd", NULL);
  g_autofree char *sibling = g_build_filename (folder, "sibling", NULL);
  g_autofree char *chosen = granary_test_place_path (place, "chosen");
  g_autoptr (GranaryFileSet) set = NULL;
  g_autoptr (GranaryFileSet) direct = NULL;

  write_file (place, "run/last", "x");
  write_file (place, "run-other/last", "x");
  g_assert_no_errno (symlink ("last", inside));
  set = granary_test_scan (folder, NULL);
  g_assert_cmpuint (granary_file_set_get_n_files (set), ==, 2);
  g_assert_cmpuint (granary_file_set_get_n_problems (set), ==, 0);
  g_clear_object (&set);

  g_assert_no_errno (symlink ("/etc/passwd", outside));
  set = granary_test_scan (folder, NULL);
  assert_problem (set, GRANARY_REASON_SOURCE_LINK_OUTSIDE);
  g_clear_object (&set);

  /* A folder whose name only begins alike is outside too. */
  g_assert_no_errno (unlink (outside));
  g_assert_no_errno (symlink ("../run-other/last", sibling));
  set = granary_test_scan (folder, NULL);
  assert_problem (set, GRANARY_REASON_SOURCE_LINK_OUTSIDE);

  /* A link that was itself chosen is followed. */
  g_assert_no_errno (symlink ("run/last", chosen));
  direct = granary_test_scan (chosen, NULL);
  g_assert_nonnull (granary_file_set_find (direct, "chosen"));
}

static void
test_cancelled (GranaryTestPlace *place,
                gconstpointer     data)
{
  const char *paths[] = { place->folder, NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (granary_file_set_scan (paths, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *path;
    void      (*func) (GranaryTestPlace *place,
                       gconstpointer     data);
  } tests[] = {
    { "/file-set/folder", test_folder },
    { "/file-set/several", test_several },
    { "/file-set/merge", test_merge },
    { "/file-set/problems", test_problems },
    { "/file-set/links", test_links },
    { "/file-set/cancelled", test_cancelled },
  };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, GranaryTestPlace, NULL, set_up, tests[i].func, tear_down);

  return g_test_run ();
}
