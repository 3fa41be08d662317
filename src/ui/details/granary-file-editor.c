/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-file-editor.h"

#include <glib/gi18n-lib.h>
#include <gtksourceview/gtksource.h>

#include "granary-command-private.h"
#include "granary-file-check.h"
#include "granary-file-content.h"
#include "granary-file-staging.h"
#include "granary-wording.h"
#include "granary-worker.h"

/* These files are written by hand; what is larger is something else. */
#define MAX_SIZE (1024 * 1024)

#define CHECK_DELAY_MS 150

struct _GranaryFileEditor
{
  AdwDialog          parent_instance;

  AdwWindowTitle    *title;
  GtkStack          *stack;
  AdwStatusPage     *failure;
  GtkSourceView     *view;
  GtkSourceBuffer   *buffer;
  GtkRevealer       *revealer;
  GtkLabel          *problem;

  GtkTextTag        *problem_tag; /* (unowned) of the buffer's table */
  GranaryConnection *connection;  /* (owned) (nullable) once disposed */
  GranaryVersion    *version;     /* (owned): as it was opened */
  char              *path;        /* (owned) */
  char              *object;      /* (owned): the file and its version, for people */
  char              *stamp;       /* (owned) (nullable) until loaded: of what was opened */
  GCancellable      *cancellable; /* (owned): of everything but the upload */
  GranaryWorker     *worker;      /* (owned) */
  GranaryTransfer   *transfer;    /* (owned) (nullable) while saving */
  guint              check_source;
  int                problem_line; /* from 1; 0 while there is no problem */
  gboolean           loaded;
  gboolean           saving;
};

G_DEFINE_FINAL_TYPE (GranaryFileEditor, granary_file_editor, ADW_TYPE_DIALOG)

/* Helpers. */

static char *
dup_text (GranaryFileEditor *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (self->buffer), &start, &end);

  return gtk_text_buffer_get_text (GTK_TEXT_BUFFER (self->buffer), &start, &end, TRUE);
}

static void
update_state (GranaryFileEditor *self)
{
  gboolean modified = granary_file_editor_is_modified (self);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "editor.save", modified && !self->saving);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->view), self->loaded && !self->saving);
  adw_dialog_set_can_close (ADW_DIALOG (self), !modified && !self->saving);
}

static void
show_error (GranaryFileEditor *self,
            const GError      *error,
            GranaryVerb        verb)
{
  granary_command_show_error (granary_command_find_parent (GTK_WIDGET (self)), error, verb,
                              self->object);
}

static void
check (GranaryFileEditor *self)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  g_autofree char *text = dup_text (self);
  g_autoptr (GError) error = NULL;
  GtkTextIter start, end;
  gboolean good;
  int line = 0;

  good = g_str_has_suffix (self->path, GRANARY_SERVICE_FILE)
    ? granary_check_service_text (text, -1, &line, &error)
    : granary_check_config_text (text, -1, &line, &error);

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_remove_tag (buffer, self->problem_tag, &start, &end);
  self->problem_line = good ? 0 : MAX (1, line);

  if (!good)
    {
      g_autofree char *reason = granary_wording_for_problem (error);
      g_autofree char *shown = NULL;

      if (line > 0)
        /* Translators: a line number and what is wrong there. */
        shown = g_strdup_printf (_("Line %1$d: %2$s"), line, reason);
      gtk_label_set_label (self->problem, shown != NULL ? shown : reason);

      gtk_text_buffer_get_iter_at_line (buffer, &start, self->problem_line - 1);
      end = start;
      if (!gtk_text_iter_ends_line (&end))
        gtk_text_iter_forward_to_line_end (&end);
      gtk_text_buffer_apply_tag (buffer, self->problem_tag, &start, &end);
    }

  gtk_revealer_set_reveal_child (self->revealer, !good);
}

static gboolean
check_cb (gpointer data)
{
  GranaryFileEditor *self = data;

  self->check_source = 0;
  check (self);

  return G_SOURCE_REMOVE;
}

static void
update_scheme (GranaryFileEditor *self)
{
  AdwStyleManager *style =
    adw_style_manager_get_for_display (gtk_widget_get_display (GTK_WIDGET (self)));
  const char *name = adw_style_manager_get_dark (style) ? "Adwaita-dark" : "Adwaita";
  GtkSourceStyleScheme *scheme;

  scheme = gtk_source_style_scheme_manager_get_scheme (
    gtk_source_style_scheme_manager_get_default (), name);
  if (scheme != NULL)
    gtk_source_buffer_set_style_scheme (self->buffer, scheme);
}

static void
update_language (GranaryFileEditor *self)
{
  GtkSourceLanguage *language;

  language = gtk_source_language_manager_get_language (
    gtk_source_language_manager_get_default (),
    g_str_has_suffix (self->path, ".py") ? "python3" : "json");
  if (language != NULL)
    gtk_source_buffer_set_language (self->buffer, language);
}

