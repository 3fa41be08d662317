/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-fault.h"
#include "granary-local.h"
#include "granary-local-io.h"
#include "granary-scenario.h"

/* What a repository meets outside of tests: bad input, a full disk, one that cannot be written, a
 * folder that moves away, files that change while they are read, others at work in it. */

static GranaryConnection *
open_local (const char  *root,
            GError     **error)
{
  return granary_local_open (root, NULL, error);
}

static void
set_up (GranaryTestPlace *place,
        gconstpointer     data)
{
  granary_test_place_set_up (place, open_local);
}

/* Where a sync costs nothing: for what is about numbers, not about the disk. */
static void
set_up_in_memory (GranaryTestPlace *place,
                  gconstpointer     data)
{
  place->folder = granary_scenario_folder ();
  place->root = g_build_filename (place->folder, "repository", NULL);
  granary_test_place_open (place, open_local);
}

static void
set_up_closed (GranaryTestPlace *place,
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

static GranaryVersion *
import_one (GranaryTestPlace *place,
            const char       *name)
{
  g_autofree char *source = granary_test_write_size (place->folder, "one/weights.bin", 60000, 5);
  g_autoptr (GError) error = NULL;
  GranaryVersion *version = granary_test_import (place, name, source, FALSE, &error);

  g_assert_no_error (error);
  return version;
}

static ino_t
inode_of (GranaryTestPlace *place,
          const char       *name,
          int               number,
          const char       *path)
{
  g_autofree char *stored = granary_repository_dup_path (place->repository, name, number, path);
  struct stat status;

  g_assert_no_errno (stat (stored, &status));
  return status.st_ino;
}

static goffset
occupied (const char *path)
{
  struct stat status;

  g_assert_no_errno (stat (path, &status));
  return (goffset) status.st_blocks * 512;
}

/* Odd files */

static void
test_names (GranaryTestPlace *place,
            gconstpointer     data)
{
  g_autofree char *folder = granary_test_place_path (place, "odd");
  g_autofree char *longest = g_strnfill (255, 'n');
  g_autofree char *empty = granary_test_write (folder, "empty", "");
  g_autofree char *dots = granary_test_write (folder, "..hidden..", "x");
  g_autofree char *chinese = granary_test_write (folder, "模型/权重 文件.bin", "x");
  g_autofree char *quoted = granary_test_write (folder, "a'b\"c$(d)`e`\\f", "x");
  g_autofree char *long_name = granary_test_write (folder, longest, "x");
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GranaryVersion) moved = NULL;
  g_autoptr (GError) error = NULL;

  version = granary_test_import (place, "odd", folder, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (version->n_files, ==, 5);
  g_assert_nonnull (granary_version_find_file (version, longest));
  g_assert_nonnull (granary_version_find_file (version, "模型/权重 文件.bin"));
  g_assert_cmpint (granary_version_find_file (version, "empty")->size, ==, 0);
  granary_test_assert_clean (place);

  moved = granary_test_import (place, "odd", folder, TRUE, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  granary_test_assert_clean (place);
}

/* Each of these makes the import fail by its own reason, and leaves everything as it was. */
static void
test_refused (GranaryTestPlace *place,
              gconstpointer     data)
{
  static const GranaryReason reasons[] = {
    GRANARY_REASON_PATH_CONTROL_CHARACTER, GRANARY_REASON_PATH_ENCODING,
    GRANARY_REASON_SOURCE_SPECIAL, GRANARY_REASON_SOURCE_LINK_LOOP,
    GRANARY_REASON_SOURCE_LINK_OUTSIDE, GRANARY_REASON_SOURCE_LINK_BROKEN,
    GRANARY_REASON_SOURCE_MISSING,
  };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      g_autofree char *folder = granary_test_place_path (place, "bad");
      g_autofree char *good = granary_test_write (folder, "good", "x");
      g_autofree char *link_path = g_build_filename (folder, "link", NULL);
      g_autofree char *other = g_build_filename (folder, "other", NULL);
      g_autoptr (GranaryModel) model = NULL;
      g_autoptr (GError) error = NULL;
      const char *source = folder;

      if (reasons[i] == GRANARY_REASON_PATH_CONTROL_CHARACTER)
        g_free (granary_test_write (folder, "new\nline", "x"));
      else if (reasons[i] == GRANARY_REASON_PATH_ENCODING)
        g_free (granary_test_write (folder, "bad\xff\xfe", "x"));
      else if (reasons[i] == GRANARY_REASON_SOURCE_SPECIAL)
        g_assert_no_errno (mkfifo (other, 0644));
      else if (reasons[i] == GRANARY_REASON_SOURCE_LINK_LOOP)
        g_assert_no_errno (symlink ("link", link_path));
      else if (reasons[i] == GRANARY_REASON_SOURCE_LINK_OUTSIDE)
        g_assert_no_errno (symlink ("/etc/passwd", link_path));
      else if (reasons[i] == GRANARY_REASON_SOURCE_LINK_BROKEN)
        g_assert_no_errno (symlink ("nowhere", link_path));
      else
        source = other;

      for (int move = 0; move <= 1; move++)
        {
          g_assert_null (granary_test_import (place, "bad", source, move, &error));
          granary_assert_reason (error, reasons[i]);
          g_clear_error (&error);
        }
      model = granary_test_find (place, "bad");
      g_assert_null (model);
      g_assert_true (g_file_test (good, G_FILE_TEST_EXISTS));
      granary_test_remove (folder);
    }
  granary_test_assert_clean (place);
}

static void
test_links_inside (GranaryTestPlace *place,
                   gconstpointer     data)
{
  g_autofree char *folder = granary_test_place_path (place, "linked");
  g_autofree char *file = granary_test_write_size (folder, "checkpoints/last.pt", 9000, 3);
  g_autofree char *link_path = g_build_filename (folder, "best.pt", NULL);
  g_autofree char *folder_link = g_build_filename (folder, "latest", NULL);
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (symlink ("checkpoints/last.pt", link_path));
  g_assert_no_errno (symlink ("checkpoints", folder_link));
  version = granary_test_import (place, "linked", folder, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (version->n_files, ==, 3);
  g_assert_nonnull (granary_version_find_file (version, "latest/last.pt"));

  /* Stored once, whatever its names. */
  g_assert_cmpuint (inode_of (place, "linked", 1, "best.pt"), ==,
                    inode_of (place, "linked", 1, "checkpoints/last.pt"));
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (link_path, G_FILE_TEST_IS_SYMLINK));
  granary_test_assert_clean (place);
}

static void
test_shared (GranaryTestPlace *place,
             gconstpointer     data)
{
  g_autofree char *folder = granary_test_place_path (place, "same");
  g_autofree char *small = granary_test_write_size (folder, "a", 5000, 3);
  g_autofree char *small_again = granary_test_write_size (folder, "b/a", 5000, 3);
  g_autofree char *other = granary_test_write_size (folder, "c", 5000, 99);
  g_autofree char *big = granary_test_write_size (folder, "big", 6000000, 7);
  g_autofree char *big_again = granary_test_write_size (folder, "more/big", 6000000, 7);
  g_autofree char *stored = NULL;
  g_autoptr (GranaryVersion) first = NULL;
  g_autoptr (GranaryVersion) second = NULL;
  g_autoptr (GranaryVersion) third = NULL;
  g_autoptr (GError) error = NULL;

  first = granary_test_import (place, "m", folder, FALSE, &error);
  g_assert_no_error (error);
  second = granary_test_import (place, "m", folder, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (inode_of (place, "m", 1, "a"), ==, inode_of (place, "m", 1, "b/a"));
  g_assert_cmpuint (inode_of (place, "m", 1, "a"), !=, inode_of (place, "m", 1, "c"));
  g_assert_cmpuint (inode_of (place, "m", 1, "big"), ==, inode_of (place, "m", 1, "more/big"));
  g_assert_cmpuint (inode_of (place, "m", 2, "big"), ==, inode_of (place, "m", 1, "big"));
  g_assert_cmpuint (inode_of (place, "m", 2, "a"), ==, inode_of (place, "m", 1, "a"));

  /* One that was touched is not shared further, nor is it spread. */
  stored = granary_repository_dup_path (place->repository, "m", 1, "c");
  g_assert_no_errno (chmod (stored, 0644));
  g_free (granary_test_write_size (place->folder, "repository/models/m/v1/c", 5000, 1234));
  third = granary_test_import (place, "m", other, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (inode_of (place, "m", 3, "c"), !=, inode_of (place, "m", 1, "c"));
}

static void
test_sparse (GranaryTestPlace *place,
             gconstpointer     data)
{
  const goffset size = G_GOFFSET_CONSTANT (8) * 1024 * 1024 * 1024;
  g_autofree char *path = granary_test_write (place->folder, "sparse.bin", "begin");
  g_autofree char *stored = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;
  int fd = open (path, O_RDWR | O_CLOEXEC);
  gint64 freed;

  g_assert_no_errno (ftruncate (fd, size));
  g_assert_cmpint (pwrite (fd, "middle", 6, size / 2 + 5), ==, 6);
  g_assert_cmpint (pwrite (fd, "end", 3, size - 3), ==, 3);
  close (fd);

  version = granary_test_import (place, "sparse", path, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (version->size, ==, size);
  stored = granary_repository_dup_path (place->repository, "sparse", 1, "sparse.bin");
  g_assert_cmpint (occupied (stored), <, 1024 * 1024);
  {
    static const struct
    {
      goffset     at;
      const char *text;
    } marks[] = { { 0, "begin" }, { 5, "\0" }, { size / 2 + 5, "middle" }, { size - 3, "end" } };
    int stored_fd = open (stored, O_RDONLY | O_CLOEXEC);

    for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
      {
        gsize length = MAX (strlen (marks[i].text), 1);
        char got[8];

        g_assert_cmpint (pread (stored_fd, got, length, marks[i].at), ==, length);
        g_assert_cmpmem (got, length, marks[i].text, length);
      }
    close (stored_fd);
  }

  /* What comes back is what it took. */
  g_free (granary_test_delete (place, version->model_id, 0, &error));
  g_assert_no_error (error);
  freed = granary_test_purge (place, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (freed, >, 0);
  g_assert_cmpint (freed, <, 1024 * 1024);
}

static void
test_many (GranaryTestPlace *place,
           gconstpointer     data)
{
  const int n_files = 100000;
  g_autofree char *folder = granary_test_place_path (place, "many");
  g_autofree char *link_source = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < n_files; i++)
    {
      char path[512];
      int fd;

      if (i % 1000 == 0)
        {
          g_snprintf (path, sizeof path, "%s/%03d", folder, i / 1000);
          g_assert_no_errno (g_mkdir_with_parents (path, 0755));
        }
      g_snprintf (path, sizeof path, "%s/%03d/%d", folder, i / 1000, i);
      fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
      g_assert_cmpint (write (fd, &i, sizeof i), ==, sizeof i);
      close (fd);
    }

  version = granary_test_import (place, "many", folder, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (version->n_files, ==, n_files);
  g_assert_cmpint (version->size, ==, n_files * (goffset) sizeof (int));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (granary_test_count (place->root), >=, n_files);
}

/* Cuts that cannot be mere renames */

static void
test_move_guarded (GranaryTestPlace *place,
                   gconstpointer     data)
{
  g_autofree char *folder = granary_test_place_path (place, "guarded");
  g_autofree char *doubled = granary_test_write_size (folder, "doubled", 7000, 1);
  g_autofree char *written = granary_test_write_size (folder, "written", 7001, 2);
  g_autofree char *plain = granary_test_write_size (folder, "plain", 7002, 3);
  g_autofree char *elsewhere = granary_test_place_path (place, "elsewhere");
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;
  struct stat status;
  ino_t plain_inode;
  int fd;

  g_assert_no_errno (link (doubled, elsewhere));
  g_assert_no_errno (stat (plain, &status));
  plain_inode = status.st_ino;
  fd = open (written, O_WRONLY | O_CLOEXEC);

  version = granary_test_import (place, "guarded", folder, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (inode_of (place, "guarded", 1, "plain"), ==, plain_inode);

  /* Writing on through another name, or through an open file, must not reach what is stored. */
  g_assert_cmpint (pwrite (fd, "late", 4, 0), ==, 4);
  close (fd);
  g_free (granary_test_write (place->folder, "elsewhere", "overwritten"));
  g_assert_no_errno (stat (elsewhere, &status));
  g_assert_cmpint (status.st_mode & 0222, !=, 0);
  granary_test_assert_clean (place);
}

static void
test_move_from_repository (GranaryTestPlace *place,
                           gconstpointer     data)
{
  g_autoptr (GranaryVersion) version = import_one (place, "m");
  g_autofree char *stored = granary_repository_dup_path (place->repository, "m", 1, NULL);
  g_autoptr (GranaryVersion) copied = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (granary_test_import (place, "n", stored, TRUE, &error));
  granary_assert_reason (error, GRANARY_REASON_SOURCE_IN_REPOSITORY);
  g_clear_error (&error);
  granary_test_assert_clean (place);

  copied = granary_test_import (place, "n", stored, FALSE, &error);
  g_assert_no_error (error);
  granary_test_assert_clean (place);
}

/* Sources that change */

typedef struct
{
  char     *path;
  gboolean  replace;
  gboolean  is_done;
} Meddler;

/* Meddles with the source once, in the midst of its being stored. */
static int
meddle_hook (const GranaryLocalIoStep *step,
             gpointer                  data)
{
  Meddler *meddler = data;

  if (!meddler->is_done &&
      (step->call == GRANARY_LOCAL_IO_WRITE || step->call == GRANARY_LOCAL_IO_LINK))
    {
      int fd;

      meddler->is_done = TRUE;
      if (meddler->replace)
        g_assert_no_errno (unlink (meddler->path));
      fd = open (meddler->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
      g_assert_cmpint (pwrite (fd, "meddled", 7, 100), ==, 7);
      close (fd);
    }

  return 0;
}

static void
test_source_changes (GranaryTestPlace *place,
                     gconstpointer     data)
{
  for (int move = 0; move <= 1; move++)
    {
      g_autofree char *path = granary_test_write_size (place->folder, "busy.bin", 20000000, 5);
      Meddler meddler = { path, FALSE, FALSE };
      g_autoptr (GranaryModel) model = NULL;
      g_autoptr (GError) error = NULL;

      granary_local_io_set_hook (meddle_hook, &meddler);
      g_assert_null (granary_test_import (place, "busy", path, move, &error));
      granary_local_io_set_hook (NULL, NULL);
      g_assert_true (meddler.is_done);
      granary_assert_reason (error, GRANARY_REASON_SOURCE_CHANGED);
      model = granary_test_find (place, "busy");
      g_assert_null (model);
      g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
    }
  granary_test_assert_clean (place);
}

static void
test_source_vanishes (GranaryTestPlace *place,
                      gconstpointer     data)
{
  g_autofree char *path = granary_test_write (place->folder, "gone.bin", "x");
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autoptr (GError) error = NULL;

  request->name = g_strdup ("gone");
  request->files = granary_test_scan (path, NULL);
  g_assert_no_errno (unlink (path));
  g_assert_null (granary_test_import_request (place->repository, request, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_SOURCE_MISSING);
  g_clear_error (&error);

  /* Something else of that name is not what was chosen. */
  g_free (granary_test_write (place->folder, "gone.bin", "another"));
  g_assert_null (granary_test_import_request (place->repository, request, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_SOURCE_CHANGED);
  granary_test_assert_clean (place);
}

/* Calling off */

static int
cancel_hook (const GranaryLocalIoStep *step,
             gpointer                  data)
{
  if (step->call == GRANARY_LOCAL_IO_WRITE || step->call == GRANARY_LOCAL_IO_SYNC)
    granary_transfer_cancel (data);

  return 0;
}

static void
test_cancel_midway (GranaryTestPlace *place,
                    gconstpointer     data)
{
  g_autofree char *path = granary_test_write_size (place->folder, "big.bin", 20000000, 5);
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, NULL);
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;

  request->name = g_strdup ("big");
  request->files = granary_test_scan (path, NULL);
  granary_local_io_set_hook (cancel_hook, transfer);
  g_assert_null (granary_test_import_request (place->repository, request, transfer, &error));
  granary_local_io_set_hook (NULL, NULL);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (granary_transfer_get_state (transfer), ==, GRANARY_TRANSFER_CANCELLED);
  model = granary_test_find (place, "big");
  g_assert_null (model);
  granary_test_assert_clean (place);
}

/* The folder */

static void
test_folder_moves (GranaryTestPlace *place,
                   gconstpointer     data)
{
  g_autoptr (GranaryVersion) version = import_one (place, "m");
  g_autofree char *moved = granary_test_place_path (place, "moved");
  g_autofree char *source = granary_test_write (place->folder, "more", "x");
  g_autoptr (GranaryVersion) again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (rename (place->root, moved));
  g_assert_null (granary_test_import (place, "n", source, TRUE, &error));
  granary_assert_reason (error, GRANARY_REASON_REPOSITORY_GONE);
  g_clear_error (&error);
  g_assert_null (granary_test_verify (place, &error));
  granary_assert_reason (error, GRANARY_REASON_REPOSITORY_GONE);
  g_clear_error (&error);
  g_assert_null (granary_test_delete (place, version->model_id, 0, &error));
  granary_assert_reason (error, GRANARY_REASON_REPOSITORY_GONE);
  g_clear_error (&error);

  /* Nothing came to be in its old place, and the source is where it was. */
  g_assert_false (g_file_test (place->root, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (source, G_FILE_TEST_EXISTS));
  granary_test_place_close (place);

  /* As a whole it works wherever it is. */
  g_free (place->root);
  place->root = g_steal_pointer (&moved);
  granary_test_place_open (place, open_local);
  again = import_one (place, "m");
  g_assert_cmpint (again->number, ==, 2);
  granary_test_assert_clean (place);
}

static void
test_unusable (GranaryTestPlace *place,
               gconstpointer     data)
{
  g_autofree char *file = granary_test_write (place->folder, "file", "x");
  g_autofree char *below = g_build_filename (file, "below", NULL);
  g_autofree char *taken = granary_test_place_path (place, "taken");
  g_autofree char *shared = granary_test_place_path (place, "shared");
  g_autofree char *catalog_folder = granary_test_place_path (place, "odd/catalog.db");
  g_autofree char *odd = granary_test_place_path (place, "odd");
  g_autoptr (GranaryConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (granary_local_open (file, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_REPOSITORY_UNUSABLE);
  g_clear_error (&error);
  g_assert_null (granary_local_open (below, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_REPOSITORY_UNUSABLE);
  g_clear_error (&error);

  /* Somebody's models are not to be mixed up with ours. */
  g_free (granary_test_write (taken, "models/mine.pt", "x"));
  g_assert_null (granary_local_open (taken, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_REPOSITORY_UNUSABLE);
  g_clear_error (&error);
  g_assert_no_errno (g_mkdir_with_parents (catalog_folder, 0755));
  g_assert_null (granary_local_open (odd, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_REPOSITORY_UNUSABLE);
  g_clear_error (&error);

  /* Other things are no hindrance. */
  g_free (granary_test_write (shared, "notes.txt", "x"));
  connection = granary_local_open (shared, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (granary_local_is_repository (shared));
  g_assert_false (granary_local_is_repository (taken));
}

static void
test_catalog_broken (GranaryTestPlace *place,
                     gconstpointer     data)
{
  g_autofree char *catalog = g_build_filename (place->root, "catalog.db", NULL);
  g_autofree char *garbage = g_strnfill (9000, 'g');
  g_autoptr (GError) error = NULL;

  g_free (granary_test_write (place->root, "catalog.db", garbage));
  g_assert_null (granary_local_open (place->root, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_CATALOG_CORRUPT);
}

/* Read-only, full and vanishing file systems need a mount of their own: the test runs itself in a
 * user namespace. Returns its exit code. */
static int
run_in_namespace (GranaryTestPlace *place,
                  const char       *what)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { self, "--mounted", what, place->folder, NULL };
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &output, &status,
                &error);
  g_assert_no_error (error);
  if (status != 0)
    g_test_message ("%s", output);

  return status;
}

static void
enter_namespace (void)
{
  uid_t uid = getuid ();
  gid_t gid = getgid ();
  g_autofree char *uids = g_strdup_printf ("0 %u 1", uid);
  g_autofree char *gids = g_strdup_printf ("0 %u 1", gid);
  int flags = uid == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS;

  if (unshare (flags) != 0)
    {
      g_assert_no_errno (unshare (CLONE_NEWUSER | CLONE_NEWNS));
      flags = CLONE_NEWUSER;
    }
  if (flags & CLONE_NEWUSER)
    {
      g_file_set_contents_full ("/proc/self/setgroups", "deny", -1, G_FILE_SET_CONTENTS_NONE, 0644,
                                NULL);
      g_assert_true (g_file_set_contents_full ("/proc/self/uid_map", uids, -1,
                                               G_FILE_SET_CONTENTS_NONE, 0644, NULL));
      g_assert_true (g_file_set_contents_full ("/proc/self/gid_map", gids, -1,
                                               G_FILE_SET_CONTENTS_NONE, 0644, NULL));
    }
  g_assert_no_errno (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

static void
mounted_read_only (GranaryTestPlace *place)
{
  g_autofree char *source = granary_test_place_path (place, "one/weights.bin");
  g_autofree char *empty = granary_test_place_path (place, "nothing");
  g_autofree char *out = granary_test_place_path (place, "out");
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GPtrArray) paths = NULL;
  g_autoptr (GError) error = NULL;
  gint64 version_id;

  g_assert_no_errno (g_mkdir_with_parents (empty, 0755));
  g_assert_no_errno (g_mkdir_with_parents (out, 0755));
  g_assert_no_errno (mount (place->root, place->root, NULL, MS_BIND, NULL));
  g_assert_no_errno (mount (NULL, place->root, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL));
  g_assert_no_errno (mount (empty, empty, NULL, MS_BIND, NULL));
  g_assert_no_errno (mount (NULL, empty, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL));

  /* No repository, and none can be made. */
  g_assert_null (granary_local_open (empty, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_READ_ONLY);
  g_clear_error (&error);

  granary_test_place_open (place, open_local);
  g_assert_true (granary_catalog_is_read_only (place->catalog));
  model = granary_test_find (place, "m");
  g_assert_nonnull (model);
  version_id = ((GranaryVersion *) g_ptr_array_index (model->versions, 0))->id;
  granary_test_assert_clean (place);
  paths = granary_test_download (place, version_id, out, &error);
  g_assert_no_error (error);

  g_assert_null (granary_test_import (place, "n", source, TRUE, &error));
  granary_assert_reason (error, GRANARY_REASON_READ_ONLY);
  g_clear_error (&error);
  g_assert_null (granary_test_upload (place, version_id, source, TRUE, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_READ_ONLY);
  g_clear_error (&error);
  g_assert_null (granary_test_delete (place, model->id, 0, &error));
  granary_assert_reason (error, GRANARY_REASON_READ_ONLY);
  g_clear_error (&error);
  g_assert_false (granary_test_rename (place, model->id, "n", &error));
  granary_assert_reason (error, GRANARY_REASON_READ_ONLY);
  g_clear_error (&error);
  g_assert_cmpint (granary_test_purge (place, NULL, &error), ==, -1);
  granary_assert_reason (error, GRANARY_REASON_READ_ONLY);
  g_clear_error (&error);
  g_assert_false (granary_test_restore (place, "t-x", NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_READ_ONLY);
}

static void
test_read_only (GranaryTestPlace *place,
                gconstpointer     data)
{
  g_autoptr (GranaryVersion) version = import_one (place, "m");
  g_autofree char *log = g_build_filename (place->root, "catalog.db-wal", NULL);

  /* While its last commits are still in a log that cannot be folded in, and when they are not. */
  g_assert_true (g_file_test (log, G_FILE_TEST_EXISTS));
  g_assert_cmpint (run_in_namespace (place, "read-only"), ==, 0);
  granary_test_place_close (place);
  while (g_file_test (log, G_FILE_TEST_EXISTS))
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpint (run_in_namespace (place, "read-only"), ==, 0);
}

static void
mounted_full (GranaryTestPlace *place)
{
  g_autofree char *fits = granary_test_write_size (place->folder, "fits", 3000000, 1);
  g_autofree char *too_big = granary_test_write_size (place->folder, "too-big", 30000000, 3);
  g_autofree char *grows = granary_test_write_size (place->folder, "grows", 6000000, 5);
  g_autofree char *filler = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GranaryVersion) last = NULL;
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;
  gint64 needed;
  gint64 available;

  g_assert_no_errno (g_mkdir_with_parents (place->root, 0755));
  g_assert_no_errno (mount ("tmpfs", place->root, "tmpfs", 0, "size=12m"));
  granary_test_place_open (place, open_local);
  version = granary_test_import (place, "m", fits, FALSE, &error);
  g_assert_no_error (error);

  /* Known beforehand: both numbers are told. */
  g_assert_null (granary_test_import (place, "n", too_big, FALSE, &error));
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_QUOTA);
  granary_assert_reason (error, GRANARY_REASON_NO_SPACE);
  g_assert_true (granary_error_get_room (error, &needed, &available));
  g_assert_cmpint (needed, ==, 30000000);
  g_assert_cmpint (available, <, 12 * 1024 * 1024);
  g_clear_error (&error);

  /* A cut from another file system needs the room as well, and keeps its source. */
  g_assert_null (granary_test_import (place, "n", too_big, TRUE, &error));
  granary_assert_reason (error, GRANARY_REASON_NO_SPACE);
  g_clear_error (&error);
  g_assert_true (g_file_test (too_big, G_FILE_TEST_EXISTS));

  g_assert_null (granary_test_upload (place, version->id, too_big, FALSE, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_NO_SPACE);
  g_clear_error (&error);
  granary_test_assert_clean (place);

  /* What is stored already needs no room. */
  last = granary_test_import (place, "m", fits, FALSE, &error);
  g_assert_no_error (error);

  /* Not known beforehand: the size is in the catalogue, so that the content might be. */
  filler = granary_test_write_size (place->root, "filler", 7000000, 9);
  g_free (granary_test_write_size (place->folder, "fits", 3000000, 77));
  g_assert_null (granary_test_import (place, "m", fits, FALSE, &error));
  granary_assert_reason (error, GRANARY_REASON_NO_SPACE);
  g_clear_error (&error);
  g_assert_no_errno (unlink (filler));
  granary_test_assert_clean (place);

  /* And with room again it goes on, with a number never used. */
  g_clear_pointer (&last, granary_version_unref);
  last = granary_test_import (place, "m", fits, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (last->number, ==, 4);
  granary_test_assert_clean (place);
  granary_test_place_close (place);
}

static void
test_full (GranaryTestPlace *place,
           gconstpointer     data)
{
  g_assert_cmpint (run_in_namespace (place, "full"), ==, 0);
}

/* A cut from a disk to another one: copied, then removed. */
static void
mounted_other_disk (GranaryTestPlace *place)
{
  g_autofree char *disk = granary_test_place_path (place, "disk");
  g_autofree char *source = g_build_filename (disk, "run", NULL);
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (g_mkdir_with_parents (disk, 0755));
  g_assert_no_errno (mount ("tmpfs", disk, "tmpfs", 0, "size=20m"));
  g_free (granary_test_write_size (source, "weights.bin", 6000000, 1));
  g_free (granary_test_write_size (source, "sub/config.json", 100, 1));

  granary_test_place_open (place, open_local);
  version = granary_test_import (place, "m", source, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (version->n_files, ==, 2);
  g_assert_false (g_file_test (source, G_FILE_TEST_EXISTS));
  granary_test_assert_clean (place);
  granary_test_place_close (place);
}

static void
test_other_disk (GranaryTestPlace *place,
                 gconstpointer     data)
{
  g_assert_cmpint (run_in_namespace (place, "other-disk"), ==, 0);
}

static int
run_mounted (char **argv)
{
  GranaryTestPlace place = { .folder = g_strdup (argv[3]) };

  place.root = g_build_filename (place.folder, "repository", NULL);
  enter_namespace ();
  if (g_str_equal (argv[2], "read-only"))
    mounted_read_only (&place);
  else if (g_str_equal (argv[2], "full"))
    mounted_full (&place);
  else
    mounted_other_disk (&place);

  _exit (0);
}

/* Others */

static int
run_other (char **argv)
{
  GranaryTestPlace place = { .folder = g_strdup (argv[3]) };
  const char *who = argv[2];

  place.root = g_build_filename (place.folder, "repository", NULL);
  granary_test_place_open (&place, open_local);
  for (int i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s-%d", who, i);
      g_autofree char *source = granary_test_write_size (place.folder, name, 3000, (guint32) i * 2);
      g_autoptr (GranaryVersion) version = NULL;
      g_autoptr (GError) error = NULL;

      version = granary_test_import (&place, "both", source, i % 2, &error);
      g_assert_no_error (error);
      if (i % 4 == 3)
        {
          g_autofree char *entry = granary_test_delete (&place, 0, version->id, &error);

          g_assert_no_error (error);
          g_assert_nonnull (entry);
        }
    }
  granary_test_place_close (&place);
  g_free (place.root);
  g_free (place.folder);

  return 0;
}

static void
test_two_processes (GranaryTestPlace *place,
                    gconstpointer     data)
{
  g_autoptr (GranaryVersion) first = import_one (place, "both");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);
  GPid pids[2];

  for (int i = 0; i < 2; i++)
    {
      const char *argv[] = { self, "--other", i == 0 ? "a" : "b", place->folder, NULL };
      g_autoptr (GError) error = NULL;

      g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pids[i],
                     &error);
      g_assert_no_error (error);
    }
  for (int i = 0; i < 2; i++)
    {
      int status;

      g_assert_no_errno (waitpid (pids[i], &status, 0));
      g_assert_cmpint (status, ==, 0);
    }

  model = granary_test_find (place, "both");
  g_assert_cmpint (model->high_water, ==, 1 + 24);
  g_assert_cmpuint (model->versions->len, ==, 1 + 24 - 6);
  for (guint i = 0; i < model->versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (model->versions, i);

      g_assert_true (g_hash_table_add (numbers, GINT_TO_POINTER (version->number)));
    }
  granary_test_assert_clean (place);
}

/* One that lives is left alone by one that opens. */
static void
test_live_session (GranaryTestPlace *place,
                   gconstpointer     data)
{
  GranaryTestPlace other = { .folder = place->folder, .root = place->root };
  g_autoptr (GranaryVersion) version = import_one (place, "m");
  g_autoptr (GranaryVersion) more = NULL;
  GPtrArray *repairs;

  granary_test_place_open (&other, open_local);
  repairs = granary_connection_get_repairs (other.connection);
  g_assert_cmpuint (repairs->len, ==, 0);
  more = import_one (&other, "m");
  g_assert_cmpint (more->number, ==, 2);
  granary_test_assert_clean (place);
  granary_test_assert_clean (&other);
  g_clear_object (&other.connection);
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *name;
    void      (*set_up) (GranaryTestPlace *place,
                         gconstpointer     data);
    void      (*func) (GranaryTestPlace *place,
                       gconstpointer     data);
  } tests[] = {
    { "names", set_up, test_names },
    { "refused", set_up, test_refused },
    { "links-inside", set_up, test_links_inside },
    { "shared", set_up, test_shared },
    { "sparse", set_up, test_sparse },
    { "many", set_up_in_memory, test_many },
    { "move-guarded", set_up, test_move_guarded },
    { "move-from-repository", set_up, test_move_from_repository },
    { "source-changes", set_up, test_source_changes },
    { "source-vanishes", set_up, test_source_vanishes },
    { "cancel-midway", set_up, test_cancel_midway },
    { "folder-moves", set_up, test_folder_moves },
    { "unusable", set_up_closed, test_unusable },
    { "catalog-broken", set_up_closed, test_catalog_broken },
    { "read-only", set_up, test_read_only },
    { "full", set_up_closed, test_full },
    { "other-disk", set_up_closed, test_other_disk },
    { "two-processes", set_up_in_memory, test_two_processes },
    { "live-session", set_up, test_live_session },
  };

  if (argc == 4 && g_str_equal (argv[1], "--mounted"))
    return run_mounted (argv);
  if (argc == 4 && g_str_equal (argv[1], "--other"))
    return run_other (argv);

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/local/hostile/%s", tests[i].name);

      g_test_add (path, GranaryTestPlace, NULL, tests[i].set_up, tests[i].func, tear_down);
    }

  return g_test_run ();
}
