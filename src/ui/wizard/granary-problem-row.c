/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-problem-row.h"

#include "granary-wording.h"

struct _GranaryProblemRow
{
  AdwPreferencesRow  parent_instance;

  GtkImage          *icon;
  GtkLabel          *label;
  GtkWidget         *way_out_button;
};

G_DEFINE_FINAL_TYPE (GranaryProblemRow, granary_problem_row, ADW_TYPE_PREFERENCES_ROW)

enum
{
  RESOLVE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
way_out_cb (GranaryProblemRow *self)
{
  g_signal_emit (self, signals[RESOLVE], 0);
}

static void
granary_problem_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_PROBLEM_ROW);

  G_OBJECT_CLASS (granary_problem_row_parent_class)->dispose (object);
}

static void
granary_problem_row_class_init (GranaryProblemRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_problem_row_dispose;

  signals[RESOLVE] = g_signal_new ("resolve", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-problem-row.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryProblemRow, icon);
  gtk_widget_class_bind_template_child (widget_class, GranaryProblemRow, label);
  gtk_widget_class_bind_template_child (widget_class, GranaryProblemRow, way_out_button);
  gtk_widget_class_bind_template_callback (widget_class, way_out_cb);
}

static void
granary_problem_row_init (GranaryProblemRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_problem_row_show_text:
 * @self: a problem row
 * @text: (nullable): one sentence; %NULL hides the row
 * @is_warning: whether it does not hinder
 *
 * Says @text, and lets screen readers say it.
 */
void
granary_problem_row_show_text (GranaryProblemRow *self,
                               const char        *text,
                               gboolean           is_warning)
{
  g_return_if_fail (GRANARY_IS_PROBLEM_ROW (self));

  if (text == NULL)
    {
      gtk_label_set_label (self->label, "");
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
      return;
    }

  gtk_image_set_from_icon_name (self->icon, is_warning ? "dialog-warning-symbolic"
                                                       : "dialog-error-symbolic");
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon),
                              (const char *[]) { is_warning ? "warning" : "error", NULL });
  gtk_widget_set_css_classes (GTK_WIDGET (self->label),
                              (const char *[]) { is_warning ? "warning" : "error", NULL });

  if (gtk_widget_get_visible (GTK_WIDGET (self)) &&
      g_str_equal (gtk_label_get_label (self->label), text))
    return;

  gtk_label_set_label (self->label, text);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  /* A list of many that is only being put together is not read out. */
  if (gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), text,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

/**
 * granary_problem_row_show:
 * @self: a problem row
 * @error: (nullable): what is wrong; %NULL: nothing
 * @field: (nullable): the field it is about, which is marked
 *
 * Says what is wrong with @field.
 */
void
granary_problem_row_show (GranaryProblemRow *self,
                          const GError      *error,
                          GtkWidget         *field)
{
  g_autofree char *text = NULL;

  g_return_if_fail (GRANARY_IS_PROBLEM_ROW (self));
  g_return_if_fail (field == NULL || GTK_IS_WIDGET (field));

  if (error != NULL)
    text = granary_wording_for_problem (error);
  granary_problem_row_show_text (self, text, FALSE);

  if (field == NULL)
    return;

  if (error == NULL)
    {
      gtk_widget_remove_css_class (field, "error");
      gtk_accessible_reset_state (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_STATE_INVALID);
      gtk_accessible_reset_relation (GTK_ACCESSIBLE (field),
                                     GTK_ACCESSIBLE_RELATION_ERROR_MESSAGE);
      return;
    }

  gtk_widget_add_css_class (field, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (field),
                               GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE,
                               -1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (field),
                                  GTK_ACCESSIBLE_RELATION_ERROR_MESSAGE, self->label, NULL,
                                  -1);
}

/**
 * granary_problem_row_set_way_out:
 * @self: a problem row
 * @label: (nullable): of a button that puts it right, with a mnemonic; %NULL: none
 *
 * Offers a way out, told by the signal `resolve`.
 */
void
granary_problem_row_set_way_out (GranaryProblemRow *self,
                                 const char        *label)
{
  g_return_if_fail (GRANARY_IS_PROBLEM_ROW (self));

  gtk_button_set_label (GTK_BUTTON (self->way_out_button), label != NULL ? label : "");
  gtk_widget_set_visible (self->way_out_button, label != NULL);
}
