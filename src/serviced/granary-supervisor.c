/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-supervisor-private.h"

#include "granary-sandbox.h"
#include "granary-service-records.h"

/* Snapshots that are made at a time. */
#define PUBLISHING_MAX 2

G_DEFINE_FINAL_TYPE (GranarySupervisor, granary_supervisor, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void check_waiting (GranarySupervisor *self);

/* Jobs */

static void
job_free (gpointer data)
{
  GranarySupervisorJob *job = data;

  granary_service_store_unref (job->store);
  g_clear_object (&job->unit);
  g_clear_object (&job->cancellable);
  g_clear_pointer (&job->request, granary_publish_request_free);
  g_clear_pointer (&job->profile, granary_publish_profile_free);
  g_clear_pointer (&job->row, granary_service_unref);
  g_clear_pointer (&job->port, granary_service_port_close);
  g_clear_pointer (&job->services, g_ptr_array_unref);
  g_free (job->uid);
  g_free (job);
}

static void
changed (GranarySupervisor *self)
{
  g_autoptr (GranarySupervisor) guard = g_object_ref (self);

  check_waiting (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Returns: (transfer full): a task that counts as work until granary_supervisor_end_job() */
GTask *
granary_supervisor_begin_job (GranarySupervisor     *self,
                              gpointer               source_tag,
                              GAsyncReadyCallback    callback,
                              gpointer               user_data,
                              GranarySupervisorJob **job)
{
  GTask *task;

  g_return_val_if_fail (GRANARY_IS_SUPERVISOR (self), NULL);
  g_return_val_if_fail (job != NULL, NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, source_tag);
  *job = g_new0 (GranarySupervisorJob, 1);
  (*job)->store = granary_service_store_ref (self->store);
  g_task_set_task_data (task, *job, job_free);
  g_ptr_array_add (self->jobs, g_object_ref (task));
  return task;
}

/* @error: (transfer full) (nullable): what it ends with */
void
granary_supervisor_end_job (GranarySupervisor *self,
                            GTask             *task,
                            GError            *error)
{
  g_return_if_fail (GRANARY_IS_SUPERVISOR (self));
  g_return_if_fail (G_IS_TASK (task));

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_ptr_array_remove (self->jobs, task);
  changed (self);
}

static void
work_thread (GTask        *step,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  GranarySupervisorJob *job = task_data;
  GError *error = NULL;

  if (job->work (job, cancellable, &error))
    g_task_return_boolean (step, TRUE);
  else
    g_task_return_error (step, error);
}

static void
worked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GranarySupervisor *self = GRANARY_SUPERVISOR (source);
  g_autoptr (GTask) task = user_data;
  GranarySupervisorJob *job = g_task_get_task_data (task);
  GError *error = NULL;

  job->done (self, job, g_task_propagate_boolean (G_TASK (result), &error));
  granary_supervisor_end_job (self, task, error);
}

/* Does its work, after what else there is to do for its unit; then ends it. */
void
granary_supervisor_run_job (GranarySupervisor *self,
                            GTask             *task)
{
  g_autoptr (GTask) step = NULL;
  GranarySupervisorJob *job;

  g_return_if_fail (GRANARY_IS_SUPERVISOR (self));
  g_return_if_fail (G_IS_TASK (task));

  job = g_task_get_task_data (task);
  step = g_task_new (self, job->cancellable, worked_cb, g_object_ref (task));
  g_task_set_task_data (step, job, NULL);
  /* Whether it was called off in time is for the work to say. */
  g_task_set_check_cancellable (step, FALSE);
  if (job->unit != NULL)
    granary_service_unit_run (job->unit, step, work_thread);
  else
    granary_worker_run (self->worker, step, work_thread);
}

/* Runs it once its unit does not. */
void
granary_supervisor_queue_removal (GranarySupervisor *self,
                                  GTask             *task)
{
  GranarySupervisorJob *job;

  g_return_if_fail (GRANARY_IS_SUPERVISOR (self));
  g_return_if_fail (G_IS_TASK (task));

  job = g_task_get_task_data (task);
  g_ptr_array_add (self->removals, g_object_ref (task));
  granary_service_unit_set_removing (job->unit, TRUE);
  check_waiting (self);
}

/* Units */

GranaryServiceUnit *
granary_supervisor_add_unit (GranarySupervisor    *self,
                             const GranaryService *row,
                             GranaryServicePort   *port)
{
  GranaryServiceUnit *unit;

  g_return_val_if_fail (GRANARY_IS_SUPERVISOR (self), NULL);
  g_return_val_if_fail (row != NULL, NULL);

  unit = granary_service_unit_new (self->store, row, port);
  g_signal_connect_object (unit, "changed", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
  g_hash_table_insert (self->units, g_strdup (row->uid), unit);
  return unit;
}

/* Loading */

static gboolean
load_work (GranarySupervisorJob  *job,
           GCancellable          *cancellable,
           GError               **error)
{
  job->services = granary_service_records_list (job->store, error);
  return job->services != NULL;
}

static void
load_done (GranarySupervisor    *self,
           GranarySupervisorJob *job,
           gboolean              is_done)
{
  for (guint i = 0; is_done && !self->is_closing && i < job->services->len; i++)
    {
      const GranaryService *row = g_ptr_array_index (job->services, i);

      if (granary_service_store_is_service (row->uid))
        granary_service_unit_resume (granary_supervisor_add_unit (self, row, NULL));
    }
}

static void
probe_thread (GTask        *task,
              gpointer      source_object,
              gpointer      task_data,
              GCancellable *cancellable)
{
  g_task_return_boolean (task, granary_sandbox_get_kind (granary_sandbox_probe ()) !=
                               GRANARY_SANDBOX_NONE);
}

/* What waited for something to end, and can go on now. */
static void
check_waiting (GranarySupervisor *self)
{
  GHashTableIter iter;
  gpointer unit;

  for (guint i = 0; i < self->removals->len;)
    {
      g_autoptr (GTask) task = g_object_ref (g_ptr_array_index (self->removals, i));
      GranarySupervisorJob *job = g_task_get_task_data (task);

      if (granary_service_unit_is_running (job->unit))
        {
          i++;
          continue;
        }
      g_ptr_array_remove_index (self->removals, i);
      job->row = granary_service_copy (granary_service_unit_get_row (job->unit));
      granary_supervisor_run_job (self, task);
    }

  if (!self->is_closing || self->jobs->len > 0)
    return;
  g_hash_table_iter_init (&iter, self->units);
  while (g_hash_table_iter_next (&iter, NULL, &unit))
    {
      if (!granary_service_unit_is_at_rest (unit))
        return;
    }
  while (self->closings->len > 0)
    {
      g_autoptr (GTask) task = g_ptr_array_steal_index (self->closings, 0);

      g_task_return_boolean (task, TRUE);
    }
}

/* GObject overrides */

static void
granary_supervisor_dispose (GObject *object)
{
  GranarySupervisor *self = GRANARY_SUPERVISOR (object);

  g_hash_table_remove_all (self->units);
  g_clear_object (&self->worker);

  G_OBJECT_CLASS (granary_supervisor_parent_class)->dispose (object);
}

static void
granary_supervisor_finalize (GObject *object)
{
  GranarySupervisor *self = GRANARY_SUPERVISOR (object);

  g_hash_table_unref (self->units);
  g_ptr_array_unref (self->jobs);
  g_ptr_array_unref (self->removals);
  g_ptr_array_unref (self->closings);
  granary_service_store_unref (self->store);

  G_OBJECT_CLASS (granary_supervisor_parent_class)->finalize (object);
}

static void
granary_supervisor_class_init (GranarySupervisorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_supervisor_dispose;
  object_class->finalize = granary_supervisor_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_supervisor_init (GranarySupervisor *self)
{
  self->units = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->worker = granary_worker_new ("granary-publish", PUBLISHING_MAX);
  self->jobs = g_ptr_array_new_with_free_func (g_object_unref);
  self->removals = g_ptr_array_new_with_free_func (g_object_unref);
  self->closings = g_ptr_array_new_with_free_func (g_object_unref);
}

/* Public functions */

/**
 * granary_supervisor_new:
 * @store: the services, with their catalogue
 *
 * Returns: (transfer full): a supervisor that knows of nothing yet
 */
GranarySupervisor *
granary_supervisor_new (GranaryServiceStore *store)
{
  GranarySupervisor *self;

  g_return_val_if_fail (store != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_SUPERVISOR, NULL);
  self->store = granary_service_store_ref (store);

  return self;
}

/* How many services are meant to run. */
guint
granary_supervisor_get_n_wanted (GranarySupervisor *self)
{
  GHashTableIter iter;
  gpointer unit;
  guint n = 0;

  g_return_val_if_fail (GRANARY_IS_SUPERVISOR (self), 0);

  g_hash_table_iter_init (&iter, self->units);
  while (g_hash_table_iter_next (&iter, NULL, &unit))
    n += granary_service_unit_is_wanted (unit) ? 1 : 0;

  return n;
}

/* Whether there is nothing to do, now or later, unless somebody asks for it. */
gboolean
granary_supervisor_is_idle (GranarySupervisor *self)
{
  GHashTableIter iter;
  gpointer unit;

  g_return_val_if_fail (GRANARY_IS_SUPERVISOR (self), TRUE);

  if (self->jobs->len > 0)
    return FALSE;
  g_hash_table_iter_init (&iter, self->units);
  while (g_hash_table_iter_next (&iter, NULL, &unit))
    {
      if (granary_service_unit_is_wanted (unit) || !granary_service_unit_is_at_rest (unit))
        return FALSE;
    }

  return TRUE;
}

const char *
granary_supervisor_get_folder (GranarySupervisor *self)
{
  g_return_val_if_fail (GRANARY_IS_SUPERVISOR (self), NULL);

  return self->store->root;
}

void
granary_supervisor_load_async (GranarySupervisor   *self,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  GranarySupervisorJob *job;

  g_return_if_fail (GRANARY_IS_SUPERVISOR (self));

  task = granary_supervisor_begin_job (self, granary_supervisor_load_async, callback, user_data,
                                       &job);
  job->work = load_work;
  job->done = load_done;
  granary_supervisor_run_job (self, task);
}

gboolean
granary_supervisor_load_finish (GranarySupervisor  *self,
                                GAsyncResult       *result,
                                GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
granary_supervisor_probe_async (GranarySupervisor   *self,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GranaryWorker) worker = NULL;
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GRANARY_IS_SUPERVISOR (self));

  /* Not behind snapshots that are being made. */
  worker = granary_worker_new ("granary-probe", 1);
  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, granary_supervisor_probe_async);
  granary_worker_run (worker, task, probe_thread);
}

gboolean
granary_supervisor_probe_finish (GranarySupervisor *self,
                                 GAsyncResult      *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), NULL);
}

void
granary_supervisor_close_async (GranarySupervisor   *self,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GPtrArray) units = NULL;
  GTask *task;

  g_return_if_fail (GRANARY_IS_SUPERVISOR (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, granary_supervisor_close_async);
  g_ptr_array_add (self->closings, task);
  self->is_closing = TRUE;

  for (guint i = 0; i < self->jobs->len; i++)
    {
      GranarySupervisorJob *job = g_task_get_task_data (g_ptr_array_index (self->jobs, i));

      g_cancellable_cancel (job->cancellable);
    }
  units = g_hash_table_get_values_as_ptr_array (self->units);
  for (guint i = 0; i < units->len; i++)
    granary_service_unit_close (g_ptr_array_index (units, i));

  changed (self);
}

void
granary_supervisor_close_finish (GranarySupervisor *self,
                                 GAsyncResult      *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}
