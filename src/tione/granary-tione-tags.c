/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-tags.h"

#include <string.h>

#include "granary-tione-private.h"

/* Reading the Tag service. A model is the resource
 * `qcs::tione:REGION:uin/UIN:model/ID` there. */

#define BATCH 50
#define PAGE 1000
#define RESOURCES_PAGE 200
#define TAGS_OF "DescribeResourceTagsByResourceIds"
#define RESOURCES "GetResources"
#define KEYS "GetTagKeys"
#define VALUES "GetTagValues"

/* Auxiliary functions */

/* Keys that only the platform itself gives. */
static gboolean
is_reserved (const char *key)
{
  static const char *const prefixes[] = { "qcs:", "qcloud", "tencent", "project" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      if (g_ascii_strncasecmp (key, prefixes[i], strlen (prefixes[i])) == 0)
        return TRUE;
    }

  return FALSE;
}

static JsonNode *
call_batch (GranaryApi          *api,
            const char * const  *uids,
            guint                n_uids,
            gint64               offset,
            GCancellable        *cancellable,
            GError             **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "ServiceType");
  json_builder_add_string_value (builder, "tione");
  json_builder_set_member_name (builder, "ResourcePrefix");
  json_builder_add_string_value (builder, "model");
  json_builder_set_member_name (builder, "ResourceRegion");
  json_builder_add_string_value (builder,
                                 granary_account_get_region (granary_api_get_account (api)));
  json_builder_set_member_name (builder, "ResourceIds");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_uids; i++)
    json_builder_add_string_value (builder, uids[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "Offset");
  json_builder_add_int_value (builder, offset);
  json_builder_set_member_name (builder, "Limit");
  json_builder_add_int_value (builder, PAGE);
  json_builder_end_object (builder);

  return granary_tione_call (api, GRANARY_CLOUD_TAG, TAGS_OF, builder, cancellable, error);
}

/* FALSE when it does not tell whose tag it is: without it the others are not all there are. */
static gboolean
take_tag (GHashTable *tags,
          JsonNode   *node)
{
  const char *uid = granary_json_get_string (node, "ResourceId");
  const char *key = granary_json_get_string (node, "TagKey");
  const char *value = granary_json_get_string (node, "TagValue");
  GranaryTagSet *set = uid != NULL ? g_hash_table_lookup (tags, uid) : NULL;
  g_autoptr (GError) error = NULL;

  if (uid == NULL || key == NULL)
    return FALSE;
  if (set != NULL && !granary_tag_set_put (set, key, value != NULL ? value : "", &error))
    g_debug ("a tag is left out: %s", error->message);

  return TRUE;
}

static gboolean
load_batch (GranaryApi          *api,
            const char * const  *uids,
            guint                n_uids,
            GHashTable          *tags,
            GCancellable        *cancellable,
            GError             **error)
{
  gint64 offset = 0;
  gint64 total = 1;

  while (offset < total)
    {
      g_autoptr (JsonNode) answer = call_batch (api, uids, n_uids, offset, cancellable, error);
      JsonArray *list;
      guint n_tags;

      if (answer == NULL || !granary_tione_get_list (answer, "Tags", TAGS_OF, &list, error))
        return FALSE;

      n_tags = list != NULL ? json_array_get_length (list) : 0;
      for (guint i = 0; i < n_tags; i++)
        {
          if (!take_tag (tags, json_array_get_element (list, i)))
            {
              granary_tione_set_malformed (error, TAGS_OF);
              return FALSE;
            }
        }
      offset += n_tags;
      if (n_tags == 0 || !granary_json_get_int (answer, "TotalCount", &total))
        total = offset;
    }

  return TRUE;
}

/* One page of a list that goes on as long as there is a token. */
static JsonNode *
call_token_page (GranaryApi    *api,
                 const char    *action,
                 const char    *key,
                 guint          count,
                 const char    *token,
                 GCancellable  *cancellable,
                 GError       **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  if (key != NULL)
    {
      json_builder_set_member_name (builder, "TagKeys");
      json_builder_begin_array (builder);
      json_builder_add_string_value (builder, key);
      json_builder_end_array (builder);
    }
  json_builder_set_member_name (builder, "MaxResults");
  json_builder_add_int_value (builder, count);
  if (token != NULL)
    {
      json_builder_set_member_name (builder, "PaginationToken");
      json_builder_add_string_value (builder, token);
    }
  json_builder_end_object (builder);

  return granary_tione_call (api, GRANARY_CLOUD_TAG, action, builder, cancellable, error);
}

/* Takes what it needs of one element of a page; what is not wanted is left out. */
typedef void (*TakeFunc) (JsonNode     *element,
                          gpointer      data,
                          GStrvBuilder *found);

