/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-service.h"

#include "granary-error.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

/* Auxiliary functions */

static const struct
{
  const char     *name;
  GranaryVerb     verb;
  GranaryCliGoal  goal;
} actions[] = {
  [GRANARY_SERVICE_START] = { "start", GRANARY_VERB_START_SERVICE, GRANARY_CLI_GOAL_RUNNING },
  [GRANARY_SERVICE_STOP] = { "stop", GRANARY_VERB_STOP_SERVICE, GRANARY_CLI_GOAL_STOPPED },
  [GRANARY_SERVICE_UPDATE] = { "update", GRANARY_VERB_UPDATE_SERVICE, GRANARY_CLI_GOAL_RUNNING },
  [GRANARY_SERVICE_REMOVE] = { "remove", GRANARY_VERB_REMOVE_SERVICE, GRANARY_CLI_GOAL_GONE },
};

static gboolean
confirm_remove (GranaryCli            *cli,
                const GranaryService  *service,
                GError               **error)
{
  g_autofree char *name = granary_cli_service_to_text (service);
  g_autofree char *title = g_strdup_printf (_("Remove the service “%s”?"), name);
  GranaryWording wording = { title, NULL, NULL, GRANARY_WAY_OUT_NONE };

  wording.body = service->state == GRANARY_SERVICE_RUNNING
                 ? _("It stops, and nobody gets an answer from it any more. The version stays.")
                 : _("It cannot be started again. The version stays.");
  return granary_cli_confirm (cli, &wording, error);
}

/* Where it costs something from now on that it did not cost before. */
static gboolean
agree_to_price (GranaryCli            *cli,
                const GranaryService  *service,
                GranaryServiceAction   action,
                gboolean               accept,
                GError               **error)
{
  GranaryServiceHost *host = granary_connection_get_service_host (cli->connection);
  g_autoptr (GranaryPublishProfile) profile = NULL;

  if (!granary_service_host_has (host, GRANARY_SERVICE_HOST_PRICED) ||
      action == GRANARY_SERVICE_STOP || action == GRANARY_SERVICE_REMOVE ||
      service->state == GRANARY_SERVICE_RUNNING || service->profile == NULL)
    return TRUE;

  profile = granary_publish_profile_from_json (service->profile);
  if (profile->instance_type == NULL)
    return TRUE;

  return granary_cli_agree_to_price (cli, profile, accept, error);
}

static gboolean
perform (GranaryCli            *cli,
         const GranaryService  *service,
         GranaryServiceAction   action,
         GError               **error)
{
  GranaryServiceHost *host = granary_connection_get_service_host (cli->connection);
  g_autoptr (GAsyncResult) result = NULL;
  GranaryCliWait wait = { NULL };

  granary_service_host_act_async (host, service->uid, action, NULL, cli->cancellable,
                                  granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, NULL);
  return granary_service_host_act_finish (host, result, error);
}

static gboolean
print_result (GranaryCli  *cli,
              const char  *uid,
              GError     **error)
{
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GranaryCliJson) json = NULL;

  if (!cli->json)
    return TRUE;

  service = granary_cli_load_service (cli, uid, error);
  if (service == NULL)
    return FALSE;

  json = granary_cli_json_new ();
  granary_cli_add_service_json (cli, json, NULL, service);
  granary_cli_json_print (json);
  return TRUE;
}

static gboolean
act (GranaryCli            *cli,
     char                 **arguments,
     GranaryServiceAction   action,
     GError               **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  gboolean yes = FALSE;
  gboolean no_wait = FALSE;
  gboolean accept_price = FALSE;
  const GOptionEntry wait_entry =
    { "no-wait", 0, 0, G_OPTION_ARG_NONE, &no_wait, N_("Do not wait until it is done"), NULL };
  const GOptionEntry yes_entry = { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_("Do not ask"), NULL };
  const GOptionEntry price_entry =
    { "accept-price", 0, 0, G_OPTION_ARG_NONE, &accept_price,
      N_("Cloud: agree to what it costs without being asked"), NULL };
  const GOptionEntry end = G_OPTION_ENTRY_NULL;
  const GOptionEntry entries[] = {
    wait_entry,
    action == GRANARY_SERVICE_REMOVE ? yes_entry
    : action == GRANARY_SERVICE_STOP ? end : price_entry,
    end,
  };
  g_autoptr (GranaryService) service = NULL;
  g_autofree char *name = NULL;

  if (!granary_cli_parse (cli, &left, entries, 1, 1, error) ||
      !granary_cli_read_texts (left, error))
    return FALSE;
  /* Before anything is opened: the same question would get the same answer. */
  if (action == GRANARY_SERVICE_REMOVE && !yes && !granary_cli_is_terminal (STDIN_FILENO))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("There is no terminal to ask on: --yes is needed."));
      return FALSE;
    }
  if (!granary_cli_open (cli, GRANARY_CLI_OPEN_EXISTING, error))
    return FALSE;

  granary_cli_begin (cli, actions[action].verb, left[1]);
  if (granary_cli_get_host (cli, error) == NULL)
    return FALSE;
  service = granary_cli_find_service (cli, left[1], error);
  if (service == NULL)
    return FALSE;

  name = granary_cli_service_to_text (service);
  granary_cli_begin (cli, actions[action].verb, name);
  if (action == GRANARY_SERVICE_REMOVE && !yes && !confirm_remove (cli, service, error))
    return FALSE;
  if (!agree_to_price (cli, service, action, accept_price, error) ||
      !perform (cli, service, action, error) ||
      (!no_wait &&
       !granary_cli_wait_for_service (cli, service->uid, actions[action].goal, error)))
    return FALSE;

  return action == GRANARY_SERVICE_REMOVE || print_result (cli, service->uid, error);
}

/* Public functions */

/**
 * granary_cli_start:
 *
 * `start SERVICE [--no-wait] [--accept-price]`
 */
gboolean
granary_cli_start (GranaryCli  *cli,
                   char       **arguments,
                   GError     **error)
{
  return act (cli, arguments, GRANARY_SERVICE_START, error);
}

/**
 * granary_cli_stop:
 *
 * `stop SERVICE [--no-wait]`
 */
gboolean
granary_cli_stop (GranaryCli  *cli,
                  char       **arguments,
                  GError     **error)
{
  return act (cli, arguments, GRANARY_SERVICE_STOP, error);
}

/**
 * granary_cli_update:
 *
 * `update SERVICE [--no-wait] [--accept-price]`
 */
gboolean
granary_cli_update (GranaryCli  *cli,
                    char       **arguments,
                    GError     **error)
{
  return act (cli, arguments, GRANARY_SERVICE_UPDATE, error);
}

/**
 * granary_cli_remove:
 *
 * `remove SERVICE [--yes] [--no-wait]`
 */
gboolean
granary_cli_remove (GranaryCli  *cli,
                    char       **arguments,
                    GError     **error)
{
  return act (cli, arguments, GRANARY_SERVICE_REMOVE, error);
}
