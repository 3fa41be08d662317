/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-publish-profile.h"

#include <string.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-json.h"

G_DEFINE_BOXED_TYPE (GranaryPublishProfile, granary_publish_profile, granary_publish_profile_copy,
                     granary_publish_profile_free)

/* One row for each member and its name in JSON, for writing, reading and copying alike. */

typedef struct
{
  const char *name;
  gsize       offset;
} Member;

static const Member texts[] = {
  { "python", G_STRUCT_OFFSET (GranaryPublishProfile, python) },
  { "charge_type", G_STRUCT_OFFSET (GranaryPublishProfile, charge_type) },
  { "instance_type", G_STRUCT_OFFSET (GranaryPublishProfile, instance_type) },
  { "resource_group", G_STRUCT_OFFSET (GranaryPublishProfile, resource_group) },
  { "gpu_type", G_STRUCT_OFFSET (GranaryPublishProfile, gpu_type) },
  { "description", G_STRUCT_OFFSET (GranaryPublishProfile, description) },
};

static const Member numbers[] = {
  { "memory_limit", G_STRUCT_OFFSET (GranaryPublishProfile, memory_limit) },
  { "cpu", G_STRUCT_OFFSET (GranaryPublishProfile, cpu) },
  { "memory", G_STRUCT_OFFSET (GranaryPublishProfile, memory) },
  { "gpu", G_STRUCT_OFFSET (GranaryPublishProfile, gpu) },
  { "price", G_STRUCT_OFFSET (GranaryPublishProfile, price) },
};

static const Member counts[] = {
  { "start_timeout", G_STRUCT_OFFSET (GranaryPublishProfile, start_timeout) },
  { "request_timeout", G_STRUCT_OFFSET (GranaryPublishProfile, request_timeout) },
  { "replicas", G_STRUCT_OFFSET (GranaryPublishProfile, replicas) },
};

static const Member flags[] = {
  { "allow_network", G_STRUCT_OFFSET (GranaryPublishProfile, allow_network) },
  { "allow_gpu", G_STRUCT_OFFSET (GranaryPublishProfile, allow_gpu) },
  { "allow_unsandboxed", G_STRUCT_OFFSET (GranaryPublishProfile, allow_unsandboxed) },
  { "install_requirements", G_STRUCT_OFFSET (GranaryPublishProfile, install_requirements) },
  { "authorization", G_STRUCT_OFFSET (GranaryPublishProfile, authorization) },
};

#define MEMBER(self, type, member) G_STRUCT_MEMBER (type, self, (member).offset)

/* Public functions */

/**
 * granary_publish_profile_new:
 *
 * Returns: (transfer full): a profile that allows nothing, with one instance
 */
GranaryPublishProfile *
granary_publish_profile_new (void)
{
  GranaryPublishProfile *self = g_new0 (GranaryPublishProfile, 1);

  self->replicas = 1;
  self->authorization = TRUE;
  self->price = -1;

  return self;
}

GranaryPublishProfile *
granary_publish_profile_copy (const GranaryPublishProfile *self)
{
  GranaryPublishProfile *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    MEMBER (copy, char *, texts[i]) = g_strdup (MEMBER (self, char *, texts[i]));
  copy->environment = g_strdupv (self->environment);

  return copy;
}

void
granary_publish_profile_free (GranaryPublishProfile *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (MEMBER (self, char *, texts[i]));
  g_strfreev (self->environment);
  g_free (self);
}

/**
 * granary_publish_profile_get_usual_memory:
 *
 * A service that goes astray is not to take the computer with it.
 *
 * Returns: memory limit of a service on this computer unless the user has another in mind: half of
 *   what there is, in whole GiB, at least one
 */
gint64
granary_publish_profile_get_usual_memory (void)
{
  gint64 pages = sysconf (_SC_PHYS_PAGES);
  gint64 size = sysconf (_SC_PAGESIZE);
  gint64 half = pages > 0 && size > 0 ? pages / 2 * size : 0;

  return MAX (half >> 30, 1) << 30;
}

/**
 * granary_publish_profile_to_json:
 * @self: a profile
 *
 * Returns: (transfer full): JSON object; members that say nothing are left out
 */
char *
granary_publish_profile_to_json (const GranaryPublishProfile *self)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (GranaryPublishProfile) usual = granary_publish_profile_new ();

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (MEMBER (self, char *, texts[i]) != NULL)
        json_object_set_string_member (object, texts[i].name, MEMBER (self, char *, texts[i]));
    }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      if (MEMBER (self, gint64, numbers[i]) != MEMBER (usual, gint64, numbers[i]))
        json_object_set_int_member (object, numbers[i].name, MEMBER (self, gint64, numbers[i]));
    }
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      if (MEMBER (self, guint, counts[i]) != MEMBER (usual, guint, counts[i]))
        json_object_set_int_member (object, counts[i].name, MEMBER (self, guint, counts[i]));
    }
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    json_object_set_boolean_member (object, flags[i].name,
                                    MEMBER (self, gboolean, flags[i]) ? TRUE : FALSE);
  if (self->environment != NULL && self->environment[0] != NULL)
    {
      JsonArray *array = json_array_new ();

      for (guint i = 0; self->environment[i] != NULL; i++)
        json_array_add_string_element (array, self->environment[i]);
      json_object_set_array_member (object, "environment", array);
    }

  json_node_set_object (node, object);
  return granary_json_to_text (node, FALSE);
}

