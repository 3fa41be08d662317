/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include <glib/gi18n-lib.h>

#include "granary-service-text.h"
#include "granary-wording.h"

/* Ids of the services that something is asked for, kept with the host: twice is one too many. */
#define PENDING_KEY "granary-pending-acts"

typedef struct
{
  GtkWidget            *parent;     /* (owned) */
  GranaryConnection    *connection; /* (owned) */
  GranaryServiceHost   *host;       /* (owned) */
  GranaryService       *service;    /* (owned) */
  char                 *title;      /* (owned) */
  GranaryServiceAction  action;
} Act;

static const GranaryVerb verbs[] = {
  [GRANARY_SERVICE_START] = GRANARY_VERB_START_SERVICE,
  [GRANARY_SERVICE_STOP] = GRANARY_VERB_STOP_SERVICE,
  [GRANARY_SERVICE_UPDATE] = GRANARY_VERB_UPDATE_SERVICE,
  [GRANARY_SERVICE_REMOVE] = GRANARY_VERB_REMOVE_SERVICE,
};

static GHashTable *
get_pending (GranaryServiceHost *host)
{
  GHashTable *pending = g_object_get_data (G_OBJECT (host), PENDING_KEY);

  if (pending == NULL)
    {
      pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_object_set_data_full (G_OBJECT (host), PENDING_KEY, pending,
                              (GDestroyNotify) g_hash_table_unref);
    }

  return pending;
}

static void
act_free (Act *self)
{
  g_hash_table_remove (get_pending (self->host), self->service->uid);
  g_object_unref (self->parent);
  g_object_unref (self->connection);
  g_object_unref (self->host);
  granary_service_unref (self->service);
  g_free (self->title);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Act, act_free)

/* Doing */

static void
acted_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (Act) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!granary_service_host_act_finish (self->host, result, &error))
    granary_command_show_error (self->parent, error, verbs[self->action], self->title);
  else if (self->action == GRANARY_SERVICE_REMOVE)
    {
      /* Translators: %s is the name of a service. */
      g_autofree char *title = g_strdup_printf (_("“%s” removed"), self->title);

      granary_command_add_toast (self->parent, title, NULL);
    }
}

/* Takes over @self. */
static void
act (Act *self)
{
  granary_service_host_act_async (self->host, self->service->uid, self->action, NULL, NULL,
                                  acted_cb, self);
}

/* Asking */

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Act) self = user_data;
  const char *response = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);

  if (g_strcmp0 (response, "act") == 0)
    act (g_steal_pointer (&self));
}

/* Takes over @self. */
static void
ask (Act                   *self,
     const char            *heading,
     const char            *body,
     const char            *label,
     AdwResponseAppearance  appearance)
{
  AdwAlertDialog *dialog;

  /* Its window was closed before there was something to ask: nobody answers there any more. */
  if (!gtk_widget_get_visible (self->parent))
    {
      act_free (self);
      return;
    }

  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (heading, body));
  adw_alert_dialog_add_responses (dialog, "cancel", _("_Cancel"), "act", label, NULL);
  adw_alert_dialog_set_response_appearance (dialog, "act", appearance);
  adw_alert_dialog_set_default_response (dialog, "cancel");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  adw_alert_dialog_choose (dialog, self->parent, NULL, answered_cb, self);
}

static void
add_sentence (GString    *body,
              const char *sentence)
{
  if (body->len > 0)
    g_string_append_c (body, ' ');
  g_string_append (body, sentence);
}

static void
ask_remove (Act *self)
{
  g_autoptr (GString) body = g_string_new (NULL);
  /* Translators: %s is the name of a service. */
  g_autofree char *heading = g_strdup_printf (_("Remove “%s”?"), self->title);

  if (self->service->state == GRANARY_SERVICE_RUNNING)
    add_sentence (body, _("It stops answering at once."));
  add_sentence (body, _("Its address and its log go with it. The model stays."));
  if (self->service->is_version_gone)
    add_sentence (body, _("Its version was deleted, so it cannot be published again."));
  if (granary_service_host_has (self->host, GRANARY_SERVICE_HOST_PRICED))
    add_sentence (body, _("What was paid for it is not refunded."));
  ask (self, heading, body->str, _("_Remove"), ADW_RESPONSE_DESTRUCTIVE);
}

