/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-browser"

#include "config.h"

#include "granary-browser-private.h"

#include <glib/gi18n-lib.h>

#include "granary-commands.h"
#include "granary-shell.h"
#include "granary-wording.h"

#define HOVER_CLASS "drop-row"

/* Files dropped on the list: one target for all of it, the row found by where the pointer is. And
 * rows dragged out of it, as folders to copy. */

static GranaryRow *
dup_row (GtkListItem *item)
{
  GtkTreeListRow *tree_row = item != NULL ? gtk_list_item_get_item (item) : NULL;

  return tree_row != NULL ? gtk_tree_list_row_get_item (tree_row) : NULL;
}

static void
mark_row (GranaryBrowser *self,
          GtkWidget      *row_widget)
{
  if (self->drop_row == row_widget)
    return;

  if (self->drop_row != NULL)
    gtk_widget_remove_css_class (self->drop_row, HOVER_CLASS);
  g_set_weak_pointer (&self->drop_row, row_widget);
  if (row_widget != NULL)
    gtk_widget_add_css_class (row_widget, HOVER_CLASS);
}

static char *
describe_drop (GranaryBrowser *self,
               GranaryRow     *row)
{
  g_autofree char *version = NULL;
  const char *name = row != NULL ? granary_row_get_model_name (row) : NULL;

  switch (granary_browser_route_drop (self, row))
    {
    case GRANARY_DROP_NEW_VERSION:
      /* Translators: shown while files are held over a model of that name. */
      return g_strdup_printf (_("Drop to import a new version of “%s”"), name != NULL ? name : "");

    case GRANARY_DROP_UPLOAD:
      version = granary_wording_version (name, granary_row_get_number (row));
      /* Translators: shown while files are held over a version, such as “plate-ocr v6”. */
      return g_strdup_printf (_("Drop to upload to “%s”"), version);

    case GRANARY_DROP_NEW_MODEL:
    default:
      return g_strdup (_("Drop to import a new model"));
    }
}

static gboolean
can_write (GranaryBrowser *self)
{
  return self->connection != NULL &&
         !granary_catalog_is_read_only (granary_connection_get_catalog (self->connection));
}

/* Coordinates are those of the area that takes drops; the view is somewhere in it. */
static GtkListItem *
pick_in_area (GranaryBrowser  *self,
              double           x,
              double           y,
              GtkWidget      **row_widget)
{
  graphene_point_t point = GRAPHENE_POINT_INIT ((float) x, (float) y);
  graphene_point_t there;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self->view)) ||
      !gtk_widget_compute_point (GTK_WIDGET (self->drop_area), GTK_WIDGET (self->view),
                                 &point, &there))
    return NULL;

  return granary_browser_pick (self, there.x, there.y, row_widget);
}

static GdkDragAction
drop_motion_cb (GtkDropTarget *target,
                double         x,
                double         y,
                gpointer       user_data)
{
  GranaryBrowser *self = user_data;
  GtkWidget *row_widget = NULL;
  g_autoptr (GranaryRow) row = dup_row (pick_in_area (self, x, y, &row_widget));
  g_autofree char *hint = NULL;

  if (!can_write (self))
    return 0;

  mark_row (self, row_widget);
  hint = describe_drop (self, row);
  gtk_label_set_label (self->drop_label, hint);
  gtk_revealer_set_reveal_child (self->drop_revealer, TRUE);

  return GDK_ACTION_COPY;
}

static void
drop_leave_cb (GtkDropTarget *target,
               gpointer       user_data)
{
  GranaryBrowser *self = user_data;

  mark_row (self, NULL);
  gtk_revealer_set_reveal_child (self->drop_revealer, FALSE);
}

static gboolean
accept_cb (GtkDropTarget *target,
           GdkDrop       *drop,
           gpointer       user_data)
{
  /* Rows dragged within the window are no files to import. */
  return gdk_drop_get_drag (drop) == NULL &&
         gdk_content_formats_match (gdk_drop_get_formats (drop),
                                    gtk_drop_target_get_formats (target));
}

static gboolean
drop_cb (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y,
         gpointer       user_data)
{
  GranaryBrowser *self = user_data;
  g_autoptr (GranaryRow) row = dup_row (pick_in_area (self, x, y, NULL));
  GdkFileList *list = g_value_get_boxed (value);
  g_autoptr (GSList) files = list != NULL ? gdk_file_list_get_files (list) : NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) paths = NULL;
  gboolean skipped = FALSE;

  drop_leave_cb (target, self);
  if (!can_write (self))
    return FALSE;

  for (GSList *at = files; at != NULL; at = at->next)
    {
      g_autofree char *path = g_file_get_path (at->data);

      if (path != NULL)
        g_strv_builder_add (builder, path);
      else
        skipped = TRUE;
    }
  paths = g_strv_builder_end (builder);

  if (skipped)
    {
      GranaryShell *shell = granary_shell_find (GTK_WIDGET (self));

      if (shell != NULL)
        granary_shell_add_toast (shell,
                                 adw_toast_new (_("Only files on this computer can be dropped")));
    }
  if (paths[0] == NULL)
    return FALSE;

  granary_browser_drop_paths (self, row, (const char * const *) paths);

  return TRUE;
}

/* Out of the list */

static GFile *
make_file (GranaryBrowser *self,
           GranaryRow     *row)
{
  GranaryRepository *repository = granary_connection_get_repository (self->connection);
  const char *name = granary_row_get_model_name (row);
  int number = granary_row_get_number (row);
  g_autofree char *path = NULL;
  g_autofree char *folder = NULL;

  if (repository == NULL || name == NULL)
    return NULL;

  path = granary_repository_dup_path (repository, name, MAX (number, 1), NULL);
  if (path == NULL)
    return NULL;
  if (number > 0)
    return g_file_new_for_path (path);

  /* A model's folder holds those of its versions. */
  folder = g_path_get_dirname (path);

  return g_file_new_for_path (folder);
}

