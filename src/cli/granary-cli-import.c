/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli.h"

#include "granary-cli-cos.h"
#include "granary-cli-files.h"
#include "granary-cli-json.h"
#include "granary-cli-target.h"
#include "granary-error.h"
#include "granary-names.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The texts of the command line, as they came. */
typedef struct
{
  char     **files;       /* for the help alone: the list is lifted out before */
  char     **metrics;
  char     **tags;
  char      *into;
  char      *cos;
  char      *framework;
  char      *format;
  char      *environment;
  char      *description;
  gboolean   move;
} Options;

static void
options_clear (Options *options)
{
  g_strfreev (options->files);
  g_strfreev (options->metrics);
  g_strfreev (options->tags);
  g_free (options->into);
  g_free (options->cos);
  g_free (options->framework);
  g_free (options->format);
  g_free (options->environment);
  g_free (options->description);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
usage (GError     **error,
       const char  *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, message);
  return FALSE;
}

static gboolean
check_options (Options    *options,
               char      **left,
               GPtrArray  *paths,
               GError    **error)
{
  const char *texts[] = {
    options->framework, options->format, options->environment, options->description,
  };

  if (paths->len == 0 && options->cos == NULL)
    return usage (error, _("--files and what to import are missing."));
  if (paths->len > 0 && options->cos != NULL)
    return usage (error, _("--files and --cos exclude each other: the files are here or there."));
  if (options->cos != NULL && options->move)
    return usage (error, _("--move is for files of this computer."));
  if (options->into == NULL && left[1] == NULL)
    return usage (error, _("The name of the new model is missing; for a new version of a model, "
                           "use --into MODEL."));
  if (options->into != NULL && left[1] != NULL)
    return usage (error, _("A name and --into exclude each other: the model has a name already."));
  if (options->into != NULL && options->description != NULL)
    return usage (error, _("--description is for new models only."));

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (texts[i] != NULL && !g_utf8_validate (texts[i], -1, NULL))
        {
          g_autofree char *shown = granary_display_path (texts[i]);

          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       _("“%s” is not valid UTF-8 text."), shown);
          return FALSE;
        }
    }

  return TRUE;
}

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

/* Where the files were: the one thing that was named, or the folder that holds all. */
static char *
make_source_ref (GPtrArray *paths)
{
  g_autofree char *first = g_canonicalize_filename (g_ptr_array_index (paths, 0), NULL);
  g_autofree char *place = NULL;

  if (paths->len == 1)
    return granary_display_path (first);

  place = g_path_get_dirname (first);
  for (guint i = 1; i < paths->len; i++)
    {
      g_autofree char *path = g_canonicalize_filename (g_ptr_array_index (paths, i), NULL);

      for (;;)
        {
          gsize length = strlen (place);
          char *parent;

          if (strncmp (path, place, length) == 0 &&
              (path[length] == '/' || place[length - 1] == '/'))
            break;
          parent = g_path_get_dirname (place);
          g_free (place);
          place = parent;
        }
    }

  return granary_display_path (place);
}

