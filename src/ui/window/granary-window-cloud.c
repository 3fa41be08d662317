/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-window"

#include "config.h"

#include "granary-window-private.h"

#include <glib/gi18n-lib.h>

#include "granary-connection-dialog.h"
#include "granary-error.h"

/* What a window does for connections to the cloud: how fresh they are, refreshing, adding them and
 * changing their settings. */

#define AGE_INTERVAL_SECONDS 60

/* The age in the banner goes on by itself. */
static gboolean
age_cb (gpointer user_data)
{
  granary_window_update_banner (user_data);

  return G_SOURCE_CONTINUE;
}

static void
status_changed_cb (GranaryWindow *self)
{
  granary_window_update_banner (self);
}

/**
 * granary_window_follow_status: (skip)
 * @self: a window
 *
 * Follows how fresh the connection's catalogue is; call it whenever there is another one, or none.
 */
void
granary_window_follow_status (GranaryWindow *self)
{
  GranaryConnectionStatus *status =
    self->connection != NULL ? granary_connection_get_status (self->connection) : NULL;
  gboolean refreshes = self->connection != NULL &&
                       granary_connection_has (self->connection, GRANARY_FEATURE_REFRESH);
  GAction *add = g_action_map_lookup_action (G_ACTION_MAP (self), "add-model");

  if (self->status != NULL)
    g_signal_handlers_disconnect_by_func (self->status, status_changed_cb, self);
  g_set_object (&self->status, status);
  if (status != NULL)
    g_signal_connect_object (status, "notify", G_CALLBACK (status_changed_cb), self,
                             G_CONNECT_SWAPPED);

  g_clear_handle_id (&self->age_source, g_source_remove);
  if (status != NULL)
    self->age_source = g_timeout_add_seconds (AGE_INTERVAL_SECONDS, age_cb, self);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (add),
                               refreshes && granary_connection_has (self->connection,
                                                                    GRANARY_FEATURE_ADD_BY_ID));
}

/* How old what is shown is: a clause of its own. */
static char *
make_age (GranaryConnectionStatus *status)
{
  gint64 refreshed = granary_connection_status_get_refreshed (status);
  g_autofree char *age = NULL;

  if (refreshed == 0)
    return g_strdup (_("nothing was loaded yet"));

  age = granary_wording_age (refreshed, g_get_real_time ());
  /* Translators: how old the list of models is, such as “last updated: 2 hours ago”. */
  return g_strdup_printf (_("last updated: %s"), age);
}

/**
 * granary_window_dup_status_banner: (skip)
 * @self: a window
 * @button: (out): label of the banner's button
 *
 * Returns: (transfer full) (nullable): what the banner has to say about the connection to the
 *   service; %NULL while all is well
 */
char *
granary_window_dup_status_banner (GranaryWindow  *self,
                                  const char    **button)
{
  GranaryConnectionState state;
  const GError *error;

  if (self->status == NULL)
    return NULL;

  state = granary_connection_status_get_state (self->status);
  error = granary_connection_status_get_error (self->status);
  if (state == GRANARY_CONNECTION_OFFLINE)
    {
      g_autofree char *age = make_age (self->status);

      *button = _("_Try Again");
      /* Translators: %s says how old the list is. */
      return g_strdup_printf (_("Offline · %s"), age);
    }
  if (error != NULL && state != GRANARY_CONNECTION_REFRESHING)
    {
      g_autofree char *problem = granary_wording_for_problem (error);

      *button = state == GRANARY_CONNECTION_REJECTED ? _("_Connection…") : _("_Try Again");
      return g_steal_pointer (&problem);
    }

  return NULL;
}

/* Refreshing */

static void
refreshed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GranaryWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  /* That the service cannot be reached, or refuses, is what the banner says. */
  if (!granary_repository_refresh_finish (GRANARY_REPOSITORY (source), result, &error) &&
      !granary_error_is_cancelled (error) &&
      !g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_NETWORK) &&
      (self->status == NULL ||
       granary_connection_status_get_state (self->status) != GRANARY_CONNECTION_REJECTED))
    granary_shell_show_error (GRANARY_SHELL (self), error, GRANARY_VERB_REFRESH, NULL);
}

