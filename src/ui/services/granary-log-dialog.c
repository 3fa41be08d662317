/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-log-dialog.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"
#include "granary-log-text.h"
#include "granary-service-text.h"
#include "granary-wording.h"

#define FOLLOW_MS 1000
/* A tail that is longer than this has most likely something before it. */
#define LONG_TAIL (48 * 1024)
/* Characters that are kept on the screen; the log itself is not touched. */
#define SHOWN_MAX (4 * 1024 * 1024)

struct _GranaryLogDialog
{
  AdwDialog            parent_instance;

  GranaryServiceHost  *host;         /* (owned) */
  char                *uid;          /* (owned) */
  char                *name;         /* (owned): of the file it is saved as */
  GranaryLogText      *text;         /* (owned) */
  GCancellable        *cancellable;  /* (owned): of all reading */
  GtkTextTag          *plain;        /* (unowned): of all text */
  GtkTextMark         *end;          /* (unowned): stays behind what is added */
  gint64               next;
  guint                follow_source;
  guint                end_source;   /* scrolls once more */
  gboolean             loaded;
  gboolean             whole;        /* all of it is wanted */
  gboolean             asks_whole;   /* the answer that is awaited is all of it */

  AdwToastOverlay     *toast_overlay;
  AdwWindowTitle      *title;
  GtkSearchBar        *search_bar;
  GtkSearchEntry      *search_entry;
  AdwBanner           *older_banner;
  AdwBanner           *error_banner;
  GtkStack            *stack;
  GtkScrolledWindow   *scroller;
  GtkTextView         *view;
};

G_DEFINE_FINAL_TYPE (GranaryLogDialog, granary_log_dialog, ADW_TYPE_DIALOG)

static void read_on (GranaryLogDialog *self);

/* Showing */

static gboolean
is_at_end (GranaryLogDialog *self)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);

  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment) + 24 >=
         gtk_adjustment_get_upper (adjustment);
}

static gboolean
end_cb (gpointer user_data)
{
  GranaryLogDialog *self = user_data;

  self->end_source = 0;
  gtk_text_view_scroll_to_mark (self->view, self->end, 0, TRUE, 0, 1);

  return G_SOURCE_REMOVE;
}

/* How high the text is, the view only knows once it has laid it out, which it does when idle. */
static void
scroll_to_end (GranaryLogDialog *self)
{
  gtk_text_view_scroll_to_mark (self->view, self->end, 0, TRUE, 0, 1);
  if (self->end_source == 0)
    self->end_source = g_idle_add_full (G_PRIORITY_LOW, end_cb, self, NULL);
}

static void
append (GranaryLogDialog *self,
        const char       *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  g_autofree char *shown = granary_log_text_take (self->text, text);
  GtkTextIter start;
  GtkTextIter end;
  int n_over;

  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert_with_tags (buffer, &end, shown, -1, self->plain, NULL);

  n_over = gtk_text_buffer_get_char_count (buffer) - SHOWN_MAX;
  if (n_over > 0)
    {
      gtk_text_buffer_get_start_iter (buffer, &start);
      gtk_text_buffer_get_iter_at_offset (buffer, &end, n_over);
      gtk_text_iter_forward_line (&end);
      gtk_text_buffer_delete (buffer, &start, &end);
    }
}

static void
take_log (GranaryLogDialog        *self,
          const GranaryServiceLog *log)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  gboolean first = !self->loaded;
  gboolean follow = first || is_at_end (self);

  if (self->asks_whole || log->is_new)
    {
      gtk_text_buffer_set_text (buffer, "", 0);
      granary_log_text_reset (self->text);
      adw_banner_set_revealed (self->older_banner, FALSE);
    }
  self->next = log->next;
  self->loaded = TRUE;
  if (*log->text != '\0')
    append (self, log->text);
  if (first && strlen (log->text) >= LONG_TAIL)
    adw_banner_set_revealed (self->older_banner, TRUE);
  if (self->asks_whole)
    self->whole = FALSE;

  gtk_stack_set_visible_child_name (self->stack,
                                    gtk_text_buffer_get_char_count (buffer) > 0 ? "text" : "empty");
  if (follow && *log->text != '\0')
    scroll_to_end (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.copy",
                                 gtk_text_buffer_get_char_count (buffer) > 0);
}

/* Reading */

static gboolean
follow_cb (gpointer user_data)
{
  GranaryLogDialog *self = user_data;

  self->follow_source = 0;
  read_on (self);

  return G_SOURCE_REMOVE;
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GranaryLogDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryServiceLog) log = NULL;

  log = granary_service_host_log_finish (GRANARY_SERVICE_HOST (source), result, &error);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  if (log != NULL)
    {
      adw_banner_set_revealed (self->error_banner, FALSE);
      take_log (self, log);
    }
  else
    {
      g_autoptr (GranaryWording) wording =
        granary_wording_for_error (error, GRANARY_VERB_READ_LOG, NULL);
      g_autofree char *line = g_strdup_printf ("%s — %s", wording->title, wording->body);

      adw_banner_set_title (self->error_banner, line);
      adw_banner_set_revealed (self->error_banner, TRUE);
    }

  /* All of it was asked for meanwhile. */
  if (log != NULL && self->whole)
    read_on (self);
  /* A service that is gone logs nothing any more; all else may pass. */
  else if (log != NULL || !granary_error_matches_reason (error, GRANARY_REASON_SERVICE_MISSING))
    self->follow_source = g_timeout_add (FOLLOW_MS, follow_cb, self);
}

