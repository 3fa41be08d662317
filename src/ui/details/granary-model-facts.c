/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-model-facts.h"

#include <glib/gi18n-lib.h>

#include "granary-section-rows.h"
#include "granary-wording.h"

struct _GranaryModelFacts
{
  AdwBin        parent_instance;

  AdwActionRow *versions;
  AdwActionRow *storage;
  AdwActionRow *created;
  AdwActionRow *updated;
};

G_DEFINE_FINAL_TYPE (GranaryModelFacts, granary_model_facts, ADW_TYPE_BIN)

/* Helpers. */

/* "3 versions, up to v7": deleted numbers do not come back. */
static char *
describe_versions (GranaryModel *model)
{
  g_autofree char *count = granary_wording_n_versions (model->versions->len);

  if (model->high_water <= (int) model->versions->len)
    return g_steal_pointer (&count);

  /* Translators: how many versions there are, and the highest number ever given. */
  return g_strdup_printf (_("%1$s, numbered up to v%2$d"), count, model->high_water);
}

/* GObject. */

static void
granary_model_facts_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), GRANARY_TYPE_MODEL_FACTS);

  G_OBJECT_CLASS (granary_model_facts_parent_class)->dispose (object);
}

static void
granary_model_facts_class_init (GranaryModelFactsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = granary_model_facts_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/granary/Granary/ui/details/granary-model-facts.ui");
  gtk_widget_class_bind_template_child (widget_class, GranaryModelFacts, versions);
  gtk_widget_class_bind_template_child (widget_class, GranaryModelFacts, storage);
  gtk_widget_class_bind_template_child (widget_class, GranaryModelFacts, created);
  gtk_widget_class_bind_template_child (widget_class, GranaryModelFacts, updated);
}

static void
granary_model_facts_init (GranaryModelFacts *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * granary_model_facts_set_subject:
 * @self: the section
 * @subject: a subject that is a model
 */
void
granary_model_facts_set_subject (GranaryModelFacts    *self,
                                 const GranarySubject *subject)
{
  g_autofree char *versions = NULL;
  g_autofree char *storage = NULL;
  g_autofree char *created = NULL;
  g_autofree char *updated = NULL;

  g_return_if_fail (GRANARY_IS_MODEL_FACTS (self));
  g_return_if_fail (subject != NULL && subject->model != NULL);

  versions = describe_versions (subject->model);
  /* Of a model in the cloud none of whose files were looked at yet. */
  storage = granary_storage_describe (subject->unique_size < 0 && subject->model->size == 0
                                      ? -1 : subject->model->size,
                                      subject->unique_size);
  created = granary_wording_time (subject->model->created);
  updated = granary_wording_time (subject->model->updated);

  granary_property_row_set (self->versions, versions);
  granary_property_row_set (self->storage, storage);
  granary_property_row_set (self->created, created);
  granary_property_row_set (self->updated, updated);
}
