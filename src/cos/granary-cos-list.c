/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cos"

#include "config.h"

#include "granary-cos-private.h"

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

/* A text of a list that may be percent-encoded; NULL when it is missing or not a key. */
static char *
dup_text (const GranaryCosXml *element,
          const char          *name,
          gboolean             is_encoded)
{
  const char *text = granary_cos_xml_get_text (element, name);

  if (text == NULL || *text == '\0')
    return NULL;

  return is_encoded ? granary_cos_dup_decoded (text) : g_strdup (text);
}

static GranaryObject *
read_object (const GranaryCosXml   *element,
             gboolean               is_encoded,
             const GranaryCosCall  *call,
             GError               **error)
{
  g_autofree char *key = dup_text (element, "Key", is_encoded);
  g_autoptr (GranaryObject) object = NULL;
  const char *storage_class = granary_cos_xml_get_text (element, "StorageClass");

  if (key == NULL)
    {
      fail (call, "an object without key", error);
      return NULL;
    }

  object = granary_object_new (key);
  if (!granary_cos_xml_get_int (element, "Size", 0, G_MAXINT64, &object->size, error))
    {
      granary_cos_name_error (error, call);
      return NULL;
    }
  object->etag = granary_cos_dup_etag (granary_cos_xml_get_text (element, "ETag"));
  object->modified = granary_cos_xml_get_time (element, "LastModified");
  object->storage_class = g_strdup (storage_class != NULL ? storage_class : "STANDARD");

  return g_steal_pointer (&object);
}

static int
compare_objects (gconstpointer a,
                 gconstpointer b)
{
  const GranaryObject *first = *(GranaryObject * const *) a;
  const GranaryObject *second = *(GranaryObject * const *) b;

  return strcmp (first->key, second->key);
}

static int
compare_buckets (gconstpointer a,
                 gconstpointer b)
{
  const GranaryBucket *first = *(GranaryBucket * const *) a;
  const GranaryBucket *second = *(GranaryBucket * const *) b;

  return strcmp (first->name, second->name);
}

/* Where the next page begins. COS leaves NextMarker out at times: then it is behind what this page
 * ended with. A marker that does not move on would be asked for for ever. */
static gboolean
read_next (const GranaryCosXml   *root,
           gboolean               is_encoded,
           const char            *marker,
           const char            *last,
           const GranaryCosCall  *call,
           char                 **next,
           GError               **error)
{
  g_autofree char *told = NULL;
  gboolean is_truncated;

  *next = NULL;
  if (!granary_cos_xml_get_flag (root, "IsTruncated", &is_truncated, error))
    return granary_cos_name_error (error, call);
  if (!is_truncated)
    return TRUE;

  told = dup_text (root, "NextMarker", is_encoded);
  if (told == NULL)
    told = g_strdup (last);
  if (told == NULL || (marker != NULL && strcmp (told, marker) <= 0))
    return fail (call, "a page that leads nowhere", error);

  *next = g_steal_pointer (&told);
  return TRUE;
}

static GranaryObjectPage *
read_page (const GranaryCosXml       *root,
           const GranaryObjectPlace  *prefix,
           gboolean                   has_delimiter,
           const char                *marker,
           const GranaryCosCall      *call,
           GError                   **error)
{
  g_autoptr (GranaryObjectPage) page = granary_object_page_new ();
  const char *encoding = granary_cos_xml_get_text (root, "EncodingType");
  const gboolean is_encoded = g_strcmp0 (encoding, "url") == 0;
  g_autofree char *last = NULL;

  for (guint i = 0; i < granary_cos_xml_get_n (root); i++)
    {
      const GranaryCosXml *element = granary_cos_xml_get_child (root, i);
      g_autoptr (GranaryObject) object = NULL;

      if (g_str_equal (granary_cos_xml_get_name (element), "Contents"))
        {
          object = read_object (element, is_encoded, call, error);
          if (object == NULL)
            return NULL;
        }
      else if (g_str_equal (granary_cos_xml_get_name (element), "CommonPrefixes"))
        {
          g_autofree char *key = dup_text (element, "Prefix", is_encoded);

          if (key == NULL)
            {
              fail (call, "a folder without name", error);
              return NULL;
            }
          object = granary_object_new (key);
          object->is_folder = TRUE;
        }
      else
        {
          continue;
        }

      if (last == NULL || strcmp (object->key, last) > 0)
        g_set_str (&last, object->key);
      /* The folder that is listed is not in itself. */
      if (has_delimiter && object->size == 0 && !object->is_folder &&
          g_str_has_suffix (object->key, "/") && g_str_equal (object->key, prefix->key))
        continue;
      if (!g_str_has_prefix (object->key, prefix->key))
        {
          fail (call, "a key that was not asked for", error);
          return NULL;
        }
      g_ptr_array_add (page->objects, g_steal_pointer (&object));
    }

  if (!read_next (root, is_encoded, marker, last, call, &page->next, error))
    return NULL;

  g_ptr_array_sort (page->objects, compare_objects);
  return g_steal_pointer (&page);
}

/* Public functions */

char *
granary_cos_dup_decoded (const char *text)
{
  g_autofree char *decoded = g_uri_unescape_string (text, NULL);

  if (decoded == NULL || !g_utf8_validate (decoded, -1, NULL))
    return NULL;

  return g_steal_pointer (&decoded);
}

