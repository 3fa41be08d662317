/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione-service-private.h"

#include <string.h>

#include "granary-tione-private.h"
#include "granary-tione-refresh-private.h"
#include "granary-tione-service-watch.h"

/* What can be done with a service. Source of the calls: cloud protocols, section 6.3. A write whose
 * answer got lost is looked for before it is sent again. */

#define MODIFY "ModifyModelService"
#define MAX_CALLS 3
/* Stopping what cannot be removed while it runs. */
#define MAX_STOP_LOOKS 20

typedef struct
{
  GranaryTionePlace           *place;
  GranaryService              *row;         /* (owned) */
  const GranaryPublishProfile *profile;     /* (nullable) */
  GCancellable                *cancellable; /* (nullable) */
} Act;

/* Auxiliary functions */

static gboolean
fail (Act            *self,
      GranaryError    code,
      GranaryReason   reason,
      const GError   *cause,
      GError        **error)
{
  GError *failure = NULL;

  granary_tione_fail (&failure, code, reason, self->row->name);
  if (cause != NULL && cause->domain == GRANARY_ERROR)
    granary_tione_take_details (failure, cause);
  g_propagate_error (error, failure);
  return FALSE;
}

/* The service as it is now, which goes into the mirror; SERVICE_MISSING when it went. */
static JsonNode *
load (Act              *self,
      GranaryService  **now,
      GError          **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonNode) node = granary_tione_load_service (self->place->api, self->row->uid,
                                                          self->cancellable, &local_error);

  if (node == NULL && granary_tione_is_missing (local_error))
    {
      if (granary_tione_forget_service (self->place->catalog, self->row->uid, error))
        fail (self, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING, local_error, error);
      return NULL;
    }
  if (node == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  *now = granary_tione_parse_service (node);
  if (*now == NULL)
    {
      granary_tione_set_malformed (error, "DescribeModelService");
      return NULL;
    }
  return g_steal_pointer (&node);
}

static JsonNode *
make_action (Act        *self,
             const char *action)
{
  JsonNode *body = granary_tione_body_of ("ServiceId", self->row->uid);

  json_object_set_string_member (json_node_get_object (body), "ServiceAction", action);
  return body;
}

static gboolean
is_in (GranaryServiceState state,
       GranaryServiceState one,
       GranaryServiceState other)
{
  return state == one || state == other;
}

/* Whether the version of the service is still there, as far as can be asked. */
static gboolean
is_version_gone (Act *self)
{
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  if (self->row->version_uid == NULL)
    return FALSE;
  version = granary_tione_load_version (self->place->api, self->row->version_uid,
                                        self->cancellable, &error);

  return version == NULL && granary_tione_is_gone (error);
}

/* What the platform said no to, in the words of services. */
static gboolean
fail_refused (Act           *self,
              gboolean       is_start,
              const GError  *refusal,
              GError       **error)
{
  const char *code = granary_error_get_remote_code (refusal);

  if (is_start && refusal->domain == GRANARY_ERROR && code != NULL &&
      (g_str_has_prefix (code, "ResourceNotFound") || g_str_has_prefix (code, "InvalidParameter")))
    {
      g_autoptr (GranaryService) now = NULL;
      g_autoptr (JsonNode) node = load (self, &now, error);

      if (node == NULL)
        return FALSE;
      if (is_version_gone (self))
        return fail (self, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_VERSION_DELETED, refusal,
                     error);
    }
  if (code != NULL && (strstr (code, "BalanceInsufficient") != NULL ||
                       strstr (code, "InsufficientBalance") != NULL))
    return fail (self, GRANARY_ERROR_QUOTA, GRANARY_REASON_BALANCE_LOW, refusal, error);
  if (code != NULL && (g_str_has_prefix (code, "UnsupportedOperation") ||
                       g_str_has_prefix (code, "ResourceInUse") ||
                       g_str_has_prefix (code, "ResourceUnavailable")))
    return fail (self, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SERVICE_STATE, refusal, error);

  g_propagate_error (error, g_error_copy (refusal));
  return FALSE;
}

/* Whether the answer of a write shows what was asked for, or another look does. @since: when the
 * write is an update, the time of the last change before it. */
