/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-choice-button.h"

struct _GranaryChoiceButton
{
  GtkWidget      parent_instance;

  GtkWidget     *menu_button;
  GtkPopover    *popover;
  GtkListView   *list_view;
  GtkStringList *strings;
};

G_DEFINE_FINAL_TYPE (GranaryChoiceButton, granary_choice_button, GTK_TYPE_WIDGET)

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
activate_cb (GranaryChoiceButton *self,
             guint                position)
{
  g_autofree char *choice = g_strdup (gtk_string_list_get_string (self->strings, position));

  gtk_popover_popdown (self->popover);
  if (choice != NULL)
    g_signal_emit (self, signals[CHOSEN], 0, choice);
}

/* The button inside is what is pressed: it takes name and tooltip of the whole. */
static void
tooltip_changed_cb (GranaryChoiceButton *self)
{
  const char *tooltip = gtk_widget_get_tooltip_text (GTK_WIDGET (self));

  if (tooltip == NULL)
    return;

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list_view),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip,
                                  -1);
}

static void
granary_choice_button_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_CHOICE_BUTTON);

  G_OBJECT_CLASS (granary_choice_button_parent_class)->dispose (object);
}

static void
granary_choice_button_class_init (GranaryChoiceButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_choice_button_dispose;

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-choice-button.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryChoiceButton, menu_button);
  gtk_widget_class_bind_template_child (widget_class, GranaryChoiceButton, popover);
  gtk_widget_class_bind_template_child (widget_class, GranaryChoiceButton, list_view);
  gtk_widget_class_bind_template_child (widget_class, GranaryChoiceButton, strings);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
}

static void
granary_choice_button_init (GranaryChoiceButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_signal_connect (self, "notify::tooltip-text", G_CALLBACK (tooltip_changed_cb), NULL);
}

/**
 * granary_choice_button_set_choices:
 * @self: a choice button
 * @choices: (nullable) (array zero-terminated=1): what can be chosen, in order
 *
 * Offers @choices.
 */
void
granary_choice_button_set_choices (GranaryChoiceButton *self,
                                   const char * const  *choices)
{
  g_return_if_fail (GRANARY_IS_CHOICE_BUTTON (self));

  gtk_string_list_splice (self->strings, 0, g_list_model_get_n_items (G_LIST_MODEL (self->strings)),
                          choices);
  gtk_widget_set_visible (GTK_WIDGET (self), choices != NULL && choices[0] != NULL);
}
