/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-import-draft-private.h"

#include "granary-error.h"
#include "granary-file-check.h"
#include "granary-metric.h"

/* From the draft to the request: what is missing, what is wrong, and what comes out. */

/**
 * granary_import_draft_get_problem:
 * @self: a draft
 * @field: which part
 *
 * Returns: (nullable) (transfer none): what keeps the import from starting, the first of @field
 */
const GError *
granary_import_draft_get_problem (GranaryImportDraft *self,
                                  GranaryDraftField   field)
{
  GranaryFileSet *files;
  gboolean is_new;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  is_new = granary_draft_target_is_new (self->target);
  switch (field)
    {
    case GRANARY_DRAFT_NAME:
      return is_new ? granary_draft_target_get_problem (self->target) : NULL;

    case GRANARY_DRAFT_MODEL:
      return is_new ? NULL : granary_draft_target_get_problem (self->target);

    case GRANARY_DRAFT_FILES:
      files = granary_file_choice_get_set (self->files);
      return granary_file_set_get_n_problems (files) > 0 ? granary_file_set_get_problem (files, 0)
                                                         : NULL;

    case GRANARY_DRAFT_METRICS:
      return self->metrics_problem;

    case GRANARY_DRAFT_CONFIG:
      return granary_file_choice_get_problem (self->files, GRANARY_CONFIG_FILE);

    case GRANARY_DRAFT_SERVICE:
      return granary_file_choice_get_problem (self->files, GRANARY_SERVICE_FILE);

    /* A tag set holds no tag that breaks a rule. */
    case GRANARY_DRAFT_TAGS:
    case GRANARY_DRAFT_TASK:
    case GRANARY_DRAFT_ADDRESS:
    case GRANARY_DRAFT_ENVIRONMENT:
    default:
      return NULL;
    }
}

/**
 * granary_import_draft_is_missing:
 * @self: a draft
 * @field: which part
 *
 * Returns: whether @field is still empty. A configuration and a service may stay so.
 */
gboolean
granary_import_draft_is_missing (GranaryImportDraft *self,
                                 GranaryDraftField   field)
{
  GranaryFileSet *files;
  gboolean is_new;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), FALSE);

  is_new = granary_draft_target_is_new (self->target);
  files = granary_file_choice_get_set (self->files);
  switch (field)
    {
    case GRANARY_DRAFT_NAME:
      return is_new && granary_draft_target_is_missing (self->target);

    case GRANARY_DRAFT_MODEL:
      return !is_new && granary_draft_target_is_missing (self->target);

    case GRANARY_DRAFT_TAGS:
      return granary_tag_set_get_size (self->tags) == 0;

    case GRANARY_DRAFT_FILES:
      return granary_file_set_get_n_files (files) == 0;

    case GRANARY_DRAFT_METRICS:
      return self->metrics->len == 0;

    case GRANARY_DRAFT_CONFIG:
      return granary_file_choice_get_text (self->files, GRANARY_CONFIG_FILE) == NULL &&
             granary_file_set_find (files, GRANARY_CONFIG_FILE) == NULL;

    case GRANARY_DRAFT_SERVICE:
      return granary_file_choice_get_text (self->files, GRANARY_SERVICE_FILE) == NULL &&
             granary_file_set_find (files, GRANARY_SERVICE_FILE) == NULL;

    case GRANARY_DRAFT_TASK:
    case GRANARY_DRAFT_ADDRESS:
    case GRANARY_DRAFT_ENVIRONMENT:
    default:
      return FALSE;
    }
}

/* Why there can be no request, for callers that did not wait until the draft was ready. */
static void
explain_not_ready (GranaryImportDraft  *self,
                   GError             **error)
{
  for (guint field = 0; field < GRANARY_N_DRAFT_FIELDS; field++)
    {
      const GError *problem = granary_import_draft_get_problem (self, (GranaryDraftField) field);

      if (problem != NULL)
        {
          g_propagate_error (error, g_error_copy (problem));
          return;
        }
    }

  if (granary_import_draft_is_missing (self, GRANARY_DRAFT_NAME))
    granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_NAME_EMPTY, NULL,
                       "no name");
  else if (granary_import_draft_is_missing (self, GRANARY_DRAFT_MODEL))
    granary_set_error (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_MODEL_MISSING, NULL,
                       "no model chosen");
  else if (self->busy)
    granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_BUSY,
                       granary_draft_target_get_name (self->target),
                       "files are still being read");
  else
    granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_SOURCE_NONE, NULL,
                       "no files");
}

/**
 * granary_import_draft_make_request:
 * @self: a draft
 * @error: (out) (optional): where to put an error
 *
 * Makes the request that the repository carries out. Texts were written to a temporary folder that
 * goes with the draft: keep the draft until the import is done.
 *
 * Returns: (transfer full): the request; %NULL while the draft is not ready, with what stands in
 *   the way
 */
GranaryImportRequest *
granary_import_draft_make_request (GranaryImportDraft  *self,
                                   GError             **error)
{
  g_autoptr (GranaryImportRequest) request = NULL;
  GranaryInspection *inspection;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!self->ready)
    {
      explain_not_ready (self, error);
      return NULL;
    }

  request = granary_import_request_new ();
  if (granary_draft_target_is_new (self->target))
    {
      request->name = g_strdup (granary_draft_target_get_valid_name (self->target));
      if (*self->description != '\0')
        request->description = g_strdup (self->description);
    }
  else
    request->model_id = granary_draft_target_get_model_id (self->target);
  if (granary_tag_set_get_size (self->tags) > 0)
    request->tags = granary_tag_set_copy (self->tags);
  request->source = GRANARY_SOURCE_FILES;
  request->source_ref = g_strdup (self->source_ref);
  request->files = g_object_ref (granary_file_choice_get_set (self->files));
  request->move = self->move;
  request->framework = g_strdup (granary_import_draft_get_framework (self));
  request->format = g_strdup (granary_import_draft_get_format (self));
  request->environment = g_strdup (self->environment);
  inspection = granary_import_draft_get_inspection (self);
  if (inspection != NULL)
    request->inspection = granary_inspection_to_json (inspection);
  if (self->metrics->len > 0)
    request->metrics = granary_metrics_copy (self->metrics);

  return g_steal_pointer (&request);
}