static gboolean
is_done (const GranaryService *now,
         const char           *action,
         gint64                since)
{
  if (action == NULL)
    return now->started > since;
  if (g_str_equal (action, "STOP"))
    return is_in (now->state, GRANARY_SERVICE_STOPPING, GRANARY_SERVICE_STOPPED);

  return is_in (now->state, GRANARY_SERVICE_STARTING, GRANARY_SERVICE_RUNNING);
}

/* Sends @body until it is certain that it was taken. @answer: what the service is then, if it was
 * told. */
static gboolean
modify (Act             *self,
        JsonNode        *body,
        const char      *action,
        gint64           since,
        GranaryService **answer,
        GError         **error)
{
  *answer = NULL;
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;

  for (guint i = 0; i < MAX_CALLS; i++)
    {
      g_autoptr (GError) local_error = NULL;
      g_autoptr (JsonNode) told = NULL;
      g_autoptr (JsonNode) node = NULL;
      g_autoptr (GranaryService) now = NULL;

      /* Calling it off waits for the answer: one that starts costs money, and nobody would know. */
      told = granary_tione_write_call (self->place->api, MODIFY, body, self->place->closing,
                                       &local_error);
      if (told != NULL)
        {
          *answer = granary_tione_parse_service (granary_json_lookup (told, "Service"));
          return TRUE;
        }
      if (granary_error_is_cancelled (local_error))
        {
          /* Who knows whether it was taken. */
          granary_tione_watch_wake (self->place->watch, self->row->uid);
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      /* It may have been taken, or have been so before: the service itself tells. */
      if (granary_tione_is_open (local_error) ||
          granary_error_matches_reason (local_error, GRANARY_REASON_CALL_REFUSED))
        {
          gboolean is_open = granary_tione_is_open (local_error);

          node = load (self, &now, error);
          if (node == NULL)
            return FALSE;
          if ((is_open || action != NULL) && is_done (now, action, since))
            {
              *answer = g_steal_pointer (&now);
              return TRUE;
            }
          if (is_open && i + 1 < MAX_CALLS)
            {
              if (!granary_tione_wait (1 << i, self->cancellable, error))
                return FALSE;
              continue;
            }
          if (is_open)
            {
              granary_tione_set_not_done (error, MODIFY, local_error);
              return FALSE;
            }
        }
      return fail_refused (self, g_strcmp0 (action, "STOP") != 0, local_error, error);
    }

  g_assert_not_reached ();
}

/* The row follows at once; what becomes of it is seen by looking. */
static gboolean
record (Act                  *self,
        const GranaryService *answer,
        GranaryServiceState   state,
        gint64                as_of,
        GError              **error)
{
  g_autoptr (GranaryService) service = NULL;

  service = granary_service_copy (answer != NULL ? answer : self->row);
  if (service->group_uid == NULL)
    service->group_uid = g_strdup (self->row->group_uid);
  /* Some answers still tell the state before. */
  if (!is_in (service->state, state,
              state == GRANARY_SERVICE_STARTING ? GRANARY_SERVICE_RUNNING
                                                : GRANARY_SERVICE_STOPPED))
    {
      service->state = state;
      g_clear_pointer (&service->state_text, g_free);
    }
  service->is_wanted = state == GRANARY_SERVICE_STARTING;
  service->failure = GRANARY_SERVICE_FAILURE_NONE;
  g_clear_pointer (&service->failure_detail, g_free);
  if (as_of > 0)
    {
      g_free (service->profile);
      service->profile = self->profile != NULL ? granary_publish_profile_to_json (self->profile)
                                               : g_strdup (self->row->profile);
    }
  if (!granary_tione_record_service (self->place->catalog, service, as_of, error))
    return FALSE;

  granary_tione_watch_wake (self->place->watch, self->row->uid);
  return TRUE;
}

/* The actions */

static gboolean
stop (Act     *self,
      GError **error)
{
  g_autoptr (JsonNode) body = make_action (self, "STOP");
  g_autoptr (GranaryService) answer = NULL;

  return modify (self, body, "STOP", 0, &answer, error) &&
         record (self, answer, GRANARY_SERVICE_STOPPING, 0, error);
}

static gboolean
resume (Act     *self,
        gint64   as_of,
        GError **error)
{
  g_autoptr (JsonNode) body = make_action (self, "RESUME");
  g_autoptr (GranaryService) answer = NULL;

  return modify (self, body, "RESUME", 0, &answer, error) &&
         record (self, answer, GRANARY_SERVICE_STARTING, as_of, error);
}

static gboolean
is_up (const GranaryService *service)
{
  return is_in (service->state, GRANARY_SERVICE_STARTING, GRANARY_SERVICE_RUNNING);
}

/* What it costs to start one is asked about where the row says that it is stopped: one that was
 * stopped elsewhere meanwhile is not started along. */
static gboolean
check_still_up (Act                   *self,
                const GranaryService  *now,
                GError               **error)
{
  if (self->profile != NULL || !is_up (self->row) ||
      !is_in (now->state, GRANARY_SERVICE_STOPPED, GRANARY_SERVICE_STOPPING))
    return TRUE;

  if (!granary_tione_record_service (self->place->catalog, now, 0, error))
    return FALSE;
  granary_tione_watch_wake (self->place->watch, NULL);
  return fail (self, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SERVICE_STATE, NULL, error);
}

/* Nothing of it is changed but what is asked for; a stopped one is started with it. */
static gboolean
update (Act     *self,
        GError **error)
{
  g_autoptr (GranaryService) now = NULL;
  g_autoptr (GranaryService) answer = NULL;
  g_autoptr (JsonNode) node = load (self, &now, error);
  g_autoptr (JsonNode) body = NULL;
  gint64 as_of = g_get_real_time ();

  if (node == NULL || !check_still_up (self, now, error))
    return FALSE;
  body = granary_tione_update_body (self->row->uid, node, self->profile);
  if (!modify (self, body, NULL, now->started, &answer, error))
    return FALSE;
  if (is_in (now->state, GRANARY_SERVICE_STOPPED, GRANARY_SERVICE_STOPPING))
    return resume (self, as_of, error);

  return record (self, answer, GRANARY_SERVICE_STARTING, as_of, error);
}

static gboolean
start (Act     *self,
       GError **error)
{
  if (self->row->is_version_gone)
    return fail (self, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_VERSION_DELETED, NULL,
                 error);
  /* Starting takes no other settings along. */
  if (self->profile != NULL)
    return update (self, error);
  if (is_up (self->row))
    {
      g_autoptr (GranaryService) now = NULL;
      g_autoptr (JsonNode) node = load (self, &now, error);

      if (node == NULL || !check_still_up (self, now, error))
        return FALSE;
    }

  return resume (self, g_get_real_time (), error);
}

/* Removing */

static gboolean
delete_once (Act         *self,
             const char  *action,
             const char  *name,
             const char  *uid,
             GError     **error)
{
  g_autoptr (JsonNode) body = granary_tione_body_of (name, uid);
  g_autoptr (JsonNode) answer = granary_tione_write_call (self->place->api, action, body,
                                                          self->cancellable, error);

  return answer != NULL;
}

static gboolean
wait_until_stopped (Act     *self,
                    GError **error)
{
  for (guint i = 0; i < MAX_STOP_LOOKS; i++)
    {
      g_autoptr (GranaryService) now = NULL;
      g_autoptr (JsonNode) node = NULL;

      if (!granary_tione_wait (MIN (1 + i, 5), self->cancellable, error))
        return FALSE;
      node = load (self, &now, error);
      if (node == NULL)
        return FALSE;
      if (!is_in (now->state, GRANARY_SERVICE_STOPPING, GRANARY_SERVICE_STARTING) &&
          now->state != GRANARY_SERVICE_RUNNING)
        return TRUE;
    }

  return fail (self, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SERVICE_STATE, NULL, error);
}

/* Whether it still is there after a call of which nobody knows how it ended. */
static gboolean
look_whether_there (Act       *self,
                    gboolean  *is_there,
                    GError   **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (JsonNode) node = granary_tione_load_service (self->place->api, self->row->uid,
                                                          self->cancellable, &local_error);

  *is_there = node != NULL;
  if (node != NULL || granary_tione_is_missing (local_error))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
delete_service (Act     *self,
                GError **error)
{
  gboolean was_stopped = FALSE;

  for (guint i = 0; i < MAX_CALLS; i++)
    {
      g_autoptr (GError) local_error = NULL;
      gboolean is_there;

      if (delete_once (self, "DeleteModelService", "ServiceId", self->row->uid, &local_error) ||
          granary_tione_is_missing (local_error))
        return TRUE;
      if (granary_error_is_cancelled (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (granary_tione_is_open (local_error))
        {
          if (!look_whether_there (self, &is_there, error))
            return FALSE;
          if (!is_there)
            return TRUE;
          if (i + 1 == MAX_CALLS)
            {
              granary_tione_set_not_done (error, "DeleteModelService", local_error);
              return FALSE;
            }
          if (!granary_tione_wait (1 << i, self->cancellable, error))
            return FALSE;
          continue;
        }

      /* Some only go once they have stopped. */
      if (!was_stopped && i + 1 < MAX_CALLS &&
          (g_error_matches (local_error, GRANARY_ERROR, GRANARY_ERROR_CONFLICT) ||
           g_error_matches (local_error, GRANARY_ERROR, GRANARY_ERROR_UNSUPPORTED)) &&
          !is_in (self->row->state, GRANARY_SERVICE_STOPPED, GRANARY_SERVICE_FAILED))
        {
          was_stopped = TRUE;
          if (!stop (self, error) || !wait_until_stopped (self, error))
            return FALSE;
          continue;
        }
      return fail_refused (self, FALSE, local_error, error);
    }

  g_assert_not_reached ();
}

/* A group that is left with nothing goes too; one that got something meanwhile stays. */
static void
delete_empty_group (Act *self)
{
  GranaryApiCall call = { GRANARY_CLOUD_TIONE, "DescribeModelServiceGroup", FALSE, NULL };
  g_autoptr (JsonNode) body = NULL;
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;
  JsonNode *group;
  JsonArray *services;
  gint64 count = 0;

  if (self->row->group_uid == NULL)
    return;

  body = granary_tione_body_of ("ServiceGroupId", self->row->group_uid);
  answer = granary_api_call (self->place->api, &call, body, self->cancellable, &error);
  group = granary_json_lookup (answer, "ServiceGroup");
  services = granary_json_get_array (group, "Services");
  if (group != NULL && (services == NULL || json_array_get_length (services) == 0) &&
      (!granary_json_get_int (group, "ServiceCount", &count) || count == 0))
    delete_once (self, "DeleteModelServiceGroup", "ServiceGroupId", self->row->group_uid, &error);
  if (error != NULL && !granary_tione_is_missing (error))
    g_debug ("an empty group stays: %s", error->message);
}

static gboolean
remove_service (Act     *self,
                GError **error)
{
  if (!delete_service (self, error))
    return FALSE;

  delete_empty_group (self);
  return granary_tione_forget_service (self->place->catalog, self->row->uid, error);
}

/* Functions of the host */

JsonNode *
granary_tione_load_service (GranaryApi    *api,
                            const char    *uid,
                            GCancellable  *cancellable,
                            GError       **error)
{
  GranaryApiCall call = { GRANARY_CLOUD_TIONE, "DescribeModelService", FALSE, NULL };
  g_autoptr (JsonNode) body = granary_tione_body_of ("ServiceId", uid);
  g_autoptr (JsonNode) answer = granary_api_call (api, &call, body, cancellable, error);
  JsonNode *service = granary_json_lookup (answer, "Service");

  if (answer == NULL)
    return NULL;
  if (service == NULL || !JSON_NODE_HOLDS_OBJECT (service))
    {
      granary_tione_set_malformed (error, call.action);
      return NULL;
    }

  return json_node_copy (service);
}

gboolean
granary_tione_act (GranaryTionePlace            *place,
                   const char                   *uid,
                   GranaryServiceAction          action,
                   const GranaryPublishProfile  *profile,
                   GCancellable                 *cancellable,
                   GError                      **error)
{
  Act self = { .place = place, .profile = profile, .cancellable = cancellable };
  g_autoptr (GranaryService) row = granary_tione_find_service (place->catalog, uid, error);

  if (row == NULL)
    return FALSE;

  self.row = row;
  switch (action)
    {
    case GRANARY_SERVICE_START:
      return start (&self, error);

    case GRANARY_SERVICE_STOP:
      return stop (&self, error);

    case GRANARY_SERVICE_UPDATE:
      if (row->is_version_gone)
        return fail (&self, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_VERSION_DELETED, NULL,
                     error);
      return update (&self, error);

    case GRANARY_SERVICE_REMOVE:
      return remove_service (&self, error);

    default:
      g_assert_not_reached ();
    }
}
