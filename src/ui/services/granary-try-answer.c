/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-try-answer.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "granary-call-answer.h"
#include "granary-commands.h"
#include "granary-error.h"
#include "granary-try-media.h"
#include "granary-try-text.h"
#include "granary-wording.h"

/* Larger previews are made smaller: there is no room to see more. */
#define PREVIEW_SIDE 1600

/* Of a preview above a text. */
#define PREVIEW_HEIGHT 200

/* Of lines that differ from the other answer. */
#define MARK "difference"

struct _GranaryTryAnswer
{
  AdwBin               parent_instance;

  GtkLabel            *title;
  GtkLabel            *summary;
  GtkWidget           *save_button;
  GtkStack            *stack;
  AdwStatusPage       *stopped;
  GtkWidget           *start_button;
  AdwStatusPage       *waiting;
  AdwStatusPage       *failure;
  GtkWidget           *message_box;
  GtkLabel            *message;
  AdwClamp            *clamp;
  GtkPicture          *picture;
  GtkWidget           *text_window;
  GtkSourceView       *view;
  GtkSourceBuffer     *buffer;
  GtkLabel            *note;

  GtkTextTag          *mark_tag;    /* (unowned) of the buffer's table */
  GranaryConnection   *connection;  /* (owned) (nullable) until there is a service */
  GranaryService      *service;     /* (owned) (nullable) */
  GranaryWorker       *worker;      /* (owned): reads answers */
  GCancellable        *cancellable; /* (owned) (nullable): of the request under way */
  GranaryServiceReply *reply;       /* (owned) (nullable): what is shown */
  gboolean             is_waiting;
  gboolean             has_text;    /* an answer with a text is shown */
};

enum
{
  PROP_WAITING_TITLE = 1,
  N_PROPS
};

enum
{
  CHANGED,
  MESSAGE,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GranaryTryAnswer, granary_try_answer, ADW_TYPE_BIN)

/* Helpers. */

static gboolean
is_starting (GranaryTryAnswer *self)
{
  return self->service != NULL && self->service->state == GRANARY_SERVICE_STARTING;
}

static void
clear_answer (GranaryTryAnswer *self)
{
  g_clear_pointer (&self->reply, granary_service_reply_free);
  self->has_text = FALSE;
  gtk_text_buffer_set_text (GTK_TEXT_BUFFER (self->buffer), "", -1);
  gtk_picture_set_paintable (self->picture, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->summary), FALSE);
  gtk_widget_set_sensitive (self->save_button, FALSE);
}

/* Why nothing can be sent. */
static void
show_stopped (GranaryTryAnswer *self)
{
  g_autofree char *failure = granary_wording_service_failure (self->service);
  g_autofree char *description = NULL;
  const char *title = _("The Service Does Not Run");
  gboolean can_start = !self->service->is_version_gone &&
                       self->service->state != GRANARY_SERVICE_STOPPING;

  if (self->service->state == GRANARY_SERVICE_FAILED)
    title = _("The Service Failed");
  else if (self->service->state == GRANARY_SERVICE_STOPPING)
    title = _("The Service Is Stopping");
  if (failure != NULL)
    description = g_markup_escape_text (failure, -1);
  else if (self->service->is_version_gone)
    description = g_strdup (_("Its version was deleted, so it cannot be started again."));

  adw_status_page_set_title (self->stopped, title);
  adw_status_page_set_description (self->stopped, description);
  gtk_widget_set_visible (self->start_button, can_start);
  gtk_stack_set_visible_child_name (self->stack, "stopped");
}

/* The page for what the service does. An answer stays while the service runs. */
static void
update_page (GranaryTryAnswer *self)
{
  const char *page = gtk_stack_get_visible_child_name (self->stack);

  if (self->is_waiting || is_starting (self))
    gtk_stack_set_visible_child_name (self->stack, "waiting");
  else if (!granary_try_answer_is_running (self))
    show_stopped (self);
  else if (self->reply != NULL)
    gtk_stack_set_visible_child_name (self->stack, "answer");
  else if (!g_str_equal (page, "failure"))
    gtk_stack_set_visible_child_name (self->stack, "empty");
}

