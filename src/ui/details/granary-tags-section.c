/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-tags-section.h"

#include "granary-error.h"
#include "granary-tag-chip.h"

struct _GranaryTagsSection
{
  AdwBin           parent_instance;

  AdwWrapBox      *box;
  GtkLabel        *none;

  GranaryTagSet   *tags; /* (owned) (nullable): what is shown */
};

G_DEFINE_FINAL_TYPE (GranaryTagsSection, granary_tags_section, ADW_TYPE_BIN)

/* Helpers. */

static GtkWidget *
make_chip (const char *key,
           const char *value)
{
  g_autofree char *text = granary_tag_chip_format (key, value);
  g_autofree char *shown = granary_display_path (text);
  GtkWidget *chip;

  chip = g_object_new (GTK_TYPE_LABEL,
                       "label", shown,
                       "ellipsize", PANGO_ELLIPSIZE_MIDDLE,
                       "tooltip-text", shown,
                       NULL);
  gtk_widget_add_css_class (chip, "tag-chip");

  return chip;
}

static void
add_chips (GranaryTagsSection *self,
           gboolean            automatic)
{
  for (guint i = 0; i < granary_tag_set_get_size (self->tags); i++)
    {
      const char *key = granary_tag_set_get_key (self->tags, i);

      if (granary_tag_key_is_automatic (key) == automatic)
        adw_wrap_box_append (self->box,
                             make_chip (key, granary_tag_set_get_value (self->tags, i)));
    }
}

static void
fill (GranaryTagsSection *self)
{
  guint n_tags = granary_tag_set_get_size (self->tags);
  GtkWidget *chip;

  while ((chip = gtk_widget_get_first_child (GTK_WIDGET (self->box))) != NULL)
    adw_wrap_box_remove (self->box, chip);
  /* What people chose comes before what the platform puts on everything. */
  add_chips (self, FALSE);
  add_chips (self, TRUE);

  gtk_widget_set_visible (GTK_WIDGET (self->box), n_tags > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->none), n_tags == 0);
}

/* GObject. */

static void
granary_tags_section_dispose (GObject *object)
{
  GranaryTagsSection *self = GRANARY_TAGS_SECTION (object);

  g_clear_pointer (&self->tags, granary_tag_set_free);
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_TAGS_SECTION);

  G_OBJECT_CLASS (granary_tags_section_parent_class)->dispose (object);
}

static void
granary_tags_section_class_init (GranaryTagsSectionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_tags_section_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/details/granary-tags-section.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryTagsSection, box);
  gtk_widget_class_bind_template_child (widget_class, GranaryTagsSection, none);
}

static void
granary_tags_section_init (GranaryTagsSection *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_tags_section_set_model:
 * @self: the section
 * @model: the model whose tags to show
 */
void
granary_tags_section_set_model (GranaryTagsSection *self,
                                GranaryModel       *model)
{
  g_return_if_fail (GRANARY_IS_TAGS_SECTION (self));
  g_return_if_fail (model != NULL);

  if (self->tags != NULL && granary_tag_set_equal (self->tags, model->tags))
    return;

  g_clear_pointer (&self->tags, granary_tag_set_free);
  self->tags = granary_tag_set_copy (model->tags);
  fill (self);
}
