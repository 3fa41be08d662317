/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gstdio.h>

#include "granary-error.h"
#include "granary-upload-plan.h"

/* A version with these files, each of @size bytes. */
static GranaryVersion *
make_version (const char * const *paths,
              gint64              size)
{
  GranaryVersion *version = granary_version_new ();
  const guint8 sha256[GRANARY_SHA256_LENGTH] = { 0 };

  if (version->files == NULL)
    version->files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_file_free);
  for (guint i = 0; paths[i] != NULL; i++)
    g_ptr_array_add (version->files, granary_file_new (paths[i], size, sha256, 0, 0));

  return version;
}

/* Files of the given relative paths in a new folder; each holds its own path. */
static GranaryFileSet *
make_files (const char * const *paths,
            const char         *into)
{
  g_autofree char *folder = g_dir_make_tmp ("granary-plan-XXXXXX", NULL);
  const char *chosen[] = { folder, NULL };
  g_autoptr (GError) error = NULL;
  GranaryFileSet *files;

  g_assert_nonnull (folder);
  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folder, paths[i], NULL);
      g_autofree char *parent = g_path_get_dirname (path);

      g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
      g_assert_true (g_file_set_contents (path, paths[i], -1, &error));
      g_assert_no_error (error);
    }

  files = granary_file_set_scan (chosen, into, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (files);

  return files;
}

static const GranaryUploadItem *
get_item (GPtrArray *items,
          guint      position)
{
  g_assert_cmpuint (position, <, items->len);
  return g_ptr_array_index (items, position);
}

static void
test_adds_and_replaces (void)
{
  const char *present[] = { "config.json", "model/rec.onnx", NULL };
  const char *chosen[] = { "config.json", "model/new.onnx", "model/rec.onnx", NULL };
  g_autoptr (GranaryVersion) version = make_version (present, 100);
  g_autoptr (GranaryFileSet) files = make_files (chosen, NULL);
  g_autoptr (GranaryUploadPlan) plan = granary_upload_plan_new (files, version);

  g_assert_cmpuint (plan->added->len, ==, 1);
  g_assert_cmpstr (get_item (plan->added, 0)->target, ==, "model/new.onnx");
  g_assert_cmpint (get_item (plan->added, 0)->old_size, ==, -1);
  g_assert_cmpuint (plan->replaced->len, ==, 2);
  g_assert_cmpstr (get_item (plan->replaced, 0)->target, ==, "config.json");
  g_assert_cmpint (get_item (plan->replaced, 0)->old_size, ==, 100);
  g_assert_cmpint (get_item (plan->replaced, 0)->size, ==, strlen ("config.json"));
  g_assert_cmpuint (plan->problems->len, ==, 0);
  g_assert_cmpint (granary_upload_plan_get_size (plan), ==,
                   strlen ("config.json") + 2 * strlen ("model/rec.onnx"));
}

/* The same size says nothing about the content: it is still a replacement. */
static void
test_same_size (void)
{
  const char *present[] = { "a.txt", NULL };
  g_autoptr (GranaryVersion) version = make_version (present, strlen ("a.txt"));
  g_autoptr (GranaryFileSet) files = make_files (present, NULL);
  g_autoptr (GranaryUploadPlan) plan = granary_upload_plan_new (files, version);

  g_assert_cmpuint (plan->replaced->len, ==, 1);
  g_assert_cmpuint (plan->added->len, ==, 0);
}

static void
test_into_folder (void)
{
  const char *present[] = { "a.txt", "sub/b.txt", NULL };
  const char *chosen[] = { "a.txt", "b.txt", NULL };
  g_autoptr (GranaryVersion) version = make_version (present, 1);
  g_autoptr (GranaryFileSet) files = make_files (chosen, "sub");
  g_autoptr (GranaryUploadPlan) plan = granary_upload_plan_new (files, version);

  g_assert_cmpuint (plan->added->len, ==, 1);
  g_assert_cmpstr (get_item (plan->added, 0)->target, ==, "sub/a.txt");
  g_assert_cmpuint (plan->replaced->len, ==, 1);
  g_assert_cmpstr (get_item (plan->replaced, 0)->target, ==, "sub/b.txt");
}

/* A file where the version has a folder, and a folder where it has a file. */
static void
test_in_the_way (void)
{
  const char *present[] = { "model/rec.onnx", "data", NULL };
  const char *chosen[] = { "data/x.txt", "good.txt", "model", NULL };
  g_autoptr (GranaryVersion) version = make_version (present, 1);
  g_autoptr (GranaryFileSet) files = make_files (chosen, NULL);
  g_autoptr (GranaryUploadPlan) plan = granary_upload_plan_new (files, version);
  g_autoptr (GranaryFileSet) picked = NULL;

  g_assert_cmpuint (plan->problems->len, ==, 2);
  for (guint i = 0; i < plan->problems->len; i++)
    g_assert_true (granary_error_matches_reason (g_ptr_array_index (plan->problems, i),
                                                 GRANARY_REASON_PATH_IS_FOLDER));
  g_assert_cmpuint (plan->added->len, ==, 1);

  picked = granary_upload_plan_pick (plan, files, NULL);
  g_assert_cmpuint (granary_file_set_get_n_files (picked), ==, 1);
  g_assert_cmpstr (granary_file_set_get_file (picked, 0)->target, ==, "good.txt");
}

static void
test_left_out (void)
{
  const char *present[] = { "a.txt", "b.txt", NULL };
  const char *chosen[] = { "a.txt", "b.txt", "c.txt", NULL };
  g_autoptr (GranaryVersion) version = make_version (present, 1);
  g_autoptr (GranaryFileSet) files = make_files (chosen, NULL);
  g_autoptr (GranaryUploadPlan) plan = granary_upload_plan_new (files, version);
  g_autoptr (GHashTable) left_out = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GranaryFileSet) picked = NULL;

  g_hash_table_add (left_out, (gpointer) "a.txt");
  picked = granary_upload_plan_pick (plan, files, left_out);
  g_assert_cmpuint (granary_file_set_get_n_files (picked), ==, 2);
  g_assert_null (granary_file_set_find (picked, "a.txt"));
  g_assert_nonnull (granary_file_set_find (picked, "b.txt"));
  g_assert_nonnull (granary_file_set_find (picked, "c.txt"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/upload-plan/adds-and-replaces", test_adds_and_replaces);
  g_test_add_func ("/upload-plan/same-size", test_same_size);
  g_test_add_func ("/upload-plan/into-folder", test_into_folder);
  g_test_add_func ("/upload-plan/in-the-way", test_in_the_way);
  g_test_add_func ("/upload-plan/left-out", test_left_out);

  return g_test_run ();
}
