/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-uploads-private.h"

#include <string.h>

#include "granary-error.h"

/* Auxiliary functions */

static gboolean
fail (const GranaryCosCall  *call,
      const char            *what,
      GError               **error)
{
  granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                     call->action, "%s: %s", call->action, what);
  return FALSE;
}

/* COS spells it both ways. */
static const char *
get_upload_id (const GranaryCosXml *element)
{
  const char *id = granary_cos_xml_get_text (element, "UploadId");

  if (id == NULL)
    id = granary_cos_xml_get_text (element, "UploadID");

  return id != NULL && *id != '\0' ? id : NULL;
}

static int
compare_uploads (gconstpointer a,
                 gconstpointer b)
{
  const GranaryCosUpload *first = *(GranaryCosUpload * const *) a;
  const GranaryCosUpload *second = *(GranaryCosUpload * const *) b;

  return (first->initiated > second->initiated) - (first->initiated < second->initiated);
}

static int
compare_parts (gconstpointer a,
               gconstpointer b)
{
  const GranaryCosPart *first = *(GranaryCosPart * const *) a;
  const GranaryCosPart *second = *(GranaryCosPart * const *) b;

  return (first->number > second->number) - (first->number < second->number);
}

/* Adds what a page holds of @key to @uploads. */
static gboolean
read_uploads (const GranaryCosXml   *root,
              const char            *key,
              GPtrArray             *uploads,
              const GranaryCosCall  *call,
              GError               **error)
{
  for (guint i = 0; i < granary_cos_xml_get_n (root); i++)
    {
      const GranaryCosXml *element = granary_cos_xml_get_child (root, i);
      const char *text = granary_cos_xml_get_text (element, "Key");
      const char *id = get_upload_id (element);
      g_autofree char *decoded = NULL;
      GranaryCosUpload *upload;

      if (!g_str_equal (granary_cos_xml_get_name (element), "Upload"))
        continue;
      if (text == NULL || id == NULL)
        return fail (call, "an upload without key or id", error);

      /* Encoded as asked for, though the answer does not always say so. */
      decoded = granary_cos_dup_decoded (text);
      if (g_strcmp0 (decoded != NULL ? decoded : text, key) != 0)
        continue;

      upload = g_new0 (GranaryCosUpload, 1);
      upload->id = g_strdup (id);
      upload->initiated = granary_cos_xml_get_time (element, "Initiated");
      g_ptr_array_add (uploads, upload);
    }

  return TRUE;
}

static gboolean
read_parts (const GranaryCosXml   *root,
            GPtrArray             *parts,
            const GranaryCosCall  *call,
            GError               **error)
{
  for (guint i = 0; i < granary_cos_xml_get_n (root); i++)
    {
      const GranaryCosXml *element = granary_cos_xml_get_child (root, i);
      const char *etag = granary_cos_xml_get_text (element, "ETag");
      gint64 number;
      gint64 size;

      if (!g_str_equal (granary_cos_xml_get_name (element), "Part"))
        continue;
      if (!granary_cos_xml_get_int (element, "PartNumber", 1, GRANARY_COS_PARTS_MAX, &number,
                                    error) ||
          !granary_cos_xml_get_int (element, "Size", 0, G_MAXINT64, &size, error))
        return granary_cos_name_error (error, call);
      if (etag == NULL || *etag == '\0')
        return fail (call, "a part without ETag", error);

      g_ptr_array_add (parts, granary_cos_part_new ((int) number, size, etag, 0));
    }

  return TRUE;
}

/* Public functions */

void
granary_cos_upload_free (GranaryCosUpload *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self);
}

/* Uploads under way for exactly this key, oldest first. @date: (out) (optional): the server's time
 * of the answer, seconds, 0 unknown. */
GPtrArray *
granary_cos_client_find_uploads (GranaryCosClient          *self,
                                 const GranaryObjectPlace  *place,
                                 gint64                    *date,
                                 GCancellable              *cancellable,
                                 GError                   **error)
{
  g_autoptr (GPtrArray) uploads =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_cos_upload_free);
  g_autofree char *key_marker = NULL;
  g_autofree char *id_marker = NULL;
  gboolean is_truncated;

  do
    {
      g_autoptr (GranaryCosAnswer) answer = NULL;
      g_autofree char *next_key = NULL;
      const char *text;
      const char *next_id;
      GranaryCosCall call = {
        .method = "GET",
        .action = "ListMultipartUploads",
        .bucket = place->bucket,
        .region = place->region,
        .key = "",
        .parameters = { "uploads", "", "prefix", place->key, "max-uploads", "1000",
                        "encoding-type", "url" },
        .root = "ListMultipartUploadsResult",
      };

      if (key_marker != NULL)
        {
          call.parameters[8] = "key-marker";
          call.parameters[9] = key_marker;
        }
      if (id_marker != NULL)
        {
          call.parameters[10] = "upload-id-marker";
          call.parameters[11] = id_marker;
        }

      answer = granary_cos_client_call (self, &call, NULL, cancellable, error);
      if (answer == NULL)
        return NULL;
      if (date != NULL)
        *date = granary_http_response_get_date (answer->response);
      if (!read_uploads (answer->xml, place->key, uploads, &call, error))
        return NULL;
      if (!granary_cos_xml_get_flag (answer->xml, "IsTruncated", &is_truncated, error))
        {
          granary_cos_name_error (error, &call);
          return NULL;
        }
      if (!is_truncated)
        break;

      text = granary_cos_xml_get_text (answer->xml, "NextKeyMarker");
      next_id = granary_cos_xml_get_text (answer->xml, "NextUploadIdMarker");
      if (next_id == NULL)
        next_id = granary_cos_xml_get_text (answer->xml, "NextUploadIDMarker");
      next_key = text != NULL ? granary_cos_dup_decoded (text) : NULL;
      if (next_key == NULL ||
          (g_strcmp0 (next_key, key_marker) == 0 && g_strcmp0 (next_id, id_marker) == 0))
        {
          fail (&call, "a page that leads nowhere", error);
          return NULL;
        }
      /* Keys come in order: behind a longer one there is no more of this. */
      if (strcmp (next_key, place->key) > 0)
        break;
      g_set_str (&key_marker, next_key);
      g_set_str (&id_marker, next_id);
    }
  while (is_truncated);

  g_ptr_array_sort (uploads, compare_uploads);
  return g_steal_pointer (&uploads);
}

