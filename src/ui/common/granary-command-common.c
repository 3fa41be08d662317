/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-command-private.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"

/* Nothing is shown of what is over sooner. */
#define SLOW_MS 2000

typedef struct
{
  GWeakRef         parent;
  GranaryTransfer *transfer; /* (owned) */
} Waiting;

static void
waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_weak_ref_clear (&waiting->parent);
  g_object_unref (waiting->transfer);
  g_free (waiting);
}

static gboolean
show_if_running_cb (gpointer data)
{
  Waiting *waiting = data;
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&waiting->parent);

  if (parent != NULL && !granary_transfer_is_over (waiting->transfer))
    granary_command_show_transfer (parent, waiting->transfer);

  return G_SOURCE_REMOVE;
}

/**
 * granary_command_find_parent:
 * @widget: where a command was called
 *
 * Returns: (transfer none): the shell around it, else its window, else itself
 */
GtkWidget *
granary_command_find_parent (GtkWidget *widget)
{
  GranaryShell *shell;
  GtkRoot *root;

  g_return_val_if_fail (GTK_IS_WIDGET (widget), NULL);

  shell = granary_shell_find (widget);
  if (shell != NULL)
    return GTK_WIDGET (shell);

  root = gtk_widget_get_root (widget);
  return root != NULL ? GTK_WIDGET (root) : widget;
}

/**
 * granary_command_show_error:
 * @parent: of [func@command_find_parent]
 * @error: what went wrong
 * @verb: while doing what
 * @object: (nullable): to what
 *
 * Shows @error, unless the user called the command off.
 */
void
granary_command_show_error (GtkWidget    *parent,
                            const GError *error,
                            GranaryVerb   verb,
                            const char   *object)
{
  GranaryShell *shell;

  g_return_if_fail (GTK_IS_WIDGET (parent));
  g_return_if_fail (error != NULL);

  if (granary_error_is_cancelled (error))
    return;

  shell = granary_shell_find (parent);
  if (shell != NULL)
    granary_shell_show_error (shell, error, verb, object);
}

/**
 * granary_command_add_toast:
 * @parent: of [func@command_find_parent]
 * @title: what happened
 * @button: (nullable): label of its button
 *
 * Returns: (transfer none) (nullable): the toast, to connect to its button; %NULL without a shell
 */
AdwToast *
granary_command_add_toast (GtkWidget  *parent,
                           const char *title,
                           const char *button)
{
  GranaryShell *shell;
  AdwToast *toast;

  g_return_val_if_fail (GTK_IS_WIDGET (parent), NULL);
  g_return_val_if_fail (title != NULL, NULL);

  shell = granary_shell_find (parent);
  if (shell == NULL)
    return NULL;

  /* Names of models and files are no markup. */
  toast = g_object_new (ADW_TYPE_TOAST, "use-markup", FALSE, "title", title, NULL);
  adw_toast_set_button_label (toast, button);
  granary_shell_add_toast (shell, toast);

  return toast;
}

/* Opening a folder */

typedef struct
{
  GWeakRef  parent;
  GFile    *folder;
} Folder;

static void
folder_free (gpointer  data,
             GClosure *closure)
{
  Folder *folder = data;

  g_weak_ref_clear (&folder->parent);
  g_object_unref (folder->folder);
  g_free (folder);
}

static void
folder_opened_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GtkWidget) parent = user_data;
  g_autoptr (GError) error = NULL;

  if (!gtk_file_launcher_launch_finish (GTK_FILE_LAUNCHER (source), result, &error) &&
      !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    granary_command_show_error (parent, error, GRANARY_VERB_OPEN, NULL);
}

static void
open_folder_cb (AdwToast *toast,
                gpointer  user_data)
{
  Folder *folder = user_data;
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&folder->parent);
  g_autoptr (GtkFileLauncher) launcher = NULL;
  GtkRoot *root;

  if (parent == NULL)
    return;

  root = gtk_widget_get_root (parent);
  launcher = gtk_file_launcher_new (folder->folder);
  gtk_file_launcher_launch (launcher, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL,
                            folder_opened_cb, g_object_ref (parent));
}

/**
 * granary_command_add_folder_toast:
 * @parent: of [func@command_find_parent]
 * @title: what happened
 * @folder: (type filename): where the outcome is
 *
 * Tells it with a button that opens @folder.
 */
void
granary_command_add_folder_toast (GtkWidget  *parent,
                                  const char *title,
                                  const char *folder)
{
  AdwToast *toast;
  Folder *data;

  g_return_if_fail (GTK_IS_WIDGET (parent));
  g_return_if_fail (folder != NULL);

  toast = granary_command_add_toast (parent, title, _("_Open Folder"));
  if (toast == NULL)
    return;

  data = g_new0 (Folder, 1);
  g_weak_ref_init (&data->parent, parent);
  data->folder = g_file_new_for_path (folder);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (open_folder_cb), data, folder_free,
                         G_CONNECT_DEFAULT);
}

void
granary_command_show_transfer (GtkWidget       *parent,
                               GranaryTransfer *transfer)
{
  GranaryShell *shell;

  g_return_if_fail (GTK_IS_WIDGET (parent));
  g_return_if_fail (GRANARY_IS_TRANSFER (transfer));

  shell = granary_shell_find (parent);
  if (shell != NULL)
    granary_shell_add_transfer (shell, transfer);
}

/**
 * granary_command_show_if_slow:
 * @parent: of [func@command_find_parent]
 * @transfer: what usually takes an instant
 *
 * Lists @transfer once it has taken two seconds.
 */
void
granary_command_show_if_slow (GtkWidget       *parent,
                              GranaryTransfer *transfer)
{
  Waiting *waiting;

  g_return_if_fail (GTK_IS_WIDGET (parent));
  g_return_if_fail (GRANARY_IS_TRANSFER (transfer));

  waiting = g_new0 (Waiting, 1);
  g_weak_ref_init (&waiting->parent, parent);
  waiting->transfer = g_object_ref (transfer);
  g_timeout_add_full (G_PRIORITY_DEFAULT, SLOW_MS, show_if_running_cb, waiting, waiting_free);
}

GArray *
granary_command_copy_ids (GArray *ids)
{
  return ids != NULL ? g_array_copy (ids) : g_array_new (FALSE, FALSE, sizeof (gint64));
}
