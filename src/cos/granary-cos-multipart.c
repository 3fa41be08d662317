/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-uploads-private.h"

#include "granary-cos-signer.h"
#include "granary-crc64.h"
#include "granary-error.h"

/* What became of a write whose answer was lost. */
typedef enum
{
  OUTCOME_DONE,
  OUTCOME_NOT_DONE,
  OUTCOME_UNKNOWN,
} Outcome;

/* Auxiliary functions */

static void
set_unknown (GError               **error,
             const GranaryCosCall  *call,
             const GError          *failure)
{
  granary_set_error (error, GRANARY_ERROR_NETWORK, GRANARY_REASON_OUTCOME_UNKNOWN, call->action,
                     "%s of %s/%s: %s", call->action, call->bucket, call->key, failure->message);
  if (error != NULL)
    granary_error_set_request (*error, granary_error_get_http_status (failure),
                               granary_error_get_request_id (failure), 0);
}

/* Whether @id has no part yet, as an upload that nobody uses. */
static gboolean
is_unused (GranaryCosClient          *self,
           const GranaryObjectPlace  *place,
           const char                *id,
           GCancellable              *cancellable)
{
  g_autoptr (GPtrArray) parts =
    granary_cos_client_list_parts (self, place, id, cancellable, NULL);

  return parts != NULL && parts->len == 0;
}

/* The upload that an Initiate begun at @begun (monotonic) has made, though its answer was lost.
 * Another one for the same key may have been begun by somebody else in these seconds: then it
 * cannot be told which is whose, and none is taken: an upload without parts costs nothing. */
static Outcome
find_initiated (GranaryCosClient          *self,
                const GranaryObjectPlace  *place,
                gint64                     begun,
                char                     **id,
                GCancellable              *cancellable,
                GError                   **error)
{
  g_autoptr (GPtrArray) uploads = NULL;
  g_autoptr (GPtrArray) fitting = g_ptr_array_new ();
  gint64 date = 0;
  gint64 since;

  uploads = granary_cos_client_find_uploads (self, place, &date, cancellable, error);
  if (uploads == NULL)
    return OUTCOME_UNKNOWN;

  /* The times of the list and of the header are the server's, in whole seconds. */
  since = date * G_USEC_PER_SEC - (g_get_monotonic_time () - begun) - 2 * G_USEC_PER_SEC;
  for (guint i = 0; i < uploads->len; i++)
    {
      const GranaryCosUpload *upload = g_ptr_array_index (uploads, i);

      if (date != 0 && upload->initiated >= since &&
          is_unused (self, place, upload->id, cancellable))
        g_ptr_array_add (fitting, upload->id);
    }
  if (fitting->len != 1)
    return OUTCOME_NOT_DONE;

  *id = g_strdup (g_ptr_array_index (fitting, 0));
  return OUTCOME_DONE;
}

static char *
read_upload_id (const GranaryCosXml   *root,
                const GranaryCosCall  *call,
                GError               **error)
{
  const char *id = granary_cos_xml_get_text (root, "UploadId");

  if (id == NULL)
    id = granary_cos_xml_get_text (root, "UploadID");
  if (id != NULL && *id != '\0')
    return g_strdup (id);

  granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                     call->action, "%s: no upload id", call->action);
  return NULL;
}

static GBytes *
make_complete_body (GPtrArray *parts)
{
  GString *xml = g_string_new ("<CompleteMultipartUpload>");
  gsize length;

  for (guint i = 0; i < parts->len; i++)
    {
      const GranaryCosPart *part = g_ptr_array_index (parts, i);
      g_autofree char *etag = g_markup_escape_text (part->etag, -1);

      g_string_append_printf (xml, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>",
                              part->number, etag);
    }
  g_string_append (xml, "</CompleteMultipartUpload>");

  length = xml->len;
  return g_bytes_new_take (g_string_free (xml, FALSE), length);
}

