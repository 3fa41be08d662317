/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-window"

#include "config.h"

#include "granary-window-private.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-import-dialog.h"
#include "granary-names.h"
#include "granary-transfers-button.h"

static void shell_init (GranaryShellInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GranaryWindow, granary_window, ADW_TYPE_APPLICATION_WINDOW,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_SHELL, shell_init))

/* Layout */

static void
update_layout (GranaryWindow *self)
{
  gboolean details = g_settings_get_boolean (self->settings, "show-details");
  /* Only the models have something to show beside them. */
  gboolean models = g_str_equal (gtk_stack_get_visible_child_name (self->pages), "models");
  gboolean collapsed = self->medium || !details || !models;

  adw_navigation_split_view_set_collapsed (self->inner, collapsed);
  adw_navigation_split_view_set_collapsed (self->outer, self->narrow);
  granary_browser_set_narrow (self->browser, self->narrow);
}

static void
medium_cb (GranaryWindow *self)
{
  self->medium = TRUE;
  update_layout (self);
}

static void
wide_cb (GranaryWindow *self)
{
  self->medium = FALSE;
  update_layout (self);
}

/* Of two breakpoints that both hold only the last one applies: the narrow one stands for both. */
static void
narrow_cb (GranaryWindow *self)
{
  self->medium = TRUE;
  self->narrow = TRUE;
  update_layout (self);
}

static void
not_narrow_cb (GranaryWindow *self)
{
  self->medium = FALSE;
  self->narrow = FALSE;
  update_layout (self);
}

static void
save_state (GranaryWindow *self)
{
  gboolean maximized = gtk_window_is_maximized (GTK_WINDOW (self));
  int width;
  int height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_boolean (self->settings, "window-maximized", maximized);
  if (width >= 360 && height >= 294)
    {
      g_settings_set_int (self->settings, "window-width", width);
      g_settings_set_int (self->settings, "window-height", height);
    }
}

/* What is selected, and what is shown about it */

static void
show_selected (GranaryWindow *self)
{
  g_autoptr (GArray) models = NULL;
  g_autoptr (GArray) versions = NULL;

  if (!g_str_equal (gtk_stack_get_visible_child_name (self->pages), "models"))
    {
      granary_details_show_nothing (self->details);
      return;
    }

  granary_model_tree_get_selected (granary_browser_get_tree (self->browser), &models, &versions);
  if (models->len + versions->len == 0)
    granary_details_show_nothing (self->details);
  else if (models->len == 1 && versions->len == 0)
    granary_details_show_model (self->details, g_array_index (models, gint64, 0));
  else if (models->len == 0 && versions->len == 1)
    granary_details_show_version (self->details, g_array_index (versions, gint64, 0));
  else
    granary_details_show_many (self->details, models, versions);
}

/* The pane's own way of what the menu's Show Details does. */
static void
close_details_cb (GranaryWindow *self)
{
  g_settings_set_boolean (self->settings, "show-details", FALSE);
}

static gboolean
show_selected_cb (gpointer user_data)
{
  GranaryWindow *self = user_data;

  self->details_source = 0;
  show_selected (self);

  return G_SOURCE_REMOVE;
}

static void
selection_changed_cb (GranaryWindow *self)
{
  /* Holding an arrow key runs through rows faster than any of them can be read. */
  if (self->details_source == 0)
    self->details_source = g_idle_add (show_selected_cb, self);
}

static void
activated_cb (GranaryWindow *self)
{
  if (self->details_source != 0)
    {
      g_clear_handle_id (&self->details_source, g_source_remove);
      show_selected (self);
    }
  adw_navigation_split_view_set_show_content (self->inner, FALSE);
}

static void
show_page (GranaryWindow *self)
{
  const char *page = granary_sidebar_get_page (self->sidebar);

  gtk_stack_set_visible_child_name (self->pages, page);
  adw_navigation_page_set_title (self->list_page,
                                 g_str_equal (page, "trash") ? _("Trash")
                                 : g_str_equal (page, "services") ? _("Services")
                                                                  : _("Models"));
  adw_navigation_split_view_set_show_content (self->inner, TRUE);
  update_layout (self);
  selection_changed_cb (self);
}

