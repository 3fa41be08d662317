/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-import-draft-private.h"

#include <string.h>

#include "granary-error.h"
#include "granary-file-check.h"
#include "granary-metric.h"

/* From the draft to the request: what is missing, what is wrong, and what comes out. */

/* config.json or model_service.py: what was written here, else what was found. */
static const GError *
get_text_problem (GranaryImportDraft *self,
                  const char         *target)
{
  GranaryFileChoice *files = granary_import_draft_origin_files (self);
  GranaryOriginAddress *address = granary_import_draft_origin_address (self);

  if (address != NULL && granary_file_choice_get_text (files, target) == NULL)
    return granary_origin_address_get_problem (address, target);

  return granary_file_choice_get_problem (files, target);
}

static gboolean
has_text (GranaryImportDraft *self,
          const char         *target)
{
  GranaryFileChoice *files = granary_import_draft_origin_files (self);
  GranaryOriginAddress *address = granary_import_draft_origin_address (self);
  GPtrArray *objects = address != NULL ? granary_origin_address_get_objects (address) : NULL;
  g_autoptr (GranaryObjectPlace) place = NULL;

  if (granary_file_choice_get_text (files, target) != NULL ||
      granary_file_set_find (granary_file_choice_get_set (files), target) != NULL)
    return TRUE;
  if (objects != NULL)
    place = granary_object_place_parse (granary_origin_address_get_folder (address), NULL);

  for (guint i = 0; place != NULL && i < objects->len; i++)
    {
      const GranaryObject *object = g_ptr_array_index (objects, i);

      if (g_str_has_prefix (object->key, place->key) &&
          g_str_equal (object->key + strlen (place->key), target))
        return TRUE;
    }

  return FALSE;
}

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
  GranaryOriginTask *task;
  GranaryOriginAddress *address;
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
      files = granary_import_draft_get_files (self);
      return granary_file_set_get_n_problems (files) > 0 ? granary_file_set_get_problem (files, 0)
                                                         : NULL;

    case GRANARY_DRAFT_METRICS:
      return self->metrics_problem;

    case GRANARY_DRAFT_CONFIG:
      return get_text_problem (self, GRANARY_CONFIG_FILE);

    case GRANARY_DRAFT_SERVICE:
      return get_text_problem (self, GRANARY_SERVICE_FILE);

    case GRANARY_DRAFT_TASK:
      task = granary_import_draft_origin_task (self);
      return task != NULL ? granary_origin_task_get_problem (task) : NULL;

    case GRANARY_DRAFT_ADDRESS:
      address = granary_import_draft_origin_address (self);
      return address != NULL ? granary_origin_address_get_problem (address, NULL) : NULL;

    /* A tag set holds no tag that breaks a rule. */
    case GRANARY_DRAFT_TAGS:
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
  GranaryOriginTask *task;
  GranaryFileSet *files;
  gboolean is_new;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), FALSE);

  is_new = granary_draft_target_is_new (self->target);
  files = granary_import_draft_get_files (self);
  switch (field)
    {
    case GRANARY_DRAFT_NAME:
      return is_new && granary_draft_target_is_missing (self->target);

    case GRANARY_DRAFT_MODEL:
      return !is_new && granary_draft_target_is_missing (self->target);

    case GRANARY_DRAFT_TAGS:
      return granary_tag_set_get_size (self->tags) == 0;

    case GRANARY_DRAFT_FILES:
      return granary_import_draft_origin_is_of_files (self) && granary_file_set_get_n_files (files) == 0;

    case GRANARY_DRAFT_METRICS:
      return granary_import_draft_origin_metrics (self)->len == 0;

    case GRANARY_DRAFT_CONFIG:
      return !has_text (self, GRANARY_CONFIG_FILE);

    case GRANARY_DRAFT_SERVICE:
      return !has_text (self, GRANARY_SERVICE_FILE);

    case GRANARY_DRAFT_TASK:
      task = granary_import_draft_origin_task (self);
      return task != NULL && granary_origin_task_get_details (task) == NULL;

    case GRANARY_DRAFT_ADDRESS:
      return self->source == GRANARY_SOURCE_COS &&
             granary_origin_address_get_folder (self->address) == NULL;

    case GRANARY_DRAFT_ENVIRONMENT:
      return self->environment == NULL;

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

static void
describe_task (GranaryImportDraft   *self,
               GranaryImportRequest *request)
{
  const GranaryTask *task = granary_import_draft_get_task (self)->task;
  gboolean is_automl = self->source == GRANARY_SOURCE_AUTOML;

  request->task_uid = g_strdup (task->uid);
  request->task_name = g_strdup (task->name);
  request->task_version = g_strdup (granary_import_draft_get_task_version (self));
  request->task_kinds = granary_import_draft_get_task_kind (self);
  if (is_automl && request->task_kinds == GRANARY_TASK_VISION)
    request->preference = g_strdup (granary_import_draft_get_preference (self));
  if (is_automl && request->task_kinds == GRANARY_TASK_OCR)
    request->scene = g_strdup (granary_import_draft_get_scene (self));
}

/* Where the files come from, and what is remembered of that. */
static void
describe_origin (GranaryImportDraft   *self,
                 GranaryImportRequest *request)
{
  GranaryOriginAddress *address = granary_import_draft_origin_address (self);
  GranaryTaskDetails *details = granary_import_draft_get_task (self);

  request->source = self->source;
  if (details != NULL)
    describe_task (self, request);
  if (address != NULL)
    request->address = g_strdup (granary_origin_address_get_folder (address));
  if (granary_import_draft_origin_is_of_files (self))
    request->files = g_object_ref (granary_import_draft_get_files (self));
  else if (details != NULL)
    request->config_key = g_strdup (self->config_key);

  if (self->source == GRANARY_SOURCE_FILES)
    request->source_ref = g_strdup (self->source_ref);
  else if (self->source == GRANARY_SOURCE_COS)
    request->source_ref = g_strdup (request->address);
  else if (request->files != NULL && details->task->location != NULL)
    request->source_ref = g_strdup (details->task->location);
  else
    request->source_ref = g_strdup (request->task_uid);
}

/**
 * granary_import_draft_dup_added_files:
 * @self: a draft
 *
 * Texts that were written here for an import whose files the platform takes itself. They are sent
 * to the version once it is there.
 *
 * Returns: (transfer full) (nullable): them; %NULL when there are none
 */
GranaryFileSet *
granary_import_draft_dup_added_files (GranaryImportDraft *self)
{
  GranaryFileSet *files;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  files = granary_import_draft_get_files (self);
  if (granary_import_draft_origin_is_of_files (self) || granary_file_set_get_n_files (files) == 0)
    return NULL;

  return g_object_ref (files);
}

/**
 * granary_import_draft_dup_destination:
 * @self: a draft
 *
 * Returns: (transfer full) (nullable): where the files will be: the path of a folder, displayed, or
 *   `cos://…`; %NULL while that is not known, or the platform chooses it
 */
char *
granary_import_draft_dup_destination (GranaryImportDraft *self)
{
  const char *name;
  int number;

  g_return_val_if_fail (GRANARY_IS_IMPORT_DRAFT (self), NULL);

  name = granary_draft_target_get_model_name (self->target);
  number = granary_draft_target_get_number (self->target);
  if (name == NULL || number <= 0)
    return NULL;

  return granary_repository_dup_destination (granary_connection_get_repository (self->connection),
                                             name, number);
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
  describe_origin (self, request);
  request->move = self->move;
  request->framework = g_strdup (granary_import_draft_get_framework (self));
  request->format = g_strdup (granary_import_draft_get_format (self));
  request->environment = g_strdup (self->environment);
  request->image = g_strdup (self->image);
  inspection = granary_import_draft_get_inspection (self);
  if (inspection != NULL)
    request->inspection = granary_inspection_to_json (inspection);
  if (granary_import_draft_origin_metrics (self)->len > 0)
    request->metrics = granary_metrics_copy (granary_import_draft_origin_metrics (self));

  return g_steal_pointer (&request);
}
