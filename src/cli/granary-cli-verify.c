/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-json.h"
#include "granary-cli-target.h"
#include "granary-error.h"

#include <glib/gi18n-lib.h>

static void
print_json (GPtrArray *problems)
{
  g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

  granary_cli_json_begin_object (json, NULL);
  granary_cli_json_begin_array (json, "problems");
  for (guint i = 0; i < problems->len; i++)
    {
      const GranaryVerifyProblem *problem = g_ptr_array_index (problems, i);
      g_autofree char *message = granary_wording_for_problem (problem->error);

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_text (json, "code",
                                 problem->error->domain == GRANARY_ERROR
                                   ? granary_cli_code_id (problem->error->code)
                                   : "failed");
      granary_cli_json_add_text (json, "reason",
                                 granary_cli_reason_id (granary_error_get_reason (problem->error)));
      granary_cli_json_add_text (json, "subject", granary_error_get_subject (problem->error));
      granary_cli_json_add_text (json, "message", message);
      granary_cli_json_end_object (json);
    }
  granary_cli_json_end_array (json);
  granary_cli_json_end_object (json);
  granary_cli_json_print (json);
}

static void
print_lines (GranaryCli *cli,
             GPtrArray  *problems)
{
  g_autofree char *summary = NULL;

  for (guint i = 0; i < problems->len; i++)
    {
      const GranaryVerifyProblem *problem = g_ptr_array_index (problems, i);
      g_autofree char *text = granary_wording_for_problem (problem->error);

      granary_cli_print (text);
      granary_cli_print ("\n");
    }

  if (problems->len > 0)
    summary = g_strdup_printf (ngettext ("%u problem found", "%u problems found", problems->len),
                               problems->len);
  else
    summary = g_strdup (_("everything is as it should be"));
  granary_cli_note (cli, summary);
}

/**
 * granary_cli_verify:
 *
 * `verify [MODEL[:vN]]`
 */
gboolean
granary_cli_verify (GranaryCli  *cli,
                    char       **arguments,
                    GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (GranaryCliTarget) target = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GranaryTransfer) transfer = NULL;
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *object = NULL;
  GranaryRepository *repository;
  GranaryCliWait wait = { NULL };

  if (!granary_cli_parse (cli, &left, NULL, 0, 1, error))
    return FALSE;
  if (left[1] != NULL)
    {
      target = granary_cli_target_parse (left[1], FALSE, error);
      if (target == NULL)
        return FALSE;
      object = granary_cli_target_to_text (target);
    }
  if (!granary_cli_open (cli, GRANARY_CLI_OPEN_EXISTING, error))
    return FALSE;

  granary_cli_begin (cli, GRANARY_VERB_VERIFY, object);
  if (target != NULL)
    {
      if (!granary_cli_target_resolve (target, cli, error))
        return FALSE;

      ids = g_array_new (FALSE, FALSE, sizeof (gint64));
      if (target->number > 0)
        g_array_append_val (ids, target->version_id);
      else
        for (guint i = 0; i < target->model->versions->len; i++)
          {
            const GranaryVersion *version = g_ptr_array_index (target->model->versions, i);

            g_array_append_val (ids, version->id);
          }
    }

  repository = granary_connection_get_repository (cli->connection);
  transfer = granary_transfer_new (GRANARY_TRANSFER_VERIFY, object);
  granary_repository_verify_async (repository, ids, transfer, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, transfer);
  problems = granary_repository_verify_finish (repository, result, error);
  if (problems == NULL)
    return FALSE;

  if (cli->json)
    print_json (problems);
  else
    print_lines (cli, problems);

  if (problems->len > 0)
    cli->status = GRANARY_CLI_FAILED;
  return TRUE;
}
