/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-service-private.h"

#include <string.h>

#include "granary-tione-private.h"
#include "granary-tione-service-watch.h"

/* CreateModelService cannot be repeated: two calls make two services, and both cost money. Whoever
 * does not know how it ended looks for a service that was not there before. */

#define CREATE "CreateModelService"
#define GROUPS "DescribeModelServiceGroups"
#define MAX_LOOKS 4

typedef struct
{
  GranaryTionePlace           *place;
  const GranaryPublishRequest *request;
  GranaryVersion              *version;     /* (owned) */
  char                        *subject;     /* (owned) */
  JsonNode                    *record;      /* (owned): of the version, as the platform has it */
  JsonNode                    *image;       /* (owned) */
  GHashTable                  *known;       /* (owned) (nullable): ids of services before, a set;
                                             * NULL when nobody may list them */
  GCancellable                *cancellable; /* (unowned) */
} Publish;

static void
publish_clear (Publish *self)
{
  g_clear_pointer (&self->version, granary_version_unref);
  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->record, json_node_unref);
  g_clear_pointer (&self->image, json_node_unref);
  g_clear_pointer (&self->known, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Publish, publish_clear)

/* What can be refused at once */

static gboolean
is_set (const char *text)
{
  return text != NULL && *text != '\0';
}

static gboolean
check_request (Publish  *self,
               GError  **error)
{
  const GranaryPublishProfile *profile = self->request->profile;
  gboolean is_prepaid = g_strcmp0 (profile->charge_type, GRANARY_CHARGE_PREPAID) == 0;

  if (self->request->group_uid == NULL &&
      !granary_service_name_check (self->request->name != NULL ? self->request->name : "", error))
    return FALSE;
  if (is_prepaid ? !is_set (profile->resource_group) || profile->cpu <= 0 || profile->memory <= 0
                 : !is_set (profile->instance_type))
    return granary_tione_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SPEC_UNSET,
                               self->subject);

  return TRUE;
}

/* Postpaid services cost what is asked now: it must be what was agreed to. */
static gboolean
check_price (Publish  *self,
             GError  **error)
{
  const GranaryPublishProfile *profile = self->request->profile;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *shown = NULL;
  gint64 price;

  if (g_strcmp0 (profile->charge_type, GRANARY_CHARGE_PREPAID) == 0)
    return TRUE;
  if (!granary_tione_check_spec (self->place, profile, self->cancellable, error))
    return FALSE;

  price = granary_tione_quote (self->place, profile, self->cancellable, &local_error);
  if (price >= 0 && price == profile->price)
    return TRUE;
  if (price < 0 && !granary_error_matches_reason (local_error, GRANARY_REASON_PRICE_UNKNOWN))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (price < 0 && profile->price == GRANARY_PRICE_ANY)
    return TRUE;

  shown = price >= 0
          ? g_strdup_printf ("%s × %u: ¥%" G_GINT64_FORMAT ".%02d/h", profile->instance_type,
                             MAX (profile->replicas, 1), price / 100, (int) (price % 100))
          : g_strdup_printf ("%s × %u", profile->instance_type, MAX (profile->replicas, 1));
  return granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_PRICE_UNCONFIRMED,
                             shown);
}

static gboolean
load_record (Publish  *self,
             GError  **error)
{
  g_autoptr (JsonNode) body = granary_tione_body_of ("TrainingModelVersionId",
                                                     self->version->uid != NULL
                                                     ? self->version->uid : "");
  GranaryApiCall call = { GRANARY_CLOUD_TIONE, "DescribeTrainingModelVersion", FALSE, NULL };
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonNode) answer = granary_api_call (self->place->api, &call, body,
                                                  self->cancellable, &local_error);
  g_autoptr (GranaryVersion) now = NULL;

  if (answer == NULL && granary_tione_is_missing (local_error))
    return granary_tione_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_VERSION_MISSING,
                               self->subject);
  if (answer == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  now = granary_tione_parse_version (granary_json_lookup (answer, "TrainingModelVersion"));
  if (now == NULL)
    {
      granary_tione_set_malformed (error, call.action);
      return FALSE;
    }
  if (now->status != GRANARY_STATUS_READY)
    return granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_VERSION_NOT_READY,
                               self->subject);
  self->record = json_node_copy (granary_json_lookup (answer, "TrainingModelVersion"));
  self->image = granary_tione_version_image (self->record);
  if (self->image == NULL)
    return granary_tione_fail (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_ENVIRONMENT_UNSET,
                               self->subject);

  return TRUE;
}

