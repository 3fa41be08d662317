/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-private.h"

#include <stdio.h>
#include <string.h>

#include "granary-cos-signer.h"
#include "granary-crc64.h"
#include "granary-error.h"

/* Auxiliary functions */

static gint64
parse_http_time (const char *text)
{
  /* RFC 1123, the only form of HTTP/1.1 that servers send; strptime() would follow the locale. */
  static const char * const months[] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
  };
  g_autoptr (GDateTime) time = NULL;
  char month_name[4] = { 0 };
  int year, day, hour, minute, second;
  int month = 0;

  if (text == NULL ||
      sscanf (text, "%*3s, %2d %3s %4d %2d:%2d:%2d", &day, month_name, &year, &hour, &minute,
              &second) != 6)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (months); i++)
    {
      if (g_str_equal (months[i], month_name))
        month = (int) i + 1;
    }

  time = g_date_time_new_utc (year, month, day, hour, minute, second);
  return time != NULL ? g_date_time_to_unix_usec (time) : 0;
}

/* Every object has an ETag: an answer without one is not from the storage. */
static gboolean
check_etag (GranaryHttpResponse   *response,
            const GranaryCosCall  *call,
            GError               **error)
{
  const char *etag = granary_http_response_get_header (response, "ETag");

  if (etag != NULL && *etag != '\0')
    return TRUE;

  granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                     call->action, "%s: no ETag", call->action);
  return FALSE;
}

/* Of a range that was asked for, whether the answer is of it and not of something else. */
static gboolean
check_range (GranaryHttpResponse   *response,
             const GranaryCosCall  *call,
             gint64                 offset,
             gint64                 length,
             GError               **error)
{
  const char *range = granary_http_response_get_header (response, "Content-Range");
  const gint64 announced = granary_http_response_get_length (response);
  gint64 first = 0;
  gint64 last = -1;

  /* 200 is the whole object: right only when that is what was asked for. */
  if (granary_http_response_get_status (response) == 200 && offset == 0 &&
      (length < 0 || (announced >= 0 && announced <= length)))
    return TRUE;
  if (granary_http_response_get_status (response) == 206 && range != NULL &&
      sscanf (range, "bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, &first, &last) == 2 &&
      first == offset && last >= first && (length < 0 || last - first < length) &&
      (announced < 0 || announced == last - first + 1))
    return TRUE;

  granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                     call->action, "%s: asked for %" G_GINT64_FORMAT "+%" G_GINT64_FORMAT
                     ", got %u %s", call->action, offset, length,
                     granary_http_response_get_status (response), range != NULL ? range : "-");
  return FALSE;
}

/* HEAD does not say why; reading a byte of the same object does. @refusal is replaced when it is
 * about more than this permission. */
static void
explain_refusal (GranaryCosClient          *self,
                 const GranaryObjectPlace  *place,
                 GCancellable              *cancellable,
                 GError                   **refusal)
{
  const guint status = granary_error_get_http_status (*refusal);
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) told = NULL;

  if (status != 403 && (status != 404 || granary_cos_client_knows_bucket (self, place->bucket)))
    return;

  response = granary_cos_client_get (self, place, 0, 1, NULL, cancellable, &told);
  if (response != NULL)
    return;
  if (granary_error_is_cancelled (told) ||
      (status == 403 && g_error_matches (told, GRANARY_ERROR, GRANARY_ERROR_AUTH_REJECTED)) ||
      granary_error_matches_reason (told, GRANARY_REASON_BUCKET_MISSING))
    {
      g_error_free (*refusal);
      *refusal = g_steal_pointer (&told);
    }
}

/* Public functions */

/**
 * granary_cos_dup_etag:
 * @etag: (nullable): as COS sends it
 *
 * Returns: (transfer full) (nullable): without its quotes
 */
char *
granary_cos_dup_etag (const char *etag)
{
  gsize length = etag != NULL ? strlen (etag) : 0;

  if (length >= 2 && etag[0] == '"' && etag[length - 1] == '"')
    return g_strndup (etag + 1, length - 2);

  return g_strdup (etag);
}

/**
 * granary_cos_object_from_headers:
 * @key: of the object
 * @response: an answer to GET, HEAD or PUT
 *
 * Returns: (transfer full): what the headers say of the object; its size is left to the caller
 */
GranaryObject *
granary_cos_object_from_headers (const char          *key,
                                 GranaryHttpResponse *response)
{
  GranaryObject *object = granary_object_new (key);
  const char *storage_class;
  const char *crc;

  object->etag = granary_cos_dup_etag (granary_http_response_get_header (response, "ETag"));
  object->modified =
    parse_http_time (granary_http_response_get_header (response, "Last-Modified"));
  storage_class = granary_http_response_get_header (response, "x-cos-storage-class");
  object->storage_class = g_strdup (storage_class != NULL ? storage_class : "STANDARD");
  crc = granary_http_response_get_header (response, "x-cos-hash-crc64ecma");
  object->has_crc64 = crc != NULL && granary_crc64_parse (crc, &object->crc64);

  return object;
}

/**
 * granary_cos_client_stat:
 * @self: a client
 * @place: an object
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): of [error@Error]
 *
 * HEAD Object. Blocks.
 *
 * Returns: (transfer full): what is known of the object
 */
