/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-records.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-store-private.h"
#include "granary-sandbox.h"
#include "granary-service-python.h"

typedef struct
{
  GranaryServiceStore  *store;
  const GranaryService *service;
  gboolean              is_last; /* (out): of its group */
} Removal;

/* Auxiliary functions */

static gboolean
start_cb (GranaryWriter *writer,
          gpointer       data,
          GError       **error)
{
  GranaryService *row = data;
  g_autoptr (GPtrArray) services = granary_writer_list_services (writer, row->uid, error);

  if (services == NULL)
    return FALSE;
  if (services->len == 0)
    return granary_local_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING,
                               row->uid);

  return granary_service_records_put (writer, row, FALSE, error);
}

static gboolean
remove_cb (GranaryWriter *writer,
           gpointer       data,
           GError       **error)
{
  Removal *self = data;
  g_autoptr (GPtrArray) services = granary_writer_list_services (writer, NULL, error);

  if (services == NULL)
    return FALSE;

  self->is_last = TRUE;
  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *other = g_ptr_array_index (services, i);

      if (g_strcmp0 (other->group_uid, self->service->group_uid) == 0 &&
          g_strcmp0 (other->uid, self->service->uid) != 0)
        self->is_last = FALSE;
    }

  return granary_writer_remove_service (writer, self->service->uid, error);
}

static void
forget_folder (GranaryServiceStore *store,
               GHashTable          *known,
               const char          *name)
{
  g_autoptr (GError) error = NULL;

  if (g_hash_table_contains (known, name))
    return;
  if (granary_service_store_is_group (name))
    granary_service_store_forget_number (store, name);
  else if (granary_service_store_is_service (name) &&
           !granary_service_store_remove_folder (store, name, &error))
    g_debug ("%s stays: %s", name, error->message);
}

/* What has no row is of a service that was not published in the end, or was removed. */
static void
forget_folders (GranaryServiceStore *store,
                GPtrArray           *services)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  int fd = openat (store->services_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;

  for (guint i = 0; i < services->len; i++)
    {
      GranaryService *service = g_ptr_array_index (services, i);

      g_hash_table_add (known, service->uid);
      if (service->group_uid != NULL)
        g_hash_table_add (known, service->group_uid);
    }

  if (stream == NULL)
    {
      if (fd >= 0)
        close (fd);
      return;
    }
  while ((entry = readdir (stream)) != NULL)
    g_ptr_array_add (names, g_strdup (entry->d_name));
  closedir (stream);

  for (guint i = 0; i < names->len; i++)
    forget_folder (store, known, g_ptr_array_index (names, i));
}

/* Public functions */

/**
 * granary_service_dup_subject:
 * @service: a service
 *
 * Returns: (transfer full): what it is called in errors
 */
char *
granary_service_dup_subject (const GranaryService *service)
{
  g_return_val_if_fail (service != NULL, NULL);

  return g_strdup_printf ("%s #%d", service->name != NULL ? service->name : service->uid,
                          service->number);
}

/* Always FALSE. */
gboolean
granary_service_fail_deleted (GError               **error,
                              const GranaryService  *service)
{
  g_autofree char *subject = granary_service_dup_subject (service);

  return granary_local_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_VERSION_DELETED,
                             subject);
}

GranaryService *
granary_service_records_load (GranaryServiceStore *store,
                              const char          *uid,
                              GError             **error)
{
  g_autoptr (GPtrArray) services = granary_catalog_list_services (store->catalog, NULL, NULL,
                                                                  error);

  for (guint i = 0; services != NULL && i < services->len; i++)
    {
      GranaryService *service = g_ptr_array_index (services, i);

      if (g_str_equal (service->uid, uid))
        return granary_service_ref (service);
    }

  if (services != NULL)
    granary_local_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING, uid);
  return NULL;
}

/* Stores the row; what it says of its version is what the transaction sees. */
gboolean
granary_service_records_put (GranaryWriter  *writer,
                             GranaryService *row,
                             gboolean        is_new,
                             GError        **error)
{
  g_autoptr (GPtrArray) stored = NULL;

  if (!granary_writer_put_service (writer, row, error))
    return FALSE;
  stored = granary_writer_list_services (writer, row->uid, error);
  if (stored == NULL)
    return FALSE;
  if (stored->len == 1 && !((GranaryService *) g_ptr_array_index (stored, 0))->is_version_gone)
    return TRUE;

  if (is_new)
    {
      g_autofree char *subject = g_strdup_printf ("%s v%d", row->model_name, row->version_number);

      return granary_local_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_VERSION_MISSING,
                                 subject);
    }
  return granary_service_fail_deleted (error, row);
}

