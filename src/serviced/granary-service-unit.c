/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-unit.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "granary-error.h"
#include "granary-retry.h"
#include "granary-service-install.h"
#include "granary-service-prepare.h"
#include "granary-service-process.h"
#include "granary-service-saver.h"
#include "granary-serviced-protocol.h"
#include "granary-worker.h"

#define RESTARTS_MAX 5
/* A run that lasted is no part of a crash loop. */
#define RESTARTS_FORGOTTEN (10 * G_TIME_SPAN_MINUTE)

/*
 * What is meant and what is are compared in one place, reconcile (); everything that happens
 * changes one of the two and calls it. At any time there is at most one of: a preparation (files
 * and port are looked up on the worker, packages installed), a process, and a timer until the next
 * restart.
 */
struct _GranaryServiceUnit
{
  GObject                 parent_instance;

  GranaryServiceStore    *store;       /* (owned) */
  GranaryService         *row;         /* (owned): as it is to be stored; nobody else has it */
  GranaryServicePort     *port;        /* (owned) (nullable) */
  GranaryServiceProcess  *process;     /* (owned) (nullable) */
  GranaryWorker          *worker;      /* (owned): work on its files, one after another */
  GranaryServiceSaver    *saver;       /* (owned) */
  GCancellable           *cancellable; /* (owned): of that work */
  GranaryServicePlan     *plan;        /* (owned) (nullable): while packages are installed */
  GCancellable           *preparing;   /* (owned) (nullable): of the preparation */
  guint                   restart_id;  /* timer */
  guint                   n_tries;     /* restarts since a run that lasted */
  guint                   n_stops;     /* how often it was stopped by hand */
  gint64                  ready_since; /* monotonic, 0 while it is not */
  gboolean                is_stopping; /* the process was asked to end */
  gboolean                is_outdated; /* another run is to take its place */
  gboolean                is_resumed;  /* an earlier supervisor's run may still have the port */
  gboolean                is_removing;
  gboolean                is_closing;
};