static void
refresh (GranaryWindow      *self,
         const char * const *add_uids)
{
  g_autoptr (GranaryRefreshRequest) request = granary_refresh_request_new (NULL, add_uids);

  granary_repository_refresh_async (granary_connection_get_repository (self->connection), request,
                                    NULL, refreshed_cb, g_object_ref (self));
}

/**
 * granary_window_refresh: (skip)
 * @self: a window with a connection that can be refreshed
 */
void
granary_window_refresh (GranaryWindow *self)
{
  refresh (self, NULL);
}

static void
uid_entered_cb (GranaryWindow *self,
                const char    *uid)
{
  g_autofree char *stripped = g_strstrip (g_strdup (uid));
  const char *uids[] = { stripped, NULL };

  if (self->connection != NULL && *stripped != '\0')
    refresh (self, uids);
}

static void
add_response_cb (GranaryWindow  *self,
                 const char     *response,
                 AdwAlertDialog *dialog)
{
  GtkWidget *entry = adw_alert_dialog_get_extra_child (dialog);

  if (g_str_equal (response, "add"))
    uid_entered_cb (self, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
uid_changed_cb (GtkEditable    *entry,
                AdwAlertDialog *dialog)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (entry)));

  adw_alert_dialog_set_response_enabled (dialog, "add", *text != '\0');
}

/* Accounts that are not offered the list of models take them in one by one. */
static void
add_model_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  GranaryWindow *self = user_data;
  AdwAlertDialog *dialog;
  GtkWidget *entry;

  dialog = ADW_ALERT_DIALOG (
    adw_alert_dialog_new (_("Add Model by Id"),
                          _("The console of TI-ONE shows the id of a model below its name.")));
  entry = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), "m-1234567890123456789");
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _("Id of the model"),
                                  -1);
  adw_alert_dialog_set_extra_child (dialog, entry);
  adw_alert_dialog_add_responses (dialog, "cancel", _("_Cancel"), "add", _("_Add"), NULL);
  adw_alert_dialog_set_response_appearance (dialog, "add", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_response_enabled (dialog, "add", FALSE);
  adw_alert_dialog_set_default_response (dialog, "add");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (entry, "changed", G_CALLBACK (uid_changed_cb), dialog,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (dialog, "response", G_CALLBACK (add_response_cb), self,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (self));
}

/* Connections */

/**
 * granary_window_take_background: (skip)
 * @self: a window with an account
 *
 * Returns: (transfer full) (nullable): the connection of the account, when it is still at work in
 *   the background
 */
GranaryConnection *
granary_window_take_background (GranaryWindow *self)
{
  for (guint i = 0; i < self->background->len; i++)
    {
      GranaryConnection *connection = g_ptr_array_index (self->background, i);

      if (g_str_equal (granary_connection_get_uid (connection),
                       granary_account_get_uid (self->account)))
        return g_ptr_array_steal_index (self->background, i);
    }

  return NULL;
}

static void
account_done_cb (GranaryAccount *account,
                 gpointer        user_data)
{
  GranaryWindow *self = user_data;

  if (self->connection != NULL && self->account != NULL &&
      (account == NULL || g_str_equal (granary_account_get_uid (account),
                                       granary_account_get_uid (self->account))))
    /* What runs with the settings before stops here, and goes on with the new ones. */
    granary_connection_close (self->connection);

  if (account != NULL)
    granary_window_open_account (self, account);
  else
    {
      g_autofree char *usual = granary_folders_dup_default (self->folders);

      granary_window_open_folder (self, usual);
    }
}

static void
add_connection_cb (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  GranaryWindow *self = user_data;

  granary_connection_dialog_present (GTK_WIDGET (self), self->accounts, NULL, account_done_cb, self);
}

static void
settings_cb (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  granary_window_edit_account (user_data);
}

/**
 * granary_window_edit_account: (skip)
 * @self: a window
 *
 * Shows the settings of the connection that is open, when it is one to the cloud.
 */
void
granary_window_edit_account (GranaryWindow *self)
{
  if (self->account != NULL)
    granary_connection_dialog_present (GTK_WIDGET (self), self->accounts, self->account,
                                       account_done_cb, self);
}

static const GActionEntry entries[] = {
  { .name = "add-connection", .activate = add_connection_cb },
  { .name = "connection-settings", .activate = settings_cb },
  { .name = "add-model", .activate = add_model_cb },
};

/**
 * granary_window_init_cloud: (skip)
 * @self: a window
 */
void
granary_window_init_cloud (GranaryWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
