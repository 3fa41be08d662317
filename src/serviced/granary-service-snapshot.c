/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-digest-private.h"
#include "granary-local-io.h"
#include "granary-local-stage-private.h"
#include "granary-local-store-private.h"
#include "granary-names.h"
#include "granary-service-handler.h"
#include "granary-service-store.h"

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
/* A pipe in place of a file must not hold up the opening. */
#define FILE_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
#define DEPTH_MAX 64

typedef struct
{
  int           from_fd;
  int           to_fd;
  GCancellable *cancellable; /* (unowned) (nullable) */
} Snapshot;

/* Auxiliary functions */

/* What went wrong with a file of the version: not there, or not what the catalogue says. */
static gboolean
fail_source (GError     **error,
             int          saved_errno,
             const char  *path)
{
  if (saved_errno == ENOENT || saved_errno == ENOTDIR)
    return granary_local_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILE_MISSING, path);
  if (saved_errno == ELOOP || saved_errno == ENXIO)
    return granary_local_fail (error, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_FILE_CHANGED, path);
  return granary_local_fail_errno (error, saved_errno, path, "open");
}

/* Code and configuration are small, and what somebody edits in place; they are not shared. */
static gboolean
is_copied (const char *path)
{
  const char *slash = strrchr (path, '/');

  return g_str_has_suffix (path, ".py") ||
         g_str_equal (slash != NULL ? slash + 1 : path, "config.json");
}

/* Size, and either the very file that was stored or the same content: after a repository was moved
 * to another disk, and while an upload puts another folder in place, only the content tells. */
static gboolean
is_as_stored (Snapshot           *self,
              int                 fd,
              const struct stat  *status,
              const GranaryFile  *file,
              GError            **error)
{
  guint8 sha256[GRANARY_SHA256_LENGTH];
  int result;

  if (!S_ISREG (status->st_mode) || status->st_size != file->size)
    return granary_local_fail (error, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_FILE_CHANGED,
                               file->path);
  if (granary_local_mtime (status) == file->mtime && file->inode == (guint64) status->st_ino)
    return TRUE;

  result = granary_local_digest_file (fd, status->st_size,
                                      granary_local_occupied (status) < status->st_size, NULL,
                                      self->cancellable, sha256);
  if (result == ECANCELED)
    return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
  if (result != 0)
    return granary_local_fail_errno (error, result, file->path, "read");
  if (memcmp (sha256, file->sha256, sizeof sha256) != 0)
    return granary_local_fail (error, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_FILE_CHANGED,
                               file->path);

  return TRUE;
}

static gboolean
copy_file (Snapshot           *self,
           const GranaryFile  *file,
           GError            **error)
{
  g_autofd int from_fd = openat (self->from_fd, file->path, FILE_FLAGS);
  g_autofd int fd = -1;
  guint8 sha256[GRANARY_SHA256_LENGTH];
  gboolean can_clone = TRUE;
  struct stat status;
  int write_errno;
  int read_errno;

  if (from_fd < 0 || fstat (from_fd, &status) != 0)
    return fail_source (error, errno, file->path);
  if (!S_ISREG (status.st_mode) || status.st_size != file->size)
    return granary_local_fail (error, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_FILE_CHANGED,
                               file->path);
  if (!granary_local_check_room (self->to_fd, file->path, granary_local_occupied (&status), error))
    return FALSE;

  fd = granary_local_io_create (self->to_fd, file->path);
  if (fd < 0)
    return granary_local_fail_errno (error, errno, file->path, "create");
  if (!granary_local_copy (from_fd, &status, fd, &can_clone, NULL, self->cancellable, sha256,
                           &write_errno, &read_errno))
    {
      if (write_errno != 0)
        return granary_local_fail_errno (error, write_errno, file->path, "write");
      if (read_errno == ENODATA)
        return granary_local_fail (error, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_FILE_CHANGED,
                                   file->path);
      if (read_errno != 0)
        return granary_local_fail_errno (error, read_errno, file->path, "read");
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "called off");
      return FALSE;
    }
  if (memcmp (sha256, file->sha256, sizeof sha256) != 0)
    return granary_local_fail (error, GRANARY_ERROR_CHECKSUM, GRANARY_REASON_FILE_CHANGED,
                               file->path);
  if (granary_local_io_set_attributes (fd, 0444, file->mtime) != 0)
    return granary_local_fail_errno (error, errno, file->path, "set attributes");

  return TRUE;
}

static gboolean
link_file (Snapshot           *self,
           const GranaryFile  *file,
           gboolean           *is_refused,
           GError            **error)
{
  g_autofd int fd = -1;
  struct stat status;

  if (granary_local_io_link (self->from_fd, file->path, self->to_fd, file->path) != 0)
    {
      if (errno == ENOENT || errno == ENOTDIR)
        return fail_source (error, errno, file->path);
      if (errno == ENOSPC || errno == EDQUOT || errno == EIO || errno == EROFS)
        return granary_local_fail_errno (error, errno, file->path, "link");
      *is_refused = TRUE;
      return FALSE;
    }

  /* It is looked at here, where nobody puts another one in its place. */
  fd = openat (self->to_fd, file->path, FILE_FLAGS);
  if (fd < 0 || fstat (fd, &status) != 0)
    return fail_source (error, errno, file->path);

  return is_as_stored (self, fd, &status, file, error);
}

static gboolean
take_file (Snapshot           *self,
           const GranaryFile  *file,
           GError            **error)
{
  gboolean is_refused = FALSE;

  if (is_copied (file->path))
    return copy_file (self, file, error);
  if (link_file (self, file, &is_refused, error))
    return TRUE;

  return is_refused && copy_file (self, file, error);
}

