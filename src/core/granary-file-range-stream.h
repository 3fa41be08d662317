/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Called on the reading thread with the number of bytes handed out since the last call. */
typedef void (*GranaryFileRangeFunc) (gsize    n_bytes,
                                      gpointer user_data);

/**
 * GranaryFileRangeStream:
 *
 * The bytes of a range of an open file, their CRC-64 computed on the way. Reads the file in large
 * pieces whatever is asked for, with pread(), so that any number of them share one descriptor.
 * Used by one thread at a time.
 */
#define GRANARY_TYPE_FILE_RANGE_STREAM (granary_file_range_stream_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFileRangeStream, granary_file_range_stream, GRANARY, FILE_RANGE_STREAM, GInputStream)

GranaryFileRangeStream *granary_file_range_stream_new (int                   fd,
                                                       gint64                offset,
                                                       gint64                length,
                                                       GranaryFileRangeFunc  counted,
                                                       gpointer              user_data) G_GNUC_WARN_UNUSED_RESULT;

gint64   granary_file_range_stream_get_position (GranaryFileRangeStream *self);
guint64  granary_file_range_stream_get_crc64    (GranaryFileRangeStream *self);
int      granary_file_range_stream_get_failure  (GranaryFileRangeStream *self);

G_END_DECLS
