/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-file-reader-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"

/**
 * GranaryFileReader:
 *
 * Ranges of a regular file on this computer. Keeps it open; the size is that at opening.
 */
struct _GranaryFileReader
{
  GObject parent_instance;

  int     fd;
  gint64  size;
  char   *shown; /* (owned): path, printable */
};

static void granary_file_reader_iface_init (GranaryRangeReaderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryFileReader, granary_file_reader, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_RANGE_READER,
                                                      granary_file_reader_iface_init))

static gint64
granary_file_reader_get_size (GranaryRangeReader *reader)
{
  return GRANARY_FILE_READER (reader)->size;
}

static gssize
granary_file_reader_read_at (GranaryRangeReader  *reader,
                             gint64               offset,
                             gpointer             buffer,
                             gsize                length,
                             GCancellable        *cancellable,
                             GError             **error)
{
  GranaryFileReader *self = GRANARY_FILE_READER (reader);
  ssize_t n;

  do
    n = pread (self->fd, buffer, length, (off_t) offset);
  while (n < 0 && errno == EINTR);

  if (n < 0)
    granary_set_error_from_errno (error, errno, self->shown, "read");

  return n;
}

static void
granary_file_reader_iface_init (GranaryRangeReaderInterface *iface)
{
  iface->get_size = granary_file_reader_get_size;
  iface->read_at = granary_file_reader_read_at;
}

static void
granary_file_reader_finalize (GObject *object)
{
  GranaryFileReader *self = GRANARY_FILE_READER (object);

  if (self->fd >= 0)
    close (self->fd);
  g_free (self->shown);

  G_OBJECT_CLASS (granary_file_reader_parent_class)->finalize (object);
}

static void
granary_file_reader_class_init (GranaryFileReaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_file_reader_finalize;
}

static void
granary_file_reader_init (GranaryFileReader *self)
{
  self->fd = -1;
}

/**
 * granary_file_reader_open:
 * @path: a file, in the file system's encoding
 * @error: (out) (optional): where to put an error
 *
 * Opens a regular file for reading. Pipes, devices and folders fail with
 * %GRANARY_REASON_SOURCE_SPECIAL; a pipe that nobody writes to does not block.
 *
 * Returns: (transfer full): the reader, or %NULL
 */
GranaryRangeReader *
granary_file_reader_open (const char  *path,
                          GError     **error)
{
  g_autoptr (GranaryFileReader) self = NULL;
  struct stat info;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = g_object_new (GRANARY_TYPE_FILE_READER, NULL);
  self->shown = granary_display_path (path);

  do
    self->fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  while (self->fd < 0 && errno == EINTR);
  if (self->fd < 0 || fstat (self->fd, &info) < 0)
    {
      granary_set_error_from_errno (error, errno, self->shown, "open");
      return NULL;
    }
  if (!S_ISREG (info.st_mode))
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_SPECIAL,
                         self->shown, "%s is not a regular file", self->shown);
      return NULL;
    }
  self->size = (gint64) info.st_size;

  return GRANARY_RANGE_READER (g_steal_pointer (&self));
}
