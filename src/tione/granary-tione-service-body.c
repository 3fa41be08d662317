/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-service-private.h"

#include <string.h>

#include "granary-tione-private.h"

/* Bodies of CreateModelService and ModifyModelService. Source of the members: the vendor's
 * published types. */

/* Auxiliary functions */

static void
add_text (JsonObject *object,
          const char *name,
          const char *text)
{
  if (text != NULL && *text != '\0')
    json_object_set_string_member (object, name, text);
}

static void
copy_text (JsonObject *object,
           const char *name,
           JsonNode   *from,
           const char *path)
{
  add_text (object, name, granary_json_get_string (from, path));
}

static JsonNode *
take_object (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);
  return node;
}

/* A copy without members that are null, which requests leave out. */
static JsonNode *
copy_told (JsonNode *from)
{
  JsonObject *copy;
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (from == NULL || !JSON_NODE_HOLDS_OBJECT (from))
    return NULL;

  copy = json_object_new ();
  json_object_iter_init (&iter, json_node_get_object (from));
  while (json_object_iter_next (&iter, &name, &value))
    {
      JsonNode *inner = JSON_NODE_HOLDS_OBJECT (value) ? copy_told (value) : NULL;

      if (inner != NULL)
        json_object_set_member (copy, name, inner);
      else if (!JSON_NODE_HOLDS_NULL (value))
        json_object_set_member (copy, name, json_node_copy (value));
    }

  return take_object (copy);
}

/* The platform shows the built-in kind in several spellings, and takes one. */
static void
name_kind (JsonObject *image)
{
  const char *kind = json_object_get_string_member_with_default (image, "ImageType", "");
  g_auto (GStrv) parts = g_strsplit (kind, "_", -1);
  g_autofree char *joined = g_strjoinv ("", parts);

  if (g_ascii_strcasecmp (joined, "preset") == 0 || g_ascii_strcasecmp (joined, "system") == 0)
    json_object_set_string_member (image, "ImageType", "PreSet");
}

/* The directory, where the platform names the inference code in it. */
static JsonNode *
copy_place (JsonNode *from)
{
  JsonNode *copy = copy_told (from);
  JsonArray *paths = granary_json_get_array (copy, "Paths");
  g_autoptr (JsonArray) cut = NULL;

  if (paths == NULL)
    return copy;

  cut = json_array_new ();
  for (guint i = 0; i < json_array_get_length (paths); i++)
    {
      const char *path = granary_json_get_string (json_array_get_element (paths, i), "");
      const char *slash = path != NULL ? strrchr (path, '/') : NULL;

      if (path == NULL)
        continue;
      if (slash != NULL && slash[1] != '\0')
        {
          g_autofree char *folder = g_strndup (path, slash + 1 - path);

          json_array_add_string_element (cut, folder);
        }
      else
        {
          json_array_add_string_element (cut, path);
        }
    }
  json_object_set_array_member (json_node_get_object (copy), "Paths", g_steal_pointer (&cut));

  return copy;
}

/* NAME=VALUE, as [{Name, Value}]. */
static void
add_environment (JsonObject         *object,
                 const char * const *environment)
{
  JsonArray *list;

  if (environment == NULL || environment[0] == NULL)
    return;

  list = json_array_new ();
  for (gsize i = 0; environment[i] != NULL; i++)
    {
      const char *equals = strchr (environment[i], '=');
      g_autofree char *name = NULL;
      JsonObject *variable;

      if (equals == NULL || equals == environment[i])
        continue;
      name = g_strndup (environment[i], equals - environment[i]);
      variable = json_object_new ();
      json_object_set_string_member (variable, "Name", name);
      json_object_set_string_member (variable, "Value", equals + 1);
      json_array_add_object_element (list, variable);
    }
  json_object_set_array_member (object, "Env", list);
}

static void
add_resources (JsonObject                  *object,
               const GranaryPublishProfile *profile)
{
  JsonObject *resources = json_object_new ();

  json_object_set_int_member (resources, "Cpu", profile->cpu);
  json_object_set_int_member (resources, "Memory", profile->memory);
  if (profile->gpu > 0)
    {
      json_object_set_int_member (resources, "Gpu", profile->gpu);
      add_text (resources, "GpuType", profile->gpu_type);
    }
  json_object_set_object_member (object, "Resources", resources);
}

static gboolean
is_prepaid (const GranaryPublishProfile *profile)
{
  return g_strcmp0 (profile->charge_type, GRANARY_CHARGE_PREPAID) == 0;
}

