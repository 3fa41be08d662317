/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-window"

#include "config.h"

#include "granary-facet-group.h"

#include <glib/gi18n-lib.h>

/* Values shown at first; a key can have thousands. */
#define SHOWN_AT_FIRST 8

struct _GranaryFacetGroup
{
  GtkBox     parent_instance;

  char      *key;     /* (owned) */
  char      *value;   /* (owned) (nullable): the one that filters */
  GPtrArray *checks;  /* (owned) (element-type GtkCheckButton) unowned elements */
  GPtrArray *counts;  /* (owned) (element-type GtkLabel) the same length */
  GPtrArray *values;  /* (owned) (element-type utf8) the same length */
  gboolean   all;
  gboolean   updating;

  GtkLabel  *heading;
  GtkBox    *rows;
  GtkButton *more_button;
};

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GranaryFacetGroup, granary_facet_group, GTK_TYPE_BOX)

static void
update_checks (GranaryFacetGroup *self)
{
  self->updating = TRUE;
  for (guint i = 0; i < self->checks->len; i++)
    gtk_check_button_set_active (g_ptr_array_index (self->checks, i),
                                 g_strcmp0 (g_ptr_array_index (self->values, i), self->value) == 0);
  self->updating = FALSE;
}

static void
update_shown (GranaryFacetGroup *self)
{
  guint n_hidden = 0;

  for (guint i = 0; i < self->checks->len; i++)
    {
      GtkWidget *check = g_ptr_array_index (self->checks, i);
      gboolean shown = self->all || i < SHOWN_AT_FIRST ||
                       g_strcmp0 (g_ptr_array_index (self->values, i), self->value) == 0;

      gtk_widget_set_visible (gtk_widget_get_parent (check), shown);
      if (!shown)
        n_hidden++;
    }

  gtk_widget_set_visible (GTK_WIDGET (self->more_button), n_hidden > 0);
  if (n_hidden > 0)
    {
      g_autofree char *label =
        g_strdup_printf (ngettext ("%u More", "%u More", n_hidden), n_hidden);

      gtk_button_set_label (self->more_button, label);
    }
}

static void
toggled_cb (GtkCheckButton *check,
            gpointer        user_data)
{
  GranaryFacetGroup *self = user_data;
  guint index;

  if (self->updating || !g_ptr_array_find (self->checks, check, &index))
    return;

  g_set_str (&self->value,
             gtk_check_button_get_active (check) ? g_ptr_array_index (self->values, index) : NULL);
  update_checks (self);
  g_signal_emit (self, signals[CHOSEN], 0, self->value);
}

static void
more_clicked_cb (GranaryFacetGroup *self)
{
  self->all = TRUE;
  update_shown (self);
}

static void
add_row (GranaryFacetGroup  *self,
         const GranaryFacet *facet)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *check = gtk_check_button_new ();
  GtkWidget *label = gtk_label_new (*facet->value != '\0' ? facet->value : _("(no value)"));
  GtkWidget *count = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (check), label);
  gtk_widget_set_hexpand (check, TRUE);
  gtk_widget_set_tooltip_text (check, facet->value);
  gtk_widget_add_css_class (count, "dim-label");
  gtk_widget_add_css_class (count, "numeric");
  gtk_box_append (GTK_BOX (row), check);
  gtk_box_append (GTK_BOX (row), count);
  gtk_box_append (self->rows, row);
  g_signal_connect_object (check, "toggled", G_CALLBACK (toggled_cb), self, 0);

  g_ptr_array_add (self->checks, check);
  g_ptr_array_add (self->counts, count);
  g_ptr_array_add (self->values, g_strdup (facet->value));
}

static gboolean
has_same_values (GranaryFacetGroup *self,
                 GPtrArray         *facets)
{
  if (facets->len != self->values->len)
    return FALSE;

  for (guint i = 0; i < facets->len; i++)
    {
      const GranaryFacet *facet = g_ptr_array_index (facets, i);

      if (!g_str_equal (facet->value, g_ptr_array_index (self->values, i)))
        return FALSE;
    }

  return TRUE;
}