static void
fail_to_load (GranaryFileEditor *self,
              const GError      *error)
{
  g_autoptr (GranaryWording) wording = NULL;
  g_autofree char *body = NULL;

  if (granary_error_is_cancelled (error) || self->connection == NULL)
    return;

  wording = granary_wording_for_error (error, GRANARY_VERB_OPEN, self->object);
  body = g_markup_escape_text (wording->body, -1);
  adw_status_page_set_title (self->failure, wording->title);
  adw_status_page_set_description (self->failure, body);
  gtk_stack_set_visible_child_name (self->stack, "failure");
}

/* Loading. */

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranaryFileEditor) self = user_data;
  g_autoptr (GranaryFileContent) content = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  const char *data;
  gsize length;

  content = granary_file_content_load_finish (result, &error);
  if (content == NULL)
    {
      fail_to_load (self, error);
      return;
    }
  if (self->connection == NULL)
    return;

  data = g_bytes_get_data (content->bytes, &length);
  if (length > 0 && !g_utf8_validate (data, (gssize) length, NULL))
    {
      granary_set_error (&error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_FORMAT_UNREADABLE,
                         self->object, "not a text");
      fail_to_load (self, error);
      return;
    }

  text = length > 0 ? g_strndup (data, length) : g_strdup ("");
  g_set_str (&self->stamp, content->stamp);
  granary_file_editor_set_text (self, text);
  gtk_text_buffer_set_modified (GTK_TEXT_BUFFER (self->buffer), FALSE);
  self->loaded = TRUE;
  gtk_stack_set_visible_child_name (self->stack, "text");
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  update_state (self);
}

static void
load (GranaryFileEditor *self)
{
  granary_file_content_load_async (self->connection, self->version, self->path, MAX_SIZE,
                                   self->cancellable, loaded_cb, g_object_ref (self));
}

/* Saving: see whether the file is still the one that was opened, write the text to a temporary
 * file, upload that. */

typedef struct
{
  char *target;
  char *text;
} Draft;

static void
draft_free (gpointer data)
{
  Draft *draft = data;

  g_free (draft->target);
  g_free (draft->text);
  g_free (draft);
}

static void
end_saving (GranaryFileEditor *self)
{
  self->saving = FALSE;
  g_clear_object (&self->transfer);
  update_state (self);
}

/* Removing the temporary file blocks, so it is done where it was written. */
static void
drop_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  granary_file_staging_free (task_data);
  g_task_return_boolean (task, TRUE);
}

typedef struct
{
  GranaryFileEditor  *self;    /* (owned) */
  GranaryFileStaging *staging; /* (owned) */
} Saving;

static void
uploaded_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Saving *saving = user_data;
  g_autoptr (GranaryFileEditor) self = g_steal_pointer (&saving->self);
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;

  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_source_tag (task, uploaded_cb);
  g_task_set_task_data (task, g_steal_pointer (&saving->staging), NULL);
  granary_worker_run (self->worker, task, drop_in_thread);
  g_free (saving);

  version = granary_repository_upload_finish (GRANARY_REPOSITORY (source), result, &error);
  if (version != NULL)
    {
      g_autofree char *title = g_strdup_printf (_("“%s” saved"), self->object);

      gtk_text_buffer_set_modified (GTK_TEXT_BUFFER (self->buffer), FALSE);
      end_saving (self);
      granary_command_add_toast (granary_command_find_parent (GTK_WIDGET (self)), title, NULL);
      adw_dialog_force_close (ADW_DIALOG (self));
      return;
    }

  end_saving (self);
  show_error (self, error, GRANARY_VERB_UPLOAD);
}

static void
staged_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GranaryFileEditor *self = GRANARY_FILE_EDITOR (source);
  g_autoptr (GranaryUploadRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  GranaryFileStaging *staging;
  Saving *saving;

  staging = g_task_propagate_pointer (G_TASK (result), &error);
  if (staging == NULL)
    {
      end_saving (self);
      show_error (self, error, GRANARY_VERB_UPLOAD);
      return;
    }

  saving = g_new0 (Saving, 1);
  saving->self = g_object_ref (self);
  saving->staging = staging;
  self->transfer = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, self->object);
  granary_command_show_if_slow (granary_command_find_parent (GTK_WIDGET (self)), self->transfer);
  request = granary_upload_request_new (self->version->id, staging->files, TRUE);
  granary_repository_upload_async (granary_connection_get_repository (self->connection), request,
                                   self->transfer, uploaded_cb, saving);
}

