/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-error.h"
#include "granary-keyring.h"
#include "granary-local.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first signal calls the work off and lets it clean up; the second one does not wait: what is
 * left is put right by the next open. */
static gboolean
signal_cb (gpointer user_data)
{
  GranaryCli *self = user_data;

  if (g_cancellable_is_cancelled (self->cancellable))
    _exit (GRANARY_CLI_CANCELLED);

  g_cancellable_cancel (self->cancellable);
  if (self->transfer != NULL)
    granary_transfer_cancel (self->transfer);

  return G_SOURCE_CONTINUE;
}

GranaryCli *
granary_cli_new (void)
{
  GranaryCli *self = g_new0 (GranaryCli, 1);

  /* First of all, before there is a thread that reads the environment. */
  self->credentials = granary_credentials_take_from_environment (&self->credentials_error);
  self->verb = GRANARY_VERB_OPEN;
  self->cancellable = g_cancellable_new ();
  self->worker = granary_worker_new ("granary-cli", 1);
  self->signal_sources[0] = g_unix_signal_add (SIGINT, signal_cb, self);
  self->signal_sources[1] = g_unix_signal_add (SIGTERM, signal_cb, self);

  return self;
}

void
granary_cli_free (GranaryCli *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (self->signal_sources); i++)
    g_clear_handle_id (&self->signal_sources[i], g_source_remove);
  if (self->connection != NULL)
    granary_connection_close (self->connection);
  g_clear_object (&self->connection);
  g_clear_object (&self->accounts);
  g_clear_pointer (&self->credentials, granary_credentials_unref);
  g_clear_error (&self->credentials_error);
  g_clear_object (&self->worker);
  g_clear_object (&self->transfer);
  g_clear_object (&self->cancellable);
  g_free (self->object);
  g_free (self->place);
  g_free (self);
}

/**
 * granary_cli_begin:
 * @self: the run
 * @verb: what is being done from here on
 * @object: (nullable): on what
 *
 * Remembers what an error from here on would be about.
 */
void
granary_cli_begin (GranaryCli  *self,
                   GranaryVerb  verb,
                   const char  *object)
{
  self->verb = verb;
  g_set_str (&self->object, object);
}

/**
 * granary_cli_open:
 * @self: the run
 * @how: what for
 * @error: return location
 *
 * Opens the repository, or the cloud connection, that -r or the environment names, and says what
 * had to be repaired.
 *
 * Returns: whether it is open
 */
gboolean
granary_cli_open (GranaryCli      *self,
                  GranaryCliOpen   how,
                  GError         **error)
{
  g_autofree char *folder = NULL;
  g_autofree char *shown = NULL;
  GranaryCliWait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *repairs = NULL;

  if (granary_cli_is_cloud (self))
    return granary_cli_open_cloud (self, how, error);

  folder = self->place != NULL ? g_canonicalize_filename (self->place, NULL)
                               : granary_local_get_default_folder ();
  shown = granary_display_path (folder);
  granary_cli_begin (self, GRANARY_VERB_OPEN, shown);

  /* A typing error or an unmounted disk must not leave an empty repository behind. */
  if (how != GRANARY_CLI_OPEN_CREATE && self->place != NULL &&
      !granary_local_is_repository (folder))
    {
      granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_REPOSITORY_GONE, shown,
                         "no repository in %s", shown);
      return FALSE;
    }

  granary_local_open_async (folder, self->cancellable, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (self, &wait, NULL);
  self->connection = granary_local_open_finish (result, error);
  if (self->connection == NULL)
    return FALSE;

  if (granary_connection_get_repairs (self->connection) != NULL)
    repairs = granary_wording_for_repairs (granary_connection_get_repairs (self->connection));
  if (repairs != NULL)
    granary_cli_note (self, repairs);

  return TRUE;
}

static const GranaryCliCommand *
find_command (const char *name)
{
  for (const GranaryCliCommand *command = granary_cli_commands; command->name != NULL; command++)
    {
      if (g_str_equal (command->name, name))
        return command;
    }

  return NULL;
}

/* What --help without a command shows. */
static char *
make_overview (void)
{
  g_autoptr (GString) text = g_string_new (_("Keeps machine-learning models and their versions."));

  g_string_append_printf (text, "\n\n%s\n", _("Commands:"));
  for (const GranaryCliCommand *command = granary_cli_commands; command->name != NULL; command++)
    g_string_append_printf (text, "  %-12s %s\n", command->name, _(command->summary));
  g_string_append_printf (text, "\n%s", _("“granary-cli COMMAND --help” tells more about each."));

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Reads what stands before the command. */
static gboolean
parse_global (GranaryCli   *self,
              char       ***arguments,
              gboolean     *version,
              GError      **error)
{
  const GOptionEntry entries[] = {
    { "repository", 'r', 0, G_OPTION_ARG_FILENAME, &self->place,
      N_("Use the repository in FOLDER, or the cloud connection NAME"), N_("FOLDER|NAME") },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_("Write JSON, for programs"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, version, N_("Print the version"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_("COMMAND [ARGUMENT…]"));
  g_autofree char *overview = make_overview ();

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_set_summary (context, overview);

  return g_option_context_parse_strv (context, arguments, error);
}

static gboolean
run (GranaryCli  *self,
     char      ***arguments,
     GError     **error)
{
  gboolean version = FALSE;
  char **rest;

  if (!parse_global (self, arguments, &version, error))
    return FALSE;

  if (version)
    {
      granary_cli_print ("granary-cli " GRANARY_VERSION "\n");
      return TRUE;
    }

  rest = *arguments + 1;
  if (rest[0] != NULL && g_str_equal (rest[0], "--"))
    rest++;
  if (rest[0] == NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("A command is missing."));
      return FALSE;
    }

  self->command = find_command (rest[0]);
  if (self->command == NULL)
    {
      g_autofree char *shown = granary_display_path (rest[0]);

      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("Unknown command “%s”."), shown);
      return FALSE;
    }

  return self->command->func (self, rest, error);
}

/**
 * granary_cli_main:
 * @argc: of the process
 * @argv: of the process
 *
 * Returns: its exit code
 */
int
granary_cli_main (int    argc,
                  char **argv)
{
  g_autoptr (GranaryCli) self = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = NULL;

  granary_wording_bind_locale ();
  g_set_prgname ("granary-cli");
  arguments = g_strdupv (argv);
  self = granary_cli_new ();

  if (!run (self, &arguments, &error))
    return granary_cli_report (self, error);

  if (fflush (stdout) != 0 || ferror (stdout))
    {
      g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_FAILED,
                           _("The output could not be written"));
      return granary_cli_report (self, error);
    }

  return self->status;
}
