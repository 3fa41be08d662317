/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-window"

#include "config.h"

#include "granary-window-private.h"

#include <glib/gi18n-lib.h>

#include "granary-account-opening.h"
#include "granary-error.h"
#include "granary-local.h"

/* Opening a repository, and the banner about its lasting states. */

static void
set_banner (AdwBanner  *banner,
            const char *title,
            const char *button)
{
  if (title != NULL)
    {
      adw_banner_set_title (banner, title);
      adw_banner_set_button_label (banner, button);
    }
  adw_banner_set_revealed (banner, title != NULL);
}

/* The gravest of what there is to say. */
void
granary_window_update_banner (GranaryWindow *self)
{
  GranaryCatalog *catalog =
    self->connection != NULL ? granary_connection_get_catalog (self->connection) : NULL;
  g_autofree char *title = NULL;
  g_autofree char *status = NULL;
  const char *button = NULL;
  const char *status_button = NULL;

  status = granary_window_dup_status_banner (self, &status_button);
  if (self->lost != NULL)
    {
      g_autoptr (GranaryWording) wording =
        granary_wording_for_error (self->lost, GRANARY_VERB_LOAD, NULL);

      title = g_strdup_printf ("%s — %s", wording->title, wording->body);
      button = _("_Try Again");
    }
  else if (catalog != NULL && granary_catalog_is_read_only (catalog))
    {
      title = g_strdup (_("This repository can only be read: nothing can be imported or changed"));
    }
  else if (status != NULL)
    {
      title = g_steal_pointer (&status);
      button = status_button;
    }
  else if (self->repairs != NULL)
    {
      title = g_strdup (self->repairs);
      button = _("_Dismiss");
    }
  else if (catalog != NULL && granary_catalog_is_on_shared_disk (catalog) &&
           !self->shared_dismissed)
    {
      title = g_strdup (_("This repository is on a network or shared disk: changes take longer"));
      button = _("_Dismiss");
    }

  set_banner (granary_browser_get_banner (self->browser), title, button);
  set_banner (granary_services_page_get_banner (self->services_page), title, button);
  set_banner (granary_trash_page_get_banner (self->trash_page), title, button);
}

static void
banner_clicked_cb (GranaryWindow *self)
{
  GranaryConnectionState state = self->status != NULL
                                 ? granary_connection_status_get_state (self->status)
                                 : GRANARY_CONNECTION_FRESH;
  const GError *error = self->status != NULL ? granary_connection_status_get_error (self->status)
                                             : NULL;

  if (self->lost != NULL)
    granary_window_reopen (self);
  else if (state == GRANARY_CONNECTION_REJECTED)
    granary_window_edit_account (self);
  else if (state == GRANARY_CONNECTION_OFFLINE || error != NULL)
    granary_window_refresh (self);
  else if (self->repairs != NULL)
    g_clear_pointer (&self->repairs, g_free);
  else
    self->shared_dismissed = TRUE;

  granary_window_update_banner (self);
}

static void
lost_cb (GranaryWindow *self,
         const GError  *error)
{
  g_clear_error (&self->lost);
  self->lost = g_error_copy (error);
  granary_window_update_banner (self);
}

/* What is shown, or opened, for people. */
static char *
dup_title (GranaryWindow *self)
{
  if (self->account != NULL)
    return g_strdup (granary_account_get_name (self->account));

  return granary_folders_dup_title (self->folders, self->folder);
}

static void
opened_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranaryWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryConnection) connection = NULL;
  g_autofree char *title = NULL;

  connection = g_async_result_is_tagged (result, granary_account_open_async)
               ? granary_account_open_finish (result, &error)
               : granary_local_open_finish (result, &error);
  if (connection == NULL && granary_error_is_cancelled (error))
    return;
  /* Another folder may have been chosen meanwhile, or the window closed. */
  if (self->opening == NULL ||
      g_task_get_cancellable (G_TASK (result)) != self->opening)
    return;

  g_clear_object (&self->opening);
  if (connection != NULL)
    {
      granary_window_set_connection (self, connection);
      return;
    }

  title = dup_title (self);
  granary_browser_show_failed (self->browser, error, title);
}

static void
forget_connection (GranaryWindow *self)
{
  g_cancellable_cancel (self->opening);
  g_clear_object (&self->opening);
  if (self->connection != NULL)
    {
      g_signal_handlers_disconnect_by_data (granary_connection_get_catalog (self->connection),
                                            self);
      granary_window_leave_connection (self, self->connection);
    }
  g_clear_object (&self->connection);
  granary_window_follow_status (self);
  granary_window_follow_tasks (self);
  g_clear_error (&self->lost);
  g_clear_pointer (&self->repairs, g_free);
  self->shared_dismissed = FALSE;
}

/**
 * granary_window_set_connection:
 * @self: a window
 * @connection: (nullable): what to show
 */
void
granary_window_set_connection (GranaryWindow     *self,
                               GranaryConnection *connection)
{
  g_autofree char *selection = NULL;
  g_auto (GStrv) paths = NULL;
  GPtrArray *repairs;

  g_return_if_fail (GRANARY_IS_WINDOW (self));
  g_return_if_fail (connection == NULL || GRANARY_IS_CONNECTION (connection));

  forget_connection (self);
  self->connection = connection != NULL ? g_object_ref (connection) : NULL;
  granary_details_show_nothing (self->details);
  granary_details_set_connection (self->details, connection);
  granary_sidebar_set_connection (self->sidebar, connection);
  granary_window_follow_services (self);
  granary_trash_page_set_connection (self->trash_page, connection);
  granary_browser_set_connection (self->browser, connection);

  if (connection != NULL)
    {
      granary_window_enter_connection (self, connection);
      repairs = granary_connection_get_repairs (connection);
      if (repairs != NULL && repairs->len > 0)
        self->repairs = granary_wording_for_repairs (repairs);
      g_signal_connect_object (granary_connection_get_catalog (connection), "lost",
                               G_CALLBACK (lost_cb), self, G_CONNECT_SWAPPED);
    }
  granary_window_follow_status (self);
  granary_window_update_banner (self);

  if (connection == NULL)
    return;

  selection = g_steal_pointer (&self->awaited_selection);
  if (selection != NULL)
    granary_window_select (self, selection);
  paths = g_steal_pointer (&self->awaited_paths);
  if (paths != NULL)
    granary_window_import (self, (const char * const *) paths);
  granary_window_follow_tasks (self);
}

