/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-files.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-import-file-list.h"
#include "granary-import-file-row.h"
#include "granary-import-move-row.h"
#include "granary-problem-row.h"
#include "granary-wording.h"

/* Of thousands of unreadable files the first ones tell the story. */
#define MAX_PROBLEMS_SHOWN 50

/* The list is as high as its files up to so many of them; then it scrolls. */
#define ROW_HEIGHT 36
#define MAX_ROWS_SHOWN 6

struct _GranaryImportFiles
{
  AdwPreferencesGroup    parent_instance;

  GtkWidget             *clear_button;
  GtkWidget             *list_row;
  GtkScrolledWindow     *list_window;
  GtkListView           *list_view;
  GranaryImportFileList *list;
  GtkWidget             *drop_row;
  GtkWidget             *drop_icon;
  GtkWidget             *drop_area;
  GtkWidget             *files_button;
  GranaryProblemRow     *files_problem;
  AdwExpanderRow        *problems_row;
  GtkWidget             *leave_out_button;
  GranaryImportMoveRow  *move_row;

  GranaryImportDraft    *draft;
  GPtrArray             *problem_rows; /* (element-type GtkWidget): children of @problems_row */
  GCancellable          *cancellable;  /* of the open file chooser */
  gboolean               fixed;        /* what there is can only be left out */
};

G_DEFINE_FINAL_TYPE (GranaryImportFiles, granary_import_files, ADW_TYPE_PREFERENCES_GROUP)

/* What is shown */

static void
update_summary (GranaryImportFiles *self)
{
  GranaryFileSet *files = granary_import_draft_get_files (self->draft);
  guint n_files = files != NULL ? granary_file_set_get_n_files (files) : 0;
  g_autofree char *count = NULL;
  g_autofree char *size = NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->list_row, n_files > 0);
  gtk_widget_set_visible (self->clear_button, n_files > 0 && !self->fixed);
  gtk_widget_set_visible (self->drop_icon, n_files == 0);

  if (n_files == 0)
    {
      adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self), NULL);
      return;
    }

  gtk_scrolled_window_set_min_content_height (self->list_window,
                                              (int) MIN (n_files, MAX_ROWS_SHOWN) * ROW_HEIGHT);
  /* A scrollbar that is never needed would still ask for its room. */
  gtk_scrolled_window_set_policy (self->list_window, GTK_POLICY_NEVER,
                                  n_files > MAX_ROWS_SHOWN ? GTK_POLICY_AUTOMATIC
                                                           : GTK_POLICY_EXTERNAL);
  count = granary_wording_n_files (n_files);
  size = granary_wording_size (granary_file_set_get_size (files));
  /* Translators: how many files, and their size together, as in “3 files, 10.8 MB”. */
  text = g_strdup_printf (_("%1$s, %2$s"), count, size);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self), text);
}

static void
leave_out_cb (GranaryImportFiles *self,
              GtkWidget          *row)
{
  granary_import_draft_remove_file (self->draft, g_object_get_data (G_OBJECT (row), "subject"));
}

static void
leave_all_out_cb (GranaryImportFiles *self)
{
  granary_import_draft_remove_problems (self->draft);
}

static void
add_problem_row (GranaryImportFiles *self,
                 const char         *text,
                 const char         *subject)
{
  GranaryProblemRow *row = g_object_new (GRANARY_TYPE_PROBLEM_ROW, NULL);

  granary_problem_row_show_text (row, text, FALSE);
  if (subject != NULL)
    {
      g_object_set_data_full (G_OBJECT (row), "subject", g_strdup (subject), g_free);
      granary_problem_row_set_way_out (row, _("_Leave Out"));
      g_signal_connect_object (row, "resolve", G_CALLBACK (leave_out_cb), self, G_CONNECT_SWAPPED);
    }
  adw_expander_row_add_row (self->problems_row, GTK_WIDGET (row));
  g_ptr_array_add (self->problem_rows, row);
}

