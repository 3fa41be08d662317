/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-remembered-folders-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "granary-error.h"
#include "granary-run-reader-private.h"

#define GROUP "Tasks"
#define KEY "folders"
#define MAX_BYTES (1024 * 1024)

struct _GranaryRememberedFolders
{
  GMutex  lock;
  char   *path;    /* (owned) (nullable) */
  GStrv   folders; /* (owned) under lock */
};

/* Auxiliary functions */

static void
folders_clear (gpointer data)
{
  GranaryRememberedFolders *self = data;

  g_free (self->path);
  g_strfreev (self->folders);
  g_mutex_clear (&self->lock);
}

/* Empty when there is no file, or none that can be read. */
static GStrv
load (const char *path)
{
  g_autoptr (GStrvBuilder) folders = g_strv_builder_new ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  g_auto (GStrv) uris = NULL;
  gsize length;

  text = granary_run_read_file (path, MAX_BYTES, &length, NULL);
  if (text != NULL && g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL))
    uris = g_key_file_get_string_list (file, GROUP, KEY, NULL, NULL);

  for (guint i = 0; uris != NULL && uris[i] != NULL; i++)
    {
      g_autofree char *folder = g_filename_from_uri (uris[i], NULL, NULL);

      if (folder != NULL)
        g_strv_builder_take (folders, g_canonicalize_filename (folder, "/"));
    }

  return g_strv_builder_end (folders);
}

/* Addresses are written, not paths: a path may be of any bytes. */
static gboolean
save (const char          *path,
      const char * const  *folders,
      GError             **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) trouble = NULL;
  g_autofree char *parent = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) uris = NULL;

  for (guint i = 0; folders[i] != NULL; i++)
    {
      char *uri = g_filename_to_uri (folders[i], NULL, NULL);

      if (uri != NULL)
        g_strv_builder_take (builder, uri);
    }
  uris = g_strv_builder_end (builder);
  g_key_file_set_string_list (file, GROUP, KEY, (const char * const *) uris, g_strv_length (uris));
  text = g_key_file_to_data (file, NULL, NULL);

  parent = g_path_get_dirname (path);
  shown = granary_display_path (path);
  if (g_mkdir_with_parents (parent, 0700) != 0)
    {
      granary_set_error_from_errno (error, errno, shown, "make");
      return FALSE;
    }
  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &trouble))
    {
      granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_TARGET_UNWRITABLE, shown, "%s",
                         trouble->message);
      return FALSE;
    }

  return TRUE;
}

/* Functions for the task source */

GranaryRememberedFolders *
granary_remembered_folders_new (const char         *path,
                                const char * const *folders)
{
  GranaryRememberedFolders *self = g_atomic_rc_box_new0 (GranaryRememberedFolders);

  g_mutex_init (&self->lock);
  self->path = g_strdup (path);
  if (path != NULL)
    self->folders = load (path);
  else
    self->folders = folders != NULL ? g_strdupv ((char **) folders) : g_new0 (char *, 1);

  return self;
}

GranaryRememberedFolders *
granary_remembered_folders_ref (GranaryRememberedFolders *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
granary_remembered_folders_unref (GranaryRememberedFolders *self)
{
  g_atomic_rc_box_release_full (self, folders_clear);
}

GStrv
granary_remembered_folders_dup (GranaryRememberedFolders *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  locker = g_mutex_locker_new (&self->lock);
  return g_strdupv (self->folders);
}

/* What another window or the command line may have added is there, too. */
GStrv
granary_remembered_folders_reload (GranaryRememberedFolders *self)
{
  g_auto (GStrv) before = NULL;
  g_auto (GStrv) folders = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->path != NULL)
    {
      before = granary_remembered_folders_dup (self);
      folders = load (self->path);
      g_mutex_lock (&self->lock);
      /* Unless they were set meanwhile. */
      if (g_strv_equal ((const char * const *) before, (const char * const *) self->folders))
        {
          g_strfreev (self->folders);
          self->folders = g_steal_pointer (&folders);
        }
      g_mutex_unlock (&self->lock);
    }

  return granary_remembered_folders_dup (self);
}

gboolean
granary_remembered_folders_set (GranaryRememberedFolders  *self,
                                const char * const        *folders,
                                GError                   **error)
{
  g_return_val_if_fail (self != NULL && folders != NULL, FALSE);

  if (self->path != NULL && !save (self->path, folders, error))
    return FALSE;

  g_mutex_lock (&self->lock);
  g_strfreev (self->folders);
  self->folders = g_strdupv ((char **) folders);
  g_mutex_unlock (&self->lock);

  return TRUE;
}