/* Size of all @parts, and their CRC-64 when it is known of each. */
static gint64
sum_up (GPtrArray *parts,
        guint64   *crc64,
        gboolean  *has_crc64)
{
  gint64 size = 0;

  *crc64 = 0;
  *has_crc64 = TRUE;
  for (guint i = 0; i < parts->len; i++)
    {
      const GranaryCosPart *part = g_ptr_array_index (parts, i);

      if (part->crc64 == 0)
        *has_crc64 = FALSE;
      *crc64 = granary_crc64_combine (*crc64, part->crc64, (guint64) part->size);
      size += part->size;
    }

  return size;
}

/* Whether @object is what @parts make: by CRC-64, else by the count that COS puts into the ETag. */
static gboolean
is_made_of (const GranaryObject *object,
            GPtrArray           *parts)
{
  g_autofree char *suffix = g_strdup_printf ("-%u", parts->len);
  gboolean has_crc64;
  guint64 crc64;

  if (sum_up (parts, &crc64, &has_crc64) != object->size)
    return FALSE;
  if (has_crc64 && object->has_crc64)
    return crc64 == object->crc64;

  return object->etag != NULL && g_str_has_suffix (object->etag, suffix);
}

/* While the upload is listed it was not completed; when it is gone the object tells. */
static Outcome
find_completed (GranaryCosClient          *self,
                const GranaryObjectPlace  *place,
                const char                *upload_id,
                GPtrArray                 *parts,
                GranaryObject            **object,
                GCancellable              *cancellable,
                GError                   **error)
{
  g_autoptr (GPtrArray) listed = NULL;
  g_autoptr (GranaryObject) found = NULL;
  GError *failure = NULL;

  listed = granary_cos_client_list_parts (self, place, upload_id, cancellable, &failure);
  if (listed != NULL)
    return OUTCOME_NOT_DONE;
  if (!granary_error_matches_reason (failure, GRANARY_REASON_UPLOAD_VANISHED))
    {
      g_propagate_error (error, failure);
      return OUTCOME_UNKNOWN;
    }

  found = granary_cos_client_stat (self, place, cancellable, NULL);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      g_error_free (failure);
      return OUTCOME_UNKNOWN;
    }
  if (found == NULL || !is_made_of (found, parts))
    {
      /* Called off by somebody: the next attempt will be told so. */
      g_error_free (failure);
      return OUTCOME_NOT_DONE;
    }

  g_error_free (failure);
  *object = g_steal_pointer (&found);
  return OUTCOME_DONE;
}

/* Public functions */

/**
 * granary_cos_client_initiate:
 * @self: a client
 * @place: where the upload will go
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): of [error@Error]
 *
 * Initiate Multipart Upload. When the answer is lost the uploads of the key are listed before it is
 * asked again, so that none is left behind. Blocks.
 *
 * Returns: (transfer full): the upload's id
 */
