/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tags"

#include "config.h"

#include "granary-tag-chip.h"

#include <glib/gi18n-lib.h>

#include "granary-error.h"

struct _GranaryTagChip
{
  GtkBox     parent_instance;

  GtkLabel  *label;
  GtkLabel  *count_label;
  GtkWidget *remove_button;

  char      *key;
  char      *title;
  gboolean   locked; /* shown, but neither edited nor removed */
};

G_DEFINE_FINAL_TYPE (GranaryTagChip, granary_tag_chip, GTK_TYPE_BOX)

enum
{
  REMOVE,
  EDIT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Callbacks */

static gboolean
key_pressed_cb (GranaryTagChip  *self,
                guint            keyval,
                guint            keycode,
                GdkModifierType  state)
{
  if (self->locked || (state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return GDK_EVENT_PROPAGATE;

  switch (keyval)
    {
    case GDK_KEY_Delete:
    case GDK_KEY_KP_Delete:
    case GDK_KEY_BackSpace:
      g_signal_emit (self, signals[REMOVE], 0);
      return GDK_EVENT_STOP;

    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
    case GDK_KEY_space:
      g_signal_emit (self, signals[EDIT], 0);
      return GDK_EVENT_STOP;

    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
clicked_cb (GranaryTagChip *self,
            int             n_press,
            double          x,
            double          y)
{
  if (!self->locked)
    g_signal_emit (self, signals[EDIT], 0);
}

static void
remove_cb (GranaryTagChip *self)
{
  g_signal_emit (self, signals[REMOVE], 0);
}

/* GObject */

static void
granary_tag_chip_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_TAG_CHIP);

  G_OBJECT_CLASS (granary_tag_chip_parent_class)->dispose (object);
}

static void
granary_tag_chip_finalize (GObject *object)
{
  GranaryTagChip *self = GRANARY_TAG_CHIP (object);

  g_free (self->key);
  g_free (self->title);

  G_OBJECT_CLASS (granary_tag_chip_parent_class)->finalize (object);
}

static void
granary_tag_chip_class_init (GranaryTagChipClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = granary_tag_chip_dispose;
  object_class->finalize = granary_tag_chip_finalize;

  signals[REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[EDIT] = g_signal_new ("edit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/granary/Granary/ui/tags/granary-tag-chip.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTagChip, label);
  gtk_widget_class_bind_template_child (widget_class, GranaryTagChip, count_label);
  gtk_widget_class_bind_template_child (widget_class, GranaryTagChip, remove_button);
  gtk_widget_class_bind_template_callback (widget_class, key_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
granary_tag_chip_init (GranaryTagChip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public functions */

GtkWidget *
granary_tag_chip_new (void)
{
  return g_object_new (GRANARY_TYPE_TAG_CHIP, NULL);
}

/**
 * granary_tag_chip_format:
 * @key: tag key
 * @value: tag value, may be empty
 *
 * Returns: (transfer full): the tag on one line, safe to show
 */
char *
granary_tag_chip_format (const char *key,
                         const char *value)
{
  g_autofree char *shown_key = NULL;
  g_autofree char *shown_value = NULL;

  g_return_val_if_fail (key != NULL, NULL);
  g_return_val_if_fail (value != NULL, NULL);

  shown_key = granary_display_path (key);
  if (*value == '\0')
    return g_steal_pointer (&shown_key);

  shown_value = granary_display_path (value);
  /* Translators: a tag; the first is its key, the second its value, as in “team: vision”. */
  return g_strdup_printf (_("%1$s: %2$s"), shown_key, shown_value);
}

/**
 * granary_tag_chip_set_row:
 * @self: a chip
 * @row: the tag
 * @n_models: how many models are edited; with more than one, a tag that only some of them carry
 *   says how many
 *
 * Shows @row.
 */
void
granary_tag_chip_set_row (GranaryTagChip          *self,
                          const GranaryTagPlanRow *row,
                          guint                    n_models)
{
  g_autofree char *count = NULL;
  g_autofree char *description = NULL;
  g_autofree char *remove = NULL;
  g_autofree char *tooltip = NULL;

  g_return_if_fail (GRANARY_IS_TAG_CHIP (self));
  g_return_if_fail (row != NULL);

  g_set_str (&self->key, row->key);
  g_free (self->title);
  self->title = granary_tag_chip_format (row->key, row->values);
  gtk_label_set_label (self->label, self->title);

  if (row->n_models < n_models)
    {
      /* Translators: so many of the selected models carry the tag, as in “2 of 5”. */
      count = g_strdup_printf (_("%1$u of %2$u"), row->n_models, n_models);
      /* Translators: for screen readers and as a tooltip of a tag. */
      description = g_strdup_printf (_("Carried by %1$u of %2$u models"), row->n_models, n_models);
    }
  else if (row->value == NULL)
    {
      /* Translators: the models carry this tag with different values. */
      count = g_strdup (C_("tag values", "differ"));
      description = g_strdup (_("The models carry it with different values"));
    }

  if (row->locked && description == NULL)
    /* Translators: tooltip of a tag that the cloud platform sets itself. */
    description = g_strdup (_("Set by the platform"));
  self->locked = row->locked;
  gtk_widget_set_visible (self->remove_button, !row->locked);
  if (row->locked)
    gtk_widget_add_css_class (GTK_WIDGET (self), "locked");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "locked");

  gtk_label_set_label (self->count_label, count != NULL ? count : "");
  gtk_widget_set_visible (GTK_WIDGET (self->count_label), count != NULL);

  if (count != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "partial");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "partial");

  tooltip = description != NULL ? g_strdup_printf ("%s\n%s", self->title, description)
                                : g_strdup (self->title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->label), tooltip);

  /* Translators: takes a tag away; %s is the tag. */
  remove = g_strdup_printf (_("Remove %s"), self->title);
  gtk_widget_set_tooltip_text (self->remove_button, remove);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, remove,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, self->title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description != NULL ? description
                                                      : _("Delete removes it, Enter edits it"),
                                  -1);
}

const char *
granary_tag_chip_get_key (GranaryTagChip *self)
{
  g_return_val_if_fail (GRANARY_IS_TAG_CHIP (self), NULL);

  return self->key;
}

const char *
granary_tag_chip_get_title (GranaryTagChip *self)
{
  g_return_val_if_fail (GRANARY_IS_TAG_CHIP (self), NULL);

  return self->title;
}
