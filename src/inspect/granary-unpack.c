/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-inspect"

#include "config.h"

#include "granary-unpack.h"

#include <archive.h>
#include <lzma.h>
#include <string.h>

/* One layer of compression around a file. Never more than one: what packs a packed file again and
 * again would keep a processor busy for hours. */

#define BLOCK 16384
#define MAX_FETCHED (8 * 1024 * 1024)
/* Enough for what xz writes at its strongest. */
#define MAX_MEMORY (80 * 1024 * 1024)

typedef struct
{
  GranaryRangeReader *reader;
  GCancellable       *cancellable;
  GError             *error;
  gint64              position;
  guint8              block[BLOCK];
} Source;

static const struct
{
  const char *bytes;
  gsize       length;
  const char *method;
} methods[] = {
  { "\x1f\x8b\x08", 3, "gzip" },
  { "\x78\x01", 2, "zlib" },
  { "\x78\x5e", 2, "zlib" },
  { "\x78\x9c", 2, "zlib" },
  { "\x78\xda", 2, "zlib" },
  { "BZh", 3, "bzip2" },
  { "\xfd" "7zXZ", 6, "xz" },
  { "\x5d\0\0", 3, "lzma" },
  { "\x04\x22\x4d\x18", 4, "lz4" },
};

/**
 * granary_unpack_find_method:
 * @head: (array length=length): the beginning of a file
 * @length: its bytes
 *
 * Returns: (nullable): how the file is compressed, such as `zlib`
 */
const char *
granary_unpack_find_method (const guint8 *head,
                            gsize         length)
{
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (length >= methods[i].length && memcmp (head, methods[i].bytes, methods[i].length) == 0)
      return methods[i].method;

  return NULL;
}

/* The next bytes of the file; 0 at its end, at the bound and when reading failed. */
static gsize
fetch (Source *source)
{
  gssize n;

  if (source->error != NULL || source->position >= MAX_FETCHED)
    return 0;
  n = granary_range_reader_read_at (source->reader, source->position, source->block, BLOCK,
                                    source->cancellable, &source->error);
  if (n <= 0)
    return 0;
  source->position += n;

  return (gsize) n;
}

static gboolean
unpack_zlib (Source     *source,
             gboolean    is_gzip,
             GByteArray *output,
             gsize       max)
{
  g_autoptr (GZlibDecompressor) decompressor =
    g_zlib_decompressor_new (is_gzip ? G_ZLIB_COMPRESSOR_FORMAT_GZIP
                                     : G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
  guint8 part[BLOCK];
  gsize left = 0;
  gsize at = 0;

  while (output->len < max)
    {
      g_autoptr (GError) error = NULL;
      GConverterResult result;
      gsize n_read = 0;
      gsize n_written = 0;
      gboolean at_end;

      if (left == 0)
        {
          left = fetch (source);
          at = 0;
        }
      at_end = left == 0;
      result = g_converter_convert (G_CONVERTER (decompressor), source->block + at, left, part,
                                    MIN (sizeof part, max - output->len),
                                    at_end ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS,
                                    &n_read, &n_written, &error);
      g_byte_array_append (output, part, (guint) n_written);
      at += n_read;
      left -= n_read;
      if (result == G_CONVERTER_FINISHED)
        return TRUE;
      if (result == G_CONVERTER_ERROR)
        return FALSE;
      if (n_read == 0 && n_written == 0 && at_end)
        return FALSE;
    }

  return TRUE;
}

static gboolean
unpack_lzma (Source     *source,
             GByteArray *output,
             gsize       max)
{
  lzma_stream stream = LZMA_STREAM_INIT;
  guint8 part[BLOCK];
  lzma_ret status = lzma_auto_decoder (&stream, MAX_MEMORY, 0);

  while (status == LZMA_OK && output->len < max)
    {
      if (stream.avail_in == 0)
        {
          stream.next_in = source->block;
          stream.avail_in = fetch (source);
        }
      stream.next_out = part;
      stream.avail_out = MIN (sizeof part, max - output->len);
      status = lzma_code (&stream, stream.avail_in == 0 ? LZMA_FINISH : LZMA_RUN);
      g_byte_array_append (output, part, (guint) (stream.next_out - part));
    }
  lzma_end (&stream);

  return status == LZMA_OK || status == LZMA_STREAM_END;
}

static la_ssize_t
read_cb (struct archive  *archive,
         void            *data,
         const void     **block)
{
  Source *source = data;

  *block = source->block;

  return (la_ssize_t) fetch (source);
}

static gboolean
unpack_archive (Source     *source,
                int         filter,
                GByteArray *output,
                gsize       max)
{
  struct archive *archive = archive_read_new ();
  struct archive_entry *entry;
  guint8 part[BLOCK];
  gboolean success;

  archive_read_set_format (archive, ARCHIVE_FORMAT_RAW);
  archive_read_append_filter (archive, filter);
  archive_read_set_read_callback (archive, read_cb);
  archive_read_set_callback_data (archive, source);
  success = archive_read_open1 (archive) == ARCHIVE_OK &&
            archive_read_next_header (archive, &entry) == ARCHIVE_OK;
  while (success && output->len < max)
    {
      la_ssize_t n = archive_read_data (archive, part, MIN (sizeof part, max - output->len));

      if (n <= 0)
        {
          success = n == 0;
          break;
        }
      g_byte_array_append (output, part, (guint) n);
    }
  archive_read_free (archive);

  return success;
}

/**
 * granary_unpack_head:
 * @reader: a compressed file
 * @method: as granary_unpack_find_method() tells it
 * @max: how many bytes are wanted
 * @broken: (out): whether the compressed data breaks off or is wrong before that
 * @cancellable: (nullable): stops it
 * @error: (out) (optional): where to put an error
 *
 * Unpacks the beginning of a file. Blocks.
 *
 * Returns: (transfer full): up to @max bytes; %NULL when reading failed or was cancelled
 */
GBytes *
granary_unpack_head (GranaryRangeReader  *reader,
                     const char          *method,
                     gsize                max,
                     gboolean            *broken,
                     GCancellable        *cancellable,
                     GError             **error)
{
  g_autoptr (GByteArray) output = g_byte_array_new ();
  g_autofree Source *source = g_new0 (Source, 1);
  gboolean success;

  g_return_val_if_fail (GRANARY_IS_RANGE_READER (reader), NULL);
  g_return_val_if_fail (method != NULL && broken != NULL, NULL);

  source->reader = reader;
  source->cancellable = cancellable;
  if (g_str_equal (method, "zlib") || g_str_equal (method, "gzip"))
    success = unpack_zlib (source, g_str_equal (method, "gzip"), output, max);
  else if (g_str_equal (method, "xz") || g_str_equal (method, "lzma"))
    success = unpack_lzma (source, output, max);
  else
    success = unpack_archive (source, g_str_equal (method, "lz4") ? ARCHIVE_FILTER_LZ4
                                                                  : ARCHIVE_FILTER_BZIP2,
                              output, max);
  if (source->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&source->error));
      return NULL;
    }
  *broken = !success && source->position < MAX_FETCHED;

  return g_byte_array_free_to_bytes (g_steal_pointer (&output));
}
