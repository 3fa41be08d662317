/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-text-folder-private.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "granary-error.h"

struct _GranaryTextFolder
{
  char  *path; /* (owned) (nullable) */
  guint  n_written;
};

static void
text_folder_clear (gpointer data)
{
  GranaryTextFolder *self = data;

  g_free (self->path);
}

/* A folder of our own: where the session's own files are and go with it, else among temporary
 * files. */
static char *
make_folder (GError **error)
{
  const char *runtime = g_get_user_runtime_dir ();
  g_autofree char *path = g_build_filename (runtime, "granary-XXXXXX", NULL);

  if (g_mkdir_with_parents (runtime, 0700) == 0 && g_mkdtemp_full (path, 0700) != NULL)
    return g_steal_pointer (&path);

  return g_dir_make_tmp ("granary-XXXXXX", error);
}

static gboolean
write_texts (GranaryTextFolder  *self,
             GHashTable         *texts,
             char              **written,
             GError            **error)
{
  g_autofree char *number = NULL;
  g_autofree char *path = NULL;
  GHashTableIter iter;
  gpointer target, text;

  if (self->path == NULL)
    self->path = make_folder (error);
  if (self->path == NULL)
    return FALSE;

  number = g_strdup_printf ("%u", ++self->n_written);
  path = g_build_filename (self->path, number, NULL);
  if (g_mkdir (path, 0700) != 0)
    {
      granary_set_error_from_errno (error, errno, path, "make");
      return FALSE;
    }

  g_hash_table_iter_init (&iter, texts);
  while (g_hash_table_iter_next (&iter, &target, &text))
    {
      g_autofree char *file = g_build_filename (path, target, NULL);

      if (!g_file_set_contents_full (file, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, error))
        return FALSE;
    }
  *written = g_steal_pointer (&path);

  return TRUE;
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_unlink (child) != 0)
        remove_folder (child);
    }
  if (g_rmdir (path) != 0)
    g_debug ("%s stays: %s", path, g_strerror (errno));
}

GranaryTextFolder *
granary_text_folder_new (void)
{
  return g_atomic_rc_box_new0 (GranaryTextFolder);
}

GranaryTextFolder *
granary_text_folder_ref (GranaryTextFolder *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/* Leaves the disk alone. */
void
granary_text_folder_unref (gpointer self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, text_folder_clear);
}

/* @texts: file name → text. Returns the folder they are in now. */
char *
granary_text_folder_write (GranaryTextFolder  *self,
                           GHashTable         *texts,
                           GError            **error)
{
  g_autoptr (GError) local_error = NULL;
  char *path = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (texts != NULL, NULL);

  if (write_texts (self, texts, &path, &local_error))
    return path;

  if (local_error->domain == GRANARY_ERROR)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_TARGET_UNWRITABLE,
                       self->path != NULL ? self->path : g_get_tmp_dir (),
                       "%s", local_error->message);

  return NULL;
}

void
granary_text_folder_remove (GranaryTextFolder *self)
{
  g_return_if_fail (self != NULL);

  if (self->path != NULL)
    remove_folder (self->path);
  g_clear_pointer (&self->path, g_free);
}
