/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-import.h"

#include "granary-cli-json.h"
#include "granary-cli-target.h"
#include "granary-error.h"
#include "granary-names.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
read_metrics (char      **texts,
              GPtrArray **metrics,
              GError    **error)
{
  g_autoptr (GPtrArray) list =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_metric_free);

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      GranaryMetric *metric;

      if (!g_utf8_validate (texts[i], -1, NULL))
        {
          g_autofree char *shown = granary_display_path (texts[i]);

          granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_METRIC_SYNTAX,
                             shown, "metric is not UTF-8");
          return FALSE;
        }
      metric = granary_metric_parse (texts[i], error);
      if (metric == NULL)
        return FALSE;
      g_ptr_array_add (list, metric);
    }

  if (!granary_metrics_check (list, error))
    return FALSE;

  *metrics = g_steal_pointer (&list);
  return TRUE;
}

static gboolean
import_files (GranaryCli            *cli,
              GranaryImportRequest  *request,
              const char            *object,
              GranaryVersion       **version,
              GError               **error)
{
  GranaryRepository *repository = granary_connection_get_repository (cli->connection);
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, object);
  GranaryCliWait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) warnings = NULL;

  granary_repository_import_async (repository, request, transfer, granary_cli_wait_cb, &wait);
  result = granary_cli_wait (cli, &wait, transfer);
  *version = granary_repository_import_finish (repository, result, error);
  if (*version == NULL)
    return FALSE;

  /* Stored, though something that was to be cut may still be where it was. */
  warnings = granary_transfer_dup_warnings (transfer);
  for (guint i = 0; i < warnings->len; i++)
    {
      g_autofree char *warning = granary_wording_for_problem (g_ptr_array_index (warnings, i));

      granary_cli_note (cli, warning);
    }

  return TRUE;
}

/* An option that was given takes the place of what was found; an empty one says that there is
 * nothing. */
static void
prefer (char       **found,
        const char  *given)
{
  if (given != NULL)
    g_set_str (found, *given != '\0' ? given : NULL);
}

/* A program of this computer is remembered by its whole path. */
static char *
read_environment (GranaryCli *cli,
                  const char *text)
{
  g_autofree char *path = NULL;

  if (text == NULL || granary_cli_is_cloud (cli) || strchr (text, '/') == NULL ||
      !g_file_test (text, G_FILE_TEST_EXISTS))
    return g_strdup (text);

  path = g_canonicalize_filename (text, NULL);
  return g_utf8_validate (path, -1, NULL) ? g_steal_pointer (&path) : g_strdup (text);
}

/* The model that it goes to: one that is there, or a name for a new one. */
static gboolean
read_target (GranaryCliImport      *options,
             const char            *name,
             GranaryCliTarget     **target,
             GranaryImportRequest  *request,
             GError               **error)
{
  if (options->into == NULL)
    {
      request->name = granary_name_check (name, error);
      return request->name != NULL;
    }

  *target = granary_cli_target_parse (options->into, FALSE, error);
  if (*target == NULL)
    return FALSE;
  if ((*target)->number > 0)
    return granary_cli_import_usage (error, _("--into takes a model: the number of the new "
                                              "version is not chosen."));

  return TRUE;
}

/* What needs no repository is read before there is one: a mistake makes none. */
static gboolean
read_source (GranaryCli            *cli,
             GranaryCliImport      *options,
             GranaryImportRequest  *request,
             GError               **error)
{
  if (options->cos != NULL)
    return granary_cli_import_read_address (cli, options, request, error);
  if (options->paths->len > 0)
    return granary_cli_import_read_files (cli, options, request, error);

  return TRUE;
}

static void
print_version (GranaryCli           *cli,
               const GranaryVersion *version)
{
  if (cli->json)
    {
      g_autoptr (GranaryCliJson) json = granary_cli_json_new ();

      granary_cli_json_begin_object (json, NULL);
      granary_cli_json_add_text (json, "model", version->model_uid);
      granary_cli_json_add_text (json, "name", version->model_name);
      granary_cli_json_add_version (json, "version", version->number);
      granary_cli_json_end_object (json);
      granary_cli_json_print (json);
    }
  else
    {
      g_autofree char *line = g_strdup_printf ("%s:v%d\n", version->model_name, version->number);

      granary_cli_print (line);
    }
}

/**
 * granary_cli_import:
 *
 * `import NAME | --into MODEL --files PATH… | --task ID | --automl ID --scene vision|ocr | --cos
 * cos://BUCKET/PREFIX/ [--move] …`
 */
