/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-wizard"

#include "config.h"

#include "granary-model-choice.h"

struct _GranaryModelChoice
{
  GObject              parent_instance;

  GranaryModelSummary *summary;
};

G_DEFINE_FINAL_TYPE (GranaryModelChoice, granary_model_choice, G_TYPE_OBJECT)

static void
granary_model_choice_finalize (GObject *object)
{
  GranaryModelChoice *self = GRANARY_MODEL_CHOICE (object);

  g_clear_pointer (&self->summary, granary_model_summary_unref);

  G_OBJECT_CLASS (granary_model_choice_parent_class)->finalize (object);
}

static void
granary_model_choice_class_init (GranaryModelChoiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = granary_model_choice_finalize;
}

static void
granary_model_choice_init (GranaryModelChoice *self)
{
}

GranaryModelChoice *
granary_model_choice_new (GranaryModelSummary *summary)
{
  GranaryModelChoice *self;

  g_return_val_if_fail (summary != NULL, NULL);

  self = g_object_new (GRANARY_TYPE_MODEL_CHOICE, NULL);
  self->summary = granary_model_summary_ref (summary);

  return self;
}

const GranaryModelSummary *
granary_model_choice_get_summary (GranaryModelChoice *self)
{
  g_return_val_if_fail (GRANARY_IS_MODEL_CHOICE (self), NULL);

  return self->summary;
}