/**
 * granary_window_open_folder:
 * @self: a window
 * @folder: absolute path
 *
 * Opens the repository in @folder, which becomes one when it is none.
 */
void
granary_window_open_folder (GranaryWindow *self,
                            const char    *folder)
{
  g_return_if_fail (GRANARY_IS_WINDOW (self));
  g_return_if_fail (folder != NULL);

  if (g_strcmp0 (self->folder, folder) == 0 &&
      (self->connection != NULL || self->opening != NULL))
    return;

  g_clear_object (&self->account);
  g_set_str (&self->folder, folder);
  granary_folders_add (self->folders, folder);
  granary_window_reopen (self);
}

/**
 * granary_window_open_account:
 * @self: a window
 * @account: a connection to the cloud
 *
 * Opens it, also when it is open already: its settings may have changed.
 */
void
granary_window_open_account (GranaryWindow  *self,
                             GranaryAccount *account)
{
  g_return_if_fail (GRANARY_IS_WINDOW (self));
  g_return_if_fail (GRANARY_IS_ACCOUNT (account));

  g_clear_pointer (&self->folder, g_free);
  g_set_object (&self->account, account);
  granary_window_reopen (self);
}

/**
 * granary_window_open_place:
 * @self: a window
 * @place: name of a connection, or absolute path of a folder
 *
 * Returns: whether there is such a place
 */
gboolean
granary_window_open_place (GranaryWindow *self,
                           const char    *place)
{
  g_autoptr (GranaryAccount) account = NULL;

  g_return_val_if_fail (GRANARY_IS_WINDOW (self), FALSE);
  g_return_val_if_fail (place != NULL, FALSE);

  if (g_path_is_absolute (place))
    {
      granary_window_open_folder (self, place);
      return TRUE;
    }

  if (self->accounts != NULL)
    account = granary_account_list_find (self->accounts, place);
  if (account == NULL)
    return FALSE;

  granary_window_open_account (self, account);
  return TRUE;
}

/**
 * granary_window_open_last:
 * @self: a window
 *
 * Opens what was shown last, unless something is open already.
 */
void
granary_window_open_last (GranaryWindow *self)
{
  const char *environment = g_getenv ("GRANARY_REPOSITORY");
  g_autofree char *folder = NULL;
  g_auto (GStrv) folders = NULL;

  g_return_if_fail (GRANARY_IS_WINDOW (self));

  if (self->folder != NULL || self->account != NULL)
    return;

  folder = g_settings_get_string (self->settings, "last-connection");
  if ((environment == NULL || *environment == '\0') && *folder != '\0' &&
      !g_path_is_absolute (folder) && granary_window_open_place (self, folder))
    return;
  folders = granary_folders_list (self->folders);
  if ((environment != NULL && *environment != '\0') ||
      !g_strv_contains ((const char * const *) folders, folder))
    g_set_str (&folder, NULL);
  if (folder == NULL)
    folder = granary_folders_dup_default (self->folders);

  granary_window_open_folder (self, folder);
}

/**
 * granary_window_reopen: (skip)
 * @self: a window
 *
 * Opens the folder again from the start.
 */
void
granary_window_reopen (GranaryWindow *self)
{
  g_autofree char *title = dup_title (self);

  forget_connection (self);
  granary_details_show_nothing (self->details);
  granary_details_set_connection (self->details, NULL);
  granary_sidebar_set_connection (self->sidebar, NULL);
  granary_window_follow_services (self);
  granary_trash_page_set_connection (self->trash_page, NULL);
  granary_browser_show_opening (self->browser);
  granary_sidebar_set_title (self->sidebar, title);
  granary_window_update_menu (self);
  granary_window_update_banner (self);

  self->opening = g_cancellable_new ();
  if (self->account != NULL)
    {
      g_autoptr (GranaryConnection) kept = granary_window_take_background (self);

      if (kept != NULL)
        {
          g_clear_object (&self->opening);
          granary_window_set_connection (self, kept);
          return;
        }
      g_settings_set_string (self->settings, "last-connection",
                             granary_account_get_uid (self->account));
      granary_account_open_async (self->account, self->environment, self->opening, opened_cb,
                                  g_object_ref (self));
      return;
    }

  if (g_utf8_validate (self->folder, -1, NULL))
    g_settings_set_string (self->settings, "last-connection",
                           granary_folders_is_default (self->folders, self->folder) ? ""
                                                                                    : self->folder);
  granary_local_open_async (self->folder, self->opening, opened_cb, g_object_ref (self));
}

/**
 * granary_window_init_connection: (skip)
 * @self: a window
 */
void
granary_window_init_connection (GranaryWindow *self)
{
  g_signal_connect_object (granary_browser_get_banner (self->browser), "button-clicked",
                           G_CALLBACK (banner_clicked_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (granary_services_page_get_banner (self->services_page),
                           "button-clicked", G_CALLBACK (banner_clicked_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (granary_trash_page_get_banner (self->trash_page), "button-clicked",
                           G_CALLBACK (banner_clicked_cb), self, G_CONNECT_SWAPPED);
}
