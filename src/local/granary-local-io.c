/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static GranaryLocalIoHook the_hook;
static gpointer the_hook_data;

/* Auxiliary functions */

static int
ask (GranaryLocalIoCall  call,
     int                 fd,
     const char         *path,
     int                 to_fd,
     const char         *to_path)
{
  GranaryLocalIoStep step = { call, fd, path, to_fd, to_path };
  int result;

  if (G_LIKELY (the_hook == NULL))
    return 0;

  result = the_hook (&step, the_hook_data);
  if (result == 0)
    return 0;

  errno = result;
  return -1;
}

/* Functions for the back end and its tests */

/**
 * granary_local_io_set_hook:
 * @hook: (nullable): asked before every call
 * @data: for @hook
 *
 * For tests. To be set while nothing else runs.
 */
void
granary_local_io_set_hook (GranaryLocalIoHook hook,
                           gpointer           data)
{
  the_hook = hook;
  the_hook_data = data;
}

/* A new file open for reading and writing whose mode, once closed, is that of a stored file. */
int
granary_local_io_create (int         folder_fd,
                         const char *path)
{
  if (ask (GRANARY_LOCAL_IO_CREATE, folder_fd, path, -1, NULL) != 0)
    return -1;

  return openat (folder_fd, path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0444);
}

/* All of @size, or -1. */
int
granary_local_io_write (int         fd,
                        const void *data,
                        gsize       size,
                        goffset     offset)
{
  const guint8 *at = data;

  if (ask (GRANARY_LOCAL_IO_WRITE, fd, NULL, -1, NULL) != 0)
    return -1;

  while (size > 0)
    {
      gssize written = pwrite (fd, at, size, offset);

      if (written < 0)
        {
          if (errno == EINTR)
            continue;
          return -1;
        }
      at += written;
      offset += written;
      size -= (gsize) written;
    }

  return 0;
}

/* Copies inside the kernel, at the same offset of both files; what copy_file_range() returns. */
gssize
granary_local_io_copy (int     from_fd,
                       int     fd,
                       goffset offset,
                       gsize   size)
{
  off_t from = offset;
  off_t to = offset;
  gssize copied;

  if (ask (GRANARY_LOCAL_IO_WRITE, fd, NULL, -1, NULL) != 0)
    return -1;

  do
    copied = copy_file_range (from_fd, &from, fd, &to, size, 0);
  while (copied < 0 && errno == EINTR);

  return copied;
}

int
granary_local_io_clone (int from_fd,
                        int fd)
{
  if (ask (GRANARY_LOCAL_IO_WRITE, fd, NULL, -1, NULL) != 0)
    return -1;

  return ioctl (fd, FICLONE, from_fd);
}

int
granary_local_io_set_length (int     fd,
                             goffset length)
{
  if (ask (GRANARY_LOCAL_IO_ATTRIBUTES, fd, NULL, -1, NULL) != 0)
    return -1;

  return ftruncate (fd, length);
}

int
granary_local_io_set_mode (int         folder_fd,
                           const char *path,
                           mode_t      mode)
{
  if (ask (GRANARY_LOCAL_IO_ATTRIBUTES, folder_fd, path, -1, NULL) != 0)
    return -1;

  return fchmodat (folder_fd, path, mode, 0);
}

/* @mtime in ns. The mode is set only where the umask took something from it. */
int
granary_local_io_set_attributes (int    fd,
                                 mode_t mode,
                                 gint64 mtime)
{
  struct timespec times[2] = { { 0, UTIME_OMIT }, { 0, 0 } };
  struct stat status;

  if (ask (GRANARY_LOCAL_IO_ATTRIBUTES, fd, NULL, -1, NULL) != 0)
    return -1;

  times[1].tv_sec = mtime / G_GINT64_CONSTANT (1000000000);
  times[1].tv_nsec = mtime % G_GINT64_CONSTANT (1000000000);
  if (times[1].tv_nsec < 0)
    {
      times[1].tv_sec--;
      times[1].tv_nsec += 1000000000;
    }
  if (futimens (fd, times) != 0 || fstat (fd, &status) != 0)
    return -1;

  return (status.st_mode & 07777) == mode ? 0 : fchmod (fd, mode);
}

int
granary_local_io_make_folder (int         folder_fd,
                              const char *path)
{
  if (ask (GRANARY_LOCAL_IO_MAKE_FOLDER, folder_fd, path, -1, NULL) != 0)
    return -1;

  if (mkdirat (folder_fd, path, 0755) != 0)
    return -1;

  return fchmodat (folder_fd, path, 0755, 0);
}

int
granary_local_io_link (int         fd,
                       const char *path,
                       int         to_fd,
                       const char *to_path)
{
  if (ask (GRANARY_LOCAL_IO_LINK, fd, path, to_fd, to_path) != 0)
    return -1;

  return linkat (fd, path, to_fd, to_path, 0);
}

/* Fails with EEXIST when there is something at @to_path. */
int
granary_local_io_rename (int         fd,
                         const char *path,
                         int         to_fd,
                         const char *to_path)
{
  struct stat status;

  if (ask (GRANARY_LOCAL_IO_RENAME, fd, path, to_fd, to_path) != 0)
    return -1;

  if (renameat2 (fd, path, to_fd, to_path, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return -1;

  /* A file system without the flag. Only folders are renamed here, and those replace nothing but
   * an empty folder. */
  if (fstatat (to_fd, to_path, &status, AT_SYMLINK_NOFOLLOW) == 0)
    {
      errno = EEXIST;
      return -1;
    }
  return renameat (fd, path, to_fd, to_path);
}

int
granary_local_io_replace (int         fd,
                          const char *path,
                          int         to_fd,
                          const char *to_path)
{
  if (ask (GRANARY_LOCAL_IO_RENAME, fd, path, to_fd, to_path) != 0)
    return -1;

  return renameat (fd, path, to_fd, to_path);
}

/* Fails with EINVAL or ENOSYS where the file system cannot. */
int
granary_local_io_exchange (int         fd,
                           const char *path,
                           int         to_fd,
                           const char *to_path)
{
  if (ask (GRANARY_LOCAL_IO_EXCHANGE, fd, path, to_fd, to_path) != 0)
    return -1;

  return renameat2 (fd, path, to_fd, to_path, RENAME_EXCHANGE);
}

int
granary_local_io_unlink (int         folder_fd,
                         const char *path)
{
  if (ask (GRANARY_LOCAL_IO_UNLINK, folder_fd, path, -1, NULL) != 0)
    return -1;

  return unlinkat (folder_fd, path, 0);
}

int
granary_local_io_remove_folder (int         folder_fd,
                                const char *path)
{
  if (ask (GRANARY_LOCAL_IO_REMOVE_FOLDER, folder_fd, path, -1, NULL) != 0)
    return -1;

  return unlinkat (folder_fd, path, AT_REMOVEDIR);
}

int
granary_local_io_sync_folder (int fd)
{
  if (ask (GRANARY_LOCAL_IO_SYNC_FOLDER, fd, NULL, -1, NULL) != 0)
    return -1;

  if (fsync (fd) == 0)
    return 0;

  /* Some network file systems cannot sync a folder and need not. */
  return errno == EINVAL || errno == EROFS ? 0 : -1;
}

int
granary_local_io_sync (int fd)
{
  if (ask (GRANARY_LOCAL_IO_SYNC, fd, NULL, -1, NULL) != 0)
    return -1;

  return syncfs (fd);
}

int
granary_local_io_note_commit (void)
{
  return ask (GRANARY_LOCAL_IO_COMMIT, -1, NULL, -1, NULL);
}
