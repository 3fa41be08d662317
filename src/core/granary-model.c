/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-core"

#include "config.h"

#include "granary-model.h"

/* Both are reference-counted boxes: filled by the catalogue before anyone else sees them, and not
 * changed afterwards, so that threads share them without locks. */

G_DEFINE_BOXED_TYPE (GranaryModel, granary_model, granary_model_ref, granary_model_unref)
G_DEFINE_BOXED_TYPE (GranaryModelSummary, granary_model_summary, granary_model_summary_ref, granary_model_summary_unref)

static void
granary_model_clear (gpointer data)
{
  GranaryModel *self = data;

  g_free (self->uid);
  g_free (self->name);
  g_free (self->description);
  g_free (self->primary_metric);
  granary_tag_set_free (self->tags);
  g_clear_pointer (&self->versions, g_ptr_array_unref);
}

static void
granary_model_summary_clear (gpointer data)
{
  GranaryModelSummary *self = data;

  g_free (self->uid);
  g_free (self->name);
  g_free (self->framework);
  g_free (self->metric_name);
  g_free (self->metric_text);
  granary_tag_set_free (self->tags);
}

/**
 * granary_model_new:
 *
 * Returns: (transfer full): a model to be filled by its maker
 */
GranaryModel *
granary_model_new (void)
{
  return g_atomic_rc_box_new0 (GranaryModel);
}

GranaryModel *
granary_model_ref (GranaryModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

void
granary_model_unref (GranaryModel *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, granary_model_clear);
}

/**
 * granary_model_summary_new:
 *
 * Returns: (transfer full): a summary to be filled by its maker
 */
GranaryModelSummary *
granary_model_summary_new (void)
{
  return g_atomic_rc_box_new0 (GranaryModelSummary);
}

GranaryModelSummary *
granary_model_summary_ref (GranaryModelSummary *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

void
granary_model_summary_unref (GranaryModelSummary *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, granary_model_summary_clear);
}