/* Makes of a profile what the service runs with until it is given another: the interpreter is
 * named, as the version that knows it may be gone one day. */
gboolean
granary_service_records_settle (const GranaryVersion        *version,
                                const GranaryPublishProfile *profile,
                                const char                  *subject,
                                GranaryService              *row,
                                GError                     **error)
{
  g_autoptr (GranaryPublishProfile) settled = granary_publish_profile_copy (profile);
  g_autofree char *python = granary_service_python_find (version, profile->python, error);

  if (python == NULL)
    return FALSE;
  if (!profile->allow_unsandboxed &&
      granary_sandbox_get_kind (granary_sandbox_probe ()) == GRANARY_SANDBOX_NONE)
    return granary_local_fail (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_SANDBOX_MISSING,
                               subject);

  g_set_str (&settled->python, python);
  g_free (row->profile);
  row->profile = granary_publish_profile_to_json (settled);
  return TRUE;
}

/* A row that says: started by hand, just now. */
void
granary_service_records_set_started (GranaryService *row)
{
  row->state = GRANARY_SERVICE_STARTING;
  row->failure = GRANARY_SERVICE_FAILURE_NONE;
  g_clear_pointer (&row->failure_detail, g_free);
  row->n_restarts = 0;
  row->replicas = 1;
  row->available = 0;
  row->started = g_get_real_time ();
  row->is_wanted = TRUE;
}

/**
 * granary_service_records_start:
 * @store: the services
 * @uid: id of a service that does not run
 * @profile: (nullable): what it runs with from now on
 * @error: return location
 *
 * Checks that the service may be started by hand, which is as long as its version is there, and
 * notes that it is.
 *
 * Errors: %GRANARY_REASON_SERVICE_VERSION_DELETED, %GRANARY_REASON_PYTHON_MISSING,
 * %GRANARY_REASON_SANDBOX_MISSING.
 *
 * Returns: (transfer full): the service, to be started
 */
GranaryService *
granary_service_records_start (GranaryServiceStore         *store,
                               const char                  *uid,
                               const GranaryPublishProfile *profile,
                               GError                     **error)
{
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GranaryService) row = NULL;
  g_autoptr (GranaryPublishProfile) settled = NULL;
  g_autoptr (GranaryService) service = NULL;
  g_autofree char *subject = NULL;

  g_return_val_if_fail (store != NULL && uid != NULL, NULL);

  service = granary_service_records_load (store, uid, error);
  if (service == NULL)
    return NULL;
  if (service->is_version_gone || service->version_id == 0)
    {
      granary_service_fail_deleted (error, service);
      return NULL;
    }

  version = granary_catalog_load_version (store->catalog, service->version_id, error);
  if (version == NULL)
    return NULL;
  subject = granary_service_dup_subject (service);
  settled = profile != NULL ? granary_publish_profile_copy (profile)
                            : granary_publish_profile_from_json (service->profile);
  row = granary_service_copy (service);
  if (!granary_service_records_settle (version, settled, subject, row, error))
    return NULL;

  granary_service_records_set_started (row);
  if (!granary_catalog_write (store->catalog, start_cb, row, error))
    return NULL;

  return g_steal_pointer (&row);
}

/**
 * granary_service_records_remove:
 * @store: the services
 * @service: one that does not run
 * @error: return location
 *
 * Forgets a service and removes its folder. Its number is not used again as long as its group is
 * there.
 *
 * Returns: whether it is gone; what cannot be removed of its folder then goes at the next start
 */
gboolean
granary_service_records_remove (GranaryServiceStore  *store,
                                const GranaryService *service,
                                GError              **error)
{
  Removal self = { .store = store, .service = service };

  g_return_val_if_fail (store != NULL && service != NULL, FALSE);

  if (service->group_uid != NULL &&
      granary_service_store_get_number (store, service->group_uid) < service->number &&
      !granary_service_store_set_number (store, service->group_uid, service->number, error))
    return FALSE;
  if (!granary_catalog_write (store->catalog, remove_cb, &self, error))
    return FALSE;

  if (self.is_last && service->group_uid != NULL)
    granary_service_store_forget_number (store, service->group_uid);
  granary_service_store_discard (store, service->uid);
  return TRUE;
}

/**
 * granary_service_records_list:
 * @store: the services
 * @error: return location
 *
 * Lists all services, and removes what folders there are of others.
 *
 * Returns: (transfer full) (element-type GranaryService): them
 */
GPtrArray *
granary_service_records_list (GranaryServiceStore *store,
                              GError             **error)
{
  GPtrArray *services;

  g_return_val_if_fail (store != NULL, NULL);

  services = granary_catalog_list_services (store->catalog, NULL, NULL, error);
  if (services != NULL)
    forget_folders (store, services);

  return services;
}