/* An automatic learning model goes by the id of its task. */
static JsonNode *
make_model_info (JsonNode *record)
{
  JsonObject *info = json_object_new ();
  JsonNode *place = granary_json_lookup (record, "TrainingModelCosPath");
  const char *task = granary_json_get_string (record, "AutoMLTaskId");
  const char *source = granary_json_get_string (record, "TrainingModelSource");
  gboolean is_automl = g_strcmp0 (source, "AUTO_ML") == 0 && task != NULL && *task != '\0';

  if (is_automl)
    {
      json_object_set_string_member (info, "ModelVersionId", task);
      json_object_set_string_member (info, "ModelId", task);
    }
  else
    {
      copy_text (info, "ModelVersionId", record, "TrainingModelVersionId");
      copy_text (info, "ModelId", record, "TrainingModelId");
    }
  copy_text (info, "ModelName", record, "TrainingModelName");
  copy_text (info, "ModelVersion", record,
             is_automl && granary_json_get_string (record, "TrainingJobVersion") != NULL &&
             *granary_json_get_string (record, "TrainingJobVersion") != '\0'
             ? "TrainingJobVersion" : "TrainingModelVersion");
  if (!is_automl)
    add_text (info, "ModelSource", source);
  if (is_automl)
    json_object_set_string_member (info, "ModelType", "AUTO_ML");
  else
    json_object_set_string_member (info, "ModelType",
                                   g_strcmp0 (granary_json_get_string (record, "VersionType"),
                                              "ACCELERATE") == 0 ? "ACCELERATE" : "NORMAL");
  if (place != NULL && JSON_NODE_HOLDS_OBJECT (place))
    json_object_set_member (info, "CosPathInfo", copy_place (place));
  copy_text (info, "AlgorithmFramework", record, "AlgorithmFramework");
  copy_text (info, "ModelFormat", record, "TrainingModelFormat");

  return take_object (info);
}

/* Functions of the host */

JsonNode *
granary_tione_body_of (const char *name,
                       const char *value)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, name, value);
  return take_object (object);
}

JsonNode *
granary_tione_version_image (JsonNode *record)
{
  const char *source = granary_json_get_string (record, "ReasoningEnvironmentSource");
  const char *address = granary_json_get_string (record, "ReasoningEnvironment");
  const char *custom = granary_json_get_string (record, "ReasoningImageInfo.ImageUrl");
  JsonObject *image;

  if (custom != NULL && *custom != '\0' &&
      (g_strcmp0 (source, "SYSTEM") != 0 || address == NULL || *address == '\0'))
    {
      JsonNode *copy = copy_told (granary_json_lookup (record, "ReasoningImageInfo"));

      if (g_strcmp0 (source, "CUSTOM") != 0)
        name_kind (json_node_get_object (copy));
      return copy;
    }
  if (address == NULL || *address == '\0')
    return NULL;

  image = json_object_new ();
  json_object_set_string_member (image, "ImageType", "PreSet");
  json_object_set_string_member (image, "ImageUrl", address);
  return take_object (image);
}

JsonNode *
granary_tione_create_body (const GranaryPublishRequest *request,
                           JsonNode                    *record,
                           JsonNode                    *image)
{
  const GranaryPublishProfile *profile = request->profile;
  JsonObject *body = json_object_new ();

  if (request->group_uid != NULL)
    {
      json_object_set_string_member (body, "ServiceGroupId", request->group_uid);
      json_object_set_boolean_member (body, "NewVersion", TRUE);
    }
  else
    {
      json_object_set_string_member (body, "ServiceGroupName", request->name);
    }
  add_text (body, "ServiceDescription", profile->description);
  json_object_set_string_member (body, "ChargeType",
                                 is_prepaid (profile) ? GRANARY_CHARGE_PREPAID
                                                      : GRANARY_CHARGE_POSTPAID);
  if (is_prepaid (profile))
    {
      json_object_set_string_member (body, "ResourceGroupId", profile->resource_group);
      add_resources (body, profile);
    }
  else
    {
      json_object_set_string_member (body, "InstanceType", profile->instance_type);
    }
  json_object_set_member (body, "ModelInfo", make_model_info (record));
  json_object_set_member (body, "ImageInfo", json_node_copy (image));
  add_environment (body, (const char *const *) profile->environment);
  json_object_set_int_member (body, "Replicas", MAX (profile->replicas, 1));
  json_object_set_boolean_member (body, "AuthorizationEnable", profile->authorization);

  return take_object (body);
}

