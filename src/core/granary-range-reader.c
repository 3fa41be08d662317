/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-range-reader.h"

#include "granary-error.h"

G_DEFINE_INTERFACE (GranaryRangeReader, granary_range_reader, G_TYPE_OBJECT)

static G_DEFINE_QUARK (granary-range-reader-bytes-read, bytes_read)

static void
granary_range_reader_default_init (GranaryRangeReaderInterface *iface)
{
}

static void
count_bytes (GranaryRangeReader *self,
             gsize               length)
{
  gint64 *total = g_object_get_qdata (G_OBJECT (self), bytes_read_quark ());

  if (total == NULL)
    {
      total = g_new0 (gint64, 1);
      g_object_set_qdata_full (G_OBJECT (self), bytes_read_quark (), total, g_free);
    }

  *total += (gint64) length;
}

/**
 * granary_range_reader_get_size:
 * @self: a reader
 *
 * Returns: bytes of the file when it was opened
 */
gint64
granary_range_reader_get_size (GranaryRangeReader *self)
{
  g_return_val_if_fail (GRANARY_IS_RANGE_READER (self), 0);

  return GRANARY_RANGE_READER_GET_IFACE (self)->get_size (self);
}

/**
 * granary_range_reader_read_at:
 * @self: a reader
 * @offset: where to start, bytes from the beginning
 * @buffer: (out caller-allocates) (array length=length): where to put them
 * @length: how many bytes are wanted
 * @cancellable: (nullable): stops it
 * @error: (out) (optional): where to put an error
 *
 * Reads up to @length bytes; may give fewer. Blocks.
 *
 * Returns: bytes read, 0 at or behind the end, -1 on error
 */
gssize
granary_range_reader_read_at (GranaryRangeReader  *self,
                              gint64               offset,
                              gpointer             buffer,
                              gsize                length,
                              GCancellable        *cancellable,
                              GError             **error)
{
  gint64 size;
  gssize n;

  g_return_val_if_fail (GRANARY_IS_RANGE_READER (self), -1);
  g_return_val_if_fail (offset >= 0, -1);
  g_return_val_if_fail (buffer != NULL || length == 0, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;

  size = granary_range_reader_get_size (self);
  if (offset >= size || length == 0)
    return 0;
  length = (gsize) MIN ((guint64) length, (guint64) (size - offset));
  length = MIN (length, G_MAXSSIZE);

  n = GRANARY_RANGE_READER_GET_IFACE (self)->read_at (self, offset, buffer, length,
                                                      cancellable, error);
  if (n > 0)
    count_bytes (self, (gsize) n);

  return n;
}

/**
 * granary_range_reader_read_exact:
 * @self: a reader
 * @offset: where to start, bytes from the beginning
 * @buffer: (out caller-allocates) (array length=length): where to put them
 * @length: how many bytes are needed
 * @cancellable: (nullable): stops it
 * @error: (out) (optional): where to put an error
 *
 * Reads exactly @length bytes. A file that ends before fails with %GRANARY_ERROR_INVALID_INPUT and
 * %GRANARY_REASON_FORMAT_UNREADABLE. Blocks.
 *
 * Returns: whether all were read
 */
gboolean
granary_range_reader_read_exact (GranaryRangeReader  *self,
                                 gint64               offset,
                                 gpointer             buffer,
                                 gsize                length,
                                 GCancellable        *cancellable,
                                 GError             **error)
{
  gsize done = 0;

  g_return_val_if_fail (GRANARY_IS_RANGE_READER (self), FALSE);
  g_return_val_if_fail (offset >= 0, FALSE);

  while (done < length)
    {
      gssize n = granary_range_reader_read_at (self, offset + (gint64) done,
                                               (guint8 *) buffer + done, length - done,
                                               cancellable, error);

      if (n < 0)
        return FALSE;
      if (n == 0)
        {
          granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_FORMAT_UNREADABLE,
                             NULL, "file ends at %" G_GINT64_FORMAT ", wanted %" G_GSIZE_FORMAT
                             " bytes at %" G_GINT64_FORMAT,
                             granary_range_reader_get_size (self), length, offset);
          return FALSE;
        }
      done += (gsize) n;
    }

  return TRUE;
}

/**
 * granary_range_reader_get_bytes_read:
 * @self: a reader
 *
 * How much was read in all: what an inspection costs over a network.
 *
 * Returns: bytes, counted again when read again
 */
gint64
granary_range_reader_get_bytes_read (GranaryRangeReader *self)
{
  gint64 *total;

  g_return_val_if_fail (GRANARY_IS_RANGE_READER (self), 0);

  total = g_object_get_qdata (G_OBJECT (self), bytes_read_quark ());

  return total != NULL ? *total : 0;
}
