/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-local"

#include "config.h"

#include "granary-local.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-folder-tasks.h"
#include "granary-local-repository-private.h"
#include "granary-local-service-host.h"
#include "granary-local-store-private.h"
#include "granary-local-verbs-private.h"
#include "granary-python-environments.h"
#include "granary-worker.h"

typedef struct
{
  char         *folder;  /* (owned) */
  GMainContext *context; /* (owned) */
} OpenJob;

/* Auxiliary functions */

static void
open_job_free (gpointer data)
{
  OpenJob *job = data;

  g_free (job->folder);
  g_main_context_unref (job->context);
  g_free (job);
}

/* Whether something of that name holds what a new repository would get mixed up with. */
static gboolean
is_in_the_way (const char *folder,
               const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GDir) dir = NULL;
  struct stat status;
  const char *entry;

  if (lstat (path, &status) != 0)
    return FALSE;
  if (!S_ISDIR (status.st_mode))
    return TRUE;
  dir = g_dir_open (path, 0, NULL);
  if (dir == NULL)
    return TRUE;

  while ((entry = g_dir_read_name (dir)) != NULL)
    {
      /* Left by an opening that did not come to its end. */
      if (!g_str_has_suffix (entry, ".lock"))
        return TRUE;
    }

  return FALSE;
}

/* Makes sure that there is a folder to work in, and finds out whether it can be written to. */
static gboolean
prepare_folder (const char  *folder,
                gboolean    *is_read_only,
                GError     **error)
{
  static const char *const parts[] = {
    GRANARY_LOCAL_MODELS, GRANARY_LOCAL_STAGING, GRANARY_LOCAL_TRASH, GRANARY_LOCAL_SERVICES,
  };
  g_autofree char *catalog = g_build_filename (folder, GRANARY_LOCAL_CATALOG, NULL);
  g_autofree char *shown = granary_display_path (folder);
  struct stat status;
  gboolean has_catalog;

  if (g_mkdir_with_parents (folder, 0755) != 0 && errno != EEXIST)
    {
      if (errno == ENOTDIR)
        return granary_local_fail (error, GRANARY_ERROR_FILE, GRANARY_REASON_REPOSITORY_UNUSABLE,
                                   folder);
      granary_set_error_from_errno (error, errno, shown, "mkdir");
      return FALSE;
    }
  if (stat (folder, &status) != 0)
    {
      granary_set_error_from_errno (error, errno, shown, "stat");
      return FALSE;
    }
  if (!S_ISDIR (status.st_mode))
    return granary_local_fail (error, GRANARY_ERROR_FILE, GRANARY_REASON_REPOSITORY_UNUSABLE,
                               folder);

  has_catalog = stat (catalog, &status) == 0;
  if (has_catalog && !S_ISREG (status.st_mode))
    return granary_local_fail (error, GRANARY_ERROR_FILE, GRANARY_REASON_REPOSITORY_UNUSABLE,
                               catalog);

  *is_read_only = faccessat (AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0 ||
                  (has_catalog && faccessat (AT_FDCWD, catalog, W_OK, AT_EACCESS) != 0);
  if (*is_read_only && faccessat (AT_FDCWD, folder, R_OK | X_OK, AT_EACCESS) != 0)
    return granary_local_fail (error, GRANARY_ERROR_FILE, GRANARY_REASON_PERMISSION, folder);
  if (has_catalog)
    return TRUE;

  if (*is_read_only)
    return granary_local_fail (error, GRANARY_ERROR_FILE, GRANARY_REASON_READ_ONLY, folder);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      if (is_in_the_way (folder, parts[i]))
        {
          g_autofree char *path = g_build_filename (folder, parts[i], NULL);

          return granary_local_fail (error, GRANARY_ERROR_FILE, GRANARY_REASON_REPOSITORY_UNUSABLE,
                                     path);
        }
    }

  return TRUE;
}

/* The same folder gets the same one however its path was written. */
static char *
make_uid (const char *folder)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, folder, -1);

  digest[16] = '\0';
  return g_strconcat ("local-", digest, NULL);
}

static void
open_thread (GTask        *task,
             gpointer      source_object,
             gpointer      task_data,
             GCancellable *cancellable)
{
  OpenJob *job = task_data;
  GError *error = NULL;
  GranaryConnection *connection = granary_local_open (job->folder, job->context, &error);

  if (connection != NULL)
    g_task_return_pointer (task, connection, g_object_unref);
  else
    g_task_return_error (task, error);
}

/* Public functions */

/**
 * granary_local_get_default_folder:
 *
 * Returns: (transfer full) (type filename): `$GRANARY_REPOSITORY`, else `$XDG_DATA_HOME/granary`
 */