/* The group, before and after */

/* The services of the group that is meant, %NULL when there is no such group. A filter of one value
 * also finds names that only contain it. */
static gboolean
load_group (Publish    *self,
            JsonNode  **group,
            GError    **error)
{
  const char *name = self->request->group_uid != NULL ? "ServiceGroupId" : "ServiceGroupName";
  const char *value = self->request->group_uid != NULL ? self->request->group_uid
                                                       : self->request->name;
  gint64 offset = 0;
  gint64 total = 1;

  *group = NULL;
  while (offset < total && *group == NULL)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      g_autoptr (JsonNode) answer = NULL;
      JsonArray *list;
      guint n;

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "Offset");
      json_builder_add_int_value (builder, offset);
      json_builder_set_member_name (builder, "Limit");
      json_builder_add_int_value (builder, 100);
      json_builder_set_member_name (builder, "Filters");
      json_builder_begin_array (builder);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "Name");
      json_builder_add_string_value (builder, name);
      json_builder_set_member_name (builder, "Values");
      json_builder_begin_array (builder);
      json_builder_add_string_value (builder, value);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
      answer = granary_tione_call (self->place->api, GRANARY_CLOUD_TIONE, GROUPS, builder,
                                   self->place->closing, error);
      if (answer == NULL || !granary_tione_get_list (answer, "ServiceGroups", GROUPS, &list, error))
        return FALSE;

      n = list != NULL ? json_array_get_length (list) : 0;
      for (guint i = 0; i < n && *group == NULL; i++)
        {
          JsonNode *node = json_array_get_element (list, i);

          if (g_strcmp0 (granary_json_get_string (node, name), value) == 0)
            *group = json_node_copy (node);
        }
      offset += n;
      if (n == 0 || !granary_json_get_int (answer, "TotalCount", &total))
        total = offset;
    }

  return TRUE;
}

static gboolean
look_before (Publish  *self,
             GError  **error)
{
  g_autoptr (JsonNode) group = NULL;
  g_autoptr (GError) local_error = NULL;
  JsonArray *services;

  if (!load_group (self, &group, &local_error))
    {
      /* Who may not list services may still make one. */
      if (granary_tione_is_refused (local_error))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (group != NULL && self->request->group_uid == NULL)
    return granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SERVICE_NAME_TAKEN,
                               self->request->name);
  if (group == NULL && self->request->group_uid != NULL)
    return granary_tione_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING,
                               self->request->group_uid);

  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  services = granary_json_get_array (group, "Services");
  for (guint i = 0; services != NULL && i < json_array_get_length (services); i++)
    {
      const char *uid = granary_json_get_string (json_array_get_element (services, i), "ServiceId");

      if (uid != NULL)
        g_hash_table_add (self->known, g_strdup (uid));
    }

  return TRUE;
}

/* The service that was made since, of this version. */
static JsonNode *
find_new (Publish  *self,
          JsonNode *group)
{
  JsonArray *services = granary_json_get_array (group, "Services");
  g_autoptr (JsonNode) body = granary_tione_create_body (self->request, self->record, self->image);
  const char *wanted = granary_json_get_string (body, "ModelInfo.ModelVersionId");

  for (guint i = 0; services != NULL && i < json_array_get_length (services); i++)
    {
      JsonNode *node = json_array_get_element (services, i);
      const char *uid = granary_json_get_string (node, "ServiceId");
      const char *version = granary_json_get_string (node, "ServiceInfo.ModelInfo.ModelVersionId");

      if (uid != NULL && !g_hash_table_contains (self->known, uid) &&
          g_strcmp0 (version, wanted) == 0)
        return json_node_copy (node);
    }

  return NULL;
}