static void
read_on (GranaryLogDialog *self)
{
  gint64 from = self->loaded ? self->next : GRANARY_SERVICE_LOG_TAIL;

  g_clear_handle_id (&self->follow_source, g_source_remove);
  self->asks_whole = self->whole;
  granary_service_host_log_async (self->host, self->uid,
                                  self->whole ? GRANARY_SERVICE_LOG_BEGIN : from,
                                  self->cancellable, read_cb, g_object_ref (self));
}

static void
older_cb (GranaryLogDialog *self)
{
  self->whole = TRUE;
  /* Otherwise it is read after the answer that is awaited. */
  if (self->follow_source != 0)
    read_on (self);
}

/* Copying and saving */

static void
add_toast (GranaryLogDialog *self,
           const char       *title)
{
  adw_toast_overlay_add_toast (self->toast_overlay,
                               g_object_new (ADW_TYPE_TOAST, "use-markup", FALSE, "title", title,
                                             NULL));
}

static void
copy_cb (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  GranaryLogDialog *self = GRANARY_LOG_DIALOG (widget);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start;
  GtkTextIter end;
  g_autofree char *text = NULL;

  if (!gtk_text_buffer_get_selection_bounds (buffer, &start, &end))
    gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  add_toast (self, _("Log copied"));
}

static void
show_error (GranaryLogDialog *self,
            const GError     *error)
{
  g_autoptr (GranaryWording) wording = NULL;

  if (granary_error_is_cancelled (error) ||
      g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED) ||
      g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
    return;

  wording = granary_wording_for_error (error, GRANARY_VERB_DOWNLOAD, self->name);
  add_toast (self, wording->title);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GranaryLogDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    add_toast (self, _("Log saved"));
  else
    show_error (self, error);
}

/* Where to, and by whom. */
typedef struct
{
  GranaryLogDialog *dialog; /* (owned) */
  GFile            *file;   /* (owned) */
} Saving;

static void
saving_free (Saving *saving)
{
  g_object_unref (saving->dialog);
  g_object_unref (saving->file);
  g_free (saving);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Saving, saving_free)

/* What is saved is what was printed, as it was. */
static void
whole_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (Saving) saving = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryServiceLog) log = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize length;

  log = granary_service_host_log_finish (GRANARY_SERVICE_HOST (source), result, &error);
  if (log == NULL)
    {
      show_error (saving->dialog, error);
      return;
    }

  length = strlen (log->text);
  bytes = g_bytes_new_take (g_steal_pointer (&log->text), length);
  g_file_replace_contents_bytes_async (saving->file, bytes, NULL, FALSE,
                                       G_FILE_CREATE_REPLACE_DESTINATION,
                                       saving->dialog->cancellable, saved_cb,
                                       g_object_ref (saving->dialog));
}

static void
chosen_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GranaryLogDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  GFile *file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, &error);
  Saving *saving;

  if (file == NULL)
    {
      show_error (self, error);
      return;
    }

  saving = g_new0 (Saving, 1);
  saving->dialog = g_object_ref (self);
  saving->file = file;
  granary_service_host_log_async (self->host, self->uid, GRANARY_SERVICE_LOG_BEGIN,
                                  self->cancellable, whole_cb, saving);
}

static void
save_cb (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  GranaryLogDialog *self = GRANARY_LOG_DIALOG (widget);
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *file = g_strdup_printf ("%s.log", self->name);
  GtkRoot *root = gtk_widget_get_root (widget);

  gtk_file_dialog_set_initial_name (dialog, file);
  gtk_file_dialog_save (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->cancellable,
                        chosen_cb, g_object_ref (self));
}

/* Searching */

/* From the cursor; @forward FALSE looks back. */
static void
find (GranaryLogDialog *self,
      gboolean          forward,
      gboolean          from_start)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
  GtkTextIter at;
  GtkTextIter start;
  GtkTextIter end;
  gboolean found = FALSE;

  gtk_widget_remove_css_class (GTK_WIDGET (self->search_entry), "error");
  if (*text == '\0')
    return;

  gtk_text_buffer_get_selection_bounds (buffer, &start, &end);
  at = forward && !from_start ? end : start;
  /* Once around. */
  for (guint round = 0; round < 2 && !found; round++)
    {
      found = forward
              ? gtk_text_iter_forward_search (&at, text, GTK_TEXT_SEARCH_CASE_INSENSITIVE, &start,
                                              &end, NULL)
              : gtk_text_iter_backward_search (&at, text, GTK_TEXT_SEARCH_CASE_INSENSITIVE, &start,
                                               &end, NULL);
      if (!found && forward)
        gtk_text_buffer_get_start_iter (buffer, &at);
      else if (!found)
        gtk_text_buffer_get_end_iter (buffer, &at);
    }

  if (!found)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->search_entry), "error");
      return;
    }

  gtk_text_buffer_select_range (buffer, &start, &end);
  gtk_text_view_scroll_to_mark (self->view, gtk_text_buffer_get_insert (buffer), 0.1, FALSE, 0, 0);
}

