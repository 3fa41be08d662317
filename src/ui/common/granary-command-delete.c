/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include <glib/gi18n-lib.h>

#include "granary-publishes.h"
#include "granary-services-brief.h"
#include "granary-services-dialog.h"
#include "granary-wording.h"

typedef struct
{
  GtkWidget         *parent;     /* (owned) */
  GranaryConnection *connection; /* (owned) */
  GranaryTargets    *targets;    /* (owned) (nullable) until loaded */
  GranaryServiceList *services;  /* (owned) (nullable): while it is asked, when there are any */
  GranaryTransfer   *transfer;   /* (owned) (nullable) until confirmed */
  GtkWidget         *related;    /* (unowned) (nullable): a button of the question */
  GtkCheckButton    *keep;       /* (unowned) (nullable): of the question */
  gboolean           keeps;      /* the files, as answered */
} Deletion;

/* What the Undo button of a toast puts back. */
typedef struct
{
  GtkWidget         *parent;     /* (unowned) the toast is its */
  GranaryConnection *connection; /* (owned) */
  GStrv              entries;    /* (owned) */
} Undo;

static void
deletion_free (Deletion *self)
{
  g_object_unref (self->parent);
  g_object_unref (self->connection);
  g_clear_pointer (&self->targets, granary_targets_free);
  g_clear_object (&self->services);
  g_clear_object (&self->transfer);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Deletion, deletion_free)

static void
undo_free (gpointer  data,
           GClosure *closure)
{
  Undo *undo = data;

  g_object_unref (undo->connection);
  g_strfreev (undo->entries);
  g_free (undo);
}

static void
undo_cb (AdwToast *toast,
         gpointer  data)
{
  Undo *undo = data;

  granary_command_restore (undo->parent, undo->connection, (const char * const *) undo->entries);
}

static void
add_undo_toast (Deletion *self,
                GStrv     entries)
{
  g_autofree char *title = NULL;
  AdwToast *toast;
  Undo *undo;

  /* Translators: the name of a model or version in quotation marks, or how many of them. */
  title = g_strdup_printf (_("%s moved to trash"), self->targets->called);
  toast = granary_command_add_toast (self->parent, title, _("_Undo"));
  if (toast == NULL)
    {
      g_strfreev (entries);
      return;
    }

  undo = g_new0 (Undo, 1);
  undo->parent = self->parent;
  undo->connection = g_object_ref (self->connection);
  undo->entries = entries;
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), undo, undo_free,
                         G_CONNECT_DEFAULT);
}

/* Where there is no trash there is nothing to undo. */
static void
add_deleted_toast (Deletion *self)
{
  /* Translators: the name of a model or version in quotation marks, or how many of them. */
  g_autofree char *title = g_strdup_printf (_("%s deleted"), self->targets->called);

  granary_command_add_toast (self->parent, title, NULL);
}

static void
deleted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Deletion) self = user_data;
  g_autoptr (GError) error = NULL;
  GStrv entries;

  entries = granary_repository_delete_finish (GRANARY_REPOSITORY (source), result, &error);
  if (entries == NULL)
    granary_command_show_error (self->parent, error, GRANARY_VERB_DELETE, self->targets->object);
  else if (entries[0] != NULL)
    add_undo_toast (self, entries);
  else
    {
      g_strfreev (entries);
      add_deleted_toast (self);
    }
}

static void
services_cb (GtkButton *button,
             Deletion  *self)
{
  GranaryTargets *targets = self->targets;

  adw_dialog_present (ADW_DIALOG (granary_services_dialog_new (self->connection, self->services,
                                                               targets->object, targets->model_ids,
                                                               targets->version_ids)),
                      GTK_WIDGET (button));
}

/* What stands below the text of the question: the services that use it, and what becomes of the
 * files. */
