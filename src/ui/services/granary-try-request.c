/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-try-request.h"

#include <glib/gi18n-lib.h>

#include "granary-chooser.h"
#include "granary-error.h"
#include "granary-try-media.h"
#include "granary-try-text.h"
#include "granary-wording.h"

/* Two for each pixel of the thumbnail. */
#define THUMBNAIL_SIDE 128

struct _GranaryTryRequest
{
  AdwBin            parent_instance;

  GtkSourceView    *view;
  GtkSourceBuffer  *buffer;
  GtkRevealer      *image_revealer;
  GtkImage         *thumbnail;
  GtkLabel         *image_label;
  GtkRevealer      *problem_revealer;
  GtkLabel         *problem;
  GtkLabel         *note;

  GtkTextTag       *problem_tag; /* (unowned) of the buffer's table */
  GranaryCallDraft *draft;       /* (owned): its text is that of the buffer */
  GranaryCallPart  *image;       /* (owned) (nullable): what the thumbnail shows */
  GranaryWorker    *worker;      /* (owned) */
  GCancellable     *cancellable; /* (owned): of all that is read for this */
  int               problem_line; /* from 1; 0 while there is no problem */
  gboolean          is_valid;
  gboolean          is_pristine;
  gboolean          is_showing;  /* the text is being replaced as a whole */
};

G_DEFINE_FINAL_TYPE (GranaryTryRequest, granary_try_request, ADW_TYPE_BIN)

enum
{
  CHANGED,
  MESSAGE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Helpers. */

static void
say (GranaryTryRequest *self,
     const char        *text)
{
  g_signal_emit (self, signals[MESSAGE], 0, text);
}

static void
mark_line (GranaryTryRequest *self)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_remove_tag (buffer, self->problem_tag, &start, &end);
  if (self->problem_line == 0)
    return;

  gtk_text_buffer_get_iter_at_line (buffer, &start, self->problem_line - 1);
  end = start;
  if (!gtk_text_iter_ends_line (&end))
    gtk_text_iter_forward_to_line_end (&end);
  gtk_text_buffer_apply_tag (buffer, self->problem_tag, &start, &end);
}

static void
decoded_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GranaryTryRequest) self = user_data;
  g_autoptr (GdkTexture) texture = NULL;
  g_autoptr (GError) error = NULL;

  texture = granary_try_decode_finish (result, &error);
  if (granary_error_is_cancelled (error) || self->thumbnail == NULL)
    return;

  /* An image that this computer cannot show can be sent all the same. */
  if (texture != NULL)
    gtk_image_set_from_paintable (self->thumbnail, GDK_PAINTABLE (texture));
}

/* Shows the image that the text names now. */
static void
update_image (GranaryTryRequest *self)
{
  GranaryCallPart *image = granary_call_draft_get_image (self->draft);

  if (image == self->image)
    return;

  g_clear_pointer (&self->image, granary_call_part_unref);
  gtk_image_set_from_icon_name (self->thumbnail, "image-x-generic-symbolic");
  gtk_revealer_set_reveal_child (self->image_revealer, image != NULL);
  if (image == NULL)
    return;

  self->image = granary_call_part_ref (image);
  /* Without the brackets of the label. */
  {
    g_autofree char *label = g_strndup (image->label + 1, strlen (image->label) - 2);

    gtk_label_set_label (self->image_label, label);
  }
  granary_try_decode_async (self->worker, image->bytes, THUMBNAIL_SIDE, self->cancellable,
                            decoded_cb, g_object_ref (self));
}

static void
check (GranaryTryRequest *self)
{
  GranaryCallProblem problem = granary_call_draft_check (self->draft, &self->problem_line);
  g_autofree char *words = granary_try_call_problem (problem, self->problem_line);

  self->is_valid = problem == GRANARY_CALL_GOOD;
  if (words != NULL)
    gtk_label_set_label (self->problem, words);
  gtk_revealer_set_reveal_child (self->problem_revealer, words != NULL);
  mark_line (self);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_STATE_INVALID,
                               self->is_valid ? GTK_ACCESSIBLE_INVALID_FALSE
                                              : GTK_ACCESSIBLE_INVALID_TRUE,
                               -1);
}

static void
text_changed (GranaryTryRequest *self)
{
  g_autofree char *text = granary_try_dup_text (self->buffer);

  granary_call_draft_set_text (self->draft, text);
  self->is_pristine = FALSE;
  check (self);
  update_image (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Makes the text of the editor that of the draft, as one step that can be undone. */
static void
show_text (GranaryTryRequest *self)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  GtkTextIter start, end;

  self->is_showing = TRUE;
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, granary_call_draft_get_text (self->draft), -1);
  gtk_text_buffer_end_user_action (buffer);
  self->is_showing = FALSE;

  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_place_cursor (buffer, &start);
  text_changed (self);
}

/* Getting images in. */