static GStrv
list_by_token (GranaryApi    *api,
               const char    *action,
               const char    *member,
               const char    *key,
               guint          count,
               TakeFunc       take,
               gpointer       data,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();
  g_autofree char *token = NULL;

  do
    {
      g_autoptr (JsonNode) answer = call_token_page (api, action, key, count, token, cancellable,
                                                     error);
      g_autofree char *next = NULL;
      JsonArray *list;

      if (answer == NULL || !granary_tione_get_list (answer, member, action, &list, error))
        return NULL;

      for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
        take (json_array_get_element (list, i), data, found);

      /* A token that leads to itself would never end. */
      next = granary_tione_dup_text (answer, "PaginationToken");
      if (next != NULL && g_strcmp0 (next, token) == 0)
        {
          granary_tione_set_malformed (error, action);
          return NULL;
        }
      g_set_str (&token, next);
    }
  while (token != NULL);

  return g_strv_builder_end (found);
}

/* @data is the region. */
static void
take_model (JsonNode     *element,
            gpointer      data,
            GStrvBuilder *found)
{
  const char *resource = granary_json_get_string (element, "Resource");
  g_auto (GStrv) segments = NULL;

  if (resource == NULL)
    return;

  segments = g_strsplit (resource, ":", 6);
  if (g_strv_length (segments) == 6 && g_str_equal (segments[2], "tione") &&
      g_str_equal (segments[3], data) && g_str_has_prefix (segments[5], "model/") &&
      segments[5][strlen ("model/")] != '\0')
    g_strv_builder_add (found, segments[5] + strlen ("model/"));
}

static void
take_key (JsonNode     *element,
          gpointer      data,
          GStrvBuilder *found)
{
  const char *key = granary_json_get_string (element, "");

  if (key != NULL && *key != '\0' && !is_reserved (key))
    g_strv_builder_add (found, key);
}

static void
take_value (JsonNode     *element,
            gpointer      data,
            GStrvBuilder *found)
{
  const char *value = granary_json_get_string (element, "TagValue");

  if (value != NULL && g_strcmp0 (granary_json_get_string (element, "TagKey"), data) == 0)
    g_strv_builder_add (found, value);
}

/* Public functions */

/**
 * granary_tione_load_tags:
 * @api: the account
 * @model_uids: (array zero-terminated=1): ids of models
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Blocks.
 *
 * Returns: (transfer full): a table from each id to its tags, an empty set where there are none
 */
GHashTable *
granary_tione_load_tags (GranaryApi          *api,
                         const char * const  *model_uids,
                         GCancellable        *cancellable,
                         GError             **error)
{
  g_autoptr (GHashTable) tags = NULL;
  guint n_uids;

  g_return_val_if_fail (GRANARY_IS_API (api), NULL);
  g_return_val_if_fail (model_uids != NULL, NULL);

  tags = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify) granary_tag_set_free);
  n_uids = g_strv_length ((GStrv) model_uids);
  for (guint i = 0; i < n_uids; i++)
    g_hash_table_insert (tags, g_strdup (model_uids[i]), granary_tag_set_new ());

  for (guint i = 0; i < n_uids; i += BATCH)
    {
      if (!load_batch (api, model_uids + i, MIN (BATCH, n_uids - i), tags, cancellable, error))
        return NULL;
    }

  return g_steal_pointer (&tags);
}

/**
 * granary_tione_find_tagged:
 * @api: the account
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Blocks.
 *
 * Returns: (transfer full) (array zero-terminated=1): ids of all models of the region that carry a
 *   tag at all
 */
GStrv
granary_tione_find_tagged (GranaryApi    *api,
                           GCancellable  *cancellable,
                           GError       **error)
{
  const char *region;

  g_return_val_if_fail (GRANARY_IS_API (api), NULL);

  region = granary_account_get_region (granary_api_get_account (api));
  return list_by_token (api, RESOURCES, "ResourceTagMappingList", NULL, RESOURCES_PAGE, take_model,
                        (gpointer) region, cancellable, error);
}

/**
 * granary_tione_list_tags:
 * @api: the account
 * @key: (nullable): a key, for its values; %NULL for the keys
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Blocks. Keys that only the platform gives are left out.
 *
 * Returns: (transfer full) (array zero-terminated=1): what is defined
 */
GStrv
granary_tione_list_tags (GranaryApi    *api,
                         const char    *key,
                         GCancellable  *cancellable,
                         GError       **error)
{
  g_return_val_if_fail (GRANARY_IS_API (api), NULL);

  if (key == NULL)
    return list_by_token (api, KEYS, "TagKeys", NULL, PAGE, take_key, NULL, cancellable, error);

  return list_by_token (api, VALUES, "Tags", key, PAGE, take_value, (gpointer) key, cancellable,
                        error);
}
