/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-description-section.h"

#include <glib/gi18n-lib.h>

struct _GranaryDescriptionSection
{
  AdwBin        parent_instance;

  GtkButton    *edit;
  GtkStack     *stack;
  GtkLabel     *label;
  GtkTextView  *view;

  GranaryModel *model; /* (owned) (nullable) */
  gboolean      editable;
  gboolean      editing;
};

G_DEFINE_FINAL_TYPE (GranaryDescriptionSection, granary_description_section, ADW_TYPE_BIN)

enum
{
  SIGNAL_EDITED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Helpers. */

static char *
dup_text (GranaryDescriptionSection *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);

  return g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
}

static void
show_text (GranaryDescriptionSection *self)
{
  const char *text = self->model != NULL ? self->model->description : NULL;
  gboolean empty = text == NULL || *text == '\0';

  gtk_label_set_label (self->label, empty ? _("No description") : text);
  gtk_label_set_selectable (self->label, !empty);
  if (empty)
    gtk_widget_add_css_class (GTK_WIDGET (self->label), "dim-label");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->label), "dim-label");
}

static void
stop (GranaryDescriptionSection *self)
{
  self->editing = FALSE;
  show_text (self);
  gtk_stack_set_visible_child_name (self->stack, "text");
  gtk_widget_set_visible (GTK_WIDGET (self->edit), self->editable);
}

/* Signal callbacks. */

static void
start_cb (GranaryDescriptionSection *self)
{
  granary_description_section_start (self);
}

static void
save_cb (GranaryDescriptionSection *self)
{
  granary_description_section_finish (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->edit));
}

static void
cancel_cb (GranaryDescriptionSection *self)
{
  stop (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->edit));
}

static gboolean
key_cb (GranaryDescriptionSection *self,
        guint                      keyval,
        guint                      keycode,
        GdkModifierType            state)
{
  if (keyval == GDK_KEY_Escape)
    {
      cancel_cb (self);
      return GDK_EVENT_STOP;
    }

  if ((keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter) && (state & GDK_CONTROL_MASK) != 0)
    {
      save_cb (self);
      return GDK_EVENT_STOP;
    }

  return GDK_EVENT_PROPAGATE;
}

/* GObject. */

static void
granary_description_section_dispose (GObject *object)
{
  GranaryDescriptionSection *self = GRANARY_DESCRIPTION_SECTION (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), GRANARY_TYPE_DESCRIPTION_SECTION);
  g_clear_pointer (&self->model, granary_model_unref);

  G_OBJECT_CLASS (granary_description_section_parent_class)->dispose (object);
}

static void
granary_description_section_class_init (GranaryDescriptionSectionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_description_section_dispose;

  signals[SIGNAL_EDITED] =
    g_signal_new ("edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/details/granary-description-section.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryDescriptionSection, edit);
  gtk_widget_class_bind_template_child (widget_class, GranaryDescriptionSection, stack);
  gtk_widget_class_bind_template_child (widget_class, GranaryDescriptionSection, label);
  gtk_widget_class_bind_template_child (widget_class, GranaryDescriptionSection, view);
  gtk_widget_class_bind_template_callback (widget_class, start_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_cb);
}

static void
granary_description_section_init (GranaryDescriptionSection *self)
{
  self->editable = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_description_section_set_model:
 * @self: the section
 * @model: (nullable): the model
 *
 * Shows the description of @model. An edit in progress goes on while it is the same model, and is
 * saved when it is another one.
 */
void
granary_description_section_set_model (GranaryDescriptionSection *self,
                                       GranaryModel              *model)
{
  gboolean same;

  g_return_if_fail (GRANARY_IS_DESCRIPTION_SECTION (self));

  same = model != NULL && self->model != NULL && model->id == self->model->id;
  if (!same)
    granary_description_section_finish (self);

  if (model != NULL)
    granary_model_ref (model);
  g_clear_pointer (&self->model, granary_model_unref);
  self->model = model;

  if (!self->editing)
    show_text (self);
}

void
granary_description_section_set_editable (GranaryDescriptionSection *self,
                                          gboolean                   editable)
{
  g_return_if_fail (GRANARY_IS_DESCRIPTION_SECTION (self));

  self->editable = editable;
  gtk_widget_set_visible (GTK_WIDGET (self->edit), editable && !self->editing);
}

/* Begins editing, with the keyboard in the text. */
void
granary_description_section_start (GranaryDescriptionSection *self)
{
  g_return_if_fail (GRANARY_IS_DESCRIPTION_SECTION (self));

  if (self->editing || !self->editable || self->model == NULL)
    return;

  self->editing = TRUE;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view),
                            self->model->description != NULL ? self->model->description : "", -1);
  gtk_stack_set_visible_child_name (self->stack, "edit");
  gtk_widget_set_visible (GTK_WIDGET (self->edit), FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* Goes on with a text that could not be saved, while its model is still shown. */
void
granary_description_section_resume (GranaryDescriptionSection *self,
                                    gint64                     model_id,
                                    const char                *text)
{
  g_return_if_fail (GRANARY_IS_DESCRIPTION_SECTION (self));
  g_return_if_fail (text != NULL);

  if (self->model == NULL || self->model->id != model_id || self->editing)
    return;

  granary_description_section_start (self);
  if (self->editing)
    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->view), text, -1);
}

/* Ends editing; a changed text goes out to be saved. */
void
granary_description_section_finish (GranaryDescriptionSection *self)
{
  g_autofree char *text = NULL;

  g_return_if_fail (GRANARY_IS_DESCRIPTION_SECTION (self));

  if (!self->editing)
    return;

  text = dup_text (self);
  stop (self);
  if (g_strcmp0 (text, self->model->description != NULL ? self->model->description : "") == 0)
    return;

  /* Until the catalogue has it. */
  gtk_label_set_label (self->label, *text != '\0' ? text : _("No description"));
  g_signal_emit (self, signals[SIGNAL_EDITED], 0, self->model->id, text);
}

gboolean
granary_description_section_is_editing (GranaryDescriptionSection *self)
{
  g_return_val_if_fail (GRANARY_IS_DESCRIPTION_SECTION (self), FALSE);

  return self->editing;
}
