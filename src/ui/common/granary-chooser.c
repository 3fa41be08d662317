/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-chooser.h"

#include "granary-command-private.h"

typedef struct
{
  GtkWidget         *widget; /* (owned) */
  GranaryChosenFunc  func;
  gpointer           user_data;
  GDestroyNotify     user_data_free;
} Choice;

static void
choice_free (Choice *choice)
{
  g_object_unref (choice->widget);
  if (choice->user_data_free != NULL)
    choice->user_data_free (choice->user_data);
  g_free (choice);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Choice, choice_free)

static void
add_path (GPtrArray *paths,
          GFile     *file)
{
  char *path = g_file_get_path (file);

  if (path != NULL)
    g_ptr_array_add (paths, path);
}

static void
deliver (Choice       *choice,
         GPtrArray    *paths,
         const GError *error)
{
  if (error != NULL)
    {
      if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED) &&
          !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
        granary_command_show_error (granary_command_find_parent (choice->widget), error,
                                    GRANARY_VERB_OPEN, NULL);
      return;
    }

  if (paths->len == 0 || gtk_widget_get_root (choice->widget) == NULL)
    return;

  g_ptr_array_add (paths, NULL);
  choice->func (choice->widget, (const char * const *) paths->pdata, choice->user_data);
}

static void
files_chosen_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (Choice) choice = user_data;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GListModel) files = NULL;
  g_autoptr (GError) error = NULL;

  files = gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, &error);
  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      add_path (paths, file);
    }

  deliver (choice, paths, error);
}

static void
folder_chosen_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (Choice) choice = user_data;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GFile) folder = NULL;
  g_autoptr (GError) error = NULL;

  folder = gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, &error);
  if (folder != NULL)
    add_path (paths, folder);

  deliver (choice, paths, error);
}

static Choice *
choice_new (GtkWidget         *widget,
            GranaryChosenFunc  func,
            gpointer           user_data,
            GDestroyNotify     user_data_free)
{
  Choice *choice = g_new0 (Choice, 1);

  choice->widget = g_object_ref (widget);
  choice->func = func;
  choice->user_data = user_data;
  choice->user_data_free = user_data_free;

  return choice;
}

static GtkWindow *
find_window (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/**
 * granary_choose_files:
 * @widget: who asks
 * @title: title of the dialog
 * @func: gets what was chosen
 * @user_data: for @func
 * @user_data_free: (nullable): frees @user_data in any case
 *
 * Lets the user choose one or more files.
 */
void
granary_choose_files (GtkWidget         *widget,
                      const char        *title,
                      GranaryChosenFunc  func,
                      gpointer           user_data,
                      GDestroyNotify     user_data_free)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (func != NULL);

  gtk_file_dialog_set_title (dialog, title);
  gtk_file_dialog_open_multiple (dialog, find_window (widget), NULL, files_chosen_cb,
                                 choice_new (widget, func, user_data, user_data_free));
}

/**
 * granary_choose_folder:
 * @widget: who asks
 * @title: title of the dialog
 * @func: gets what was chosen
 * @user_data: for @func
 * @user_data_free: (nullable): frees @user_data in any case
 *
 * Lets the user choose one folder.
 */
void
granary_choose_folder (GtkWidget         *widget,
                       const char        *title,
                       GranaryChosenFunc  func,
                       gpointer           user_data,
                       GDestroyNotify     user_data_free)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (func != NULL);

  gtk_file_dialog_set_title (dialog, title);
  gtk_file_dialog_select_folder (dialog, find_window (widget), NULL, folder_chosen_cb,
                                 choice_new (widget, func, user_data, user_data_free));
}

/**
 * granary_dup_dropped_paths:
 * @value: what was dropped
 *
 * Returns: (transfer full) (nullable) (array zero-terminated=1): its paths
 */
char **
granary_dup_dropped_paths (const GValue *value)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GSList) files = NULL;

  g_return_val_if_fail (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST), NULL);

  files = gdk_file_list_get_files (g_value_get_boxed (value));
  for (GSList *l = files; l != NULL; l = l->next)
    add_path (paths, l->data);

  if (paths->len == 0)
    return NULL;

  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_steal (paths, NULL);
}
