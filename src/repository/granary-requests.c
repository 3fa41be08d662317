/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-requests.h"

/**
 * granary_import_request_new:
 *
 * Returns: (transfer full): an empty request, for its maker to fill
 */
GranaryImportRequest *
granary_import_request_new (void)
{
  return g_new0 (GranaryImportRequest, 1);
}

GranaryImportRequest *
granary_import_request_copy (const GranaryImportRequest *self)
{
  GranaryImportRequest *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = granary_import_request_new ();
  copy->name = g_strdup (self->name);
  copy->model_id = self->model_id;
  copy->description = g_strdup (self->description);
  copy->tags = self->tags != NULL ? granary_tag_set_copy (self->tags) : NULL;
  copy->source = self->source;
  copy->source_ref = g_strdup (self->source_ref);
  g_set_object (&copy->files, self->files);
  copy->move = self->move;
  copy->address = g_strdup (self->address);
  copy->task_uid = g_strdup (self->task_uid);
  copy->task_name = g_strdup (self->task_name);
  copy->task_version = g_strdup (self->task_version);
  copy->task_kinds = self->task_kinds;
  copy->preference = g_strdup (self->preference);
  copy->scene = g_strdup (self->scene);
  copy->config_key = g_strdup (self->config_key);
  copy->framework = g_strdup (self->framework);
  copy->format = g_strdup (self->format);
  copy->environment = g_strdup (self->environment);
  copy->image = g_strdup (self->image);
  copy->inspection = g_strdup (self->inspection);
  if (self->metrics != NULL)
    copy->metrics = g_ptr_array_ref (self->metrics);

  return copy;
}

void
granary_import_request_free (GranaryImportRequest *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->description);
  g_clear_pointer (&self->tags, granary_tag_set_free);
  g_free (self->source_ref);
  g_clear_object (&self->files);
  g_free (self->address);
  g_free (self->task_uid);
  g_free (self->task_name);
  g_free (self->task_version);
  g_free (self->preference);
  g_free (self->scene);
  g_free (self->config_key);
  g_free (self->framework);
  g_free (self->format);
  g_free (self->environment);
  g_free (self->image);
  g_free (self->inspection);
  g_clear_pointer (&self->metrics, g_ptr_array_unref);
  g_free (self);
}

/**
 * granary_upload_request_new:
 * @version_id: which version
 * @files: (nullable): what to add or replace
 * @replace: whether files of other content may be replaced
 *
 * Returns: (transfer full): a request; its maker may fill `remove`
 */
GranaryUploadRequest *
granary_upload_request_new (gint64          version_id,
                            GranaryFileSet *files,
                            gboolean        replace)
{
  GranaryUploadRequest *self = g_new0 (GranaryUploadRequest, 1);

  g_return_val_if_fail (files == NULL || GRANARY_IS_FILE_SET (files), self);

  self->version_id = version_id;
  self->files = files != NULL ? g_object_ref (files) : granary_file_set_new_empty ();
  self->replace = replace;

  return self;
}

GranaryUploadRequest *
granary_upload_request_copy (const GranaryUploadRequest *self)
{
  GranaryUploadRequest *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = granary_upload_request_new (self->version_id, self->files, self->replace);
  copy->remove = g_strdupv (self->remove);

  return copy;
}

void
granary_upload_request_free (GranaryUploadRequest *self)
{
  if (self == NULL)
    return;

  g_clear_object (&self->files);
  g_strfreev (self->remove);
  g_free (self);
}

/**
 * granary_edit_request_new:
 * @model_ids: (element-type gint64): which models
 *
 * Returns: (transfer full): a request that changes nothing yet
 */
GranaryEditRequest *
granary_edit_request_new (GArray *model_ids)
{
  GranaryEditRequest *self = g_new0 (GranaryEditRequest, 1);

  g_return_val_if_fail (model_ids != NULL, self);

  self->model_ids = g_array_ref (model_ids);

  return self;
}

GranaryEditRequest *
granary_edit_request_copy (const GranaryEditRequest *self)
{
  GranaryEditRequest *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = granary_edit_request_new (self->model_ids);
  copy->set_tags = self->set_tags != NULL ? granary_tag_set_copy (self->set_tags) : NULL;
  copy->remove_tags = g_strdupv (self->remove_tags);
  copy->name = g_strdup (self->name);
  copy->description = g_strdup (self->description);
  copy->primary_metric = g_strdup (self->primary_metric);

  return copy;
}

void
granary_edit_request_free (GranaryEditRequest *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->model_ids, g_array_unref);
  g_clear_pointer (&self->set_tags, granary_tag_set_free);
  g_strfreev (self->remove_tags);
  g_free (self->name);
  g_free (self->description);
  g_free (self->primary_metric);
  g_free (self);
}

/**
 * granary_delete_request_new:
 * @model_ids: (nullable) (element-type gint64): models to delete with all their versions
 * @version_ids: (nullable) (element-type gint64): versions to delete
 * @keep_files: leave the files where they are, where the back end can
 *
 * Returns: (transfer full): a request
 */
GranaryDeleteRequest *
granary_delete_request_new (GArray   *model_ids,
                            GArray   *version_ids,
                            gboolean  keep_files)
{
  GranaryDeleteRequest *self = g_new0 (GranaryDeleteRequest, 1);

  self->model_ids = model_ids != NULL ? g_array_ref (model_ids) : NULL;
  self->version_ids = version_ids != NULL ? g_array_ref (version_ids) : NULL;
  self->keep_files = keep_files;

  return self;
}

GranaryDeleteRequest *
granary_delete_request_copy (const GranaryDeleteRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return granary_delete_request_new (self->model_ids, self->version_ids, self->keep_files);
}

void
granary_delete_request_free (GranaryDeleteRequest *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->model_ids, g_array_unref);
  g_clear_pointer (&self->version_ids, g_array_unref);
  g_free (self);
}

/**
 * granary_refresh_request_new:
 * @model_ids: (nullable) (element-type gint64): models to ask for, %NULL for all
 * @add_uids: (nullable) (array zero-terminated=1): ids of models to take in as well
 *
 * Returns: (transfer full): a request
 */
GranaryRefreshRequest *
granary_refresh_request_new (GArray             *model_ids,
                             const char * const *add_uids)
{
  GranaryRefreshRequest *self = g_new0 (GranaryRefreshRequest, 1);

  self->model_ids = model_ids != NULL ? g_array_ref (model_ids) : NULL;
  self->add_uids = g_strdupv ((char **) add_uids);

  return self;
}

GranaryRefreshRequest *
granary_refresh_request_copy (const GranaryRefreshRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return granary_refresh_request_new (self->model_ids, (const char * const *) self->add_uids);
}

void
granary_refresh_request_free (GranaryRefreshRequest *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->model_ids, g_array_unref);
  g_strfreev (self->add_uids);
  g_free (self);
}

void
granary_verify_problem_free (GranaryVerifyProblem *self)
{
  if (self == NULL)
    return;

  g_clear_error (&self->error);
  g_free (self);
}