/* What a revision is made of is told again, so that nothing of it falls back. */
static void
copy_settings (JsonObject *body,
               JsonNode   *info)
{
  static const char *const objects[] = { "ServiceLimit", "LogConfig" };
  JsonNode *log = granary_json_lookup (info, "LogEnable");
  gint64 port;

  copy_text (body, "Command", info, "Command");
  if (granary_json_get_int (info, "ServicePort", &port) && port > 0 && port != 8501)
    json_object_set_int_member (body, "ServicePort", port);
  if (log != NULL && JSON_NODE_HOLDS_VALUE (log) &&
      json_node_get_value_type (log) == G_TYPE_BOOLEAN && json_node_get_boolean (log))
    json_object_set_boolean_member (body, "LogEnable", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      JsonNode *copy = copy_told (granary_json_lookup (info, objects[i]));

      if (copy != NULL)
        json_object_set_member (body, objects[i], copy);
    }
}

static void
copy_scale (JsonObject                  *body,
            JsonNode                    *info,
            const GranaryPublishProfile *profile)
{
  static const char *const members[] = { "HorizontalPodAutoscaler", "CronScaleJobs" };
  gint64 replicas = 0;

  if (profile == NULL && g_strcmp0 (granary_json_get_string (info, "ScaleMode"), "AUTO") == 0)
    {
      copy_text (body, "ScaleMode", info, "ScaleMode");
      copy_text (body, "ScaleStrategy", info, "ScaleStrategy");
      for (guint i = 0; i < G_N_ELEMENTS (members); i++)
        {
          JsonNode *told = granary_json_lookup (info, members[i]);

          if (told != NULL)
            json_object_set_member (body, members[i], json_node_copy (told));
        }
      return;
    }

  if (profile != NULL)
    replicas = profile->replicas;
  /* One that is stopped has none, and remembers how many it had. */
  else if (!granary_json_get_int (info, "Replicas", &replicas) || replicas <= 0)
    granary_json_get_int (info, "OldReplicas", &replicas);
  json_object_set_int_member (body, "Replicas", MAX (replicas, 1));
}

JsonNode *
granary_tione_update_body (const char                  *uid,
                           JsonNode                    *service,
                           const GranaryPublishProfile *profile)
{
  JsonNode *info = granary_json_lookup (service, "ServiceInfo");
  JsonNode *model = copy_told (granary_json_lookup (info, "ModelInfo"));
  JsonNode *image = copy_told (granary_json_lookup (info, "ImageInfo"));
  JsonNode *environment = granary_json_lookup (info, "Env");
  const char *charge = granary_json_get_string (service, "ChargeType");
  JsonObject *body = json_object_new ();

  json_object_set_string_member (body, "ServiceId", uid);
  if (model != NULL)
    {
      JsonNode *place = granary_json_lookup (model, "CosPathInfo");

      if (place != NULL && JSON_NODE_HOLDS_OBJECT (place))
        json_object_set_member (json_node_get_object (model), "CosPathInfo", copy_place (place));
      json_object_set_member (body, "ModelInfo", model);
    }
  if (image != NULL)
    {
      name_kind (json_node_get_object (image));
      json_object_set_member (body, "ImageInfo", image);
    }
  if (profile != NULL)
    add_environment (body, (const char *const *) profile->environment);
  else if (environment != NULL && JSON_NODE_HOLDS_ARRAY (environment))
    json_object_set_member (body, "Env", json_node_copy (environment));

  if (g_strcmp0 (charge, GRANARY_CHARGE_PREPAID) == 0)
    {
      JsonNode *resources = copy_told (granary_json_lookup (info, "Resources"));

      if (profile != NULL && is_prepaid (profile) && profile->cpu > 0)
        add_resources (body, profile);
      else if (resources != NULL)
        json_object_set_member (body, "Resources", g_steal_pointer (&resources));
      g_clear_pointer (&resources, json_node_unref);
    }
  else if (profile != NULL && !is_prepaid (profile) && profile->instance_type != NULL)
    {
      add_text (body, "InstanceType", profile->instance_type);
    }
  else
    {
      copy_text (body, "InstanceType", info, "InstanceType");
    }
  copy_scale (body, info, profile);
  if (profile != NULL)
    add_text (body, "ServiceDescription", profile->description);
  copy_settings (body, info);

  return take_object (body);
}
