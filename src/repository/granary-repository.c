/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-repository.h"

#include "granary-error.h"

G_DEFINE_INTERFACE (GranaryRepository, granary_repository, G_TYPE_OBJECT)

static void
granary_repository_default_init (GranaryRepositoryInterface *iface)
{
}

/* The answer of a back end that lacks a verb. */
static void
report_unsupported (GranaryRepository   *self,
                    GranaryTransfer     *transfer,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data,
                    const char          *verb)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, report_unsupported);
  granary_set_error (&error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_NONE, verb,
                     "%s does not implement %s", G_OBJECT_TYPE_NAME (self), verb);
  if (transfer != NULL)
    granary_transfer_finish (transfer, error);
  g_task_return_error (task, g_steal_pointer (&error));
}

/* Whether @result is such an answer; if so its error is moved to @error. */
static gboolean
propagate_unsupported (GAsyncResult  *result,
                       GError       **error)
{
  if (!g_async_result_is_tagged (result, report_unsupported))
    return FALSE;

  g_task_propagate_boolean (G_TASK (result), error);
  return TRUE;
}

/**
 * granary_repository_import_async:
 * @self: a repository
 * @request: what to store; copied
 * @transfer: (nullable): how far it is, and the way to call it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Stores files as a new version, of a new model or an existing one. All of it becomes visible at
 * once, or nothing. A source that a cut could not remove is a warning of @transfer.
 */
