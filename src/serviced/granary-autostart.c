/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-autostart.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "granary-error.h"
#include "granary-serviced-protocol.h"

#define NAME "io.github.granary.Granary.services-"

/* Auxiliary functions */

/* One argument of Exec as the Desktop Entry Specification wants it: quoted, with four characters
 * escaped inside the quotes, and % doubled wherever it is. Escaping of the value as a whole comes
 * on top of that. */
static void
append_quoted (GString    *line,
               const char *argument)
{
  g_string_append_c (line, '"');
  for (const char *at = argument; *at != '\0'; at++)
    {
      if (strchr ("\"`$\\", *at) != NULL)
        g_string_append_c (line, '\\');
      if (*at == '%')
        g_string_append_c (line, '%');
      g_string_append_c (line, *at);
    }
  g_string_append_c (line, '"');
}

/* Public functions */

/**
 * granary_autostart_dup_path:
 * @folder: of a repository
 *
 * Returns: (transfer full) (type filename): path of its entry
 */
char *
granary_autostart_dup_path (const char *folder)
{
  g_autofree char *socket = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (folder != NULL, NULL);

  /* What tells the sockets of repositories apart does it here as well. */
  socket = granary_serviced_dup_socket (folder);
  digest = g_path_get_basename (socket);
  *strchrnul (digest, '.') = '\0';
  name = g_strconcat (NAME, digest, ".desktop", NULL);

  return g_build_filename (g_get_user_config_dir (), "autostart", name, NULL);
}

/**
 * granary_autostart_make:
 * @program: (type filename): path of granary-serviced
 * @folder: (type filename): of a repository, absolute
 *
 * Returns: (transfer full) (nullable): the entry; %NULL where a path is not valid UTF-8, as no
 *   entry can hold it
 */
char *
granary_autostart_make (const char *program,
                        const char *folder)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GString) line = NULL;

  g_return_val_if_fail (program != NULL, NULL);
  g_return_val_if_fail (folder != NULL, NULL);

  if (!g_utf8_validate (program, -1, NULL) || !g_utf8_validate (folder, -1, NULL))
    return NULL;

  file = g_key_file_new ();
  line = g_string_new (NULL);
  append_quoted (line, program);
  g_string_append_c (line, ' ');
  append_quoted (line, folder);

  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_TYPE,
                         G_KEY_FILE_DESKTOP_TYPE_APPLICATION);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_NAME,
                         "Granary Services");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_COMMENT,
                         "Runs the model services of a repository");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC, line->str);
  g_key_file_set_boolean (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_NO_DISPLAY, TRUE);

  return g_key_file_to_data (file, NULL, NULL);
}

/**
 * granary_autostart_set:
 * @folder: (type filename): of a repository, absolute
 * @is_on: whether a service of it is meant to run
 * @error: return location
 *
 * Writes the entry, or removes it.
 *
 * Returns: whether it is as it should be
 */
gboolean
granary_autostart_set (const char  *folder,
                       gboolean     is_on,
                       GError     **error)
{
  g_autofree char *path = NULL;
  g_autofree char *place = NULL;
  g_autofree char *program = NULL;
  g_autofree char *text = NULL;
  g_autofree char *there = NULL;
  g_autofree char *shown = NULL;

  g_return_val_if_fail (folder != NULL, FALSE);

  path = granary_autostart_dup_path (folder);
  shown = granary_display_path (path);
  if (!is_on)
    {
      if (g_unlink (path) == 0 || errno == ENOENT || errno == ENOTDIR)
        return TRUE;
      granary_set_error_from_errno (error, errno, shown, "unlink");
      return FALSE;
    }

  program = granary_serviced_dup_program ();
  text = granary_autostart_make (program, folder);
  if (text == NULL)
    {
      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_PATH_ENCODING, shown,
                         "%s cannot name the repository", shown);
      return FALSE;
    }
  if (g_file_get_contents (path, &there, NULL, NULL) && g_str_equal (there, text))
    return TRUE;

  place = g_path_get_dirname (path);
  if (g_mkdir_with_parents (place, 0700) != 0)
    {
      granary_set_error_from_errno (error, errno, shown, "mkdir");
      return FALSE;
    }

  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, error);
}
