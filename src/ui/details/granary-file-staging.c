/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-file-staging.h"

#include <errno.h>

#include <glib/gstdio.h>

#include "granary-error.h"

/**
 * granary_file_staging_new:
 * @target: path inside the version
 * @text: its new content
 * @cancellable: (nullable): calls it off
 * @error: why it did not work
 *
 * Returns: (transfer full) (nullable): the text as a file ready for upload
 */
GranaryFileStaging *
granary_file_staging_new (const char    *target,
                          const char    *text,
                          GCancellable  *cancellable,
                          GError       **error)
{
  g_autoptr (GranaryFileStaging) self = NULL;
  g_autofree char *template = NULL;
  g_autofree char *name = NULL;
  g_autofree char *into = NULL;
  const char *paths[2] = { NULL, NULL };

  g_return_val_if_fail (target != NULL && text != NULL, NULL);

  self = g_new0 (GranaryFileStaging, 1);
  template = g_build_filename (g_get_tmp_dir (), "granary-edit-XXXXXX", NULL);
  if (g_mkdtemp (template) == NULL)
    {
      granary_set_error_from_errno (error, errno, template, "mkdtemp");
      return NULL;
    }
  self->folder = g_steal_pointer (&template);

  name = g_path_get_basename (target);
  self->path = g_build_filename (self->folder, name, NULL);
  if (!g_file_set_contents_full (self->path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, error))
    return NULL;

  into = g_path_get_dirname (target);
  paths[0] = self->path;
  self->files = granary_file_set_scan (paths, g_str_equal (into, ".") ? NULL : into, cancellable,
                                       error);
  if (self->files == NULL)
    return NULL;

  if (granary_file_set_get_n_files (self->files) != 1)
    {
      if (granary_file_set_get_n_problems (self->files) > 0)
        g_propagate_error (error,
                           g_error_copy (granary_file_set_get_problem (self->files, 0)));
      else
        granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_SOURCE_MISSING, self->path,
                           "%s: vanished", self->path);
      return NULL;
    }

  return g_steal_pointer (&self);
}

void
granary_file_staging_free (GranaryFileStaging *self)
{
  if (self == NULL)
    return;

  g_clear_object (&self->files);
  if (self->path != NULL && g_unlink (self->path) != 0 && errno != ENOENT)
    g_debug ("unlink: %s: %s", self->path, g_strerror (errno));
  if (self->folder != NULL && g_rmdir (self->folder) != 0)
    g_debug ("rmdir: %s: %s", self->folder, g_strerror (errno));
  g_free (self->path);
  g_free (self->folder);
  g_free (self);
}