G_DEFINE_FINAL_TYPE (GranaryServiceUnit, granary_service_unit, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void reconcile (GranaryServiceUnit *self);

/* Auxiliary functions */

static void
saved_cb (GranaryServiceUnit *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
set_state (GranaryServiceUnit  *self,
           GranaryServiceState  state)
{
  self->row->state = state;
  self->row->available = state == GRANARY_SERVICE_RUNNING ? 1 : 0;
  granary_service_saver_save (self->saver, self->row);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* It does not run and is not going to, until somebody starts it by hand. */
static void
give_up (GranaryServiceUnit    *self,
         GranaryServiceFailure  failure,
         const char            *detail)
{
  self->row->failure = failure;
  g_set_str (&self->row->failure_detail, detail);
  self->row->is_wanted = FALSE;
  self->is_outdated = FALSE;
  g_clear_pointer (&self->port, granary_service_port_close);
  set_state (self, GRANARY_SERVICE_FAILED);
}

static gboolean
restart_cb (gpointer user_data)
{
  GranaryServiceUnit *self = user_data;

  self->restart_id = 0;
  reconcile (self);
  return G_SOURCE_REMOVE;
}

static void
ready_cb (GranaryServiceProcess *process,
          GranaryServiceUnit    *self)
{
  if (self->process != process || self->is_stopping)
    return;

  self->ready_since = g_get_monotonic_time ();
  set_state (self, GRANARY_SERVICE_RUNNING);
}

static void
ended_cb (GranaryServiceProcess *process,
          int                    failure,
          const char            *detail,
          gboolean               may_restart,
          GranaryServiceUnit    *self)
{
  g_autoptr (GranaryServiceUnit) guard = g_object_ref (self);
  gboolean was_asked = self->is_stopping;
  gint64 pause;

  if (self->process != process)
    return;
  if (self->ready_since != 0 &&
      g_get_monotonic_time () - self->ready_since >= RESTARTS_FORGOTTEN)
    self->n_tries = 0;
  self->ready_since = 0;
  self->is_stopping = FALSE;
  g_signal_handlers_disconnect_by_data (process, self);
  g_clear_object (&self->process);

  if (was_asked || self->is_closing)
    {
      reconcile (self);
      return;
    }
  if (!may_restart || self->n_tries >= RESTARTS_MAX)
    {
      give_up (self, (GranaryServiceFailure) failure, detail);
      return;
    }

  self->row->failure = (GranaryServiceFailure) failure;
  g_set_str (&self->row->failure_detail, detail);
  self->row->n_restarts++;
  pause = granary_scale_wait ((gint64) G_TIME_SPAN_SECOND << self->n_tries);
  self->restart_id = g_timeout_add ((guint) (pause / 1000), restart_cb, self);
  self->n_tries++;
  set_state (self, GRANARY_SERVICE_STARTING);
}

static GranaryServiceFailure
failure_of (const GError *error)
{
  switch ((int) granary_error_get_reason (error))
    {
    case GRANARY_REASON_PYTHON_MISSING:
      return GRANARY_SERVICE_FAILURE_PYTHON;

    case GRANARY_REASON_SANDBOX_MISSING:
      return GRANARY_SERVICE_FAILURE_SANDBOX;

    case GRANARY_REASON_REQUIREMENTS_UNMET:
      return GRANARY_SERVICE_FAILURE_INSTALL;

    default:
      return GRANARY_SERVICE_FAILURE_DISK;
    }
}

/* @detail (nullable) says more than @error. */
static void
fail_with (GranaryServiceUnit *self,
           const GError       *error,
           const char         *detail)
{
  if (detail == NULL)
    detail = granary_error_get_subject (error);

  give_up (self, failure_of (error), detail != NULL ? detail : error->message);
}

static void
run_plan (GranaryServiceUnit       *self,
          const GranaryServicePlan *plan)
{
  g_autoptr (GranaryServiceProcess) process = granary_service_process_new (plan);
  g_autoptr (GError) error = NULL;

  g_signal_connect (process, "ready", G_CALLBACK (ready_cb), self);
  g_signal_connect (process, "ended", G_CALLBACK (ended_cb), self);
  self->is_outdated = FALSE;
  self->process = g_object_ref (process);
  if (!granary_service_process_start (process, &error))
    {
      g_signal_handlers_disconnect_by_data (process, self);
      g_clear_object (&self->process);
      fail_with (self, error, NULL);
    }
}

static void
installed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GranaryServiceUnit) self = user_data;
  g_autoptr (GranaryServicePlan) plan = g_steal_pointer (&self->plan);
  g_autoptr (GError) error = NULL;
  g_autofree char *detail = NULL;
  g_autofree char *python = granary_service_install_finish (result, &detail, &error);
  gboolean is_called_off = g_cancellable_is_cancelled (self->preparing);

  g_clear_object (&self->preparing);
  if (is_called_off || !self->row->is_wanted || self->is_closing)
    {
      reconcile (self);
      return;
    }
  if (python == NULL)
    {
      fail_with (self, error, detail);
      return;
    }

  if (!g_str_equal (python, plan->python))
    {
      g_free (plan->base);
      plan->base = g_steal_pointer (&plan->python);
      plan->python = g_steal_pointer (&python);
    }
  run_plan (self, plan);
}

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  GranaryServiceUnit *self = GRANARY_SERVICE_UNIT (source);
  g_autoptr (GranaryServicePreparation) prepared = NULL;
  gboolean is_called_off = g_cancellable_is_cancelled (self->preparing);

  prepared = granary_service_prepare_finish (result);
  g_clear_object (&self->preparing);
  if (prepared->port != NULL)
    {
      g_clear_pointer (&self->port, granary_service_port_close);
      self->port = g_steal_pointer (&prepared->port);
      g_free (self->row->url);
      self->row->url = granary_service_port_to_url (self->port->number);
      granary_service_saver_save (self->saver, self->row);
    }
  if (is_called_off || !self->row->is_wanted || self->is_closing)
    {
      reconcile (self);
      return;
    }
  if (prepared->failure != GRANARY_SERVICE_FAILURE_NONE)
    {
      give_up (self, prepared->failure, prepared->detail);
      return;
    }

  self->is_resumed = FALSE;
  prepared->plan->socket = self->port->fd;
  if (prepared->needs_install)
    {
      /* With the files that were made for the same before, this is done at once. */
      self->preparing = g_cancellable_new ();
      self->plan = g_steal_pointer (&prepared->plan);
      granary_service_install_async (self->plan, self->preparing, installed_cb,
                                     g_object_ref (self));
      return;
    }

  run_plan (self, prepared->plan);
}

