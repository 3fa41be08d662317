/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-memory-reader.h"

#include <string.h>

struct _GranaryMemoryReader
{
  GObject  parent_instance;

  GBytes  *bytes; /* (owned) */
};

static void granary_memory_reader_iface_init (GranaryRangeReaderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryMemoryReader, granary_memory_reader, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_RANGE_READER,
                                                      granary_memory_reader_iface_init))

static gint64
granary_memory_reader_get_size (GranaryRangeReader *reader)
{
  return (gint64) g_bytes_get_size (GRANARY_MEMORY_READER (reader)->bytes);
}

static gssize
granary_memory_reader_read_at (GranaryRangeReader  *reader,
                               gint64               offset,
                               gpointer             buffer,
                               gsize                length,
                               GCancellable        *cancellable,
                               GError             **error)
{
  const guint8 *data = g_bytes_get_data (GRANARY_MEMORY_READER (reader)->bytes, NULL);

  memcpy (buffer, data + offset, length);

  return (gssize) length;
}

static void
granary_memory_reader_iface_init (GranaryRangeReaderInterface *iface)
{
  iface->get_size = granary_memory_reader_get_size;
  iface->read_at = granary_memory_reader_read_at;
}

static void
granary_memory_reader_finalize (GObject *object)
{
  g_clear_pointer (&GRANARY_MEMORY_READER (object)->bytes, g_bytes_unref);

  G_OBJECT_CLASS (granary_memory_reader_parent_class)->finalize (object);
}

static void
granary_memory_reader_class_init (GranaryMemoryReaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_memory_reader_finalize;
}

static void
granary_memory_reader_init (GranaryMemoryReader *self)
{
}

/**
 * granary_memory_reader_new:
 * @bytes: what to read
 *
 * Returns: (transfer full): a reader over @bytes
 */
GranaryRangeReader *
granary_memory_reader_new (GBytes *bytes)
{
  GranaryMemoryReader *self;

  g_return_val_if_fail (bytes != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_MEMORY_READER, NULL);
  self->bytes = g_bytes_ref (bytes);

  return GRANARY_RANGE_READER (self);
}
