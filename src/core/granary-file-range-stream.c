/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-file-range-stream.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "granary-crc64.h"

/* So large that system calls do not count, so small that the bytes are still in the second-level
 * cache when the checksum and the socket take them. libsoup asks for 8 KiB at a time. */
#define BUFFER_SIZE (256 * 1024)

struct _GranaryFileRangeStream
{
  GInputStream          parent_instance;

  int                   fd;        /* of the maker, who keeps it open */
  gint64                offset;    /* in the file, of the next byte to be read from it */
  gint64                left;      /* bytes of the range not read from the file yet */
  guint8               *buffer;    /* (owned) */
  gsize                 taken;     /* bytes at the buffer's start that were handed out */
  gsize                 filled;    /* bytes in the buffer */
  gint64                position;  /* bytes handed out in all */
  guint64               crc64;     /* of all read from the file */
  int                   failure;   /* errno of the file, 0 for none */
  GranaryFileRangeFunc  counted;   /* (nullable) */
  gpointer              user_data;
};

G_DEFINE_FINAL_TYPE (GranaryFileRangeStream, granary_file_range_stream, G_TYPE_INPUT_STREAM)

/* Auxiliary functions */

static gboolean
fail (GranaryFileRangeStream  *self,
      int                      failure,
      GError                 **error)
{
  self->failure = failure;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (failure),
               "reading a file to send: %s", g_strerror (failure));
  return FALSE;
}

static gboolean
fill (GranaryFileRangeStream  *self,
      GCancellable            *cancellable,
      GError                 **error)
{
  gssize got;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  do
    got = pread (self->fd, self->buffer, (gsize) MIN (self->left, BUFFER_SIZE), self->offset);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    return fail (self, errno, error);
  /* Shorter than it was. */
  if (got == 0)
    return fail (self, ENODATA, error);

  self->crc64 = granary_crc64_update (self->crc64, self->buffer, (gsize) got);
  self->offset += got;
  self->left -= got;
  self->taken = 0;
  self->filled = (gsize) got;

  return TRUE;
}

/* GInputStream overrides */

static gssize
granary_file_range_stream_read (GInputStream  *stream,
                                void          *buffer,
                                gsize          count,
                                GCancellable  *cancellable,
                                GError       **error)
{
  GranaryFileRangeStream *self = GRANARY_FILE_RANGE_STREAM (stream);
  gsize n_bytes;

  if (self->taken == self->filled)
    {
      if (self->left == 0)
        return 0;
      if (!fill (self, cancellable, error))
        return -1;
    }

  n_bytes = MIN (count, self->filled - self->taken);
  memcpy (buffer, self->buffer + self->taken, n_bytes);
  self->taken += n_bytes;
  self->position += (gint64) n_bytes;
  if (self->counted != NULL)
    self->counted (n_bytes, self->user_data);

  return (gssize) n_bytes;
}

/* GObject overrides */

static void
granary_file_range_stream_finalize (GObject *object)
{
  GranaryFileRangeStream *self = GRANARY_FILE_RANGE_STREAM (object);

  g_free (self->buffer);

  G_OBJECT_CLASS (granary_file_range_stream_parent_class)->finalize (object);
}

static void
granary_file_range_stream_class_init (GranaryFileRangeStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_file_range_stream_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = granary_file_range_stream_read;
}

static void
granary_file_range_stream_init (GranaryFileRangeStream *self)
{
  self->fd = -1;
}

/* Public functions */

/**
 * granary_file_range_stream_new:
 * @fd: a file, open for reading; stays open as long as the stream is read
 * @offset: of the first byte
 * @length: how many bytes
 * @counted: (nullable): told of the bytes handed out
 * @user_data: for @counted
 *
 * Returns: (transfer full): a stream of these bytes; reading it fails when the file is shorter
 */
GranaryFileRangeStream *
granary_file_range_stream_new (int                   fd,
                               gint64                offset,
                               gint64                length,
                               GranaryFileRangeFunc  counted,
                               gpointer              user_data)
{
  GranaryFileRangeStream *self;

  g_return_val_if_fail (fd >= 0, NULL);
  g_return_val_if_fail (offset >= 0 && length >= 0, NULL);

  self = g_object_new (GRANARY_TYPE_FILE_RANGE_STREAM, NULL);
  self->fd = fd;
  self->offset = offset;
  self->left = length;
  self->buffer = g_malloc ((gsize) CLAMP (length, 1, BUFFER_SIZE));
  self->counted = counted;
  self->user_data = user_data;

  return self;
}

/**
 * granary_file_range_stream_get_position:
 * @self: a stream
 *
 * Returns: how many bytes were handed out so far
 */
gint64
granary_file_range_stream_get_position (GranaryFileRangeStream *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_RANGE_STREAM (self), 0);

  return self->position;
}

/**
 * granary_file_range_stream_get_crc64:
 * @self: a stream that was read to its end
 *
 * Returns: CRC-64 of all its bytes
 */
guint64
granary_file_range_stream_get_crc64 (GranaryFileRangeStream *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_RANGE_STREAM (self), 0);

  return self->crc64;
}

/**
 * granary_file_range_stream_get_failure:
 * @self: a stream
 *
 * Tells a failure of the file from one of whoever was reading, who may have made another error of
 * it.
 *
 * Returns: the errno of the read that failed, `ENODATA` when the file ended before the range; 0
 */
int
granary_file_range_stream_get_failure (GranaryFileRangeStream *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_RANGE_STREAM (self), 0);

  return self->failure;
}
