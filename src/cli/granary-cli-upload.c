/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-files.h"
#include "granary-cli-json.h"
#include "granary-cli-target.h"
#include "granary-error.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

/* Lists what would be replaced, as data: a script may want to look at it. */
static void
print_replaced (GranaryCli *cli,
                GPtrArray  *differing)
{
  if (cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_begin_array (json, "would_replace");
      for (guint i = 0; i < differing->len; i++)
        granary_cli_json_add_text (json, NULL, g_ptr_array_index (differing, i));
      granary_cli_json_end_array (json);
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
      return;
    }

  for (guint i = 0; i < differing->len; i++)
    {
      g_autofree char *shown = granary_display_path (g_ptr_array_index (differing, i));

      granary_cli_print (shown);
      granary_cli_print ("\n");
    }
}

static void
print_version (GranaryCli           *cli,
               const GranaryVersion *version,
               guint                 n_added,
               guint                 n_replaced)
{
  if (cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_text (json, "model", version->model_uid);
      granary_cli_json_add_text (json, "name", version->model_name);
      granary_cli_json_add_version (json, "version", version->number);
      granary_cli_json_add_int (json, "added", n_added);
      granary_cli_json_add_int (json, "replaced", n_replaced);
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
    }
  else
    {
      g_autofree char *added = g_strdup_printf (ngettext ("%u file added", "%u files added",
                                                          n_added),
                                                n_added);
      g_autofree char *replaced = g_strdup_printf (ngettext ("%u file replaced",
                                                             "%u files replaced", n_replaced),
                                                   n_replaced);
      g_autofree char *line = g_strdup_printf ("%s:v%d  %s  %s\n", version->model_name,
                                               version->number, added, replaced);

      granary_cli_print (line);
    }
}

/**
 * granary_cli_upload:
 *
 * `upload MODEL:vN PATH… [--to DIR] [--replace]`
 */
gboolean
granary_cli_upload (GranaryCli  *cli,
                    char       **arguments,
                    GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autofree char *into = NULL;
  gboolean replace = FALSE;
  const GOptionEntry entries[] = {
    { "to", 0, 0, G_OPTION_ARG_FILENAME, &into, N_("Folder of the version to put the files in"),
      N_("DIR") },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &replace,
      N_("Replace files of the same path and other content"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GranaryCliTarget) target = NULL;
  g_autoptr (GranaryFileSet) files = NULL;
  g_autoptr (GPtrArray) differing = NULL;
  g_autoptr (GranaryUploadRequest) request = NULL;
  g_autoptr (GranaryTransfer) transfer = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *object = NULL;
  GranaryRepository *repository;
  GranaryCliWait wait = { NULL };
  guint n_added = 0;

  if (!granary_cli_parse (cli, &left, entries, 2, -1, error))
    return FALSE;
  target = granary_cli_target_parse (left[1], TRUE, error);
  if (target == NULL)
    return FALSE;

  object = granary_cli_target_to_text (target);
  granary_cli_begin (cli, GRANARY_VERB_UPLOAD, object);
  files = granary_cli_files_scan (cli, (const char * const *) left + 2, into, error);
  if (files == NULL || !granary_cli_open (cli, GRANARY_CLI_OPEN_EXISTING, error))
    return FALSE;
  granary_cli_begin (cli, GRANARY_VERB_UPLOAD, object);
  if (!granary_cli_target_resolve (target, cli, error))
    return FALSE;

  differing = granary_cli_files_compare (cli, files, target->version, error);
  if (differing == NULL)
    return FALSE;
  if (differing->len > 0 && !replace)
    {
      g_autofree char *note =
        g_strdup_printf (ngettext ("%u file would be replaced; --replace does it.",
                                   "%u files would be replaced; --replace does it.",
                                   differing->len),
                         differing->len);

      print_replaced (cli, differing);
      granary_cli_note (cli, note);
      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_WOULD_REPLACE,
                         g_ptr_array_index (differing, 0), "%u files would be replaced",
                         differing->len);
      return FALSE;
    }

  for (guint i = 0; i < granary_file_set_get_n_files (files); i++)
    {
      const GranarySourceFile *file = granary_file_set_get_file (files, i);

      if (granary_version_find_file (target->version, file->target) == NULL)
        n_added++;
    }

  /* The back end looks again: another process may have been faster. */
  repository = granary_connection_get_repository (cli->connection);
  request = granary_upload_request_new (target->version_id, files, replace);
  transfer = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, object);
  granary_repository_upload_async (repository, request, transfer, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, transfer);
  version = granary_repository_upload_finish (repository, result, error);
  if (version == NULL)
    return FALSE;

  print_version (cli, version, n_added, differing->len);
  return TRUE;
}