static void
changed (GranaryTryAnswer *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAITING_TITLE]);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
stop_waiting (GranaryTryAnswer *self)
{
  self->is_waiting = FALSE;
  g_clear_object (&self->cancellable);
}

static void
show_error (GranaryTryAnswer *self,
            const GError     *error)
{
  g_autoptr (GranaryWording) wording = NULL;
  g_autofree char *body = NULL;

  wording = granary_wording_for_error (error, GRANARY_VERB_CALL_SERVICE, self->service->name);
  body = g_markup_escape_text (wording->body, -1);
  adw_status_page_set_title (self->failure, wording->title);
  adw_status_page_set_description (self->failure, body);
  gtk_stack_set_visible_child_name (self->stack, "failure");
  gtk_accessible_announce (GTK_ACCESSIBLE (self), wording->title,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
show_summary (GranaryTryAnswer *self)
{
  g_autofree char *latency = granary_try_latency (self->reply->latency);
  g_autofree char *size = granary_wording_size ((gint64) g_bytes_get_size (self->reply->body));
  g_autofree char *summary = NULL;
  gboolean is_good = self->reply->status >= 200 && self->reply->status < 300;

  /* Translators: HTTP status of an answer, how long it took, its size. */
  summary = g_strdup_printf (_("Status %1$u · %2$s · %3$s"), self->reply->status, latency, size);
  gtk_label_set_label (self->summary, summary);
  gtk_widget_set_visible (GTK_WIDGET (self->summary), TRUE);
  gtk_widget_remove_css_class (GTK_WIDGET (self->summary), is_good ? "error" : "success");
  gtk_widget_add_css_class (GTK_WIDGET (self->summary), is_good ? "success" : "error");
  gtk_accessible_announce (GTK_ACCESSIBLE (self), summary,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

/* A finished answer with its preview. */
typedef struct
{
  GranaryTryAnswer    *self;   /* (owned) */
  GranaryServiceReply *reply;  /* (owned) */
  GranaryCallAnswer   *answer; /* (owned) (nullable) until it is read */
  GCancellable        *cancellable; /* (owned): the request's */
} Reading;

static void
reading_free (Reading *reading)
{
  g_object_unref (reading->self);
  g_clear_pointer (&reading->reply, granary_service_reply_free);
  g_clear_pointer (&reading->answer, granary_call_answer_free);
  g_object_unref (reading->cancellable);
  g_free (reading);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

static void
show_answer (GranaryTryAnswer        *self,
             const GranaryCallAnswer *answer,
             GdkTexture              *texture)
{
  g_autoptr (GString) note = g_string_new (NULL);
  g_autoptr (GString) message = g_string_new (granary_try_status (self->reply->status));
  gboolean is_text = answer->text != NULL && *answer->text != '\0';

  if (answer->message != NULL)
    g_string_append_printf (message, "%s%s", message->len > 0 ? "\n" : "", answer->message);
  gtk_label_set_label (self->message, message->str);
  gtk_widget_set_visible (self->message_box, message->len > 0);

  if (g_bytes_get_size (self->reply->body) == 0)
    g_string_append (note, _("The answer is empty."));
  else if (answer->text == NULL && texture == NULL)
    g_string_append (note, _("The answer is not text. Save it to look at it."));
  else if (self->reply->is_cut)
    g_string_append (note, _("The answer is larger than what is read of one: its end is missing."));
  else if (answer->is_shortened)
    g_string_append (note, _("Shortened here. Save it to see all of it."));
  else if (answer->image != NULL && texture == NULL)
    g_string_append (note, _("The image in the answer cannot be shown."));
  gtk_label_set_label (self->note, note->str);
  gtk_widget_set_visible (GTK_WIDGET (self->note), note->len > 0);

  self->has_text = is_text;
  gtk_text_buffer_set_text (GTK_TEXT_BUFFER (self->buffer), is_text ? answer->text : "", -1);
  gtk_source_buffer_set_highlight_syntax (self->buffer, answer->is_json);
  gtk_widget_set_visible (self->text_window, is_text);
  gtk_picture_set_paintable (self->picture, texture != NULL ? GDK_PAINTABLE (texture) : NULL);
  adw_clamp_set_maximum_size (self->clamp, is_text ? PREVIEW_HEIGHT : PREVIEW_SIDE);
  gtk_widget_set_visible (GTK_WIDGET (self->clamp), texture != NULL);
  gtk_widget_set_vexpand (GTK_WIDGET (self->clamp), !is_text);
  gtk_stack_set_visible_child_name (self->stack, "answer");
}

/* Shows what came of @reading, unless it was called off meanwhile. */
static void
end_reading (Reading    *reading,
             GdkTexture *texture)
{
  GranaryTryAnswer *self = reading->self;

  if (self->cancellable != reading->cancellable)
    return;

  stop_waiting (self);
  self->reply = g_steal_pointer (&reading->reply);
  gtk_widget_set_sensitive (self->save_button, g_bytes_get_size (self->reply->body) > 0);
  show_summary (self);
  show_answer (self, reading->answer, texture);
  changed (self);
}

static void
decoded_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Reading) reading = user_data;
  g_autoptr (GdkTexture) texture = granary_try_decode_finish (result, NULL);

  end_reading (reading, texture);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Reading) reading = user_data;
  GranaryWorker *worker;
  GCancellable *cancellable;
  GBytes *image;

  reading->answer = g_task_propagate_pointer (G_TASK (result), NULL);
  if (reading->answer == NULL || reading->self->cancellable != reading->cancellable)
    return;

  image = reading->answer->image;
  if (image == NULL)
    {
      end_reading (reading, NULL);
      return;
    }

  worker = reading->self->worker;
  cancellable = reading->cancellable;
  granary_try_decode_async (worker, image, PREVIEW_SIDE, cancellable, decoded_cb,
                            g_steal_pointer (&reading));
}

static void
read_in_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  g_task_return_pointer (task, granary_call_answer_new (task_data),
                         (GDestroyNotify) granary_call_answer_free);
}

static void
called_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Reading) reading = user_data;
  GranaryTryAnswer *self = reading->self;
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;

  reading->reply = granary_service_host_call_finish (GRANARY_SERVICE_HOST (source), result, &error);
  if (self->cancellable != reading->cancellable)
    return;

  if (reading->reply == NULL)
    {
      stop_waiting (self);
      if (granary_error_is_cancelled (error))
        update_page (self);
      else
        show_error (self, error);
      changed (self);
      return;
    }

  task = g_task_new (NULL, reading->cancellable, read_cb, reading);
  g_task_set_source_tag (task, called_cb);
  g_task_set_task_data (task, g_bytes_ref (reading->reply->body), (GDestroyNotify) g_bytes_unref);
  granary_worker_run (self->worker, task, read_in_thread);
  g_steal_pointer (&reading);
}

