/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-import-editor.h"

#include <glib/gi18n-lib.h>
#include <gtksourceview/gtksource.h>

#include "granary-error.h"
#include "granary-file-check.h"
#include "granary-wording.h"

/* After the last key, so that a fast typist is not checked letter by letter. */
#define CHECK_DELAY_MS 250

struct _GranaryImportEditor
{
  AdwNavigationPage   parent_instance;

  GtkSourceView      *view;
  GtkSourceBuffer    *buffer;
  GtkImage           *state_icon;
  GtkLabel           *state_label;
  GtkWidget          *line_button;
  GtkWidget          *discard_button;

  GranaryImportDraft *draft;
  char               *target;
  GtkTextTag         *wrong_tag; /* (owned by the buffer) */
  guint               check_id;
  int                 wrong_line; /* from 1; 0: none */
  gboolean            loading;
};

G_DEFINE_FINAL_TYPE (GranaryImportEditor, granary_import_editor, ADW_TYPE_NAVIGATION_PAGE)

static char *
dup_text (GranaryImportEditor *self)
{
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (self->buffer), &start, &end);

  return gtk_text_buffer_get_text (GTK_TEXT_BUFFER (self->buffer), &start, &end, TRUE);
}

/* Underlines the line and offers to go there. */
static void
mark_line (GranaryImportEditor *self,
           int                  line)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_remove_tag (buffer, self->wrong_tag, &start, &end);

  self->wrong_line = line;
  gtk_widget_set_visible (self->line_button, line > 0);
  if (line <= 0)
    return;

  gtk_text_buffer_get_iter_at_line (buffer, &start, line - 1);
  end = start;
  if (!gtk_text_iter_ends_line (&end))
    gtk_text_iter_forward_to_line_end (&end);
  gtk_text_buffer_apply_tag (buffer, self->wrong_tag, &start, &end);
}

static void
check (GranaryImportEditor *self,
       const char          *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *problem = NULL;
  int line = 0;
  gboolean valid;

  if (g_str_equal (self->target, GRANARY_CONFIG_FILE))
    valid = granary_check_config_text (text, -1, &line, &error);
  else
    valid = granary_check_service_text (text, -1, &line, &error);

  mark_line (self, valid ? 0 : line);
  gtk_image_set_from_icon_name (self->state_icon, valid ? "object-select-symbolic"
                                                        : "dialog-error-symbolic");
  gtk_widget_set_css_classes (GTK_WIDGET (self->state_icon),
                              (const char *[]) { valid ? "success" : "error", NULL });
  if (valid)
    {
      gtk_label_set_label (self->state_label, _("No mistakes found"));
      return;
    }

  problem = granary_wording_for_problem (error);
  if (line > 0)
    {
      g_autofree char *text_at_line = NULL;

      /* Translators: %1$d is the number of a line, %2$s what is wrong there. */
      text_at_line = g_strdup_printf (_("Line %1$d: %2$s"), line, problem);
      gtk_label_set_label (self->state_label, text_at_line);
    }
  else
    {
      gtk_label_set_label (self->state_label, problem);
    }
}

static void
give_to_draft (GranaryImportEditor *self)
{
  g_autofree char *text = dup_text (self);

  g_clear_handle_id (&self->check_id, g_source_remove);
  granary_import_draft_set_file_text (self->draft, self->target, text);
  check (self, text);
}

/* Callbacks */

static gboolean
check_timeout_cb (gpointer user_data)
{
  GranaryImportEditor *self = user_data;

  self->check_id = 0;
  give_to_draft (self);

  return G_SOURCE_REMOVE;
}

static void
changed_cb (GranaryImportEditor *self)
{
  if (self->loading)
    return;

  g_clear_handle_id (&self->check_id, g_source_remove);
  self->check_id = g_timeout_add (CHECK_DELAY_MS, check_timeout_cb, self);
}

