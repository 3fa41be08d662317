/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-window"

#include "config.h"

#include "granary-window-private.h"

#include "granary-error.h"

/* Model services: one list of them for the page, the sidebar and the list of models. */

static void
updated_cb (GranaryWindow *self)
{
  granary_sidebar_set_n_running (self->sidebar,
                                 granary_service_list_get_n_running (self->services));
}

static void
awake_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GranaryWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (granary_service_host_refresh_finish (GRANARY_SERVICE_HOST (source), result, &error) ||
      granary_error_is_cancelled (error) || self->closing)
    return;

  granary_shell_show_error (GRANARY_SHELL (self), error, GRANARY_VERB_LIST_SERVICES, NULL);
}

/* Services of this computer that are meant to run do so again if what looks after them was killed, or
 * the computer was: the platform needs no such reminder. */
static void
wake_services (GranaryWindow *self)
{
  GranaryServiceHost *host = self->connection != NULL
                             ? granary_connection_get_service_host (self->connection)
                             : NULL;

  if (host != NULL && granary_service_host_has (host, GRANARY_SERVICE_HOST_LOCAL))
    granary_service_host_refresh_async (host, NULL, awake_cb, g_object_ref (self));
}

/**
 * granary_window_init_services: (skip)
 * @self: a window with its template
 */
void
granary_window_init_services (GranaryWindow *self)
{
  self->services = granary_service_list_new ();
  g_signal_connect_object (self->services, "updated", G_CALLBACK (updated_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * granary_window_follow_services: (skip)
 * @self: a window
 *
 * Lists the services of the connection from now on.
 */
void
granary_window_follow_services (GranaryWindow *self)
{
  granary_services_page_set_list (self->services_page, self->connection,
                                  self->connection != NULL ? self->services : NULL);
  granary_service_list_set_catalog (self->services,
                                    self->connection != NULL
                                    ? granary_connection_get_catalog (self->connection)
                                    : NULL);
  wake_services (self);
}

/**
 * granary_window_show_service: (skip)
 * @shell: a window
 * @uid: id of a service
 *
 * Implements granary_shell_show_service().
 */
void
granary_window_show_service (GranaryShell *shell,
                             const char   *uid)
{
  GranaryWindow *self = GRANARY_WINDOW (shell);

  granary_sidebar_set_page (self->sidebar, "services");
  adw_navigation_split_view_set_show_content (self->outer, TRUE);
  adw_navigation_split_view_set_show_content (self->inner, TRUE);
  granary_services_page_show (self->services_page, uid);
}