static void
page_changed_cb (GranaryWindow *self)
{
  show_page (self);
  adw_navigation_split_view_set_show_content (self->outer, TRUE);
}

/* The way back from the list. With its sidebar at the end the inner view would take it for the way to
 * the details. */
static void
back_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  GranaryWindow *self = GRANARY_WINDOW (user_data);

  if (adw_navigation_split_view_get_collapsed (self->outer))
    adw_navigation_split_view_set_show_content (self->outer, FALSE);
}

static void
init_way_back (GranaryWindow *self)
{
  static const GActionEntry entries[] = { { .name = "pop", .activate = back_cb } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self->list_page), "navigation",
                                  G_ACTION_GROUP (group));
}

static void
sidebar_tags_changed_cb (GranaryWindow *self)
{
  granary_browser_set_tags (self->browser, granary_sidebar_get_tags (self->sidebar));
  granary_sidebar_set_page (self->sidebar, "models");
}

static void
browser_tags_changed_cb (GranaryWindow *self)
{
  granary_sidebar_set_tags (self->sidebar, granary_browser_get_tags (self->browser));
}

static void
folder_requested_cb (GranaryWindow *self)
{
  granary_window_choose_folder (self);
}

static void
retry_requested_cb (GranaryWindow *self)
{
  granary_window_reopen (self);
}

/* Import */

/**
 * granary_window_import:
 * @self: a window
 * @paths: (nullable): files to start with
 *
 * Opens the import dialog, as soon as a repository is open.
 */
void
granary_window_import (GranaryWindow      *self,
                       const char * const *paths)
{
  g_return_if_fail (GRANARY_IS_WINDOW (self));

  if (self->connection == NULL)
    {
      g_strfreev (self->awaited_paths);
      self->awaited_paths = g_strdupv ((char **) paths);
      return;
    }

  adw_dialog_present (ADW_DIALOG (granary_import_dialog_new (self->connection, 0, paths)),
                      GTK_WIDGET (self));
}

/* Selecting by name, for the command line */

typedef struct
{
  gint64 model_id;
  int    number;
} Found;

static gpointer
find_model (GranaryCatalog  *catalog,
            gpointer         data,
            GCancellable    *cancellable,
            GError         **error)
{
  const char *text = data;
  const char *colon = strrchr (text, ':');
  g_autofree char *name = NULL;
  Found found = { 0, 0 };

  if (colon != NULL && granary_version_parse (colon + 1, &found.number))
    name = g_strndup (text, (gsize) (colon - text));
  else
    name = g_strdup (text);

  found.model_id = granary_catalog_find_model (catalog, name, error);
  if (found.model_id <= 0)
    return NULL;
  if (found.number > 0 &&
      granary_catalog_find_version (catalog, found.model_id, found.number, error) <= 0)
    return NULL;

  return g_memdup2 (&found, sizeof found);
}

static void
found_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GranaryWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree Found *found = NULL;

  found = granary_catalog_read_finish (GRANARY_CATALOG (object), result, &error);
  if (found != NULL)
    granary_shell_reveal (GRANARY_SHELL (self), found->model_id, found->number);
  else
    granary_shell_show_error (GRANARY_SHELL (self), error, GRANARY_VERB_LOAD, NULL);
}

/**
 * granary_window_select:
 * @self: a window
 * @text: `NAME` or `NAME:vN`
 *
 * Selects that model or version, as soon as a repository is open.
 */
void
granary_window_select (GranaryWindow *self,
                       const char    *text)
{
  g_return_if_fail (GRANARY_IS_WINDOW (self));
  g_return_if_fail (text != NULL);

  if (self->connection == NULL)
    {
      g_set_str (&self->awaited_selection, text);
      return;
    }

  granary_catalog_read_async (granary_connection_get_catalog (self->connection), find_model,
                              g_strdup (text), g_free, g_free, NULL, found_cb,
                              g_object_ref (self));
}

