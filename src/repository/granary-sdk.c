/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-repository"

#include "config.h"

#include "granary-sdk.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-sdk-resources.h"
#include "granary-worker.h"

#define EXAMPLE_RESOURCE "/io/github/granary/sdk/" GRANARY_SDK_EXAMPLE

/* One download. */
typedef struct
{
  gint64           version_id;
  char            *folder;   /* (owned) */
  GranaryTransfer *transfer; /* (owned) */
  GranaryVersion  *version;  /* (owned) (nullable) */
  char            *path;     /* (owned) (nullable): where it is */
} Download;

static void
download_free (gpointer data)
{
  Download *self = data;

  g_free (self->folder);
  g_free (self->path);
  g_clear_object (&self->transfer);
  g_clear_pointer (&self->version, granary_version_unref);
  g_free (self);
}

static char *
dup_subject (const GranaryVersion *version)
{
  return g_strdup_printf ("%s v%d", version->model_name != NULL ? version->model_name : "",
                          version->number);
}

/* The example */

static gboolean
write_all (int          fd,
           const char  *bytes,
           gsize        length)
{
  while (length > 0)
    {
      gssize n_written = write (fd, bytes, length);

      if (n_written < 0 && errno == EINTR)
        continue;
      if (n_written < 0)
        return FALSE;
      bytes += n_written;
      length -= (gsize) n_written;
    }

  return TRUE;
}

/* A file of the version of that name stays what it is. */
static gboolean
write_example (const char  *folder,
               GError     **error)
{
  g_autofree char *path = g_build_filename (folder, GRANARY_SDK_EXAMPLE, NULL);
  g_autofree char *shown = granary_display_path (path);
  g_autoptr (GBytes) bytes = NULL;
  g_autofd int fd = -1;
  const char *text;
  gsize length;

  bytes = g_resource_lookup_data (granary_sdk_get_resource (), EXAMPLE_RESOURCE,
                                  G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (bytes == NULL)
    return FALSE;

  fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd < 0 && errno == EEXIST)
    return TRUE;
  text = g_bytes_get_data (bytes, &length);
  if (fd < 0 || !write_all (fd, text, length))
    {
      int saved_errno = errno;

      if (fd >= 0)
        unlink (path);
      granary_set_error_from_errno (error, saved_errno, shown, "write");
      return FALSE;
    }

  return TRUE;
}

static void
example_thread (GTask        *task,
                gpointer      source_object,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GError *error = NULL;

  if (write_example (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Download *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_pointer (task, g_steal_pointer (&self->path), g_free);
  else
    g_task_return_error (task, error);
}

/* The files */

/* Buckets of the platform let in whom they like. */
static GError *
explain (Download *self,
         GError   *error)
{
  g_autofree char *address = granary_version_dup_sdk_address (self->version);
  GError *explained = NULL;

  if (address == NULL || !g_error_matches (error, GRANARY_ERROR, GRANARY_ERROR_FORBIDDEN))
    return error;

  granary_set_error (&explained, GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_SDK_FORBIDDEN, address,
                     "%s: %s", address, error->message);
  granary_error_set_request (explained, granary_error_get_http_status (error),
                             granary_error_get_request_id (error), 0);
  granary_error_set_remote (explained, granary_error_get_remote_code (error),
                            granary_error_get_remote_message (error));
  g_error_free (error);
  return explained;
}

static void
downloaded_cb (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Download *self = g_task_get_task_data (task);
  GranaryConnection *connection = g_task_get_source_object (task);
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GranaryWorker) worker = NULL;
  g_autoptr (GTask) writing = NULL;
  GError *error = NULL;

  folders = granary_repository_download_finish (GRANARY_REPOSITORY (object), result, &error);
  if (folders == NULL)
    {
      g_task_return_error (task, explain (self, error));
      return;
    }

  self->path = g_strdup (folders->len > 0 ? g_ptr_array_index (folders, 0) : self->folder);
  if (granary_connection_get_kind (connection) != GRANARY_CONNECTION_LOCAL)
    {
      g_task_return_pointer (task, g_steal_pointer (&self->path), g_free);
      return;
    }

  worker = granary_worker_new ("granary-sdk", 1);
  writing = g_task_new (NULL, NULL, written_cb, g_object_ref (task));
  g_task_set_source_tag (writing, downloaded_cb);
  g_task_set_task_data (writing, g_strdup (self->path), g_free);
  granary_worker_run (worker, writing, example_thread);
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Download *self = g_task_get_task_data (task);
  GranaryConnection *connection = g_task_get_source_object (task);
  g_autoptr (GArray) ids = NULL;
  GError *error = NULL;

  self->version = granary_catalog_read_finish (GRANARY_CATALOG (object), result, &error);
  if (self->version != NULL && !granary_version_has_sdk (self->version))
    {
      g_autofree char *subject = dup_subject (self->version);

      granary_set_error (&error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_SDK_UNAVAILABLE, subject,
                         "%s has no SDK", subject);
    }
  if (error != NULL)
    {
      granary_transfer_finish (self->transfer, error);
      g_task_return_error (task, error);
      return;
    }

  ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_val (ids, self->version_id);
  granary_repository_download_async (granary_connection_get_repository (connection), ids,
                                     self->folder, self->transfer, downloaded_cb,
                                     g_object_ref (task));
}

/**
 * granary_sdk_download_async:
 * @connection: where the version is
 * @version_id: row of a version for which granary_version_has_sdk()
 * @folder: (type filename): of this computer
 * @transfer: carries progress and calls it off; ended by this
 * @callback: called when done
 * @user_data: for @callback
 *
 * Downloads the SDK of a version: its folder in object storage, or for one of this computer its
 * files and an example of a client.
 *
 * Errors: %GRANARY_REASON_SDK_UNAVAILABLE, %GRANARY_REASON_SDK_FORBIDDEN and those of
 * granary_repository_download_async().
 */
void
granary_sdk_download_async (GranaryConnection   *connection,
                            gint64               version_id,
                            const char          *folder,
                            GranaryTransfer     *transfer,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task;
  Download *self;

  g_return_if_fail (GRANARY_IS_CONNECTION (connection));
  g_return_if_fail (version_id > 0);
  g_return_if_fail (folder != NULL);
  g_return_if_fail (GRANARY_IS_TRANSFER (transfer));

  self = g_new0 (Download, 1);
  self->version_id = version_id;
  self->folder = g_strdup (folder);
  self->transfer = g_object_ref (transfer);
  task = g_task_new (connection, NULL, callback, user_data);
  g_task_set_source_tag (task, granary_sdk_download_async);
  g_task_set_task_data (task, self, download_free);
  granary_catalog_load_version_async (granary_connection_get_catalog (connection), version_id,
                                      granary_transfer_get_cancellable (transfer), loaded_cb, task);
}

/**
 * granary_sdk_download_finish:
 * @connection: where the version is
 * @result: as given to the callback
 * @error: return location
 *
 * Returns: (transfer full) (type filename): the folder it is in
 */
char *
granary_sdk_download_finish (GranaryConnection  *connection,
                             GAsyncResult       *result,
                             GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, connection), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
