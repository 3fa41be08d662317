/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-import.h"

#include <glib/gi18n-lib.h>

/**
 * granary_cli_import_usage:
 * @error: return location
 * @message: what was used wrongly
 *
 * Returns: %FALSE
 */
gboolean
granary_cli_import_usage (GError     **error,
                          const char  *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, message);
  return FALSE;
}

static gboolean
check_source (GranaryCliImport  *self,
              GError           **error)
{
  guint n_sources = (self->paths->len > 0) + (self->task != NULL) + (self->automl != NULL) +
                    (self->cos != NULL);

  if (n_sources == 0)
    return granary_cli_import_usage (error, _("What to import is missing: --files, --task, "
                                              "--automl or --cos."));
  if (n_sources > 1)
    return granary_cli_import_usage (error, _("--files, --task, --automl and --cos exclude each "
                                              "other: the files come from one place."));
  if (self->cos != NULL && self->move)
    return granary_cli_import_usage (error, _("--move is for files of this computer, and for "
                                              "tasks."));
  if (self->task_version != NULL && self->task == NULL && self->automl == NULL)
    return granary_cli_import_usage (error, _("--task-version is for --task and --automl."));

  return TRUE;
}

static gboolean
check_automl (GranaryCliImport  *self,
              GError           **error)
{
  gboolean is_vision = g_strcmp0 (self->scene, "vision") == 0;
  gboolean is_ocr = g_strcmp0 (self->scene, "ocr") == 0;

  if (self->scene != NULL && !is_vision && !is_ocr)
    {
      g_autofree char *shown = granary_display_path (self->scene);

      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("“%s” is not a scene: there are “vision” and “ocr”."), shown);
      return FALSE;
    }
  if (self->scene != NULL && self->automl == NULL)
    return granary_cli_import_usage (error, _("--scene is for --automl."));
  if (self->scene == NULL && self->automl != NULL)
    return granary_cli_import_usage (error, _("--automl needs --scene vision or --scene ocr."));
  if (self->preference != NULL && !is_vision)
    return granary_cli_import_usage (error, _("--preference is for --automl with --scene "
                                              "vision."));
  if (self->config_key != NULL && !is_ocr)
    return granary_cli_import_usage (error, _("--config-key is for --automl with --scene ocr."));

  return TRUE;
}

static gboolean
check_target (GranaryCliImport  *self,
              const char        *name,
              GError           **error)
{
  if (self->into == NULL && name == NULL)
    return granary_cli_import_usage (error, _("The name of the new model is missing; for a new "
                                              "version of a model, use --into MODEL."));
  if (self->into != NULL && name != NULL)
    return granary_cli_import_usage (error, _("A name and --into exclude each other: the model "
                                              "has a name already."));
  if (self->into != NULL && self->description != NULL)
    return granary_cli_import_usage (error, _("--description is for new models only."));

  return TRUE;
}

/**
 * granary_cli_import_check:
 * @self: the command line
 * @name: (nullable): name of the new model
 * @error: return location, %G_OPTION_ERROR
 *
 * Returns: whether what was given goes together
 */
gboolean
granary_cli_import_check (GranaryCliImport  *self,
                          const char        *name,
                          GError           **error)
{
  const char *given[] = {
    self->framework, self->format, self->environment, self->description, self->automl,
    self->task_version, self->preference, self->config_key,
  };
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();

  if (!check_source (self, error) || !check_automl (self, error) ||
      !check_target (self, name, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (given); i++)
    if (given[i] != NULL)
      g_ptr_array_add (texts, (gpointer) given[i]);
  g_ptr_array_add (texts, NULL);

  return granary_cli_read_texts ((char **) texts->pdata, error);
}

void
granary_cli_import_clear (GranaryCliImport *self)
{
  g_clear_pointer (&self->paths, g_ptr_array_unref);
  g_strfreev (self->files);
  g_free (self->cos);
  g_free (self->task);
  g_free (self->automl);
  g_free (self->scene);
  g_free (self->task_version);
  g_free (self->preference);
  g_free (self->config_key);
  g_free (self->into);
  g_free (self->framework);
  g_free (self->format);
  g_free (self->environment);
  g_free (self->description);
  g_strfreev (self->metrics);
  g_strfreev (self->tags);
}