/* Free text: an option that was given, else what the files say; nothing if it is empty. */
static char *
choose (const char *given,
        const char *found)
{
  const char *text = given != NULL ? given : found;

  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
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

/* The files of this computer, and what they say of themselves. */
static gboolean
read_files (GranaryCli            *cli,
            GPtrArray             *paths,
            GranaryImportRequest  *request,
            GranaryInspection    **inspection,
            GError               **error)
{
  g_ptr_array_add (paths, NULL);
  request->files = granary_cli_files_scan (cli, (const char * const *) paths->pdata, NULL, error);
  g_ptr_array_set_size (paths, (int) paths->len - 1);
  if (request->files == NULL)
    return FALSE;

  *inspection = granary_cli_files_inspect (cli, request->files, TRUE, error);
  if (*inspection == NULL)
    return FALSE;

  request->source = GRANARY_SOURCE_FILES;
  request->source_ref = make_source_ref (paths);
  return TRUE;
}

/* A folder of object storage, from which the platform takes the files itself. */
static gboolean
read_address (GranaryCli            *cli,
              const char            *address,
              GranaryImportRequest  *request,
              GError               **error)
{
  g_autoptr (GranaryObjectPlace) place = NULL;

  if (!granary_cli_is_cloud (cli))
    return usage (error, _("--cos is for cloud connections: name one with -r. For a repository of "
                           "this computer fetch the files first, with “cos get”."));
  if (!granary_cli_cos_parse (address, &place, error))
    return FALSE;

  if (*place->key != '\0' && !g_str_has_suffix (place->key, "/"))
    {
      g_autofree char *key = g_steal_pointer (&place->key);

      place->key = g_strconcat (key, "/", NULL);
    }
  request->source = GRANARY_SOURCE_COS;
  request->source_ref = granary_object_place_to_address (place);
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
 * `import NAME | --into MODEL --files PATH… | --cos cos://BUCKET/PREFIX/ [--move] …`
 */
gboolean
granary_cli_import (GranaryCli  *cli,
                    char       **arguments,
                    GError     **error)
{
  g_auto (Options) options = { NULL };
  const GOptionEntry entries[] = {
    { "files", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.files,
      N_("The files and folders to import"), N_("PATH…") },
    { "cos", 0, 0, G_OPTION_ARG_FILENAME, &options.cos,
      N_("A folder of object storage to import, on a cloud connection"),
      N_("cos://BUCKET/PREFIX/") },
    { "into", 0, 0, G_OPTION_ARG_FILENAME, &options.into, N_("As a new version of MODEL"),
      N_("MODEL") },
    { "move", 0, 0, G_OPTION_ARG_NONE, &options.move,
      N_("Take the files away from where they are, once they are stored"), NULL },
    { "framework", 0, 0, G_OPTION_ARG_FILENAME, &options.framework,
      N_("Such as PyTorch; read from the files if not given"), N_("NAME") },
    { "format", 0, 0, G_OPTION_ARG_FILENAME, &options.format,
      N_("Such as ONNX; read from the files if not given"), N_("NAME") },
    { "metric", 'm', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.metrics,
      N_("A metric of the version; may be given more than once"), N_("NAME=VALUE") },
    { "env", 0, 0, G_OPTION_ARG_FILENAME, &options.environment,
      N_("Runtime environment: an interpreter or a container image"), N_("IMAGE") },
    { "tag", 't', 0, G_OPTION_ARG_FILENAME_ARRAY, &options.tags,
      N_("A tag of the model; may be given more than once"), N_("KEY=VALUE") },
    { "description", 0, 0, G_OPTION_ARG_FILENAME, &options.description,
      N_("What the new model is for"), N_("TEXT") },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) left = granary_cli_take_list (arguments, "--files", paths);
  g_autoptr (GranaryImportRequest) request = granary_import_request_new ();
  g_autoptr (GranaryCliTarget) target = NULL;
  g_autoptr (GranaryInspection) inspection = NULL;
  g_autoptr (GranaryVersion) version = NULL;
  g_autofree char *object = NULL;

  if (!granary_cli_parse (cli, &left, entries, 0, 1, error) ||
      !check_options (&options, left, paths, error))
    return FALSE;

  object = granary_display_path (options.into != NULL ? options.into : left[1]);
  granary_cli_begin (cli, GRANARY_VERB_IMPORT, object);
  if (!granary_cli_read_tags (options.tags, &request->tags, error) ||
      !read_metrics (options.metrics, &request->metrics, error))
    return FALSE;

  if (options.into != NULL)
    {
      target = granary_cli_target_parse (options.into, FALSE, error);
      if (target == NULL)
        return FALSE;
      if (target->number > 0)
        return usage (error, _("--into takes a model: the number of the new version is not "
                               "chosen."));
    }
  else
    {
      request->name = granary_name_check (left[1], error);
      if (request->name == NULL)
        return FALSE;
    }

  if (options.cos != NULL ? !read_address (cli, options.cos, request, error)
                          : !read_files (cli, paths, request, &inspection, error))
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

  request->move = options.move;
  request->framework =
    choose (options.framework,
            inspection != NULL ? granary_inspection_get_framework (inspection) : NULL);
  request->format =
    choose (options.format, inspection != NULL ? granary_inspection_get_format (inspection) : NULL);
  request->environment = choose (options.environment, NULL);
  request->description = g_strdup (options.description);
  if (inspection != NULL)
    {
      request->inspection = granary_inspection_to_json (inspection);
      granary_cli_files_note_warnings (cli, inspection);
    }

  if (!import_files (cli, request, object, &version, error))
    return FALSE;

  print_version (cli, version);
  return TRUE;
}
