/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-shell"

#include "config.h"

#include "granary-shell.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"

G_DEFINE_INTERFACE (GranaryShell, granary_shell, GTK_TYPE_WIDGET)

/* What a Details button has to show, as long as its toast lives. */
typedef struct
{
  GWeakRef  shell;
  char     *title;
  char     *body;
  char     *message;
} ErrorDetails;

static void
error_details_free (gpointer  data,
                    GClosure *closure)
{
  ErrorDetails *details = data;

  g_weak_ref_clear (&details->shell);
  g_free (details->title);
  g_free (details->body);
  g_free (details->message);
  g_free (details);
}

static void
details_response_cb (AdwAlertDialog *dialog,
                     const char     *response,
                     gpointer        user_data)
{
  g_autofree char *text = NULL;

  if (!g_str_equal (response, "copy"))
    return;

  text = g_strdup_printf ("%s\n%s\n%s",
                          adw_alert_dialog_get_heading (dialog),
                          adw_alert_dialog_get_body (dialog),
                          (const char *) user_data);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (dialog)), text);
}

static void
details_clicked_cb (AdwToast *toast,
                    gpointer  user_data)
{
  ErrorDetails *details = user_data;
  g_autoptr (GtkWidget) shell = g_weak_ref_get (&details->shell);
  AdwAlertDialog *dialog;
  GtkWidget *label;

  if (shell == NULL)
    return;

  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (details->title, details->body));
  adw_alert_dialog_add_responses (dialog,
                                  "copy", _("_Copy"),
                                  "close", _("_Close"),
                                  NULL);
  adw_alert_dialog_set_default_response (dialog, "close");
  adw_alert_dialog_set_close_response (dialog, "close");

  label = gtk_label_new (details->message);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_add_css_class (label, "dim-label");
  adw_alert_dialog_set_extra_child (dialog, label);

  g_signal_connect_data (dialog, "response", G_CALLBACK (details_response_cb),
                         g_strdup (details->message), (GClosureNotify) (void (*) (void)) g_free, 0);
  adw_dialog_present (ADW_DIALOG (dialog), shell);
}

static void
granary_shell_default_init (GranaryShellInterface *iface)
{
}

/**
 * granary_shell_find:
 * @widget: any widget
 *
 * Finds the shell that @widget is in. A dialog is found through the window it is shown on.
 *
 * Returns: (transfer none) (nullable): the shell, or %NULL while @widget is in none
 */
GranaryShell *
granary_shell_find (GtkWidget *widget)
{
  GtkWidget *shell;

  g_return_val_if_fail (GTK_IS_WIDGET (widget), NULL);

  shell = gtk_widget_get_ancestor (widget, GRANARY_TYPE_SHELL);

  return shell != NULL ? GRANARY_SHELL (shell) : NULL;
}

/**
 * granary_shell_add_toast:
 * @self: a shell
 * @toast: (transfer full): what to say
 *
 * Shows @toast over the window's content.
 */
void
granary_shell_add_toast (GranaryShell *self,
                         AdwToast     *toast)
{
  GranaryShellInterface *iface;

  g_return_if_fail (GRANARY_IS_SHELL (self));
  g_return_if_fail (ADW_IS_TOAST (toast));

  iface = GRANARY_SHELL_GET_IFACE (self);
  g_return_if_fail (iface->add_toast != NULL);

  iface->add_toast (self, toast);
}

/**
 * granary_shell_add_transfer:
 * @self: a shell
 * @transfer: a long operation that has begun
 *
 * Lists @transfer under the transfers button until the user clears it.
 */
void
granary_shell_add_transfer (GranaryShell    *self,
                            GranaryTransfer *transfer)
{
  GranaryShellInterface *iface;

  g_return_if_fail (GRANARY_IS_SHELL (self));
  g_return_if_fail (GRANARY_IS_TRANSFER (transfer));

  iface = GRANARY_SHELL_GET_IFACE (self);
  g_return_if_fail (iface->add_transfer != NULL);

  iface->add_transfer (self, transfer);
}

/**
 * granary_shell_reveal:
 * @self: a shell
 * @model_id: row of a model
 * @number: one of its versions, or 0 for the model itself
 *
 * Selects that model or version, scrolls to it and opens its details.
 */
void
granary_shell_reveal (GranaryShell *self,
                      gint64        model_id,
                      int           number)
{
  GranaryShellInterface *iface;

  g_return_if_fail (GRANARY_IS_SHELL (self));
  g_return_if_fail (number >= 0);

  iface = GRANARY_SHELL_GET_IFACE (self);
  g_return_if_fail (iface->reveal != NULL);

  iface->reveal (self, model_id, number);
}

/**
 * granary_shell_show_service:
 * @self: a shell
 * @uid: id of a service; one that was just published may not be listed yet
 *
 * Opens the list of services, selects that one and scrolls to it.
 */
void
granary_shell_show_service (GranaryShell *self,
                            const char   *uid)
{
  GranaryShellInterface *iface;

  g_return_if_fail (GRANARY_IS_SHELL (self));
  g_return_if_fail (uid != NULL);

  iface = GRANARY_SHELL_GET_IFACE (self);
  g_return_if_fail (iface->show_service != NULL);

  iface->show_service (self, uid);
}

/**
 * granary_shell_show_error:
 * @self: a shell
 * @error: what went wrong
 * @verb: what was being done
 * @object: (nullable): what it was done to
 *
 * Says in a toast what did not work; its Details button tells why and what to do, with the
 * technical message to copy. A cancelled operation is not mentioned.
 */
void
granary_shell_show_error (GranaryShell *self,
                          const GError *error,
                          GranaryVerb   verb,
                          const char   *object)
{
  g_autoptr (GranaryWording) wording = NULL;
  ErrorDetails *details;
  AdwToast *toast;

  g_return_if_fail (GRANARY_IS_SHELL (self));
  g_return_if_fail (error != NULL);

  if (granary_error_is_cancelled (error))
    return;

  wording = granary_wording_for_error (error, verb, object);

  details = g_new0 (ErrorDetails, 1);
  g_weak_ref_init (&details->shell, self);
  details->title = g_strdup (wording->title);
  details->body = g_strdup (wording->body);
  details->message = g_strdup (error->message);

  toast = adw_toast_new (wording->title);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_timeout (toast, 10);
  /* Not behind the good news that is being shown. */
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_set_button_label (toast, _("_Details"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (details_clicked_cb),
                         details, error_details_free, 0);

  granary_shell_add_toast (self, toast);
}