static GtkWidget *
make_extra (Deletion *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  if (self->targets->services->len > 0)
    {
      GtkWidget *button = gtk_button_new_with_mnemonic (_("_View Related Services"));
      GtkWidget *brief;

      self->related = button;
      self->services = granary_service_list_new ();
      brief = granary_services_brief_new (self->services, self->targets->model_ids,
                                          self->targets->version_ids);
      gtk_widget_set_halign (brief, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (box), brief);
      granary_service_list_set_catalog (self->services,
                                        granary_connection_get_catalog (self->connection));
      g_signal_connect (button, "clicked", G_CALLBACK (services_cb), self);
      gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (box), button);
    }
  if (granary_connection_has (self->connection, GRANARY_FEATURE_KEEP_FILES))
    {
      self->keep = GTK_CHECK_BUTTON (
        gtk_check_button_new_with_mnemonic (_("_Keep the files in the storage")));
      gtk_widget_set_halign (GTK_WIDGET (self->keep), GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->keep));
    }

  return box;
}

/* Whatever was being published of it is over now: it is called off, or a service that goes on. */
static void
settled_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Deletion *self = user_data;
  GranaryTargets *targets = self->targets;
  g_autoptr (GranaryDeleteRequest) request = NULL;

  granary_publishes_settle_finish (self->connection, result);
  request = granary_delete_request_new (targets->model_ids, targets->single_ids, self->keeps);
  granary_repository_delete_async (granary_connection_get_repository (self->connection), request,
                                   self->transfer, deleted_cb, self);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Deletion) self = user_data;
  const char *response = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);
  GranaryTargets *targets = self->targets;

  self->keeps = self->keep != NULL && gtk_check_button_get_active (self->keep);
  self->keep = NULL;
  /* It can still be pressed while the question goes away. */
  if (self->related != NULL)
    g_signal_handlers_disconnect_by_data (self->related, self);
  self->related = NULL;
  if (g_strcmp0 (response, "delete") != 0)
    return;

  self->transfer = granary_transfer_new (GRANARY_TRANSFER_DELETE, targets->object);
  granary_command_show_if_slow (self->parent, self->transfer);
  granary_publishes_settle_async (self->connection, targets->model_ids, targets->version_ids,
                                  settled_cb, self);
  g_steal_pointer (&self);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Deletion) self = user_data;
  g_autoptr (GranaryWording) wording = NULL;
  g_autoptr (GError) error = NULL;
  AdwAlertDialog *dialog;
  GtkWidget *parent = self->parent;

  self->targets = granary_targets_load_finish (result, &error);
  if (self->targets == NULL)
    {
      granary_command_show_error (parent, error, GRANARY_VERB_DELETE, NULL);
      return;
    }

  wording = granary_connection_has (self->connection, GRANARY_FEATURE_TRASH)
            ? granary_wording_for_delete (self->targets->model_name, self->targets->number,
                                          &self->targets->impact)
            : granary_wording_for_delete_forever (self->targets->model_name,
                                                  self->targets->number,
                                                  &self->targets->impact);
  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (wording->title, wording->body));
  adw_alert_dialog_add_responses (dialog, "cancel", _("_Cancel"), "delete", wording->action, NULL);
  adw_alert_dialog_set_response_appearance (dialog, "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (dialog, "cancel");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  if (self->targets->services->len > 0 ||
      granary_connection_has (self->connection, GRANARY_FEATURE_KEEP_FILES))
    adw_alert_dialog_set_extra_child (dialog, make_extra (self));
  adw_alert_dialog_choose (dialog, parent, NULL, answered_cb, g_steal_pointer (&self));
}

/**
 * granary_command_delete:
 * @widget: where it was asked for
 * @connection: the connection
 * @model_ids: (element-type gint64) (nullable): models, with all their versions
 * @version_ids: (element-type gint64) (nullable): single versions
 *
 * Says what would go and which services use it, and once confirmed moves it to the trash, with
 * Undo; where there is none it is gone.
 */
void
granary_command_delete (GtkWidget         *widget,
                        GranaryConnection *connection,
                        GArray            *model_ids,
                        GArray            *version_ids)
{
  Deletion *self;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));

  self = g_new0 (Deletion, 1);
  self->parent = g_object_ref (granary_command_find_parent (widget));
  self->connection = g_object_ref (connection);
  granary_targets_load_async (connection, model_ids, version_ids, loaded_cb, self);
}