static void
line_cb (GranaryImportEditor *self)
{
  GtkTextIter iter;

  if (self->wrong_line <= 0)
    return;

  gtk_text_buffer_get_iter_at_line (GTK_TEXT_BUFFER (self->buffer), &iter, self->wrong_line - 1);
  gtk_text_buffer_place_cursor (GTK_TEXT_BUFFER (self->buffer), &iter);
  gtk_text_view_scroll_to_mark (GTK_TEXT_VIEW (self->view),
                                gtk_text_buffer_get_insert (GTK_TEXT_BUFFER (self->buffer)),
                                0.1, FALSE, 0, 0);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

static void
discard_cb (GranaryImportEditor *self)
{
  g_clear_handle_id (&self->check_id, g_source_remove);
  granary_import_draft_set_file_text (self->draft, self->target, NULL);
  gtk_widget_activate_action (GTK_WIDGET (self), "navigation.pop", NULL);
}

static void
update_scheme (GranaryImportEditor *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkSourceStyleScheme *scheme;

  scheme = gtk_source_style_scheme_manager_get_scheme (gtk_source_style_scheme_manager_get_default (),
                                                       dark ? "Adwaita-dark" : "Adwaita");
  gtk_source_buffer_set_style_scheme (self->buffer, scheme);
}

/* GObject */

static void
granary_import_editor_hiding (AdwNavigationPage *page)
{
  GranaryImportEditor *self = GRANARY_IMPORT_EDITOR (page);

  /* What was typed in the last moment counts. */
  if (self->check_id != 0)
    give_to_draft (self);

  ADW_NAVIGATION_PAGE_CLASS (granary_import_editor_parent_class)->hiding (page);
}

static void
granary_import_editor_dispose (GObject *object)
{
  GranaryImportEditor *self = GRANARY_IMPORT_EDITOR (object);

  g_clear_handle_id (&self->check_id, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_IMPORT_EDITOR);
  g_clear_object (&self->draft);

  G_OBJECT_CLASS (granary_import_editor_parent_class)->dispose (object);
}

static void
granary_import_editor_finalize (GObject *object)
{
  g_free (GRANARY_IMPORT_EDITOR (object)->target);

  G_OBJECT_CLASS (granary_import_editor_parent_class)->finalize (object);
}

static void
granary_import_editor_class_init (GranaryImportEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_import_editor_dispose;
  object_class->finalize = granary_import_editor_finalize;
  ADW_NAVIGATION_PAGE_CLASS (klass)->hiding = granary_import_editor_hiding;

  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  g_type_ensure (GTK_SOURCE_TYPE_BUFFER);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-import-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryImportEditor, view);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportEditor, buffer);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportEditor, state_icon);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportEditor, state_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportEditor, line_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryImportEditor, discard_button);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, line_cb);
  gtk_widget_class_bind_template_callback (widget_class, discard_cb);
}

static void
granary_import_editor_init (GranaryImportEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->wrong_tag = gtk_text_buffer_create_tag (GTK_TEXT_BUFFER (self->buffer), NULL,
                                                "underline", PANGO_UNDERLINE_ERROR,
                                                NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (update_scheme), self, G_CONNECT_SWAPPED);
  update_scheme (self);
}

/**
 * granary_import_editor_new:
 * @draft: what gets the text
 * @target: config.json or model_service.py
 * @text: what to start with; it is the draft's only once the user changes it
 *
 * Returns: (transfer floating): a page to push
 */
AdwNavigationPage *
granary_import_editor_new (GranaryImportDraft *draft,
                           const char         *target,
                           const char         *text)
{
  GtkSourceLanguageManager *languages = gtk_source_language_manager_get_default ();
  GranaryImportEditor *self;
  GtkSourceLanguage *language;
  GtkTextIter start;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (draft), NULL);
  g_return_val_if_fail (target != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_IMPORT_EDITOR, NULL);
  self->draft = g_object_ref (draft);
  self->target = g_strdup (target);
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), target);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, target,
                                  -1);

  language = gtk_source_language_manager_guess_language (languages, target, NULL);
  gtk_source_buffer_set_language (self->buffer, language);
  if (g_str_equal (target, GRANARY_CONFIG_FILE))
    gtk_source_view_set_tab_width (self->view, 2);

  /* The first text is no change to undo. */
  self->loading = TRUE;
  gtk_text_buffer_begin_irreversible_action (GTK_TEXT_BUFFER (self->buffer));
  gtk_text_buffer_set_text (GTK_TEXT_BUFFER (self->buffer), text, -1);
  gtk_text_buffer_end_irreversible_action (GTK_TEXT_BUFFER (self->buffer));
  gtk_text_buffer_get_start_iter (GTK_TEXT_BUFFER (self->buffer), &start);
  gtk_text_buffer_place_cursor (GTK_TEXT_BUFFER (self->buffer), &start);
  self->loading = FALSE;
  check (self, text);

  return ADW_NAVIGATION_PAGE (self);
}
