/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-object-storage.h"

#include "granary-error.h"

#define PAGE_MAX 1000

G_DEFINE_INTERFACE (GranaryObjectStorage, granary_object_storage, G_TYPE_OBJECT)

static void
granary_object_storage_default_init (GranaryObjectStorageInterface *iface)
{
}

/* Auxiliary functions */

/* An answer without asking the back end: it lacks the verb, or the place breaks a rule. */
static void
refuse (GranaryObjectStorage *self,
        GCancellable         *cancellable,
        GAsyncReadyCallback   callback,
        gpointer              user_data,
        GError               *error)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, refuse);
  g_task_return_error (task, error);
}

static void
refuse_verb (GranaryObjectStorage *self,
             GCancellable         *cancellable,
             GAsyncReadyCallback   callback,
             gpointer              user_data,
             const char           *verb)
{
  GError *error = NULL;

  granary_set_error (&error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_NONE, verb,
                     "%s does not implement %s", G_OBJECT_TYPE_NAME (self), verb);
  refuse (self, cancellable, callback, user_data, error);
}

/* Whether @result is such an answer; if so its error is moved to @error. */
static gboolean
propagate_refused (GAsyncResult  *result,
                   GError       **error)
{
  if (!g_async_result_is_tagged (result, refuse))
    return FALSE;

  g_task_propagate_boolean (G_TASK (result), error);
  return TRUE;
}

/**
 * granary_object_storage_list_buckets_async:
 * @self: a storage
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Lists the buckets of the account.
 */
void
granary_object_storage_list_buckets_async (GranaryObjectStorage *self,
                                           GCancellable         *cancellable,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data)
{
  GranaryObjectStorageInterface *iface;

  g_return_if_fail (GRANARY_IS_OBJECT_STORAGE (self));

  iface = GRANARY_OBJECT_STORAGE_GET_IFACE (self);
  if (iface->list_buckets_async != NULL)
    iface->list_buckets_async (self, cancellable, callback, user_data);
  else
    refuse_verb (self, cancellable, callback, user_data, "list_buckets");
}

/**
 * granary_object_storage_list_buckets_finish:
 * @self: a storage
 * @result: as given to the callback
 * @error: (out) (optional): of [error@Error]
 *
 * Returns: (transfer full) (element-type GranaryBucket): sorted by name
 */