static void
search_changed_cb (GranaryLogDialog *self)
{
  find (self, TRUE, TRUE);
}

static void
next_cb (GranaryLogDialog *self)
{
  find (self, TRUE, FALSE);
}

static void
previous_cb (GranaryLogDialog *self)
{
  find (self, FALSE, FALSE);
}

static void
search_stopped_cb (GranaryLogDialog *self)
{
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
}

static void
search_cb (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  GranaryLogDialog *self = GRANARY_LOG_DIALOG (widget);

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

/* GObject */

static void
granary_log_dialog_closed (AdwDialog *dialog)
{
  GranaryLogDialog *self = GRANARY_LOG_DIALOG (dialog);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->end_source, g_source_remove);
  g_clear_handle_id (&self->follow_source, g_source_remove);
}

static void
granary_log_dialog_dispose (GObject *object)
{
  GranaryLogDialog *self = GRANARY_LOG_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->end_source, g_source_remove);
  g_clear_handle_id (&self->follow_source, g_source_remove);
  /* The child is one of the template's; it is to be let go of once only. */
  adw_dialog_set_child (ADW_DIALOG (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_LOG_DIALOG);
  g_clear_object (&self->host);

  G_OBJECT_CLASS (granary_log_dialog_parent_class)->dispose (object);
}

static void
granary_log_dialog_finalize (GObject *object)
{
  GranaryLogDialog *self = GRANARY_LOG_DIALOG (object);

  g_clear_object (&self->cancellable);
  granary_log_text_free (self->text);
  g_free (self->uid);
  g_free (self->name);

  G_OBJECT_CLASS (granary_log_dialog_parent_class)->finalize (object);
}

static void
granary_log_dialog_class_init (GranaryLogDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_log_dialog_dispose;
  object_class->finalize = granary_log_dialog_finalize;
  ADW_DIALOG_CLASS (klass)->closed = granary_log_dialog_closed;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/services/granary-log-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryLogDialog, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, GranaryLogDialog, title);
  gtk_widget_class_bind_template_child (widget_class, GranaryLogDialog, search_bar);
  gtk_widget_class_bind_template_child (widget_class, GranaryLogDialog, search_entry);
  gtk_widget_class_bind_template_child (widget_class, GranaryLogDialog, older_banner);
  gtk_widget_class_bind_template_child (widget_class, GranaryLogDialog, error_banner);
  gtk_widget_class_bind_template_child (widget_class, GranaryLogDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryLogDialog, scroller);
  gtk_widget_class_bind_template_child (widget_class, GranaryLogDialog, view);
  gtk_widget_class_bind_template_callback (widget_class, older_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_bind_template_callback (widget_class, previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_stopped_cb);

  gtk_widget_class_install_action (widget_class, "log.copy", NULL, copy_cb);
  gtk_widget_class_install_action (widget_class, "log.save", NULL, save_cb);
  gtk_widget_class_install_action (widget_class, "log.search", NULL, search_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "log.search",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "log.save", NULL);
}

static void
granary_log_dialog_init (GranaryLogDialog *self)
{
  GtkTextBuffer *buffer;
  GtkTextIter end;

  self->text = granary_log_text_new ();
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  buffer = gtk_text_view_get_buffer (self->view);
  gtk_text_buffer_get_end_iter (buffer, &end);
  self->end = gtk_text_buffer_create_mark (buffer, NULL, &end, FALSE);
  /* What is broken off at the edge has no hyphen of its own. */
  self->plain = gtk_text_buffer_create_tag (buffer, NULL, "insert-hyphens", FALSE, NULL);
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.copy", FALSE);
}

/**
 * granary_log_dialog_new:
 * @host: a host with logs
 * @service: whose log to show
 *
 * Returns: (transfer none): a dialog that reads it from now on, until it is closed
 */
GranaryLogDialog *
granary_log_dialog_new (GranaryServiceHost   *host,
                        const GranaryService *service)
{
  GranaryLogDialog *self;
  g_autofree char *title = NULL;

  g_return_val_if_fail (GRANARY_IS_SERVICE_HOST (host), NULL);
  g_return_val_if_fail (service != NULL && service->uid != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_LOG_DIALOG, NULL);
  self->host = g_object_ref (host);
  self->uid = g_strdup (service->uid);
  title = granary_service_dup_title (service);
  self->name = g_strdelimit (g_strdup (title), "/\\ #", '-');
  adw_window_title_set_subtitle (self->title, title);
  read_on (self);

  return self;
}

/**
 * granary_log_dialog_get_text:
 * @self: a dialog
 *
 * Returns: (transfer none): what it shows
 */
GtkTextBuffer *
granary_log_dialog_get_text (GranaryLogDialog *self)
{
  g_return_val_if_fail (GRANARY_IS_LOG_DIALOG (self), NULL);

  return gtk_text_view_get_buffer (self->view);
}
