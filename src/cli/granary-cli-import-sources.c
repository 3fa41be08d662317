/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-cli"

#include "config.h"

#include "granary-cli-import.h"

#include "granary-cli-cos.h"
#include "granary-cli-files.h"
#include "granary-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

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

/**
 * granary_cli_import_read_files:
 * @cli: the run
 * @self: the command line, with files
 * @request: what to fill
 * @error: return location
 *
 * Finds the files of this computer, and reads what they say of themselves.
 *
 * Returns: whether they can be imported
 */
gboolean
granary_cli_import_read_files (GranaryCli            *cli,
                               GranaryCliImport      *self,
                               GranaryImportRequest  *request,
                               GError               **error)
{
  g_autoptr (GranaryInspection) inspection = NULL;

  g_ptr_array_add (self->paths, NULL);
  request->files = granary_cli_files_scan (cli, (const char * const *) self->paths->pdata, NULL,
                                           error);
  g_ptr_array_set_size (self->paths, (int) self->paths->len - 1);
  if (request->files == NULL)
    return FALSE;

  inspection = granary_cli_files_inspect (cli, request->files, TRUE, error);
  if (inspection == NULL)
    return FALSE;

  request->source = GRANARY_SOURCE_FILES;
  request->source_ref = make_source_ref (self->paths);
  request->framework = g_strdup (granary_inspection_get_framework (inspection));
  request->format = g_strdup (granary_inspection_get_format (inspection));
  request->inspection = granary_inspection_to_json (inspection);
  granary_cli_files_note_warnings (cli, inspection);
  return TRUE;
}

/**
 * granary_cli_import_read_address:
 * @cli: the run
 * @self: the command line, with an address
 * @request: what to fill
 * @error: return location
 *
 * Reads the address of a folder of object storage, from which the platform takes the files itself.
 *
 * Returns: whether it is one, for a connection that can
 */
gboolean
granary_cli_import_read_address (GranaryCli            *cli,
                                 GranaryCliImport      *self,
                                 GranaryImportRequest  *request,
                                 GError               **error)
{
  g_autoptr (GranaryObjectPlace) place = NULL;

  if (!granary_cli_is_cloud (cli))
    return granary_cli_import_usage (error, _("--cos is for cloud connections: name one with -r. "
                                              "For a repository of this computer fetch the files "
                                              "first, with “cos get”."));
  if (!granary_cli_cos_parse (self->cos, &place, error))
    return FALSE;

  if (*place->key != '\0' && !g_str_has_suffix (place->key, "/"))
    {
      g_autofree char *key = g_steal_pointer (&place->key);

      place->key = g_strconcat (key, "/", NULL);
    }
  request->source = GRANARY_SOURCE_COS;
  request->source_ref = granary_object_place_to_address (place);
  request->address = g_strdup (request->source_ref);
  return TRUE;
}
