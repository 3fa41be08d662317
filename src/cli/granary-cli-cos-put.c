/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-cos.h"

#include "granary-cli-files.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Sends one file. What is there already with the same content is not sent again, so that a command
 * that was interrupted goes on when it is given once more. */
static gboolean
put_file (GranaryCliCos      *self,
          GranaryCliCosFile  *file,
          GranaryTransfer    *transfer,
          gboolean           *skipped,
          GError            **error)
{
  GCancellable *cancellable = granary_transfer_get_cancellable (transfer);
  g_autoptr (GranaryObject) there = NULL;
  g_autoptr (GranaryObject) sent = NULL;
  g_autoptr (GError) missing = NULL;

  there = granary_cos_client_stat (self->client, file->place, cancellable, &missing);
  if (there == NULL && !granary_error_matches_reason (missing, GRANARY_REASON_OBJECT_MISSING))
    {
      g_propagate_error (error, g_steal_pointer (&missing));
      return FALSE;
    }

  if (there != NULL && there->size == file->size)
    {
      if (!granary_cli_cos_is_same (file->path, there, cancellable, skipped, error))
        return FALSE;
      if (*skipped)
        {
          granary_transfer_add_bytes (transfer, file->size);
          return TRUE;
        }
    }
  if (there != NULL && !self->replace)
    {
      g_autofree char *address = granary_object_place_to_address (file->place);
      g_autofree char *shown = granary_display_path (address);

      granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_WOULD_REPLACE, shown,
                         "%s has other content", shown);
      return FALSE;
    }

  sent = granary_cos_transfer_upload (self->files, file->path, file->place, transfer, cancellable,
                                      error);
  return sent != NULL;
}

/* What goes where: a file under the very key when one is given, all else below it. */
static GPtrArray *
plan (GranaryFileSet      *files,
      GranaryObjectPlace  *to,
      gboolean             is_one_file,
      GError             **error)
{
  g_autoptr (GPtrArray) planned =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_cli_cos_file_free);
  gboolean is_folder = *to->key == '\0' || g_str_has_suffix (to->key, "/");

  for (guint i = 0; i < granary_file_set_get_n_files (files); i++)
    {
      const GranarySourceFile *file = granary_file_set_get_file (files, i);
      g_autofree char *key = NULL;

      if (is_one_file && !is_folder)
        key = g_strdup (to->key);
      else
        key = g_strconcat (to->key, is_folder ? "" : "/", file->target, NULL);
      if (!granary_object_key_check (key, error))
        return NULL;

      g_ptr_array_add (planned,
                       granary_cli_cos_file_new (g_strdup (file->path),
                                                 granary_object_place_new (to->bucket, to->region,
                                                                           key),
                                                 file->size));
    }

  return g_steal_pointer (&planned);
}

/*
 * granary_cli_cos_put:
 *
 * `cos put PATH… cos://BUCKET/KEY [--replace]`
 */
gboolean
granary_cli_cos_put (GranaryCliCos  *self,
                     char          **operands,
                     GError        **error)
{
  guint n_paths = g_strv_length (operands) - 1;
  g_autofree char *address = g_strdup (operands[n_paths]);
  g_autofree char *shown = granary_display_path (address);
  g_autofree const char **paths = g_new0 (const char *, n_paths + 1);
  g_autoptr (GranaryObjectPlace) to = NULL;
  g_autoptr (GranaryFileSet) files = NULL;
  g_autoptr (GPtrArray) planned = NULL;

  granary_cli_begin (self->cli, GRANARY_VERB_UPLOAD, shown);
  if (!granary_cli_cos_parse (address, &to, error))
    return FALSE;
  if (self->recursive || self->yes || self->limit > 0 || self->marker != NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("“cos put” takes no other option than --replace."));
      return FALSE;
    }

  memcpy (paths, operands, n_paths * sizeof *paths);
  files = granary_cli_files_scan (self->cli, paths, NULL, error);
  if (files == NULL)
    return FALSE;
  planned = plan (files, to, n_paths == 1 && !g_file_test (paths[0], G_FILE_TEST_IS_DIR), error);
  if (planned == NULL || !granary_cli_cos_open (self, error))
    return FALSE;

  granary_cli_begin (self->cli, GRANARY_VERB_UPLOAD, shown);
  return granary_cli_cos_move (self, planned, GRANARY_TRANSFER_UPLOAD, shown, put_file, error);
}