char *
granary_local_get_default_folder (void)
{
  const char *folder = g_getenv ("GRANARY_REPOSITORY");

  return folder != NULL && *folder != '\0'
         ? g_canonicalize_filename (folder, NULL)
         : g_build_filename (g_get_user_data_dir (), "granary", NULL);
}

/**
 * granary_local_is_repository:
 * @folder: any path
 *
 * Returns: whether there is a repository, of whatever condition
 */
gboolean
granary_local_is_repository (const char *folder)
{
  g_autofree char *catalog = NULL;

  g_return_val_if_fail (folder != NULL, FALSE);

  catalog = g_build_filename (folder, GRANARY_LOCAL_CATALOG, NULL);
  return g_file_test (catalog, G_FILE_TEST_IS_REGULAR);
}

/**
 * granary_local_open:
 * @folder: folder of the repository; made when there is none
 * @context: (nullable): where signals of the catalogue come; %NULL for the thread-default one
 * @error: return location
 *
 * Opens a repository, and puts right what a crash left in it. One that cannot be written to opens
 * read-only. Blocks.
 *
 * Errors: %GRANARY_REASON_REPOSITORY_UNUSABLE for a folder with something else in the way of the
 * layout, %GRANARY_REASON_READ_ONLY for one without a repository where none can be made, and those
 * of granary_catalog_open().
 *
 * Returns: (transfer full): the connection
 */
GranaryConnection *
granary_local_open (const char    *folder,
                    GMainContext  *context,
                    GError       **error)
{
  g_autofree char *root = NULL;
  g_autofree char *path = NULL;
  g_autofree char *uid = NULL;
  g_autofree char *title = NULL;
  g_autoptr (GranaryCatalog) catalog = NULL;
  g_autoptr (GranaryLocalStore) store = NULL;
  g_autoptr (GranaryRepository) repository = NULL;
  g_autoptr (GranaryImageSource) images = NULL;
  g_autoptr (GPtrArray) repairs = NULL;
  g_autoptr (GranaryTaskSource) tasks = NULL;
  g_autoptr (GranaryServiceHost) services = NULL;
  g_autofree char *folders = NULL;
  GranaryConnection *connection;
  gboolean is_read_only = FALSE;

  g_return_val_if_fail (folder != NULL, NULL);

  root = g_canonicalize_filename (folder, NULL);
  if (!prepare_folder (root, &is_read_only, error))
    return NULL;

  path = g_build_filename (root, GRANARY_LOCAL_CATALOG, NULL);
  catalog = granary_catalog_open (path, is_read_only ? GRANARY_CATALOG_READ_ONLY
                                                     : GRANARY_CATALOG_NONE,
                                  context, error);
  if (catalog == NULL)
    return NULL;
  store = granary_local_store_new (root, catalog, error);
  if (store == NULL)
    return NULL;

  repairs = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_repair_free);
  if (!store->is_read_only && !granary_local_repair (store, repairs, error))
    return NULL;

  repository = granary_local_repository_new (store);
  uid = make_uid (root);
  title = g_filename_display_basename (root);
  connection = granary_connection_new (GRANARY_CONNECTION_LOCAL, uid, title, root, catalog,
                                       repository, repairs);
  granary_connection_set_features (connection,
                                   GRANARY_FEATURE_TRASH | GRANARY_FEATURE_RENAME |
                                   GRANARY_FEATURE_DESCRIBE | GRANARY_FEATURE_FOLDER |
                                   GRANARY_FEATURE_REMOVE_FILES);
  images = granary_python_environments_new ();
  granary_connection_set_image_source (connection, images);
  services = granary_local_service_host_new (store);
  granary_connection_set_service_host (connection, services);

  /* Training is no matter of one repository: all of a user's know the same folders. */
  folders = g_build_filename (g_get_user_config_dir (), "granary", "tasks.ini", NULL);
  tasks = granary_folder_tasks_new (folders, context);
  granary_connection_set_task_source (connection, tasks);

  return connection;
}

void
granary_local_open_async (const char          *folder,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GranaryWorker) worker = NULL;
  OpenJob *job;

  g_return_if_fail (folder != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  job = g_new0 (OpenJob, 1);
  job->folder = g_strdup (folder);
  job->context = g_main_context_ref_thread_default ();

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, granary_local_open_async);
  g_task_set_task_data (task, job, open_job_free);
  worker = granary_worker_new ("granary-open", 1);
  granary_worker_run (worker, task, open_thread);
}

GranaryConnection *
granary_local_open_finish (GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
