/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-file-content.h"

#include "granary-command-private.h"
#include "granary-json.h"
#include "granary-wording.h"

/* What is asked for: the task data of both verbs. */
typedef struct
{
  GranaryConnection  *connection; /* (owned) */
  GranaryVersion     *version;    /* (owned) */
  char               *path;       /* (owned) */
  char               *object;     /* (owned): the file and its version, for people */
  GranaryObjectPlace *place;      /* (owned) (nullable): in the storage */
  char               *stamp;      /* (owned) (nullable): learned on the way */
  gsize               max;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->connection);
  granary_version_unref (request->version);
  g_clear_pointer (&request->place, granary_object_place_free);
  g_free (request->path);
  g_free (request->object);
  g_free (request->stamp);
  g_free (request);
}

void
granary_file_content_free (GranaryFileContent *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->stamp);
  g_free (self);
}

static GTask *
task_new (GranaryConnection   *connection,
          GranaryVersion      *version,
          const char          *path,
          gsize                max,
          GCancellable        *cancellable,
          GAsyncReadyCallback  callback,
          gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);
  g_autofree char *name = granary_wording_version (version->model_name, version->number);

  request->connection = g_object_ref (connection);
  request->version = granary_version_ref (version);
  request->path = g_strdup (path);
  request->object = g_strdup_printf ("%s/%s", name, path);
  request->max = max;
  g_task_set_task_data (task, request, request_free);

  return task;
}

static void
return_missing (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;

  granary_set_error (&error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILE_MISSING, request->object,
                     "%s: not a file of the version", request->path);
  g_task_return_error (task, error);
}

static void
return_too_large (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;

  granary_set_error (&error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_FORMAT_UNREADABLE,
                     request->object, "larger than %" G_GSIZE_FORMAT " bytes", request->max);
  g_task_return_error (task, error);
}

static void
return_content (GTask  *task,
                GBytes *bytes)
{
  Request *request = g_task_get_task_data (task);
  GranaryFileContent *content;

  if (g_bytes_get_size (bytes) > request->max)
    {
      return_too_large (task);
      return;
    }

  content = g_new0 (GranaryFileContent, 1);
  content->bytes = g_bytes_ref (bytes);
  content->stamp = g_strdup (request->stamp);
  g_task_return_pointer (task, content, (GDestroyNotify) granary_file_content_free);
}

/* In a folder of this computer: the catalogue's digest is the stamp. */

static void
file_loaded_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  GError *problem = NULL;

  bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);
  if (bytes != NULL)
    {
      return_content (task, bytes);
      return;
    }
  if (granary_error_is_cancelled (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  granary_set_error (&problem, GRANARY_ERROR_FILE,
                     g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
                       ? GRANARY_REASON_FILE_MISSING : GRANARY_REASON_SOURCE_UNREADABLE,
                     request->object, "%s", error->message);
  g_task_return_error (task, problem);
}

static void
version_loaded_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GranaryVersion) version = NULL;
  GError *error = NULL;
  const GranaryFile *file;

  version = granary_catalog_read_finish (GRANARY_CATALOG (source), result, &error);
  if (version == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  file = granary_version_find_file (version, request->path);
  g_task_return_pointer (task, file != NULL ? granary_sha256_to_text (file->sha256) : NULL,
                         g_free);
}

/* In the storage: its tag is the stamp. */

/* Finds out where the file is; FALSE leaves an error in the task. */
static gboolean
find_place (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  g_autoptr (GranaryObjectPlace) folder = NULL;
  g_autoptr (JsonNode) remote = NULL;
  g_autofree char *key = NULL;
  const char *region = NULL;
  GError *error = NULL;

  if (request->version->location == NULL ||
      granary_connection_get_storage (request->connection) == NULL)
    {
      granary_set_error (&error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_FILES_UNKNOWN,
                         request->object, "%s has no location", request->object);
      g_task_return_error (task, error);
      return FALSE;
    }

  folder = granary_object_place_parse (request->version->location, &error);
  if (folder == NULL)
    {
      g_task_return_error (task, error);
      return FALSE;
    }

  if (request->version->remote != NULL)
    remote = granary_json_parse (request->version->remote, -1, request->object, NULL);
  if (remote != NULL)
    region = granary_json_get_string (remote, "region");
  key = g_strconcat (folder->key, request->path, NULL);
  request->place = granary_object_place_new (folder->bucket,
                                             folder->region != NULL ? folder->region : region, key);

  return TRUE;
}

