/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-details-private.h"

#include "granary-command-private.h"
#include "granary-commands.h"
#include "granary-file-actions.h"
#include "granary-import-dialog.h"
#include "granary-tag-dialog.h"

/* The same names as in the list, for what the pane shows. */

/* Helpers. */

static GArray *
make_ids (gint64 id)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_val (ids, id);

  return ids;
}

static void
edit_tags (GranaryDetails *self,
           GArray         *model_ids)
{
  GranaryTagDialog *dialog = granary_tag_dialog_new (self->connection, model_ids);

  adw_dialog_present (ADW_DIALOG (dialog), granary_command_find_parent (GTK_WIDGET (self)));
}

/* Actions. */

static void
model_cb (GtkWidget  *widget,
          const char *action,
          GVariant   *parameter)
{
  GranaryDetails *self = GRANARY_DETAILS (widget);
  g_autoptr (GArray) ids = NULL;
  gint64 model_id;

  if (self->subject == NULL || self->subject->model == NULL)
    return;

  model_id = self->subject->model->id;
  ids = make_ids (model_id);

  if (g_str_equal (action, "model.import-version"))
    adw_dialog_present (ADW_DIALOG (granary_import_dialog_new (self->connection, model_id, NULL)),
                        granary_command_find_parent (widget));
  else if (g_str_equal (action, "model.edit-tags"))
    edit_tags (self, ids);
  else if (g_str_equal (action, "model.rename"))
    granary_command_rename (widget, self->connection, model_id);
  else if (g_str_equal (action, "model.describe"))
    granary_description_section_start (self->description);
  else if (g_str_equal (action, "model.download"))
    granary_command_download (widget, self->connection, ids, NULL);
  else if (g_str_equal (action, "model.copy-path"))
    granary_command_copy_path (widget, self->connection, model_id, 0);
  else if (g_str_equal (action, "model.verify"))
    granary_command_verify (widget, self->connection, ids, NULL);
  else
    granary_command_delete (widget, self->connection, ids, NULL);
}

static void
version_cb (GtkWidget  *widget,
            const char *action,
            GVariant   *parameter)
{
  GranaryDetails *self = GRANARY_DETAILS (widget);
  g_autoptr (GArray) ids = NULL;
  GranaryVersion *version;

  if (self->subject == NULL || self->subject->version == NULL)
    return;

  version = self->subject->version;
  ids = make_ids (version->id);

  if (g_str_has_prefix (action, "version.publish"))
    granary_command_publish (widget, self->connection, version->id,
                             g_str_equal (action, "version.publish-options"));
  else if (g_str_equal (action, "version.update-services"))
    granary_command_update_outdated (widget, self->connection, self->subject->services);
  else if (g_str_equal (action, "version.download-sdk"))
    granary_command_download_sdk (widget, self->connection, version->id);
  else if (g_str_equal (action, "version.open-cosbrowser"))
    granary_command_open_cosbrowser (widget, self->connection, version->id);
  else if (g_str_equal (action, "version.upload"))
    granary_command_upload (widget, self->connection, version->id, NULL);
  else if (g_str_equal (action, "version.download"))
    granary_command_download (widget, self->connection, NULL, ids);
  else if (g_str_equal (action, "version.copy-path"))
    granary_command_copy_path (widget, self->connection, version->model_id, version->id);
  else if (g_str_equal (action, "version.verify"))
    granary_command_verify (widget, self->connection, NULL, ids);
  else if (g_str_equal (action, "version.show-model"))
    {
      GranaryShell *shell = granary_shell_find (widget);

      if (shell != NULL)
        granary_shell_reveal (shell, version->model_id, 0);
    }
  else
    granary_command_delete (widget, self->connection, NULL, ids);
}

static void
selection_cb (GtkWidget  *widget,
              const char *action,
              GVariant   *parameter)
{
  GranaryDetails *self = GRANARY_DETAILS (widget);

  if (self->connection == NULL)
    return;

  if (g_str_equal (action, "selection.edit-tags"))
    edit_tags (self, self->model_ids);
  else if (g_str_equal (action, "selection.download"))
    granary_command_download (widget, self->connection, self->model_ids, self->version_ids);
  else if (g_str_equal (action, "selection.verify"))
    granary_command_verify (widget, self->connection, self->model_ids, self->version_ids);
  else
    granary_command_delete (widget, self->connection, self->model_ids, self->version_ids);
}

