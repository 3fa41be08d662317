/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-json.h"
#include "granary-cli-target.h"
#include "granary-error.h"

#include <glib/gi18n-lib.h>

static void
print_folders (GranaryCli *cli,
               GPtrArray  *folders)
{
  if (cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_begin_array (json, "folders");
      for (guint i = 0; i < folders->len; i++)
        granary_cli_json_add_text (json, NULL, g_ptr_array_index (folders, i));
      granary_cli_json_end_array (json);
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
      return;
    }

  for (guint i = 0; i < folders->len; i++)
    {
      g_autofree char *shown = granary_display_path (g_ptr_array_index (folders, i));

      granary_cli_print (shown);
      granary_cli_print ("\n");
    }
}

/**
 * granary_cli_download:
 *
 * `download MODEL:vN DIR`
 */
gboolean
granary_cli_download (GranaryCli  *cli,
                      char       **arguments,
                      GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (GranaryCliTarget) target = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryTransfer) transfer = NULL;
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *object = NULL;
  GranaryRepository *repository;
  GranaryCliWait wait = { NULL };

  if (!granary_cli_parse (cli, &left, NULL, 2, 2, error))
    return FALSE;
  target = granary_cli_target_parse (left[1], TRUE, error);
  if (target == NULL || !granary_cli_open (cli, GRANARY_CLI_OPEN_EXISTING, error))
    return FALSE;

  object = granary_cli_target_to_text (target);
  granary_cli_begin (cli, GRANARY_VERB_DOWNLOAD, object);
  if (!granary_cli_target_resolve (target, cli, error))
    return FALSE;

  g_array_append_val (ids, target->version_id);
  folder = g_canonicalize_filename (left[2], NULL);
  repository = granary_connection_get_repository (cli->connection);
  transfer = granary_transfer_new (GRANARY_TRANSFER_DOWNLOAD, object);
  granary_repository_download_async (repository, ids, folder, transfer, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, transfer);
  folders = granary_repository_download_finish (repository, result, error);
  if (folders == NULL)
    return FALSE;

  print_folders (cli, folders);
  return TRUE;
}
