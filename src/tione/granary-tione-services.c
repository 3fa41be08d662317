/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-private.h"

/* Model services of TI-ONE, which come in groups. */

#define PAGE 100
#define MAX_FILTER_VALUES 100
#define GROUPS "DescribeModelServiceGroups"

/* Auxiliary functions */

typedef struct
{
  GHashTable *wanted;   /* (nullable): ids of versions */
  GPtrArray  *services;
} Found;

static void
add_services (JsonNode *group,
              gpointer  data)
{
  Found *found = data;
  JsonArray *list = granary_json_get_array (group, "Services");

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      g_autoptr (GranaryService) service =
        granary_tione_parse_service (json_array_get_element (list, i));

      /* A filter of one value also finds ids that only contain it. */
      if (service == NULL ||
          (found->wanted != NULL && (service->version_uid == NULL ||
                                     !g_hash_table_contains (found->wanted,
                                                             service->version_uid))))
        continue;
      if (service->group_uid == NULL)
        service->group_uid = granary_tione_dup_text (group, "ServiceGroupId");
      g_ptr_array_add (found->services, g_steal_pointer (&service));
    }
}

static JsonNode *
call_page (GranaryApi    *api,
           gint64         offset,
           GPtrArray     *version_uids,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "Offset");
  json_builder_add_int_value (builder, offset);
  json_builder_set_member_name (builder, "Limit");
  json_builder_add_int_value (builder, PAGE);
  if (version_uids != NULL)
    {
      json_builder_set_member_name (builder, "Filters");
      json_builder_begin_array (builder);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "Name");
      json_builder_add_string_value (builder, "ModelVersionId");
      json_builder_set_member_name (builder, "Values");
      json_builder_begin_array (builder);
      for (guint i = 0; i < version_uids->len; i++)
        json_builder_add_string_value (builder, g_ptr_array_index (version_uids, i));
      json_builder_end_array (builder);
      json_builder_end_object (builder);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);

  return granary_tione_call (api, GRANARY_CLOUD_TIONE, GROUPS, builder, cancellable, error);
}

gboolean
granary_tione_each_group (GranaryApi                  *api,
                          GPtrArray                   *version_uids,
                          GranaryTioneServiceGroupFunc func,
                          gpointer                     data,
                          GCancellable                *cancellable,
                          GError                     **error)
{
  gint64 offset = 0;
  gint64 total = 1;

  while (offset < total)
    {
      g_autoptr (JsonNode) answer = call_page (api, offset, version_uids, cancellable, error);
      JsonArray *groups;
      guint n_groups;

      if (answer == NULL ||
          !granary_tione_get_list (answer, "ServiceGroups", GROUPS, &groups, error))
        return FALSE;

      n_groups = groups != NULL ? json_array_get_length (groups) : 0;
      for (guint i = 0; i < n_groups; i++)
        {
          JsonNode *group = json_array_get_element (groups, i);
          g_autofree char *uid = granary_tione_dup_text (group, "ServiceGroupId");

          if (uid == NULL)
            {
              granary_tione_set_malformed (error, GROUPS);
              return FALSE;
            }
          func (group, data);
        }

      offset += n_groups;
      if (n_groups == 0 || !granary_json_get_int (answer, "TotalCount", &total))
        total = n_groups == PAGE ? offset + 1 : offset;
    }

  return TRUE;
}

/* Public functions */

/**
 * granary_tione_list_services:
 * @api: the account
 * @version_uids: (nullable) (array zero-terminated=1): ids of versions; %NULL for all services
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Blocks.
 *
 * Returns: (transfer full) (element-type GranaryService): all services of all groups, or those of
 *   the versions
 */
GPtrArray *
granary_tione_list_services (GranaryApi          *api,
                             const char * const  *version_uids,
                             GCancellable        *cancellable,
                             GError             **error)
{
  g_autoptr (GPtrArray) services = NULL;
  Found found = { NULL, NULL };

  g_return_val_if_fail (GRANARY_IS_API (api), NULL);

  services = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_service_unref);
  found.services = services;
  if (version_uids == NULL)
    {
      if (!granary_tione_each_group (api, NULL, add_services, &found, cancellable, error))
        return NULL;
      return g_steal_pointer (&services);
    }

  for (gsize i = 0; version_uids[i] != NULL;)
    {
      g_autoptr (GPtrArray) some = g_ptr_array_new ();
      g_autoptr (GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);

      while (version_uids[i] != NULL && some->len < MAX_FILTER_VALUES)
        {
          g_ptr_array_add (some, (gpointer) version_uids[i]);
          g_hash_table_add (wanted, (gpointer) version_uids[i]);
          i++;
        }
      found.wanted = wanted;
      if (!granary_tione_each_group (api, some, add_services, &found, cancellable, error))
        return NULL;
    }

  return g_steal_pointer (&services);
}
