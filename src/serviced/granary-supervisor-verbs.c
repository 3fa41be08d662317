/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-supervisor-private.h"

#include "granary-error.h"
#include "granary-service-publish.h"
#include "granary-service-records.h"

/* Auxiliary functions */

static void
set_missing (const char  *uid,
             GError     **error)
{
  g_autofree char *shown = granary_display_path (uid);

  granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING, shown,
                     "no service %s", shown);
}

static gboolean
check_open (GranarySupervisor  *self,
            GError            **error)
{
  g_autofree char *shown = NULL;

  if (!self->is_closing)
    return TRUE;

  shown = granary_display_path (self->store->root);
  granary_set_error (error, GRANARY_ERROR_BACKEND, GRANARY_REASON_SUPERVISOR_UNREACHABLE, shown,
                     "the services of %s are ending", shown);
  return FALSE;
}

/* Returns: (transfer none) (nullable): what is asked to do something; NULL with an error */
static GranaryServiceUnit *
find_unit (GranarySupervisor  *self,
           const char         *uid,
           GError            **error)
{
  GranaryServiceUnit *unit = g_hash_table_lookup (self->units, uid);

  if (!check_open (self, error))
    return NULL;

  if (unit == NULL || granary_service_unit_is_removing (unit))
    {
      set_missing (uid, error);
      return NULL;
    }

  return unit;
}

/* Publishing */

static gboolean
publish_work (GranarySupervisorJob  *job,
              GCancellable          *cancellable,
              GError               **error)
{
  job->row = granary_service_publish (job->store, job->request, cancellable, &job->port, error);
  return job->row != NULL;
}

static void
publish_done (GranarySupervisor    *self,
              GranarySupervisorJob *job,
              gboolean              is_done)
{
  GranaryServiceUnit *unit;

  if (!is_done)
    return;

  unit = granary_supervisor_add_unit (self, job->row, g_steal_pointer (&job->port));
  if (self->is_closing)
    granary_service_unit_close (unit);
  else
    granary_service_unit_start (unit, job->row, 0);
}

/* Starting, updating and removing */

static gboolean
act_work (GranarySupervisorJob  *job,
          GCancellable          *cancellable,
          GError               **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  job->row = job->action == GRANARY_SERVICE_UPDATE
             ? granary_service_publish_update (job->store, job->uid, job->profile, cancellable,
                                               error)
             : granary_service_records_start (job->store, job->uid, job->profile, error);
  return job->row != NULL;
}

static void
act_done (GranarySupervisor    *self,
          GranarySupervisorJob *job,
          gboolean              is_done)
{
  if (is_done)
    granary_service_unit_start (job->unit, job->row, job->n_stops);
}

static gboolean
remove_work (GranarySupervisorJob  *job,
             GCancellable          *cancellable,
             GError               **error)
{
  return granary_service_records_remove (job->store, job->row, error);
}

static void
remove_done (GranarySupervisor    *self,
             GranarySupervisorJob *job,
             gboolean              is_done)
{
  if (is_done)
    g_hash_table_remove (self->units, job->uid);
  else
    /* It is still there, stopped. */
    granary_service_unit_set_removing (job->unit, FALSE);
}

/* Public functions */

/**
 * granary_supervisor_publish_async:
 * @self: a supervisor
 * @request: what and how; copied
 * @cancellable: (nullable): calls it off; nothing is left then
 * @callback: called when done
 * @user_data: for @callback
 *
 * Makes a service of a version. Done once it is recorded and on its way.
 */
void
granary_supervisor_publish_async (GranarySupervisor           *self,
                                  const GranaryPublishRequest *request,
                                  GCancellable                *cancellable,
                                  GAsyncReadyCallback          callback,
                                  gpointer                     user_data)
{
  g_autoptr (GTask) task = NULL;
  GranarySupervisorJob *job;
  GError *error = NULL;

  g_return_if_fail (GRANARY_IS_SUPERVISOR (self));
  g_return_if_fail (request != NULL);

  task = granary_supervisor_begin_job (self, granary_supervisor_publish_async, callback, user_data,
                                       &job);
  job->request = granary_publish_request_copy (request);
  job->cancellable = cancellable != NULL ? g_object_ref (cancellable) : g_cancellable_new ();
  job->work = publish_work;
  job->done = publish_done;
  if (check_open (self, &error))
    granary_supervisor_run_job (self, task);
  else
    granary_supervisor_end_job (self, task, error);
}

char *
granary_supervisor_publish_finish (GranarySupervisor  *self,
                                   GAsyncResult       *result,
                                   GError            **error)
{
  GranarySupervisorJob *job;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  job = g_task_get_task_data (G_TASK (result));
  return g_strdup (job->row->uid);
}

/**
 * granary_supervisor_act_async:
 * @self: a supervisor
 * @uid: id of a service
 * @action: what to do
 * @profile: (nullable): for starting and updating: run with this from now on; copied
 * @callback: called when done
 * @user_data: for @callback
 *
 * Done once it is on its way; a removal, once it is gone. One that runs is not started, one that
 * does not is not stopped; neither is an error.
 */
void
granary_supervisor_act_async (GranarySupervisor           *self,
                              const char                  *uid,
                              GranaryServiceAction         action,
                              const GranaryPublishProfile *profile,
                              GAsyncReadyCallback          callback,
                              gpointer                     user_data)
{
  g_autoptr (GTask) task = NULL;
  GranarySupervisorJob *job;
  GranaryServiceUnit *unit;
  GError *error = NULL;

  g_return_if_fail (GRANARY_IS_SUPERVISOR (self));
  g_return_if_fail (uid != NULL);

  task = granary_supervisor_begin_job (self, granary_supervisor_act_async, callback, user_data,
                                       &job);
  unit = find_unit (self, uid, &error);
  if (unit == NULL)
    {
      granary_supervisor_end_job (self, task, error);
      return;
    }

  job->unit = g_object_ref (unit);
  job->uid = g_strdup (uid);
  job->action = action;
  job->profile = profile != NULL ? granary_publish_profile_copy (profile) : NULL;
  job->n_stops = granary_service_unit_get_n_stops (unit);
  job->cancellable = g_object_ref (granary_service_unit_get_cancellable (unit));
  job->work = act_work;
  job->done = act_done;

  switch (action)
    {
    case GRANARY_SERVICE_START:
      if (profile == NULL && granary_service_unit_is_wanted (unit))
        break;
      G_GNUC_FALLTHROUGH;

    case GRANARY_SERVICE_UPDATE:
      granary_supervisor_run_job (self, task);
      return;

    case GRANARY_SERVICE_REMOVE:
      /* What it waited for is called off; what it is itself is not. */
      g_clear_object (&job->cancellable);
      job->work = remove_work;
      job->done = remove_done;
      granary_supervisor_queue_removal (self, task);
      return;

    case GRANARY_SERVICE_STOP:
    default:
      granary_service_unit_stop (unit);
      break;
    }

  granary_supervisor_end_job (self, task, NULL);
}

gboolean
granary_supervisor_act_finish (GranarySupervisor  *self,
                               GAsyncResult       *result,
                               GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
