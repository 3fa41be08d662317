/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-transfer-private.h"

#include "granary-error.h"

/* Up to this size the storage copies in one call. */
#define MAX_SINGLE_COPY (G_GINT64_CONSTANT (5) * 1000 * 1000 * 1000)

/* No byte of it passes here, so large parts cost nothing; small enough that progress is seen. */
#define COPY_PART_SIZE (G_GINT64_CONSTANT (256) << 20)

typedef struct
{
  const GranaryObjectPlace *from;
  const GranaryObject      *object; /* as it was found */
} CopySource;

/* Auxiliary functions */

static GranaryCosPart *
copy_part (GranaryCosMultipart  *multipart,
           int                   number,
           gint64                offset,
           gint64                length,
           GCancellable         *cancellable,
           GError              **error)
{
  const CopySource *source = multipart->source_data;
  GranaryCosRun *run = multipart->run;
  GranaryCosPart *part;

  part = granary_cos_client_copy_part (run->engine->client, run->place,
                                       multipart->resume->upload_id, number, source->from, offset,
                                       length, cancellable, error);
  if (part == NULL)
    return NULL;

  part->size = length;
  granary_cos_run_count (run, length);
  return part;
}

/* Whether the object is still what it was: asked before the whole is put together, not at each
 * part. */
static gboolean
check_object (GranaryCosMultipart  *multipart,
              gboolean              is_last,
              GError              **error)
{
  const CopySource *source = multipart->source_data;
  GranaryCosRun *run = multipart->run;
  g_autoptr (GranaryObject) now = NULL;

  if (!is_last)
    return TRUE;

  now = granary_cos_client_stat (run->engine->client, source->from, run->cancellable, error);
  if (now == NULL)
    return FALSE;
  if (now->size == source->object->size && g_strcmp0 (now->etag, source->object->etag) == 0)
    return TRUE;

  granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SOURCE_CHANGED,
                     multipart->resume->path, "%s changed while it was copied",
                     multipart->resume->path);
  return FALSE;
}

static const GranaryCosMultipartSource object_source = {
  .send = copy_part,
  .check = check_object,
};

static GranaryObject *
copy_in_parts (GranaryCosRun             *run,
               const GranaryObjectPlace  *from,
               const GranaryObject       *object,
               GError                   **error)
{
  CopySource source = { from, object };
  g_auto (GranaryCosMultipart) multipart = {
    .source = &object_source,
    .source_data = &source,
    .has_crc64 = object->has_crc64,
    .crc64 = object->crc64,
  };
  GranaryResume *facts = granary_resume_new ();

  facts->path = granary_object_place_to_address (from);
  facts->size = object->size;
  facts->etag = g_strdup (object->etag);
  facts->part_size = COPY_PART_SIZE;
  if (run->engine->part_size > 0)
    facts->part_size = run->engine->part_size;
  while ((facts->size - 1) / facts->part_size >= GRANARY_COS_MAX_PARTS)
    facts->part_size *= 2;
  granary_cos_multipart_begin (&multipart, run, facts);

  if (!granary_cos_multipart_claim (&multipart, error))
    return NULL;

  return granary_cos_multipart_perform (&multipart, error);
}

static GranaryObject *
copy_at_once (GranaryCosRun             *run,
              const GranaryObjectPlace  *from,
              const GranaryObject       *object,
              GError                   **error)
{
  g_autoptr (GranaryObject) copy = NULL;

  copy = granary_cos_client_copy (run->engine->client, from, run->place, run->cancellable, error);
  if (copy == NULL)
    return NULL;

  copy->size = object->size;
  if (copy->has_crc64 && object->has_crc64 && copy->crc64 != object->crc64)
    {
      granary_cos_run_remove_broken (run, copy);
      granary_cos_run_fail_crc (run, object->crc64, copy->crc64, error);
      return NULL;
    }

  granary_cos_run_count (run, object->size);
  return g_steal_pointer (&copy);
}

/* Public functions */

/**
 * granary_cos_transfer_copy:
 * @self: an engine
 * @from: an object
 * @to: where its copy is to be; what is there is replaced
 * @transfer: (nullable): is told of bytes; its cancellable is obeyed
 * @cancellable: (nullable): stops as well
 * @error: return location
 *
 * Has the storage copy an object, in parallel parts when it is larger than 5 GB, and compares the
 * checksums of both. Goes on with the parts of an earlier call. Blocks; any thread but the main
 * one.
 *
 * Returns: (transfer full): the copy; %NULL with %GRANARY_REASON_SOURCE_CHANGED,
 *   %GRANARY_REASON_CRC_MISMATCH, or what the client fails with
 */
GranaryObject *
granary_cos_transfer_copy (GranaryCosTransfer        *self,
                           const GranaryObjectPlace  *from,
                           const GranaryObjectPlace  *to,
                           GranaryTransfer           *transfer,
                           GCancellable              *cancellable,
                           GError                   **error)
{
  g_auto (GranaryCosRun) run = { 0 };
  g_autoptr (GranaryObject) object = NULL;

  g_return_val_if_fail (GRANARY_IS_COS_TRANSFER (self), NULL);
  g_return_val_if_fail (from != NULL, NULL);
  g_return_val_if_fail (to != NULL, NULL);

  granary_cos_run_begin (&run, self, to, transfer, cancellable);
  object = granary_cos_client_stat (self->client, from, run.cancellable, error);
  if (object == NULL)
    return NULL;

  if (object->size > (self->part_size > 0 ? self->part_size : MAX_SINGLE_COPY))
    return copy_in_parts (&run, from, object, error);

  return copy_at_once (&run, from, object, error);
}