static char *
make_stamp (const GranaryObject *object)
{
  return g_strdup_printf ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                          object->etag != NULL ? object->etag : "", object->size,
                          object->modified);
}

static void
range_read_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GBytes) bytes = NULL;
  GError *error = NULL;

  bytes = granary_object_storage_read_range_finish (GRANARY_OBJECT_STORAGE (source), result, &error);
  if (bytes != NULL)
    return_content (task, bytes);
  else
    g_task_return_error (task, error);
}

static void
object_found_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GranaryObject) object = NULL;
  g_autoptr (GError) error = NULL;

  object = granary_object_storage_stat_finish (GRANARY_OBJECT_STORAGE (source), result, &error);
  if (object == NULL && granary_error_matches_reason (error, GRANARY_REASON_OBJECT_MISSING))
    return_missing (task);
  else if (object == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (object->size > (gint64) request->max)
    return_too_large (task);
  else if (object->size == 0)
    {
      g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

      request->stamp = make_stamp (object);
      return_content (task, nothing);
    }
  else
    {
      request->stamp = make_stamp (object);
      granary_object_storage_read_range_async (GRANARY_OBJECT_STORAGE (source), request->place, 0,
                                               request->max + 1, g_task_get_cancellable (task),
                                               range_read_cb, g_object_ref (task));
    }
}

static void
stamp_found_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GranaryObject) object = NULL;
  g_autoptr (GError) error = NULL;

  object = granary_object_storage_stat_finish (GRANARY_OBJECT_STORAGE (source), result, &error);
  if (object != NULL)
    g_task_return_pointer (task, make_stamp (object), g_free);
  else if (granary_error_matches_reason (error, GRANARY_REASON_OBJECT_MISSING))
    g_task_return_pointer (task, NULL, NULL);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Public functions */

void
granary_file_content_load_async (GranaryConnection   *connection,
                                 GranaryVersion      *version,
                                 const char          *path,
                                 gsize                max,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *full_path = NULL;
  const GranaryFile *file;
  Request *request;

  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (version != NULL);
  g_return_if_fail (path != NULL);

  task = task_new (connection, version, path, max, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_file_content_load_async);
  request = g_task_get_task_data (task);
  full_path = granary_repository_dup_path (granary_connection_get_repository (connection),
                                           version->model_name, version->number, path);
  if (full_path == NULL)
    {
      if (find_place (task))
        granary_object_storage_stat_async (granary_connection_get_storage (connection),
                                           request->place, cancellable, object_found_cb,
                                           g_object_ref (task));
      return;
    }

  file = granary_version_find_file (version, path);
  if (file == NULL)
    return_missing (task);
  else if (file->size > (gint64) max)
    return_too_large (task);
  else
    {
      g_autoptr (GFile) source = g_file_new_for_path (full_path);

      request->stamp = granary_sha256_to_text (file->sha256);
      g_file_load_bytes_async (source, cancellable, file_loaded_cb, g_object_ref (task));
    }
}

GranaryFileContent *
granary_file_content_load_finish (GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, granary_file_content_load_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
granary_file_content_stamp_async (GranaryConnection   *connection,
                                  GranaryVersion      *version,
                                  const char          *path,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (version != NULL);
  g_return_if_fail (path != NULL);

  task = task_new (connection, version, path, 0, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_file_content_stamp_async);
  request = g_task_get_task_data (task);
  if (granary_connection_has (connection, GRANARY_FEATURE_FOLDER))
    granary_load_present_version_async (granary_connection_get_catalog (connection), version->id,
                                        cancellable, version_loaded_cb, g_object_ref (task));
  else if (find_place (task))
    granary_object_storage_stat_async (granary_connection_get_storage (connection), request->place,
                                       cancellable, stamp_found_cb, g_object_ref (task));
}

/**
 * granary_file_content_stamp_finish:
 * @result: as given to the callback
 * @stamp: (out) (transfer full) (nullable): the stamp, %NULL when the file is gone
 * @error: return location
 *
 * Returns: whether it could be found out
 */
gboolean
granary_file_content_stamp_finish (GAsyncResult  *result,
                                   char         **stamp,
                                   GError       **error)
{
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (g_async_result_is_tagged (result, granary_file_content_stamp_async), FALSE);
  g_return_val_if_fail (stamp != NULL, FALSE);

  *stamp = g_task_propagate_pointer (G_TASK (result), &local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}
