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
  gboolean running = granary_transfer_list_get_n_running (self->transfers) > 0;

  if (application == NULL || running == (self->inhibit_cookie != 0))
    return;

  if (running)
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

static void
notify_ended (GranaryWindow   *self,
              GranaryTransfer *transfer)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *title = NULL;
  g_autofree char *line = NULL;

  if (application == NULL || gtk_window_is_active (GTK_WINDOW (self)) ||
      granary_transfer_get_state (transfer) == GRANARY_TRANSFER_CANCELLED ||
      !g_settings_get_boolean (self->settings, "notify-when-done"))
    return;

  title = granary_wording_transfer_title (transfer);
  line = granary_wording_transfer_line (transfer);
  notification = g_notification_new (title);
  g_notification_set_body (notification, line);
  g_notification_set_default_action (notification, "app.show");
  g_application_send_notification (G_APPLICATION (application), "transfer", notification);
}

static void
ended_cb (GranaryWindow   *self,
          GranaryTransfer *transfer)
{
  notify_ended (self, transfer);
}

static void
running_changed_cb (GranaryWindow *self)
{
  update_inhibit (self);
  if (self->closing && granary_transfer_list_get_n_running (self->transfers) == 0)
    gtk_window_close (GTK_WINDOW (self));
}

static void
close_response_cb (AdwAlertDialog *dialog,
                   const char     *response,
                   gpointer        user_data)
{
  GranaryWindow *self = user_data;

  if (!g_str_equal (response, "stop"))
    return;

  /* Each leaves things as they were before it began; the window waits for that. */
  self->closing = TRUE;
  granary_transfer_list_cancel_all (self->transfers);
  running_changed_cb (self);
}

/**
 * granary_window_ask_before_closing: (skip)
 * @self: a window with running transfers
 *
 * Asks whether to stop them and close.
 */
void
granary_window_ask_before_closing (GranaryWindow *self)
{
  guint n_running = granary_transfer_list_get_n_running (self->transfers);
  g_autofree char *body = NULL;
  AdwDialog *dialog;

  body = g_strdup_printf (ngettext ("%u transfer is still running. When it is stopped, what it "
                                    "has done so far is undone; nothing is lost.",
                                    "%u transfers are still running. When they are stopped, what "
                                    "they have done so far is undone; nothing is lost.",
                                    n_running),
                          n_running);
  dialog = adw_alert_dialog_new (_("Stop and Close?"), body);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog),
                                  "continue", _("_Keep Running"),
                                  "stop", _("_Stop and Close"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "stop",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "continue");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "continue");
  g_signal_connect_object (dialog, "response", G_CALLBACK (close_response_cb), self, 0);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

/**
 * granary_window_init_transfers: (skip)
 * @self: a window with its template
 */
void
granary_window_init_transfers (GranaryWindow *self)
{
  granary_transfers_button_set_list (
    granary_browser_get_transfers_button (self->browser), self->transfers);
  granary_transfers_button_set_list (
    granary_trash_page_get_transfers_button (self->trash_page), self->transfers);
  g_signal_connect_object (self->transfers, "ended", G_CALLBACK (ended_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->transfers, "notify::n-running", G_CALLBACK (running_changed_cb),
                           self, G_CONNECT_SWAPPED);
}

/**
 * granary_window_dispose_transfers: (skip)
 * @self: a window
 */
void
granary_window_dispose_transfers (GranaryWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  if (self->transfers != NULL)
    g_signal_handlers_disconnect_by_data (self->transfers, self);
  if (application != NULL && self->inhibit_cookie != 0)
    gtk_application_uninhibit (application, self->inhibit_cookie);
  self->inhibit_cookie = 0;
}