static void
stage_in_thread (GTask        *task,
                 gpointer      source_object,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  Draft *draft = task_data;
  GError *error = NULL;
  GranaryFileStaging *staging;

  staging = granary_file_staging_new (draft->target, draft->text, cancellable, &error);
  if (staging == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, staging, (GDestroyNotify) granary_file_staging_free);
}

static void
stage (GranaryFileEditor *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, staged_cb, NULL);
  Draft *draft = g_new0 (Draft, 1);

  draft->target = g_strdup (self->path);
  draft->text = dup_text (self);
  g_task_set_source_tag (task, stage);
  g_task_set_task_data (task, draft, draft_free);
  granary_worker_run (self->worker, task, stage_in_thread);
}

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GranaryFileEditor) self = user_data;
  const char *response = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);

  if (g_strcmp0 (response, "save") == 0)
    stage (self);
  else
    end_saving (self);
}

static void
ask (GranaryFileEditor *self,
     const char        *heading,
     const char        *body,
     const char        *label)
{
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (heading, body));

  adw_alert_dialog_add_responses (dialog, "cancel", _("_Cancel"), "save", label, NULL);
  adw_alert_dialog_set_response_appearance (dialog, "save", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (dialog, "cancel");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  adw_alert_dialog_choose (dialog, GTK_WIDGET (self), NULL, asked_cb, g_object_ref (self));
}

static void
compared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GranaryFileEditor) self = user_data;
  g_autofree char *stamp = NULL;
  g_autoptr (GError) error = NULL;

  if (!granary_file_content_stamp_finish (result, &stamp, &error))
    {
      end_saving (self);
      show_error (self, error, GRANARY_VERB_UPLOAD);
      return;
    }

  if (g_strcmp0 (stamp, self->stamp) != 0)
    ask (self, _("Replace the Newer File?"),
         _("The file was changed or removed after it was opened here."), _("_Replace"));
  else if (self->problem_line > 0)
    ask (self, _("Save with a Problem?"), gtk_label_get_label (self->problem),
         _("_Save Anyway"));
  else
    stage (self);
}

/* Signal callbacks. */

static void
changed_cb (GranaryFileEditor *self)
{
  if (self->connection == NULL)
    return;

  if (self->check_source == 0)
    self->check_source = g_timeout_add (CHECK_DELAY_MS, check_cb, self);
  update_state (self);
}

static void
save_action_cb (GtkWidget  *widget,
                const char *action,
                GVariant   *parameter)
{
  granary_file_editor_save (GRANARY_FILE_EDITOR (widget));
}

static void
problem_clicked_cb (GranaryFileEditor *self)
{
  GtkTextIter place;

  gtk_text_buffer_get_iter_at_line (GTK_TEXT_BUFFER (self->buffer), &place,
                                    MAX (0, self->problem_line - 1));
  gtk_text_buffer_place_cursor (GTK_TEXT_BUFFER (self->buffer), &place);
  gtk_text_view_scroll_to_iter (GTK_TEXT_VIEW (self->view), &place, 0.1, FALSE, 0, 0);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
close_answered_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GranaryFileEditor) self = user_data;
  const char *response = adw_alert_dialog_choose_finish (ADW_ALERT_DIALOG (source), result);

  if (g_strcmp0 (response, "discard") == 0)
    adw_dialog_force_close (ADW_DIALOG (self));
  else if (g_strcmp0 (response, "save") == 0)
    granary_file_editor_save (self);
}

static void
close_attempt_cb (GranaryFileEditor *self)
{
  AdwAlertDialog *dialog;

  if (self->saving)
    return;

  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (_("Save Changes?"),
                                                   _("Changes that are not saved are lost.")));
  adw_alert_dialog_add_responses (dialog, "cancel", _("_Cancel"), "discard", _("_Discard"), "save",
                                  _("_Save"), NULL);
  adw_alert_dialog_set_response_appearance (dialog, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_response_appearance (dialog, "save", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (dialog, "save");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  adw_alert_dialog_choose (dialog, GTK_WIDGET (self), NULL, close_answered_cb,
                           g_object_ref (self));
}

/* GObject. */

static void
granary_file_editor_dispose (GObject *object)
{
  GranaryFileEditor *self = GRANARY_FILE_EDITOR (object);

  g_clear_handle_id (&self->check_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->connection);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_FILE_EDITOR);

  G_OBJECT_CLASS (granary_file_editor_parent_class)->dispose (object);
}

static void
granary_file_editor_finalize (GObject *object)
{
  GranaryFileEditor *self = GRANARY_FILE_EDITOR (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->worker);
  g_clear_object (&self->transfer);
  g_clear_pointer (&self->version, granary_version_unref);
  g_free (self->path);
  g_free (self->object);
  g_free (self->stamp);

  G_OBJECT_CLASS (granary_file_editor_parent_class)->finalize (object);
}

