/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-sandbox.h"
#include "granary-service-log-file-private.h"
#include "granary-service-scope-private.h"
#include "granary-service-snapshot.h"
#include "granary-serviced-protocol.h"

/* Runs of a supervisor that was killed end by themselves, but not in no time. */
#define PORT_PATIENCE (5 * G_TIME_SPAN_SECOND)

typedef struct
{
  GranaryServiceStore *store; /* (owned) */
  GranaryService      *row;   /* (owned) */
  gboolean             needs_port;
  gboolean             is_resumed;
} Preparing;

/* Auxiliary functions */

static void
preparing_free (gpointer data)
{
  Preparing *self = data;

  granary_service_store_unref (self->store);
  granary_service_unref (self->row);
  g_free (self);
}

static void
fail (GranaryServicePreparation *result,
      GranaryServiceFailure      failure,
      const char                *detail)
{
  result->failure = failure;
  g_set_str (&result->detail, detail);
}

static void
fail_with (GranaryServicePreparation *result,
           GranaryServiceFailure      failure,
           const GError              *error)
{
  fail (result, failure, error->message);
}

static gboolean
find_python (GranaryServicePreparation *result)
{
  GranaryServicePlan *plan = result->plan;
  const char *python = plan->profile->python;
  g_autofree char *shown = NULL;

  if (python == NULL || !g_path_is_absolute (python) ||
      !g_file_test (python, G_FILE_TEST_IS_REGULAR) ||
      !g_file_test (python, G_FILE_TEST_IS_EXECUTABLE))
    {
      shown = granary_display_path (python != NULL ? python : "python3");
      fail (result, GRANARY_SERVICE_FAILURE_PYTHON, shown);
      return FALSE;
    }

  g_set_str (&plan->python, python);
  result->needs_install = plan->profile->install_requirements;
  return TRUE;
}

static gboolean
open_port (Preparing                  *self,
           GCancellable               *cancellable,
           GranaryServicePreparation  *result)
{
  guint16 wanted = granary_service_port_from_url (self->row->url);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (!self->needs_port)
    return TRUE;

  result->port = granary_service_port_open (wanted, self->is_resumed ? PORT_PATIENCE : 0,
                                            cancellable, &error);
  if (result->port == NULL)
    {
      text = g_strdup_printf ("%u", wanted);
      fail (result, GRANARY_SERVICE_FAILURE_PORT, text);
      return FALSE;
    }
  if (wanted != 0 && result->port->number != wanted)
    {
      g_autoptr (GranaryServiceLogFile) log =
        granary_service_log_file_new (result->plan->folder, NULL);

      /* It runs, so this is no failure of it; its address says the same. */
      granary_service_log_file_note (log, "Port %u is another program's now. The new one is %u.",
                                     wanted, result->port->number);
    }

  return TRUE;
}

static void
find_out (Preparing                  *self,
          GCancellable               *cancellable,
          GranaryServicePreparation  *result)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *revision = NULL;
  g_autofree char *shown = NULL;
  g_autofd int folder_fd = granary_service_store_open_folder (self->store, self->row->uid, FALSE,
                                                              &error);
  GranaryServicePlan *plan = granary_service_plan_new ();
  guint number = folder_fd >= 0 ? granary_service_store_find_revision (folder_fd) : 0;

  result->plan = plan;
  plan->folder = granary_serviced_dup_path (self->store->root, self->row->uid, NULL);
  shown = granary_display_path (plan->folder);
  if (number == 0)
    {
      fail (result, GRANARY_SERVICE_FAILURE_FILES, shown);
      return;
    }

  revision = granary_service_store_name_revision (number);
  plan->uid = g_strdup (self->row->uid);
  plan->revision = g_build_filename (plan->folder, revision, NULL);
  plan->runner = granary_serviced_dup_runner ();
  granary_publish_profile_free (plan->profile);
  plan->profile = granary_publish_profile_from_json (self->row->profile);

  if (!granary_service_store_clean_folder (folder_fd, number, &error))
    {
      g_debug ("Cleaning up %s: %s", plan->folder, error->message);
      g_clear_error (&error);
    }
  if (!granary_service_snapshot_find_handler (folder_fd, revision, &plan->onnx, &error))
    {
      fail_with (result,
                 granary_error_matches_reason (error, GRANARY_REASON_HANDLER_MISSING)
                 ? GRANARY_SERVICE_FAILURE_HANDLER : GRANARY_SERVICE_FAILURE_FILES, error);
      return;
    }
  plan->token = granary_service_store_load_token (folder_fd, &error);
  if (plan->token == NULL)
    {
      fail_with (result, GRANARY_SERVICE_FAILURE_DISK, error);
      return;
    }
  if (!find_python (result))
    return;

  /* It takes its time once; not on the main thread. */
  if (granary_sandbox_get_kind (granary_sandbox_probe ()) == GRANARY_SANDBOX_NONE &&
      !plan->profile->allow_unsandboxed)
    {
      fail (result, GRANARY_SERVICE_FAILURE_SANDBOX,
            granary_sandbox_get_detail (granary_sandbox_probe ()));
      return;
    }
  /* So does this: who is asked may not answer for long. */
  if (plan->profile->memory_limit > 0)
    granary_service_scope_probe ();
  open_port (self, cancellable, result);
}

/* Public functions */

void
granary_service_preparation_free (GranaryServicePreparation *self)
{
  if (self == NULL)
    return;

  g_free (self->detail);
  granary_service_plan_free (self->plan);
  granary_service_port_close (self->port);
  g_free (self);
}

/**
 * granary_service_prepare_begin:
 * @task: gets what it needs
 * @store: the services
 * @row: what is recorded of the service
 * @needs_port: whether its port is to be opened
 * @is_resumed: whether a run of an earlier supervisor may still have the port
 */
void
granary_service_prepare_begin (GTask                *task,
                               GranaryServiceStore  *store,
                               const GranaryService *row,
                               gboolean              needs_port,
                               gboolean              is_resumed)
{
  Preparing *self;

  g_return_if_fail (G_IS_TASK (task));
  g_return_if_fail (store != NULL && row != NULL);

  self = g_new0 (Preparing, 1);
  self->store = granary_service_store_ref (store);
  self->row = granary_service_copy (row);
  self->needs_port = needs_port;
  self->is_resumed = is_resumed;
  g_task_set_task_data (task, self, preparing_free);
}

void
granary_service_prepare_thread (GTask        *task,
                                gpointer      source_object,
                                gpointer      task_data,
                                GCancellable *cancellable)
{
  GranaryServicePreparation *result = g_new0 (GranaryServicePreparation, 1);

  find_out (task_data, cancellable, result);
  g_task_return_pointer (task, result, (GDestroyNotify) granary_service_preparation_free);
}

GranaryServicePreparation *
granary_service_prepare_finish (GAsyncResult *result)
{
  GranaryServicePreparation *prepared = g_task_propagate_pointer (G_TASK (result), NULL);

  /* A worker passes over a task that was called off before its turn. */
  return prepared != NULL ? prepared : g_new0 (GranaryServicePreparation, 1);
}
