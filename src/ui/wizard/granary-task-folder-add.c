/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-task-folder-add.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"

static void
folders_set_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (granary_task_source_set_folders_finish (GRANARY_TASK_SOURCE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Takes over @task. */
static void
add_folders (GTask      *task,
             GListModel *files)
{
  GranaryTaskSource *source = g_task_get_task_data (task);
  g_auto (GStrv) folders = granary_task_source_dup_folders (source);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) wanted = NULL;
  guint n_new = 0;

  g_strv_builder_addv (builder, (const char **) folders);
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);
      const char *path = g_file_peek_path (file);

      if (path == NULL)
        {
          g_autofree char *uri = g_file_get_uri (file);
          GError *error = NULL;

          granary_set_error (&error, GRANARY_ERROR_FILE, GRANARY_REASON_TASK_FOLDER, uri,
                             "%s has no path on this computer", uri);
          g_task_return_error (task, error);
          g_object_unref (task);
          return;
        }

      if (g_strv_contains ((const char * const *) folders, path))
        continue;
      g_strv_builder_add (builder, path);
      n_new++;
    }

  if (n_new == 0)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  wanted = g_strv_builder_end (builder);
  granary_task_source_set_folders_async (source, (const char * const *) wanted,
                                         g_task_get_cancellable (task), folders_set_cb, task);
}

static void
chosen_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GListModel) files = NULL;
  g_autoptr (GError) error = NULL;

  files = gtk_file_dialog_select_multiple_folders_finish (GTK_FILE_DIALOG (object), result, &error);
  if (files != NULL)
    add_folders (g_steal_pointer (&task), files);
  else if (g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED) ||
           g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
    g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "No folder was chosen");
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * granary_task_folder_add_ask_async:
 * @widget: where it was asked for
 * @source: a source with folders
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Lets the user choose folders, and adds them.
 */
void
granary_task_folder_add_ask_async (GtkWidget           *widget,
                                   GranaryTaskSource   *source,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  GTask *task;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_TASK_SOURCE (source));

  task = g_task_new (widget, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_task_folder_add_async);
  g_task_set_task_data (task, g_object_ref (source), g_object_unref);

  gtk_file_dialog_set_title (dialog, _("Add Folder of Training Runs"));
  gtk_file_dialog_set_accept_label (dialog, _("_Add"));
  gtk_file_dialog_select_multiple_folders (dialog, GTK_WINDOW (gtk_widget_get_root (widget)),
                                           cancellable, chosen_cb, task);
}

/**
 * granary_task_folder_add_async:
 * @source: a source with folders
 * @files: (element-type GFile): folders
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Adds @files to the folders of @source. Those that it has already are passed over.
 */
void
granary_task_folder_add_async (GranaryTaskSource   *source,
                               GListModel          *files,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (GRANARY_IS_TASK_SOURCE (source));
  g_return_if_fail (G_IS_LIST_MODEL (files));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_task_folder_add_async);
  g_task_set_task_data (task, g_object_ref (source), g_object_unref);
  add_folders (task, files);
}

/**
 * granary_task_folder_add_finish:
 * @result: as given to the callback
 * @error: return location; cancelled when the user chose none
 *
 * Returns: whether the folders are among those of the source now
 */
gboolean
granary_task_folder_add_finish (GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, granary_task_folder_add_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
