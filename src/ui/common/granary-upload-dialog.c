/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-upload-dialog.h"

#include <glib/gi18n-lib.h>

#include "granary-chooser.h"
#include "granary-command-private.h"
#include "granary-error.h"
#include "granary-names.h"
#include "granary-upload-entry.h"
#include "granary-upload-plan.h"
#include "granary-wording.h"
#include "granary-worker.h"

/* More are counted, not listed. */
#define MAX_PROBLEMS_SHOWN 20

struct _GranaryUploadDialog
{
  AdwDialog          parent_instance;

  AdwWindowTitle    *title;
  GtkButton         *upload;
  AdwEntryRow       *folder;
  AdwExpanderRow    *problems;
  GtkStack          *stack;
  GtkFlattenListModel *sections;
  GListStore        *stores;
  GListStore        *replaced;
  GListStore        *added;
  GtkLabel          *summary;

  GPtrArray         *problem_rows; /* (owned) (element-type GtkWidget), not owning */
  GranaryConnection *connection;   /* (owned) (nullable) once disposed */
  GranaryVersion    *version;      /* (owned) */
  GranaryWorker     *worker;       /* (owned) */
  GPtrArray         *batches;      /* (owned) (element-type GStrv): what was chosen together */
  GranaryFileSet    *files;        /* (owned) (nullable): what they come to */
  GCancellable      *cancellable;  /* (owned) (nullable): of the scan under way */
};

G_DEFINE_FINAL_TYPE (GranaryUploadDialog, granary_upload_dialog, ADW_TYPE_DIALOG)

enum
{
  SIGNAL_CONFIRMED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* What the scan needs; its thread has its own copy. */
typedef struct
{
  GPtrArray *batches;
  char      *into;
} Scan;

static void
scan_free (gpointer data)
{
  Scan *scan = data;

  g_ptr_array_unref (scan->batches);
  g_free (scan->into);
  g_free (scan);
}

static void
free_strv (gpointer data)
{
  g_strfreev (data);
}

/* Helpers. */

/* The folder the files go to, without slashes at its ends; NULL with @error if it breaks a rule. */
static char *
dup_folder (GranaryUploadDialog  *self,
            GError              **error)
{
  g_autofree char *folder = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->folder)));
  char *start = g_strstrip (folder);
  gsize length = strlen (start);

  while (length > 0 && start[length - 1] == '/')
    start[--length] = '\0';

  if (length > 0 && !granary_path_check (start, error))
    return NULL;

  return g_strdup (start);
}

static void
count (GListStore *store,
       guint      *n_files,
       gint64     *size)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    {
      g_autoptr (GranaryUploadEntry) entry = g_list_model_get_item (G_LIST_MODEL (store), i);

      if (granary_upload_entry_get_confirmed (entry))
        {
          *n_files += 1;
          *size += granary_upload_entry_get_size (entry);
        }
    }
}

static void
update_summary (GranaryUploadDialog *self)
{
  guint n_added = 0, n_replaced = 0;
  gint64 bytes = 0;
  g_autofree char *size = NULL;
  g_autofree char *text = NULL;

  count (self->added, &n_added, &bytes);
  count (self->replaced, &n_replaced, &bytes);

  gtk_widget_set_sensitive (GTK_WIDGET (self->upload),
                            self->cancellable == NULL && n_added + n_replaced > 0);
  gtk_button_set_label (self->upload,
                        n_replaced > 0 ? _("_Replace and Upload") : _("_Upload"));

  size = granary_wording_size (bytes);
  if (n_added + n_replaced > 0)
    /* Translators: how many files are new, how many replace one, and their size. */
    text = g_strdup_printf (_("%1$u new, %2$u replaced · %3$s"), n_added, n_replaced, size);
  gtk_label_set_label (self->summary, text != NULL ? text : "");
}

static void
add_problem (GranaryUploadDialog *self,
             const char          *text)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text);
  adw_expander_row_add_row (self->problems, row);
  g_ptr_array_add (self->problem_rows, row);
}

