/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-dialog.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-import-automl-page.h"
#include "granary-import-editor.h"
#include "granary-import-files-page.h"
#include "granary-import-files.h"
#include "granary-import-run.h"
#include "granary-import-storage-page.h"
#include "granary-import-target.h"
#include "granary-import-task-page.h"
#include "granary-import-text.h"
#include "granary-wording.h"

/* Reading that is over before is not worth a spinner. */
#define SPINNER_DELAY_MS 300

/**
 * GranaryImportDialog:
 *
 * The import wizard: target section, then a tab for each kind of source, over one
 * [class@ImportDraft], which holds all state. Closing it loses nothing that was not asked about.
 */
struct _GranaryImportDialog
{
  AdwDialog            parent_instance;

  AdwToastOverlay     *toast_overlay;
  AdwNavigationView   *navigation_view;
  GtkWidget           *content;
  GtkWidget           *spinner;
  GtkWidget           *import_button;
  AdwBanner           *banner;
  GranaryImportTarget *target;
  GtkWidget           *switcher;
  AdwViewStack        *view_stack;

  GranaryImportDraft  *draft;
  GCancellable        *cancellable; /* of reading a file to edit */
  guint                spinner_id;
};

G_DEFINE_FINAL_TYPE (GranaryImportDialog, granary_import_dialog, ADW_TYPE_DIALOG)

/* What is shown */

static void
show_banner (GranaryImportDialog *self,
             const GError        *error)
{
  g_autoptr (GranaryWording) wording = NULL;
  g_autofree char *object = granary_import_target_dup_object (self->target);
  g_autofree char *text = NULL;

  wording = granary_wording_for_error (error, GRANARY_VERB_IMPORT, object);
  /* Translators: what did not work, and why. */
  text = g_strdup_printf (_("%1$s. %2$s"), wording->title, wording->body);
  adw_banner_set_title (self->banner, text);
  adw_banner_set_revealed (self->banner, TRUE);
}

static void
show_toast (GranaryImportDialog *self,
            const char          *text)
{
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}

static gboolean
spinner_timeout_cb (gpointer user_data)
{
  GranaryImportDialog *self = user_data;

  self->spinner_id = 0;
  gtk_widget_set_visible (self->spinner, TRUE);

  return G_SOURCE_REMOVE;
}

static void
update_busy (GranaryImportDialog *self)
{
  g_clear_handle_id (&self->spinner_id, g_source_remove);
  if (granary_import_draft_get_busy (self->draft))
    self->spinner_id = g_timeout_add (SPINNER_DELAY_MS, spinner_timeout_cb, self);
  else
    gtk_widget_set_visible (self->spinner, FALSE);
}

static void
update_ready (GranaryImportDialog *self)
{
  gtk_widget_set_sensitive (self->import_button, granary_import_draft_get_ready (self->draft));
}

/* Importing */

static void
import_cb (GranaryImportDialog *self)
{
  GranaryShell *shell = granary_shell_find (GTK_WIDGET (self));
  g_autofree char *object = NULL;
  g_autoptr (GError) error = NULL;

  /* What still stands in the tag entry belongs to it, too. */
  if (!granary_import_target_commit (self->target) ||
      !granary_import_draft_get_ready (self->draft))
    return;

  object = granary_import_target_dup_object (self->target);
  if (!granary_import_run (self->draft, object, shell, &error))
    {
      show_banner (self, error);
      return;
    }

  adw_dialog_force_close (ADW_DIALOG (self));
}

/* Closing */

static void
discard_response_cb (GranaryImportDialog *self,
                     const char          *response)
{
  if (g_str_equal (response, "discard"))
    adw_dialog_force_close (ADW_DIALOG (self));
}