gboolean
granary_cli_import (GranaryCli  *cli,
                    char       **arguments,
                    GError     **error)
{
  g_auto (GranaryCliImport) options = { NULL };
  const GOptionEntry entries[] = {
    { "files", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.files,
      N_("The files and folders to import"), N_("PATH…") },
    { "task", 0, 0, G_OPTION_ARG_FILENAME, &options.task,
      N_("A training task to import: its id, or the folder of a run on this computer"),
      N_("ID") },
    { "automl", 0, 0, G_OPTION_ARG_FILENAME, &options.automl,
      N_("A task of automatic learning to import"), N_("ID") },
    { "scene", 0, 0, G_OPTION_ARG_FILENAME, &options.scene,
      N_("What automatic learning learned: vision or ocr"), N_("SCENE") },
    { "task-version", 0, 0, G_OPTION_ARG_FILENAME, &options.task_version,
      N_("Which version or checkpoint of the task; the recommended one if not given"),
      N_("VERSION") },
    { "preference", 0, 0, G_OPTION_ARG_FILENAME, &options.preference,
      N_("The training preference, for vision"), N_("TEXT") },
    { "config-key", 0, 0, G_OPTION_ARG_FILENAME, &options.config_key,
      N_("The “key” that config.json gets, for ocr"), N_("TEXT") },
    { "cos", 0, 0, G_OPTION_ARG_FILENAME, &options.cos,
      N_("A folder of object storage to import, on a cloud connection"),
      N_("cos://BUCKET/PREFIX/") },
    { "into", 0, 0, G_OPTION_ARG_FILENAME, &options.into, N_("As a new version of MODEL"),
      N_("MODEL") },
    { "move", 0, 0, G_OPTION_ARG_NONE, &options.move,
      N_("Take the files away from where they are, once they are stored"), NULL },
    { "framework", 0, 0, G_OPTION_ARG_FILENAME, &options.framework,
      N_("Such as PyTorch; read from the files or the task if not given"), N_("NAME") },
    { "format", 0, 0, G_OPTION_ARG_FILENAME, &options.format,
      N_("Such as ONNX; read from the files or the task if not given"), N_("NAME") },
    { "metric", 'm', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.metrics,
      N_("A metric of the version, instead of those that the task reported; may be given more "
         "than once"), N_("NAME=VALUE") },
    { "env", 0, 0, G_OPTION_ARG_FILENAME, &options.environment,
      N_("Runtime environment: an interpreter or a container image"), N_("IMAGE") },
    { "tag", 't', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.tags,
      N_("A tag of the model; may be given more than once"), N_("KEY=VALUE") },
    { "description", 0, 0, G_OPTION_ARG_FILENAME, &options.description,
      N_("What the new model is for"), N_("TEXT") },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) left = NULL;
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autoptr (GranaryImportDraft) draft = NULL;
  g_autoptr (GranaryCliTarget) target = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autofree char *object = NULL;
  g_autofree char *environment = NULL;

  options.paths = g_ptr_array_new_with_free_func (g_free);
  left = granary_cli_take_list (arguments, "--files", options.paths);
  if (!granary_cli_parse (cli, &left, entries, 0, 1, error) ||
      !granary_cli_import_check (&options, left[1], error))
    return FALSE;

  object = granary_display_path (options.into != NULL ? options.into : left[1]);
  granary_cli_begin (cli, GRANARY_VERB_IMPORT, object);
  if (!granary_cli_read_tags (options.tags, &request->tags, error) ||
      !read_metrics (options.metrics, &request->metrics, error) ||
      !read_target (&options, left[1], &target, request, error) ||
      !read_source (cli, &options, request, error))
    return FALSE;

  if (!granary_cli_open (cli,
                         options.into == NULL ? GRANARY_CLI_OPEN_CREATE : GRANARY_CLI_OPEN_EXISTING,
                         error))
    return FALSE;
  granary_cli_begin (cli, GRANARY_VERB_IMPORT, object);
  if (target != NULL)
    {
      if (!granary_cli_target_resolve (target, cli, error))
        return FALSE;
      request->model_id = target->model->id;
    }
  if ((options.task != NULL || options.automl != NULL) &&
      !granary_cli_import_read_task (cli, &options, &request, &draft, error))
    return FALSE;

  request->move = options.move;
  prefer (&request->framework, options.framework);
  prefer (&request->format, options.format);
  environment = read_environment (cli, options.environment);
  prefer (&request->environment, environment);
  prefer (&request->description, options.description);

  if (!import_files (cli, request, object, &version, error))
    return FALSE;

  print_version (cli, version);
  return TRUE;
}
