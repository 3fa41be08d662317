/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-window"

#include "config.h"

#include "granary-window-private.h"

#include <glib/gi18n-lib.h>

#include "granary-transfers-button.h"

/* What runs while the window is open: it keeps the computer awake, asks before the window closes,
 * and tells when it is done. */

static void
update_inhibit (GranaryWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  gboolean active = granary_transfer_list_is_active (self->transfers);

  if (application == NULL || active == (self->inhibit_cookie != 0))
    return;

  if (active)
    {
      self->inhibit_cookie =
        gtk_application_inhibit (application, GTK_WINDOW (self),
                                 GTK_APPLICATION_INHIBIT_SUSPEND | GTK_APPLICATION_INHIBIT_LOGOUT,
                                 _("Models are being moved"));
    }
  else
    {
      gtk_application_uninhibit (application, self->inhibit_cookie);
      self->inhibit_cookie = 0;
    }
}

static char *
make_batch_title (guint n_done,
                  guint n_failed)
{
  if (n_failed == 0)
    return g_strdup_printf (ngettext ("%u transfer is done", "%u transfers are done", n_done),
                            n_done);
  if (n_done == 0)
    return g_strdup_printf (ngettext ("%u transfer failed", "%u transfers failed", n_failed),
                            n_failed);

  /* Translators: how many of how many transfers did not succeed; the second is two or more. */
  return g_strdup_printf (ngettext ("%1$u of %2$u transfers failed",
                                    "%1$u of %2$u transfers failed", n_done + n_failed),
                          n_failed, n_done + n_failed);
}

/* One notification for all that was under way, so that it is not one for each of a thousand. */
static void
batch_ended_cb (GranaryWindow   *self,
                guint            n_done,
                guint            n_failed,
                GranaryTransfer *last)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *title = NULL;
  g_autofree char *line = NULL;

  if (application == NULL || gtk_window_is_active (GTK_WINDOW (self)) ||
      !g_settings_get_boolean (self->settings, "notify-when-done"))
    return;

  if (n_done + n_failed == 1)
    {
      title = granary_wording_transfer_title (last);
      line = granary_wording_transfer_line (last);
    }
  else
    {
      title = make_batch_title (n_done, n_failed);
    }
  notification = g_notification_new (title);
  if (line != NULL)
    g_notification_set_body (notification, line);
  g_notification_set_default_action (notification, "app.show");
  g_application_send_notification (G_APPLICATION (application), "transfer", notification);
}

static void close_idle_connections (GranaryWindow *self);

static void
running_changed_cb (GranaryWindow *self)
{
  update_inhibit (self);
  close_idle_connections (self);
  if (self->closing && granary_transfer_list_get_n_own (self->transfers) == 0)
    gtk_window_close (GTK_WINDOW (self));
}

static void
close_response_cb (AdwAlertDialog *dialog,
                   const char     *response,
                   gpointer        user_data)
{
  GranaryWindow *self = user_data;

  if (!g_str_equal (response, "quit"))
    return;

  /* Each leaves things as they were before it began; the window waits for that. What the queue has
   * is kept as it stands when the connection closes. */
  self->closing = TRUE;
  granary_transfer_list_cancel_own (self->transfers);
  running_changed_cb (self);
}

static char *
make_closing_body (guint n_running,
                   guint n_own)
{
  if (n_own == 0)
    return g_strdup (_("They go on from where they are at the next start."));
  if (n_own == n_running)
    return g_strdup (_("When they are stopped, what they have done so far is undone; nothing is "
                       "lost."));

  return g_strdup_printf (ngettext ("%u of them has to be stopped: what it has done so far is "
                                    "undone, and nothing is lost. The others go on from where they "
                                    "are at the next start.",
                                    "%u of them have to be stopped: what they have done so far is "
                                    "undone, and nothing is lost. The others go on from where they "
                                    "are at the next start.",
                                    n_own),
                          n_own);
}