/**
 * granary_publish_profile_from_json:
 * @text: (nullable): as of granary_publish_profile_to_json(), or anything
 *
 * What is missing, or of another type, is as in a new profile.
 *
 * Returns: (transfer full): a profile, whatever @text is
 */
GranaryPublishProfile *
granary_publish_profile_from_json (const char *text)
{
  GranaryPublishProfile *self = granary_publish_profile_new ();
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  JsonArray *array;
  gint64 value;

  node = text != NULL ? granary_json_parse (text, -1, "profile", NULL) : NULL;
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return self;

  object = json_node_get_object (node);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    MEMBER (self, char *, texts[i]) = g_strdup (granary_json_get_string (node, texts[i].name));
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      if (granary_json_get_int (node, numbers[i].name, &value) && value >= -1)
        MEMBER (self, gint64, numbers[i]) = value;
    }
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      if (granary_json_get_int (node, counts[i].name, &value) && value >= 0 && value <= G_MAXINT)
        MEMBER (self, guint, counts[i]) = (guint) value;
    }
  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      JsonNode *member = json_object_get_member (object, flags[i].name);

      if (member != NULL && JSON_NODE_HOLDS_VALUE (member) &&
          json_node_get_value_type (member) == G_TYPE_BOOLEAN)
        MEMBER (self, gboolean, flags[i]) = json_node_get_boolean (member);
    }
  array = granary_json_get_array (node, "environment");
  if (array != NULL)
    {
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          JsonNode *element = json_array_get_element (array, i);

          if (JSON_NODE_HOLDS_VALUE (element) &&
              json_node_get_value_type (element) == G_TYPE_STRING)
            g_strv_builder_add (builder, json_node_get_string (element));
        }
      self->environment = g_strv_builder_end (builder);
    }
  self->replicas = MAX (self->replicas, 1);

  return self;
}

/**
 * granary_publish_request_new:
 * @version_id: which version
 * @group_uid: (nullable): group that gets a new service
 * @name: (nullable): name of a new group, one of the two is given
 * @profile: how, copied
 *
 * Returns: (transfer full): a request
 */
GranaryPublishRequest *
granary_publish_request_new (gint64                       version_id,
                             const char                  *group_uid,
                             const char                  *name,
                             const GranaryPublishProfile *profile)
{
  GranaryPublishRequest *self;

  g_return_val_if_fail (version_id > 0, NULL);
  g_return_val_if_fail ((group_uid != NULL) != (name != NULL), NULL);
  g_return_val_if_fail (profile != NULL, NULL);

  self = g_new0 (GranaryPublishRequest, 1);
  self->version_id = version_id;
  self->group_uid = g_strdup (group_uid);
  self->name = g_strdup (name);
  self->profile = granary_publish_profile_copy (profile);

  return self;
}

GranaryPublishRequest *
granary_publish_request_copy (const GranaryPublishRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return granary_publish_request_new (self->version_id, self->group_uid, self->name,
                                      self->profile);
}

void
granary_publish_request_free (GranaryPublishRequest *self)
{
  if (self == NULL)
    return;

  g_free (self->group_uid);
  g_free (self->name);
  granary_publish_profile_free (self->profile);
  g_free (self);
}

/**
 * granary_service_name_check:
 * @name: a name for a service group
 * @error: return location
 *
 * Checks the platform's rule (CreateModelService, ServiceGroupName), which holds on this computer,
 * too, so that a service can move.
 *
 * Errors: %GRANARY_REASON_SERVICE_NAME_INVALID.
 *
 * Returns: whether it may be used
 */
gboolean
granary_service_name_check (const char  *name,
                            GError     **error)
{
  gsize length;
  gboolean fine;

  g_return_val_if_fail (name != NULL, FALSE);

  length = strlen (name);
  fine = length > 0 && length <= GRANARY_SERVICE_NAME_MAX && g_ascii_isalnum (name[0]);
  for (gsize i = 0; fine && i < length; i++)
    fine = g_ascii_isalnum (name[i]) || name[i] == '_' || name[i] == '-';
  if (!fine)
    {
      g_autofree char *shown = granary_display_path (name);

      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SERVICE_NAME_INVALID,
                         shown, "%s", shown);
    }

  return fine;
}

/**
 * granary_service_name_suggest:
 * @model_name: name of a model
 *
 * Returns: (transfer full): a name that passes granary_service_name_check() and is as like it as can
 *   be; `model` when nothing of it is left
 */
char *
granary_service_name_suggest (const char *model_name)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autofree char *decomposed = NULL;

  g_return_val_if_fail (model_name != NULL, NULL);

  /* Accents fall off as characters of their own; what is not Latin goes. */
  decomposed = g_utf8_normalize (model_name, -1, G_NORMALIZE_NFKD);
  for (const char *at = decomposed != NULL ? decomposed : model_name; *at != '\0'; at++)
    {
      char letter = *at;

      if (g_ascii_isspace (letter) || letter == '.')
        letter = '-';
      if (!g_ascii_isalnum (letter) && letter != '_' && letter != '-')
        continue;
      if (!g_ascii_isalnum (letter) &&
          (name->len == 0 || !g_ascii_isalnum (name->str[name->len - 1])))
        continue;
      g_string_append_c (name, letter);
    }
  g_string_truncate (name, MIN (name->len, GRANARY_SERVICE_NAME_MAX));
  while (name->len > 0 && !g_ascii_isalnum (name->str[name->len - 1]))
    g_string_truncate (name, name->len - 1);
  if (name->len == 0)
    g_string_append (name, "model");

  return g_string_free_and_steal (g_steal_pointer (&name));
}
