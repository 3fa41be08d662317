/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local-service-private.h"

#include "granary-error.h"
#include "granary-serviced-client.h"

/* After granary-serviced was lost with a request on its way, it is started again, which puts in
 * order what it finds, and the catalogue is read: nothing is asked for twice. */

static const char *const verbs[] = {
  [GRANARY_SERVICE_START] = "start",
  [GRANARY_SERVICE_STOP] = "stop",
  [GRANARY_SERVICE_UPDATE] = "update",
  [GRANARY_SERVICE_REMOVE] = "remove",
};

/* Auxiliary functions */

static gboolean
is_lost (const GError *error)
{
  return granary_error_matches_reason (error, GRANARY_REASON_CONNECTION_BROKEN) ||
         granary_error_matches_reason (error, GRANARY_REASON_NO_ANSWER_IN_TIME);
}

static void
set_unknown (const char  *verb,
             GError     **error)
{
  granary_set_error (error, GRANARY_ERROR_NETWORK, GRANARY_REASON_OUTCOME_UNKNOWN, verb,
                     "granary-serviced was lost while it did %s", verb);
}

static void
set_profile (JsonObject                  *arguments,
             const GranaryPublishProfile *profile)
{
  g_autofree char *text = NULL;

  if (profile == NULL)
    return;

  text = granary_publish_profile_to_json (profile);
  json_object_set_member (arguments, "profile", granary_json_parse (text, -1, "profile", NULL));
}

/* Whether another granary-serviced answers than the one that was lost: then that one has ended, and
 * with it whatever it was doing. */
static gboolean
has_ended (GranaryLocalStore *store,
           gint64             pid,
           GCancellable      *cancellable)
{
  g_autoptr (GranaryServicedClient) client = NULL;

  client = granary_serviced_client_open (store->root, cancellable, NULL);
  return client != NULL && granary_serviced_client_get_pid (client) != pid;
}

static void
set_ended (GranaryLocalStore  *store,
           const char         *verb,
           GError            **error)
{
  g_autofree char *shown = granary_display_path (store->root);

  granary_set_error (error, GRANARY_ERROR_BACKEND, GRANARY_REASON_SUPERVISOR_UNREACHABLE, shown,
                     "granary-serviced of %s ended while it did %s", shown, verb);
}

static GHashTable *
list_uids (GranaryLocalStore  *store,
           GError            **error)
{
  g_autoptr (GPtrArray) services = NULL;
  GHashTable *uids;

  services = granary_catalog_list_services (store->catalog, NULL, NULL, error);
  if (services == NULL)
    return NULL;

  uids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);

      g_hash_table_add (uids, g_strdup (service->uid));
    }

  return uids;
}

/* The service that came of a request whose answer was lost. */
static char *
find_published (GranaryLocalStore           *store,
                const GranaryPublishRequest *request,
                GHashTable                  *before)
{
  g_autoptr (GPtrArray) services = NULL;

  services = granary_catalog_list_services (store->catalog, NULL, NULL, NULL);
  for (guint i = 0; services != NULL && i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);

      if (service->version_id == request->version_id &&
          !g_hash_table_contains (before, service->uid) &&
          (request->group_uid != NULL ? g_strcmp0 (service->group_uid, request->group_uid) == 0
                                      : g_strcmp0 (service->name, request->name) == 0))
        return g_strdup (service->uid);
    }

  return NULL;
}

/* Whether the catalogue shows that it was done to what was @before. */
static gboolean
is_done (GranaryLocalStore    *store,
         const GranaryService *before,
         GranaryServiceAction  action)
{
  g_autoptr (GranaryService) now = NULL;
  g_autoptr (GError) error = NULL;

  now = granary_local_service_load (store, before->uid, &error);
  if (now == NULL)
    return action == GRANARY_SERVICE_REMOVE &&
           granary_error_matches_reason (error, GRANARY_REASON_SERVICE_MISSING);

  switch (action)
    {
    case GRANARY_SERVICE_START:
      return now->is_wanted && (!before->is_wanted || now->started != before->started);

    case GRANARY_SERVICE_STOP:
      return !now->is_wanted;

    case GRANARY_SERVICE_UPDATE:
      return now->is_wanted && now->files_as_of != before->files_as_of;

    case GRANARY_SERVICE_REMOVE:
    default:
      return FALSE;
    }
}

/* Public functions */