static void
granary_facet_group_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_FACET_GROUP);

  G_OBJECT_CLASS (granary_facet_group_parent_class)->dispose (object);
}

static void
granary_facet_group_finalize (GObject *object)
{
  GranaryFacetGroup *self = GRANARY_FACET_GROUP (object);

  g_free (self->key);
  g_free (self->value);
  g_ptr_array_unref (self->checks);
  g_ptr_array_unref (self->counts);
  g_ptr_array_unref (self->values);

  G_OBJECT_CLASS (granary_facet_group_parent_class)->finalize (object);
}

static void
granary_facet_group_class_init (GranaryFacetGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_facet_group_dispose;
  object_class->finalize = granary_facet_group_finalize;

  signals[CHOSEN] = g_signal_new ("chosen",
                                  G_TYPE_FROM_CLASS (klass),
                                  G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/window/granary-facet-group.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryFacetGroup, heading);
  gtk_widget_class_bind_template_child (widget_class, GranaryFacetGroup, rows);
  gtk_widget_class_bind_template_child (widget_class, GranaryFacetGroup, more_button);
  gtk_widget_class_bind_template_callback (widget_class, more_clicked_cb);
}

static void
granary_facet_group_init (GranaryFacetGroup *self)
{
  self->checks = g_ptr_array_new ();
  self->counts = g_ptr_array_new ();
  self->values = g_ptr_array_new_with_free_func (g_free);

  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_facet_group_new:
 * @key: a tag key
 *
 * Returns: (transfer floating): an empty group
 */
GtkWidget *
granary_facet_group_new (const char *key)
{
  GranaryFacetGroup *self;

  g_return_val_if_fail (key != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_FACET_GROUP, NULL);
  self->key = g_strdup (key);
  gtk_label_set_label (self->heading, key);

  return GTK_WIDGET (self);
}

const char *
granary_facet_group_get_key (GranaryFacetGroup *self)
{
  g_return_val_if_fail (GRANARY_IS_FACET_GROUP (self), NULL);

  return self->key;
}

/**
 * granary_facet_group_set_facets:
 * @self: a group
 * @facets: (element-type GranaryFacet): its values, in their order
 *
 * Rows that stay are kept, so that the focus stays with them.
 */
void
granary_facet_group_set_facets (GranaryFacetGroup *self,
                                GPtrArray         *facets)
{
  g_return_if_fail (GRANARY_IS_FACET_GROUP (self));
  g_return_if_fail (facets != NULL);

  if (!has_same_values (self, facets))
    {
      GtkWidget *row;

      while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
        gtk_box_remove (self->rows, row);
      g_ptr_array_set_size (self->checks, 0);
      g_ptr_array_set_size (self->counts, 0);
      g_ptr_array_set_size (self->values, 0);
      for (guint i = 0; i < facets->len; i++)
        add_row (self, g_ptr_array_index (facets, i));
    }

  for (guint i = 0; i < facets->len; i++)
    {
      const GranaryFacet *facet = g_ptr_array_index (facets, i);
      g_autofree char *count = g_strdup_printf ("%d", facet->n_models);
      g_autofree char *label = NULL;

      gtk_label_set_label (g_ptr_array_index (self->counts, i), count);
      /* Translators: a tag in the sidebar, such as “stage: prod”, and how many models carry it. */
      label = g_strdup_printf (ngettext ("%1$s: %2$s, %3$d model", "%1$s: %2$s, %3$d models",
                                         (gulong) facet->n_models),
                               self->key, facet->value, facet->n_models);
      gtk_accessible_update_property (g_ptr_array_index (self->checks, i),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                      -1);
    }

  update_checks (self);
  update_shown (self);
}

/**
 * granary_facet_group_set_value:
 * @self: a group
 * @value: (nullable): the value that filters
 *
 * Shows it, without emitting a signal.
 */
void
granary_facet_group_set_value (GranaryFacetGroup *self,
                               const char        *value)
{
  g_return_if_fail (GRANARY_IS_FACET_GROUP (self));

  if (!g_set_str (&self->value, value))
    return;

  update_checks (self);
  update_shown (self);
}
