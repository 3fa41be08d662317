/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-service.h"

G_DEFINE_BOXED_TYPE (GranaryService, granary_service, granary_service_ref, granary_service_unref)

static const char *const state_ids[GRANARY_N_SERVICE_STATES] = {
  [GRANARY_SERVICE_UNKNOWN] = "unknown",
  [GRANARY_SERVICE_STARTING] = "starting",
  [GRANARY_SERVICE_RUNNING] = "running",
  [GRANARY_SERVICE_STOPPING] = "stopping",
  [GRANARY_SERVICE_STOPPED] = "stopped",
  [GRANARY_SERVICE_FAILED] = "failed",
};

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
}

/**
 * granary_service_new:
 *
 * Returns: (transfer full): a service to be filled by its maker before anyone else sees it
 */
GranaryService *
granary_service_new (void)
{
  return g_atomic_rc_box_new0 (GranaryService);
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
  g_return_val_if_fail (state != NULL, FALSE);

  for (guint i = 0; id != NULL && i < GRANARY_N_SERVICE_STATES; i++)
    {
      if (g_str_equal (state_ids[i], id))
        {
          *state = i;
          return TRUE;
        }
    }

  return FALSE;
}