GranaryObject *
granary_cos_client_stat (GranaryCosClient          *self,
                         const GranaryObjectPlace  *place,
                         GCancellable              *cancellable,
                         GError                   **error)
{
  g_autoptr (GranaryCosAnswer) answer = NULL;
  g_autoptr (GranaryObject) object = NULL;
  GError *failure = NULL;
  const char *length;
  GranaryCosCall call = {
    .method = "HEAD",
    .action = "HeadObject",
  };

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);
  g_return_val_if_fail (place != NULL, NULL);

  if (!granary_cos_check_place (place, FALSE, error))
    return NULL;
  call.bucket = place->bucket;
  call.region = place->region;
  call.key = place->key;

  answer = granary_cos_client_call (self, &call, NULL, cancellable, &failure);
  if (answer == NULL)
    {
      if (failure->domain == GRANARY_ERROR)
        explain_refusal (self, place, cancellable, &failure);
      g_propagate_error (error, failure);
      return NULL;
    }

  if (!check_etag (answer->response, &call, error))
    return NULL;

  object = granary_cos_object_from_headers (place->key, answer->response);
  length = granary_http_response_get_header (answer->response, "Content-Length");
  if (length == NULL ||
      !g_ascii_string_to_signed (length, 10, 0, G_MAXINT64, &object->size, NULL))
    {
      granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                         call.action, "no length of %s", place->key);
      return NULL;
    }

  return g_steal_pointer (&object);
}

/**
 * granary_cos_client_get:
 * @self: a client
 * @place: an object
 * @offset: first byte
 * @length: how many bytes, -1 for all that follow
 * @etag: (nullable): what the object has to be still; OBJECT_CHANGED otherwise
 * @cancellable: (nullable): calls it off, also while the answer is read
 * @error: (out) (optional): of [error@Error]
 *
 * GET Object. An offset at or behind the end is OBJECT_CHANGED with HTTP status 416. Blocks until
 * the answer begins.
 *
 * Returns: (transfer full): the answer, its body to be read
 */
GranaryHttpResponse *
granary_cos_client_get (GranaryCosClient          *self,
                        const GranaryObjectPlace  *place,
                        gint64                     offset,
                        gint64                     length,
                        const char                *etag,
                        GCancellable              *cancellable,
                        GError                   **error)
{
  g_autoptr (GranaryCosAnswer) answer = NULL;
  g_autofree char *range = NULL;
  g_autofree char *quoted = NULL;
  guint n_headers = 0;
  GranaryCosCall call = {
    .method = "GET",
    .action = "GetObject",
    .open = TRUE,
  };

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);
  g_return_val_if_fail (place != NULL, NULL);
  g_return_val_if_fail (offset >= 0, NULL);
  g_return_val_if_fail (length != 0, NULL);
  g_return_val_if_fail (length < 0 || offset <= G_MAXINT64 - length, NULL);

  if (!granary_cos_check_place (place, FALSE, error))
    return NULL;
  call.bucket = place->bucket;
  call.region = place->region;
  call.key = place->key;

  if (length > 0)
    range = g_strdup_printf ("bytes=%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, offset,
                             offset + length - 1);
  else if (offset > 0)
    range = g_strdup_printf ("bytes=%" G_GINT64_FORMAT "-", offset);
  if (range != NULL)
    {
      call.headers[n_headers++] = "Range";
      call.headers[n_headers++] = range;
    }
  if (etag != NULL)
    {
      quoted = g_strdup_printf ("\"%s\"", etag);
      call.headers[n_headers++] = "If-Match";
      call.headers[n_headers++] = quoted;
    }

  answer = granary_cos_client_call (self, &call, NULL, cancellable, error);
  if (answer == NULL || !check_etag (answer->response, &call, error) ||
      !check_range (answer->response, &call, offset, length, error))
    return NULL;

  return g_steal_pointer (&answer->response);
}

/**
 * granary_cos_client_put:
 * @self: a client
 * @place: where to store it
 * @bytes: (nullable): what to store
 * @stream: (nullable): the same; read once, so the call is made once
 * @stream_length: bytes of @stream
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): of [error@Error]
 *
 * PUT Object, at most 5 GB. Repeating it is harmless: it stores the same again. Blocks.
 *
 * Returns: (transfer full): what was stored, with the server's CRC-64
 */
GranaryObject *
granary_cos_client_put (GranaryCosClient          *self,
                        const GranaryObjectPlace  *place,
                        GBytes                    *bytes,
                        GInputStream              *stream,
                        gint64                     stream_length,
                        GCancellable              *cancellable,
                        GError                   **error)
{
  g_autoptr (GranaryCosAnswer) answer = NULL;
  GranaryObject *object;
  GranaryCosCall call = {
    .method = "PUT",
    .action = "PutObject",
    .headers = { "Content-Type", "application/octet-stream" },
    .body = bytes,
    .stream = stream,
    .stream_length = stream_length,
  };

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);
  g_return_val_if_fail (place != NULL, NULL);
  g_return_val_if_fail ((bytes != NULL) != (stream != NULL), NULL);

  if (!granary_cos_check_place (place, FALSE, error))
    return NULL;
  call.bucket = place->bucket;
  call.region = place->region;
  call.key = place->key;

  answer = granary_cos_client_call (self, &call, NULL, cancellable, error);
  if (answer == NULL || !check_etag (answer->response, &call, error))
    return NULL;

  object = granary_cos_object_from_headers (place->key, answer->response);
  object->size = bytes != NULL ? (gint64) g_bytes_get_size (bytes) : stream_length;
  if (object->modified == 0)
    object->modified = granary_http_response_get_date (answer->response) * G_USEC_PER_SEC;

  return object;
}
