/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-service.h"

#include "granary-json.h"

G_DEFINE_BOXED_TYPE (GranaryService, granary_service, granary_service_ref, granary_service_unref)

static const char *const state_ids[GRANARY_N_SERVICE_STATES] = {
  [GRANARY_SERVICE_UNKNOWN] = "unknown",
  [GRANARY_SERVICE_STARTING] = "starting",
  [GRANARY_SERVICE_RUNNING] = "running",
  [GRANARY_SERVICE_STOPPING] = "stopping",
  [GRANARY_SERVICE_STOPPED] = "stopped",
  [GRANARY_SERVICE_FAILED] = "failed",
};

static const char *const failure_ids[GRANARY_N_SERVICE_FAILURES] = {
  [GRANARY_SERVICE_FAILURE_NONE] = "none",
  [GRANARY_SERVICE_FAILURE_PLATFORM] = "platform",
  [GRANARY_SERVICE_FAILURE_PYTHON] = "python",
  [GRANARY_SERVICE_FAILURE_SANDBOX] = "sandbox",
  [GRANARY_SERVICE_FAILURE_FILES] = "files",
  [GRANARY_SERVICE_FAILURE_HANDLER] = "handler",
  [GRANARY_SERVICE_FAILURE_REQUIREMENTS] = "requirements",
  [GRANARY_SERVICE_FAILURE_INSTALL] = "install",
  [GRANARY_SERVICE_FAILURE_IMPORT] = "import",
  [GRANARY_SERVICE_FAILURE_LOAD] = "load",
  [GRANARY_SERVICE_FAILURE_TIMEOUT] = "timeout",
  [GRANARY_SERVICE_FAILURE_STUCK] = "stuck",
  [GRANARY_SERVICE_FAILURE_MEMORY] = "memory",
  [GRANARY_SERVICE_FAILURE_EXITED] = "exited",
  [GRANARY_SERVICE_FAILURE_KILLED] = "killed",
  [GRANARY_SERVICE_FAILURE_PORT] = "port",
  [GRANARY_SERVICE_FAILURE_DISK] = "disk",
  [GRANARY_SERVICE_FAILURE_ARREARS] = "arrears",
};

/* Auxiliary functions */

static gboolean
find_id (const char         *id,
         const char *const  *ids,
         guint               n_ids,
         guint              *found)
{
  for (guint i = 0; id != NULL && i < n_ids; i++)
    {
      if (g_str_equal (ids[i], id))
        {
          *found = i;
          return TRUE;
        }
    }

  return FALSE;
}

static void
granary_service_clear (gpointer data)
{
  GranaryService *self = data;

  g_free (self->uid);
  g_free (self->group_uid);
  g_free (self->name);
  g_free (self->model_uid);
  g_free (self->version_uid);
  g_free (self->model_name);
  g_free (self->state_text);
  g_free (self->url);
  g_free (self->failure_detail);
  g_free (self->profile);
}

/* Public functions */

/**
 * granary_service_new:
 *
 * Returns: (transfer full): a service to be filled by its maker before anyone else sees it
 */
GranaryService *
granary_service_new (void)
{
  GranaryService *self = g_atomic_rc_box_new0 (GranaryService);

  self->replicas = -1;
  self->available = -1;
  self->weight = -1;

  return self;
}

/**
 * granary_service_copy:
 * @self: a service
 *
 * Returns: (transfer full): another with the same content, which its maker may change until it is
 *   handed on
 */
GranaryService *
granary_service_copy (const GranaryService *self)
{
  GranaryService *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = granary_service_new ();
  *copy = *self;
  copy->uid = g_strdup (self->uid);
  copy->group_uid = g_strdup (self->group_uid);
  copy->name = g_strdup (self->name);
  copy->model_uid = g_strdup (self->model_uid);
  copy->version_uid = g_strdup (self->version_uid);
  copy->model_name = g_strdup (self->model_name);
  copy->state_text = g_strdup (self->state_text);
  copy->url = g_strdup (self->url);
  copy->failure_detail = g_strdup (self->failure_detail);
  copy->profile = g_strdup (self->profile);

  return copy;
}

GranaryService *
granary_service_ref (GranaryService *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

void
granary_service_unref (GranaryService *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, granary_service_clear);
}

/**
 * granary_service_get_weight:
 * @self: a service
 *
 * Returns: percent of its group's requests that it gets, -1 unknown; it can only be looked at
 */
int
granary_service_get_weight (const GranaryService *self)
{
  g_autoptr (JsonNode) profile = NULL;
  gint64 weight;

  g_return_val_if_fail (self != NULL, -1);

  if (self->profile == NULL)
    return -1;

  profile = granary_json_parse (self->profile, -1, NULL, NULL);
  return granary_json_get_int (profile, "weight", &weight) && weight >= 0 && weight <= 100
         ? (int) weight : -1;
}

/**
 * granary_service_state_to_id:
 * @state: what a service is doing
 *
 * Returns: its stored form
 */
const char *
granary_service_state_to_id (GranaryServiceState state)
{
  g_return_val_if_fail ((guint) state < GRANARY_N_SERVICE_STATES, NULL);

  return state_ids[state];
}

/**
 * granary_service_state_from_id:
 * @id: (nullable): stored form
 * @state: (out): what it means
 *
 * Returns: whether it is known
 */
gboolean
granary_service_state_from_id (const char          *id,
                               GranaryServiceState *state)
{
  guint found;

  g_return_val_if_fail (state != NULL, FALSE);

  if (!find_id (id, state_ids, GRANARY_N_SERVICE_STATES, &found))
    return FALSE;

  *state = found;
  return TRUE;
}

/**
 * granary_service_failure_to_id:
 * @failure: why a service does not run
 *
 * Returns: its stored form
 */
const char *
granary_service_failure_to_id (GranaryServiceFailure failure)
{
  g_return_val_if_fail ((guint) failure < GRANARY_N_SERVICE_FAILURES, NULL);

  return failure_ids[failure];
}

/**
 * granary_service_failure_from_id:
 * @id: (nullable): stored form
 * @failure: (out): what it means
 *
 * Returns: whether it is known
 */
gboolean
granary_service_failure_from_id (const char            *id,
                                 GranaryServiceFailure *failure)
{
  guint found;

  g_return_val_if_fail (failure != NULL, FALSE);

  if (!find_id (id, failure_ids, GRANARY_N_SERVICE_FAILURES, &found))
    return FALSE;

  *failure = found;
  return TRUE;
}