static void
add_file (GranaryBrowser  *self,
          GranaryRow      *row,
          GSList         **files)
{
  GFile *file = make_file (self, row);

  if (file != NULL)
    *files = g_slist_prepend (*files, file);
}

static GdkContentProvider *
drag_prepare_cb (GtkDragSource *source,
                 double         x,
                 double         y,
                 gpointer       user_data)
{
  GranaryBrowser *self = user_data;
  GtkSelectionModel *selection = granary_model_tree_get_selection (self->tree);
  GtkListItem *item = granary_browser_pick (self, x, y, NULL);
  GdkContentProvider *provider;
  GdkFileList *list;
  GSList *files = NULL;

  if (item == NULL || self->connection == NULL ||
      granary_connection_get_kind (self->connection) != GRANARY_CONNECTION_LOCAL)
    return NULL;

  if (gtk_selection_model_is_selected (selection, gtk_list_item_get_position (item)))
    {
      g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (selection);
      GtkBitsetIter iter;
      guint position;

      for (gboolean valid = gtk_bitset_iter_init_first (&iter, selected, &position);
           valid;
           valid = gtk_bitset_iter_next (&iter, &position))
        {
          g_autoptr (GranaryRow) row = granary_model_tree_get_row (self->tree, position);

          if (row != NULL)
            add_file (self, row, &files);
        }
    }
  else
    {
      g_autoptr (GranaryRow) row = dup_row (item);

      add_file (self, row, &files);
    }

  if (files == NULL)
    return NULL;

  files = g_slist_reverse (files);
  list = gdk_file_list_new_from_list (files);
  g_slist_free_full (files, g_object_unref);
  provider = gdk_content_provider_new_typed (GDK_TYPE_FILE_LIST, list);
  g_boxed_free (GDK_TYPE_FILE_LIST, list);

  return provider;
}

static void
drag_begin_cb (GtkDragSource *source,
               GdkDrag       *drag,
               gpointer       user_data)
{
  GtkWidget *icon = gtk_image_new_from_icon_name ("folder-symbolic");

  gtk_image_set_pixel_size (GTK_IMAGE (icon), 32);
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (drag)), icon);
}

/**
 * granary_browser_init_drop: (skip)
 * @self: a browser
 *
 * Makes the browser take files, and give rows as files.
 */
void
granary_browser_init_drop (GranaryBrowser *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  GtkDragSource *source = gtk_drag_source_new ();

  g_signal_connect (target, "accept", G_CALLBACK (accept_cb), self);
  g_signal_connect (target, "enter", G_CALLBACK (drop_motion_cb), self);
  g_signal_connect (target, "motion", G_CALLBACK (drop_motion_cb), self);
  g_signal_connect (target, "leave", G_CALLBACK (drop_leave_cb), self);
  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->drop_area), GTK_EVENT_CONTROLLER (target));

  /* Stored files are read only and belong to the repository: they can be copied, not moved. */
  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (drag_prepare_cb), self);
  g_signal_connect (source, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (source));
}

/**
 * granary_browser_pick: (skip)
 * @self: a browser
 * @x: in the view
 * @y: in the view
 * @row_widget: (out) (optional) (nullable): the widget of the row there
 *
 * Returns: (transfer none) (nullable): the row's list item
 */
GtkListItem *
granary_browser_pick (GranaryBrowser  *self,
                      double           x,
                      double           y,
                      GtkWidget      **row_widget)
{
  GtkWidget *picked;

  g_return_val_if_fail (GRANARY_IS_BROWSER (self), NULL);

  picked = gtk_widget_pick (GTK_WIDGET (self->view), x, y, GTK_PICK_DEFAULT);

  return picked != NULL ? granary_columns_find_item (picked, row_widget) : NULL;
}

/**
 * granary_browser_route_drop:
 * @self: a browser
 * @row: (nullable): the row files are dropped on, %NULL beside all rows
 *
 * Returns: what the drop is for
 */
GranaryDropKind
granary_browser_route_drop (GranaryBrowser *self,
                            GranaryRow     *row)
{
  g_return_val_if_fail (GRANARY_IS_BROWSER (self), GRANARY_DROP_NEW_MODEL);

  if (row == NULL)
    return GRANARY_DROP_NEW_MODEL;

  return granary_row_is_version (row) ? GRANARY_DROP_UPLOAD : GRANARY_DROP_NEW_VERSION;
}

/**
 * granary_browser_drop_paths:
 * @self: a browser
 * @row: (nullable): the row they are dropped on, %NULL beside all rows
 * @paths: (array zero-terminated=1): files and folders
 *
 * Does what a drop of @paths there does: opens the import dialog, or uploads to a version.
 */
void
granary_browser_drop_paths (GranaryBrowser     *self,
                            GranaryRow         *row,
                            const char * const *paths)
{
  g_return_if_fail (GRANARY_IS_BROWSER (self));
  g_return_if_fail (paths != NULL && paths[0] != NULL);

  switch (granary_browser_route_drop (self, row))
    {
    case GRANARY_DROP_NEW_VERSION:
      granary_browser_import (self, granary_row_get_id (row), paths);
      break;

    case GRANARY_DROP_UPLOAD:
      granary_command_upload (GTK_WIDGET (self), self->connection, granary_row_get_id (row), paths);
      break;

    case GRANARY_DROP_NEW_MODEL:
    default:
      granary_browser_import (self, 0, paths);
      break;
    }
}