char *
granary_cos_client_initiate (GranaryCosClient          *self,
                             const GranaryObjectPlace  *place,
                             GCancellable              *cancellable,
                             GError                   **error)
{
  GranaryRetry retry = GRANARY_RETRY_INIT;
  GranaryCosCall call = {
    .method = "POST",
    .action = "InitiateMultipartUpload",
    .parameters = { "uploads", "" },
    .headers = { "Content-Type", "application/octet-stream" },
    .root = "InitiateMultipartUploadResult",
    .once = TRUE,
  };

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);
  g_return_val_if_fail (place != NULL, NULL);

  if (!granary_cos_check_place (place, FALSE, error))
    return NULL;
  call.bucket = place->bucket;
  call.region = place->region;
  call.key = place->key;

  for (;;)
    {
      const gint64 begun = g_get_monotonic_time ();
      g_autoptr (GranaryCosAnswer) answer = NULL;
      g_autoptr (GError) failure = NULL;
      g_autoptr (GError) unknown = NULL;
      g_autofree char *id = NULL;
      Outcome outcome;

      answer = granary_cos_client_call (self, &call, &retry, cancellable, &failure);
      if (answer != NULL)
        id = read_upload_id (answer->xml, &call, &failure);
      if (id != NULL)
        return g_steal_pointer (&id);
      if (!granary_cos_may_have_happened (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }

      outcome = find_initiated (self, place, begun, &id, cancellable, &unknown);
      if (outcome == OUTCOME_DONE)
        return g_steal_pointer (&id);
      if (granary_error_is_cancelled (unknown))
        {
          g_propagate_error (error, g_steal_pointer (&unknown));
          return NULL;
        }
      /* What may have been begun holds no bytes, and the next look at the key will find it. */
      if (outcome == OUTCOME_UNKNOWN || !granary_cos_error_is_passing (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      if (!granary_retry_wait (&retry, failure, cancellable, error))
        return NULL;
    }
}

/**
 * granary_cos_client_put_part:
 * @self: a client
 * @place: where the upload goes
 * @upload_id: of the upload
 * @number: 1 … 10000
 * @stream: the part's bytes; read once
 * @stream_length: how many
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): of [error@Error]
 *
 * Upload Part. Made once; as the same part again replaces it, its maker may repeat it with a fresh
 * stream while [func@cos_error_is_passing]. Blocks.
 *
 * Returns: (transfer full): the part, its CRC-64 by the server, 0 when it does not tell
 */
GranaryCosPart *
granary_cos_client_put_part (GranaryCosClient          *self,
                             const GranaryObjectPlace  *place,
                             const char                *upload_id,
                             int                        number,
                             GInputStream              *stream,
                             gint64                     stream_length,
                             GCancellable              *cancellable,
                             GError                   **error)
{
  g_autoptr (GranaryCosAnswer) answer = NULL;
  char text[16];
  guint64 crc64 = 0;
  const char *etag;
  const char *crc;
  GranaryCosCall call = {
    .method = "PUT",
    .action = "UploadPart",
    .parameters = { "partNumber", text, "uploadId", upload_id },
    .headers = { "Content-Type", "application/octet-stream" },
    .stream = stream,
    .stream_length = stream_length,
  };

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);
  g_return_val_if_fail (place != NULL, NULL);
  g_return_val_if_fail (upload_id != NULL && *upload_id != '\0', NULL);
  g_return_val_if_fail (number >= 1 && number <= GRANARY_COS_PARTS_MAX, NULL);
  g_return_val_if_fail (G_IS_INPUT_STREAM (stream), NULL);

  if (!granary_cos_check_place (place, FALSE, error))
    return NULL;
  call.bucket = place->bucket;
  call.region = place->region;
  call.key = place->key;
  g_snprintf (text, sizeof text, "%d", number);

  answer = granary_cos_client_call (self, &call, NULL, cancellable, error);
  if (answer == NULL)
    return NULL;

  etag = granary_http_response_get_header (answer->response, "ETag");
  if (etag == NULL || *etag == '\0')
    {
      granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                         call.action, "%s: no ETag", call.action);
      return NULL;
    }
  crc = granary_http_response_get_header (answer->response, "x-cos-hash-crc64ecma");
  if (crc != NULL && !granary_crc64_parse (crc, &crc64))
    crc64 = 0;

  return granary_cos_part_new (number, stream_length, etag, crc64);
}

/**
 * granary_cos_client_complete:
 * @self: a client
 * @place: where the upload goes
 * @upload_id: of the upload
 * @parts: (element-type GranaryCosPart): all of them, ascending
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): of [error@Error]
 *
 * Complete Multipart Upload. When the answer is lost the upload and the object are looked at before
 * it is asked again. Blocks, for as long as the server takes to put the object together.
 *
 * Returns: (transfer full): what was stored, with the server's CRC-64 when it tells
 */
