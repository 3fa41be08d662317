/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-digest-private.h"
#include "granary-local-io.h"
#include "granary-local-store-private.h"
#include "granary-service-snapshot.h"
#include "granary-service-store.h"

/* Snapshots on a disk that is full, refuses links, or changes meanwhile. */

typedef struct
{
  char           *folder;
  char           *stored; /* folder of the version */
  int             folder_fd;
  int             version_fd;
  GranaryVersion *version;
} Fixture;

static const char *const names[] = {
  "config.json", "code/part.py", "model/weights.bin", "zero.bin",
};

static void
add_file (Fixture    *fixture,
          const char *path,
          const char *text)
{
  g_autofree char *name = g_build_filename (fixture->stored, path, NULL);
  g_autofree char *parent = g_path_get_dirname (name);
  guint8 sha256[GRANARY_SHA256_LENGTH];
  g_autofd int fd = -1;
  struct stat status;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_assert_true (g_file_set_contents (name, text, -1, NULL));
  g_assert_cmpint (g_chmod (name, 0444), ==, 0);
  fd = open (name, O_RDONLY | O_CLOEXEC);
  g_assert_cmpint (fstat (fd, &status), ==, 0);
  g_assert_cmpint (granary_local_digest_file (fd, status.st_size, FALSE, NULL, NULL, sha256), ==,
                   0);
  g_ptr_array_add (fixture->version->files,
                   granary_file_new (path, status.st_size, sha256, granary_local_mtime (&status),
                                     status.st_ino));
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->folder = g_dir_make_tmp ("granary-snapshot-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->stored = g_build_filename (fixture->folder, "stored", NULL);
  g_assert_cmpint (g_mkdir (fixture->stored, 0755), ==, 0);
  fixture->folder_fd = open (fixture->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  fixture->version_fd = open (fixture->stored, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  fixture->version = granary_version_new ();
  fixture->version->model_name = g_strdup ("model");
  fixture->version->number = 1;
  fixture->version->files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_file_free);
  add_file (fixture, "code/part.py", "part = 1");
  add_file (fixture, "config.json", "{}");
  add_file (fixture, "model/weights.bin", "weights");
  add_file (fixture, "zero.bin", "");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  granary_local_io_set_hook (NULL, NULL);
  granary_version_unref (fixture->version);
  close (fixture->version_fd);
  close (fixture->folder_fd);
  g_assert_true (granary_local_remove_tree (AT_FDCWD, fixture->folder, NULL, NULL, NULL));
  g_free (fixture->folder);
  g_free (fixture->stored);
}

static gboolean
make (Fixture  *fixture,
      GError  **error)
{
  return granary_service_snapshot_make (fixture->version_fd, fixture->version, fixture->folder_fd,
                                        "revision-1", NULL, error);
}

static void
discard (Fixture *fixture)
{
  g_assert_true (granary_local_remove_tree (fixture->folder_fd, "revision-1", NULL, NULL, NULL));
}

static gboolean
exists (Fixture    *fixture,
        const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
assert_nothing (Fixture *fixture)
{
  g_assert_false (exists (fixture, "revision-1"));
  g_assert_false (exists (fixture, "revision-1.part"));
}

/* Which of the files are shared with the version. */
static void
assert_snapshot (Fixture  *fixture,
                 gboolean  is_linked)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *stored = g_build_filename (fixture->stored, names[i], NULL);
      g_autofree char *taken = g_build_filename (fixture->folder, "revision-1", names[i], NULL);
      gboolean is_copied = g_str_has_suffix (names[i], ".py") ||
                           g_str_has_suffix (names[i], ".json");
      struct stat one;
      struct stat other;

      g_assert_cmpint (stat (stored, &one), ==, 0);
      g_assert_cmpint (stat (taken, &other), ==, 0);
      g_assert_cmpint (one.st_ino == other.st_ino, ==, is_linked && !is_copied);
      g_assert_cmpint (one.st_size, ==, other.st_size);
      g_assert_cmpint (other.st_mode & 07777, ==, 0444);
    }
  g_assert_false (exists (fixture, "revision-1.part"));
}

typedef struct
{
  GranaryLocalIoCall call;
  int                result;
  guint              skip;   /* calls that are let pass */
  guint              n_calls;
} Hook;

static int
hook_cb (const GranaryLocalIoStep *step,
         gpointer                  data)
{
  Hook *hook = data;

  if (step->call != hook->call)
    return 0;

  return hook->n_calls++ < hook->skip ? 0 : hook->result;
}

static void
test_linked (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (make (fixture, &error));
  g_assert_no_error (error);
  assert_snapshot (fixture, TRUE);
}

static void
test_link_refused (Fixture       *fixture,
                   gconstpointer  data)
{
  const int refusals[] = { EXDEV, EPERM, EMLINK, ENOTSUP };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autoptr (GError) error = NULL;
      Hook hook = { GRANARY_LOCAL_IO_LINK, refusals[i], 0, 0 };

      granary_local_io_set_hook (hook_cb, &hook);
      g_assert_true (make (fixture, &error));
      granary_local_io_set_hook (NULL, NULL);
      g_assert_no_error (error);
      g_assert_cmpuint (hook.n_calls, ==, 2);
      assert_snapshot (fixture, FALSE);
      discard (fixture);
    }
}