static gboolean
take_files (Snapshot              *self,
            const GranaryVersion  *version,
            GError               **error)
{
  g_autoptr (GHashTable) made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < version->files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (version->files, i);

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error) ||
          !granary_path_check (file->path, error) ||
          !granary_local_make_parents (self->to_fd, file->path, made, error) ||
          !take_file (self, file, error))
        return FALSE;
    }

  return TRUE;
}

/* Adds the files below @fd, which it closes; @prefix ends in a slash unless it is empty. */
static gboolean
list_files (int              fd,
            const char      *prefix,
            guint            depth,
            GranaryVersion  *version,
            GError         **error)
{
  static const guint8 no_digest[GRANARY_SHA256_LENGTH];
  DIR *stream = fdopendir (fd);
  gboolean result = TRUE;
  struct dirent *entry;

  if (stream == NULL)
    {
      granary_local_fail_errno (error, errno, prefix, "open");
      close (fd);
      return FALSE;
    }

  while (result && (entry = readdir (stream)) != NULL)
    {
      g_autofree char *path = g_strconcat (prefix, entry->d_name, NULL);
      struct stat status;

      if (g_str_equal (entry->d_name, ".") || g_str_equal (entry->d_name, "..") ||
          fstatat (fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        continue;
      if (S_ISREG (status.st_mode))
        {
          g_ptr_array_add (version->files,
                           granary_file_new (path, status.st_size, no_digest, 0, 0));
        }
      else if (S_ISDIR (status.st_mode) && depth < DEPTH_MAX)
        {
          g_autofree char *below = g_strconcat (path, "/", NULL);
          int below_fd = openat (fd, entry->d_name, FOLDER_FLAGS);

          result = below_fd >= 0 ? list_files (below_fd, below, depth + 1, version, error)
                                 : granary_local_fail_errno (error, errno, path, "open");
        }
    }
  closedir (stream);

  return result;
}

/* Public functions */

/**
 * granary_service_snapshot_make:
 * @version_fd: folder of the version, open: what happens to its name meanwhile does not matter
 * @version: what the catalogue says it holds
 * @folder_fd: folder of the service
 * @name: what the snapshot is called there
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Makes a folder with the version's files, linked where that can be done and copied otherwise. It
 * is there as a whole, or not at all, and durable.
 *
 * Errors: %GRANARY_REASON_FILE_MISSING and %GRANARY_REASON_FILE_CHANGED where the folder is not
 * what the catalogue says; %GRANARY_REASON_NO_SPACE and others of the disk.
 *
 * Returns: whether it was made
 */
gboolean
granary_service_snapshot_make (int                    version_fd,
                               const GranaryVersion  *version,
                               int                    folder_fd,
                               const char            *name,
                               GCancellable          *cancellable,
                               GError               **error)
{
  g_autofree char *part = NULL;
  g_autofd int to_fd = -1;
  Snapshot self = { .from_fd = version_fd, .cancellable = cancellable };

  g_return_val_if_fail (version_fd >= 0 && folder_fd >= 0, FALSE);
  g_return_val_if_fail (version != NULL && version->files != NULL, FALSE);
  g_return_val_if_fail (name != NULL && strchr (name, '/') == NULL, FALSE);

  part = g_strconcat (name, GRANARY_SERVICE_STORE_PART, NULL);
  if (!granary_local_remove_tree (folder_fd, part, NULL, NULL, error))
    return FALSE;
  if (granary_local_io_make_folder (folder_fd, part) != 0)
    return granary_local_fail_errno (error, errno, part, "mkdir");

  to_fd = self.to_fd = openat (folder_fd, part, FOLDER_FLAGS);
  if (to_fd < 0)
    granary_local_fail_errno (error, errno, part, "open");
  else if (take_files (&self, version, error))
    {
      if (granary_local_io_rename (folder_fd, part, folder_fd, name) != 0)
        granary_local_fail_errno (error, errno, name, "rename");
      /* The row that says so is durable once it is written; the copied files are to be as well. */
      else if (granary_local_io_sync (folder_fd) == 0)
        return TRUE;
      else
        {
          granary_local_fail_errno (error, errno, name, "syncfs");
          granary_service_store_remove_revision (folder_fd, name);
          return FALSE;
        }
    }

  /* What cannot be removed now, the next start finds half-made. */
  if (!granary_local_remove_tree (folder_fd, part, NULL, NULL, NULL))
    g_debug ("%s stays", part);

  return FALSE;
}

/**
 * granary_service_snapshot_find_handler:
 * @folder_fd: folder of the service
 * @name: what the snapshot is called there
 * @onnx: (out) (nullable): path of the ONNX file that the built-in handler serves
 * @error: return location
 *
 * Finds out again what answers, from the snapshot alone: its version may be gone.
 *
 * Errors: %GRANARY_REASON_FILE_MISSING when there is no such snapshot,
 * %GRANARY_REASON_HANDLER_MISSING when nothing in it can be served.
 *
 * Returns: whether there is something
 */
gboolean
granary_service_snapshot_find_handler (int          folder_fd,
                                       const char  *name,
                                       char       **onnx,
                                       GError     **error)
{
  g_autoptr (GranaryVersion) version = granary_version_new ();
  int fd;

  g_return_val_if_fail (folder_fd >= 0, FALSE);
  g_return_val_if_fail (name != NULL && onnx != NULL, FALSE);

  *onnx = NULL;
  fd = openat (folder_fd, name, FOLDER_FLAGS);
  if (fd < 0)
    return fail_source (error, errno, name);

  version->model_name = g_strdup (name);
  version->files = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_file_free);
  return list_files (fd, "", 0, version, error) &&
         granary_service_handler_find (version, onnx, error);
}
