/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  GtkWidget         *parent;     /* (owned) */
  GranaryConnection *connection; /* (owned) */
  GranaryTargets    *targets;    /* (owned) (nullable) until loaded */
  GranaryTransfer   *transfer;   /* (owned) (nullable) until a folder is chosen */
  char              *folder;     /* (owned) (nullable) */
} Download;

static void
download_free (Download *self)
{
  g_object_unref (self->parent);
  g_object_unref (self->connection);
  g_clear_pointer (&self->targets, granary_targets_free);
  g_clear_object (&self->transfer);
  g_free (self->folder);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Download, download_free)

static void
downloaded_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (Download) self = user_data;
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL;

  folders = granary_repository_download_finish (GRANARY_REPOSITORY (source), result, &error);
  if (folders == NULL)
    {
      granary_command_show_error (self->parent, error, GRANARY_VERB_DOWNLOAD,
                                  self->targets->object);
      return;
    }

  /* Translators: the name of a model or version in quotation marks, or how many of them. */
  title = g_strdup_printf (_("%s downloaded"), self->targets->called);
  /* One version went into one folder of its own; several stand side by side. */
  granary_command_add_folder_toast (self->parent, title,
                                    folders->len == 1 ? g_ptr_array_index (folders, 0)
                                                      : self->folder);
}

static void
chosen_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Download) self = user_data;
  g_autoptr (GFile) folder = NULL;
  g_autoptr (GError) error = NULL;
  GranaryRepository *repository;

  folder = gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, &error);
  if (folder == NULL)
    {
      if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED) &&
          !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
        granary_command_show_error (self->parent, error, GRANARY_VERB_DOWNLOAD,
                                    self->targets->object);
      return;
    }

  self->folder = g_file_get_path (folder);
  if (self->folder == NULL)
    {
      g_autofree char *uri = g_file_get_uri (folder);
      g_autofree char *shown = granary_display_path (uri);

      granary_set_error (&error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_TARGET_UNWRITABLE,
                         shown, "%s is not a folder of a file system", shown);
      granary_command_show_error (self->parent, error, GRANARY_VERB_DOWNLOAD,
                                  self->targets->object);
      return;
    }

  repository = granary_connection_get_repository (self->connection);
  self->transfer = granary_transfer_new (GRANARY_TRANSFER_DOWNLOAD, self->targets->object);
  granary_command_show_transfer (self->parent, self->transfer);
  granary_repository_download_async (repository, self->targets->version_ids, self->folder,
                                     self->transfer, downloaded_cb, self);
  g_steal_pointer (&self);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Download) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GtkFileDialog) dialog = NULL;
  GtkRoot *root = gtk_widget_get_root (self->parent);

  self->targets = granary_targets_load_finish (result, &error);
  if (self->targets == NULL)
    {
      granary_command_show_error (self->parent, error, GRANARY_VERB_DOWNLOAD, NULL);
      return;
    }

  dialog = gtk_file_dialog_new ();
  gtk_file_dialog_set_title (dialog, _("Download to Folder"));
  gtk_file_dialog_set_accept_label (dialog, _("_Download"));
  gtk_file_dialog_set_modal (dialog, TRUE);
  gtk_file_dialog_select_folder (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL,
                                 chosen_cb, g_steal_pointer (&self));
}

/**
 * granary_command_download:
 * @widget: where it was asked for
 * @connection: the connection
 * @model_ids: (element-type gint64) (nullable): models, with all their versions
 * @version_ids: (element-type gint64) (nullable): single versions
 *
 * Asks for a folder and writes the files of the versions below it.
 */
void
granary_command_download (GtkWidget         *widget,
                          GranaryConnection *connection,
                          GArray            *model_ids,
                          GArray            *version_ids)
{
  Download *self;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));

  self = g_new0 (Download, 1);
  self->parent = g_object_ref (granary_command_find_parent (widget));
  self->connection = g_object_ref (connection);
  granary_targets_load_async (connection, model_ids, version_ids, loaded_cb, self);
}
