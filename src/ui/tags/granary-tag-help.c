/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tags"

#include "config.h"

#include "granary-tag-help.h"

struct _GranaryTagHelp
{
  AdwDialog parent_instance;
};

G_DEFINE_FINAL_TYPE (GranaryTagHelp, granary_tag_help, ADW_TYPE_DIALOG)

static void
granary_tag_help_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_TAG_HELP);

  G_OBJECT_CLASS (granary_tag_help_parent_class)->dispose (object);
}

static void
granary_tag_help_class_init (GranaryTagHelpClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = granary_tag_help_dispose;

  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/io/github/granary/Granary/ui/tags/granary-tag-help.ui");
}

static void
granary_tag_help_init (GranaryTagHelp *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *
granary_tag_help_new (void)
{
  return g_object_new (GRANARY_TYPE_TAG_HELP, NULL);
}
