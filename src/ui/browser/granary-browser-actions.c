/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-browser-private.h"

#include "granary-commands.h"
#include "granary-import-dialog.h"
#include "granary-tag-dialog.h"

/* What can be done to the selected rows, as actions of the browser:
 *
 *   model.*      one model            version.*    one version
 *   selection.*  whatever is selected
 *
 * Menus, keys and the bar for several rows activate the same. */

static void
present (GranaryBrowser *self,
         AdwDialog      *dialog)
{
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static gint64
get_one (GArray *ids)
{
  return ids->len == 1 ? g_array_index (ids, gint64, 0) : 0;
}

static void
activate_cb (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  GranaryBrowser *self = GRANARY_BROWSER (widget);
  g_autoptr (GArray) models = NULL;
  g_autoptr (GArray) versions = NULL;
  gint64 model_id;
  gint64 version_id;

  if (self->connection == NULL)
    return;

  granary_model_tree_get_selected (self->tree, &models, &versions);
  model_id = get_one (models);
  version_id = get_one (versions);

  if (g_str_has_suffix (name, ".delete"))
    granary_command_delete (widget, self->connection, models, versions);
  else if (g_str_has_suffix (name, ".download"))
    granary_command_download (widget, self->connection, models, versions);
  else if (g_str_has_suffix (name, ".verify"))
    granary_command_verify (widget, self->connection, models, versions);
  else if (g_str_has_suffix (name, ".copy-path"))
    granary_command_copy_path (widget, self->connection, model_id, version_id);
  else if (g_str_has_suffix (name, ".edit-tags"))
    present (self, ADW_DIALOG (granary_tag_dialog_new (self->connection, models)));
  else if (g_str_equal (name, "model.import-version"))
    granary_browser_import (self, model_id, NULL);
  else if (g_str_equal (name, "model.rename"))
    granary_command_rename (widget, self->connection, model_id);
  else if (g_str_has_prefix (name, "version.publish"))
    granary_command_publish (widget, self->connection, version_id,
                             g_str_equal (name, "version.publish-options"));
  else if (g_str_equal (name, "version.download-sdk"))
    granary_command_download_sdk (widget, self->connection, version_id);
  else if (g_str_equal (name, "version.open-cosbrowser"))
    granary_command_open_cosbrowser (widget, self->connection, version_id);
  else if (g_str_equal (name, "version.upload"))
    granary_command_upload (widget, self->connection, version_id, NULL);
  else if (g_str_equal (name, "selection.clear"))
    gtk_selection_model_unselect_all (
      granary_model_tree_get_selection (self->tree));
  else if (g_str_has_suffix (name, ".details"))
    g_signal_emit_by_name (self, "activated");
  else
    g_assert_not_reached ();
}

static void
import_cb (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  granary_browser_import (GRANARY_BROWSER (widget), 0, NULL);
}

static const char *model_actions[] = {
  "model.details", "model.import-version", "model.edit-tags", "model.rename", "model.download",
  "model.copy-path", "model.verify", "model.delete",
};

static const char *version_actions[] = {
  "version.details", "version.publish", "version.publish-options", "version.upload",
  "version.download", "version.download-sdk", "version.open-cosbrowser", "version.copy-path",
  "version.verify", "version.delete",
};

static const char *selection_actions[] = {
  "selection.edit-tags", "selection.download", "selection.verify", "selection.delete",
  "selection.clear",
};

/**
 * granary_browser_class_install_actions: (skip)
 * @widget_class: the class of the browser
 *
 * Installs the actions and their keys.
 */
void
granary_browser_class_install_actions (GtkWidgetClass *widget_class)
{
  for (guint i = 0; i < G_N_ELEMENTS (model_actions); i++)
    gtk_widget_class_install_action (widget_class, model_actions[i], NULL, activate_cb);
  for (guint i = 0; i < G_N_ELEMENTS (version_actions); i++)
    gtk_widget_class_install_action (widget_class, version_actions[i], NULL, activate_cb);
  for (guint i = 0; i < G_N_ELEMENTS (selection_actions); i++)
    gtk_widget_class_install_action (widget_class, selection_actions[i], NULL, activate_cb);
  gtk_widget_class_install_action (widget_class, "browser.import", NULL, import_cb);
}

/* Menus leave out what a version never has. */
static void
update_sdk_actions (GranaryBrowser *self,
                    gboolean        one_version)
{
  GtkSelectionModel *selection = granary_model_tree_get_selection (self->tree);
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (selection);
  g_autoptr (GranaryRow) row = NULL;
  const GranaryRowText *text = NULL;

  if (one_version && !gtk_bitset_is_empty (selected))
    row = granary_model_tree_get_row (self->tree, gtk_bitset_get_minimum (selected));
  if (row != NULL && granary_row_is_version (row))
    text = granary_row_get_text (row);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "version.download-sdk",
                                 text != NULL && text->has_sdk);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "version.open-cosbrowser",
                                 text != NULL && text->has_sdk_address);
}

