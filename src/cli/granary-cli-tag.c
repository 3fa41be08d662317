/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-json.h"
#include "granary-cli-target.h"
#include "granary-error.h"

#include <glib/gi18n-lib.h>

static void
print_tags (GranaryCli         *cli,
            const GranaryModel *model)
{
  if (cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_text (json, "model", model->uid);
      granary_cli_json_add_text (json, "name", model->name);
      granary_cli_json_add_tags (json, "tags", model->tags);
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
      return;
    }

  for (guint i = 0; i < granary_tag_set_get_size (model->tags); i++)
    {
      g_autofree char *key = granary_display_path (granary_tag_set_get_key (model->tags, i));
      g_autofree char *value = granary_display_path (granary_tag_set_get_value (model->tags, i));
      g_autofree char *line = g_strdup_printf ("%s=%s\n", key, value);

      granary_cli_print (line);
    }
}

static gpointer
load_model (GranaryCatalog  *catalog,
            gpointer         data,
            GCancellable    *cancellable,
            GError         **error)
{
  return granary_catalog_load_model (catalog, *(const gint64 *) data, error);
}

static gboolean
edit (GranaryCli     *cli,
      gint64          model_id,
      GranaryTagSet  *tags,
      char          **removed,
      GError        **error)
{
  GranaryRepository *repository = granary_connection_get_repository (cli->connection);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryEditRequest) request = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GranaryCliWait wait = { NULL };

  g_array_append_val (ids, model_id);
  request = granary_edit_request_new (ids);
  request->set_tags = granary_tag_set_copy (tags);
  request->remove_tags = g_strdupv (removed);

  granary_repository_edit_async (repository, request, cli->cancellable, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, NULL);

  return granary_repository_edit_finish (repository, result, error);
}

/**
 * granary_cli_tag:
 *
 * `tag MODEL K=V… [--remove K]…`; with neither it prints the tags.
 */
gboolean
granary_cli_tag (GranaryCli  *cli,
                 char       **arguments,
                 GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_auto (GStrv) removed = NULL;
  const GOptionEntry entries[] = {
    { "remove", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &removed,
      N_("Remove the tag of this key; may be given more than once"), N_("KEY") },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GranaryCliTarget) target = NULL;
  g_autoptr (GranaryTagSet) tags = NULL;
  g_autoptr (GranaryModel) model = NULL;
  gint64 model_id;

  if (!granary_cli_parse (cli, &left, entries, 1, -1, error))
    return FALSE;
  target = granary_cli_target_parse (left[1], FALSE, error);
  if (target == NULL)
    return FALSE;
  if (target->number > 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _("Tags belong to the model: name it without a version."));
      return FALSE;
    }

  granary_cli_begin (cli, GRANARY_VERB_TAG, target->name);
  if (!granary_cli_read_tags (left + 2, &tags, error) ||
      !granary_cli_open (cli, GRANARY_CLI_OPEN_EXISTING, error))
    return FALSE;
  granary_cli_begin (cli, GRANARY_VERB_TAG, target->name);
  if (!granary_cli_target_resolve (target, cli, error))
    return FALSE;

  if ((granary_tag_set_get_size (tags) > 0 || removed != NULL) &&
      !edit (cli, target->model->id, tags, removed, error))
    return FALSE;

  model_id = target->model->id;
  model = granary_cli_read (cli, load_model, &model_id, (GDestroyNotify) granary_model_unref,
                            error);
  if (model == NULL)
    return FALSE;

  print_tags (cli, model);
  return TRUE;
}