/* Saving. */

static const char *
find_extension (GranaryTryAnswer *self)
{
  gsize length;
  const char *data = g_bytes_get_data (self->reply->body, &length);
  const char *type = granary_call_image_type (data, length);

  if (type != NULL)
    return strchr (type, '/') + 1;
  if (length > 0 && (*data == '{' || *data == '['))
    return "json";

  return self->has_text ? "txt" : "bin";
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GranaryTryAnswer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    words = g_strdup (_("Answer saved"));
  else
    /* Translators: what the system says. */
    words = g_strdup_printf (_("The answer could not be saved: %s"), error->message);
  g_signal_emit (self, signals[MESSAGE], 0, words);
}

typedef struct
{
  GranaryTryAnswer *self; /* (owned) */
  GBytes           *body; /* (owned) */
} Saving;

static void
place_chosen_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  Saving *saving = user_data;
  g_autoptr (GranaryTryAnswer) self = g_steal_pointer (&saving->self);
  g_autoptr (GBytes) body = g_steal_pointer (&saving->body);
  g_autoptr (GFile) file = NULL;

  g_free (saving);
  file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);
  if (file != NULL)
    g_file_replace_contents_bytes_async (file, body, NULL, FALSE, G_FILE_CREATE_NONE, NULL,
                                         written_cb, g_object_ref (self));
}