void
granary_repository_import_async (GranaryRepository          *self,
                                 const GranaryImportRequest *request,
                                 GranaryTransfer            *transfer,
                                 GAsyncReadyCallback         callback,
                                 gpointer                    user_data)
{
  GranaryRepositoryInterface *iface;
  g_autoptr (GranaryTransfer) own = NULL;

  g_return_if_fail (GRANARY_IS_REPOSITORY (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (transfer == NULL || GRANARY_IS_TRANSFER (transfer));

  if (transfer == NULL)
    transfer = own = granary_transfer_new (GRANARY_TRANSFER_IMPORT, NULL);

  iface = GRANARY_REPOSITORY_GET_IFACE (self);
  if (iface->import_async != NULL)
    iface->import_async (self, request, transfer, callback, user_data);
  else
    report_unsupported (self, transfer, granary_transfer_get_cancellable (transfer),
                        callback, user_data, "import");
}

/**
 * granary_repository_import_finish:
 * @self: a repository
 * @result: as given to the callback
 * @error: of [error@Error]
 *
 * Returns: (transfer full): the new version, with its files
 */
GranaryVersion *
granary_repository_import_finish (GranaryRepository  *self,
                                  GAsyncResult       *result,
                                  GError            **error)
{
  g_return_val_if_fail (GRANARY_IS_REPOSITORY (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  if (propagate_unsupported (result, error))
    return NULL;

  return GRANARY_REPOSITORY_GET_IFACE (self)->import_finish (self, result, error);
}

/**
 * granary_repository_upload_async:
 * @self: a repository
 * @request: what to change; copied
 * @transfer: (nullable): how far it is, and the way to call it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Adds files to a version, replaces or removes some. All of it becomes visible at once, or
 * nothing. A file that is already there with the same content is left alone.
 */
void
granary_repository_upload_async (GranaryRepository          *self,
                                 const GranaryUploadRequest *request,
                                 GranaryTransfer            *transfer,
                                 GAsyncReadyCallback         callback,
                                 gpointer                    user_data)
{
  GranaryRepositoryInterface *iface;
  g_autoptr (GranaryTransfer) own = NULL;

  g_return_if_fail (GRANARY_IS_REPOSITORY (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (transfer == NULL || GRANARY_IS_TRANSFER (transfer));

  if (transfer == NULL)
    transfer = own = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, NULL);

  iface = GRANARY_REPOSITORY_GET_IFACE (self);
  if (iface->upload_async != NULL)
    iface->upload_async (self, request, transfer, callback, user_data);
  else
    report_unsupported (self, transfer, granary_transfer_get_cancellable (transfer),
                        callback, user_data, "upload");
}

/**
 * granary_repository_upload_finish:
 * @self: a repository
 * @result: as given to the callback
 * @error: %GRANARY_ERROR_CONFLICT with %GRANARY_REASON_WOULD_REPLACE when a file of other content
 *   is in the way and may not be replaced
 *
 * Returns: (transfer full): the version as it is now, with its files
 */
GranaryVersion *
granary_repository_upload_finish (GranaryRepository  *self,
                                  GAsyncResult       *result,
                                  GError            **error)
{
  g_return_val_if_fail (GRANARY_IS_REPOSITORY (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  if (propagate_unsupported (result, error))
    return NULL;

  return GRANARY_REPOSITORY_GET_IFACE (self)->upload_finish (self, result, error);
}

/**
 * granary_repository_download_async:
 * @self: a repository
 * @version_ids: (element-type gint64): which versions
 * @folder: an existing folder, absolute
 * @transfer: (nullable): how far it is, and the way to call it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Copies each version into a folder `MODEL-vN` of its own inside @folder. Nothing there is ever
 * overwritten: a folder of that name with other content is %GRANARY_REASON_TARGET_EXISTS.
 */
void
granary_repository_download_async (GranaryRepository   *self,
                                   GArray              *version_ids,
                                   const char          *folder,
                                   GranaryTransfer     *transfer,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  GranaryRepositoryInterface *iface;
  g_autoptr (GranaryTransfer) own = NULL;

  g_return_if_fail (GRANARY_IS_REPOSITORY (self));
  g_return_if_fail (version_ids != NULL && folder != NULL);
  g_return_if_fail (transfer == NULL || GRANARY_IS_TRANSFER (transfer));

  if (transfer == NULL)
    transfer = own = granary_transfer_new (GRANARY_TRANSFER_DOWNLOAD, NULL);

  iface = GRANARY_REPOSITORY_GET_IFACE (self);
  if (iface->download_async != NULL)
    iface->download_async (self, version_ids, folder, transfer, callback, user_data);
  else
    report_unsupported (self, transfer, granary_transfer_get_cancellable (transfer),
                        callback, user_data, "download");
}

/**
 * granary_repository_download_finish:
 * @self: a repository
 * @result: as given to the callback
 * @error: of [error@Error]
 *
 * Returns: (transfer full) (element-type filename): the folders, absolute, in the order asked for
 */
GPtrArray *
granary_repository_download_finish (GranaryRepository  *self,
                                    GAsyncResult       *result,
                                    GError            **error)
{
  g_return_val_if_fail (GRANARY_IS_REPOSITORY (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  if (propagate_unsupported (result, error))
    return NULL;

  return GRANARY_REPOSITORY_GET_IFACE (self)->download_finish (self, result, error);
}

/**
 * granary_repository_edit_async:
 * @self: a repository
 * @request: what to change; copied
 * @cancellable: (nullable): to call it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Changes tags, name, description or primary metric. All models change, or none.
 */
void
granary_repository_edit_async (GranaryRepository        *self,
                               const GranaryEditRequest *request,
                               GCancellable             *cancellable,
                               GAsyncReadyCallback       callback,
                               gpointer                  user_data)
{
  GranaryRepositoryInterface *iface;

  g_return_if_fail (GRANARY_IS_REPOSITORY (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  iface = GRANARY_REPOSITORY_GET_IFACE (self);
  if (iface->edit_async != NULL)
    iface->edit_async (self, request, cancellable, callback, user_data);
  else
    report_unsupported (self, NULL, cancellable,
                        callback, user_data, "edit");
}

/**
 * granary_repository_edit_finish:
 * @self: a repository
 * @result: as given to the callback
 * @error: of [error@Error]
 *
 * Returns: whether it was done
 */
gboolean
granary_repository_edit_finish (GranaryRepository  *self,
                                GAsyncResult       *result,
                                GError            **error)
{
  g_return_val_if_fail (GRANARY_IS_REPOSITORY (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);

  if (propagate_unsupported (result, error))
    return FALSE;

  return GRANARY_REPOSITORY_GET_IFACE (self)->edit_finish (self, result, error);
}

/**
 * granary_repository_delete_async:
 * @self: a repository
 * @request: what to delete; copied
 * @transfer: (nullable): how far it is, and the way to call it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Deletes; where the back end has a trash, into it. All go, or none.
 */
void
granary_repository_delete_async (GranaryRepository          *self,
                                 const GranaryDeleteRequest *request,
                                 GranaryTransfer            *transfer,
                                 GAsyncReadyCallback         callback,
                                 gpointer                    user_data)
{
  GranaryRepositoryInterface *iface;
  g_autoptr (GranaryTransfer) own = NULL;

  g_return_if_fail (GRANARY_IS_REPOSITORY (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (request->model_ids != NULL || request->version_ids != NULL);
  g_return_if_fail (transfer == NULL || GRANARY_IS_TRANSFER (transfer));

  if (transfer == NULL)
    transfer = own = granary_transfer_new (GRANARY_TRANSFER_DELETE, NULL);

  iface = GRANARY_REPOSITORY_GET_IFACE (self);
  if (iface->delete_async != NULL)
    iface->delete_async (self, request, transfer, callback, user_data);
  else
    report_unsupported (self, transfer, granary_transfer_get_cancellable (transfer),
                        callback, user_data, "delete");
}

/**
 * granary_repository_delete_finish:
 * @self: a repository
 * @result: as given to the callback
 * @error: of [error@Error]
 *
 * Returns: (transfer full) (array zero-terminated=1): the trash entries, for
 *   granary_repository_restore_async(); empty where there is no trash
 */
GStrv
granary_repository_delete_finish (GranaryRepository  *self,
                                  GAsyncResult       *result,
                                  GError            **error)
{
  g_return_val_if_fail (GRANARY_IS_REPOSITORY (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  if (propagate_unsupported (result, error))
    return NULL;

  return GRANARY_REPOSITORY_GET_IFACE (self)->delete_finish (self, result, error);
}

/**
 * granary_repository_restore_async:
 * @self: a repository
 * @entries: (array zero-terminated=1): trash entries
 * @new_name: (nullable): another name for the model; only with one entry
 * @cancellable: (nullable): to call it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Takes entries out of the trash. A model whose name was given away meanwhile needs @new_name:
 * %GRANARY_ERROR_CONFLICT with %GRANARY_REASON_NAME_TAKEN.
 */
void
granary_repository_restore_async (GranaryRepository   *self,
                                  const char * const  *entries,
                                  const char          *new_name,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  GranaryRepositoryInterface *iface;

  g_return_if_fail (GRANARY_IS_REPOSITORY (self));
  g_return_if_fail (entries != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  iface = GRANARY_REPOSITORY_GET_IFACE (self);
  if (iface->restore_async != NULL)
    iface->restore_async (self, entries, new_name, cancellable, callback, user_data);
  else
    report_unsupported (self, NULL, cancellable,
                        callback, user_data, "restore");
}

/**
 * granary_repository_restore_finish:
 * @self: a repository
 * @result: as given to the callback
 * @error: of [error@Error]
 *
 * Returns: whether all were restored; otherwise none was
 */
gboolean
granary_repository_restore_finish (GranaryRepository  *self,
                                   GAsyncResult       *result,
                                   GError            **error)
{
  g_return_val_if_fail (GRANARY_IS_REPOSITORY (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);

  if (propagate_unsupported (result, error))
    return FALSE;

  return GRANARY_REPOSITORY_GET_IFACE (self)->restore_finish (self, result, error);
}

/**
 * granary_repository_purge_async:
 * @self: a repository
 * @entries: (nullable) (array zero-terminated=1): trash entries; %NULL for all there are
 * @transfer: (nullable): how far it is, and the way to call it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Deletes for good. Entries already gone when it is called off or fails stay gone.
 */
void
granary_repository_purge_async (GranaryRepository   *self,
                                const char * const  *entries,
                                GranaryTransfer     *transfer,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GranaryRepositoryInterface *iface;
  g_autoptr (GranaryTransfer) own = NULL;

  g_return_if_fail (GRANARY_IS_REPOSITORY (self));
  g_return_if_fail (transfer == NULL || GRANARY_IS_TRANSFER (transfer));

  if (transfer == NULL)
    transfer = own = granary_transfer_new (GRANARY_TRANSFER_PURGE, NULL);

  iface = GRANARY_REPOSITORY_GET_IFACE (self);
  if (iface->purge_async != NULL)
    iface->purge_async (self, entries, transfer, callback, user_data);
  else
    report_unsupported (self, transfer, granary_transfer_get_cancellable (transfer),
                        callback, user_data, "purge");
}

/**
 * granary_repository_purge_finish:
 * @self: a repository
 * @result: as given to the callback
 * @error: of [error@Error]
 *
 * Returns: bytes that came free: of each file whose last link went, its size, or what it took on
 *   the disk where that is less (a sparse file); -1 with @error set
 */
gint64
granary_repository_purge_finish (GranaryRepository  *self,
                                 GAsyncResult       *result,
                                 GError            **error)
{
  g_return_val_if_fail (GRANARY_IS_REPOSITORY (self), -1);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), -1);

  if (propagate_unsupported (result, error))
    return -1;

  return GRANARY_REPOSITORY_GET_IFACE (self)->purge_finish (self, result, error);
}

/**
 * granary_repository_verify_async:
 * @self: a repository
 * @version_ids: (nullable) (element-type gint64): which versions; %NULL for all, and for what lies
 *   in the repository without belonging to any
 * @transfer: (nullable): how far it is, and the way to call it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Reads every file and compares it with what the catalogue says.
 */
void
granary_repository_verify_async (GranaryRepository   *self,
                                 GArray              *version_ids,
                                 GranaryTransfer     *transfer,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GranaryRepositoryInterface *iface;
  g_autoptr (GranaryTransfer) own = NULL;

  g_return_if_fail (GRANARY_IS_REPOSITORY (self));
  g_return_if_fail (transfer == NULL || GRANARY_IS_TRANSFER (transfer));

  if (transfer == NULL)
    transfer = own = granary_transfer_new (GRANARY_TRANSFER_VERIFY, NULL);

  iface = GRANARY_REPOSITORY_GET_IFACE (self);
  if (iface->verify_async != NULL)
    iface->verify_async (self, version_ids, transfer, callback, user_data);
  else
    report_unsupported (self, transfer, granary_transfer_get_cancellable (transfer),
                        callback, user_data, "verify");
}

/**
 * granary_repository_verify_finish:
 * @self: a repository
 * @result: as given to the callback
 * @error: of [error@Error]
 *
 * Returns: (transfer full) (element-type GranaryVerifyProblem): what is wrong; empty when nothing
 */
GPtrArray *
granary_repository_verify_finish (GranaryRepository  *self,
                                  GAsyncResult       *result,
                                  GError            **error)
{
  g_return_val_if_fail (GRANARY_IS_REPOSITORY (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  if (propagate_unsupported (result, error))
    return NULL;

  return GRANARY_REPOSITORY_GET_IFACE (self)->verify_finish (self, result, error);
}

/**
 * granary_repository_check_async:
 * @self: a repository
 * @version_id: which version
 * @cancellable: (nullable): to call it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Cheap look whether a version was changed behind the repository's back: compares names, sizes,
 * times and inodes, reads no content. For use whenever a version is shown.
 */
void
granary_repository_check_async (GranaryRepository   *self,
                                gint64               version_id,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GranaryRepositoryInterface *iface;

  g_return_if_fail (GRANARY_IS_REPOSITORY (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  iface = GRANARY_REPOSITORY_GET_IFACE (self);
  if (iface->check_async != NULL)
    iface->check_async (self, version_id, cancellable, callback, user_data);
  else
    report_unsupported (self, NULL, cancellable,
                        callback, user_data, "check");
}

/**
 * granary_repository_check_finish:
 * @self: a repository
 * @result: as given to the callback
 * @error: of [error@Error]
 *
 * Returns: (transfer full) (element-type GError): %GRANARY_REASON_FILE_CHANGED,
 *   %GRANARY_REASON_FILE_MISSING and %GRANARY_REASON_FILE_UNKNOWN, one a file; empty when all is
 *   as stored
 */
GPtrArray *
granary_repository_check_finish (GranaryRepository  *self,
                                 GAsyncResult       *result,
                                 GError            **error)
{
  g_return_val_if_fail (GRANARY_IS_REPOSITORY (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  if (propagate_unsupported (result, error))
    return NULL;

  return GRANARY_REPOSITORY_GET_IFACE (self)->check_finish (self, result, error);
}

/**
 * granary_repository_refresh_async:
 * @self: a repository
 * @request: what to ask for; copied
 * @cancellable: (nullable): to call it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks the service again and brings the catalogue up to date. Only where the connection has
 * %GRANARY_FEATURE_REFRESH.
 */
void
granary_repository_refresh_async (GranaryRepository           *self,
                                  const GranaryRefreshRequest *request,
                                  GCancellable                *cancellable,
                                  GAsyncReadyCallback          callback,
                                  gpointer                     user_data)
{
  GranaryRepositoryInterface *iface;

  g_return_if_fail (GRANARY_IS_REPOSITORY (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  iface = GRANARY_REPOSITORY_GET_IFACE (self);
  if (iface->refresh_async != NULL)
    iface->refresh_async (self, request, cancellable, callback, user_data);
  else
    report_unsupported (self, NULL, cancellable, callback, user_data, "refresh");
}

gboolean
granary_repository_refresh_finish (GranaryRepository  *self,
                                   GAsyncResult       *result,
                                   GError            **error)
{
  g_return_val_if_fail (GRANARY_IS_REPOSITORY (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);

  if (propagate_unsupported (result, error))
    return FALSE;

  return GRANARY_REPOSITORY_GET_IFACE (self)->refresh_finish (self, result, error);
}

/**
 * granary_repository_list_tags_async:
 * @self: a repository
 * @key: (nullable): a tag key, for its values; %NULL for all keys
 * @cancellable: (nullable): to call it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Asks which tags the service defines, used or not. A back end that has none beside those in the
 * catalogue answers %GRANARY_ERROR_UNSUPPORTED.
 */
void
granary_repository_list_tags_async (GranaryRepository   *self,
                                    const char          *key,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  GranaryRepositoryInterface *iface;

  g_return_if_fail (GRANARY_IS_REPOSITORY (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  iface = GRANARY_REPOSITORY_GET_IFACE (self);
  if (iface->list_tags_async != NULL)
    iface->list_tags_async (self, key, cancellable, callback, user_data);
  else
    report_unsupported (self, NULL, cancellable, callback, user_data, "list tags");
}

GStrv
granary_repository_list_tags_finish (GranaryRepository  *self,
                                     GAsyncResult       *result,
                                     GError            **error)
{
  g_return_val_if_fail (GRANARY_IS_REPOSITORY (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  if (propagate_unsupported (result, error))
    return NULL;

  return GRANARY_REPOSITORY_GET_IFACE (self)->list_tags_finish (self, result, error);
}

/**
 * granary_repository_dup_path:
 * @self: a repository
 * @model_name: name of a model
 * @number: number of a version
 * @path: (nullable): a file of it; %NULL for its folder
 *
 * Where a stored file can be read. It must not be written to. Whether it exists is not looked at.
 *
 * Returns: (transfer full) (nullable): an absolute path; %NULL where files are not on this computer
 */
char *
granary_repository_dup_path (GranaryRepository *self,
                             const char        *model_name,
                             int                number,
                             const char        *path)
{
  GranaryRepositoryInterface *iface;

  g_return_val_if_fail (GRANARY_IS_REPOSITORY (self), NULL);
  g_return_val_if_fail (model_name != NULL, NULL);

  iface = GRANARY_REPOSITORY_GET_IFACE (self);
  return iface->dup_path != NULL ? iface->dup_path (self, model_name, number, path) : NULL;
}

/**
 * granary_repository_dup_destination:
 * @self: a repository
 * @model_name: name of a model
 * @number: number of a version to come
 *
 * Returns: (transfer full) (nullable): where its files will be, for people: a displayed path or an
 *   address whose end may be open, as `cos://BUCKET/NAME/v3…`; %NULL where the platform chooses it
 */
char *
granary_repository_dup_destination (GranaryRepository *self,
                                    const char        *model_name,
                                    int                number)
{
  GranaryRepositoryInterface *iface;
  g_autofree char *path = NULL;

  g_return_val_if_fail (GRANARY_IS_REPOSITORY (self), NULL);
  g_return_val_if_fail (model_name != NULL, NULL);

  iface = GRANARY_REPOSITORY_GET_IFACE (self);
  if (iface->dup_destination != NULL)
    return iface->dup_destination (self, model_name, number);

  path = granary_repository_dup_path (self, model_name, number, NULL);

  return path != NULL ? granary_display_path (path) : NULL;
}
