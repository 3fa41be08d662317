/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-import-draft-private.h"

#include "granary-metric.h"

/* What is said of the version: tags, description, framework, format, environment, metrics. */

const char *
granary_import_draft_get_description (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return self->description;
}

void
granary_import_draft_set_description (GranaryImportDraft *self,
                                      const char         *description)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  if (!g_set_str (&self->description, description != NULL ? description : ""))
    return;

  self->is_touched = TRUE;
  g_object_notify (G_OBJECT (self), "description");
}

const GranaryTagSet *
granary_import_draft_get_tags (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return self->tags;
}

void
granary_import_draft_set_tags (GranaryImportDraft  *self,
                               const GranaryTagSet *tags)
{
  GranaryTagSet *copy;

  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));
  g_return_if_fail (tags != NULL);

  if (granary_tag_set_equal (self->tags, tags))
    return;

  copy = granary_tag_set_copy (tags);
  granary_tag_set_free (self->tags);
  self->tags = copy;
  self->is_touched = TRUE;
  g_signal_emit_by_name (self, "tags-changed");
  granary_import_draft_update (self);
}

/* Sets a fact that follows the files while @field is NULL. */
static void
change_fact (GranaryImportDraft  *self,
             char               **field,
             const char          *followed,
             const char          *value,
             const char          *property)
{
  if (value != NULL && *value == '\0')
    value = NULL;
  /* A view that repeats what it was shown does not fix it. */
  if (*field == NULL && g_strcmp0 (value, followed) == 0)
    return;
  if (!g_set_str (field, value))
    return;

  self->is_touched = TRUE;
  g_object_notify (G_OBJECT (self), property);
}

/* The task knows with what it was trained; of the format its files know better. */
static const char *
followed_framework (GranaryImportDraft *self)
{
  GranaryInspection *inspection = granary_import_draft_get_inspection (self);
  const GranaryTaskOutput *output = granary_import_draft_get_output (self);
  GranaryTaskDetails *details = granary_import_draft_get_task (self);

  if (output != NULL && output->framework != NULL)
    return output->framework;
  if (details != NULL && details->task->framework != NULL)
    return details->task->framework;

  return inspection != NULL ? granary_inspection_get_framework (inspection) : NULL;
}

static const char *
followed_format (GranaryImportDraft *self)
{
  GranaryInspection *inspection = granary_import_draft_get_inspection (self);
  const GranaryTaskOutput *output = granary_import_draft_get_output (self);
  const char *format = inspection != NULL ? granary_inspection_get_format (inspection) : NULL;

  return format == NULL && output != NULL ? output->format : format;
}

/**
 * granary_import_draft_get_framework:
 * @self: a draft
 *
 * Returns: (nullable) (transfer none): as set, else as the files say
 */
const char *
granary_import_draft_get_framework (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return self->framework != NULL ? self->framework : followed_framework (self);
}

void
granary_import_draft_set_framework (GranaryImportDraft *self,
                                    const char         *framework)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  change_fact (self, &self->framework, followed_framework (self), framework, "framework");
}

/**
 * granary_import_draft_get_format:
 * @self: a draft
 *
 * Returns: (nullable) (transfer none): as set, else as the files say
 */
const char *
granary_import_draft_get_format (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return self->format != NULL ? self->format : followed_format (self);
}

void
granary_import_draft_set_format (GranaryImportDraft *self,
                                 const char         *format)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  change_fact (self, &self->format, followed_format (self), format, "format");
}

const char *
granary_import_draft_get_environment (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return self->environment;
}

void
granary_import_draft_set_environment (GranaryImportDraft *self,
                                      const char         *environment)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  g_clear_pointer (&self->image, g_free);
  change_fact (self, &self->environment, NULL, environment, "environment");
}

/**
 * granary_import_draft_set_image:
 * @self: a draft
 * @address: (nullable): the environment, as in [struct@Image]
 * @record: (nullable): what the platform needs beside it
 */
void
granary_import_draft_set_image (GranaryImportDraft *self,
                                const char         *address,
                                const char         *record)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  granary_import_draft_set_environment (self, address);
  g_set_str (&self->image, address != NULL ? record : NULL);
}

/**
 * granary_import_draft_get_metrics:
 * @self: a draft
 *
 * Returns: (transfer none) (element-type GranaryMetric): as entered, else as the task reported them
 */
GPtrArray *
granary_import_draft_get_metrics (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return granary_import_draft_origin_metrics (self);
}

static gboolean
is_reported (GranaryImportDraft *self,
             GPtrArray          *metrics)
{
  const GranaryTaskOutput *output = granary_import_draft_get_output (self);

  if (output == NULL || output->metrics->len != metrics->len)
    return FALSE;

  for (guint i = 0; i < metrics->len; i++)
    {
      const GranaryMetric *ours = g_ptr_array_index (metrics, i);
      const GranaryMetric *theirs = g_ptr_array_index (output->metrics, i);

      if (!g_str_equal (ours->name, theirs->name) || !g_str_equal (ours->text, theirs->text))
        return FALSE;
    }

  return TRUE;
}

static void
replace_metrics (GranaryImportDraft *self,
                 GPtrArray          *metrics)
{
  GPtrArray *copy = granary_metrics_copy (metrics);

  g_ptr_array_unref (self->metrics[self->source]);
  self->metrics[self->source] = copy;
  g_clear_error (&self->metrics_problem);
  granary_metrics_check (copy, &self->metrics_problem);
  g_signal_emit_by_name (self, "metrics-changed");
  granary_import_draft_update (self);
}

/**
 * granary_import_draft_set_metrics:
 * @self: a draft
 * @metrics: (element-type GranaryMetric): copied
 */
void
granary_import_draft_set_metrics (GranaryImportDraft *self,
                                  GPtrArray          *metrics)
{
  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));
  g_return_if_fail (metrics != NULL);

  self->is_metrics_edited[self->source] = !is_reported (self, metrics);
  self->is_touched |= self->is_metrics_edited[self->source] && metrics->len > 0;
  replace_metrics (self, metrics);
}

/**
 * granary_import_draft_metrics_are_edited:
 * @self: a draft
 *
 * Returns: whether there are reported metrics, and they differ from those that are set
 */
gboolean
granary_import_draft_metrics_are_edited (GranaryImportDraft *self)
{
  const GranaryTaskOutput *output;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), FALSE);

  output = granary_import_draft_get_output (self);

  return output != NULL && output->metrics->len > 0 && self->is_metrics_edited[self->source];
}

/**
 * granary_import_draft_reset_metrics:
 * @self: a draft
 *
 * Takes the metrics that the task reported.
 */
void
granary_import_draft_reset_metrics (GranaryImportDraft *self)
{
  const GranaryTaskOutput *output;

  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));

  output = granary_import_draft_get_output (self);
  self->is_metrics_edited[self->source] = FALSE;
  if (output != NULL)
    replace_metrics (self, output->metrics);
}