/* At whichever step the disk is full, nothing is left, and the same works when it no longer is. */
static void
test_disk_full (Fixture       *fixture,
                gconstpointer  data)
{
  const GranaryLocalIoCall calls[] = {
    GRANARY_LOCAL_IO_MAKE_FOLDER, GRANARY_LOCAL_IO_CREATE, GRANARY_LOCAL_IO_WRITE,
    GRANARY_LOCAL_IO_LINK, GRANARY_LOCAL_IO_RENAME, GRANARY_LOCAL_IO_SYNC,
  };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      guint n_failed = 0;

      for (guint skip = 0;; skip++)
        {
          g_autoptr (GError) error = NULL;
          Hook hook = { calls[i], ENOSPC, skip, 0 };
          gboolean is_made;

          granary_local_io_set_hook (hook_cb, &hook);
          is_made = make (fixture, &error);
          granary_local_io_set_hook (NULL, NULL);
          if (is_made)
            break;
          g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_NO_SPACE));
          g_assert_true (g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_QUOTA));
          assert_nothing (fixture);
          n_failed++;
        }

      g_assert_cmpuint (n_failed, >, 0);
      assert_snapshot (fixture, TRUE);
      discard (fixture);
    }
}

/* What is left of one that was to be removed is not taken for a whole one. */
static void
test_removed_in_part (Fixture       *fixture,
                      gconstpointer  data)
{
  for (guint skip = 0; skip < G_N_ELEMENTS (names); skip++)
    {
      g_autoptr (GError) error = NULL;
      Hook hook = { GRANARY_LOCAL_IO_UNLINK, EIO, skip, 0 };

      g_assert_true (make (fixture, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (granary_service_store_find_revision (fixture->folder_fd), ==, 1);
      granary_local_io_set_hook (hook_cb, &hook);
      granary_service_store_remove_revision (fixture->folder_fd, "revision-1");
      granary_local_io_set_hook (NULL, NULL);
      g_assert_cmpuint (hook.n_calls, ==, skip + 1);
      g_assert_cmpuint (granary_service_store_find_revision (fixture->folder_fd), ==, 0);
    }

  granary_service_store_remove_revision (fixture->folder_fd, "revision-1");
  assert_nothing (fixture);
}

static void
test_renamed (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *aside = g_build_filename (fixture->folder, "aside", NULL);
  g_autoptr (GError) error = NULL;

  /* The folder has another name by the time that it is read. */
  g_assert_cmpint (g_rename (fixture->stored, aside), ==, 0);
  g_assert_true (make (fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_rename (aside, fixture->stored), ==, 0);
  assert_snapshot (fixture, TRUE);
}

static void
assert_refused (Fixture       *fixture,
                GranaryReason  reason)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (make (fixture, &error));
  if (!granary_error_matches_reason (error, reason))
    g_error ("%s", error->message);
  assert_nothing (fixture);
}

static void
test_changed (Fixture       *fixture,
              gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_build_filename (fixture->stored, names[i], NULL);
      g_autofree char *aside = g_build_filename (fixture->folder, "aside", NULL);
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;

      g_assert_true (g_file_get_contents (name, &text, &length, NULL));
      g_assert_cmpint (g_rename (name, aside), ==, 0);
      assert_refused (fixture, GRANARY_REASON_FILE_MISSING);

      g_assert_cmpint (symlink ("/etc/passwd", name), ==, 0);
      assert_refused (fixture, GRANARY_REASON_FILE_CHANGED);
      g_assert_cmpint (g_unlink (name), ==, 0);

      g_assert_cmpint (mkfifo (name, 0600), ==, 0);
      assert_refused (fixture, GRANARY_REASON_FILE_CHANGED);
      g_assert_cmpint (g_unlink (name), ==, 0);

      g_assert_true (g_file_set_contents (name, "longer than it was", -1, NULL));
      assert_refused (fixture, GRANARY_REASON_FILE_CHANGED);

      /* Of the same length; then the same content in another file. */
      if (length > 0)
        {
          g_autofree char *other = g_strnfill (length, '#');

          g_assert_true (g_file_set_contents (name, other, -1, NULL));
          assert_refused (fixture, GRANARY_REASON_FILE_CHANGED);
        }
      g_assert_true (g_file_set_contents (name, text, (gssize) length, NULL));
      g_assert_cmpint (g_chmod (name, 0444), ==, 0);
      g_assert_true (make (fixture, &error));
      g_assert_no_error (error);
      assert_snapshot (fixture, TRUE);
      discard (fixture);
      g_assert_cmpint (g_rename (aside, name), ==, 0);
    }
}

static void
test_hostile_path (Fixture       *fixture,
                   gconstpointer  data)
{
  static const char *const paths[] = { "../aside", "/etc/passwd", "a/../../b", "" };
  static const guint8 sha256[GRANARY_SHA256_LENGTH];

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;

      g_ptr_array_add (fixture->version->files, granary_file_new (paths[i], 0, sha256, 0, 0));
      g_assert_false (make (fixture, &error));
      g_assert_true (g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT));
      assert_nothing (fixture);
      g_ptr_array_remove_index (fixture->version->files, fixture->version->files->len - 1);
    }
}

