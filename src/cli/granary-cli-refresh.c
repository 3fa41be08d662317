/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-json.h"
#include "granary-cli-target.h"

#include <glib/gi18n-lib.h>

/* What was named: models that the catalogue has, and ids that it does not have yet. */
typedef struct
{
  char        **names;
  GArray       *model_ids;
  GStrvBuilder *uids;
} Names;

static gpointer
sort_names (GranaryCatalog  *catalog,
            gpointer         data,
            GCancellable    *cancellable,
            GError         **error)
{
  Names *names = data;

  for (guint i = 0; names->names[i] != NULL; i++)
    {
      g_autoptr (GError) missing = NULL;
      gint64 id = granary_catalog_find_model (catalog, names->names[i], &missing);

      if (id > 0)
        g_array_append_val (names->model_ids, id);
      else if (granary_error_matches_reason (missing, GRANARY_REASON_MODEL_MISSING))
        g_strv_builder_add (names->uids, names->names[i]);
      else
        {
          g_propagate_error (error, g_steal_pointer (&missing));
          return NULL;
        }
    }

  return names;
}

static gpointer
count_models (GranaryCatalog  *catalog,
              gpointer         data,
              GCancellable    *cancellable,
              GError         **error)
{
  g_autoptr (GranaryQuery) query = granary_query_new (NULL, NULL, GRANARY_SORT_NAME, FALSE);

  return granary_catalog_list_ids (catalog, query, cancellable, error);
}

/* An id is a word; what cannot be one is a name that no model has. */
static gboolean
check_uids (GStrv    uids,
            GError **error)
{
  for (guint i = 0; uids[i] != NULL; i++)
    {
      for (const char *at = uids[i]; *at != '\0'; at++)
        {
          if (!g_ascii_isalnum (*at) && *at != '-' && *at != '_')
            {
              g_autofree char *shown = granary_display_path (uids[i]);

              granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_MODEL_MISSING,
                                 shown, "no model “%s”, and no id", shown);
              return FALSE;
            }
        }
    }

  return TRUE;
}

static void
print_result (GranaryCli *cli,
              guint       n_models)
{
  GranaryConnectionStatus *status = granary_connection_get_status (cli->connection);

  if (cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_int (json, "models", n_models);
      granary_cli_json_add_time (json, "refreshed",
                                 status != NULL ? granary_connection_status_get_refreshed (status)
                                                : 0);
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
    }
  else
    {
      g_autofree char *line = g_strdup_printf (ngettext ("%u model\n", "%u models\n", n_models),
                                               n_models);

      granary_cli_print (line);
    }
}

/**
 * granary_cli_refresh:
 *
 * `refresh [MODEL|ID…]`
 */
gboolean
granary_cli_refresh (GranaryCli  *cli,
                     char       **arguments,
                     GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (GArray) model_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) uids = NULL;
  g_autoptr (GArray) all = NULL;
  Names names;

  if (!granary_cli_parse (cli, &left, NULL, 0, -1, error))
    return FALSE;
  if (!granary_cli_is_cloud (cli))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("Only a cloud connection is refreshed: name it with -r."));
      return FALSE;
    }
  if (!granary_cli_read_texts (left + 1, error) ||
      !granary_cli_open (cli, GRANARY_CLI_OPEN_EXISTING, error))
    return FALSE;

  granary_cli_begin (cli, GRANARY_VERB_REFRESH, cli->place);
  names = (Names) { left + 1, model_ids, builder };
  if (granary_cli_read (cli, sort_names, &names, NULL, error) == NULL)
    return FALSE;
  uids = g_strv_builder_end (builder);
  if (!check_uids (uids, error))
    return FALSE;

  if (!granary_cli_do_refresh (cli, left[1] != NULL ? model_ids : NULL,
                               uids[0] != NULL ? (const char * const *) uids : NULL, error))
    return FALSE;

  all = granary_cli_read (cli, count_models, NULL, (GDestroyNotify) g_array_unref, error);
  if (all == NULL)
    return FALSE;

  print_result (cli, all->len);
  return TRUE;
}
