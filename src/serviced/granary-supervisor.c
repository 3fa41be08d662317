/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-supervisor.h"

#include "granary-error.h"
#include "granary-sandbox.h"
#include "granary-service-publish.h"
#include "granary-service-records.h"
#include "granary-service-unit.h"
#include "granary-worker.h"

/* Snapshots that are made at a time. */
#define PUBLISHING_MAX 2

struct _GranarySupervisor
{
  GObject              parent_instance;

  GranaryServiceStore *store;    /* (owned) */
  GHashTable          *units;    /* (owned): uid → GranaryServiceUnit */
  GranaryWorker       *worker;   /* (owned): publishing */
  GPtrArray           *jobs;     /* (owned) (element-type GTask): on their way */
  GPtrArray           *removals; /* (owned) (element-type GTask): waiting for a run to end */
  GPtrArray           *closings; /* (owned) (element-type GTask) */
  gboolean             is_closing;
};

G_DEFINE_FINAL_TYPE (GranarySupervisor, granary_supervisor, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

typedef struct
{
  GranaryServiceStore   *store;   /* (owned) */
  GranaryServiceUnit    *unit;    /* (owned) (nullable) */
  GranaryPublishRequest *request; /* (owned) (nullable) */
  GranaryPublishProfile *profile; /* (owned) (nullable) */
  GranaryServiceAction   action;
  char                  *uid;     /* (owned) (nullable) */
  guint                  n_stops;
  GCancellable          *cancellable; /* (owned) (nullable) */
  GranaryService        *row;     /* (owned) (nullable) */
  GranaryServicePort    *port;    /* (owned) (nullable): made by publishing */
} Job;

static void check_waiting (GranarySupervisor *self);

/* Auxiliary functions */

static void
job_free (gpointer data)
{
  Job *job = data;

  granary_service_store_unref (job->store);
  g_clear_object (&job->unit);
  g_clear_object (&job->cancellable);
  g_clear_pointer (&job->request, granary_publish_request_free);
  g_clear_pointer (&job->profile, granary_publish_profile_free);
  g_clear_pointer (&job->row, granary_service_unref);
  g_clear_pointer (&job->port, granary_service_port_close);
  g_free (job->uid);
  g_free (job);
}

static void
set_missing (const char  *uid,
             GError     **error)
{
  g_autofree char *shown = granary_display_path (uid);

  granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING, shown,
                     "no service %s", shown);
}

static void
set_closing (GranarySupervisor  *self,
             GError            **error)
{
  g_autofree char *shown = granary_display_path (self->store->root);

  granary_set_error (error, GRANARY_ERROR_BACKEND, GRANARY_REASON_SUPERVISOR_UNREACHABLE, shown,
                     "the services of %s are ending", shown);
}

