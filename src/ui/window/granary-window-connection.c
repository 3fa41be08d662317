/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-window"

#include "config.h"

#include "granary-window-private.h"

#include <glib/gi18n-lib.h>

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
static void
update_banner (GranaryWindow *self)
{
  GranaryCatalog *catalog =
    self->connection != NULL ? granary_connection_get_catalog (self->connection) : NULL;
  g_autofree char *title = NULL;
  const char *button = NULL;

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
  set_banner (granary_trash_page_get_banner (self->trash_page), title, button);
}

static void
banner_clicked_cb (GranaryWindow *self)
{
  if (self->lost != NULL)
    granary_window_reopen (self);
  else if (self->repairs != NULL)
    g_clear_pointer (&self->repairs, g_free);
  else
    self->shared_dismissed = TRUE;

  update_banner (self);
}

static void
lost_cb (GranaryWindow *self,
         const GError  *error)
{
  g_clear_error (&self->lost);
  self->lost = g_error_copy (error);
  update_banner (self);
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

  connection = granary_local_open_finish (result, &error);
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

  title = granary_folders_dup_title (self->folders, self->folder);
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
  update_banner (self);

  if (connection == NULL)
    return;

  selection = g_steal_pointer (&self->awaited_selection);
  if (selection != NULL)
    granary_window_select (self, selection);
  paths = g_steal_pointer (&self->awaited_paths);
  if (paths != NULL)
    granary_window_import (self, (const char * const *) paths);
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

  g_set_str (&self->folder, folder);
  granary_folders_add (self->folders, folder);
  granary_window_reopen (self);
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

  if (self->folder != NULL)
    return;

  folder = g_settings_get_string (self->settings, "last-connection");
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
  g_autofree char *title = granary_folders_dup_title (self->folders, self->folder);

  forget_connection (self);
  granary_details_show_nothing (self->details);
  granary_details_set_connection (self->details, NULL);
  granary_sidebar_set_connection (self->sidebar, NULL);
  granary_trash_page_set_connection (self->trash_page, NULL);
  granary_browser_show_opening (self->browser);
  granary_sidebar_set_title (self->sidebar, title);
  granary_window_update_menu (self);
  update_banner (self);

  if (g_utf8_validate (self->folder, -1, NULL))
    g_settings_set_string (self->settings, "last-connection",
                           granary_folders_is_default (self->folders, self->folder) ? ""
                                                                                    : self->folder);

  self->opening = g_cancellable_new ();
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
  g_signal_connect_object (granary_trash_page_get_banner (self->trash_page), "button-clicked",
                           G_CALLBACK (banner_clicked_cb), self, G_CONNECT_SWAPPED);
}