static void
ask_stop (Act *self)
{
  g_autoptr (GString) body = g_string_new (NULL);
  /* Translators: %s is the name of a service. */
  g_autofree char *heading = g_strdup_printf (_("Stop “%s”?"), self->title);

  add_sentence (body, _("Its version was deleted: once stopped, it cannot be started again."));
  if (granary_service_host_has (self->host, GRANARY_SERVICE_HOST_PRICED))
    add_sentence (body, _("What was paid for it is not refunded."));
  ask (self, heading, body->str, _("_Stop"), ADW_RESPONSE_DESTRUCTIVE);
}

/* @price: fen an hour, -1 unknown */
static void
ask_price (Act    *self,
           gint64  price)
{
  g_autoptr (GString) body = g_string_new (NULL);
  /* Translators: %s is the name of a service. */
  g_autofree char *heading = g_strdup_printf (_("Start “%s”?"), self->title);

  if (price >= 0)
    {
      g_autofree char *amount = granary_wording_price (price);
      /* Translators: %s is a price such as ¥1.23. */
      g_autofree char *sentence = g_strdup_printf (_("From then on it costs %s an hour."), amount);

      add_sentence (body, sentence);
    }
  else
    add_sentence (body, _("From then on it costs money by the hour; what it costs now could not be "
                          "found out."));
  add_sentence (body, _("Stopping it does not refund what was paid."));
  ask (self, heading, body->str, _("_Start"), ADW_RESPONSE_SUGGESTED);
}

/* Starting where it costs money: without a question only at the price that was agreed to. */

static void
quoted_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Act) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryPublishProfile) profile = NULL;
  gint64 price = granary_service_host_quote_finish (self->host, result, &error);

  profile = granary_publish_profile_from_json (self->service->profile);
  if (price == 0 || (price > 0 && price == profile->price))
    act (g_steal_pointer (&self));
  else
    ask_price (g_steal_pointer (&self), price);
}

/* Takes over @self. */
static void
check_price (Act *self)
{
  g_autoptr (GranaryPublishProfile) profile = NULL;

  if (self->service->profile != NULL)
    profile = granary_publish_profile_from_json (self->service->profile);
  if (profile != NULL)
    granary_service_host_quote_async (self->host, profile, NULL, quoted_cb, self);
  else
    ask_price (self, -1);
}

/**
 * granary_command_act:
 * @widget: where it was asked for
 * @connection: the connection
 * @service: a service
 * @action: what to do with it
 *
 * Starts, stops, updates or removes it. Asks before removing, before stopping what cannot be
 * started again, and before starting what costs something else than was agreed to.
 */
void
granary_command_act (GtkWidget            *widget,
                     GranaryConnection    *connection,
                     const GranaryService *service,
                     GranaryServiceAction  action)
{
  g_autoptr (Act) self = NULL;
  GranaryServiceHost *host;
  gboolean starts;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (service != NULL && service->uid != NULL);

  host = granary_connection_get_service_host (connection);
  if (host == NULL || !g_hash_table_add (get_pending (host), g_strdup (service->uid)))
    return;

  self = g_new0 (Act, 1);
  self->parent = g_object_ref (granary_command_find_parent (widget));
  self->connection = g_object_ref (connection);
  self->host = g_object_ref (host);
  self->service = granary_service_copy (service);
  self->title = granary_service_dup_title (service);
  self->action = action;

  starts = action == GRANARY_SERVICE_START ||
           (action == GRANARY_SERVICE_UPDATE &&
            granary_service_can (service, GRANARY_SERVICE_START));
  if (action == GRANARY_SERVICE_REMOVE)
    ask_remove (g_steal_pointer (&self));
  else if (action == GRANARY_SERVICE_STOP && service->is_version_gone)
    ask_stop (g_steal_pointer (&self));
  else if (starts && !service->is_version_gone &&
           granary_service_host_has (host, GRANARY_SERVICE_HOST_PRICED))
    check_price (g_steal_pointer (&self));
  else
    act (g_steal_pointer (&self));
}

/**
 * granary_command_copy_address:
 * @widget: where it was asked for
 * @connection: the connection
 * @service: a service with an address
 *
 * Puts the address that callers use on the clipboard. The token is none of it.
 */
void
granary_command_copy_address (GtkWidget            *widget,
                              GranaryConnection    *connection,
                              const GranaryService *service)
{
  GtkWidget *parent;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (service != NULL);

  if (service->url == NULL)
    return;

  parent = granary_command_find_parent (widget);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (parent), service->url);
  granary_command_add_toast (parent, _("Address copied"), NULL);
}
