/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include <glib/gi18n-lib.h>

#include "granary-name-dialog.h"

typedef struct
{
  GtkWidget         *parent;     /* (owned) */
  GranaryConnection *connection; /* (owned) */
  gint64             model_id;
  char              *name;       /* (owned) (nullable): the name before */
} Renaming;

static void
renaming_free (Renaming *self)
{
  g_object_unref (self->parent);
  g_object_unref (self->connection);
  g_free (self->name);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Renaming, renaming_free)

static void
edited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Renaming) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!granary_repository_edit_finish (GRANARY_REPOSITORY (source), result, &error))
    granary_command_show_error (self->parent, error, GRANARY_VERB_EDIT, self->name);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Renaming) self = user_data;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GranaryEditRequest) request = NULL;
  const char *response = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);

  if (g_strcmp0 (response, "apply") != 0)
    return;

  g_array_append_val (ids, self->model_id);
  request = granary_edit_request_new (ids);
  request->name = granary_name_dialog_dup_name (GRANARY_NAME_DIALOG (source));
  if (request->name == NULL)
    return;

  granary_repository_edit_async (granary_connection_get_repository (self->connection), request,
                                 NULL, edited_cb, self);
  g_steal_pointer (&self);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Renaming) self = user_data;
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *heading = NULL;
  GranaryNameDialog *dialog;
  GtkWidget *parent = self->parent;

  model = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (model == NULL)
    {
      granary_command_show_error (parent, error, GRANARY_VERB_EDIT, NULL);
      return;
    }

  self->name = g_strdup (model->name);
  dialog = granary_name_dialog_new (self->connection, model->id, model->name);
  heading = g_strdup_printf (_("Rename “%s”"), model->name);
  adw_alert_dialog_set_heading (ADW_ALERT_DIALOG (dialog), heading);
  adw_alert_dialog_set_body (ADW_ALERT_DIALOG (dialog), _("Its folder gets the new name too."));
  adw_alert_dialog_set_response_label (ADW_ALERT_DIALOG (dialog), "apply", _("_Rename"));
  adw_alert_dialog_choose (ADW_ALERT_DIALOG (dialog), parent, NULL, answered_cb,
                           g_steal_pointer (&self));
}

/**
 * granary_command_rename:
 * @widget: where it was asked for
 * @connection: the connection
 * @model_id: which model
 *
 * Asks for another name, checked as it is typed, and gives it.
 */
void
granary_command_rename (GtkWidget         *widget,
                        GranaryConnection *connection,
                        gint64             model_id)
{
  Renaming *self;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));

  self = g_new0 (Renaming, 1);
  self->parent = g_object_ref (granary_command_find_parent (widget));
  self->connection = g_object_ref (connection);
  self->model_id = model_id;
  granary_catalog_load_model_async (granary_connection_get_catalog (connection), model_id, NULL,
                                    loaded_cb, self);
}