/* The shell */

/* What is behind a dialog can hardly be read, and not be pressed. */
static void
granary_window_add_toast (GranaryShell *shell,
                          AdwToast     *toast)
{
  AdwDialog *dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (shell));
  GtkWidget *child = dialog != NULL ? adw_dialog_get_child (dialog) : NULL;

  adw_toast_overlay_add_toast (ADW_IS_TOAST_OVERLAY (child)
                               ? ADW_TOAST_OVERLAY (child)
                               : GRANARY_WINDOW (shell)->toast_overlay,
                               toast);
}

static void
granary_window_add_transfer (GranaryShell    *shell,
                             GranaryTransfer *transfer)
{
  granary_transfer_list_add (GRANARY_WINDOW (shell)->transfers, transfer);
}

static void
granary_window_reveal (GranaryShell *shell,
                       gint64        model_id,
                       int           number)
{
  GranaryWindow *self = GRANARY_WINDOW (shell);

  granary_sidebar_set_page (self->sidebar, "models");
  granary_browser_reveal (self->browser, model_id, number);
}

static void
shell_init (GranaryShellInterface *iface)
{
  iface->add_toast = granary_window_add_toast;
  iface->add_transfer = granary_window_add_transfer;
  iface->reveal = granary_window_reveal;
  iface->show_service = granary_window_show_service;
}

/* GtkWindow, GtkWidget and GObject */

static gboolean
granary_window_close_request (GtkWindow *window)
{
  GranaryWindow *self = GRANARY_WINDOW (window);

  save_state (self);
  if (!self->closing && granary_transfer_list_is_active (self->transfers))
    {
      granary_window_ask_before_closing (self);
      return GDK_EVENT_STOP;
    }

  return GTK_WINDOW_CLASS (granary_window_parent_class)->close_request (window);
}

static void
granary_window_dispose (GObject *object)
{
  GranaryWindow *self = GRANARY_WINDOW (object);

  g_clear_handle_id (&self->details_source, g_source_remove);
  g_clear_handle_id (&self->age_source, g_source_remove);
  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  granary_window_dispose_transfers (self);
  /* This action belongs to the settings and would go on telling a window that is gone. */
  g_action_map_remove_action (G_ACTION_MAP (self), "show-details");
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (granary_connection_get_catalog (self->connection), self);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_WINDOW);
  g_clear_object (&self->connection);
  g_clear_object (&self->status);
  if (self->tasks != NULL)
    g_signal_handlers_disconnect_by_data (self->tasks, self);
  g_clear_object (&self->tasks);
  g_clear_object (&self->services);
  g_clear_weak_pointer (&self->task_toast);
  g_clear_object (&self->account);
  g_clear_object (&self->accounts);
  g_clear_pointer (&self->environment, granary_credentials_unref);
  g_clear_object (&self->folders);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (granary_window_parent_class)->dispose (object);
}

static void
granary_window_finalize (GObject *object)
{
  GranaryWindow *self = GRANARY_WINDOW (object);

  g_clear_object (&self->transfers);
  g_clear_error (&self->lost);
  g_free (self->folder);
  g_free (self->repairs);
  g_free (self->awaited_selection);
  g_strfreev (self->awaited_paths);
  g_clear_pointer (&self->awaited_task, g_variant_unref);

  G_OBJECT_CLASS (granary_window_parent_class)->finalize (object);
}

