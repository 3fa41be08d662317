/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-transfer-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "granary-error.h"

/* In bytes, on every file system that matters. */
#define MAX_NAME_LENGTH 255

#define STAGED_SUFFIX ".part"

/* Auxiliary functions */

static gboolean
fail (GranaryCosStagedFile  *self,
      int                    failure,
      const char            *action,
      GError               **error)
{
  if (failure == EACCES || failure == EPERM || failure == EROFS || failure == ENOENT ||
      failure == ENOTDIR || failure == ELOOP)
    granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_TARGET_UNWRITABLE, self->shown,
                       "%s: %s: %s", action, self->shown, g_strerror (failure));
  else
    granary_set_error_from_errno (error, failure, self->shown, action);
  return FALSE;
}

static gboolean
fail_exists (GranaryCosStagedFile  *self,
             const char            *name,
             GError               **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *shown = granary_display_path (path);

  granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_TARGET_EXISTS, shown,
                     "%s is there already", shown);
  return FALSE;
}

/* A name too long to have something added to it is cut, and told from others by its digest. */
static char *
make_staged_name (const char *name)
{
  g_autofree char *digest = NULL;

  if (strlen (name) + strlen ("." STAGED_SUFFIX) <= MAX_NAME_LENGTH)
    return g_strconcat (".", name, STAGED_SUFFIX, NULL);

  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);
  return g_strdup_printf (".%.32s" STAGED_SUFFIX, digest);
}

static gboolean
check_target (GranaryCosStagedFile  *self,
              GError               **error)
{
  struct stat status;

  if (fstatat (self->folder_fd, self->name, &status, AT_SYMLINK_NOFOLLOW) == 0)
    return fail_exists (self, self->name, error);
  if (errno != ENOENT)
    return fail (self, errno, "stat", error);

  return TRUE;
}

static gboolean
fail_space (GranaryCosStagedFile  *self,
            gint64                 needed,
            gint64                 available,
            GError               **error)
{
  granary_set_error (error, GRANARY_ERROR_QUOTA, GRANARY_REASON_NO_SPACE, self->shown,
                     "%s: %" G_GINT64_FORMAT " bytes needed, %" G_GINT64_FORMAT " available",
                     self->shown, needed, available);
  if (error != NULL)
    granary_error_set_room (*error, needed, available);
  return FALSE;
}

/* Room for what is not in the file yet, asked before and not found out by filling the disk. */
static gboolean
make_room (GranaryCosStagedFile  *self,
           gint64                 size,
           GError               **error)
{
  struct statvfs room;
  struct stat status;
  gint64 available;
  gint64 needed;

  if (fstat (self->fd, &status) != 0 || fstatvfs (self->fd, &room) != 0)
    return fail (self, errno, "statvfs", error);

  needed = size - status.st_blocks * G_GINT64_CONSTANT (512);
  available = (gint64) room.f_bavail * (gint64) room.f_frsize;
  /* Some network file systems know no sizes. */
  if (room.f_blocks != 0 && needed > available)
    return fail_space (self, needed, available, error);

  if (status.st_size != size && ftruncate (self->fd, size) != 0)
    return fail (self, errno, "truncate", error);
  /* In one piece, though it is written at several places at once; and nobody else takes the room
   * meanwhile. File systems that cannot do without. */
  if (needed > 0 && fallocate (self->fd, 0, 0, size) != 0 && errno == ENOSPC)
    return fail_space (self, needed, available, error);

  return TRUE;
}

/* Whether the name still stands for the open file: somebody may have taken it away before it was
 * locked. */
static gboolean
is_still_there (GranaryCosStagedFile *self)
{
  struct stat mine;
  struct stat there;

  return fstat (self->fd, &mine) == 0 &&
         fstatat (self->folder_fd, self->staged_name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
         mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
}

/* Functions for the engine */

/**
 * granary_cos_staged_file_begin:
 * @self: initialised with both descriptors -1
 * @path: absolute path the file is to have
 * @error: return location
 *
 * Opens the folder. All that follows is done relative to it, and never through a link.
 *
 * Returns: whether it can go on; %GRANARY_REASON_TARGET_EXISTS when there is something at @path
 */
gboolean
granary_cos_staged_file_begin (GranaryCosStagedFile  *self,
                               const char            *path,
                               GError               **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  self->path = g_strdup (path);
  self->shown = granary_display_path (path);
  self->name = g_path_get_basename (path);
  self->staged_name = make_staged_name (self->name);

  self->folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->folder_fd < 0)
    return fail (self, errno, "open", error);

  return check_target (self, error);
}

/**
 * granary_cos_staged_file_open:
 * @self: a file whose folder is open
 * @size: that it is going to have
 * @keep: whether what an earlier run has left in it may be used
 * @error: return location
 *
 * Opens or makes the staged file, takes its lock, sees to it that there is room.
 *
 * Returns: whether it can be written; %GRANARY_REASON_BUSY when another writes it,
 *   %GRANARY_REASON_NO_SPACE
 */