static void
file_cb (GtkWidget  *widget,
         const char *action,
         GVariant   *parameter)
{
  GranaryDetails *self = GRANARY_DETAILS (widget);

  if (self->subject != NULL && self->subject->version != NULL)
    granary_file_actions_run (widget, self->connection, self->subject->version, action,
                              g_variant_get_string (parameter, NULL));
}

void
granary_details_class_install_actions (GtkWidgetClass *widget_class)
{
  const char *model_actions[] = {
    "model.import-version", "model.edit-tags", "model.rename", "model.describe", "model.download",
    "model.copy-path", "model.verify", "model.delete",
  };
  const char *version_actions[] = {
    "version.publish", "version.publish-options", "version.update-services",
    "version.upload", "version.download", "version.download-sdk", "version.open-cosbrowser",
    "version.copy-path", "version.verify",
    "version.show-model", "version.delete",
  };
  const char *selection_actions[] = {
    "selection.edit-tags", "selection.download", "selection.verify", "selection.delete",
  };

  for (guint i = 0; i < G_N_ELEMENTS (model_actions); i++)
    gtk_widget_class_install_action (widget_class, model_actions[i], NULL, model_cb);
  for (guint i = 0; i < G_N_ELEMENTS (version_actions); i++)
    gtk_widget_class_install_action (widget_class, version_actions[i], NULL, version_cb);
  for (guint i = 0; i < G_N_ELEMENTS (selection_actions); i++)
    gtk_widget_class_install_action (widget_class, selection_actions[i], NULL, selection_cb);
  granary_file_actions_install (widget_class, file_cb);
}

/* Enables what the subject and the repository allow. */
void
granary_details_update_actions (GranaryDetails *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean model = self->subject != NULL && self->subject->model != NULL;
  gboolean version = self->subject != NULL && self->subject->version != NULL;
  gboolean ready = version && self->subject->version->status == GRANARY_STATUS_READY;
  gboolean some = model && self->subject->model->versions->len > 0;
  gboolean many = self->kind == GRANARY_DETAILS_MANY;
  gboolean writable = self->connection != NULL &&
    !granary_catalog_is_read_only (granary_connection_get_catalog (self->connection));
  gboolean rename = writable && granary_connection_has (self->connection, GRANARY_FEATURE_RENAME);
  gboolean describe = writable &&
    granary_connection_has (self->connection, GRANARY_FEATURE_DESCRIBE);
  gboolean folder = self->connection != NULL &&
    granary_connection_has (self->connection, GRANARY_FEATURE_FOLDER);
  gboolean sdk = version && granary_version_has_sdk (self->subject->version);
  g_autofree char *address = sdk ? granary_version_dup_sdk_address (self->subject->version) : NULL;
  gboolean host = writable && granary_connection_get_service_host (self->connection) != NULL;
  const struct
  {
    const char *name;
    gboolean    enabled;
  } actions[] = {
    { "model.import-version", model && writable },
    { "model.edit-tags", model && writable },
    { "model.rename", model && rename },
    { "model.describe", model && describe },
    { "model.download", some },
    { "model.copy-path", model && folder },
    { "model.verify", some },
    { "model.delete", model && writable },
    { "version.publish", ready && host },
    { "version.publish-options", ready && host },
    { "version.update-services", version && host },
    { "version.upload", ready && writable },
    { "version.download", ready },
    { "version.download-sdk", sdk },
    { "version.open-cosbrowser", address != NULL },
    { "version.copy-path", version },
    { "version.verify", ready },
    { "version.show-model", version },
    { "version.delete", version && writable },
    { "selection.edit-tags", many && writable && self->model_ids->len > 0 &&
                             self->version_ids->len == 0 },
    { "selection.download", many },
    { "selection.verify", many },
    { "selection.delete", many && writable },
    { "file.edit", ready && writable },
    { "file.show", version && folder },
    { "file.copy-path", version },
  };

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (widget, actions[i].name, actions[i].enabled);

  granary_description_section_set_editable (self->description, describe);
  gtk_widget_set_visible (GTK_WIDGET (self->description), describe);
  granary_files_section_set_writable (self->files, writable);
}
