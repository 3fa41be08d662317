/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-json.h"
#include "granary-cli-table.h"
#include "granary-error.h"
#include "granary-folder-tasks.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What a list may ask for at once. */
#define PAGE 200
/* Each row is read from files or asked for: not all unless it is said. */
#define DEFAULT_LIMIT 50

static const struct
{
  const char       *name;
  GranaryTaskKinds  kinds;
} kinds_by_name[] = {
  { "training", GRANARY_TASK_TRAINING },
  { "vision", GRANARY_TASK_VISION },
  { "ocr", GRANARY_TASK_OCR },
};

static const char *const state_ids[GRANARY_N_TASK_STATES] = {
  [GRANARY_TASK_UNKNOWN] = "unknown",
  [GRANARY_TASK_WAITING] = "waiting",
  [GRANARY_TASK_RUNNING] = "running",
  [GRANARY_TASK_FINISHED] = "finished",
  [GRANARY_TASK_STOPPED] = "stopped",
  [GRANARY_TASK_FAILED] = "failed",
};

static gboolean
parse_kind (const char        *text,
            GranaryTaskKinds  *kinds,
            GError           **error)
{
  g_autofree char *shown = granary_display_path (text);

  for (guint i = 0; i < G_N_ELEMENTS (kinds_by_name); i++)
    {
      if (g_str_equal (text, kinds_by_name[i].name))
        {
          *kinds = kinds_by_name[i].kinds;
          return TRUE;
        }
    }

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("“%s” is not training, vision or ocr."), shown);
  return FALSE;
}

/* The tasks of the folders that are named, or of the connection. */
static GranaryTaskSource *
open_source (GranaryCli  *cli,
             char       **folders,
             GError     **error)
{
  GranaryTaskSource *source;

  if (folders != NULL)
    {
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
      g_auto (GStrv) absolute = NULL;

      for (guint i = 0; folders[i] != NULL; i++)
        g_strv_builder_take (builder, g_canonicalize_filename (folders[i], NULL));
      absolute = g_strv_builder_end (builder);
      return granary_folder_tasks_new_for_folders ((const char * const *) absolute);
    }

  if (!granary_cli_open (cli, GRANARY_CLI_OPEN_EXISTING, error))
    return NULL;
  source = granary_connection_get_task_source (cli->connection);
  if (source == NULL)
    {
      granary_set_error (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_TASKS_NOT_LISTED,
                         granary_connection_get_title (cli->connection), "no tasks");
      return NULL;
    }

  return g_object_ref (source);
}

static GranaryTaskPage *
list_page (GranaryCli              *cli,
           GranaryTaskSource       *source,
           const GranaryTaskQuery  *query,
           GError                 **error)
{
  GranaryCliWait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  granary_task_source_list_async (source, query, cli->cancellable, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, NULL);

  return granary_task_source_list_finish (source, result, error);
}

/* As many pages as it takes for @limit rows, in one. */
static GranaryTaskPage *
list_tasks (GranaryCli         *cli,
            GranaryTaskSource  *source,
            GranaryTaskQuery   *query,
            gint64              limit,
            GError            **error)
{
  g_autoptr (GranaryTaskPage) all = NULL;

  do
    {
      g_autoptr (GranaryTaskPage) page = NULL;

      query->limit = (guint) MIN (limit - (all != NULL ? all->tasks->len : 0), PAGE);
      page = list_page (cli, source, query, error);
      if (page == NULL)
        return NULL;

      query->offset += page->tasks->len;
      if (all == NULL)
        {
          all = g_steal_pointer (&page);
          continue;
        }
      for (guint i = 0; i < page->tasks->len; i++)
        g_ptr_array_add (all->tasks, granary_task_ref (g_ptr_array_index (page->tasks, i)));
      all->has_more = page->has_more && page->tasks->len > 0;
    }
  while (all->has_more && all->tasks->len < limit);

  return g_steal_pointer (&all);
}