static gboolean
has_word (const GError *error,
          const char   *word)
{
  const char *code = granary_error_get_remote_code (error);

  return code != NULL && strstr (code, word) != NULL;
}

/* A call whose answer got lost may still be worked on; it is never sent again. */
static JsonNode *
look_after (Publish       *self,
            const GError  *lost,
            GError       **error)
{
  GError *failure = NULL;
  /* Without what was there before, one of that might be taken for the new one. */
  gboolean is_seen = self->known != NULL;

  for (guint i = 0; self->known != NULL && i < MAX_LOOKS; i++)
    {
      g_autoptr (JsonNode) group = NULL;
      g_autoptr (GError) local_error = NULL;
      JsonNode *service = NULL;

      if (i > 0 && !granary_tione_wait (i, self->place->closing, NULL))
        break;
      if (!load_group (self, &group, &local_error))
        {
          g_debug ("looking for the service: %s", local_error->message);
          is_seen = FALSE;
          continue;
        }
      if (group != NULL)
        service = find_new (self, group);
      if (service != NULL)
        return service;
    }

  /* Here the platform itself says that it failed, and nothing speaks against it. */
  if (lost != NULL && is_seen && has_word (lost, "FailedOperation"))
    {
      g_propagate_error (error, g_error_copy (lost));
      return NULL;
    }

  granary_set_error (&failure, GRANARY_ERROR_BACKEND, GRANARY_REASON_OUTCOME_UNKNOWN, CREATE,
                     "a service of %s may have been made", self->subject);
  if (lost != NULL)
    granary_tione_take_details (failure, lost);
  g_propagate_error (error, failure);
  return NULL;
}

/* The call */

/* In the words of publishing, with what the platform said. */
static void
fail_refused (Publish       *self,
              const GError  *refusal,
              GError       **error)
{
  const GranaryPublishProfile *profile = self->request->profile;
  g_autoptr (GError) failure = NULL;

  if (has_word (refusal, "DuplicateName"))
    granary_tione_fail (&failure, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SERVICE_NAME_TAKEN,
                        self->request->name != NULL ? self->request->name : self->subject);
  else if (has_word (refusal, "BalanceInsufficient") || has_word (refusal, "InsufficientBalance"))
    granary_tione_fail (&failure, GRANARY_ERROR_QUOTA, GRANARY_REASON_BALANCE_LOW, self->subject);
  else if (is_set (profile->instance_type) && !has_word (refusal, "Quota") &&
           g_strcmp0 (profile->charge_type, GRANARY_CHARGE_PREPAID) != 0 &&
           (has_word (refusal, "ResourceInsufficient") || has_word (refusal, "SoldOut")))
    granary_tione_fail (&failure, GRANARY_ERROR_QUOTA, GRANARY_REASON_SPEC_SOLD_OUT,
                        profile->instance_type);
  else
    failure = g_error_copy (refusal);

  if (failure->domain == GRANARY_ERROR)
    granary_tione_take_details (failure, refusal);
  g_propagate_error (error, g_steal_pointer (&failure));
}

static JsonNode *
create (Publish  *self,
        GError  **error)
{
  g_autoptr (JsonNode) body = granary_tione_create_body (self->request, self->record, self->image);
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *uid = NULL;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return NULL;

  /* Calling it off waits for the answer: otherwise nobody would know what there is to take away. */
  answer = granary_tione_write_call (self->place->api, CREATE, body, self->place->closing,
                                     &local_error);
  uid = granary_tione_dup_text (answer, "Service.ServiceId");
  if (uid != NULL)
    return json_node_copy (granary_json_lookup (answer, "Service"));
  if (answer != NULL || granary_tione_is_open (local_error))
    return look_after (self, local_error, error);

  fail_refused (self, local_error, error);
  return NULL;
}

