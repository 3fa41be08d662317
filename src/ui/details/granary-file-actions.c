/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-file-actions.h"

#include <glib/gi18n-lib.h>

#include "granary-command-private.h"
#include "granary-file-check.h"
#include "granary-file-editor.h"

static void
shown_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GtkWidget) parent = user_data;
  g_autoptr (GError) error = NULL;

  if (!gtk_file_launcher_open_containing_folder_finish (GTK_FILE_LAUNCHER (source), result,
                                                        &error) &&
      !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    granary_command_show_error (parent, error, GRANARY_VERB_OPEN, NULL);
}

static void
show_in_folder (GtkWidget  *parent,
                const char *full_path)
{
  g_autoptr (GFile) file = g_file_new_for_path (full_path);
  g_autoptr (GtkFileLauncher) launcher = gtk_file_launcher_new (file);
  GtkRoot *root = gtk_widget_get_root (parent);

  gtk_file_launcher_open_containing_folder (launcher, GTK_IS_WINDOW (root) ? GTK_WINDOW (root)
                                                                           : NULL,
                                            NULL, shown_cb, g_object_ref (parent));
}

void
granary_file_actions_install (GtkWidgetClass              *widget_class,
                              GtkWidgetActionActivateFunc  activate)
{
  gtk_widget_class_install_action (widget_class, "file.edit", "s", activate);
  gtk_widget_class_install_action (widget_class, "file.show", "s", activate);
  gtk_widget_class_install_action (widget_class, "file.copy-path", "s", activate);
}

/**
 * granary_file_actions_run:
 * @widget: where it was asked for
 * @connection: the connection
 * @version: the version
 * @action: `file.edit`, `file.show` or `file.copy-path`
 * @path: path inside the version
 */
void
granary_file_actions_run (GtkWidget         *widget,
                          GranaryConnection *connection,
                          GranaryVersion    *version,
                          const char        *action,
                          const char        *path)
{
  GtkWidget *parent;
  g_autofree char *full_path = NULL;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (version != NULL);
  g_return_if_fail (action != NULL && path != NULL);

  parent = granary_command_find_parent (widget);
  full_path = granary_repository_dup_path (granary_connection_get_repository (connection),
                                           version->model_name, version->number, path);
  if (full_path == NULL && version->location != NULL)
    full_path = g_strconcat (version->location, path, NULL);

  if (g_str_equal (action, "file.edit"))
    {
      GranaryFileEditor *editor = granary_file_editor_new (connection, version, path);

      adw_dialog_present (ADW_DIALOG (editor), parent);
    }
  else if (full_path == NULL)
    {
      g_autoptr (GError) error = NULL;

      granary_set_error (&error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILES_UNKNOWN, path,
                         "%s has no address", path);
      granary_command_show_error (parent, error, GRANARY_VERB_OPEN, path);
    }
  else if (g_str_equal (action, "file.show"))
    show_in_folder (parent, full_path);
  else
    {
      gdk_clipboard_set_text (gtk_widget_get_clipboard (parent), full_path);
      granary_command_add_toast (parent,
                                 granary_connection_has (connection, GRANARY_FEATURE_FOLDER)
                                   ? _("Path copied") : _("Address copied"),
                                 NULL);
    }
}

/* Whether Granary edits such a file itself: the two that a service is started from. */
gboolean
granary_file_is_editable (const char *path)
{
  g_return_val_if_fail (path != NULL, FALSE);

  return g_str_equal (path, GRANARY_CONFIG_FILE) || g_str_equal (path, GRANARY_SERVICE_FILE);
}
