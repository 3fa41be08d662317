/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-application"

#include "config.h"

#include "granary-folders.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-local.h"

struct _GranaryFolders
{
  GObject    parent_instance;

  GSettings *settings; /* (owned) */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GranaryFolders, granary_folders, G_TYPE_OBJECT)

static void
settings_changed_cb (GranaryFolders *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
granary_folders_finalize (GObject *object)
{
  GranaryFolders *self = GRANARY_FOLDERS (object);

  g_clear_object (&self->settings);

  G_OBJECT_CLASS (granary_folders_parent_class)->finalize (object);
}

static void
granary_folders_class_init (GranaryFoldersClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = granary_folders_finalize;

  signals[CHANGED] = g_signal_new ("changed",
                                   G_TYPE_FROM_CLASS (klass),
                                   G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
granary_folders_init (GranaryFolders *self)
{
}

/**
 * granary_folders_new:
 * @settings: where they are kept
 *
 * Returns: (transfer full): the folders
 */
GranaryFolders *
granary_folders_new (GSettings *settings)
{
  GranaryFolders *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (GRANARY_TYPE_FOLDERS, NULL);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::folders", G_CALLBACK (settings_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::default-folder", G_CALLBACK (settings_changed_cb),
                           self, G_CONNECT_SWAPPED);

  return self;
}

/**
 * granary_folders_dup_default:
 * @self: the folders
 *
 * The environment comes first, then the settings, then the user's data directory.
 *
 * Returns: (transfer full): path of the default repository
 */
char *
granary_folders_dup_default (GranaryFolders *self)
{
  const char *environment = g_getenv ("GRANARY_REPOSITORY");
  g_autofree char *chosen = NULL;

  g_return_val_if_fail (GRANARY_IS_FOLDERS (self), NULL);

  chosen = g_settings_get_string (self->settings, "default-folder");
  if ((environment == NULL || *environment == '\0') && g_path_is_absolute (chosen))
    return g_steal_pointer (&chosen);

  return granary_local_get_default_folder ();
}

/**
 * granary_folders_set_default:
 * @self: the folders
 * @folder: (nullable): absolute path; %NULL for the one in the user's data directory
 */
void
granary_folders_set_default (GranaryFolders *self,
                             const char     *folder)
{
  g_return_if_fail (GRANARY_IS_FOLDERS (self));

  g_settings_set_string (self->settings, "default-folder", folder != NULL ? folder : "");
}

gboolean
granary_folders_is_default (GranaryFolders *self,
                            const char     *folder)
{
  g_autofree char *usual = NULL;

  g_return_val_if_fail (GRANARY_IS_FOLDERS (self), FALSE);
  g_return_val_if_fail (folder != NULL, FALSE);

  usual = granary_folders_dup_default (self);

  return g_str_equal (usual, folder);
}

/**
 * granary_folders_list:
 * @self: the folders
 *
 * Returns: (transfer full): further folders the user opened, without the default one
 */
GStrv
granary_folders_list (GranaryFolders *self)
{
  g_auto (GStrv) stored = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (GRANARY_IS_FOLDERS (self), NULL);

  stored = g_settings_get_strv (self->settings, "folders");
  for (guint i = 0; stored[i] != NULL; i++)
    if (g_path_is_absolute (stored[i]) && !granary_folders_is_default (self, stored[i]))
      g_strv_builder_add (builder, stored[i]);

  return g_strv_builder_end (builder);
}

/**
 * granary_folders_add:
 * @self: the folders
 * @folder: absolute path
 *
 * Remembers @folder. A name that is not UTF-8 cannot be kept in the settings; it is opened all the
 * same.
 */
void
granary_folders_add (GranaryFolders *self,
                     const char     *folder)
{
  g_auto (GStrv) stored = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) folders = NULL;

  g_return_if_fail (GRANARY_IS_FOLDERS (self));
  g_return_if_fail (folder != NULL);

  stored = g_settings_get_strv (self->settings, "folders");
  if (granary_folders_is_default (self, folder) || !g_utf8_validate (folder, -1, NULL) ||
      g_strv_contains ((const char * const *) stored, folder))
    return;

  g_strv_builder_addv (builder, (const char **) stored);
  g_strv_builder_add (builder, folder);
  folders = g_strv_builder_end (builder);
  g_settings_set_strv (self->settings, "folders", (const char * const *) folders);
}

/**
 * granary_folders_remove:
 * @self: the folders
 * @folder: one of them
 *
 * Forgets @folder; nothing in it is touched.
 */
void
granary_folders_remove (GranaryFolders *self,
                        const char     *folder)
{
  g_auto (GStrv) stored = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) folders = NULL;

  g_return_if_fail (GRANARY_IS_FOLDERS (self));
  g_return_if_fail (folder != NULL);

  stored = g_settings_get_strv (self->settings, "folders");
  for (guint i = 0; stored[i] != NULL; i++)
    if (!g_str_equal (stored[i], folder))
      g_strv_builder_add (builder, stored[i]);
  folders = g_strv_builder_end (builder);
  g_settings_set_strv (self->settings, "folders", (const char * const *) folders);
}

/**
 * granary_folders_dup_title:
 * @self: the folders
 * @folder: absolute path
 *
 * Returns: (transfer full): what to call it
 */
char *
granary_folders_dup_title (GranaryFolders *self,
                           const char     *folder)
{
  g_autofree char *base = NULL;

  g_return_val_if_fail (GRANARY_IS_FOLDERS (self), NULL);
  g_return_val_if_fail (folder != NULL, NULL);

  if (granary_folders_is_default (self, folder))
    return g_strdup (_("On This Computer"));

  base = g_path_get_basename (folder);

  return granary_display_path (base);
}