gboolean
granary_cos_staged_file_open (GranaryCosStagedFile  *self,
                              gint64                 size,
                              gboolean               keep,
                              GError               **error)
{
  struct stat status;

  do
    self->fd = openat (self->folder_fd, self->staged_name,
                       O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
  while (self->fd < 0 && errno == EINTR);
  /* A link, a folder or a device of that name is not ours. */
  if (self->fd < 0 && (errno == ELOOP || errno == EISDIR || errno == ENXIO))
    return fail_exists (self, self->staged_name, error);
  if (self->fd < 0 || fstat (self->fd, &status) != 0)
    return fail (self, errno, "open", error);
  /* Nor is another name of some file elsewhere. */
  if (!S_ISREG (status.st_mode) || status.st_nlink > 1)
    return fail_exists (self, self->staged_name, error);

  /* A file system without locks has to do without. */
  if ((flock (self->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) ||
      !is_still_there (self))
    {
      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_BUSY, self->shown,
                         "%s is being downloaded already", self->shown);
      return FALSE;
    }

  self->is_owned = TRUE;
  self->is_new = !keep || status.st_size != size;
  if (self->is_new && ftruncate (self->fd, 0) != 0)
    return fail (self, errno, "truncate", error);

  return make_room (self, size, error);
}

/* All of @size. Any thread; several write at the same time. */
gboolean
granary_cos_staged_file_write (GranaryCosStagedFile  *self,
                               const void            *data,
                               gsize                  size,
                               gint64                 offset,
                               GError               **error)
{
  const guint8 *at = data;

  while (size > 0)
    {
      gssize written = pwrite (self->fd, at, size, offset);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return fail (self, errno, "write", error);
      at += written;
      offset += written;
      size -= (gsize) written;
    }

  return TRUE;
}

/**
 * granary_cos_staged_file_start_sync:
 * @self: an open file
 * @offset: of a part
 * @length: of a part
 *
 * Lets the disk begin with a finished part, so that it has little left to do at the end. Only a
 * hint: what counts is the sync of the whole.
 */
void
granary_cos_staged_file_start_sync (GranaryCosStagedFile *self,
                                    gint64                offset,
                                    gint64                length)
{
  if (sync_file_range (self->fd, offset, length, SYNC_FILE_RANGE_WRITE) != 0)
    g_debug ("%s: %s", self->shown, g_strerror (errno));
}

/**
 * granary_cos_staged_file_publish:
 * @self: a complete file
 * @error: return location
 *
 * Syncs the file and gives it its name, replacing nothing.
 *
 * Returns: whether it has; %GRANARY_REASON_TARGET_EXISTS when there is something by now
 */
gboolean
granary_cos_staged_file_publish (GranaryCosStagedFile  *self,
                                 GError               **error)
{
  int result;

  if (fsync (self->fd) != 0)
    return fail (self, errno, "fsync", error);
  if (!is_still_there (self))
    return fail (self, ENOENT, "rename", error);

  result = renameat2 (self->folder_fd, self->staged_name, self->folder_fd, self->name,
                      RENAME_NOREPLACE);
  if (result != 0 && (errno == EINVAL || errno == ENOSYS))
    {
      /* A file system without the flag: a link fails where there is something, too. */
      result = linkat (self->folder_fd, self->staged_name, self->folder_fd, self->name, 0);
      if (result == 0)
        unlinkat (self->folder_fd, self->staged_name, 0);
      else if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS)
        {
          if (!check_target (self, error))
            return FALSE;
          result = renameat (self->folder_fd, self->staged_name, self->folder_fd, self->name);
        }
    }
  if (result != 0 && errno == EEXIST)
    return fail_exists (self, self->name, error);
  if (result != 0)
    return fail (self, errno, "rename", error);
  self->is_owned = FALSE;

  /* Some network file systems cannot sync a folder and need not. */
  if (fsync (self->folder_fd) != 0 && errno != EINVAL && errno != EROFS)
    return fail (self, errno, "fsync", error);

  return TRUE;
}

/* Takes it away, if it is this call that holds it. */
void
granary_cos_staged_file_discard (GranaryCosStagedFile *self)
{
  if (self->is_owned && is_still_there (self) &&
      unlinkat (self->folder_fd, self->staged_name, 0) != 0)
    g_debug ("%s: %s", self->shown, g_strerror (errno));
  self->is_owned = FALSE;
}

void
granary_cos_staged_file_end (GranaryCosStagedFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (self->folder_fd >= 0)
    close (self->folder_fd);
  self->fd = -1;
  self->folder_fd = -1;
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->staged_name, g_free);
  g_clear_pointer (&self->shown, g_free);
}