char *
granary_local_service_publish (GranaryLocalStore            *store,
                               const GranaryPublishRequest  *request,
                               GranaryTransfer              *transfer,
                               GError                      **error)
{
  GCancellable *cancellable = granary_transfer_get_cancellable (transfer);
  g_autoptr (JsonObject) arguments = json_object_new ();
  g_autoptr (GranaryServicedClient) client = NULL;
  g_autoptr (GHashTable) before = NULL;
  g_autoptr (JsonNode) result = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *found = NULL;
  const char *uid;

  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !granary_local_store_check (store, TRUE, error) ||
      (request->name != NULL && !granary_service_name_check (request->name, error)))
    return NULL;
  before = list_uids (store, error);
  if (before == NULL)
    return NULL;

  granary_transfer_set_state (transfer, GRANARY_TRANSFER_RUNNING);
  client = granary_serviced_client_open (store->root, cancellable, error);
  if (client == NULL)
    return NULL;

  json_object_set_int_member (arguments, "version_id", request->version_id);
  if (request->group_uid != NULL)
    json_object_set_string_member (arguments, "group_uid", request->group_uid);
  else
    json_object_set_string_member (arguments, "name", request->name);
  set_profile (arguments, request->profile);

  result = granary_serviced_client_call (client, "publish", arguments, cancellable, &local_error);
  granary_catalog_expect_changes (store->catalog);
  if (result != NULL)
    {
      uid = granary_json_get_string (result, "uid");
      if (uid != NULL)
        return g_strdup (uid);
      granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                         "publish", "granary-serviced did not say which service it made");
      return NULL;
    }
  if (!is_lost (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  if (has_ended (store, granary_serviced_client_get_pid (client), cancellable))
    {
      found = find_published (store, request, before);
      if (found == NULL)
        set_ended (store, "publish", error);
    }
  else
    {
      found = find_published (store, request, before);
      if (found == NULL)
        set_unknown ("publish", error);
    }

  return g_steal_pointer (&found);
}

gboolean
granary_local_service_act (GranaryLocalStore            *store,
                           const char                   *uid,
                           GranaryServiceAction          action,
                           const GranaryPublishProfile  *profile,
                           GCancellable                 *cancellable,
                           GError                      **error)
{
  g_autoptr (JsonObject) arguments = json_object_new ();
  g_autoptr (GranaryServicedClient) client = NULL;
  g_autoptr (GranaryService) before = NULL;
  g_autoptr (JsonNode) result = NULL;
  g_autoptr (GError) local_error = NULL;
  gboolean ended;

  if (!granary_local_store_check (store, TRUE, error))
    return FALSE;
  before = granary_local_service_load (store, uid, error);
  if (before == NULL)
    return FALSE;
  client = granary_serviced_client_open (store->root, cancellable, error);
  if (client == NULL)
    return FALSE;

  json_object_set_string_member (arguments, "uid", uid);
  if (action == GRANARY_SERVICE_START || action == GRANARY_SERVICE_UPDATE)
    set_profile (arguments, profile);
  result = granary_serviced_client_call (client, verbs[action], arguments, cancellable,
                                         &local_error);
  granary_catalog_expect_changes (store->catalog);
  if (result != NULL)
    return TRUE;
  if (!is_lost (local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  ended = has_ended (store, granary_serviced_client_get_pid (client), cancellable);
  if (is_done (store, before, action))
    return TRUE;

  if (ended)
    set_ended (store, verbs[action], error);
  else
    set_unknown (verbs[action], error);
  return FALSE;
}

/* What services do is told by granary-serviced. Where one is meant to run, or is said to, and none
 * is there, it was killed: starting it puts that right. */
gboolean
granary_local_service_refresh (GranaryLocalStore  *store,
                               GCancellable       *cancellable,
                               GError            **error)
{
  g_autoptr (GPtrArray) services = NULL;

  if (store->is_read_only)
    return TRUE;
  if (!granary_local_store_check (store, TRUE, error))
    return FALSE;
  services = granary_catalog_list_services (store->catalog, NULL, NULL, error);
  if (services == NULL)
    return FALSE;

  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);

      if (service->is_wanted || service->state == GRANARY_SERVICE_RUNNING ||
          service->state == GRANARY_SERVICE_STARTING ||
          service->state == GRANARY_SERVICE_STOPPING)
        {
          g_autoptr (GranaryServicedClient) client = NULL;

          client = granary_serviced_client_open (store->root, cancellable, error);
          return client != NULL;
        }
    }

  return TRUE;
}