static void
show_problems (GranaryUploadDialog *self,
               GranaryUploadPlan   *plan)
{
  guint n_scan = self->files != NULL ? granary_file_set_get_n_problems (self->files) : 0;
  guint n_problems = n_scan + (plan != NULL ? plan->problems->len : 0);
  g_autofree char *title = NULL;

  for (guint i = 0; i < self->problem_rows->len; i++)
    adw_expander_row_remove (self->problems, g_ptr_array_index (self->problem_rows, i));
  g_ptr_array_set_size (self->problem_rows, 0);

  gtk_widget_set_visible (GTK_WIDGET (self->problems), n_problems > 0);
  if (n_problems == 0)
    return;

  title = g_strdup_printf (ngettext ("%u file is left out", "%u files are left out", n_problems),
                           n_problems);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->problems), title);

  for (guint i = 0; i < MIN (n_problems, MAX_PROBLEMS_SHOWN); i++)
    {
      const GError *error = i < n_scan ? granary_file_set_get_problem (self->files, i)
                                       : g_ptr_array_index (plan->problems, i - n_scan);
      g_autofree char *text = granary_wording_for_problem (error);

      add_problem (self, text);
    }

  if (n_problems > MAX_PROBLEMS_SHOWN)
    {
      guint rest = n_problems - MAX_PROBLEMS_SHOWN;
      g_autofree char *text = g_strdup_printf (ngettext ("and %u more", "and %u more", rest), rest);

      add_problem (self, text);
    }
}

static void
fill_store (GranaryUploadDialog *self,
            GListStore          *store,
            GPtrArray           *items)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      GranaryUploadEntry *entry = granary_upload_entry_new (g_ptr_array_index (items, i));

      g_signal_connect_object (entry, "notify::confirmed", G_CALLBACK (update_summary), self,
                               G_CONNECT_SWAPPED);
      g_ptr_array_add (entries, entry);
    }

  g_list_store_splice (store, 0, g_list_model_get_n_items (G_LIST_MODEL (store)), entries->pdata,
                       entries->len);
}

/* Compares the files with the version again. */
static void
update_plan (GranaryUploadDialog *self)
{
  g_autoptr (GranaryUploadPlan) plan = NULL;
  guint n_files;

  if (self->files != NULL)
    plan = granary_upload_plan_new (self->files, self->version);

  fill_store (self, self->replaced, plan != NULL ? plan->replaced : NULL);
  fill_store (self, self->added, plan != NULL ? plan->added : NULL);
  show_problems (self, plan);

  n_files = g_list_model_get_n_items (G_LIST_MODEL (self->sections));
  gtk_stack_set_visible_child_name (self->stack, n_files > 0 ? "list" : "empty");
  update_summary (self);
}

static void
scan_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  Scan *scan = task_data;
  g_autoptr (GranaryFileSet) files = granary_file_set_new_empty ();
  GError *error = NULL;

  for (guint i = 0; i < scan->batches->len; i++)
    {
      g_autoptr (GranaryFileSet) batch = NULL;
      g_autoptr (GranaryFileSet) before = NULL;

      batch = granary_file_set_scan (g_ptr_array_index (scan->batches, i),
                                     *scan->into != '\0' ? scan->into : NULL, cancellable, &error);
      if (batch == NULL)
        {
          g_task_return_error (task, error);
          return;
        }

      before = g_steal_pointer (&files);
      files = granary_file_set_merge (before, batch);
    }

  g_task_return_pointer (task, g_steal_pointer (&files), g_object_unref);
}

static void
scanned_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  GranaryUploadDialog *self = GRANARY_UPLOAD_DIALOG (source);
  g_autoptr (GError) error = NULL;
  GranaryFileSet *files = g_task_propagate_pointer (G_TASK (result), &error);

  /* Only a newer scan, or the end of the dialog, calls one off. */
  if (files == NULL || self->connection == NULL)
    {
      g_clear_object (&files);
      return;
    }

  g_clear_object (&self->cancellable);
  g_clear_object (&self->files);
  self->files = files;
  update_plan (self);
}

static void
scan (GranaryUploadDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;
  g_autofree char *folder = dup_folder (self, &error);
  Scan *data;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);

  if (folder == NULL)
    {
      g_autofree char *text = granary_wording_for_problem (error);

      gtk_widget_add_css_class (GTK_WIDGET (self->folder), "error");
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->folder), text);
      gtk_label_set_label (self->summary, text);
      gtk_widget_set_sensitive (GTK_WIDGET (self->upload), FALSE);
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (self->folder), "error");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->folder), NULL);

  if (self->batches->len == 0)
    return;

  data = g_new0 (Scan, 1);
  data->batches = g_ptr_array_copy (self->batches, (GCopyFunc) (void (*) (void)) g_strdupv, NULL);
  g_ptr_array_set_free_func (data->batches, free_strv);
  data->into = g_steal_pointer (&folder);

  if (self->files == NULL)
    gtk_stack_set_visible_child_name (self->stack, "scanning");
  gtk_widget_set_sensitive (GTK_WIDGET (self->upload), FALSE);

  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, scanned_cb, NULL);
  g_task_set_source_tag (task, scan);
  g_task_set_task_data (task, data, scan_free);
  granary_worker_run (self->worker, task, scan_in_thread);
}