/* Signal callbacks. */

static void
save_cb (GranaryTryAnswer *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *name = NULL;
  Saving *saving;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->reply == NULL)
    return;

  name = g_strdup_printf ("answer.%s", find_extension (self));
  saving = g_new0 (Saving, 1);
  saving->self = g_object_ref (self);
  saving->body = g_bytes_ref (self->reply->body);
  gtk_file_dialog_set_title (dialog, _("Save Answer"));
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL,
                        place_chosen_cb, saving);
}

static void
start_cb (GranaryTryAnswer *self)
{
  granary_command_act (GTK_WIDGET (self), self->connection, self->service, GRANARY_SERVICE_START);
}

/* GObject. */

static void
granary_try_answer_dispose (GObject *object)
{
  GranaryTryAnswer *self = GRANARY_TRY_ANSWER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->connection);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TRY_ANSWER);

  G_OBJECT_CLASS (granary_try_answer_parent_class)->dispose (object);
}

static void
granary_try_answer_finalize (GObject *object)
{
  GranaryTryAnswer *self = GRANARY_TRY_ANSWER (object);

  g_clear_pointer (&self->service, granary_service_unref);
  g_clear_pointer (&self->reply, granary_service_reply_free);
  g_clear_object (&self->worker);

  G_OBJECT_CLASS (granary_try_answer_parent_class)->finalize (object);
}

static void
granary_try_answer_get_property (GObject    *object,
                                 guint       property_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  GranaryTryAnswer *self = GRANARY_TRY_ANSWER (object);

  switch (property_id)
    {
    case PROP_WAITING_TITLE:
      g_value_set_string (value, self->is_waiting ? _("Waiting for the Answer")
                                                  : _("The Service Is Starting"));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
granary_try_answer_class_init (GranaryTryAnswerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_try_answer_dispose;
  object_class->finalize = granary_try_answer_finalize;
  object_class->get_property = granary_try_answer_get_property;

  properties[PROP_WAITING_TITLE] =
    g_param_spec_string ("waiting-title", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[MESSAGE] = g_signal_new ("message", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  g_type_ensure (GTK_SOURCE_TYPE_BUFFER);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/services/granary-try-answer.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, title);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, summary);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, save_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, stopped);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, start_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, waiting);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, failure);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, message_box);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, message);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, clamp);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, picture);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, text_window);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, view);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, buffer);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryAnswer, note);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, start_cb);
}

static void
granary_try_answer_init (GranaryTryAnswer *self)
{
  g_autoptr (GtkSourceMarkAttributes) attributes = gtk_source_mark_attributes_new ();
  g_autoptr (GdkPaintable) spinner = NULL;

  self->worker = granary_worker_new ("try-answer", 1);
  gtk_widget_init_template (GTK_WIDGET (self));

  spinner = GDK_PAINTABLE (adw_spinner_paintable_new (GTK_WIDGET (self->waiting)));
  adw_status_page_set_paintable (self->waiting, spinner);

  granary_try_set_up_buffer (self->buffer);
  gtk_source_mark_attributes_set_icon_name (attributes, "media-record-symbolic");
  gtk_source_view_set_mark_attributes (self->view, MARK, attributes, 0);
  self->mark_tag = gtk_text_buffer_create_tag (GTK_TEXT_BUFFER (self->buffer), NULL, NULL);
}

void
granary_try_answer_set_service (GranaryTryAnswer     *self,
                                GranaryConnection    *connection,
                                const GranaryService *service)
{
  g_autofree char *title = NULL;
  gboolean is_other;

  g_return_if_fail (GRANARY_IS_TRY_ANSWER (self));
  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (service != NULL);

  is_other = self->service == NULL || !g_str_equal (self->service->uid, service->uid);
  if (is_other)
    {
      granary_try_answer_cancel (self);
      clear_answer (self);
      gtk_stack_set_visible_child_name (self->stack, "empty");
    }

  g_set_object (&self->connection, connection);
  g_clear_pointer (&self->service, granary_service_unref);
  self->service = granary_service_ref ((GranaryService *) service);
  title = granary_try_service_name (service);
  gtk_label_set_label (self->title, title);
  update_page (self);
  changed (self);
}

