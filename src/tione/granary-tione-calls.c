/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-calls.h"

#include "granary-error.h"
#include "granary-tione-private.h"

/* Reading the model repository of TI-ONE. */

#define MODELS "DescribeTrainingModels"
#define VERSIONS "DescribeTrainingModelVersions"
#define VERSION "DescribeTrainingModelVersion"

/* Functions shared inside tione/ */

void
granary_tione_set_malformed (GError     **error,
                             const char  *action)
{
  granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED, action,
                     "the answer to %s has another shape than it should", action);
}

JsonNode *
granary_tione_call (GranaryApi           *api,
                    GranaryCloudService   service,
                    const char           *action,
                    JsonBuilder          *builder,
                    GCancellable         *cancellable,
                    GError              **error)
{
  GranaryApiCall call = { service, action, FALSE, NULL };
  g_autoptr (JsonNode) parameters = json_builder_get_root (builder);

  return granary_api_call (api, &call, parameters, cancellable, error);
}

gboolean
granary_tione_get_list (JsonNode    *node,
                        const char  *name,
                        const char  *action,
                        JsonArray  **list,
                        GError     **error)
{
  JsonObject *object = granary_json_get_object (node, "");

  /* Null is an empty list; to say nothing of it at all is another answer. */
  *list = granary_json_get_array (node, name);
  if (*list != NULL ||
      (object != NULL && json_object_has_member (object, name) &&
       granary_json_lookup (node, name) == NULL))
    return TRUE;

  granary_tione_set_malformed (error, action);
  return FALSE;
}

/* Auxiliary functions */

static JsonBuilder *
begin_with (const char *name,
            const char *value)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
  json_builder_end_object (builder);
  return builder;
}

/* Without a filter for ordinary versions: the numbers of accelerated ones are used up as well. */
static JsonBuilder *
build_page (gint64 offset,
            gint64 limit)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "Offset");
  json_builder_add_int_value (builder, offset);
  json_builder_set_member_name (builder, "Limit");
  json_builder_add_int_value (builder, limit);
  json_builder_set_member_name (builder, "OrderField");
  json_builder_add_string_value (builder, "CreateTime");
  json_builder_set_member_name (builder, "Order");
  json_builder_add_string_value (builder, "DESC");
  json_builder_set_member_name (builder, "WithModelVersions");
  json_builder_add_boolean_value (builder, TRUE);
  json_builder_end_object (builder);
  return builder;
}

/* Public functions */

/**
 * granary_tione_list_models:
 * @api: the account
 * @offset: where the page begins
 * @limit: how many at most; the service may give fewer
 * @total: (out): how many there are in all; @offset and what came when that is not told
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Blocks. The newest come first.
 *
 * Returns: (transfer full) (element-type GranaryModel): a page, or %NULL; granary_api_is_withdrawn()
 *   tells when the account is not offered the list
 */
GPtrArray *
granary_tione_list_models (GranaryApi    *api,
                           gint64         offset,
                           gint64         limit,
                           gint64        *total,
                           GCancellable  *cancellable,
                           GError       **error)
{
  gboolean is_same;

  g_return_val_if_fail (GRANARY_IS_API (api), NULL);
  g_return_val_if_fail (total != NULL, NULL);

  return granary_tione_list_models_if_changed (api, offset, limit, total, NULL, &is_same,
                                               cancellable, error);
}

GPtrArray *
granary_tione_list_models_if_changed (GranaryApi    *api,
                                      gint64         offset,
                                      gint64         limit,
                                      gint64        *total,
                                      guint64       *digest,
                                      gboolean      *is_same,
                                      GCancellable  *cancellable,
                                      GError       **error)
{
  GranaryApiCall call = { GRANARY_CLOUD_TIONE, MODELS, FALSE, NULL };
  g_autoptr (JsonBuilder) builder = build_page (offset, limit);
  g_autoptr (JsonNode) parameters = json_builder_get_root (builder);
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GPtrArray) models = NULL;
  JsonArray *list;

  *is_same = FALSE;
  answer = granary_api_call_if_changed (api, &call, parameters, digest, cancellable, error);
  if (answer == NULL)
    return NULL;

  models = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_model_unref);
  if (JSON_NODE_HOLDS_NULL (answer))
    {
      *is_same = TRUE;
      return g_steal_pointer (&models);
    }
  if (!granary_tione_get_list (answer, "TrainingModels", MODELS, &list, error))
    return NULL;

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      GranaryModel *model = granary_tione_parse_model (json_array_get_element (list, i));

      if (model == NULL)
        {
          granary_tione_set_malformed (error, MODELS);
          return NULL;
        }
      g_ptr_array_add (models, model);
    }

  if (!granary_json_get_int (answer, "TotalCount", total) || *total < 0)
    *total = offset + models->len;
  return g_steal_pointer (&models);
}

/**
 * granary_tione_load_model:
 * @api: the account
 * @model_uid: id of a model
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Blocks.
 *
 * Returns: (transfer full): the model with all its versions, newest first; its name is %NULL and its
 *   creation 0 when there is no version to tell them, its tags are %NULL: not told.
 *   %GRANARY_ERROR_NOT_FOUND when there is no such model.
 */
GranaryModel *
granary_tione_load_model (GranaryApi    *api,
                          const char    *model_uid,
                          GCancellable  *cancellable,
                          GError       **error)
{
  g_autoptr (JsonBuilder) builder = begin_with ("TrainingModelId", model_uid);
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GranaryModel) model = NULL;
  JsonArray *list;

  g_return_val_if_fail (GRANARY_IS_API (api), NULL);
  g_return_val_if_fail (model_uid != NULL, NULL);

  answer = granary_tione_call (api, GRANARY_CLOUD_TIONE, VERSIONS, builder, cancellable, error);
  if (answer == NULL ||
      !granary_tione_get_list (answer, "TrainingModelVersions", VERSIONS, &list, error))
    return NULL;

  model = granary_model_new ();
  model->uid = g_strdup (model_uid);
  model->versions = granary_tione_parse_versions (answer, &model->high_water);
  if (model->versions == NULL)
    {
      granary_tione_set_malformed (error, VERSIONS);
      return NULL;
    }

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *version = json_array_get_element (list, i);

      if (model->name == NULL)
        model->name = granary_tione_dup_text (version, "TrainingModelName");
      if (model->created == 0)
        granary_tione_parse_time (granary_json_get_string (version, "TrainingModelCreateTime"),
                                  &model->created);
    }
  model->updated = model->created;
  return g_steal_pointer (&model);
}

/**
 * granary_tione_load_version:
 * @api: the account
 * @version_uid: id of a version
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Blocks.
 *
 * Returns: (transfer full): the version; %GRANARY_ERROR_NOT_FOUND when there is none
 */
GranaryVersion *
granary_tione_load_version (GranaryApi    *api,
                            const char    *version_uid,
                            GCancellable  *cancellable,
                            GError       **error)
{
  g_autoptr (JsonBuilder) builder = begin_with ("TrainingModelVersionId", version_uid);
  g_autoptr (JsonNode) answer = NULL;
  GranaryVersion *version;

  g_return_val_if_fail (GRANARY_IS_API (api), NULL);
  g_return_val_if_fail (version_uid != NULL, NULL);

  answer = granary_tione_call (api, GRANARY_CLOUD_TIONE, VERSION, builder, cancellable, error);
  if (answer == NULL)
    return NULL;

  version = granary_tione_parse_version (granary_json_lookup (answer, "TrainingModelVersion"));
  if (version == NULL)
    granary_tione_set_malformed (error, VERSION);

  return version;
}
