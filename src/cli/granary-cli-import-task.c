/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-import.h"

#include "granary-cli-files.h"
#include "granary-error.h"

#include <glib/gi18n-lib.h>

/* Until everything that was asked for is read. */
static gboolean
wait_for_draft (GranaryCli          *cli,
                GranaryImportDraft  *draft,
                GError             **error)
{
  while (granary_import_draft_get_busy (draft))
    {
      if (g_cancellable_set_error_if_cancelled (cli->cancellable, error))
        return FALSE;
      g_main_context_iteration (NULL, TRUE);
    }

  return TRUE;
}

static gboolean
check_field (GranaryImportDraft  *draft,
             GranaryDraftField    field,
             GError             **error)
{
  const GError *problem = granary_import_draft_get_problem (draft, field);

  if (problem == NULL)
    return TRUE;

  g_propagate_error (error, g_error_copy (problem));
  return FALSE;
}

/* A task of this computer may be named by its folder as well as by its id. */
static char *
read_id (GranaryCli *cli,
         const char *text)
{
  if (!granary_cli_is_cloud (cli) && g_file_test (text, G_FILE_TEST_IS_DIR))
    return g_canonicalize_filename (text, NULL);

  return g_strdup (text);
}

static gboolean
load_task (GranaryCli          *cli,
           GranaryCliImport    *self,
           GranaryImportDraft  *draft,
           GError             **error)
{
  g_autofree char *id = read_id (cli, self->automl != NULL ? self->automl : self->task);
  GranaryTaskDetails *details;
  GranaryTaskKinds kind = GRANARY_TASK_TRAINING;

  if (self->automl != NULL)
    {
      kind = g_str_equal (self->scene, "ocr") ? GRANARY_TASK_OCR : GRANARY_TASK_VISION;
      granary_import_draft_set_source (draft, GRANARY_SOURCE_AUTOML);
      granary_import_draft_set_task_kind (draft, kind);
    }
  else
    granary_import_draft_set_source (draft, GRANARY_SOURCE_TASK);
  granary_import_draft_set_task_uid (draft, id);
  if (!wait_for_draft (cli, draft, error) || !check_field (draft, GRANARY_DRAFT_TASK, error))
    return FALSE;

  details = granary_import_draft_get_task (draft);
  if (details->note != NULL)
    {
      g_autofree char *note = granary_wording_for_problem (details->note);

      granary_cli_note (cli, note);
    }

  /* A platform does not tell; what it is told will do, or it will say so. */
  if (!granary_cli_is_cloud (cli) && (details->task->kinds & kind) == 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   self->automl == NULL
                   ? _("“%s” is not a training task: use --automl.")
                   : _("“%s” is not automatic learning of that scene: use another --scene, or "
                       "--task."),
                   details->task->name);
      return FALSE;
    }

  return TRUE;
}

static const GranaryTaskOutput *
find_output (GranaryTaskDetails *details,
             const char         *version)
{
  for (guint i = 0; i < details->outputs->len; i++)
    {
      const GranaryTaskOutput *output = g_ptr_array_index (details->outputs, i);

      if (g_str_equal (output->id, version) || g_strcmp0 (output->title, version) == 0)
        return output;
    }

  return NULL;
}

static gboolean
choose_version (GranaryCli          *cli,
                GranaryCliImport    *self,
                GranaryImportDraft  *draft,
                GError             **error)
{
  GranaryTaskDetails *details = granary_import_draft_get_task (draft);
  const GranaryTaskOutput *output = find_output (details, self->task_version);
  g_autoptr (GString) known = g_string_new (NULL);

  if (output != NULL)
    {
      granary_import_draft_set_output (draft, output->id);
      return TRUE;
    }

  /* The versions of automatic learning are not listed by the platform. */
  if (granary_cli_is_cloud (cli) && self->automl != NULL)
    {
      granary_import_draft_set_task_version (draft, self->task_version);
      return TRUE;
    }

  for (guint i = 0; i < details->outputs->len; i++)
    {
      const GranaryTaskOutput *other = g_ptr_array_index (details->outputs, i);

      if (*other->id != '\0')
        g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "", other->id);
    }
  if (known->len > 0)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 /* Translators: a task, a version of it that was asked for, those that it has. */
                 _("“%1$s” has no version “%2$s”. It has: %3$s"), details->task->name,
                 self->task_version, known->str);
  else
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("“%s” has no versions to choose from."), details->task->name);
  return FALSE;
}

/* What goes beyond the task as it is: which version of it, and what was said of it. */
static gboolean
refine (GranaryCli          *cli,
        GranaryCliImport    *self,
        GranaryImportDraft  *draft,
        GError             **error)
{
  if (self->task_version != NULL && !choose_version (cli, self, draft, error))
    return FALSE;
  if (self->preference != NULL)
    granary_import_draft_set_preference (draft, self->preference);
  if (self->config_key == NULL)
    return TRUE;

  /* Only a configuration that was read and is right can be edited. */
  if (!wait_for_draft (cli, draft, error) || !check_field (draft, GRANARY_DRAFT_CONFIG, error))
    return FALSE;
  granary_import_draft_set_config_key (draft, self->config_key);
  return TRUE;
}

/**
 * granary_cli_import_read_task:
 * @cli: the run, with its connection open
 * @self: the command line, with a task
 * @request: (inout): what is known; afterwards that with all that the task tells
 * @draft: (out): owns what the request refers to
 * @error: return location
 *
 * Loads the task, and takes from it what to import, the framework, the format and the metrics that
 * were reported last.
 *
 * Returns: whether it can be imported
 */
gboolean
granary_cli_import_read_task (GranaryCli            *cli,
                              GranaryCliImport      *self,
                              GranaryImportRequest **request,
                              GranaryImportDraft   **draft,
                              GError               **error)
{
  GranaryImportRequest *known = *request;
  GranaryImportRequest *made;
  GranaryInspection *inspection;

  *draft = granary_import_draft_new (cli->connection);
  granary_import_draft_set_target_is_new (*draft, known->model_id == 0);
  if (known->model_id == 0)
    granary_import_draft_set_name (*draft, known->name);
  else
    granary_import_draft_set_model_id (*draft, known->model_id);
  granary_import_draft_set_tags (*draft, known->tags);

  if (!load_task (cli, self, *draft, error) || !refine (cli, self, *draft, error) ||
      !wait_for_draft (cli, *draft, error))
    return FALSE;
  if (known->metrics->len > 0)
    granary_import_draft_set_metrics (*draft, known->metrics);
  made = granary_import_draft_make_request (*draft, error);
  if (made == NULL)
    return FALSE;

  inspection = granary_import_draft_get_inspection (*draft);
  if (inspection != NULL)
    granary_cli_files_note_warnings (cli, inspection);
  granary_import_request_free (known);
  *request = made;
  return TRUE;
}