static void
add_task_json (GranaryCliJson    *json,
               const char        *key,
               const GranaryTask *task)
{
  g_autofree char *problem = task->problem != NULL ? granary_wording_for_problem (task->problem)
                                                   : NULL;

  granary_cli_json_begin_object (json, key);
  granary_cli_json_add_text (json, "id", task->uid);
  granary_cli_json_add_text (json, "name", task->name);
  granary_cli_json_add_text (json, "group", task->group);
  granary_cli_json_add_text (json, "tool", task->tool);
  granary_cli_json_add_text (json, "framework", task->framework);
  granary_cli_json_add_text (json, "status", state_ids[task->state]);
  granary_cli_json_add_time (json, "started", task->started);
  granary_cli_json_add_time (json, "finished", task->finished);
  granary_cli_json_add_size (json, "size", task->size);
  granary_cli_json_add_text (json, "location", task->location);
  granary_cli_json_add_bool (json, "importable", task->importable);
  granary_cli_json_add_text (json, "problem", problem);
}

static void
print_list_json (GranaryTaskPage *page)
{
  g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

  granary_cli_json_begin_object (json, NULL);
  granary_cli_json_begin_array (json, "tasks");
  for (guint i = 0; i < page->tasks->len; i++)
    {
      add_task_json (json, NULL, g_ptr_array_index (page->tasks, i));
      granary_cli_json_end_object (json);
    }
  granary_cli_json_end_array (json);
  granary_cli_json_add_bool (json, "has_more", page->has_more);
  granary_cli_json_end_object (json);
  granary_cli_json_print (json);
}

static void
print_list (GranaryTaskPage *page)
{
  g_autoptr (GranaryCliTable) table =
    granary_cli_table_new (C_("column", "NAME"), C_("column", "TOOL"), C_("column", "FRAMEWORK"),
                           C_("column", "STATUS"), C_("column", "FINISHED"), C_("column", "SIZE"),
                           C_("column", "ID"), NULL);
  gint64 now = g_get_real_time ();

  granary_cli_table_set_right (table, 5);
  for (guint i = 0; i < page->tasks->len; i++)
    {
      const GranaryTask *task = g_ptr_array_index (page->tasks, i);
      g_autofree char *finished = task->finished > 0 ? granary_wording_age (task->finished, now)
                                                     : NULL;
      g_autofree char *size = granary_wording_size (task->size);

      granary_cli_table_add (table, task->name, task->tool,
                             task->framework != NULL ? task->framework : "–",
                             task->problem != NULL ? C_("task", "unreadable")
                                                   : granary_wording_task_state (task->state),
                             finished != NULL ? finished : "–", size, task->uid, NULL);
    }
  granary_cli_table_print (table);
}

static void
print_details_json (GranaryTaskDetails *details)
{
  g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

  add_task_json (json, NULL, details->task);
  granary_cli_json_begin_array (json, "outputs");
  for (guint i = 0; i < details->outputs->len; i++)
    {
      const GranaryTaskOutput *output = g_ptr_array_index (details->outputs, i);

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_text (json, "id", output->id);
      granary_cli_json_add_text (json, "framework", output->framework);
      granary_cli_json_add_text (json, "format", output->format);
      granary_cli_json_add_text (json, "preference", output->preference);
      granary_cli_json_add_text (json, "scene", output->scene);
      granary_cli_json_add_size (json, "size", output->size);
      granary_cli_json_add_text (json, "address", output->address);
      granary_cli_json_begin_array (json, "paths");
      for (guint p = 0; output->paths != NULL && output->paths[p] != NULL; p++)
        granary_cli_json_add_text (json, NULL, output->paths[p]);
      granary_cli_json_end_array (json);
      granary_cli_json_add_metrics (json, "metrics", output->metrics);
      granary_cli_json_end_object (json);
    }
  granary_cli_json_end_array (json);
  granary_cli_json_end_object (json);
  granary_cli_json_print (json);
}

static void
print_details (GranaryTaskDetails *details)
{
  g_autoptr (GranaryCliTable) table =
    granary_cli_table_new (C_("column", "VERSION"), C_("column", "FRAMEWORK"),
                           C_("column", "SIZE"), C_("column", "METRICS"), NULL);
  g_autofree char *title = g_strdup_printf ("%s · %s · %s\n%s\n", details->task->name,
                                            details->task->tool,
                                            granary_wording_task_state (details->task->state),
                                            details->task->location != NULL
                                            ? details->task->location : details->task->uid);

  granary_cli_print (title);
  if (details->outputs->len == 0)
    return;

  granary_cli_table_set_right (table, 2);
  for (guint i = 0; i < details->outputs->len; i++)
    {
      const GranaryTaskOutput *output = g_ptr_array_index (details->outputs, i);
      g_autofree char *size = granary_wording_size (output->size);
      g_autoptr (GString) metrics = g_string_new (NULL);

      for (guint m = 0; m < output->metrics->len; m++)
        {
          const GranaryMetric *metric = g_ptr_array_index (output->metrics, m);

          g_string_append_printf (metrics, "%s%s %s", m > 0 ? ", " : "", metric->name,
                                  metric->text);
        }
      granary_cli_table_add (table, *output->id != '\0' ? output->id : "–",
                             output->framework != NULL ? output->framework : "–", size,
                             metrics->str, NULL);
    }
  granary_cli_table_print (table);
}