static void
close_attempt_cb (GranaryImportDialog *self)
{
  AdwAlertDialog *question;

  if (!granary_import_draft_is_touched (self->draft) &&
      !granary_import_target_has_pending (self->target))
    {
      adw_dialog_force_close (ADW_DIALOG (self));
      return;
    }

  question = ADW_ALERT_DIALOG (adw_alert_dialog_new (_("Discard Import?"),
                                                     _("What you entered will be lost. The files stay where they are.")));
  adw_alert_dialog_add_responses (question,
                                  "cancel", _("_Keep Editing"),
                                  "discard", _("_Discard"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (question, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (question, "cancel");
  adw_alert_dialog_set_close_response (question, "cancel");
  g_signal_connect_object (question, "response", G_CALLBACK (discard_response_cb), self,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (question), GTK_WIDGET (self));
}

static void
cancel_cb (GranaryImportDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
banner_dismissed_cb (GranaryImportDialog *self)
{
  adw_banner_set_revealed (self->banner, FALSE);
}

/* Editing a service file */

/* What the read of a file to edit needs at its end. */
typedef struct
{
  GranaryImportDialog *self;
  char                *target;
} Edit;

static void
edit_free (gpointer data)
{
  Edit *edit = data;

  g_object_unref (edit->self);
  g_free (edit->target);
  g_free (edit);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Edit, edit_free)

static void
push_editor (GranaryImportDialog *self,
             const char          *target,
             const char          *text)
{
  adw_navigation_view_push (self->navigation_view,
                            granary_import_editor_new (self->draft, target, text));
}

static void
text_read_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (Edit) edit = user_data;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  text = granary_import_text_read_finish (result, &error);
  if (granary_error_is_cancelled (error) || edit->self->draft == NULL)
    return;

  if (text != NULL)
    {
      push_editor (edit->self, edit->target, text);
    }
  else
    {
      g_autofree char *problem = granary_wording_for_problem (error);

      show_toast (edit->self, problem);
    }
}

static void
edit_action (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  GranaryImportDialog *self = GRANARY_IMPORT_DIALOG (widget);
  const char *target = g_variant_get_string (parameter, NULL);
  const char *text = granary_import_draft_get_file_text (self->draft, target);
  const char *found = granary_import_draft_get_found_text (self->draft, target);
  const GranarySourceFile *file;
  Edit *edit;

  if (text != NULL || found != NULL)
    {
      push_editor (self, target, text != NULL ? text : found);
      return;
    }

  file = granary_file_set_find (granary_import_draft_get_files (self->draft), target);
  if (file == NULL)
    return;

  edit = g_new0 (Edit, 1);
  edit->self = g_object_ref (self);
  edit->target = g_strdup (target);
  granary_import_text_read_async (file->path, self->cancellable, text_read_cb, edit);
}

/* Dropping */

static gboolean
drop_cb (GranaryImportDialog *self,
         const GValue        *value)
{
  GSList *files = g_value_get_boxed (value);

  if (files == NULL)
    return FALSE;

  granary_import_draft_set_source (self->draft, GRANARY_SOURCE_FILES);
  granary_import_files_add (self->content, self->draft, files);

  return TRUE;
}

/* Tabs: the visible one is where the import comes from. */

static void
page_shown_cb (GranaryImportDialog *self)
{
  GtkWidget *page = adw_view_stack_get_visible_child (self->view_stack);

  if (page != NULL && self->draft != NULL)
    granary_import_draft_set_source (self->draft,
                                     granary_import_page_get_source (GRANARY_IMPORT_PAGE (page)));
}

static void
show_source (GranaryImportDialog *self)
{
  GranarySource source = granary_import_draft_get_source (self->draft);
  g_autoptr (GtkSelectionModel) pages = adw_view_stack_get_pages (self->view_stack);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (pages)); i++)
    {
      g_autoptr (AdwViewStackPage) page = g_list_model_get_item (G_LIST_MODEL (pages), i);
      GtkWidget *child = adw_view_stack_page_get_child (page);

      if (granary_import_page_show_source (GRANARY_IMPORT_PAGE (child), source))
        {
          adw_view_stack_set_visible_child (self->view_stack, child);
          return;
        }
    }
}

/* GObject */

static void
granary_import_dialog_dispose (GObject *object)
{
  GranaryImportDialog *self = GRANARY_IMPORT_DIALOG (object);

  g_clear_handle_id (&self->spinner_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_DIALOG);
  g_clear_object (&self->draft);

  G_OBJECT_CLASS (granary_import_dialog_parent_class)->dispose (object);
}

static void
granary_import_dialog_class_init (GranaryImportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_import_dialog_dispose;

  g_type_ensure (GRANARY_TYPE_IMPORT_TARGET);

  gtk_widget_class_install_action (widget_class, "import.edit", "s", edit_action);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportDialog, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportDialog, navigation_view);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportDialog, content);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportDialog, import_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportDialog, target);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportDialog, switcher);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportDialog, view_stack);
  gtk_widget_class_bind_template_callback (widget_class, import_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_attempt_cb);
  gtk_widget_class_bind_template_callback (widget_class, banner_dismissed_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_shown_cb);
}

static void
granary_import_dialog_init (GranaryImportDialog *self)
{
  GtkDropTarget *drop_target;

  gtk_widget_init_template (GTK_WIDGET (self));

  self->cancellable = g_cancellable_new ();

  drop_target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect_object (drop_target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->content, GTK_EVENT_CONTROLLER (drop_target));
}

/* Adds a tab; with a single one there is nothing to switch. */
static void
add_page (GranaryImportDialog *self,
          GranaryImportPage   *page)
{
  g_autoptr (GtkSelectionModel) pages = NULL;

  granary_import_page_set_draft (page, self->draft);
  adw_view_stack_add_titled (self->view_stack, GTK_WIDGET (page),
                             granary_import_page_get_name (page),
                             granary_import_page_get_title (page));

  pages = adw_view_stack_get_pages (self->view_stack);
  gtk_widget_set_visible (self->switcher, g_list_model_get_n_items (G_LIST_MODEL (pages)) > 1);
}

