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
  GranaryTargets    *targets;    /* (owned) (nullable) until loaded */
  GranaryTransfer   *transfer;   /* (owned) (nullable) until confirmed */
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
  else
    add_undo_toast (self, entries);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Deletion) self = user_data;
  const char *response = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);
  GranaryTargets *targets = self->targets;
  g_autoptr (GranaryDeleteRequest) request = NULL;
  GranaryRepository *repository;

  if (g_strcmp0 (response, "delete") != 0)
    return;

  repository = granary_connection_get_repository (self->connection);
  self->transfer = granary_transfer_new (GRANARY_TRANSFER_DELETE, targets->object);
  granary_command_show_if_slow (self->parent, self->transfer);
  request = granary_delete_request_new (targets->model_ids, targets->single_ids, FALSE);
  granary_repository_delete_async (repository, request, self->transfer, deleted_cb, self);
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

  wording = granary_wording_for_delete (self->targets->model_name, self->targets->number,
                                        &self->targets->impact);
  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (wording->title, wording->body));
  adw_alert_dialog_add_responses (dialog, "cancel", _("_Cancel"), "delete", wording->action, NULL);
  adw_alert_dialog_set_response_appearance (dialog, "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (dialog, "cancel");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  adw_alert_dialog_choose (dialog, parent, NULL, answered_cb, g_steal_pointer (&self));
}

/**
 * granary_command_delete:
 * @widget: where it was asked for
 * @connection: the connection
 * @model_ids: (element-type gint64) (nullable): models, with all their versions
 * @version_ids: (element-type gint64) (nullable): single versions
 *
 * Says what would go, and once confirmed moves it to the trash, with Undo.
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