static void
changed (GranarySupervisor *self)
{
  g_autoptr (GranarySupervisor) guard = g_object_ref (self);

  check_waiting (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static GranaryServiceUnit *
add_unit (GranarySupervisor    *self,
          const GranaryService *row,
          GranaryServicePort   *port)
{
  GranaryServiceUnit *unit = granary_service_unit_new (self->store, row, port);

  g_signal_connect_object (unit, "changed", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
  g_hash_table_insert (self->units, g_strdup (row->uid), unit);
  return unit;
}

/* A task that counts as work until end_job(). */
static GTask *
begin_job (GranarySupervisor   *self,
           GAsyncReadyCallback  callback,
           gpointer             user_data,
           Job                **job)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  *job = g_new0 (Job, 1);
  (*job)->store = granary_service_store_ref (self->store);
  g_task_set_task_data (task, *job, job_free);
  g_ptr_array_add (self->jobs, g_object_ref (task));
  return task;
}

static void
end_job (GranarySupervisor *self,
         GTask             *task)
{
  g_ptr_array_remove (self->jobs, task);
  changed (self);
}

/* The work itself, told to @callback with the job's task as its data. */
static GTask *
make_step (GranarySupervisor   *self,
           GTask               *task,
           GAsyncReadyCallback  callback)
{
  Job *job = g_task_get_task_data (task);
  GTask *step = g_task_new (self, job->cancellable, callback, g_object_ref (task));

  g_task_set_task_data (step, job, NULL);
  /* Whether it was called off in time is for the work to say. */
  g_task_set_check_cancellable (step, FALSE);
  return step;
}

/* Loading */

static void
load_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  GranaryServiceStore *store = task_data;
  GError *error = NULL;
  GPtrArray *services = granary_service_records_list (store, &error);

  if (services != NULL)
    g_task_return_pointer (task, services, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
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

/* Publishing */

static void
publish_thread (GTask        *step,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;

  job->row = granary_service_publish (job->store, job->request, cancellable, &job->port, &error);
  if (job->row != NULL)
    g_task_return_boolean (step, TRUE);
  else
    g_task_return_error (step, error);
}

static void
published_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  GranarySupervisor *self = GRANARY_SUPERVISOR (source);
  g_autoptr (GTask) task = user_data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      GranaryServiceUnit *unit = add_unit (self, job->row, g_steal_pointer (&job->port));

      if (self->is_closing)
        granary_service_unit_close (unit);
      else
        granary_service_unit_start (unit, job->row, 0);
      g_task_return_pointer (task, g_strdup (job->row->uid), g_free);
    }
  else
    {
      g_task_return_error (task, error);
    }

  end_job (self, task);
}

/* Actions */

static void
act_thread (GTask        *step,
            gpointer      source_object,
            gpointer      task_data,
            GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, &error))
    {
      g_task_return_error (step, error);
      return;
    }

  job->row = job->action == GRANARY_SERVICE_UPDATE
             ? granary_service_publish_update (job->store, job->uid, job->profile, cancellable,
                                               &error)
             : granary_service_records_start (job->store, job->uid, job->profile, &error);
  if (job->row != NULL)
    g_task_return_boolean (step, TRUE);
  else
    g_task_return_error (step, error);
}

static void
acted_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  GranarySupervisor *self = GRANARY_SUPERVISOR (source);
  g_autoptr (GTask) task = user_data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
    }
  else
    {
      granary_service_unit_start (job->unit, job->row, job->n_stops);
      g_task_return_boolean (task, TRUE);
    }

  end_job (self, task);
}

static void
remove_thread (GTask        *step,
               gpointer      source_object,
               gpointer      task_data,
               GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;

  if (granary_service_records_remove (job->store, job->row, &error))
    g_task_return_boolean (step, TRUE);
  else
    g_task_return_error (step, error);
}

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  GranarySupervisor *self = GRANARY_SUPERVISOR (source);
  g_autoptr (GTask) task = user_data;
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_hash_table_remove (self->units, job->uid);
      g_task_return_boolean (task, TRUE);
    }
  else
    {
      /* It is still there, stopped. */
      granary_service_unit_set_removing (job->unit, FALSE);
      g_task_return_error (task, error);
    }

  end_job (self, task);
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
      Job *job = g_task_get_task_data (task);
      g_autoptr (GTask) step = NULL;

      if (granary_service_unit_is_running (job->unit))
        {
          i++;
          continue;
        }
      g_ptr_array_remove_index (self->removals, i);
      job->row = granary_service_copy (granary_service_unit_get_row (job->unit));
      step = make_step (self, task, removed_cb);
      granary_service_unit_run (job->unit, step, remove_thread);
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