GranaryService *
granary_try_answer_get_service (GranaryTryAnswer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRY_ANSWER (self), NULL);

  return self->service;
}

gboolean
granary_try_answer_is_running (GranaryTryAnswer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRY_ANSWER (self), FALSE);

  /* What is not known may run: the answer will tell. */
  return self->service != NULL && (self->service->state == GRANARY_SERVICE_RUNNING ||
                                   self->service->state == GRANARY_SERVICE_UNKNOWN);
}

/**
 * granary_try_answer_send:
 * @self: the view, with a service that runs
 * @body: the request
 *
 * Sends a request and shows the answer in place of the former one.
 */
void
granary_try_answer_send (GranaryTryAnswer *self,
                         GBytes           *body)
{
  Reading *reading;

  g_return_if_fail (GRANARY_IS_TRY_ANSWER (self));
  g_return_if_fail (body != NULL);
  g_return_if_fail (self->service != NULL);

  granary_try_answer_cancel (self);
  clear_answer (self);
  self->is_waiting = TRUE;
  self->cancellable = g_cancellable_new ();
  reading = g_new0 (Reading, 1);
  reading->self = g_object_ref (self);
  reading->cancellable = g_object_ref (self->cancellable);
  update_page (self);
  changed (self);
  granary_service_host_call_async (granary_connection_get_service_host (self->connection),
                                   self->service->uid, body, self->cancellable, called_cb,
                                   reading);
}

void
granary_try_answer_cancel (GranaryTryAnswer *self)
{
  g_autoptr (GCancellable) cancellable = NULL;

  g_return_if_fail (GRANARY_IS_TRY_ANSWER (self));

  if (!self->is_waiting)
    return;

  cancellable = g_steal_pointer (&self->cancellable);
  stop_waiting (self);
  gtk_stack_set_visible_child_name (self->stack, "empty");
  update_page (self);
  g_cancellable_cancel (cancellable);
  changed (self);
}

gboolean
granary_try_answer_is_waiting (GranaryTryAnswer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRY_ANSWER (self), FALSE);

  return self->is_waiting;
}

char *
granary_try_answer_dup_text (GranaryTryAnswer *self)
{
  g_return_val_if_fail (GRANARY_IS_TRY_ANSWER (self), NULL);

  return self->has_text ? granary_try_dup_text (self->buffer) : NULL;
}

void
granary_try_answer_mark (GranaryTryAnswer *self,
                         GArray           *lines)
{
  g_autoptr (GdkRGBA) colour = NULL;
  GtkTextBuffer *buffer;
  GtkTextIter start, end;

  g_return_if_fail (GRANARY_IS_TRY_ANSWER (self));

  colour = adw_style_manager_get_accent_color_rgba (adw_style_manager_get_default ());
  colour->alpha = 0.2f;
  g_object_set (self->mark_tag, "paragraph-background-rgba", colour, NULL);

  buffer = GTK_TEXT_BUFFER (self->buffer);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_remove_tag (buffer, self->mark_tag, &start, &end);
  gtk_source_buffer_remove_source_marks (self->buffer, &start, &end, MARK);
  gtk_source_view_set_show_line_marks (self->view, lines != NULL);

  for (guint i = 0; lines != NULL && i < lines->len; i++)
    {
      int line = (int) g_array_index (lines, guint, i);

      if (!gtk_text_buffer_get_iter_at_line (buffer, &start, line))
        continue;
      gtk_source_buffer_create_source_mark (self->buffer, NULL, MARK, &start);
      end = start;
      gtk_text_iter_forward_line (&end);
      gtk_text_buffer_apply_tag (buffer, self->mark_tag, &start, &end);
    }
}