/**
 * granary_browser_update_actions: (skip)
 * @self: a browser
 *
 * Enables what the selection and the connection allow.
 */
void
granary_browser_update_actions (GranaryBrowser *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean writable =
    self->connection != NULL &&
    !granary_catalog_is_read_only (granary_connection_get_catalog (self->connection));
  g_autoptr (GArray) models = NULL;
  g_autoptr (GArray) versions = NULL;
  gboolean can_rename;
  gboolean has_folder;
  gboolean has_host;
  gboolean one_model;
  gboolean one_version;
  gboolean any;

  granary_model_tree_get_selected (self->tree, &models, &versions);
  can_rename = writable && granary_connection_has (self->connection, GRANARY_FEATURE_RENAME);
  has_folder = self->connection != NULL &&
               granary_connection_has (self->connection, GRANARY_FEATURE_FOLDER);
  has_host = writable && granary_connection_get_service_host (self->connection) != NULL;
  one_model = self->connection != NULL && models->len == 1 && versions->len == 0;
  one_version = self->connection != NULL && versions->len == 1 && models->len == 0;
  any = self->connection != NULL && models->len + versions->len > 0;

  for (guint i = 0; i < G_N_ELEMENTS (model_actions); i++)
    gtk_widget_action_set_enabled (widget, model_actions[i], one_model);
  for (guint i = 0; i < G_N_ELEMENTS (version_actions); i++)
    gtk_widget_action_set_enabled (widget, version_actions[i], one_version);
  for (guint i = 0; i < G_N_ELEMENTS (selection_actions); i++)
    gtk_widget_action_set_enabled (widget, selection_actions[i], any);

  update_sdk_actions (self, one_version);
  gtk_widget_action_set_enabled (widget, "browser.import", writable);
  gtk_widget_action_set_enabled (widget, "model.import-version", one_model && writable);
  gtk_widget_action_set_enabled (widget, "model.edit-tags", one_model && writable);
  gtk_widget_action_set_enabled (widget, "model.rename", one_model && can_rename);
  gtk_widget_action_set_enabled (widget, "model.copy-path", one_model && has_folder);
  gtk_widget_action_set_enabled (widget, "model.delete", one_model && writable);
  gtk_widget_action_set_enabled (widget, "version.publish", one_version && has_host);
  gtk_widget_action_set_enabled (widget, "version.publish-options", one_version && has_host);
  gtk_widget_action_set_enabled (widget, "version.upload", one_version && writable);
  gtk_widget_action_set_enabled (widget, "version.delete", one_version && writable);
  gtk_widget_action_set_enabled (widget, "selection.delete", any && writable);
  gtk_widget_action_set_enabled (widget, "selection.edit-tags",
                                 models->len > 0 && versions->len == 0 && writable);
}

/**
 * granary_browser_import: (skip)
 * @self: a browser
 * @into_model_id: model that gets a new version, 0 for a new model
 * @paths: (nullable): files to start with
 *
 * Opens the import dialog.
 */
void
granary_browser_import (GranaryBrowser     *self,
                        gint64              into_model_id,
                        const char * const *paths)
{

  if (self->connection != NULL)
    present (self, ADW_DIALOG (granary_import_dialog_new (self->connection, into_model_id, paths)));
}