static void
granary_file_editor_class_init (GranaryFileEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_file_editor_dispose;
  object_class->finalize = granary_file_editor_finalize;

  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  g_type_ensure (GTK_SOURCE_TYPE_BUFFER);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/details/granary-file-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryFileEditor, title);
  gtk_widget_class_bind_template_child (widget_class, GranaryFileEditor, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryFileEditor, failure);
  gtk_widget_class_bind_template_child (widget_class, GranaryFileEditor, view);
  gtk_widget_class_bind_template_child (widget_class, GranaryFileEditor, buffer);
  gtk_widget_class_bind_template_child (widget_class, GranaryFileEditor, revealer);
  gtk_widget_class_bind_template_child (widget_class, GranaryFileEditor, problem);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, problem_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, close_attempt_cb);
  gtk_widget_class_install_action (widget_class, "editor.save", NULL, save_action_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "editor.save",
                                       NULL);
}

static void
granary_file_editor_init (GranaryFileEditor *self)
{
  self->cancellable = g_cancellable_new ();
  self->worker = granary_worker_new ("file-editor", 1);
  gtk_widget_init_template (GTK_WIDGET (self));

  self->problem_tag = gtk_text_buffer_create_tag (GTK_TEXT_BUFFER (self->buffer), NULL,
                                                  "underline", PANGO_UNDERLINE_ERROR, NULL);
  g_signal_connect_object (
    adw_style_manager_get_for_display (gtk_widget_get_display (GTK_WIDGET (self))), "notify::dark",
    G_CALLBACK (update_scheme), self, G_CONNECT_SWAPPED);
  update_scheme (self);
}

/**
 * granary_file_editor_new:
 * @connection: where the version is
 * @version: the version, with its files
 * @path: which of its files
 *
 * Returns: (transfer floating): the dialog; it reads the file in the background
 */
GranaryFileEditor *
granary_file_editor_new (GranaryConnection *connection,
                         GranaryVersion    *version,
                         const char        *path)
{
  GranaryFileEditor *self;
  g_autofree char *name = NULL;
  g_autofree char *shown = NULL;

  g_return_val_if_fail (GRANARY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (version != NULL, NULL);
  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_FILE_EDITOR, NULL);
  self->connection = g_object_ref (connection);
  self->version = granary_version_ref (version);
  self->path = g_strdup (path);

  name = granary_wording_version (version->model_name, version->number);
  shown = granary_display_path (path);
  self->object = g_strdup_printf ("%s/%s", name, shown);
  adw_dialog_set_title (ADW_DIALOG (self), shown);
  adw_window_title_set_title (self->title, shown);
  adw_window_title_set_subtitle (self->title, name);

  update_language (self);
  update_state (self);
  load (self);

  return self;
}

gboolean
granary_file_editor_is_loaded (GranaryFileEditor *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_EDITOR (self), FALSE);

  return self->loaded;
}

gboolean
granary_file_editor_is_modified (GranaryFileEditor *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_EDITOR (self), FALSE);

  return self->loaded && gtk_text_buffer_get_modified (GTK_TEXT_BUFFER (self->buffer));
}

/* Puts another text in, as if it had been typed, and checks it at once. */
void
granary_file_editor_set_text (GranaryFileEditor *self,
                              const char        *text)
{
  GtkTextIter start;

  g_return_if_fail (GRANARY_IS_FILE_EDITOR (self));
  g_return_if_fail (text != NULL);

  gtk_text_buffer_set_text (GTK_TEXT_BUFFER (self->buffer), text, -1);
  gtk_text_buffer_get_start_iter (GTK_TEXT_BUFFER (self->buffer), &start);
  gtk_text_buffer_place_cursor (GTK_TEXT_BUFFER (self->buffer), &start);
  g_clear_handle_id (&self->check_source, g_source_remove);
  check (self);
}

/* Line of the problem shown, from 1; 0 when the text is good. */
int
granary_file_editor_get_problem_line (GranaryFileEditor *self)
{
  g_return_val_if_fail (GRANARY_IS_FILE_EDITOR (self), 0);

  return self->problem_line;
}

/**
 * granary_file_editor_save:
 * @self: the editor
 *
 * Uploads the text in place of the file, and closes. Asks first when the file was changed
 * meanwhile, or when the text has a problem.
 */
void
granary_file_editor_save (GranaryFileEditor *self)
{
  g_return_if_fail (GRANARY_IS_FILE_EDITOR (self));

  if (self->saving || !granary_file_editor_is_modified (self))
    return;

  g_clear_handle_id (&self->check_source, g_source_remove);
  check (self);
  self->saving = TRUE;
  update_state (self);
  granary_file_content_stamp_async (self->connection, self->version, self->path,
                                    self->cancellable, compared_cb, g_object_ref (self));
}
