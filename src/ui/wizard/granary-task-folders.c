/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-task-folders.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-problem-row.h"
#include "granary-task-folder-add.h"

struct _GranaryTaskFolders
{
  AdwNavigationPage    parent_instance;

  AdwPreferencesGroup *group;
  GtkWidget           *add_button;
  GtkWidget           *empty_row;
  GranaryProblemRow   *problem_row;

  GranaryTaskSource   *source;
  GStrv                folders;     /* as shown */
  GPtrArray           *rows;        /* (element-type GtkWidget): of @folders, in order */
  GCancellable        *cancellable; /* of choosing and setting folders */
};

G_DEFINE_FINAL_TYPE (GranaryTaskFolders, granary_task_folders, ADW_TYPE_NAVIGATION_PAGE)

static void remove_cb (GtkWidget *button,
                       gpointer   user_data);

static GtkWidget *
make_row (GranaryTaskFolders *self,
          const char         *folder)
{
  g_autofree char *name = g_path_get_basename (folder);
  g_autofree char *title = granary_display_path (name);
  g_autofree char *path = granary_display_path (folder);
  g_autofree char *remove = NULL;
  GtkWidget *button;
  GtkWidget *row;

  row = g_object_new (ADW_TYPE_ACTION_ROW,
                      "use-markup", FALSE,
                      "title", title,
                      "subtitle", path,
                      NULL);

  /* Translators: stops looking for training runs in a folder; %s is its name. */
  remove = g_strdup_printf (_("Remove %s"), title);
  button = gtk_button_new_from_icon_name ("list-remove-symbolic");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, remove);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, remove,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), "folder", g_strdup (folder), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_DEFAULT);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);

  return row;
}

static void
update (GranaryTaskFolders *self)
{
  g_auto (GStrv) folders = granary_task_source_dup_folders (self->source);

  if (folders == NULL)
    folders = g_new0 (char *, 1);
  if (self->folders != NULL && g_strv_equal ((const char * const *) folders,
                                             (const char * const *) self->folders))
    return;

  g_strfreev (self->folders);
  self->folders = g_steal_pointer (&folders);
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);

  for (guint i = 0; self->folders[i] != NULL; i++)
    {
      GtkWidget *row = make_row (self, self->folders[i]);

      adw_preferences_group_add (self->group, row);
      g_ptr_array_add (self->rows, row);
    }
  gtk_widget_set_visible (self->empty_row, self->rows->len == 0);
}

static void
show_result (GranaryTaskFolders *self,
             const GError       *error)
{
  if (self->source == NULL)
    return;

  if (!granary_error_is_cancelled (error))
    granary_problem_row_show (self->problem_row, error, NULL);
  update (self);
}

static void
folders_set_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GranaryTaskFolders) self = user_data;
  g_autoptr (GError) error = NULL;

  granary_task_source_set_folders_finish (GRANARY_TASK_SOURCE (object), result, &error);
  show_result (self, error);
}

/* The folder stays as it is; only its runs are not listed any more. */
static void
remove_cb (GtkWidget *button,
           gpointer   user_data)
{
  GranaryTaskFolders *self = user_data;
  const char *folder = g_object_get_data (G_OBJECT (button), "folder");
  g_auto (GStrv) folders = granary_task_source_dup_folders (self->source);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) kept = NULL;

  for (guint i = 0; folders != NULL && folders[i] != NULL; i++)
    {
      if (!g_str_equal (folders[i], folder))
        g_strv_builder_add (builder, folders[i]);
    }
  kept = g_strv_builder_end (builder);

  gtk_widget_grab_focus (self->add_button);
  granary_task_source_set_folders_async (self->source, (const char * const *) kept,
                                         self->cancellable, folders_set_cb, g_object_ref (self));
}

static void
folders_added_cb (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GranaryTaskFolders) self = user_data;
  g_autoptr (GError) error = NULL;

  granary_task_folder_add_finish (result, &error);
  show_result (self, error);
}

static void
add_cb (GranaryTaskFolders *self)
{
  granary_task_folder_add_ask_async (GTK_WIDGET (self), self->source, self->cancellable,
                                     folders_added_cb, g_object_ref (self));
}

/* GObject */

static void
granary_task_folders_dispose (GObject *object)
{
  GranaryTaskFolders *self = GRANARY_TASK_FOLDERS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->folders, g_strfreev);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TASK_FOLDERS);
  g_clear_object (&self->source);

  G_OBJECT_CLASS (granary_task_folders_parent_class)->dispose (object);
}

static void
granary_task_folders_class_init (GranaryTaskFoldersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_task_folders_dispose;

  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-task-folders.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskFolders, group);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskFolders, add_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskFolders, empty_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryTaskFolders, problem_row);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
granary_task_folders_init (GranaryTaskFolders *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
}

/**
 * granary_task_folders_new:
 * @source: a source with folders
 *
 * Returns: (transfer floating): a page
 */
AdwNavigationPage *
granary_task_folders_new (GranaryTaskSource *source)
{
  GranaryTaskFolders *self;

  g_return_val_if_fail (GRANARY_IS_TASK_SOURCE (source), NULL);
  g_return_val_if_fail (granary_task_source_has_folders (source), NULL);

  self = g_object_new (GRANARY_TYPE_TASK_FOLDERS, NULL);
  self->source = g_object_ref (source);
  g_signal_connect_object (source, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return ADW_NAVIGATION_PAGE (self);
}
