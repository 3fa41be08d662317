/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-store-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-io.h"

static gboolean
remove_file (int               folder_fd,
             const char       *name,
             gint64           *freed,
             GranaryTransfer  *transfer,
             GError          **error)
{
  struct stat status;

  if (fstatat (folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT || granary_local_fail_errno (error, errno, name, "stat");
  if (granary_local_io_unlink (folder_fd, name) != 0 && errno != ENOENT)
    return granary_local_fail_errno (error, errno, name, "unlink");

  if (freed != NULL && status.st_nlink == 1 && S_ISREG (status.st_mode))
    *freed += granary_local_occupied (&status);
  if (transfer != NULL)
    {
      granary_transfer_add_bytes (transfer, status.st_size);
      granary_transfer_add_files (transfer, 1);
    }

  return TRUE;
}

/**
 * granary_local_remove_tree:
 * @folder_fd: where it is
 * @name: a file or folder there; links are removed, not followed
 * @freed: (inout) (optional): bytes whose last name went are added
 * @transfer: (nullable): counts what is removed
 * @error: return location
 *
 * Removes a whole tree. What is not there is removed already.
 *
 * Returns: whether nothing is left
 */
gboolean
granary_local_remove_tree (int               folder_fd,
                           const char       *name,
                           gint64           *freed,
                           GranaryTransfer  *transfer,
                           GError          **error)
{
  gboolean result = TRUE;
  struct dirent *entry;
  DIR *stream;
  int fd;

  fd = openat (folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    return TRUE;
  if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
    return remove_file (folder_fd, name, freed, transfer, error);
  if (fd < 0)
    return granary_local_fail_errno (error, errno, name, "open");

  stream = fdopendir (fd);
  if (stream == NULL)
    {
      granary_local_fail_errno (error, errno, name, "open");
      close (fd);
      return FALSE;
    }

  while (result && (entry = readdir (stream)) != NULL)
    {
      if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0)
        continue;
      if (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN)
        result = granary_local_remove_tree (fd, entry->d_name, freed, transfer, error);
      else
        result = remove_file (fd, entry->d_name, freed, transfer, error);
    }
  closedir (stream);

  if (result && granary_local_io_remove_folder (folder_fd, name) != 0 && errno != ENOENT)
    return granary_local_fail_errno (error, errno, name, "rmdir");

  return result;
}

/**
 * granary_local_make_parents:
 * @folder_fd: where to begin
 * @path: path of a file below it
 * @made: (element-type utf8): folders known to exist, extended by those made
 * @error: return location
 *
 * Makes the folders above @path.
 *
 * Returns: whether they exist
 */
gboolean
granary_local_make_parents (int          folder_fd,
                            const char  *path,
                            GHashTable  *made,
                            GError     **error)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *folder = NULL;

  if (slash == NULL)
    return TRUE;
  folder = g_strndup (path, (gsize) (slash - path));
  if (g_hash_table_contains (made, folder))
    return TRUE;
  if (!granary_local_make_parents (folder_fd, folder, made, error))
    return FALSE;
  if (granary_local_io_make_folder (folder_fd, folder) != 0 && errno != EEXIST)
    return granary_local_fail_errno (error, errno, folder, "mkdir");

  g_hash_table_add (made, g_steal_pointer (&folder));
  return TRUE;
}

/* In ns since the epoch. */
gint64
granary_local_mtime (const struct stat *status)
{
  return status->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + status->st_mtim.tv_nsec;
}

/* Bytes of content that lie on the disk: the size, less the holes of a sparse file. */
gint64
granary_local_occupied (const struct stat *status)
{
  return MIN (status->st_size, (gint64) status->st_blocks * 512);
}

/**
 * granary_local_check_room:
 * @fd: anything on the file system
 * @shown: its path, printable
 * @needed: bytes to be written
 * @error: return location
 *
 * Returns: whether they fit; %GRANARY_ERROR_QUOTA with both numbers otherwise
 */
gboolean
granary_local_check_room (int          fd,
                          const char  *shown,
                          gint64       needed,
                          GError     **error)
{
  g_autoptr (GError) local_error = NULL;
  struct statvfs status;
  gint64 available;

  /* A file system that does not say is found out by writing. */
  if (fstatvfs (fd, &status) != 0 || status.f_blocks == 0)
    return TRUE;

  available = (gint64) (geteuid () == 0 ? status.f_bfree : status.f_bavail) *
              (gint64) status.f_frsize;
  if (needed <= available)
    return TRUE;

  granary_set_error (&local_error, GRANARY_ERROR_QUOTA, GRANARY_REASON_NO_SPACE, shown,
                     "%" G_GINT64_FORMAT " bytes needed, %" G_GINT64_FORMAT " available",
                     needed, available);
  granary_error_set_room (local_error, needed, available);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