static void
test_called_off (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (granary_service_snapshot_make (fixture->version_fd, fixture->version,
                                                 fixture->folder_fd, "revision-1", cancellable,
                                                 &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_nothing (fixture);
}

static void
test_handler (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *onnx = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (granary_service_snapshot_find_handler (fixture->folder_fd, "revision-1", &onnx,
                                                         &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_FILE_MISSING));
  g_clear_error (&error);

  g_assert_true (make (fixture, NULL));
  g_assert_false (granary_service_snapshot_find_handler (fixture->folder_fd, "revision-1", &onnx,
                                                         &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_HANDLER_MISSING));
  g_clear_error (&error);
  discard (fixture);

  add_file (fixture, "model/deep/net.onnx", "net");
  g_assert_true (make (fixture, NULL));
  g_assert_true (granary_service_snapshot_find_handler (fixture->folder_fd, "revision-1", &onnx,
                                                        &error));
  g_assert_cmpstr (onnx, ==, "model/deep/net.onnx");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("/service-snapshot/linked", test_linked);
  ADD ("/service-snapshot/link-refused", test_link_refused);
  ADD ("/service-snapshot/disk-full", test_disk_full);
  ADD ("/service-snapshot/removed-in-part", test_removed_in_part);
  ADD ("/service-snapshot/renamed", test_renamed);
  ADD ("/service-snapshot/changed", test_changed);
  ADD ("/service-snapshot/hostile-path", test_hostile_path);
  ADD ("/service-snapshot/called-off", test_called_off);
  ADD ("/service-snapshot/handler", test_handler);

  return g_test_run ();
}