/* Its verbs begin with this: FALSE with an error. */
static GranaryServiceUnit *
find_unit (GranarySupervisor  *self,
           const char         *uid,
           GError            **error)
{
  GranaryServiceUnit *unit = g_hash_table_lookup (self->units, uid);

  if (self->is_closing)
    set_closing (self, error);
  else if (unit == NULL || granary_service_unit_is_removing (unit))
    set_missing (uid, error);
  else
    return unit;

  return NULL;
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GranarySupervisor *self = GRANARY_SUPERVISOR (source);
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) services = g_task_propagate_pointer (G_TASK (result), &error);

  if (services == NULL)
    {
      g_task_return_error (task, error);
      end_job (self, task);
      return;
    }

  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *row = g_ptr_array_index (services, i);

      if (self->is_closing)
        break;
      if (granary_service_store_is_service (row->uid))
        granary_service_unit_resume (add_unit (self, row, NULL));
    }
  g_task_return_boolean (task, TRUE);
  end_job (self, task);
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
  GTask *task;
  g_autoptr (GTask) step = NULL;
  Job *job;

  g_return_if_fail (GRANARY_IS_SUPERVISOR (self));

  task = begin_job (self, callback, user_data, &job);
  g_task_set_source_tag (task, granary_supervisor_load_async);
  step = g_task_new (self, NULL, loaded_cb, task);
  g_task_set_task_data (step, granary_service_store_ref (self->store),
                        (GDestroyNotify) granary_service_store_unref);
  granary_worker_run (self->worker, step, load_thread);
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
  g_autoptr (GTask) step = NULL;
  GError *error = NULL;
  Job *job;

  g_return_if_fail (GRANARY_IS_SUPERVISOR (self));
  g_return_if_fail (request != NULL);

  task = begin_job (self, callback, user_data, &job);
  g_task_set_source_tag (task, granary_supervisor_publish_async);
  job->request = granary_publish_request_copy (request);
  job->cancellable = cancellable != NULL ? g_object_ref (cancellable) : g_cancellable_new ();
  if (self->is_closing)
    {
      set_closing (self, &error);
      g_task_return_error (task, error);
      end_job (self, task);
      return;
    }

  step = make_step (self, task, published_cb);
  granary_worker_run (self->worker, step, publish_thread);
}

char *
granary_supervisor_publish_finish (GranarySupervisor  *self,
                                   GAsyncResult       *result,
                                   GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
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
  g_autoptr (GTask) step = NULL;
  GranaryServiceUnit *unit;
  GError *error = NULL;
  Job *job;

  g_return_if_fail (GRANARY_IS_SUPERVISOR (self));
  g_return_if_fail (uid != NULL);

  task = begin_job (self, callback, user_data, &job);
  g_task_set_source_tag (task, granary_supervisor_act_async);
  unit = find_unit (self, uid, &error);
  if (unit == NULL)
    {
      g_task_return_error (task, error);
      end_job (self, task);
      return;
    }

  job->unit = g_object_ref (unit);
  job->uid = g_strdup (uid);
  job->action = action;
  job->profile = profile != NULL ? granary_publish_profile_copy (profile) : NULL;
  job->n_stops = granary_service_unit_get_n_stops (unit);
  job->cancellable = g_object_ref (granary_service_unit_get_cancellable (unit));

  switch (action)
    {
    case GRANARY_SERVICE_START:
      if (profile == NULL && granary_service_unit_is_wanted (unit))
        break;
      G_GNUC_FALLTHROUGH;

    case GRANARY_SERVICE_UPDATE:
      step = make_step (self, task, acted_cb);
      granary_service_unit_run (unit, step, act_thread);
      return;

    case GRANARY_SERVICE_REMOVE:
      /* What it waited for is called off; what it is itself is not. */
      g_clear_object (&job->cancellable);
      g_ptr_array_add (self->removals, g_object_ref (task));
      granary_service_unit_set_removing (unit, TRUE);
      check_waiting (self);
      return;

    case GRANARY_SERVICE_STOP:
    default:
      granary_service_unit_stop (unit);
      break;
    }

  g_task_return_boolean (task, TRUE);
  end_job (self, task);
}

gboolean
granary_supervisor_act_finish (GranarySupervisor  *self,
                               GAsyncResult       *result,
                               GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
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
      Job *job = g_task_get_task_data (g_ptr_array_index (self->jobs, i));

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
