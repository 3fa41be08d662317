/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-service.h"

#include "granary-cli-table.h"
#include "granary-cli-target.h"
#include "granary-error.h"

#include <glib/gi18n-lib.h>

/* Auxiliary functions */

static gpointer
list_of_target (GranaryCatalog  *catalog,
                gpointer         data,
                GCancellable    *cancellable,
                GError         **error)
{
  GranaryCliTarget *target = data;
  g_autoptr (GArray) models = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) versions = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (target->number > 0)
    g_array_append_val (versions, target->version_id);
  else
    g_array_append_val (models, target->model->id);

  return granary_catalog_list_services (catalog, models, versions, error);
}

/* The word for what it does, and what is to be known about that. */
static char *
make_state (const GranaryService *service)
{
  const char *state = granary_wording_service_state (service->state);

  if (service->is_version_gone)
    /* Translators: %s is the state of a service, such as “Running”. */
    return g_strdup_printf (_("%s, version deleted"), state);
  if (service->is_update_needed)
    /* Translators: %s is the state of a service, such as “Running”. */
    return g_strdup_printf (_("%s, update needed"), state);

  return g_strdup (state);
}

static void
print_table (GPtrArray *services)
{
  g_autoptr (GranaryCliTable) table =
    granary_cli_table_new (C_("column", "NAME"), C_("column", "MODEL"), C_("column", "STATUS"),
                           C_("column", "ADDRESS"), C_("column", "ID"), NULL);

  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);
      g_autofree char *name = granary_cli_service_to_text (service);
      g_autofree char *state = make_state (service);
      g_autofree char *model = service->model_name != NULL
                               ? g_strdup_printf ("%s:v%d", service->model_name,
                                                  service->version_number)
                               : NULL;

      granary_cli_table_add (table, name, model != NULL ? model : "–", state,
                             service->url != NULL ? service->url : "–", service->uid, NULL);
    }
  granary_cli_table_print (table);
}

/* Why those that failed did. */
static void
note_failures (GranaryCli *cli,
               GPtrArray  *services)
{
  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);
      g_autofree char *name = granary_cli_service_to_text (service);
      g_autofree char *failure = granary_wording_service_failure (service);
      g_autofree char *text = NULL;

      if (service->state != GRANARY_SERVICE_FAILED || failure == NULL)
        continue;
      /* Translators: name of a service, and a sentence that says why it failed. */
      text = g_strdup_printf (_("%1$s: %2$s"), name, failure);
      granary_cli_note (cli, text);
    }
}

/* Public functions */

/**
 * granary_cli_services:
 *
 * `services [MODEL[:vN]]`
 */
gboolean
granary_cli_services (GranaryCli  *cli,
                      char       **arguments,
                      GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_autoptr (GranaryCliTarget) target = NULL;
  g_autoptr (GPtrArray) services = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *object = NULL;

  if (!granary_cli_parse (cli, &left, NULL, 0, 1, error))
    return FALSE;
  if (left[1] != NULL)
    {
      target = granary_cli_target_parse (left[1], FALSE, error);
      if (target == NULL)
        return FALSE;
    }
  if (!granary_cli_open (cli, GRANARY_CLI_OPEN_READ, error))
    return FALSE;

  object = target != NULL ? granary_cli_target_to_text (target) : NULL;
  granary_cli_begin (cli, GRANARY_VERB_LIST_SERVICES, object);
  if (target != NULL && !granary_cli_target_resolve (target, cli, error))
    return FALSE;

  /* Those of a cloud are as of the last refresh. */
  if (!granary_cli_is_cloud (cli) && !granary_cli_refresh_services (cli, &local_error))
    {
      g_autofree char *problem = NULL;

      if (granary_error_is_cancelled (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      problem = granary_wording_for_problem (local_error);
      granary_cli_note (cli, problem);
    }
  services = target != NULL
             ? granary_cli_read (cli, list_of_target, target,
                                 (GDestroyNotify) g_ptr_array_unref, error)
             : granary_cli_list_services (cli, error);
  if (services == NULL)
    return FALSE;

  if (cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_begin_array (json, "services");
      for (guint i = 0; i < services->len; i++)
        granary_cli_add_service_json (cli, json, NULL, g_ptr_array_index (services, i));
      granary_cli_json_end_array (json);
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
    }
  else if (services->len == 0)
    granary_cli_note (cli, _("there are no services"));
  else
    {
      print_table (services);
      note_failures (cli, services);
    }

  granary_cli_note_age (cli);
  return TRUE;
}
