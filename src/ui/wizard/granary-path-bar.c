/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-path-bar.h"

#include "granary-error.h"

/* Long names are cut in the middle; the tooltip has all of them. */
#define MAX_CHARS 24

struct _GranaryPathBar
{
  AdwBin   parent_instance;

  GtkBox  *box;

  guint    n_steps;
  guint    scroll_id;
};

G_DEFINE_FINAL_TYPE (GranaryPathBar, granary_path_bar, ADW_TYPE_BIN)

enum
{
  GO,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* The end is what matters. */
static void
scroll_idle_cb (gpointer user_data)
{
  GranaryPathBar *self = user_data;
  GtkWidget *window = adw_bin_get_child (ADW_BIN (self));
  GtkAdjustment *adjustment = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (window));

  self->scroll_id = 0;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
}

/* In the midst of the layout, which does not like to be disturbed. */
static void
width_changed_cb (GranaryPathBar *self)
{
  if (self->scroll_id == 0)
    self->scroll_id = g_idle_add_once (scroll_idle_cb, self);
}

static void
clicked_cb (GranaryPathBar *self,
            GtkWidget      *button)
{
  guint step = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "step"));

  g_signal_emit (self, signals[GO], 0, step);
}

static void
add_step (GranaryPathBar *self,
          const char     *name,
          gboolean        is_last)
{
  g_autofree char *shown = granary_display_path (name);
  GtkWidget *label = gtk_label_new (shown);
  GtkWidget *button;

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHARS);

  if (self->n_steps > 0)
    {
      GtkWidget *slash = gtk_label_new ("/");

      gtk_widget_add_css_class (slash, "dim-label");
      gtk_box_append (self->box, slash);
    }

  if (is_last)
    {
      gtk_widget_add_css_class (label, "heading");
      gtk_widget_set_margin_start (label, 9);
      gtk_widget_set_margin_end (label, 9);
      gtk_widget_set_tooltip_text (label, shown);
      gtk_box_append (self->box, label);
    }
  else
    {
      button = gtk_button_new ();
      gtk_button_set_child (GTK_BUTTON (button), label);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_tooltip_text (button, shown);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, shown,
                                      -1);
      g_object_set_data (G_OBJECT (button), "step", GUINT_TO_POINTER (self->n_steps));
      g_signal_connect_object (button, "clicked", G_CALLBACK (clicked_cb), self,
                               G_CONNECT_SWAPPED);
      gtk_box_append (self->box, button);
    }
  self->n_steps++;
}

static void
granary_path_bar_dispose (GObject *object)
{
  g_clear_handle_id (&GRANARY_PATH_BAR (object)->scroll_id, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_PATH_BAR);

  G_OBJECT_CLASS (granary_path_bar_parent_class)->dispose (object);
}

static void
granary_path_bar_class_init (GranaryPathBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_path_bar_dispose;

  signals[GO] = g_signal_new ("go", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                              0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/wizard/granary-path-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryPathBar, box);
}

static void
granary_path_bar_init (GranaryPathBar *self)
{
  GtkWidget *window;

  gtk_widget_init_template (GTK_WIDGET (self));

  window = adw_bin_get_child (ADW_BIN (self));
  g_signal_connect_object (gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (window)),
                           "notify::upper", G_CALLBACK (width_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

void
granary_path_bar_set_steps (GranaryPathBar     *self,
                            const char * const *steps)
{
  GtkWidget *child;

  g_return_if_fail (GRANARY_IS_PATH_BAR (self));
  g_return_if_fail (steps != NULL);

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->box))) != NULL)
    gtk_box_remove (self->box, child);
  self->n_steps = 0;
  for (guint i = 0; steps[i] != NULL; i++)
    add_step (self, steps[i], steps[i + 1] == NULL);
}

gboolean
granary_path_bar_go_up (GranaryPathBar *self)
{
  g_return_val_if_fail (GRANARY_IS_PATH_BAR (self), FALSE);

  if (self->n_steps < 2)
    return FALSE;

  g_signal_emit (self, signals[GO], 0, self->n_steps - 2);

  return TRUE;
}