/* It was called off while the platform made it. One that cannot be taken away is there and costs
 * money: that is no failure to make it. */
static gboolean
take_back (Publish          *self,
           GranaryService   *service,
           GranaryTransfer  *transfer,
           GError          **error)
{
  g_autoptr (GError) local_error = NULL;

  if (!g_cancellable_is_cancelled (self->cancellable))
    return TRUE;

  if (!granary_tione_act (self->place, service->uid, GRANARY_SERVICE_REMOVE, NULL,
                          self->place->closing, &local_error))
    {
      granary_transfer_add_warning (transfer, local_error);
      return TRUE;
    }

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "called off");
  return FALSE;
}

/* A price that nobody knew is agreed to each time. */
static char *
dup_profile (const GranaryPublishProfile *profile)
{
  g_autoptr (GranaryPublishProfile) kept = granary_publish_profile_copy (profile);

  if (kept->price == GRANARY_PRICE_ANY)
    kept->price = -1;
  return granary_publish_profile_to_json (kept);
}

static char *
publish (Publish          *self,
         GranaryTransfer  *transfer,
         GError          **error)
{
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (JsonNode) made = NULL;
  g_autoptr (GError) local_error = NULL;
  gint64 now;

  if (!check_request (self, error))
    return NULL;
  granary_transfer_set_state (transfer, GRANARY_TRANSFER_RUNNING);
  if (!check_price (self, error) || !load_record (self, error) || !look_before (self, error))
    return NULL;

  /* Files that change from here on may not be in it. */
  now = g_get_real_time ();
  granary_transfer_set_state (transfer, GRANARY_TRANSFER_FINISHING);
  made = create (self, error);
  if (made == NULL)
    return NULL;

  service = granary_tione_parse_service (made);
  if (service == NULL)
    {
      granary_tione_set_malformed (error, CREATE);
      return NULL;
    }
  if (service->state == GRANARY_SERVICE_UNKNOWN)
    service->state = GRANARY_SERVICE_STARTING;
  service->is_wanted = TRUE;
  g_set_str (&service->model_uid, self->version->model_uid);
  g_set_str (&service->version_uid, self->version->uid);
  service->version_number = self->version->number;
  g_free (service->profile);
  service->profile = dup_profile (self->request->profile);

  /* It is there, whether or not it could be written down; the next refresh finds it. */
  if (!granary_tione_record_service (self->place->catalog, service, now, &local_error))
    granary_transfer_add_warning (transfer, local_error);
  if (!take_back (self, service, transfer, error))
    return NULL;

  granary_tione_watch_wake (self->place->watch, service->uid);
  return g_strdup (service->uid);
}

/* Functions of the host */

JsonNode *
granary_tione_write_call (GranaryApi    *api,
                          const char    *action,
                          JsonNode      *body,
                          GCancellable  *cancellable,
                          GError       **error)
{
  GranaryApiCall call = { GRANARY_CLOUD_TIONE, action, TRUE, NULL };

  return granary_api_call (api, &call, body, cancellable, error);
}

char *
granary_tione_publish (GranaryTionePlace            *place,
                       const GranaryPublishRequest  *request,
                       GranaryTransfer              *transfer,
                       GError                      **error)
{
  g_auto (Publish) self = { .place = place, .request = request };
  char *uid;

  self.cancellable = granary_transfer_get_cancellable (transfer);
  self.version = granary_tione_place_load_ready (place, request->version_id, error);
  if (self.version == NULL)
    return NULL;
  self.subject = granary_tione_subject (self.version->model_name, self.version->number, NULL);
  granary_transfer_set_subject (transfer, self.subject);
  granary_transfer_set_target (transfer, self.version->model_id, self.version->id);

  if (!granary_tione_busy_begin_publish (place->busy, self.version->model_id, self.version->id))
    {
      granary_tione_fail (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_BUSY, self.subject);
      return NULL;
    }
  uid = publish (&self, transfer, error);
  granary_tione_busy_end_publish (place->busy, self.version->id);

  return uid;
}