static void
prepare (GranaryServiceUnit *self)
{
  g_autoptr (GTask) task = NULL;

  self->preparing = g_cancellable_new ();
  task = g_task_new (self, self->preparing, prepared_cb, NULL);
  g_task_set_source_tag (task, prepare);
  /* What was found is told even when it was called off: the port is to be closed. */
  g_task_set_check_cancellable (task, FALSE);
  granary_service_prepare_begin (task, self->store, self->row, self->port == NULL,
                                 self->is_resumed);
  granary_worker_run (self->worker, task, granary_service_prepare_thread);
}

static void
settle_stopped (GranaryServiceUnit *self)
{
  g_clear_handle_id (&self->restart_id, g_source_remove);
  g_clear_pointer (&self->port, granary_service_port_close);
  self->is_outdated = FALSE;
  if (self->row->state != GRANARY_SERVICE_STOPPED && self->row->state != GRANARY_SERVICE_FAILED)
    set_state (self, GRANARY_SERVICE_STOPPED);
  else
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
end_process (GranaryServiceUnit *self)
{
  if (self->is_stopping)
    return;

  self->is_stopping = TRUE;
  set_state (self, self->row->is_wanted && !self->is_closing ? GRANARY_SERVICE_STARTING
                                                             : GRANARY_SERVICE_STOPPING);
  granary_service_process_stop (self->process);
}

static void
reconcile (GranaryServiceUnit *self)
{
  g_autoptr (GranaryServiceUnit) guard = g_object_ref (self);

  if (!self->row->is_wanted || self->is_closing)
    {
      g_clear_handle_id (&self->restart_id, g_source_remove);
      if (self->preparing != NULL)
        g_cancellable_cancel (self->preparing);
      else if (self->process != NULL)
        end_process (self);
      else
        settle_stopped (self);
      return;
    }

  if (self->process != NULL)
    {
      if (self->is_outdated)
        end_process (self);
    }
  else if (self->preparing == NULL && self->restart_id == 0)
    {
      prepare (self);
    }
}

/* GObject overrides */

static void
granary_service_unit_dispose (GObject *object)
{
  GranaryServiceUnit *self = GRANARY_SERVICE_UNIT (object);

  g_clear_handle_id (&self->restart_id, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  if (self->process != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->process, self);
      granary_service_process_kill (self->process);
    }
  g_clear_object (&self->process);
  g_clear_object (&self->saver);
  g_clear_object (&self->worker);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->port, granary_service_port_close);

  G_OBJECT_CLASS (granary_service_unit_parent_class)->dispose (object);
}

static void
granary_service_unit_finalize (GObject *object)
{
  GranaryServiceUnit *self = GRANARY_SERVICE_UNIT (object);

  g_clear_pointer (&self->row, granary_service_unref);
  g_clear_pointer (&self->store, granary_service_store_unref);

  G_OBJECT_CLASS (granary_service_unit_parent_class)->finalize (object);
}

static void
granary_service_unit_class_init (GranaryServiceUnitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = granary_service_unit_dispose;
  object_class->finalize = granary_service_unit_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_service_unit_init (GranaryServiceUnit *self)
{
  self->worker = granary_worker_new ("granary-service", 1);
  self->cancellable = g_cancellable_new ();
}

/* Public functions */

/**
 * granary_service_unit_new:
 * @store: the services
 * @row: what is recorded of it
 * @port: (nullable) (transfer full): its port, where it is open already
 *
 * Returns: (transfer full): a service that nothing is done with yet
 */
GranaryServiceUnit *
granary_service_unit_new (GranaryServiceStore  *store,
                          const GranaryService *row,
                          GranaryServicePort   *port)
{
  GranaryServiceUnit *self;

  g_return_val_if_fail (store != NULL && row != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_SERVICE_UNIT, NULL);
  self->store = granary_service_store_ref (store);
  self->row = granary_service_copy (row);
  self->port = port;
  self->saver = granary_service_saver_new (store, self->worker);
  g_signal_connect_object (self->saver, "saved", G_CALLBACK (saved_cb), self, G_CONNECT_SWAPPED);

  return self;
}

/* As it will be stored soon. */
const GranaryService *
granary_service_unit_get_row (GranaryServiceUnit *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_UNIT (self), NULL);

  return self->row;
}

/* Calls off the work on its files; cancelled once it is being removed. */
GCancellable *
granary_service_unit_get_cancellable (GranaryServiceUnit *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_UNIT (self), NULL);

  return self->cancellable;
}

gboolean
granary_service_unit_is_wanted (GranaryServiceUnit *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_UNIT (self), FALSE);

  return self->row->is_wanted;
}

