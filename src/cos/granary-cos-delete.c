/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-private.h"

#include <string.h>

#include "granary-error.h"

/* Auxiliary functions */

static GBytes *
make_body (const char * const *keys,
           guint               n_keys)
{
  GString *xml = g_string_new ("<Delete><Quiet>true</Quiet>");
  gsize length;

  for (guint i = 0; i < n_keys; i++)
    {
      g_autofree char *key = g_markup_escape_text (keys[i], -1);

      g_string_append_printf (xml, "<Object><Key>%s</Key></Object>", key);
    }
  g_string_append (xml, "</Delete>");

  length = xml->len;
  return g_bytes_new_take (g_string_free (xml, FALSE), length);
}

static char *
make_md5 (GBytes *body)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_MD5);
  guint8 digest[16];
  gsize length = sizeof digest;
  gsize size;
  gconstpointer data = g_bytes_get_data (body, &size);

  g_checksum_update (checksum, data, (gssize) size);
  g_checksum_get_digest (checksum, digest, &length);

  return g_base64_encode (digest, length);
}

/* Puts the first refusal of a key into @first. That a key is not there is none. */
static void
read_refusals (GranaryCosClient        *self,
               const GranaryCosAnswer  *answer,
               const GranaryCosCall    *call,
               GError                 **first)
{
  for (guint i = 0; i < granary_cos_xml_get_n (answer->xml); i++)
    {
      const GranaryCosXml *element = granary_cos_xml_get_child (answer->xml, i);
      const char *code = granary_cos_xml_get_text (element, "Code");
      const char *key = granary_cos_xml_get_text (element, "Key");
      GranaryCosCall one = *call;
      const GranaryCosFailure failure = {
        .call = &one,
        .account = granary_account_get_name (granary_cos_client_get_account (self)),
        .host = "",
        .status = granary_http_response_get_status (answer->response),
        .code = code,
        .message = granary_cos_xml_get_text (element, "Message"),
        .request_id = granary_http_response_get_header (answer->response, "x-cos-request-id"),
      };

      if (!g_str_equal (granary_cos_xml_get_name (element), "Error") ||
          g_strcmp0 (code, "NoSuchKey") == 0)
        continue;

      one.key = key != NULL ? key : "";
      one.action = "DeleteObject";
      if (*first == NULL)
        granary_cos_set_error (first, &failure);
    }
}

/* FALSE when the call as a whole failed; refusals of single keys go to @first. */
static gboolean
delete_batch (GranaryCosClient          *self,
              const GranaryObjectPlace  *bucket,
              const char * const        *keys,
              guint                      n_keys,
              GError                   **first,
              GCancellable              *cancellable,
              GError                   **error)
{
  g_autoptr (GranaryCosAnswer) answer = NULL;
  g_autoptr (GBytes) body = make_body (keys, n_keys);
  g_autofree char *md5 = make_md5 (body);
  const GranaryCosCall call = {
    .method = "POST",
    .action = "DeleteMultipleObjects",
    .bucket = bucket->bucket,
    .region = bucket->region,
    .key = "",
    .parameters = { "delete", "" },
    .headers = { "Content-Type", "application/xml", "Content-MD5", md5 },
    .body = body,
    .root = "DeleteResult",
  };

  answer = granary_cos_client_call (self, &call, NULL, cancellable, error);
  if (answer == NULL)
    return FALSE;

  read_refusals (self, answer, &call, first);
  return TRUE;
}

/* Public functions */

/**
 * granary_cos_client_delete:
 * @self: a client
 * @bucket: bucket; its key does not matter
 * @keys: (array zero-terminated=1): any number
 * @cancellable: (nullable): calls off what was not asked yet
 * @error: (out) (optional): the first refusal
 *
 * DELETE Multiple Objects, a thousand at a time. Repeating it is harmless. A key that is refused,
 * by our rules or the server, does not keep the others; a call that fails as a whole ends it.
 * Blocks.
 *
 * Returns: whether all of them are gone
 */
gboolean
granary_cos_client_delete (GranaryCosClient          *self,
                           const GranaryObjectPlace  *bucket,
                           const char * const        *keys,
                           GCancellable              *cancellable,
                           GError                   **error)
{
  g_autoptr (GPtrArray) allowed = NULL;
  g_autoptr (GError) first = NULL;

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), FALSE);
  g_return_val_if_fail (bucket != NULL, FALSE);
  g_return_val_if_fail (keys != NULL, FALSE);

  if (!granary_object_bucket_check (bucket->bucket, error))
    return FALSE;

  allowed = g_ptr_array_new ();
  for (guint i = 0; keys[i] != NULL; i++)
    {
      if (granary_object_key_check (keys[i], first == NULL ? &first : NULL))
        g_ptr_array_add (allowed, (gpointer) keys[i]);
    }

  for (guint at = 0; at < allowed->len; at += GRANARY_COS_PAGE_MAX)
    {
      const guint n = MIN (allowed->len - at, GRANARY_COS_PAGE_MAX);

      if (!delete_batch (self, bucket, (const char * const *) allowed->pdata + at, n, &first,
                         cancellable, error))
        return FALSE;
    }

  if (first == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&first));
  return FALSE;
}