static void
add_pages (GranaryImportDialog *self)
{
  GranaryConnection *connection = granary_import_draft_get_connection (self->draft);
  gboolean is_local = granary_connection_get_kind (connection) == GRANARY_CONNECTION_LOCAL;
  gboolean has_tasks = granary_connection_get_task_source (connection) != NULL;

  if (has_tasks)
    add_page (self, granary_import_task_page_new ());
  if (is_local || granary_connection_get_storage (connection) == NULL)
    add_page (self, granary_import_files_page_new ());
  else
    add_page (self, granary_import_storage_page_new ());
  if (has_tasks)
    add_page (self, granary_import_automl_page_new ());
}

static void
set_draft (GranaryImportDialog *self,
           GranaryImportDraft  *draft)
{
  GranarySource source = granary_import_draft_get_source (draft);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "notify::busy", G_CALLBACK (update_busy), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::ready", G_CALLBACK (update_ready), self,
                           G_CONNECT_SWAPPED);

  g_signal_connect_object (draft, "notify::source", G_CALLBACK (show_source), self,
                           G_CONNECT_SWAPPED);

  granary_import_target_set_draft (self->target, draft);
  /* The first tab shows itself when it is added. */
  add_pages (self);
  granary_import_draft_set_source (draft, source);
  show_source (self);
  update_busy (self);
  update_ready (self);
  adw_dialog_set_focus (ADW_DIALOG (self), GTK_WIDGET (self->target));
}

/* Public functions */

/**
 * granary_import_dialog_new:
 * @connection: where to import to
 * @into_model_id: 0 for a new model, or the model that gets a new version
 * @paths: (nullable) (array zero-terminated=1): files and folders to start with
 *
 * Returns: (transfer floating): a dialog to present
 */
GranaryImportDialog *
granary_import_dialog_new (GranaryConnection  *connection,
                           gint64              into_model_id,
                           const char * const *paths)
{
  g_autoptr (GranaryImportDraft) draft = NULL;
  GranaryImportDialog *self;

  g_return_val_if_fail (GRANARY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (into_model_id >= 0, NULL);

  draft = granary_import_draft_new (connection);
  if (into_model_id > 0)
    {
      granary_import_draft_set_target_is_new (draft, FALSE);
      granary_import_draft_set_model_id (draft, into_model_id);
    }

  /* Where files are at home: on this computer, or on the platform. */
  if ((paths == NULL || paths[0] == NULL) &&
      granary_connection_get_kind (connection) != GRANARY_CONNECTION_LOCAL &&
      granary_connection_get_storage (connection) != NULL)
    granary_import_draft_set_source (draft, GRANARY_SOURCE_COS);

  self = g_object_new (GRANARY_TYPE_IMPORT_DIALOG, NULL);
  set_draft (self, draft);
  if (paths != NULL && paths[0] != NULL)
    granary_import_draft_add_paths (draft, paths);

  return self;
}

/**
 * granary_import_dialog_new_for_task:
 * @connection: where to import to
 * @into_model_id: 0 for a new model, or the model that gets a new version
 * @task_uid: id of a training task of @connection
 *
 * Returns: (transfer floating): a dialog to present, on the tab of tasks
 */
GranaryImportDialog *
granary_import_dialog_new_for_task (GranaryConnection *connection,
                                    gint64             into_model_id,
                                    const char        *task_uid)
{
  GranaryImportDialog *self;

  g_return_val_if_fail (task_uid != NULL, NULL);

  self = granary_import_dialog_new (connection, into_model_id, NULL);
  if (self == NULL)
    return NULL;

  granary_import_draft_set_source (self->draft, GRANARY_SOURCE_TASK);
  granary_import_draft_set_task_uid (self->draft, task_uid);

  return self;
}

/**
 * granary_import_dialog_new_for_draft:
 * @draft: what was composed before
 * @error: (nullable): why it was not imported
 *
 * Returns: (transfer floating): a dialog to present
 */
GranaryImportDialog *
granary_import_dialog_new_for_draft (GranaryImportDraft *draft,
                                     const GError       *error)
{
  GranaryImportDialog *self;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (draft), NULL);

  self = g_object_new (GRANARY_TYPE_IMPORT_DIALOG, NULL);
  set_draft (self, draft);
  if (error != NULL)
    show_banner (self, error);

  return self;
}

GranaryImportDraft *
granary_import_dialog_get_draft (GranaryImportDialog *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DIALOG (self), NULL);

  return self->draft;
}