/**
 * granary_window_ask_before_closing: (skip)
 * @self: a window with active transfers
 *
 * Asks whether to leave them and close.
 */
void
granary_window_ask_before_closing (GranaryWindow *self)
{
  g_autofree char *body =
    make_closing_body (granary_transfer_list_get_n_running (self->transfers),
                       granary_transfer_list_get_n_own (self->transfers));
  AdwDialog *dialog = adw_alert_dialog_new (_("Transfers Are Under Way"), body);

  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog),
                                  "continue", _("_Keep Running"),
                                  "quit", _("_Quit"),
                                  NULL);
  /* Only what is undone is a loss of work. */
  if (granary_transfer_list_get_n_own (self->transfers) > 0)
    adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "quit",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "continue");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "continue");
  g_signal_connect_object (dialog, "response", G_CALLBACK (close_response_cb), self, 0);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/* Connections */

static gboolean
is_connection_running (GranaryConnection *connection)
{
  GranaryTransferQueue *queue = granary_connection_get_queue (connection);

  return queue != NULL && granary_transfer_queue_is_running (queue);
}

/* Those that were kept for their transfers alone. */
static void
close_idle_connections (GranaryWindow *self)
{
  for (guint i = self->background->len; i-- > 0;)
    {
      GranaryConnection *connection = g_ptr_array_index (self->background, i);

      if (is_connection_running (connection))
        continue;
      granary_connection_close (connection);
      g_ptr_array_remove_index (self->background, i);
    }
}

/**
 * granary_window_enter_connection: (skip)
 * @self: a window
 * @connection: what is shown from now on
 *
 * Lists its transfers.
 */
void
granary_window_enter_connection (GranaryWindow     *self,
                                 GranaryConnection *connection)
{
  GranaryTransferQueue *queue = granary_connection_get_queue (connection);

  if (queue != NULL)
    granary_transfer_list_add_queue (self->transfers, queue);
  update_inhibit (self);
}

/**
 * granary_window_leave_connection: (skip)
 * @self: a window
 * @connection: what is not shown any more
 *
 * Closes it; one whose transfers run stays until they are through.
 */
void
granary_window_leave_connection (GranaryWindow     *self,
                                 GranaryConnection *connection)
{
  if (is_connection_running (connection))
    g_ptr_array_add (self->background, g_object_ref (connection));
  else if (granary_connection_get_queue (connection) != NULL)
    granary_connection_close (connection);
}

/**
 * granary_window_init_transfers: (skip)
 * @self: a window with its template and settings
 */
void
granary_window_init_transfers (GranaryWindow *self)
{
  granary_browser_set_transfers (self->browser, self->transfers);
  granary_transfers_button_set_list (
    granary_services_page_get_transfers_button (self->services_page), self->transfers);
  granary_transfers_button_set_list (
    granary_trash_page_get_transfers_button (self->trash_page), self->transfers);
  g_signal_connect_object (self->transfers, "batch-ended", G_CALLBACK (batch_ended_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->transfers, "notify::n-running", G_CALLBACK (running_changed_cb),
                           self, G_CONNECT_SWAPPED);
}

/**
 * granary_window_dispose_transfers: (skip)
 * @self: a window
 *
 * Leaves what queues have for the next start.
 */
void
granary_window_dispose_transfers (GranaryWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  if (self->transfers != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->transfers, self);
      granary_transfer_list_close_queues (self->transfers);
    }
  if (self->connection != NULL && granary_connection_get_queue (self->connection) != NULL)
    granary_connection_close (self->connection);
  for (guint i = 0; self->background != NULL && i < self->background->len; i++)
    granary_connection_close (g_ptr_array_index (self->background, i));
  g_clear_pointer (&self->background, g_ptr_array_unref);
  if (application != NULL && self->inhibit_cookie != 0)
    gtk_application_uninhibit (application, self->inhibit_cookie);
  self->inhibit_cookie = 0;
}