/* What of the chosen files and folders cannot be imported, with the reason for each. */
static void
update_set_problems (GranaryImportFiles *self)
{
  GranaryFileSet *files = granary_import_draft_get_files (self->draft);
  guint n_problems = files != NULL ? granary_file_set_get_n_problems (files) : 0;
  gboolean were_there = self->problem_rows->len > 0;
  g_autofree char *title = NULL;

  for (guint i = 0; i < self->problem_rows->len; i++)
    adw_expander_row_remove (self->problems_row, g_ptr_array_index (self->problem_rows, i));
  g_ptr_array_set_size (self->problem_rows, 0);

  gtk_widget_set_visible (GTK_WIDGET (self->problems_row), n_problems > 0);
  gtk_widget_set_visible (self->leave_out_button, n_problems > 1);
  if (n_problems == 0)
    return;

  title = g_strdup_printf (ngettext ("%u item cannot be imported", "%u items cannot be imported",
                                     n_problems), n_problems);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->problems_row), title);

  for (guint i = 0; i < MIN (n_problems, MAX_PROBLEMS_SHOWN); i++)
    {
      const GError *problem = granary_file_set_get_problem (files, i);
      g_autofree char *text = granary_wording_for_problem (problem);

      add_problem_row (self, text, granary_error_get_subject (problem));
    }

  if (n_problems > MAX_PROBLEMS_SHOWN)
    {
      g_autofree char *text = NULL;

      text = g_strdup_printf (ngettext ("and %u more", "and %u more", n_problems - MAX_PROBLEMS_SHOWN),
                              n_problems - MAX_PROBLEMS_SHOWN);
      add_problem_row (self, text, NULL);
    }

  if (!were_there)
    adw_expander_row_set_expanded (self->problems_row, TRUE);
}

static void
update_files (GranaryImportFiles *self)
{
  granary_import_file_list_set_files (self->list, granary_import_draft_get_files (self->draft));
  granary_problem_row_show (self->files_problem, NULL, NULL);
  update_summary (self);
  update_set_problems (self);
}

/* Choosing */

/**
 * granary_import_files_add:
 * @widget: where it was asked for
 * @draft: what gets the files
 * @files: (element-type GFile): files and folders
 *
 * Adds @files to @draft.
 */
void
granary_import_files_add (GtkWidget          *widget,
                          GranaryImportDraft *draft,
                          GSList             *files)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *elsewhere = NULL;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (draft));

  for (GSList *at = files; at != NULL; at = at->next)
    {
      char *path = g_file_get_path (at->data);

      if (path != NULL)
        g_ptr_array_add (paths, path);
      else if (elsewhere == NULL)
        elsewhere = g_file_get_uri (at->data);
    }

  if (elsewhere != NULL)
    {
      GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
      g_autofree char *shown = granary_display_path (elsewhere);
      g_autofree char *text = NULL;

      /* Translators: %s is an address such as sftp://host/file. */
      text = g_strdup_printf (_("“%s” is not on this computer"), shown);
      if (overlay != NULL)
        {
          AdwToast *toast = adw_toast_new (text);

          adw_toast_set_use_markup (toast, FALSE);
          adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
        }
    }

  if (paths->len > 0)
    {
      g_ptr_array_add (paths, NULL);
      granary_import_draft_add_paths (draft, (const char * const *) paths->pdata);
    }
}

static void
take_chosen (GranaryImportFiles *self,
             GListModel         *chosen)
{
  g_autoslist (GFile) files = NULL;

  for (guint i = g_list_model_get_n_items (chosen); i > 0; i--)
    files = g_slist_prepend (files, g_list_model_get_item (chosen, i - 1));

  granary_import_files_add (GTK_WIDGET (self), self->draft, files);
}

static void
report_chooser (GranaryImportFiles *self,
                const GError       *error)
{
  g_autoptr (GError) problem = NULL;

  /* Closing the chooser without a choice is an answer, too. */
  if (g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED) ||
      g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED) ||
      granary_error_is_cancelled (error))
    return;

  granary_set_error (&problem, GRANARY_ERROR_FILE, GRANARY_REASON_INPUT_OUTPUT, NULL,
                     "file chooser: %s", error->message);
  granary_problem_row_show (self->files_problem, problem, NULL);
}

static void
files_chosen_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GranaryImportFiles) self = user_data;
  g_autoptr (GListModel) chosen = NULL;
  g_autoptr (GError) error = NULL;

  chosen = gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, &error);
  if (chosen != NULL && self->draft != NULL)
    take_chosen (self, chosen);
  else if (error != NULL && self->draft != NULL)
    report_chooser (self, error);
}

static void
folders_chosen_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GranaryImportFiles) self = user_data;
  g_autoptr (GListModel) chosen = NULL;
  g_autoptr (GError) error = NULL;

  chosen = gtk_file_dialog_select_multiple_folders_finish (GTK_FILE_DIALOG (source), result, &error);
  if (chosen != NULL && self->draft != NULL)
    take_chosen (self, chosen);
  else if (error != NULL && self->draft != NULL)
    report_chooser (self, error);
}

/* Callbacks */

