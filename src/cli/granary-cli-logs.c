/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-service.h"

#include "granary-error.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

/* How often a log is looked at that is followed. */
#define LOOK_AGAIN_MS 300

/* Auxiliary functions */

static void
print_piece (GranaryCli *cli,
             const char *text)
{
  g_autoptr (GranaryCliJson) json = NULL;

  if (!cli->json)
    {
      granary_cli_print_printable (text, granary_cli_is_terminal (STDOUT_FILENO), FALSE);
      return;
    }

  json = granary_cli_json_new ();
  granary_cli_json_begin_object (json, NULL);
  granary_cli_json_add_text (json, "log", text);
  granary_cli_json_end_object (json);
  granary_cli_json_print (json);
  fflush (stdout);
}

static gboolean
timeout_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_a_moment (void)
{
  gboolean is_over = FALSE;

  g_timeout_add (LOOK_AGAIN_MS, timeout_cb, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* Ctrl-C is how this ends, and no failure. */
static gboolean
follow (GranaryCli  *cli,
        const char  *uid,
        gint64       from,
        GError     **error)
{
  while (!g_cancellable_is_cancelled (cli->cancellable))
    {
      g_autoptr (GranaryServiceLog) log = NULL;
      g_autoptr (GError) local_error = NULL;

      wait_a_moment ();
      log = granary_cli_read_service_log (cli, uid, from, &local_error);
      if (log == NULL)
        {
          if (granary_error_is_cancelled (local_error))
            return TRUE;
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (*log->text != '\0')
        print_piece (cli, log->text);
      /* Nobody reads it any more. */
      if (ferror (stdout))
        return TRUE;
      from = log->next;
    }

  return TRUE;
}

/* Public functions */

/**
 * granary_cli_logs:
 *
 * `logs SERVICE [-f] [-n LINES]`
 */
gboolean
granary_cli_logs (GranaryCli  *cli,
                  char       **arguments,
                  GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  gboolean follows = FALSE;
  gint64 n_lines = -1;
  const GOptionEntry entries[] = {
    { "follow", 'f', 0, G_OPTION_ARG_NONE, &follows, N_("Go on as it grows, until Ctrl-C"), NULL },
    { "lines", 'n', 0, G_OPTION_ARG_INT64, &n_lines, N_("Only so many at its end"), N_("LINES") },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GranaryServiceLog) log = NULL;
  g_autofree char *name = NULL;
  const char *text;

  if (!granary_cli_parse (cli, &left, entries, 1, 1, error) ||
      !granary_cli_read_texts (left, error))
    return FALSE;
  if (n_lines < -1)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _("--lines takes a number that is not negative."));
      return FALSE;
    }
  if (!granary_cli_open (cli, GRANARY_CLI_OPEN_EXISTING, error))
    return FALSE;

  granary_cli_begin (cli, GRANARY_VERB_READ_LOG, left[1]);
  service = granary_cli_find_service (cli, left[1], error);
  if (service == NULL)
    return FALSE;
  name = granary_cli_service_to_text (service);
  granary_cli_begin (cli, GRANARY_VERB_READ_LOG, name);

  log = granary_cli_read_service_log (cli, service->uid, GRANARY_SERVICE_LOG_BEGIN, error);
  if (log == NULL)
    return FALSE;
  text = n_lines == 0 ? "" : n_lines > 0 ? granary_cli_skip_lines (log->text, n_lines) : log->text;
  if (*text != '\0' || (cli->json && !follows))
    print_piece (cli, text);

  return !follows || follow (cli, service->uid, log->next, error);
}