static GranaryUploadRequest *
make_request (GranaryUploadDialog *self)
{
  g_autoptr (GranaryUploadPlan) plan = granary_upload_plan_new (self->files, self->version);
  g_autoptr (GHashTable) left_out = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GranaryFileSet) files = NULL;
  gboolean replace = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->replaced)); i++)
    {
      g_autoptr (GranaryUploadEntry) entry =
        g_list_model_get_item (G_LIST_MODEL (self->replaced), i);

      if (granary_upload_entry_get_confirmed (entry))
        replace = TRUE;
      else
        g_hash_table_add (left_out, g_strdup (granary_upload_entry_get_target (entry)));
    }

  files = granary_upload_plan_pick (plan, self->files, left_out);

  return granary_upload_request_new (self->version->id, files, replace);
}

/* Signal callbacks. */

static void
folder_changed_cb (GranaryUploadDialog *self)
{
  if (self->connection != NULL)
    scan (self);
}

static void
upload_cb (GranaryUploadDialog *self)
{
  g_autoptr (GranaryUploadRequest) request = make_request (self);
  g_autoptr (GranaryUploadDialog) alive = g_object_ref (self);

  g_signal_emit (self, signals[SIGNAL_CONFIRMED], 0, request);
  adw_dialog_close (ADW_DIALOG (self));
}

static void
cancel_cb (GranaryUploadDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
chosen_cb (GtkWidget          *widget,
           const char * const *paths,
           gpointer            user_data)
{
  granary_upload_dialog_add_paths (GRANARY_UPLOAD_DIALOG (widget), paths);
}

static void
add_files_cb (GranaryUploadDialog *self)
{
  granary_choose_files (GTK_WIDGET (self), _("Add Files"), chosen_cb, NULL, NULL);
}

static void
add_folder_cb (GranaryUploadDialog *self)
{
  granary_choose_folder (GTK_WIDGET (self), _("Add Folder"), chosen_cb, NULL, NULL);
}

static gboolean
drop_cb (GranaryUploadDialog *self,
         const GValue        *value)
{
  g_auto (GStrv) paths = granary_dup_dropped_paths (value);

  if (paths == NULL)
    return FALSE;

  granary_upload_dialog_add_paths (self, (const char * const *) paths);
  return TRUE;
}

static void
reloaded_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GranaryUploadDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  GranaryVersion *version;

  version = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (self->connection == NULL)
    {
      g_clear_pointer (&version, granary_version_unref);
      return;
    }

  if (version == NULL)
    {
      /* Deleted meanwhile: there is nothing left to upload to. */
      if (g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_NOT_FOUND))
        adw_dialog_force_close (ADW_DIALOG (self));
      return;
    }

  g_clear_pointer (&self->version, granary_version_unref);
  self->version = version;
  if (self->cancellable == NULL)
    update_plan (self);
}

static void
changed_cb (GranaryUploadDialog *self,
            GArray              *model_ids,
            GranaryCatalog      *catalog)
{
  gboolean concerned = model_ids == NULL;

  for (guint i = 0; model_ids != NULL && i < model_ids->len && !concerned; i++)
    concerned = g_array_index (model_ids, gint64, i) == self->version->model_id;

  if (concerned && self->connection != NULL)
    granary_load_present_version_async (catalog, self->version->id, NULL, reloaded_cb,
                                        g_object_ref (self));
}

/* Text of a section of the list, from any of its entries. */
static char *
section_title_cb (GtkListHeader      *header,
                  GranaryUploadEntry *entry)
{
  if (entry == NULL)
    return NULL;

  return g_strdup (granary_upload_entry_get_replaces (entry) ? _("Replaced in the Version")
                                                             : _("New in the Version"));
}

