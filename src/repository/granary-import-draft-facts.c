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

static const char *
followed_framework (GranaryImportDraft *self)
{
  GranaryInspection *inspection = granary_import_draft_get_inspection (self);

  return inspection != NULL ? granary_inspection_get_framework (inspection) : NULL;
}

static const char *
followed_format (GranaryImportDraft *self)
{
  GranaryInspection *inspection = granary_import_draft_get_inspection (self);

  return inspection != NULL ? granary_inspection_get_format (inspection) : NULL;
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

  change_fact (self, &self->environment, NULL, environment, "environment");
}

/**
 * granary_import_draft_get_metrics:
 * @self: a draft
 *
 * Returns: (transfer none) (element-type GranaryMetric): as entered
 */
GPtrArray *
granary_import_draft_get_metrics (GranaryImportDraft *self)
{
  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  return self->metrics;
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
  GPtrArray *copy;

  g_return_if_fail (GRANARY_IS_IMPORT_DRAFT (self));
  g_return_if_fail (metrics != NULL);

  copy = granary_metrics_copy (metrics);
  g_ptr_array_unref (self->metrics);
  self->metrics = copy;
  g_clear_error (&self->metrics_problem);
  granary_metrics_check (copy, &self->metrics_problem);
  self->is_touched |= copy->len > 0;
  g_signal_emit_by_name (self, "metrics-changed");
  granary_import_draft_update (self);
}