/**
 * granary_cos_client_list_buckets:
 * @self: a client
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): of [error@Error]
 *
 * GET Service. Blocks.
 *
 * Returns: (transfer full) (element-type GranaryBucket): the account's buckets, by name
 */
GPtrArray *
granary_cos_client_list_buckets (GranaryCosClient  *self,
                                 GCancellable      *cancellable,
                                 GError           **error)
{
  g_autoptr (GPtrArray) buckets = NULL;
  g_autoptr (GranaryCosAnswer) answer = NULL;
  const GranaryCosCall call = {
    .method = "GET",
    .action = "GetService",
    .key = "",
    .root = "ListAllMyBucketsResult",
  };

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);

  answer = granary_cos_client_call (self, &call, NULL, cancellable, error);
  if (answer == NULL)
    return NULL;

  buckets = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_bucket_free);
  for (guint i = 0; i < granary_cos_xml_get_n (answer->xml); i++)
    {
      const GranaryCosXml *list = granary_cos_xml_get_child (answer->xml, i);

      if (!g_str_equal (granary_cos_xml_get_name (list), "Buckets"))
        continue;
      for (guint j = 0; j < granary_cos_xml_get_n (list); j++)
        {
          const GranaryCosXml *element = granary_cos_xml_get_child (list, j);
          const char *name = granary_cos_xml_get_text (element, "Name");
          GranaryBucket *bucket;

          if (!g_str_equal (granary_cos_xml_get_name (element), "Bucket"))
            continue;
          if (name == NULL || !granary_object_bucket_check (name, NULL))
            {
              fail (&call, "a bucket without name", error);
              return NULL;
            }
          bucket = g_new0 (GranaryBucket, 1);
          bucket->name = g_strdup (name);
          bucket->region = g_strdup (granary_cos_xml_get_text (element, "Location"));
          bucket->created = granary_cos_xml_get_time (element, "CreationDate");
          g_ptr_array_add (buckets, bucket);
        }
    }
  g_ptr_array_sort (buckets, compare_buckets);

  return g_steal_pointer (&buckets);
}

/**
 * granary_cos_client_list:
 * @self: a client
 * @prefix: bucket, and what the keys begin with
 * @delimiter: (nullable): "/" for one level
 * @marker: (nullable): `next` of the page before
 * @max: how many at most, 1 … 1000; 0 for 1000
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): of [error@Error]
 *
 * GET Bucket. With a delimiter the prefix itself, which COS shows as an empty object, is left out.
 * Without, such folders are objects like others: deleting all below a prefix takes them along.
 * Blocks.
 *
 * Returns: (transfer full): a page
 */
GranaryObjectPage *
granary_cos_client_list (GranaryCosClient          *self,
                         const GranaryObjectPlace  *prefix,
                         const char                *delimiter,
                         const char                *marker,
                         guint                      max,
                         GCancellable              *cancellable,
                         GError                   **error)
{
  g_autoptr (GranaryCosAnswer) answer = NULL;
  char limit[16];
  guint n = 0;
  GranaryCosCall call = {
    .method = "GET",
    .action = "GetBucket",
    .key = "",
    .root = "ListBucketResult",
  };

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);
  g_return_val_if_fail (prefix != NULL, NULL);

  if (!granary_cos_check_place (prefix, TRUE, error))
    return NULL;
  call.bucket = prefix->bucket;
  call.region = prefix->region;

  g_snprintf (limit, sizeof limit, "%u",
              max != 0 ? MIN (max, GRANARY_COS_PAGE_MAX) : GRANARY_COS_PAGE_MAX);
  call.parameters[n++] = "prefix";
  call.parameters[n++] = prefix->key;
  call.parameters[n++] = "max-keys";
  call.parameters[n++] = limit;
  call.parameters[n++] = "encoding-type";
  call.parameters[n++] = "url";
  if (delimiter != NULL)
    {
      call.parameters[n++] = "delimiter";
      call.parameters[n++] = delimiter;
    }
  if (marker != NULL)
    {
      call.parameters[n++] = "marker";
      call.parameters[n++] = marker;
    }

  answer = granary_cos_client_call (self, &call, NULL, cancellable, error);
  if (answer == NULL)
    return NULL;

  return read_page (answer->xml, prefix, delimiter != NULL, marker, &call, error);
}

/**
 * granary_cos_client_list_all:
 * @self: a client
 * @prefix: bucket, and what the keys begin with
 * @cancellable: (nullable): calls it off
 * @error: (out) (optional): of [error@Error]
 *
 * Page after page without delimiter. Blocks.
 *
 * Returns: (transfer full) (element-type GranaryObject): everything below @prefix, by key
 */
GPtrArray *
granary_cos_client_list_all (GranaryCosClient          *self,
                             const GranaryObjectPlace  *prefix,
                             GCancellable              *cancellable,
                             GError                   **error)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autofree char *marker = NULL;

  g_return_val_if_fail (GRANARY_IS_COS_CLIENT (self), NULL);
  g_return_val_if_fail (prefix != NULL, NULL);

  all = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_object_free);
  do
    {
      g_autoptr (GranaryObjectPage) page =
        granary_cos_client_list (self, prefix, NULL, marker, 0, cancellable, error);

      if (page == NULL)
        return NULL;

      g_ptr_array_extend_and_steal (all, g_ptr_array_ref (page->objects));
      g_set_str (&marker, page->next);
    }
  while (marker != NULL);

  return g_steal_pointer (&all);
}
