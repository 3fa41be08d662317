/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include <glib/gi18n-lib.h>

#include "granary-wording.h"

typedef struct
{
  GtkWidget         *parent;     /* (owned) */
  GranaryConnection *connection; /* (owned) */
  GStrv              entries;    /* (owned) (nullable): NULL for all */
  GranaryTransfer   *transfer;   /* (owned) (nullable) until confirmed */
} Purge;

static void
purge_free (Purge *self)
{
  g_object_unref (self->parent);
  g_object_unref (self->connection);
  g_strfreev (self->entries);
  g_clear_object (&self->transfer);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Purge, purge_free)

static void
purged_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Purge) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL;
  gint64 freed;

  freed = granary_repository_purge_finish (GRANARY_REPOSITORY (source), result, &error);
  if (error != NULL)
    {
      granary_command_show_error (self->parent, error, GRANARY_VERB_PURGE, NULL);
      return;
    }

  title = granary_wording_for_freed (freed);
  granary_command_add_toast (self->parent, title, NULL);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Purge) self = user_data;
  const char *response = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);

  if (g_strcmp0 (response, "purge") != 0)
    return;

  self->transfer = granary_transfer_new (GRANARY_TRANSFER_PURGE, _("Trash"));
  granary_command_show_if_slow (self->parent, self->transfer);
  granary_repository_purge_async (granary_connection_get_repository (self->connection),
                                  (const char * const *) self->entries, self->transfer, purged_cb,
                                  self);
  g_steal_pointer (&self);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Purge) self = user_data;
  g_autoptr (GranaryWording) wording = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree GranaryImpact *impact = NULL;
  AdwAlertDialog *dialog;
  GtkWidget *parent = self->parent;

  impact = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (impact == NULL)
    {
      granary_command_show_error (parent, error, GRANARY_VERB_PURGE, NULL);
      return;
    }

  if (impact->n_entries == 0)
    {
      granary_command_add_toast (parent, _("The trash is empty"), NULL);
      return;
    }

  wording = granary_wording_for_purge ((guint) impact->n_entries, impact->freed);
  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (wording->title, wording->body));
  adw_alert_dialog_add_responses (dialog, "cancel", _("_Cancel"), "purge", wording->action, NULL);
  adw_alert_dialog_set_response_appearance (dialog, "purge", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (dialog, "cancel");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  adw_alert_dialog_choose (dialog, parent, NULL, answered_cb, g_steal_pointer (&self));
}

static gpointer
load_impact (GranaryCatalog  *catalog,
             gpointer         data,
             GCancellable    *cancellable,
             GError         **error)
{
  g_autofree GranaryImpact *impact = g_new0 (GranaryImpact, 1);

  if (!granary_catalog_load_trash_impact (catalog, data, impact, error))
    return NULL;

  return g_steal_pointer (&impact);
}

static void
free_entries (gpointer data)
{
  g_strfreev (data);
}

/**
 * granary_command_purge:
 * @widget: where it was asked for
 * @connection: the connection
 * @entries: (array zero-terminated=1) (nullable): entries of the trash, %NULL for all
 *
 * Asks, then deletes for good and says how many bytes came back.
 */
void
granary_command_purge (GtkWidget          *widget,
                       GranaryConnection  *connection,
                       const char * const *entries)
{
  Purge *self;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));

  self = g_new0 (Purge, 1);
  self->parent = g_object_ref (granary_command_find_parent (widget));
  self->connection = g_object_ref (connection);
  self->entries = g_strdupv ((char **) entries);
  granary_catalog_read_async (granary_connection_get_catalog (connection), load_impact,
                              g_strdupv ((char **) entries), free_entries, g_free, NULL, loaded_cb,
                              self);
}
