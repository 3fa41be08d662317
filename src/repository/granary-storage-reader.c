/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-storage-reader.h"

#include <string.h>

#include "granary-error.h"

struct _GranaryStorageReader
{
  GObject               parent_instance;

  GranaryObjectStorage *storage; /* (owned) */
  GranaryObjectPlace   *place;   /* (owned) */
  gint64                size;    /* bytes */
};

static void granary_storage_reader_range_reader_init (GranaryRangeReaderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryStorageReader, granary_storage_reader, G_TYPE_OBJECT,
  G_IMPLEMENT_INTERFACE (GRANARY_TYPE_RANGE_READER, granary_storage_reader_range_reader_init))

static void
take_result_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

static gint64
granary_storage_reader_get_size (GranaryRangeReader *reader)
{
  return GRANARY_STORAGE_READER (reader)->size;
}

/* The verb answers in the context of this thread, which is one of its own. */
static gssize
granary_storage_reader_read_at (GranaryRangeReader  *reader,
                                gint64               offset,
                                gpointer             buffer,
                                gsize                length,
                                GCancellable        *cancellable,
                                GError             **error)
{
  GranaryStorageReader *self = GRANARY_STORAGE_READER (reader);
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const void *data;
  gsize n_bytes;

  if (offset >= self->size || length == 0)
    return 0;

  context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  granary_object_storage_read_range_async (self->storage, self->place, offset, length, cancellable,
                                           take_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  bytes = granary_object_storage_read_range_finish (self->storage, result, error);
  g_main_context_pop_thread_default (context);
  if (bytes == NULL)
    return -1;

  data = g_bytes_get_data (bytes, &n_bytes);
  n_bytes = MIN (n_bytes, length);
  if (n_bytes > 0)
    memcpy (buffer, data, n_bytes);

  return (gssize) n_bytes;
}

static void
granary_storage_reader_range_reader_init (GranaryRangeReaderInterface *iface)
{
  iface->get_size = granary_storage_reader_get_size;
  iface->read_at = granary_storage_reader_read_at;
}

static void
granary_storage_reader_finalize (GObject *object)
{
  GranaryStorageReader *self = GRANARY_STORAGE_READER (object);

  g_clear_object (&self->storage);
  g_clear_pointer (&self->place, granary_object_place_free);

  G_OBJECT_CLASS (granary_storage_reader_parent_class)->finalize (object);
}

static void
granary_storage_reader_class_init (GranaryStorageReaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_storage_reader_finalize;
}

static void
granary_storage_reader_init (GranaryStorageReader *self)
{
}

/**
 * granary_storage_reader_new:
 * @storage: where the object is
 * @place: the object
 * @size: its bytes, as it was listed
 *
 * Returns: (transfer full): reads of it
 */
GranaryRangeReader *
granary_storage_reader_new (GranaryObjectStorage     *storage,
                            const GranaryObjectPlace *place,
                            gint64                    size)
{
  GranaryStorageReader *self;

  g_return_val_if_fail (GRANARY_IS_OBJECT_STORAGE (storage), NULL);
  g_return_val_if_fail (place != NULL && size >= 0, NULL);

  self = g_object_new (GRANARY_TYPE_STORAGE_READER, NULL);
  self->storage = g_object_ref (storage);
  self->place = granary_object_place_copy (place);
  self->size = size;

  return GRANARY_RANGE_READER (self);
}
