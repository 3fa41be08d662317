/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-application"

#include "config.h"

#include "granary-preferences.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"

struct _GranaryPreferences
{
  AdwPreferencesDialog  parent_instance;

  GSettings            *settings; /* (owned) */
  GranaryFolders       *folders;  /* (owned) */

  AdwActionRow         *folder_row;
  GtkButton            *reset_button;
  AdwSwitchRow         *notify_row;
  AdwSwitchRow         *details_row;
  AdwEntryRow          *cosbrowser_row;
};

G_DEFINE_FINAL_TYPE (GranaryPreferences, granary_preferences, ADW_TYPE_PREFERENCES_DIALOG)

static void
update_folder (GranaryPreferences *self)
{
  g_autofree char *folder = granary_folders_dup_default (self->folders);
  g_autofree char *shown = granary_display_path (folder);
  g_autofree char *chosen = g_settings_get_string (self->settings, "default-folder");

  adw_action_row_set_subtitle (self->folder_row, shown);
  gtk_widget_set_visible (GTK_WIDGET (self->reset_button), *chosen != '\0');
}

static void
folder_chosen_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GranaryPreferences) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  file = gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (object), result, &error);
  if (file == NULL)
    {
      if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED) &&
          !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
        adw_preferences_dialog_add_toast (ADW_PREFERENCES_DIALOG (self),
                                          adw_toast_new (error->message));
      return;
    }

  path = g_file_get_path (file);
  if (path == NULL || !g_utf8_validate (path, -1, NULL))
    {
      adw_preferences_dialog_add_toast (ADW_PREFERENCES_DIALOG (self),
                                        adw_toast_new (_("Choose a folder on this computer")));
      return;
    }

  granary_folders_set_default (self->folders, path);
}

static void
choose_cb (GranaryPreferences *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _("Choose the Repository’s Folder"));
  gtk_file_dialog_set_accept_label (dialog, _("_Choose"));
  gtk_file_dialog_select_folder (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                 NULL, folder_chosen_cb, g_object_ref (self));
}

static void
reset_cb (GranaryPreferences *self)
{
  granary_folders_set_default (self->folders, NULL);
}

static void
granary_preferences_dispose (GObject *object)
{
  GranaryPreferences *self = GRANARY_PREFERENCES (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_PREFERENCES);
  g_clear_object (&self->folders);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (granary_preferences_parent_class)->dispose (object);
}

static void
granary_preferences_class_init (GranaryPreferencesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_preferences_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/application/granary-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryPreferences, folder_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPreferences, reset_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryPreferences, notify_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPreferences, details_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryPreferences, cosbrowser_row);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
  gtk_widget_class_bind_template_callback (widget_class, reset_cb);
}

static void
granary_preferences_init (GranaryPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_preferences_new:
 * @settings: the application's settings
 * @folders: the repositories on this computer
 *
 * Returns: (transfer floating): the dialog
 */
GranaryPreferences *
granary_preferences_new (GSettings      *settings,
                         GranaryFolders *folders)
{
  GranaryPreferences *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (GRANARY_IS_FOLDERS (folders), NULL);

  self = g_object_new (GRANARY_TYPE_PREFERENCES, NULL);
  self->settings = g_object_ref (settings);
  self->folders = g_object_ref (folders);
  g_settings_bind (settings, "notify-when-done", self->notify_row, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "cosbrowser", self->cosbrowser_row, "text", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "show-details", self->details_row, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (folders, "changed", G_CALLBACK (update_folder), self,
                           G_CONNECT_SWAPPED);
  update_folder (self);

  return self;
}
