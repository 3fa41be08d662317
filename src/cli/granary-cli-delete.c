/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-json.h"
#include "granary-cli-service.h"
#include "granary-cli-target.h"
#include "granary-error.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

/* What goes: whole models, or versions; and the services that run them or did. */
typedef struct
{
  GArray        *model_ids;
  GArray        *version_ids;
  GPtrArray     *services; /* (owned) (nullable) */
  GranaryImpact  impact;
} Deletion;

static void
deletion_clear (Deletion *self)
{
  g_clear_pointer (&self->services, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Deletion, deletion_clear)

static gpointer
load_impact (GranaryCatalog  *catalog,
             gpointer         data,
             GCancellable    *cancellable,
             GError         **error)
{
  Deletion *deletion = data;

  deletion->services = granary_catalog_list_services (catalog, deletion->model_ids,
                                                      deletion->version_ids, error);
  if (deletion->services == NULL)
    return NULL;

  return granary_catalog_load_impact (catalog, deletion->model_ids, deletion->version_ids,
                                      &deletion->impact, error) ? deletion : NULL;
}

/* Those that run, and those that will not be able to again. */
static void
note_services (GranaryCli     *cli,
               const Deletion *deletion)
{
  g_autoptr (GString) list = g_string_new (NULL);
  g_autofree char *text = NULL;

  if (deletion->services->len == 0)
    return;

  for (guint i = 0; i < deletion->services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (deletion->services, i);
      g_autofree char *name = granary_cli_service_to_text (service);

      if (i > 0)
        g_string_append (list, ", ");
      /* Translators: name of a service and what it is doing: “digits/1 (Running)”. */
      g_string_append_printf (list, C_("service", "%1$s (%2$s)"), name,
                              granary_wording_service_state (service->state));
    }
  /* The question itself says what becomes of those that run. */
  if (deletion->impact.n_services > 0)
    text = g_strdup_printf (_("%1$s: %2$s"), _("Related Services"), list->str);
  else
    /* Translators: %s is a list of services. */
    text = g_strdup_printf (_("related services: %s. None of them can be started again once it is "
                              "stopped."), list->str);
  granary_cli_note (cli, text);
}

static void
print_entries (GranaryCli       *cli,
               GranaryCliTarget *target,
               GStrv             entries)
{
  if (cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_text (json, "model", target->model->uid);
      granary_cli_json_add_text (json, "name", target->model->name);
      granary_cli_json_add_version (json, "version", target->number);
      /* Where there is no trash, nothing names what went there. */
      granary_cli_json_add_text (json, "trash", entries[0]);
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
      return;
    }

  for (guint i = 0; entries[i] != NULL; i++)
    {
      granary_cli_print (entries[i]);
      granary_cli_print ("\n");
    }
}

/**
 * granary_cli_delete:
 *
 * `delete MODEL[:vN] [--yes] [--keep-files]`
 */
gboolean
granary_cli_delete (GranaryCli  *cli,
                    char       **arguments,
                    GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  gboolean yes = FALSE;
  gboolean keep_files = FALSE;
  const GOptionEntry entries[] = {
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_("Do not ask"), NULL },
    { "keep-files", 0, 0, G_OPTION_ARG_NONE, &keep_files,
      N_("Leave the files in the storage of a cloud connection"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GranaryCliTarget) target = NULL;
  g_autoptr (GranaryTransfer) transfer = NULL;
  g_autoptr (GranaryDeleteRequest) request = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GArray) models = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) versions = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto (GStrv) trashed = NULL;
  g_autofree char *object = NULL;
  g_auto (Deletion) deletion = { models, versions, NULL, { 0 } };
  GranaryRepository *repository;
  GranaryCliWait wait = { NULL };

  if (!granary_cli_parse (cli, &left, entries, 1, 1, error))
    return FALSE;
  target = granary_cli_target_parse (left[1], FALSE, error);
  if (target == NULL)
    return FALSE;

  /* Before anything is opened: the same question would get the same answer. */
  if (!yes && !granary_cli_is_terminal (STDIN_FILENO))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("There is no terminal to ask on: --yes is needed."));
      return FALSE;
    }
  if (!granary_cli_open (cli, GRANARY_CLI_OPEN_EXISTING, error))
    return FALSE;
  if (keep_files && !granary_connection_has (cli->connection, GRANARY_FEATURE_KEEP_FILES))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _("--keep-files is for cloud connections: here files go with their "
                             "version."));
      return FALSE;
    }

  object = granary_cli_target_to_text (target);
  granary_cli_begin (cli, GRANARY_VERB_DELETE, object);
  if (!granary_cli_target_resolve (target, cli, error))
    return FALSE;

  if (target->number > 0)
    g_array_append_val (versions, target->version_id);
  else
    g_array_append_val (models, target->model->id);

  if (!yes)
    {
      g_autoptr (GranaryWording) wording = NULL;

      if (granary_cli_read (cli, load_impact, &deletion, NULL, error) == NULL)
        return FALSE;
      if (granary_connection_has (cli->connection, GRANARY_FEATURE_TRASH))
        wording = granary_wording_for_delete (target->model->name, target->number,
                                              &deletion.impact);
      else
        wording = granary_wording_for_delete_forever (target->model->name, target->number,
                                                      &deletion.impact);
      note_services (cli, &deletion);
      if (!granary_cli_confirm (cli, wording, error))
        return FALSE;
    }

  repository = granary_connection_get_repository (cli->connection);
  transfer = granary_transfer_new (GRANARY_TRANSFER_DELETE, object);
  request = granary_delete_request_new (models, versions, keep_files);
  granary_repository_delete_async (repository, request, transfer, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, transfer);
  trashed = granary_repository_delete_finish (repository, result, error);
  if (trashed == NULL)
    return FALSE;

  print_entries (cli, target, trashed);
  return TRUE;
}