/* What cannot be part of a name that somebody searches for: ids of this computer have a colon, those
 * of a platform begin with what they are of. */
static gboolean
may_be_id (const char *text)
{
  return strchr (text, ':') != NULL || g_path_is_absolute (text) ||
         g_str_has_prefix (text, "train-");
}

static gboolean
show_task (GranaryCli         *cli,
           GranaryTaskSource  *source,
           GranaryTaskKinds    kinds,
           const char         *id,
           GError            **error)
{
  GranaryCliWait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GranaryTaskDetails) details = NULL;

  granary_task_source_load_async (source, kinds, id, cli->cancellable, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, NULL);
  details = granary_task_source_load_finish (source, result, error);
  if (details == NULL)
    return FALSE;

  if (cli->json)
    print_details_json (details);
  else
    print_details (details);
  if (details->note != NULL)
    {
      g_autofree char *note = granary_wording_for_problem (details->note);

      granary_cli_note (cli, note);
    }
  return TRUE;
}

/**
 * granary_cli_tasks:
 *
 * `tasks [--folder DIR]… [--kind KIND] [--limit N] [--offset N] [QUERY|ID]`
 */
gboolean
granary_cli_tasks (GranaryCli  *cli,
                   char       **arguments,
                   GError     **error)
{
  g_auto (GStrv) left = g_strdupv (arguments);
  g_auto (GStrv) folders = NULL;
  g_autofree char *kind = NULL;
  gint64 limit = DEFAULT_LIMIT;
  gint64 offset = 0;
  const GOptionEntry entries[] = {
    { "folder", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &folders,
      N_("Look in this folder and below; may be given more than once"), N_("FOLDER") },
    { "kind", 0, 0, G_OPTION_ARG_FILENAME, &kind,
      N_("Tasks of this kind: training, vision or ocr"), N_("KIND") },
    { "limit", 0, 0, G_OPTION_ARG_INT64, &limit, N_("At most so many"), N_("N") },
    { "offset", 0, 0, G_OPTION_ARG_INT64, &offset, N_("Leave out so many at the beginning"),
      N_("N") },
    G_OPTION_ENTRY_NULL,
  };
  GranaryTaskQuery query = { GRANARY_TASK_TRAINING, NULL, 0, 0 };
  g_autoptr (GranaryTaskSource) source = NULL;
  g_autoptr (GranaryTaskPage) page = NULL;
  g_autofree char *text = NULL;

  if (!granary_cli_parse (cli, &left, entries, 0, -1, error) ||
      (kind != NULL && !parse_kind (kind, &query.kinds, error)) ||
      !granary_cli_read_texts (left, error))
    return FALSE;
  if (offset < 0 || offset > G_MAXINT32 || limit < 1)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _("--limit and --offset take a number that is not negative."));
      return FALSE;
    }
  text = g_strjoinv (" ", left + 1);

  source = open_source (cli, folders, error);
  if (source == NULL)
    return FALSE;

  granary_cli_begin (cli, GRANARY_VERB_LOAD, *text != '\0' ? text : NULL);
  if (may_be_id (text))
    return show_task (cli, source, query.kinds, text, error);

  query.text = *text != '\0' ? text : NULL;
  query.offset = (guint) offset;
  page = list_tasks (cli, source, &query, limit, error);
  if (page == NULL)
    return FALSE;

  if (cli->json)
    print_list_json (page);
  else if (page->tasks->len > 0)
    print_list (page);
  else
    granary_cli_note (cli, _("no task was found"));
  if (page->note != NULL)
    {
      g_autofree char *note = granary_wording_for_problem (page->note);

      granary_cli_note (cli, note);
    }
  if (page->has_more && !cli->json)
    granary_cli_note (cli, _("there are more: use --limit or --offset"));

  return TRUE;
}
