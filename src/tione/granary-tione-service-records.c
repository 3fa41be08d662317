/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include <string.h>

#include "granary-error.h"
#include "granary-names.h"
#include "granary-publish-profile.h"
#include "granary-tione-private.h"

/* A Service of an answer as a record. Any member may be null, missing or of another type. */

#define MAX_DETAIL 500

typedef struct
{
  const char          *word;
  GranaryServiceState  state;
} State;

/* Words of Status, then of BusinessStatus, which speaks where the first is still "". */
static const State states[] = {
  { "Normal", GRANARY_SERVICE_RUNNING },
  { "CREATING", GRANARY_SERVICE_STARTING },
  { "Pending", GRANARY_SERVICE_STARTING },
  { "Waiting", GRANARY_SERVICE_STARTING },
  { "Stopping", GRANARY_SERVICE_STOPPING },
  { "Stopped", GRANARY_SERVICE_STOPPED },
  { "Abnormal", GRANARY_SERVICE_FAILED },
  { "CREATE_FAILED", GRANARY_SERVICE_FAILED },
  { "TIMEOUT_EXCEPTION", GRANARY_SERVICE_FAILED },
  { "ARREARS_STOP", GRANARY_SERVICE_STOPPED },
  { "WHITELIST_STOP", GRANARY_SERVICE_STOPPED },
  { "RELEASE_FAILED", GRANARY_SERVICE_FAILED },
  { "WHITELIST_RELEASE_FAILED", GRANARY_SERVICE_FAILED },
};

/* Auxiliary functions */

static GranaryServiceState
find_state (const char *word)
{
  for (guint i = 0; word != NULL && i < G_N_ELEMENTS (states); i++)
    {
      if (g_ascii_strcasecmp (word, states[i].word) == 0)
        return states[i].state;
    }

  return GRANARY_SERVICE_UNKNOWN;
}

static gboolean
get_flag (JsonNode   *node,
          const char *path)
{
  JsonNode *value = granary_json_lookup (node, path);

  return value != NULL && JSON_NODE_HOLDS_VALUE (value) &&
         json_node_get_value_type (value) == G_TYPE_BOOLEAN && json_node_get_boolean (value);
}

