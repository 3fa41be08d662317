/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-files-dialog.h"

#include <glib/gi18n-lib.h>

#include "granary-file-actions.h"
#include "granary-file-item.h"
#include "granary-file-line.h"
#include "granary-wording.h"

struct _GranaryFilesDialog
{
  AdwDialog           parent_instance;

  AdwWindowTitle     *title;
  GtkSearchEntry     *search;
  GtkStack           *stack;
  GListStore         *files;
  GtkFilterListModel *found;

  GranaryConnection  *connection; /* (owned) (nullable) once disposed */
  GranaryVersion     *version;    /* (owned) */
};

G_DEFINE_FINAL_TYPE (GranaryFilesDialog, granary_files_dialog, ADW_TYPE_DIALOG)

/* Signal callbacks. */

static void
found_changed_cb (GranaryFilesDialog *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->found)) > 0;

  gtk_stack_set_visible_child_name (self->stack, any ? "list" : "none");
}

static void
activate_cb (GtkWidget  *widget,
             const char *action,
             GVariant   *target)
{
  GranaryFilesDialog *self = GRANARY_FILES_DIALOG (widget);

  granary_file_actions_run (widget, self->connection, self->version, action,
                            g_variant_get_string (target, NULL));
}

/* GObject. */

static void
granary_files_dialog_dispose (GObject *object)
{
  GranaryFilesDialog *self = GRANARY_FILES_DIALOG (object);

  g_clear_object (&self->connection);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_FILES_DIALOG);

  G_OBJECT_CLASS (granary_files_dialog_parent_class)->dispose (object);
}

static void
granary_files_dialog_finalize (GObject *object)
{
  g_clear_pointer (&GRANARY_FILES_DIALOG (object)->version, granary_version_unref);

  G_OBJECT_CLASS (granary_files_dialog_parent_class)->finalize (object);
}

static void
granary_files_dialog_class_init (GranaryFilesDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_files_dialog_dispose;
  object_class->finalize = granary_files_dialog_finalize;

  granary_file_actions_install (widget_class, activate_cb);

  g_type_ensure (GRANARY_TYPE_FILE_ITEM);
  g_type_ensure (GRANARY_TYPE_FILE_LINE);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/details/granary-files-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryFilesDialog, title);
  gtk_widget_class_bind_template_child (widget_class, GranaryFilesDialog, search);
  gtk_widget_class_bind_template_child (widget_class, GranaryFilesDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryFilesDialog, files);
  gtk_widget_class_bind_template_child (widget_class, GranaryFilesDialog, found);
  gtk_widget_class_bind_template_callback (widget_class, found_changed_cb);
}

static void
granary_files_dialog_init (GranaryFilesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_entry_set_key_capture_widget (self->search, GTK_WIDGET (self));
}

/**
 * granary_files_dialog_new:
 * @connection: where the version is
 * @version: the version, with its files
 *
 * Returns: (transfer floating): the dialog
 */
GranaryFilesDialog *
granary_files_dialog_new (GranaryConnection *connection,
                          GranaryVersion    *version)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *name = NULL;
  GranaryFilesDialog *self;

  g_return_val_if_fail (GRANARY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (version != NULL && version->files != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_FILES_DIALOG, NULL);
  self->connection = g_object_ref (connection);
  self->version = granary_version_ref (version);
  name = granary_wording_version (version->model_name, version->number);
  adw_window_title_set_subtitle (self->title, name);

  for (guint i = 0; i < version->files->len; i++)
    {
      const GranaryFile *file = g_ptr_array_index (version->files, i);

      g_ptr_array_add (items, granary_file_item_new (file->path, file->size));
    }
  g_list_store_splice (self->files, 0, 0, items->pdata, items->len);

  return self;
}

guint
granary_files_dialog_get_n_shown (GranaryFilesDialog *self)
{
  g_return_val_if_fail (GRANARY_IS_FILES_DIALOG (self), 0);

  return g_list_model_get_n_items (G_LIST_MODEL (self->found));
}
