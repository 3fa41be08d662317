/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryRangeReader:
 *
 * Random access to the bytes of one file, on disk or in object storage. Inspection reads a few
 * small ranges, never the whole. Used by one thread at a time; blocking.
 */
#define GRANARY_TYPE_RANGE_READER (granary_range_reader_get_type ())
G_DECLARE_INTERFACE (GranaryRangeReader, granary_range_reader, GRANARY, RANGE_READER, GObject)

struct _GranaryRangeReaderInterface
{
  GTypeInterface parent_iface;

  gint64   (*get_size) (GranaryRangeReader  *self);
  gssize   (*read_at)  (GranaryRangeReader  *self,
                        gint64               offset,
                        gpointer             buffer,
                        gsize                length,
                        GCancellable        *cancellable,
                        GError             **error);
};

gint64   granary_range_reader_get_size   (GranaryRangeReader  *self);
gssize   granary_range_reader_read_at    (GranaryRangeReader  *self,
                                          gint64               offset,
                                          gpointer             buffer,
                                          gsize                length,
                                          GCancellable        *cancellable,
                                          GError             **error);
gboolean granary_range_reader_read_exact (GranaryRangeReader  *self,
                                          gint64               offset,
                                          gpointer             buffer,
                                          gsize                length,
                                          GCancellable        *cancellable,
                                          GError             **error);
gint64   granary_range_reader_get_bytes_read (GranaryRangeReader *self);

/* Over a local file. */
GranaryRangeReader *granary_file_reader_open (const char  *path,
                                              GError     **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