static void
put_image (GranaryTryRequest *self,
           const char        *name,
           const char        *path,
           GBytes            *bytes)
{
  if (!granary_call_draft_put_image (self->draft, name, path, bytes))
    {
      say (self, _("Correct the request, then add the image"));
      return;
    }

  gtk_widget_set_visible (GTK_WIDGET (self->note), FALSE);
  show_text (self);
}

typedef struct
{
  GranaryTryRequest *self; /* (owned) */
  char              *path;
} Reading;

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Reading *reading = user_data;
  g_autoptr (GranaryTryRequest) self = g_steal_pointer (&reading->self);
  g_autofree char *path = g_steal_pointer (&reading->path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *words = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  GranaryCallImageProblem problem = GRANARY_CALL_IMAGE_GOOD;

  g_free (reading);
  bytes = granary_try_read_finish (result, &problem, &error);
  if (granary_error_is_cancelled (error) || self->thumbnail == NULL)
    return;

  words = error != NULL ? granary_wording_for_problem (error)
                        : granary_try_image_problem (problem, name);
  if (words != NULL)
    say (self, words);
  else
    put_image (self, name, path, bytes);
}

static void
encoded_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GranaryTryRequest) self = user_data;
  g_autofree char *words = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  bytes = granary_try_encode_finish (result, &error);
  if (bytes == NULL || self->thumbnail == NULL)
    return;

  /* Translators: what an image is called that was pasted or dropped, not read from a file. */
  words = granary_try_image_problem (granary_call_image_check (bytes), _("Pasted image"));
  if (words != NULL)
    say (self, words);
  else
    put_image (self, _("Pasted image"), NULL, bytes);
}

static void
chosen_cb (GtkWidget          *widget,
           const char * const *paths,
           gpointer            user_data)
{
  granary_try_request_add_file (GRANARY_TRY_REQUEST (widget), paths[0]);
}

static void
pasted_texture_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GranaryTryRequest) self = user_data;
  g_autoptr (GdkTexture) texture = NULL;
  g_autoptr (GError) error = NULL;

  texture = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source), result, &error);
  if (self->thumbnail == NULL || granary_error_is_cancelled (error))
    return;

  if (texture != NULL)
    granary_try_request_add_texture (self, texture);
  else
    say (self, _("The image on the clipboard cannot be read"));
}

static void
pasted_files_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GranaryTryRequest) self = user_data;
  g_auto (GStrv) paths = NULL;
  g_autoptr (GError) error = NULL;
  const GValue *value;

  value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);
  if (self->thumbnail == NULL || granary_error_is_cancelled (error))
    return;

  if (value != NULL)
    paths = granary_dup_dropped_paths (value);
  if (paths != NULL && paths[0] != NULL)
    granary_try_request_add_file (self, paths[0]);
  else
    say (self, _("The image on the clipboard cannot be read"));
}

/* Signal callbacks. */

static void
changed_cb (GranaryTryRequest *self)
{
  if (self->draft != NULL && !self->is_showing)
    text_changed (self);
}

static void
paste_cb (GranaryTryRequest *self)
{
  if (granary_try_request_paste (self))
    g_signal_stop_emission_by_name (self->view, "paste-clipboard");
}

static void
drop_image_cb (GranaryTryRequest *self)
{
  granary_call_draft_drop_image (self->draft);
  show_text (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
problem_clicked_cb (GranaryTryRequest *self)
{
  GtkTextIter place;

  gtk_text_buffer_get_iter_at_line (GTK_TEXT_BUFFER (self->buffer), &place,
                                    MAX (0, self->problem_line - 1));
  gtk_text_buffer_place_cursor (GTK_TEXT_BUFFER (self->buffer), &place);
  gtk_text_view_scroll_to_iter (GTK_TEXT_VIEW (self->view), &place, 0.1, FALSE, 0, 0);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* GObject. */

static void
granary_try_request_dispose (GObject *object)
{
  GranaryTryRequest *self = GRANARY_TRY_REQUEST (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_TRY_REQUEST);

  G_OBJECT_CLASS (granary_try_request_parent_class)->dispose (object);
}

static void
granary_try_request_finalize (GObject *object)
{
  GranaryTryRequest *self = GRANARY_TRY_REQUEST (object);

  g_clear_pointer (&self->draft, granary_call_draft_free);
  g_clear_pointer (&self->image, granary_call_part_unref);
  g_clear_object (&self->worker);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (granary_try_request_parent_class)->finalize (object);
}

static void
granary_try_request_class_init (GranaryTryRequestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_try_request_dispose;
  object_class->finalize = granary_try_request_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[MESSAGE] = g_signal_new ("message", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  g_type_ensure (GTK_SOURCE_TYPE_BUFFER);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/services/granary-try-request.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTryRequest, view);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryRequest, buffer);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryRequest, image_revealer);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryRequest, thumbnail);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryRequest, image_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryRequest, problem_revealer);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryRequest, problem);
  gtk_widget_class_bind_template_child (widget_class, GranaryTryRequest, note);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, paste_cb);
  gtk_widget_class_bind_template_callback (widget_class, drop_image_cb);
  gtk_widget_class_bind_template_callback (widget_class, problem_clicked_cb);
}