GranaryObject *
granary_cos_client_complete (GranaryCosClient          *self,
                             const GranaryObjectPlace  *place,
                             const char                *upload_id,
                             GPtrArray                 *parts,
                             GCancellable              *cancellable,
                             GError                   **error)
{
  GranaryRetry retry = GRANARY_RETRY_INIT;
  g_autoptr (GBytes) body = NULL;
  GranaryCosCall call = {
    .method = "POST",
    .action = "CompleteMultipartUpload",
    .parameters = { "uploadId", upload_id },
    .headers = { "Content-Type", "application/xml" },
    .root = "CompleteMultipartUploadResult",
    .once = TRUE,
  };

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);
  g_return_val_if_fail (place != NULL, NULL);
  g_return_val_if_fail (upload_id != NULL && *upload_id != '\0', NULL);
  g_return_val_if_fail (parts != NULL && parts->len > 0, NULL);

  if (!granary_cos_check_place (place, FALSE, error))
    return NULL;
  call.bucket = place->bucket;
  call.region = place->region;
  call.key = place->key;
  call.body = body = make_complete_body (parts);

  for (;;)
    {
      g_autoptr (GranaryCosAnswer) answer = NULL;
      g_autoptr (GranaryObject) object = NULL;
      g_autoptr (GError) failure = NULL;
      g_autoptr (GError) unknown = NULL;
      gboolean has_crc64;
      guint64 crc64;
      Outcome outcome;

      answer = granary_cos_client_call (self, &call, &retry, cancellable, &failure);
      if (answer != NULL)
        {
          object = granary_cos_object_from_headers (place->key, answer->response);
          g_free (object->etag);
          object->etag = granary_cos_dup_etag (granary_cos_xml_get_text (answer->xml, "ETag"));
          object->size = sum_up (parts, &crc64, &has_crc64);
          if (object->modified == 0)
            object->modified =
              granary_http_response_get_date (answer->response) * G_USEC_PER_SEC;
          return g_steal_pointer (&object);
        }
      if (!granary_cos_may_have_happened (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }

      outcome = find_completed (self, place, upload_id, parts, &object, cancellable, &unknown);
      if (outcome == OUTCOME_DONE)
        return g_steal_pointer (&object);
      if (granary_error_is_cancelled (unknown))
        {
          g_propagate_error (error, g_steal_pointer (&unknown));
          return NULL;
        }
      if (outcome == OUTCOME_UNKNOWN)
        {
          set_unknown (error, &call, failure);
          return NULL;
        }
      if (!granary_cos_error_is_passing (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      if (!granary_retry_wait (&retry, failure, cancellable, error))
        return NULL;
    }
}

/**
 * granary_cos_client_abort:
 * @self: a client
 * @place: where the upload goes
 * @upload_id: of the upload
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): of [error@Error]
 *
 * Abort Multipart Upload. Blocks.
 *
 * Returns: whether the upload is gone, now or before
 */
gboolean
granary_cos_client_abort (GranaryCosClient          *self,
                          const GranaryObjectPlace  *place,
                          const char                *upload_id,
                          GCancellable              *cancellable,
                          GError                   **error)
{
  g_autoptr (GranaryCosAnswer) answer = NULL;
  GError *failure = NULL;
  GranaryCosCall call = {
    .method = "DELETE",
    .action = "AbortMultipartUpload",
    .parameters = { "uploadId", upload_id },
  };

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), FALSE);
  g_return_val_if_fail (place != NULL, FALSE);
  g_return_val_if_fail (upload_id != NULL && *upload_id != '\0', FALSE);

  if (!granary_cos_check_place (place, FALSE, error))
    return FALSE;
  call.bucket = place->bucket;
  call.region = place->region;
  call.key = place->key;

  answer = granary_cos_client_call (self, &call, NULL, cancellable, &failure);
  if (answer != NULL)
    return TRUE;
  if (granary_error_matches_reason (failure, GRANARY_REASON_UPLOAD_VANISHED))
    {
      g_error_free (failure);
      return TRUE;
    }

  g_propagate_error (error, failure);
  return FALSE;
}