GPtrArray *
granary_object_storage_list_buckets_finish (GranaryObjectStorage  *self,
                                            GAsyncResult          *result,
                                            GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_OBJECT_STORAGE (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  if (propagate_refused (result, error))
    return NULL;

  return GRANARY_OBJECT_STORAGE_GET_IFACE (self)->list_buckets_finish (self, result, error);
}

/**
 * granary_object_storage_list_async:
 * @self: a storage
 * @prefix: bucket, and what the keys begin with
 * @delimiter: (nullable): "/" for one level, %NULL for everything below
 * @marker: (nullable): where the page before ended
 * @max: how many at most, 0 for 1000
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Lists a page of a bucket, in byte order of the keys.
 */
void
granary_object_storage_list_async (GranaryObjectStorage     *self,
                                   const GranaryObjectPlace *prefix,
                                   const char               *delimiter,
                                   const char               *marker,
                                   guint                     max,
                                   GCancellable             *cancellable,
                                   GAsyncReadyCallback       callback,
                                   gpointer                  user_data)
{
  GranaryObjectStorageInterface *iface;
  GError *error = NULL;

  g_return_if_fail (GRANARY_IS_OBJECT_STORAGE (self));
  g_return_if_fail (prefix != NULL);

  if (max == 0)
    max = PAGE_MAX;
  iface = GRANARY_OBJECT_STORAGE_GET_IFACE (self);
  if (*prefix->key != '\0' && !granary_object_key_check (prefix->key, &error))
    refuse (self, cancellable, callback, user_data, error);
  else if (iface->list_async != NULL)
    iface->list_async (self, prefix, delimiter, marker, CLAMP (max, 1, PAGE_MAX), cancellable,
                       callback, user_data);
  else
    refuse_verb (self, cancellable, callback, user_data, "list");
}

/**
 * granary_object_storage_list_finish:
 * @self: a storage
 * @result: as given to the callback
 * @error: (out) (optional): of [error@Error]
 *
 * Returns: (transfer full): the page
 */
GranaryObjectPage *
granary_object_storage_list_finish (GranaryObjectStorage  *self,
                                    GAsyncResult          *result,
                                    GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_OBJECT_STORAGE (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  if (propagate_refused (result, error))
    return NULL;

  return GRANARY_OBJECT_STORAGE_GET_IFACE (self)->list_finish (self, result, error);
}

/**
 * granary_object_storage_stat_async:
 * @self: a storage
 * @place: an object
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Looks at one object.
 */
void
granary_object_storage_stat_async (GranaryObjectStorage     *self,
                                   const GranaryObjectPlace *place,
                                   GCancellable             *cancellable,
                                   GAsyncReadyCallback       callback,
                                   gpointer                  user_data)
{
  GranaryObjectStorageInterface *iface;
  GError *error = NULL;

  g_return_if_fail (GRANARY_IS_OBJECT_STORAGE (self));
  g_return_if_fail (place != NULL);

  iface = GRANARY_OBJECT_STORAGE_GET_IFACE (self);
  if (!granary_object_key_check (place->key, &error))
    refuse (self, cancellable, callback, user_data, error);
  else if (iface->stat_async != NULL)
    iface->stat_async (self, place, cancellable, callback, user_data);
  else
    refuse_verb (self, cancellable, callback, user_data, "stat");
}

/**
 * granary_object_storage_stat_finish:
 * @self: a storage
 * @result: as given to the callback
 * @error: (out) (optional): of [error@Error]
 *
 * Returns: (transfer full): what is known of it
 */
GranaryObject *
granary_object_storage_stat_finish (GranaryObjectStorage  *self,
                                    GAsyncResult          *result,
                                    GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_OBJECT_STORAGE (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  if (propagate_refused (result, error))
    return NULL;

  return GRANARY_OBJECT_STORAGE_GET_IFACE (self)->stat_finish (self, result, error);
}

/**
 * granary_object_storage_read_range_async:
 * @self: a storage
 * @place: an object
 * @offset: where to begin
 * @length: how many bytes at most
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Reads a piece of an object into memory.
 */
void
granary_object_storage_read_range_async (GranaryObjectStorage     *self,
                                         const GranaryObjectPlace *place,
                                         gint64                    offset,
                                         gsize                     length,
                                         GCancellable             *cancellable,
                                         GAsyncReadyCallback       callback,
                                         gpointer                  user_data)
{
  GranaryObjectStorageInterface *iface;
  GError *error = NULL;

  g_return_if_fail (GRANARY_IS_OBJECT_STORAGE (self));
  g_return_if_fail (place != NULL);
  g_return_if_fail (offset >= 0);

  iface = GRANARY_OBJECT_STORAGE_GET_IFACE (self);
  if (!granary_object_key_check (place->key, &error))
    refuse (self, cancellable, callback, user_data, error);
  else if (iface->read_range_async != NULL)
    iface->read_range_async (self, place, offset, length, cancellable, callback, user_data);
  else
    refuse_verb (self, cancellable, callback, user_data, "read_range");
}

/**
 * granary_object_storage_read_range_finish:
 * @self: a storage
 * @result: as given to the callback
 * @error: (out) (optional): of [error@Error]
 *
 * Returns: (transfer full): the bytes, fewer only at the end of the object
 */
GBytes *
granary_object_storage_read_range_finish (GranaryObjectStorage  *self,
                                          GAsyncResult          *result,
                                          GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_OBJECT_STORAGE (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  if (propagate_refused (result, error))
    return NULL;

  return GRANARY_OBJECT_STORAGE_GET_IFACE (self)->read_range_finish (self, result, error);
}

/**
 * granary_object_storage_read_async:
 * @self: a storage
 * @place: an object
 * @path: of a file that does not exist yet, in the file system's encoding
 * @transfer: (nullable): counts bytes and calls it off; its totals, states and end are its maker's
 * @callback: called when done
 * @user_data: for @callback
 *
 * Fetches an object into a file, which appears when it is complete and verified.
 */
void
granary_object_storage_read_async (GranaryObjectStorage     *self,
                                   const GranaryObjectPlace *place,
                                   const char               *path,
                                   GranaryTransfer          *transfer,
                                   GAsyncReadyCallback       callback,
                                   gpointer                  user_data)
{
  GranaryObjectStorageInterface *iface;
  g_autoptr (GranaryTransfer) own = NULL;
  GCancellable *cancellable;
  GError *error = NULL;

  g_return_if_fail (GRANARY_IS_OBJECT_STORAGE (self));
  g_return_if_fail (place != NULL);
  g_return_if_fail (path != NULL);
  g_return_if_fail (transfer == NULL || GRANARY_IS_TRANSFER (transfer));

  if (transfer == NULL)
    transfer = own = granary_transfer_new (GRANARY_TRANSFER_DOWNLOAD, NULL);
  cancellable = granary_transfer_get_cancellable (transfer);

  iface = GRANARY_OBJECT_STORAGE_GET_IFACE (self);
  if (!granary_object_key_check (place->key, &error))
    refuse (self, cancellable, callback, user_data, error);
  else if (iface->read_async != NULL)
    iface->read_async (self, place, path, transfer, callback, user_data);
  else
    refuse_verb (self, cancellable, callback, user_data, "read");
}

/**
 * granary_object_storage_read_finish:
 * @self: a storage
 * @result: as given to the callback
 * @error: (out) (optional): of [error@Error]
 *
 * Returns: (transfer full): what was fetched
 */
GranaryObject *
granary_object_storage_read_finish (GranaryObjectStorage  *self,
                                    GAsyncResult          *result,
                                    GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_OBJECT_STORAGE (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  if (propagate_refused (result, error))
    return NULL;

  return GRANARY_OBJECT_STORAGE_GET_IFACE (self)->read_finish (self, result, error);
}

/**
 * granary_object_storage_write_async:
 * @self: a storage
 * @path: of a regular file
 * @place: where to store it
 * @transfer: (nullable): counts bytes and calls it off; its totals, states and end are its maker's
 * @callback: called when done
 * @user_data: for @callback
 *
 * Stores a file as an object, in place of what is there.
 */
void
granary_object_storage_write_async (GranaryObjectStorage     *self,
                                    const char               *path,
                                    const GranaryObjectPlace *place,
                                    GranaryTransfer          *transfer,
                                    GAsyncReadyCallback       callback,
                                    gpointer                  user_data)
{
  GranaryObjectStorageInterface *iface;
  g_autoptr (GranaryTransfer) own = NULL;
  GCancellable *cancellable;
  GError *error = NULL;

  g_return_if_fail (GRANARY_IS_OBJECT_STORAGE (self));
  g_return_if_fail (path != NULL);
  g_return_if_fail (place != NULL);
  g_return_if_fail (transfer == NULL || GRANARY_IS_TRANSFER (transfer));

  if (transfer == NULL)
    transfer = own = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, NULL);
  cancellable = granary_transfer_get_cancellable (transfer);

  iface = GRANARY_OBJECT_STORAGE_GET_IFACE (self);
  if (!granary_object_key_check (place->key, &error))
    refuse (self, cancellable, callback, user_data, error);
  else if (iface->write_async != NULL)
    iface->write_async (self, path, place, transfer, callback, user_data);
  else
    refuse_verb (self, cancellable, callback, user_data, "write");
}

/**
 * granary_object_storage_write_finish:
 * @self: a storage
 * @result: as given to the callback
 * @error: (out) (optional): of [error@Error]
 *
 * Returns: (transfer full): what is stored now
 */
GranaryObject *
granary_object_storage_write_finish (GranaryObjectStorage  *self,
                                     GAsyncResult          *result,
                                     GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_OBJECT_STORAGE (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  if (propagate_refused (result, error))
    return NULL;

  return GRANARY_OBJECT_STORAGE_GET_IFACE (self)->write_finish (self, result, error);
}

/**
 * granary_object_storage_copy_async:
 * @self: a storage
 * @from: an object
 * @to: where to store it
 * @transfer: (nullable): counts bytes and calls it off; its totals, states and end are its maker's
 * @callback: called when done
 * @user_data: for @callback
 *
 * Copies an object within the storage, in place of what is there.
 */
void
granary_object_storage_copy_async (GranaryObjectStorage     *self,
                                   const GranaryObjectPlace *from,
                                   const GranaryObjectPlace *to,
                                   GranaryTransfer          *transfer,
                                   GAsyncReadyCallback       callback,
                                   gpointer                  user_data)
{
  GranaryObjectStorageInterface *iface;
  g_autoptr (GranaryTransfer) own = NULL;
  GCancellable *cancellable;
  GError *error = NULL;

  g_return_if_fail (GRANARY_IS_OBJECT_STORAGE (self));
  g_return_if_fail (from != NULL);
  g_return_if_fail (to != NULL);
  g_return_if_fail (transfer == NULL || GRANARY_IS_TRANSFER (transfer));

  if (transfer == NULL)
    transfer = own = granary_transfer_new (GRANARY_TRANSFER_UPLOAD, NULL);
  cancellable = granary_transfer_get_cancellable (transfer);

  iface = GRANARY_OBJECT_STORAGE_GET_IFACE (self);
  if (!granary_object_key_check (from->key, &error) ||
      !granary_object_key_check (to->key, &error))
    refuse (self, cancellable, callback, user_data, error);
  else if (iface->copy_async != NULL)
    iface->copy_async (self, from, to, transfer, callback, user_data);
  else
    refuse_verb (self, cancellable, callback, user_data, "copy");
}

/**
 * granary_object_storage_copy_finish:
 * @self: a storage
 * @result: as given to the callback
 * @error: (out) (optional): of [error@Error]
 *
 * Returns: (transfer full): what is stored now
 */
GranaryObject *
granary_object_storage_copy_finish (GranaryObjectStorage  *self,
                                    GAsyncResult          *result,
                                    GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_OBJECT_STORAGE (self), NULL);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), NULL);

  if (propagate_refused (result, error))
    return NULL;

  return GRANARY_OBJECT_STORAGE_GET_IFACE (self)->copy_finish (self, result, error);
}

/**
 * granary_object_storage_delete_async:
 * @self: a storage
 * @bucket: bucket; its key does not matter
 * @keys: (array zero-terminated=1): keys in it
 * @cancellable: (nullable): calls it off
 * @callback: called when done
 * @user_data: for @callback
 *
 * Deletes objects; those that are not there count as deleted. All are tried before the first
 * refusal is reported.
 */
void
granary_object_storage_delete_async (GranaryObjectStorage     *self,
                                     const GranaryObjectPlace *bucket,
                                     const char * const       *keys,
                                     GCancellable             *cancellable,
                                     GAsyncReadyCallback       callback,
                                     gpointer                  user_data)
{
  GranaryObjectStorageInterface *iface;

  g_return_if_fail (GRANARY_IS_OBJECT_STORAGE (self));
  g_return_if_fail (bucket != NULL);
  g_return_if_fail (keys != NULL);

  iface = GRANARY_OBJECT_STORAGE_GET_IFACE (self);
  if (iface->delete_async != NULL)
    iface->delete_async (self, bucket, keys, cancellable, callback, user_data);
  else
    refuse_verb (self, cancellable, callback, user_data, "delete");
}

/**
 * granary_object_storage_delete_finish:
 * @self: a storage
 * @result: as given to the callback
 * @error: (out) (optional): of [error@Error]
 *
 * Returns: whether all are gone
 */
gboolean
granary_object_storage_delete_finish (GranaryObjectStorage  *self,
                                      GAsyncResult          *result,
                                      GError               **error)
{
  g_return_val_if_fail (GRANARY_IS_OBJECT_STORAGE (self), FALSE);
  g_return_val_if_fail (G_IS_ASYNC_RESULT (result), FALSE);

  if (propagate_refused (result, error))
    return FALSE;

  return GRANARY_OBJECT_STORAGE_GET_IFACE (self)->delete_finish (self, result, error);
}