static void
granary_try_request_init (GranaryTryRequest *self)
{
  self->worker = granary_worker_new ("try-request", 1);
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));

  granary_try_set_up_buffer (self->buffer);
  self->problem_tag = gtk_text_buffer_create_tag (GTK_TEXT_BUFFER (self->buffer), NULL,
                                                  "underline", PANGO_UNDERLINE_ERROR, NULL);
}

/**
 * granary_try_request_set_draft:
 * @self: the editor
 * @draft: (transfer full): what to begin with; it cannot be undone
 * @note: (nullable): something to know about it
 */
void
granary_try_request_set_draft (GranaryTryRequest *self,
                               GranaryCallDraft  *draft,
                               const char        *note)
{
  g_return_if_fail (GRANARY_IS_TRY_REQUEST (self));
  g_return_if_fail (draft != NULL);

  g_clear_pointer (&self->draft, granary_call_draft_free);
  self->draft = draft;
  gtk_label_set_label (self->note, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note), note != NULL);

  gtk_text_buffer_begin_irreversible_action (GTK_TEXT_BUFFER (self->buffer));
  show_text (self);
  gtk_text_buffer_end_irreversible_action (GTK_TEXT_BUFFER (self->buffer));
  self->is_pristine = TRUE;
}

GranaryCallDraft *
granary_try_request_dup_draft (GranaryTryRequest *self)
{
  g_return_val_if_fail (GRANARY_IS_TRY_REQUEST (self), NULL);
  g_return_val_if_fail (self->draft != NULL, NULL);

  return granary_call_draft_copy (self->draft);
}

void
granary_try_request_set_text (GranaryTryRequest *self,
                              const char        *text)
{
  g_return_if_fail (GRANARY_IS_TRY_REQUEST (self));
  g_return_if_fail (text != NULL);
  g_return_if_fail (self->draft != NULL);

  granary_call_draft_set_text (self->draft, text);
  show_text (self);
}

gboolean
granary_try_request_is_pristine (GranaryTryRequest *self)
{
  g_return_val_if_fail (GRANARY_IS_TRY_REQUEST (self), FALSE);

  return self->draft == NULL || self->is_pristine;
}

gboolean
granary_try_request_is_valid (GranaryTryRequest *self)
{
  g_return_val_if_fail (GRANARY_IS_TRY_REQUEST (self), FALSE);

  return self->is_valid;
}

/**
 * granary_try_request_get_view:
 * @self: a request
 *
 * Returns: (transfer none): where its text is written
 */
GtkWidget *
granary_try_request_get_view (GranaryTryRequest *self)
{
  g_return_val_if_fail (GRANARY_IS_TRY_REQUEST (self), NULL);

  return GTK_WIDGET (self->view);
}

void
granary_try_request_add_file (GranaryTryRequest *self,
                              const char        *path)
{
  Reading *reading;

  g_return_if_fail (GRANARY_IS_TRY_REQUEST (self));
  g_return_if_fail (path != NULL);

  reading = g_new0 (Reading, 1);
  reading->self = g_object_ref (self);
  reading->path = g_strdup (path);
  granary_try_read_async (self->worker, path, self->cancellable, read_cb, reading);
}

void
granary_try_request_add_texture (GranaryTryRequest *self,
                                 GdkTexture        *texture)
{
  g_return_if_fail (GRANARY_IS_TRY_REQUEST (self));
  g_return_if_fail (GDK_IS_TEXTURE (texture));

  granary_try_encode_async (self->worker, texture, self->cancellable, encoded_cb,
                            g_object_ref (self));
}

void
granary_try_request_choose (GranaryTryRequest *self)
{
  g_return_if_fail (GRANARY_IS_TRY_REQUEST (self));

  granary_choose_files (GTK_WIDGET (self), _("Choose Image"), chosen_cb, NULL, NULL);
}

/**
 * granary_try_request_paste:
 * @self: the editor
 *
 * Puts the image in that is on the clipboard; a text there is pasted as one.
 *
 * Returns: whether there is an image, or a file that may be one
 */
gboolean
granary_try_request_paste (GranaryTryRequest *self)
{
  GdkClipboard *clipboard;
  GdkContentFormats *formats;

  g_return_val_if_fail (GRANARY_IS_TRY_REQUEST (self), FALSE);

  clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));
  formats = gdk_clipboard_get_formats (clipboard);
  if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT,
                                    self->cancellable, pasted_files_cb, g_object_ref (self));
  else if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE) &&
           !gdk_content_formats_contain_gtype (formats, G_TYPE_STRING))
    gdk_clipboard_read_texture_async (clipboard, self->cancellable, pasted_texture_cb,
                                      g_object_ref (self));
  else
    return FALSE;

  return TRUE;
}