/**
 * granary_cos_client_list_uploads:
 * @self: a client
 * @place: an object, which need not exist
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): of [error@Error]
 *
 * List Multipart Uploads. Blocks.
 *
 * Returns: (transfer full): ids of the uploads under way for exactly this key, oldest first
 */
GStrv
granary_cos_client_list_uploads (GranaryCosClient          *self,
                                 const GranaryObjectPlace  *place,
                                 GCancellable              *cancellable,
                                 GError                   **error)
{
  g_autoptr (GPtrArray) uploads = NULL;
  g_autoptr (GStrvBuilder) ids = NULL;

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);
  g_return_val_if_fail (place != NULL, NULL);

  if (!granary_cos_check_place (place, FALSE, error))
    return NULL;
  uploads = granary_cos_client_find_uploads (self, place, NULL, cancellable, error);
  if (uploads == NULL)
    return NULL;

  ids = g_strv_builder_new ();
  for (guint i = 0; i < uploads->len; i++)
    {
      const GranaryCosUpload *upload = g_ptr_array_index (uploads, i);

      g_strv_builder_add (ids, upload->id);
    }

  return g_strv_builder_end (ids);
}

/**
 * granary_cos_client_list_parts:
 * @self: a client
 * @place: where the upload goes
 * @upload_id: of the upload
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): UPLOAD_VANISHED, or another of [error@Error]
 *
 * List Parts, page after page. Blocks.
 *
 * Returns: (transfer full) (element-type GranaryCosPart): the parts that the server has, ascending
 */
GPtrArray *
granary_cos_client_list_parts (GranaryCosClient          *self,
                               const GranaryObjectPlace  *place,
                               const char                *upload_id,
                               GCancellable              *cancellable,
                               GError                   **error)
{
  g_autoptr (GPtrArray) parts = NULL;
  gboolean is_truncated;
  gint64 marker = 0;

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);
  g_return_val_if_fail (place != NULL, NULL);
  g_return_val_if_fail (upload_id != NULL && *upload_id != '\0', NULL);

  if (!granary_cos_check_place (place, FALSE, error))
    return NULL;

  parts = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_cos_part_free);
  do
    {
      g_autoptr (GranaryCosAnswer) answer = NULL;
      char text[16];
      GranaryCosCall call = {
        .method = "GET",
        .action = "ListParts",
        .bucket = place->bucket,
        .region = place->region,
        .key = place->key,
        .parameters = { "uploadId", upload_id, "max-parts", "1000" },
        .root = "ListPartsResult",
      };
      gint64 next;

      if (marker != 0)
        {
          g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, marker);
          call.parameters[4] = "part-number-marker";
          call.parameters[5] = text;
        }

      answer = granary_cos_client_call (self, &call, NULL, cancellable, error);
      if (answer == NULL)
        return NULL;
      if (!read_parts (answer->xml, parts, &call, error))
        return NULL;
      if (!granary_cos_xml_get_flag (answer->xml, "IsTruncated", &is_truncated, error) ||
          (is_truncated &&
           !granary_cos_xml_get_int (answer->xml, "NextPartNumberMarker", marker + 1,
                                     GRANARY_COS_PARTS_MAX, &next, error)))
        {
          granary_cos_name_error (error, &call);
          return NULL;
        }
      if (is_truncated)
        marker = next;
    }
  while (is_truncated);

  g_ptr_array_sort (parts, compare_parts);
  for (guint i = 1; i < parts->len; i++)
    {
      const GranaryCosPart *before = g_ptr_array_index (parts, i - 1);
      const GranaryCosPart *part = g_ptr_array_index (parts, i);

      if (before->number == part->number)
        {
          granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                             "ListParts", "part %d is listed twice", part->number);
          return NULL;
        }
    }

  return g_steal_pointer (&parts);
}