static void
granary_window_class_init (GranaryWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GtkWindowClass *window_class = GTK_WINDOW_CLASS (klass);

  object_class->dispose = granary_window_dispose;
  object_class->finalize = granary_window_finalize;
  window_class->close_request = granary_window_close_request;

  g_type_ensure (GRANARY_TYPE_BROWSER);
  g_type_ensure (GRANARY_TYPE_DETAILS);
  g_type_ensure (GRANARY_TYPE_SERVICES_PAGE);
  g_type_ensure (GRANARY_TYPE_SIDEBAR);
  g_type_ensure (GRANARY_TYPE_TRANSFERS_BUTTON);
  g_type_ensure (GRANARY_TYPE_TRASH_PAGE);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/window/granary-window.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, GranaryWindow, outer);
  gtk_widget_class_bind_template_child (widget_class, GranaryWindow, inner);
  gtk_widget_class_bind_template_child (widget_class, GranaryWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, GranaryWindow, list_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, GranaryWindow, browser);
  gtk_widget_class_bind_template_child (widget_class, GranaryWindow, services_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryWindow, trash_page);
  gtk_widget_class_bind_template_child (widget_class, GranaryWindow, details);
  gtk_widget_class_bind_template_callback (widget_class, medium_cb);
  gtk_widget_class_bind_template_callback (widget_class, wide_cb);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, not_narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, sidebar_tags_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, browser_tags_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, selection_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, folder_requested_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_requested_cb);
}

static void
granary_window_init (GranaryWindow *self)
{
  self->transfers = granary_transfer_list_new ();
  self->background = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  init_way_back (self);
  granary_window_init_connection (self);
  granary_window_init_services (self);
}

/**
 * granary_window_new:
 * @application: (nullable): the application
 * @settings: its settings
 * @folders: the repositories on this computer
 *
 * Returns: (transfer none): a window that shows nothing yet
 */
GranaryWindow *
granary_window_new (GtkApplication *application,
                    GSettings      *settings,
                    GranaryFolders *folders)
{
  GranaryWindow *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (GRANARY_IS_FOLDERS (folders), NULL);

  self = g_object_new (GRANARY_TYPE_WINDOW,
                       "application", application,
                       "default-width", g_settings_get_int (settings, "window-width"),
                       "default-height", g_settings_get_int (settings, "window-height"),
                       "maximized", g_settings_get_boolean (settings, "window-maximized"),
                       NULL);
  self->settings = g_object_ref (settings);
  self->folders = g_object_ref (folders);
  granary_browser_set_settings (self->browser, settings);
  granary_window_init_transfers (self);
  granary_browser_set_services (self->browser, self->services);
  granary_window_init_actions (self);
  g_signal_connect_object (self->details, "close-requested", G_CALLBACK (close_details_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::show-details", G_CALLBACK (update_layout), self,
                           G_CONNECT_SWAPPED);
  update_layout (self);

  return self;
}

void
granary_window_set_accounts (GranaryWindow      *self,
                             GranaryAccountList *accounts,
                             GranaryCredentials *environment)
{
  g_return_if_fail (GRANARY_IS_WINDOW (self));
  g_return_if_fail (GRANARY_IS_ACCOUNT_LIST (accounts));
  g_return_if_fail (self->accounts == NULL);

  self->accounts = g_object_ref (accounts);
  self->environment = environment != NULL ? granary_credentials_ref (environment) : NULL;
  g_signal_connect_object (accounts, "changed", G_CALLBACK (granary_window_update_menu), self,
                           G_CONNECT_SWAPPED);
  granary_window_update_menu (self);
}

GranaryConnection *
granary_window_get_connection (GranaryWindow *self)
{
  g_return_val_if_fail (GRANARY_IS_WINDOW (self), NULL);

  return self->connection;
}

GranaryBrowser *
granary_window_get_browser (GranaryWindow *self)
{
  g_return_val_if_fail (GRANARY_IS_WINDOW (self), NULL);

  return self->browser;
}

GranaryTrashPage *
granary_window_get_trash_page (GranaryWindow *self)
{
  g_return_val_if_fail (GRANARY_IS_WINDOW (self), NULL);

  return self->trash_page;
}

GranarySidebar *
granary_window_get_sidebar (GranaryWindow *self)
{
  g_return_val_if_fail (GRANARY_IS_WINDOW (self), NULL);

  return self->sidebar;
}

GranaryTransferList *
granary_window_get_transfers (GranaryWindow *self)
{
  g_return_val_if_fail (GRANARY_IS_WINDOW (self), NULL);

  return self->transfers;
}