static void
confirm_toggled_cb (GtkListItem    *item,
                    GtkCheckButton *button)
{
  GObject *entry = gtk_list_item_get_item (item);

  if (entry != NULL)
    g_object_set (entry, "confirmed", gtk_check_button_get_active (button), NULL);
}

/* GObject. */

static void
granary_upload_dialog_dispose (GObject *object)
{
  GranaryUploadDialog *self = GRANARY_UPLOAD_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->connection);
  g_clear_object (&self->files);
  g_clear_object (&self->worker);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_UPLOAD_DIALOG);

  G_OBJECT_CLASS (granary_upload_dialog_parent_class)->dispose (object);
}

static void
granary_upload_dialog_finalize (GObject *object)
{
  GranaryUploadDialog *self = GRANARY_UPLOAD_DIALOG (object);

  g_clear_pointer (&self->version, granary_version_unref);
  g_ptr_array_unref (self->batches);
  g_ptr_array_unref (self->problem_rows);

  G_OBJECT_CLASS (granary_upload_dialog_parent_class)->finalize (object);
}

static void
granary_upload_dialog_class_init (GranaryUploadDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_upload_dialog_dispose;
  object_class->finalize = granary_upload_dialog_finalize;

  signals[SIGNAL_CONFIRMED] =
    g_signal_new ("confirmed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_POINTER);

  g_type_ensure (GRANARY_TYPE_UPLOAD_ENTRY);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/common/granary-upload-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryUploadDialog, title);
  gtk_widget_class_bind_template_child (widget_class, GranaryUploadDialog, upload);
  gtk_widget_class_bind_template_child (widget_class, GranaryUploadDialog, folder);
  gtk_widget_class_bind_template_child (widget_class, GranaryUploadDialog, problems);
  gtk_widget_class_bind_template_child (widget_class, GranaryUploadDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryUploadDialog, sections);
  gtk_widget_class_bind_template_child (widget_class, GranaryUploadDialog, stores);
  gtk_widget_class_bind_template_child (widget_class, GranaryUploadDialog, summary);
  gtk_widget_class_bind_template_callback (widget_class, folder_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, upload_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_files_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_folder_cb);
  gtk_widget_class_bind_template_callback (widget_class, section_title_cb);
  gtk_widget_class_bind_template_callback (widget_class, confirm_toggled_cb);
}

static void
granary_upload_dialog_init (GranaryUploadDialog *self)
{
  GtkDropTarget *target;

  gtk_widget_init_template (GTK_WIDGET (self));

  self->worker = granary_worker_new ("upload-scan", 1);
  self->batches = g_ptr_array_new_with_free_func (free_strv);
  self->problem_rows = g_ptr_array_new ();
  self->replaced = g_list_store_new (GRANARY_TYPE_UPLOAD_ENTRY);
  self->added = g_list_store_new (GRANARY_TYPE_UPLOAD_ENTRY);
  g_list_store_append (self->stores, self->replaced);
  g_list_store_append (self->stores, self->added);
  g_object_unref (self->replaced);
  g_object_unref (self->added);

  target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

/**
 * granary_upload_dialog_new:
 * @connection: where the version is
 * @version: the version, with its files
 *
 * Returns: (transfer floating): the dialog, still without files
 */
GranaryUploadDialog *
granary_upload_dialog_new (GranaryConnection *connection,
                           GranaryVersion    *version)
{
  GranaryUploadDialog *self;
  g_autofree char *name = NULL;

  g_return_val_if_fail (GRANARY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (version != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_UPLOAD_DIALOG, NULL);
  self->connection = g_object_ref (connection);
  self->version = granary_version_ref (version);
  name = granary_wording_version (version->model_name, version->number);
  adw_window_title_set_subtitle (self->title, name);
  g_signal_connect_object (granary_connection_get_catalog (connection), "changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  update_summary (self);

  return self;
}

/**
 * granary_upload_dialog_add_paths:
 * @self: the dialog
 * @paths: (array zero-terminated=1): files and folders chosen together
 *
 * Adds to what would be uploaded. They are read in the background.
 */
void
granary_upload_dialog_add_paths (GranaryUploadDialog *self,
                                 const char * const  *paths)
{
  g_return_if_fail (GRANARY_IS_UPLOAD_DIALOG (self));
  g_return_if_fail (paths != NULL);

  g_ptr_array_add (self->batches, g_strdupv ((char **) paths));
  scan (self);
}
