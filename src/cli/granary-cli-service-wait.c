/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-service.h"

#include "granary-error.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

/* How much of a log says why. */
#define END_OF_LOG 40
/* Changes are told; this is for those that another process makes to a file that does not tell. */
#define LOOK_AGAIN_MS 1000

/* What is waited for in the main loop. */
typedef struct
{
  gboolean is_over; /* something happened */
} Watch;

/* Auxiliary functions */

static void
changed_cb (GranaryCatalog *catalog,
            GArray         *model_ids,
            Watch          *watch)
{
  watch->is_over = TRUE;
}

static void
cancelled_cb (GCancellable *cancellable,
              Watch        *watch)
{
  watch->is_over = TRUE;
}

static gboolean
timeout_cb (gpointer user_data)
{
  Watch *watch = user_data;

  watch->is_over = TRUE;
  return G_SOURCE_CONTINUE;
}

/* The last lines of its log, on standard error. */
static void
show_end_of_log (GranaryCli           *self,
                 const GranaryService *service)
{
  GranaryServiceHost *host = granary_connection_get_service_host (self->connection);
  g_autoptr (GranaryServiceLog) log = NULL;
  g_autoptr (GError) error = NULL;
  const char *end;

  if (!granary_service_host_has (host, GRANARY_SERVICE_HOST_LOG))
    return;

  log = granary_cli_read_service_log (self, service->uid, GRANARY_SERVICE_LOG_TAIL, &error);
  if (log == NULL)
    {
      g_autofree char *problem = granary_wording_for_problem (error);

      granary_cli_note (self, problem);
      return;
    }

  end = granary_cli_skip_lines (log->text, END_OF_LOG);
  if (*end == '\0')
    return;
  if (self->json)
    {
      g_autofree char *text = g_strdup_printf (_("the end of its log: %s"), end);

      granary_cli_note (self, text);
      return;
    }
  granary_cli_note (self, _("the end of its log:"));
  granary_cli_print_printable (end, granary_cli_is_terminal (STDERR_FILENO), TRUE);
  if (!g_str_has_suffix (end, "\n"))
    granary_cli_print_printable ("\n", FALSE, TRUE);
}

static void
set_failed (GranaryCli            *self,
            const GranaryService  *service,
            GError               **error)
{
  g_autofree char *name = granary_cli_service_to_text (service);
  g_autofree char *failure = granary_wording_service_failure (service);

  show_end_of_log (self, service);
  if (failure != NULL)
    granary_cli_note (self, failure);
  granary_set_error (error, GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_START_FAILED, name,
                     "%s: %s", service->uid, granary_service_failure_to_id (service->failure));
}

/* It failed, and is being started once more. */
static void
note_restart (GranaryCli           *self,
              const GranaryService *service)
{
  g_autofree char *failure = granary_wording_service_failure (service);
  g_autofree char *text = NULL;

  if (failure == NULL)
    return;

  /* Translators: %s is a sentence that says why it failed. */
  text = g_strdup_printf (_("it is started again: %s"), failure);
  granary_cli_note (self, text);
}

/* Whether it is over, well or, with @error set, not. */
static gboolean
has_come_to (GranaryCli            *self,
             const GranaryService  *service,
             GranaryCliGoal         goal,
             gboolean              *is_well,
             GError               **error)
{
  *is_well = FALSE;
  if (goal != GRANARY_CLI_GOAL_GONE && service->state == GRANARY_SERVICE_UNKNOWN &&
      granary_cli_is_cloud (self))
    {
      g_autofree char *name = granary_cli_service_to_text (service);

      granary_set_error (error, GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_SERVICE_UNTOLD, name,
                         "%s: its state is not told", service->uid);
      return TRUE;
    }

  switch (goal)
    {
    case GRANARY_CLI_GOAL_RUNNING:
      if (service->state == GRANARY_SERVICE_RUNNING)
        *is_well = TRUE;
      else if (service->state == GRANARY_SERVICE_FAILED ||
               service->state == GRANARY_SERVICE_STOPPED)
        set_failed (self, service, error);
      else
        return FALSE;
      return TRUE;

    case GRANARY_CLI_GOAL_STOPPED:
      *is_well = service->state == GRANARY_SERVICE_STOPPED ||
                 service->state == GRANARY_SERVICE_FAILED;
      /* It did not stop, or somebody started it again. That of this computer may show late. */
      if (granary_cli_is_cloud (self) && service->state == GRANARY_SERVICE_RUNNING)
        {
          g_autofree char *name = granary_cli_service_to_text (service);

          granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_SERVICE_STATE, name,
                             "%s runs", service->uid);
          return TRUE;
        }
      return *is_well;

    case GRANARY_CLI_GOAL_GONE:
    default:
      return FALSE;
    }
}

/* Waits until the catalogue changes, or for a moment. */
static void
wait_for_change (GranaryCli *self)
{
  GranaryCatalog *catalog = granary_connection_get_catalog (self->connection);
  Watch watch = { g_cancellable_is_cancelled (self->cancellable) };
  gulong changed = g_signal_connect (catalog, "changed", G_CALLBACK (changed_cb), &watch);
  gulong cancelled = g_signal_connect (self->cancellable, "cancelled", G_CALLBACK (cancelled_cb),
                                       &watch);
  guint timeout = g_timeout_add (LOOK_AGAIN_MS, timeout_cb, &watch);

  while (!watch.is_over)
    g_main_context_iteration (NULL, TRUE);

  g_source_remove (timeout);
  g_signal_handler_disconnect (self->cancellable, cancelled);
  g_signal_handler_disconnect (catalog, changed);
}

/* Public functions */

/**
 * granary_cli_wait_for_service:
 * @self: the run, with an open repository
 * @uid: id of a service
 * @goal: what is waited for
 * @error: return location
 *
 * Waits until a service came to its goal, or to a failure; the end of its log is shown then. Being
 * called off leaves it on its way, and says so.
 *
 * Errors: %GRANARY_REASON_SERVICE_START_FAILED, %GRANARY_REASON_SERVICE_UNTOLD on the cloud,
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: whether it did
 */
gboolean
granary_cli_wait_for_service (GranaryCli      *self,
                              const char      *uid,
                              GranaryCliGoal   goal,
                              GError         **error)
{
  g_autofree char *name = NULL;
  int n_restarts = 0;

  for (;;)
    {
      g_autoptr (GranaryService) service = NULL;
      g_autoptr (GError) local_error = NULL;
      gboolean is_well;

      service = granary_cli_load_service (self, uid, &local_error);
      if (service == NULL && goal == GRANARY_CLI_GOAL_GONE &&
          granary_error_matches_reason (local_error, GRANARY_REASON_SERVICE_MISSING))
        return TRUE;
      if (service == NULL && !granary_error_is_cancelled (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      if (service != NULL)
        {
          g_free (name);
          name = granary_cli_service_to_text (service);
          if (has_come_to (self, service, goal, &is_well, error))
            return is_well;
          if (goal == GRANARY_CLI_GOAL_RUNNING && service->n_restarts > n_restarts)
            note_restart (self, service);
          n_restarts = service->n_restarts;
        }

      if (g_cancellable_is_cancelled (self->cancellable))
        {
          g_autofree char *text = NULL;

          if (goal == GRANARY_CLI_GOAL_RUNNING)
            text = g_strdup_printf (_("it goes on starting without being waited for; “granary-cli "
                                      "stop %s” stops it"), name != NULL ? name : uid);
          if (text != NULL)
            granary_cli_note (self, text);
          g_cancellable_set_error_if_cancelled (self->cancellable, error);
          return FALSE;
        }
      wait_for_change (self);
    }
}
