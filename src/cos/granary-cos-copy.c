/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-uploads-private.h"

#include "granary-cos-signer.h"
#include "granary-crc64.h"
#include "granary-error.h"

/* Auxiliary functions */

/* Whether @to holds what @from holds: then a copy whose answer was lost was made, or has become
 * needless. */
static gboolean
is_same (const GranaryObject *from,
         const GranaryObject *to)
{
  if (from->size != to->size)
    return FALSE;
  if (from->has_crc64 && to->has_crc64)
    return from->crc64 == to->crc64;

  return from->etag != NULL && g_strcmp0 (from->etag, to->etag) == 0;
}

/* Public functions */

/* Host and key as x-cos-copy-source names them. */
char *
granary_cos_dup_copy_source (GranaryCosClient         *self,
                             const GranaryObjectPlace *from)
{
  GranaryAccount *account = granary_cos_client_get_account (self);
  const char *region = from->region != NULL ? from->region
                                            : granary_account_get_region (account);
  g_autofree char *url = granary_account_dup_cos_url (account, from->bucket, region);
  g_autofree char *host = granary_http_dup_host (url);
  g_autofree char *key = granary_cos_encode_key (from->key);

  return g_strdup_printf ("%s/%s", host != NULL ? host : "", key);
}

/**
 * granary_cos_client_copy:
 * @self: a client
 * @from: an object of at most 5 GB
 * @to: where to store it
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): of [error@Error]
 *
 * PUT Object Copy. When the answer is lost both objects are looked at before it is asked again.
 * Blocks.
 *
 * Returns: (transfer full): what is stored at @to now
 */
GranaryObject *
granary_cos_client_copy (GranaryCosClient          *self,
                         const GranaryObjectPlace  *from,
                         const GranaryObjectPlace  *to,
                         GCancellable              *cancellable,
                         GError                   **error)
{
  GranaryRetry retry = GRANARY_RETRY_INIT;
  g_autofree char *source = NULL;
  GranaryCosCall call = {
    .method = "PUT",
    .action = "PutObjectCopy",
    .root = "CopyObjectResult",
    .once = TRUE,
  };

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);
  g_return_val_if_fail (from != NULL && to != NULL, NULL);

  if (!granary_cos_check_place (from, FALSE, error) || !granary_cos_check_place (to, FALSE, error))
    return NULL;
  source = granary_cos_dup_copy_source (self, from);
  call.bucket = to->bucket;
  call.region = to->region;
  call.key = to->key;
  call.headers[0] = "x-cos-copy-source";
  call.headers[1] = source;

  for (;;)
    {
      g_autoptr (GranaryCosAnswer) answer = NULL;
      g_autoptr (GranaryObject) had = NULL;
      g_autoptr (GranaryObject) has = NULL;
      g_autoptr (GError) failure = NULL;

      answer = granary_cos_client_call (self, &call, &retry, cancellable, &failure);
      /* The answer does not tell the size. */
      if (answer != NULL)
        return granary_cos_client_stat (self, to, cancellable, error);
      if (!granary_cos_may_have_happened (failure))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }

      had = granary_cos_client_stat (self, from, cancellable, NULL);
      has = had != NULL ? granary_cos_client_stat (self, to, cancellable, NULL) : NULL;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (has != NULL && is_same (had, has))
        return g_steal_pointer (&has);
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
 * granary_cos_client_copy_part:
 * @self: a client
 * @place: where the upload goes
 * @upload_id: of the upload
 * @number: 1 … 10000
 * @from: the source
 * @offset: first byte of the source
 * @length: how many bytes
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): of [error@Error]
 *
 * Upload Part Copy. Repeating it is harmless: it replaces the same part. Blocks.
 *
 * Returns: (transfer full): the part, its CRC-64 by the server, 0 when it does not tell
 */
GranaryCosPart *
granary_cos_client_copy_part (GranaryCosClient          *self,
                              const GranaryObjectPlace  *place,
                              const char                *upload_id,
                              int                        number,
                              const GranaryObjectPlace  *from,
                              gint64                     offset,
                              gint64                     length,
                              GCancellable              *cancellable,
                              GError                   **error)
{
  g_autoptr (GranaryCosAnswer) answer = NULL;
  g_autofree char *source = NULL;
  g_autofree char *range = NULL;
  char text[16];
  guint64 crc64 = 0;
  const char *etag;
  const char *crc;
  GranaryCosCall call = {
    .method = "PUT",
    .action = "UploadPartCopy",
    .parameters = { "partNumber", text, "uploadId", upload_id },
    .root = "CopyPartResult",
  };

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);
  g_return_val_if_fail (place != NULL && from != NULL, NULL);
  g_return_val_if_fail (upload_id != NULL && *upload_id != '\0', NULL);
  g_return_val_if_fail (number >= 1 && number <= GRANARY_COS_PARTS_MAX, NULL);
  g_return_val_if_fail (offset >= 0 && length > 0 && offset <= G_MAXINT64 - length, NULL);

  if (!granary_cos_check_place (from, FALSE, error) ||
      !granary_cos_check_place (place, FALSE, error))
    return NULL;
  source = granary_cos_dup_copy_source (self, from);
  range = g_strdup_printf ("bytes=%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, offset,
                           offset + length - 1);
  call.bucket = place->bucket;
  call.region = place->region;
  call.key = place->key;
  call.headers[0] = "x-cos-copy-source";
  call.headers[1] = source;
  call.headers[2] = "x-cos-copy-source-range";
  call.headers[3] = range;
  g_snprintf (text, sizeof text, "%d", number);

  answer = granary_cos_client_call (self, &call, NULL, cancellable, error);
  if (answer == NULL)
    return NULL;

  etag = granary_cos_xml_get_text (answer->xml, "ETag");
  if (etag == NULL || *etag == '\0')
    {
      granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                         call.action, "%s: no ETag", call.action);
      return NULL;
    }
  crc = granary_http_response_get_header (answer->response, "x-cos-hash-crc64ecma");
  if (crc == NULL)
    crc = granary_cos_xml_get_text (answer->xml, "CRC64");
  if (crc != NULL && !granary_crc64_parse (crc, &crc64))
    crc64 = 0;

  return granary_cos_part_new (number, length, etag, crc64);
}