static void
choose_files_cb (GranaryImportFiles *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _("Choose Model Files"));
  gtk_file_dialog_set_accept_label (dialog, _("_Add"));
  gtk_file_dialog_open_multiple (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                 self->cancellable, files_chosen_cb, g_object_ref (self));
}

static void
choose_folders_cb (GranaryImportFiles *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _("Choose Model Folder"));
  gtk_file_dialog_set_accept_label (dialog, _("_Add"));
  gtk_file_dialog_select_multiple_folders (dialog,
                                           GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                           self->cancellable, folders_chosen_cb,
                                           g_object_ref (self));
}

static void
clear_cb (GranaryImportFiles *self)
{
  granary_import_draft_clear_files (self->draft);
  gtk_widget_grab_focus (self->files_button);
}

/* Delete in the list leaves the focused file out. */
static gboolean
list_key_pressed_cb (GranaryImportFiles *self,
                     guint               keyval,
                     guint               keycode,
                     GdkModifierType     state)
{
  GtkWidget *focus;

  if (keyval != GDK_KEY_Delete && keyval != GDK_KEY_KP_Delete)
    return GDK_EVENT_PROPAGATE;

  focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  for (; focus != NULL && focus != GTK_WIDGET (self->list_view); focus = gtk_widget_get_parent (focus))
    {
      GtkWidget *row = GRANARY_IS_IMPORT_FILE_ROW (focus) ? focus
                                                          : gtk_widget_get_first_child (focus);

      if (GRANARY_IS_IMPORT_FILE_ROW (row))
        {
          granary_import_file_row_remove (GRANARY_IMPORT_FILE_ROW (row));
          return GDK_EVENT_STOP;
        }
    }

  return GDK_EVENT_PROPAGATE;
}

static void
remove_file_action (GtkWidget  *widget,
                    const char *action_name,
                    GVariant   *target)
{
  GranaryImportFiles *self = GRANARY_IMPORT_FILES (widget);

  if (self->draft != NULL)
    granary_import_draft_remove_file (self->draft, g_variant_get_string (target, NULL));
}

/* GObject */

static void
granary_import_files_dispose (GObject *object)
{
  GranaryImportFiles *self = GRANARY_IMPORT_FILES (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->problem_rows, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_FILES);
  g_clear_object (&self->draft);

  G_OBJECT_CLASS (granary_import_files_parent_class)->dispose (object);
}

static void
granary_import_files_class_init (GranaryImportFilesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_import_files_dispose;

  g_type_ensure (GRANARY_TYPE_IMPORT_FILE_ITEM);
  g_type_ensure (GRANARY_TYPE_IMPORT_FILE_LIST);
  g_type_ensure (GRANARY_TYPE_IMPORT_FILE_ROW);
  g_type_ensure (GRANARY_TYPE_IMPORT_MOVE_ROW);
  g_type_ensure (GRANARY_TYPE_PROBLEM_ROW);

  gtk_widget_class_install_action (widget_class, "import.remove-file", "s", remove_file_action);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-files.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFiles, clear_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFiles, list_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFiles, list_window);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFiles, list_view);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFiles, list);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFiles, drop_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFiles, drop_icon);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFiles, drop_area);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFiles, files_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFiles, files_problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFiles, problems_row);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFiles, leave_out_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportFiles, move_row);
  gtk_widget_class_bind_template_callback (widget_class, choose_files_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_folders_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_cb);
  gtk_widget_class_bind_template_callback (widget_class, leave_all_out_cb);
  gtk_widget_class_bind_template_callback (widget_class, list_key_pressed_cb);
}

static void
granary_import_files_init (GranaryImportFiles *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->problem_rows = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
}

/**
 * granary_import_files_set_draft:
 * @self: a files section
 * @draft: what to show and change; given once
 */
void
granary_import_files_set_draft (GranaryImportFiles *self,
                                GranaryImportDraft *draft)
{
  g_return_if_fail (GRANARY_IS_IMPORT_FILES (self));
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (draft));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "files-changed", G_CALLBACK (update_files), self,
                           G_CONNECT_SWAPPED);
  granary_import_move_row_set_draft (self->move_row, draft);

  update_files (self);
}

/**
 * granary_import_files_fix:
 * @self: a files section
 *
 * Lets files be left out only: which ones there are is decided elsewhere.
 */
void
granary_import_files_fix (GranaryImportFiles *self)
{
  g_return_if_fail (GRANARY_IS_IMPORT_FILES (self));

  self->fixed = TRUE;
  gtk_widget_set_visible (self->drop_row, FALSE);
  gtk_widget_set_visible (self->clear_button, FALSE);
}
