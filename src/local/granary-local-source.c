/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-stage-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-digest-private.h"

static gboolean
fail_changed (GError     **error,
              const char  *path)
{
  g_autofree char *shown = granary_display_path (path);

  granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SOURCE_CHANGED, shown,
                     "%s changed while it was read", shown);
  return FALSE;
}

/* A failed call on a source, in the words for sources. */
gboolean
granary_local_source_fail (GError     **error,
                           int          saved_errno,
                           const char  *path,
                           const char  *action)
{
  g_autofree char *shown = granary_display_path (path);

  if (saved_errno == ENODATA)
    return fail_changed (error, path);

  if (saved_errno == EACCES || saved_errno == EPERM)
    granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_UNREADABLE, shown,
                       "%s: %s: %s", action, shown, g_strerror (saved_errno));
  else
    granary_set_error_from_errno (error, saved_errno, shown, action);
  return FALSE;
}

/**
 * granary_local_source_open:
 * @file: as it was scanned
 * @status: (out): as it is
 * @error: return location
 *
 * Opens a source, never waiting for a FIFO that took its place.
 *
 * Returns: a descriptor, or -1; %GRANARY_REASON_SOURCE_CHANGED when it is not what was scanned
 */
int
granary_local_source_open (const GranarySourceFile  *file,
                           struct stat              *status,
                           GError                  **error)
{
  int fd = open (file->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (fd < 0 || fstat (fd, status) != 0)
    {
      granary_local_source_fail (error, errno, file->path, "open");
      if (fd >= 0)
        close (fd);
      return -1;
    }
  if (!S_ISREG (status->st_mode) || status->st_dev != file->device ||
      status->st_ino != file->inode || status->st_size != file->size ||
      granary_local_mtime (status) != file->mtime)
    {
      fail_changed (error, file->path);
      close (fd);
      return -1;
    }

  return fd;
}

/**
 * granary_local_source_is_unchanged:
 * @file: a source
 * @fd: the same, open
 * @before: its status before it was read
 * @is_linked: whether links may be made meanwhile, which sets the time of change: in a cut, where
 *   two names may lead to one file and be worked on at once
 * @error: return location
 *
 * Returns: whether nobody wrote to it meanwhile
 */
gboolean
granary_local_source_is_unchanged (const GranarySourceFile  *file,
                                   int                       fd,
                                   const struct stat        *before,
                                   gboolean                  is_linked,
                                   GError                  **error)
{
  struct stat after;

  if (fstat (fd, &after) != 0)
    return granary_local_source_fail (error, errno, file->path, "stat");
  if (after.st_size != before->st_size ||
      granary_local_mtime (&after) != granary_local_mtime (before) ||
      (!is_linked && (after.st_ctim.tv_sec != before->st_ctim.tv_sec ||
                      after.st_ctim.tv_nsec != before->st_ctim.tv_nsec)))
    return fail_changed (error, file->path);

  return TRUE;
}

/* The digest of a source as it was scanned. */
gboolean
granary_local_source_hash (const GranarySourceFile  *file,
                           gboolean                  is_linked,
                           GranaryTransfer          *transfer,
                           GCancellable             *cancellable,
                           guint8                   *sha256,
                           GError                  **error)
{
  struct stat status;
  g_autofd int fd = granary_local_source_open (file, &status, error);
  int result;

  if (fd < 0)
    return FALSE;

  result = granary_local_digest_file (fd, status.st_size,
                                      granary_local_occupied (&status) < status.st_size,
                                      transfer, cancellable, sha256);
  if (result == ECANCELED)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "called off");
      return FALSE;
    }
  if (result != 0)
    return granary_local_source_fail (error, result, file->path, "read");

  return granary_local_source_is_unchanged (file, fd, &status, is_linked, error);
}