/* Whether anything of it runs, or is about to. */
gboolean
granary_service_unit_is_running (GranaryServiceUnit *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_UNIT (self), FALSE);

  return self->process != NULL || self->preparing != NULL || self->restart_id != 0;
}

/* Whether nothing of it runs, and all that happened is written down. */
gboolean
granary_service_unit_is_at_rest (GranaryServiceUnit *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_UNIT (self), TRUE);

  return !granary_service_unit_is_running (self) && granary_service_saver_is_done (self->saver);
}

/* Tells whether it was stopped since something was asked for. */
guint
granary_service_unit_get_n_stops (GranaryServiceUnit *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_UNIT (self), 0);

  return self->n_stops;
}

void
granary_service_unit_run (GranaryServiceUnit *self,
                          GTask              *task,
                          GTaskThreadFunc     func)
{
  g_return_if_fail (GRANARY_IS_SERVICE_UNIT (self));

  granary_worker_run (self->worker, task, func);
}

/**
 * granary_service_unit_start:
 * @self: a service
 * @row: what was recorded of its start by hand, or of its update
 * @n_stops: granary_service_unit_get_n_stops() when that was asked for
 *
 * Starts it with what @row says; a run that there is gives way. Not if it was stopped meanwhile.
 */
void
granary_service_unit_start (GranaryServiceUnit   *self,
                            const GranaryService *row,
                            guint                 n_stops)
{
  gboolean is_stopped;

  g_return_if_fail (GRANARY_IS_SERVICE_UNIT (self));
  g_return_if_fail (row != NULL);

  is_stopped = self->n_stops != n_stops;
  self->row->files_as_of = row->files_as_of;
  self->row->started = row->started;
  g_set_str (&self->row->profile, row->profile);
  g_set_str (&self->row->model_name, row->model_name);
  if (!is_stopped)
    {
      g_clear_handle_id (&self->restart_id, g_source_remove);
      self->n_tries = 0;
      self->row->is_wanted = TRUE;
      self->row->n_restarts = 0;
      self->row->failure = GRANARY_SERVICE_FAILURE_NONE;
      g_clear_pointer (&self->row->failure_detail, g_free);
      self->row->replicas = 1;
      self->is_outdated = self->process != NULL;
      /* What was found out of the old files is of no use. */
      if (self->preparing != NULL)
        g_cancellable_cancel (self->preparing);
      set_state (self, GRANARY_SERVICE_STARTING);
    }
  else
    {
      granary_service_saver_save (self->saver, self->row);
    }
  reconcile (self);
}

/**
 * granary_service_unit_resume:
 * @self: a service
 *
 * Makes true what an earlier supervisor left recorded, however that ended: starts what is meant to
 * run, from its snapshot, whatever became of its version.
 */
void
granary_service_unit_resume (GranaryServiceUnit *self)
{
  g_return_if_fail (GRANARY_IS_SERVICE_UNIT (self));

  if (self->row->is_wanted)
    {
      self->is_resumed = TRUE;
      self->row->n_restarts = 0;
      set_state (self, GRANARY_SERVICE_STARTING);
    }
  reconcile (self);
}

void
granary_service_unit_stop (GranaryServiceUnit *self)
{
  g_return_if_fail (GRANARY_IS_SERVICE_UNIT (self));

  self->n_stops++;
  self->row->is_wanted = FALSE;
  granary_service_saver_save (self->saver, self->row);
  reconcile (self);
}

/* Being removed it is stopped, and no work on its files goes on. */
void
granary_service_unit_set_removing (GranaryServiceUnit *self,
                                   gboolean            is_removing)
{
  g_return_if_fail (GRANARY_IS_SERVICE_UNIT (self));

  if (self->is_removing == is_removing)
    return;

  self->is_removing = is_removing;
  if (is_removing)
    {
      g_cancellable_cancel (self->cancellable);
      granary_service_unit_stop (self);
    }
  else
    {
      g_clear_object (&self->cancellable);
      self->cancellable = g_cancellable_new ();
    }
}

gboolean
granary_service_unit_is_removing (GranaryServiceUnit *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICE_UNIT (self), FALSE);

  return self->is_removing;
}

/* Ends its run for good. What it is meant to do stays recorded. */
void
granary_service_unit_close (GranaryServiceUnit *self)
{
  g_return_if_fail (GRANARY_IS_SERVICE_UNIT (self));

  if (self->is_closing)
    return;

  self->is_closing = TRUE;
  g_cancellable_cancel (self->cancellable);
  granary_service_saver_close (self->saver);
  reconcile (self);
}
