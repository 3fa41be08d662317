/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-window"

#include "config.h"

#include "granary-window-private.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"

/* Actions `win.*`, and the menu of repositories. */

static void
import_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  GranaryWindow *self = user_data;

  gtk_widget_activate_action (GTK_WIDGET (self->browser), "browser.import", NULL);
}

static void
search_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  GranaryWindow *self = user_data;

  gboolean services = g_str_equal (granary_sidebar_get_page (self->sidebar), "services");

  /* The trash cannot be searched: one that is asked for there is one of the models. */
  if (!services)
    granary_sidebar_set_page (self->sidebar, "models");
  adw_navigation_split_view_set_show_content (self->outer, TRUE);
  adw_navigation_split_view_set_show_content (self->inner, TRUE);
  if (services)
    granary_services_page_search (self->services_page);
  else
    granary_browser_focus_search (self->browser);
}

static void
refresh_cb (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  GranaryWindow *self = user_data;

  if (self->connection != NULL && self->lost == NULL &&
      granary_connection_has (self->connection, GRANARY_FEATURE_REFRESH))
    granary_window_refresh (self);
  else if (self->connection != NULL && self->lost == NULL)
    granary_model_list_reload (
      granary_model_tree_get_list (granary_browser_get_tree (self->browser)));
  else if (self->folder != NULL || self->account != NULL)
    granary_window_reopen (self);
}

static void
page_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  GranaryWindow *self = user_data;

  granary_sidebar_set_page (self->sidebar, g_variant_get_string (parameter, NULL));
}

static void
folder_chosen_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GranaryWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  file = gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (object), result, &error);
  if (file == NULL)
    {
      if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED) &&
          !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
        granary_shell_show_error (GRANARY_SHELL (self), error, GRANARY_VERB_OPEN, NULL);
      return;
    }

  path = g_file_get_path (file);
  if (path != NULL)
    granary_window_open_folder (self, path);
  else
    granary_shell_add_toast (GRANARY_SHELL (self),
                             adw_toast_new (_("Choose a folder on this computer")));
}

/**
 * granary_window_choose_folder: (skip)
 * @self: a window
 *
 * Lets the user choose a folder to open as a repository.
 */
void
granary_window_choose_folder (GranaryWindow *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _("Open Folder as Repository"));
  gtk_file_dialog_set_accept_label (dialog, _("_Open"));
  gtk_file_dialog_select_folder (dialog, GTK_WINDOW (self), NULL, folder_chosen_cb,
                                 g_object_ref (self));
}

static void
open_folder_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  granary_window_choose_folder (user_data);
}

static void
connection_cb (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  GranaryWindow *self = user_data;
  const char *folder = g_variant_get_string (parameter, NULL);
  g_autofree char *usual = NULL;

  if (*folder == '\0')
    {
      usual = granary_folders_dup_default (self->folders);
      folder = usual;
    }
  else if (self->account != NULL &&
           g_str_equal (folder, granary_account_get_uid (self->account)))
    {
      return;
    }
  granary_window_open_place (self, folder);
}

static void
forget_folder_cb (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  GranaryWindow *self = user_data;
  g_autofree char *folder = g_strdup (self->folder);
  g_autofree char *usual = granary_folders_dup_default (self->folders);

  granary_window_open_folder (self, usual);
  if (folder != NULL)
    granary_folders_remove (self->folders, folder);
}

static const GActionEntry entries[] = {
  { .name = "import", .activate = import_cb },
  { .name = "search", .activate = search_cb },
  { .name = "refresh", .activate = refresh_cb },
  { .name = "page", .activate = page_cb, .parameter_type = "s" },
  { .name = "open-folder", .activate = open_folder_cb },
  { .name = "connection", .activate = connection_cb, .parameter_type = "s", .state = "''" },
  { .name = "forget-folder", .activate = forget_folder_cb },
};

static void
add_connection (GMenu      *menu,
                const char *title,
                const char *folder)
{
  g_auto (GStrv) parts = g_strsplit (title, "_", -1);
  /* One underscore would mark a mnemonic. */
  g_autofree char *label = g_strjoinv ("__", parts);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, "win.connection", "s", folder);
  g_menu_append_item (menu, item);
}

/**
 * granary_window_update_menu: (skip)
 * @self: a window
 *
 * Makes the menu of repositories anew, and marks the one that is shown.
 */
void
granary_window_update_menu (GranaryWindow *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) connections = g_menu_new ();
  g_autoptr (GMenu) verbs = g_menu_new ();
  g_auto (GStrv) folders = granary_folders_list (self->folders);
  g_autoptr (GMenu) clouds = g_menu_new ();
  g_autoptr (GPtrArray) accounts = NULL;
  const char *shown = self->account != NULL ? granary_account_get_uid (self->account)
                                            : self->folder;
  gboolean usual = self->account == NULL &&
                   (self->folder == NULL ||
                    granary_folders_is_default (self->folders, self->folder));
  GAction *connection = g_action_map_lookup_action (G_ACTION_MAP (self), "connection");
  GAction *forget = g_action_map_lookup_action (G_ACTION_MAP (self), "forget-folder");

  add_connection (connections, _("On This Computer"), "");
  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *title = granary_folders_dup_title (self->folders, folders[i]);

      add_connection (connections, title, folders[i]);
    }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (connections));

  accounts = self->accounts != NULL ? granary_account_list_list (self->accounts) : NULL;
  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    {
      GranaryAccount *account = g_ptr_array_index (accounts, i);

      add_connection (clouds, granary_account_get_name (account),
                      granary_account_get_uid (account));
    }
  if (accounts != NULL && accounts->len > 0)
    g_menu_append_section (menu, NULL, G_MENU_MODEL (clouds));

  g_menu_append (verbs, _("_Open Folder as Repository…"), "win.open-folder");
  if (self->accounts != NULL)
    g_menu_append (verbs, _("_Add Connection…"), "win.add-connection");
  if (self->account != NULL)
    {
      g_menu_append (verbs, _("Connection _Settings…"), "win.connection-settings");
      g_menu_append (verbs, _("Add _Model by Id…"), "win.add-model");
    }
  else if (!usual)
    g_menu_append (verbs, _("_Remove from This List"), "win.forget-folder");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (verbs));

  if (usual || g_utf8_validate (shown, -1, NULL))
    g_simple_action_set_state (G_SIMPLE_ACTION (connection),
                               g_variant_new_string (usual ? "" : shown));
  g_simple_action_set_enabled (G_SIMPLE_ACTION (forget), !usual && self->account == NULL);
  granary_sidebar_set_menu (self->sidebar, G_MENU_MODEL (menu));
}

/**
 * granary_window_init_actions: (skip)
 * @self: a window with settings
 */
void
granary_window_init_actions (GranaryWindow *self)
{
  g_autoptr (GAction) details = g_settings_create_action (self->settings, "show-details");

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_action_map_add_action (G_ACTION_MAP (self), details);
  granary_window_init_cloud (self);
  granary_window_init_tasks (self);
  g_signal_connect_object (self->folders, "changed", G_CALLBACK (granary_window_update_menu), self,
                           G_CONNECT_SWAPPED);
  granary_window_update_menu (self);
}