static void
add_line (GString    *text,
          const char *line)
{
  g_autofree char *shown = NULL;

  if (line == NULL || *line == '\0')
    return;

  shown = granary_display_path (line);
  if (strstr (text->str, shown) == NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", shown);
}

/* What the platform says of a service that is not up, NULL when it says nothing. */
static char *
dup_detail (JsonNode *node)
{
  const char *created = granary_json_get_string (node, "CreateFailedReason");
  JsonNode *status = granary_json_lookup (node, "ServiceInfo.Status");
  JsonArray *conditions = granary_json_get_array (status, "Conditions");
  g_autoptr (GString) text = g_string_new (NULL);

  if (g_strcmp0 (created, "CREATE_SUCCEED") != 0)
    add_line (text, created);
  add_line (text, granary_json_get_string (status, "Reason"));
  for (guint i = 0; conditions != NULL && i < json_array_get_length (conditions); i++)
    {
      JsonNode *condition = json_array_get_element (conditions, i);

      if (g_strcmp0 (granary_json_get_string (condition, "Status"), "True") != 0)
        add_line (text, granary_json_get_string (condition, "Message"));
    }
  if (text->len == 0)
    return NULL;

  if (text->len > MAX_DETAIL)
    {
      const char *cut = g_utf8_find_prev_char (text->str, text->str + MAX_DETAIL);

      g_string_truncate (text, cut - text->str);
      g_string_append (text, "…");
    }
  return g_string_free_and_steal (g_steal_pointer (&text));
}

/* @service has its state. */
static void
read_failure (GranaryService *service,
              JsonNode       *node)
{
  if (g_strcmp0 (granary_json_get_string (node, "BusinessStatus"), "ARREARS_STOP") == 0)
    {
      service->failure = GRANARY_SERVICE_FAILURE_ARREARS;
      return;
    }
  if (service->state != GRANARY_SERVICE_FAILED && service->state != GRANARY_SERVICE_STARTING)
    return;

  /* One that starts has failed only when somebody says so. */
  service->failure_detail = dup_detail (node);
  if (service->state == GRANARY_SERVICE_FAILED || service->failure_detail != NULL)
    service->failure = GRANARY_SERVICE_FAILURE_PLATFORM;
}

static void
read_instances (GranaryService *service,
                JsonNode       *info)
{
  gint64 count;

  if (granary_json_get_int (info, "Replicas", &count))
    service->replicas = (int) CLAMP (count, 0, G_MAXINT);
  if (granary_json_get_int (info, "Status.AvailableReplicas", &count))
    service->available = (int) CLAMP (count, 0, G_MAXINT);
}

/* Variables are left out: what somebody put there may be secret. */
static char *
dup_profile (JsonNode *node)
{
  g_autoptr (GranaryPublishProfile) profile = granary_publish_profile_new ();
  JsonNode *info = granary_json_lookup (node, "ServiceInfo");
  g_autoptr (JsonNode) told = NULL;
  g_autofree char *text = NULL;
  gint64 replicas = 0;
  gint64 weight;

  profile->charge_type = granary_tione_dup_text (node, "ChargeType");
  if (profile->charge_type == NULL)
    return NULL;

  if (g_str_equal (profile->charge_type, GRANARY_CHARGE_PREPAID))
    {
      profile->resource_group = granary_tione_dup_text (node, "ResourceGroupId");
      granary_json_get_int (info, "Resources.Cpu", &profile->cpu);
      granary_json_get_int (info, "Resources.Memory", &profile->memory);
      granary_json_get_int (info, "Resources.Gpu", &profile->gpu);
      if (profile->gpu > 0)
        profile->gpu_type = granary_tione_dup_text (info, "Resources.GpuType");
    }
  else
    {
      profile->instance_type = granary_tione_dup_text (info, "InstanceType");
    }
  if (!granary_json_get_int (info, "Replicas", &replicas) || replicas <= 0)
    granary_json_get_int (info, "OldReplicas", &replicas);
  profile->replicas = (guint) CLAMP (replicas, 1, G_MAXINT);
  profile->authorization = get_flag (info, "AuthorizationEnable");
  profile->description = granary_tione_dup_text (node, "ServiceDescription");

  text = granary_publish_profile_to_json (profile);
  told = granary_json_parse (text, -1, NULL, NULL);
  json_object_remove_member (json_node_get_object (told), "price");
  if (granary_json_get_int (node, "Weight", &weight))
    json_object_set_int_member (json_node_get_object (told), "weight", weight);
  return granary_json_to_text (told, FALSE);
}

/**
 * granary_tione_parse_service:
 * @node: (nullable): a Service
 *
 * When it was started or updated is told only by the time of its last change.
 *
 * Returns: (transfer full) (nullable): the service; %NULL for what has no id
 */
GranaryService *
granary_tione_parse_service (JsonNode *node)
{
  g_autofree char *uid = granary_tione_dup_text (node, "ServiceId");
  JsonNode *model = granary_json_lookup (node, "ServiceInfo.ModelInfo");
  const char *text;
  GranaryService *service;
  gint64 number;

  if (uid == NULL)
    return NULL;

  service = granary_service_new ();
  service->uid = g_steal_pointer (&uid);
  service->group_uid = granary_tione_dup_text (node, "ServiceGroupId");
  service->name = granary_tione_dup_text (node, "ServiceGroupName");
  if (service->name == NULL)
    service->name = g_strdup (service->uid);

  /* "1", where versions of models are "v1". */
  text = granary_json_get_string (node, "Version");
  if (text != NULL)
    service->number = (int) CLAMP (g_ascii_strtoll (text, NULL, 10), 0, G_MAXINT);
  else if (granary_json_get_int (node, "Version", &number))
    service->number = (int) CLAMP (number, 0, G_MAXINT);

  service->model_uid = granary_tione_dup_text (model, "ModelId");
  service->version_uid = granary_tione_dup_text (model, "ModelVersionId");
  service->model_name = granary_tione_dup_text (model, "ModelName");
  text = granary_json_get_string (model, "ModelVersion");
  if (text == NULL || !granary_version_parse (text, &service->version_number))
    service->version_number = 0;

  if (granary_json_get_int (node, "Weight", &number))
    service->weight = (int) CLAMP (number, 0, 100);

  service->state_text = granary_tione_dup_text (node, "Status");
  if (service->state_text == NULL)
    service->state_text = granary_tione_dup_text (node, "BusinessStatus");
  service->state = find_state (service->state_text);
  service->is_wanted = service->state != GRANARY_SERVICE_STOPPED &&
                       service->state != GRANARY_SERVICE_STOPPING;
  read_failure (service, node);
  read_instances (service, granary_json_lookup (node, "ServiceInfo"));
  service->profile = dup_profile (node);

  granary_tione_parse_time (granary_json_get_string (node, "CreateTime"), &service->created);
  service->started = service->created;
  granary_tione_parse_time (granary_json_get_string (node, "UpdateTime"), &service->started);
  service->files_as_of = service->started;
  return service;
}
