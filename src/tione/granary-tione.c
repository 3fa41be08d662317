/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-tione"

#include "config.h"

#include "granary-tione.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#include "granary-cos-storage.h"
#include "granary-error.h"
#include "granary-tione-images.h"
#include "granary-tione-place-private.h"
#include "granary-tione-refresh.h"
#include "granary-tione-repository-private.h"
#include "granary-tione-service-host.h"
#include "granary-tione-tasks.h"
#include "granary-tione-verbs-private.h"
#include "granary-transfer-queue.h"

#define CATALOG_FILE     "catalog.db"
#define MAX_JOBS         3
#define MAX_CALLS        4
/* Parts of large files, and some room for small calls beside them. */
#define MAX_PARTS        8
#define MAX_CONNECTIONS  16
#define REFRESH_INTERVAL 300

/* What is on the disk: read by a worker, then made into a connection in the context it is for. */
typedef struct
{
  GranaryAccount       *account; /* (owned) */
  GranaryTioneFlags     flags;
  GMainContext         *context; /* (owned) (nullable) */
  GranaryCatalog       *catalog; /* (owned) (nullable) */
  GranaryTransferStore *store;   /* (owned) (nullable) */
  gint64                refreshed;
} Opening;

static void
opening_free (Opening *self)
{
  g_clear_object (&self->account);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_object (&self->catalog);
  g_clear_object (&self->store);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static Opening *
opening_new (GranaryAccount    *account,
             GranaryTioneFlags  flags,
             GMainContext      *context)
{
  Opening *self = g_new0 (Opening, 1);

  self->account = g_object_ref (account);
  self->flags = flags;
  self->context = context != NULL ? g_main_context_ref (context)
                                  : g_main_context_ref_thread_default ();

  return self;
}

/* Models, tags and addresses are nobody else's business. */
static gboolean
make_folder (const char  *folder,
             GError     **error)
{
  g_autofree char *shown = granary_display_path (folder);
  struct stat status;

  if (g_mkdir_with_parents (folder, 0700) != 0 || stat (folder, &status) != 0)
    {
      granary_set_error_from_errno (error, errno, shown, "mkdir");
      return FALSE;
    }
  if (!S_ISDIR (status.st_mode))
    {
      granary_set_error (error, GRANARY_ERROR_FILE, GRANARY_REASON_REPOSITORY_UNUSABLE, shown,
                         "%s is no folder", shown);
      return FALSE;
    }
  if ((status.st_mode & 0777) != 0700 && g_chmod (folder, 0700) != 0)
    {
      granary_set_error_from_errno (error, errno, shown, "chmod");
      return FALSE;
    }

  return TRUE;
}

static gboolean
opening_read (Opening  *self,
              GError  **error)
{
  g_autofree char *folder = granary_tione_get_folder (granary_account_get_uid (self->account));
  g_autofree char *path = g_build_filename (folder, CATALOG_FILE, NULL);
  g_autofree char *refreshed = NULL;

  if (!make_folder (folder, error))
    return FALSE;
  self->catalog = granary_catalog_open (path, GRANARY_CATALOG_MIRROR, self->context, error);
  if (self->catalog == NULL)
    return FALSE;
  self->store = granary_transfer_store_open (folder, error);
  if (self->store == NULL)
    return FALSE;

  refreshed = granary_catalog_dup_fact (self->catalog, "refreshed");
  if (refreshed != NULL)
    self->refreshed = g_ascii_strtoll (refreshed, NULL, 10);

  return TRUE;
}

static void
release_place (gpointer data)
{
  granary_tione_place_unref (data);
}

static void
close_place (gpointer data)
{
  g_autoptr (GranaryTionePlace) place = data;

  granary_tione_place_close (place);
}

/* In the context whose objects these are. */
static GranaryConnection *
opening_finish (Opening *self)
{
  g_autoptr (GranaryHttp) api_http = granary_http_new (MAX_CALLS);
  g_autoptr (GranaryHttp) cos_http = granary_http_new (MAX_CONNECTIONS);
  g_autoptr (GranaryApi) api = granary_api_new (self->account, api_http);
  g_autoptr (GranaryCosClient) cos = granary_cos_client_new (self->account, cos_http);
  g_autoptr (GranaryCosTransfer) files = granary_cos_transfer_new (cos, self->store, MAX_PARTS);
  g_autoptr (GranaryObjectStorage) storage = granary_cos_storage_new (cos, files);
  g_autoptr (GranaryConnectionStatus) status = granary_connection_status_new (self->refreshed);
  g_autoptr (GranaryTioneRefresh) refresh = granary_tione_refresh_new (api, self->catalog, status);
  g_autoptr (GranaryTransferQueue) queue = granary_transfer_queue_new (self->store, MAX_JOBS);
  g_autoptr (GranaryTionePlace) place = NULL;
  g_autoptr (GranaryRepository) repository = NULL;
  g_autoptr (GranaryTaskSource) tasks = NULL;
  g_autoptr (GranaryImageSource) images = NULL;
  g_autoptr (GranaryServiceHost) services = NULL;
  GranaryConnection *connection;

  place = granary_tione_place_new (self->account, api, cos, files, self->catalog, status, refresh);
  granary_transfer_queue_set_runner (queue, granary_tione_run_job,
                                     granary_tione_place_ref (place), release_place);
  repository = granary_tione_repository_new (place, queue);
  connection = granary_connection_new (GRANARY_CONNECTION_TIONE,
                                       granary_account_get_uid (self->account),
                                       granary_account_get_name (self->account),
                                       granary_account_get_region (self->account),
                                       self->catalog, repository, NULL);
  granary_connection_set_features (connection,
                                   GRANARY_FEATURE_REFRESH | GRANARY_FEATURE_KEEP_FILES |
                                   GRANARY_FEATURE_ADD_BY_ID | GRANARY_FEATURE_REMOVE_FILES);
  granary_connection_set_storage (connection, storage);
  granary_connection_set_queue (connection, queue);
  granary_connection_set_status (connection, status);
  tasks = granary_tione_tasks_source_new (place);
  granary_connection_set_task_source (connection, tasks);
  images = granary_tione_images_source_new (place);
  granary_connection_set_image_source (connection, images);
  services = granary_tione_service_host_new (place);
  granary_connection_set_service_host (connection, services);
  granary_connection_set_closer (connection, close_place, granary_tione_place_ref (place));

  if (self->flags & GRANARY_TIONE_BACKGROUND)
    {
      granary_tione_refresh_start (refresh, REFRESH_INTERVAL);
      granary_transfer_queue_restore (queue);
    }

  return connection;
}

static void
open_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  GError *error = NULL;

  if (opening_read (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Public functions */

/**
 * granary_tione_get_folder:
 * @uid: of a connection
 *
 * Returns: (transfer full) (type filename): where its catalogue, transfers and locks are
 */
char *
granary_tione_get_folder (const char *uid)
{
  g_return_val_if_fail (uid != NULL && *uid != '\0', NULL);

  return g_build_filename (g_get_user_data_dir (), "granary-connections", uid, NULL);
}

/**
 * granary_tione_open:
 * @account: where and as whom; its key may still be missing
 * @flags: see [flags@TioneFlags]
 * @context: (nullable): where signals come; %NULL for the thread-default one. Must be the one that
 *   this is called in
 * @error: return location
 *
 * Opens a connection from what is on the disk. No server is asked. Blocks.
 *
 * Errors: those of granary_catalog_open() and granary_transfer_store_open().
 *
 * Returns: (transfer full): the connection
 */
GranaryConnection *
granary_tione_open (GranaryAccount     *account,
                    GranaryTioneFlags   flags,
                    GMainContext       *context,
                    GError            **error)
{
  g_autoptr (Opening) opening = NULL;

  g_return_val_if_fail (GRANARY_IS_ACCOUNT (account), NULL);

  opening = opening_new (account, flags, context);
  if (!opening_read (opening, error))
    return NULL;

  return opening_finish (opening);
}

void
granary_tione_open_async (GranaryAccount      *account,
                          GranaryTioneFlags    flags,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GranaryWorker) worker = NULL;

  g_return_if_fail (GRANARY_IS_ACCOUNT (account));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_tione_open_async);
  g_task_set_task_data (task, opening_new (account, flags, NULL), (GDestroyNotify) opening_free);
  worker = granary_worker_new ("granary-open", 1);
  granary_worker_run (worker, task, open_thread);
}

/**
 * granary_tione_open_finish:
 * @result: as given to the callback
 * @error: as of granary_tione_open()
 *
 * Call it in the callback: what belongs to the main context is made here.
 *
 * Returns: (transfer full): the connection
 */
GranaryConnection *
granary_tione_open_finish (GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  return opening_finish (g_task_get_task_data (G_TASK (result)));
}
