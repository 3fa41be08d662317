/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-range-reader.h"

#include <string.h>

#include "granary-error.h"
#include "granary-retry.h"

/* Inspection reads the head, the tail and an index or two. */
#define BLOCK_SIZE (256 * 1024)
#define N_BLOCKS 8

typedef struct
{
  gint64   index; /* of the block in the object; -1 for none */
  guint    age;   /* when it was used last */
  gsize    size;
  guint8  *data;  /* (owned) (nullable) */
} Block;

struct _GranaryCosRangeReader
{
  GObject             parent_instance;

  GranaryCosClient   *client; /* (owned) */
  GranaryObjectPlace *place;  /* (owned) */
  GranaryObject      *object; /* (owned): as it was when opened */
  Block               blocks[N_BLOCKS];
  guint               age;
};

static void granary_cos_range_reader_iface_init (GranaryRangeReaderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryCosRangeReader, granary_cos_range_reader, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_RANGE_READER,
                                                      granary_cos_range_reader_iface_init))

/* Auxiliary functions */

/* @has_begun: (out): whether an answer came, which may have broken off. */
static gboolean
fetch_once (GranaryCosRangeReader  *self,
            Block                  *block,
            gint64                  index,
            gboolean               *has_begun,
            GCancellable           *cancellable,
            GError                **error)
{
  const gint64 offset = index * BLOCK_SIZE;
  const gsize wanted = (gsize) MIN (self->object->size - offset, BLOCK_SIZE);
  g_autoptr (GranaryHttpResponse) response = NULL;
  gsize n = 0;

  response = granary_cos_client_get (self->client, self->place, offset, (gint64) wanted,
                                     self->object->etag, cancellable, error);
  *has_begun = response != NULL;
  if (response == NULL)
    return FALSE;

  block->index = -1;
  if (block->data == NULL)
    block->data = g_malloc (BLOCK_SIZE);
  if (!g_input_stream_read_all (granary_http_response_get_stream (response), block->data, wanted,
                                &n, cancellable, error))
    return FALSE;
  if (n < wanted)
    {
      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_OBJECT_CHANGED,
                         self->place->key, "%s ended at %" G_GINT64_FORMAT, self->place->key,
                         offset + (gint64) n);
      return FALSE;
    }

  block->index = index;
  block->size = n;
  return TRUE;
}

static gboolean
fetch (GranaryCosRangeReader  *self,
       Block                  *block,
       gint64                  index,
       GCancellable           *cancellable,
       GError                **error)
{
  GranaryRetry retry = GRANARY_RETRY_INIT;

  for (;;)
    {
      g_autoptr (GError) failure = NULL;

      gboolean has_begun;

      if (fetch_once (self, block, index, &has_begun, cancellable, &failure))
        return TRUE;
      /* An answer that does not come was asked for again already; one that breaks off was not. */
      if (!has_begun || !granary_cos_error_is_passing (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (!granary_retry_wait (&retry, failure, cancellable, error))
        return FALSE;
    }
}

static const Block *
get_block (GranaryCosRangeReader  *self,
           gint64                  index,
           GCancellable           *cancellable,
           GError                **error)
{
  Block *oldest = &self->blocks[0];

  for (guint i = 0; i < N_BLOCKS; i++)
    {
      Block *block = &self->blocks[i];

      if (block->index == index)
        {
          block->age = ++self->age;
          return block;
        }
      if (block->age < oldest->age)
        oldest = block;
    }

  if (!fetch (self, oldest, index, cancellable, error))
    return NULL;

  oldest->age = ++self->age;
  return oldest;
}

/* GranaryRangeReader */

static gint64
granary_cos_range_reader_get_size (GranaryRangeReader *reader)
{
  return GRANARY_COS_RANGE_READER (reader)->object->size;
}

static gssize
granary_cos_range_reader_read_at (GranaryRangeReader  *reader,
                                  gint64               offset,
                                  gpointer             buffer,
                                  gsize                length,
                                  GCancellable        *cancellable,
                                  GError             **error)
{
  const gsize start = (gsize) (offset % BLOCK_SIZE);
  const Block *block;
  gsize n;

  block = get_block (GRANARY_COS_RANGE_READER (reader), offset / BLOCK_SIZE, cancellable, error);
  if (block == NULL)
    return -1;

  n = MIN (length, block->size - start);
  memcpy (buffer, block->data + start, n);
  return (gssize) n;
}

static void
granary_cos_range_reader_iface_init (GranaryRangeReaderInterface *iface)
{
  iface->get_size = granary_cos_range_reader_get_size;
  iface->read_at = granary_cos_range_reader_read_at;
}

/* GObject overrides */

static void
granary_cos_range_reader_finalize (GObject *object)
{
  GranaryCosRangeReader *self = GRANARY_COS_RANGE_READER (object);

  g_clear_object (&self->client);
  g_clear_pointer (&self->place, granary_object_place_free);
  g_clear_pointer (&self->object, granary_object_free);
  for (guint i = 0; i < N_BLOCKS; i++)
    g_free (self->blocks[i].data);

  G_OBJECT_CLASS (granary_cos_range_reader_parent_class)->finalize (object);
}

static void
granary_cos_range_reader_class_init (GranaryCosRangeReaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_cos_range_reader_finalize;
}

static void
granary_cos_range_reader_init (GranaryCosRangeReader *self)
{
  for (guint i = 0; i < N_BLOCKS; i++)
    self->blocks[i].index = -1;
}

/* Public functions */

/**
 * granary_cos_range_reader_new:
 * @client: a client
 * @place: an object
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): of [error@Error]
 *
 * Looks at the object. Blocks.
 *
 * Returns: (transfer full): a reader of the object as it is now
 */
GranaryRangeReader *
granary_cos_range_reader_new (GranaryCosClient          *client,
                              const GranaryObjectPlace  *place,
                              GCancellable              *cancellable,
                              GError                   **error)
{
  g_autoptr (GranaryObject) object = NULL;
  GranaryCosRangeReader *self;

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (client), NULL);
  g_return_val_if_fail (place != NULL, NULL);

  object = granary_cos_client_stat (client, place, cancellable, error);
  if (object == NULL)
    return NULL;

  self = g_object_new (GRANARY_TYPE_COS_RANGE_READER, NULL);
  self->client = g_object_ref (client);
  self->place = granary_object_place_copy (place);
  self->object = g_steal_pointer (&object);

  return GRANARY_RANGE_READER (self);
}
