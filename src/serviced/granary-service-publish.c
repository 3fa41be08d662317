/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-publish.h"

#include <glib/gstdio.h>
#include <string.h>

#include "granary-error.h"
#include "granary-local-store-private.h"
#include "granary-names.h"
#include "granary-retry.h"
#include "granary-service-handler.h"
#include "granary-service-records.h"
#include "granary-service-snapshot.h"

/* How long an upload may take to put its folder in place and say so in the catalogue. */
#define BUSY_PATIENCE (30 * G_TIME_SPAN_SECOND)
#define BUSY_STEP (100 * G_TIME_SPAN_MILLISECOND)
/* How often a version may change under a snapshot of it. */
#define CHANGES_MAX 20

typedef struct
{
  GranaryServiceStore  *store;       /* (unowned) */
  GCancellable         *cancellable; /* (unowned) (nullable) */
  gint64                version_id;
  GranaryVersion       *version;     /* (owned) (nullable): with the files of the snapshot */
  gint64                files_as_of;
  GranaryService       *row;         /* (owned) (nullable): as it will be */
  const char           *group_uid;   /* (unowned) (nullable) */
  const char           *name;        /* (unowned) (nullable): of a new group */
  gboolean              is_new;
  gboolean              is_busy;     /* (out): somebody is changing the version */
  gboolean              is_changed;  /* (out): the snapshot is not of its present files */
} Publishing;

static void
publishing_clear (Publishing *self)
{
  g_clear_pointer (&self->version, granary_version_unref);
  g_clear_pointer (&self->row, granary_service_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Publishing, publishing_clear)

/* Auxiliary functions */

static gboolean
fail_version (GError               **error,
              GranaryError           code,
              GranaryReason          reason,
              const GranaryVersion  *version)
{
  g_autofree char *subject = g_strdup_printf ("%s v%d", version->model_name, version->number);

  return granary_local_fail (error, code, reason, subject);
}

/* Both lists are sorted by path. */
static gboolean
has_same_files (const GranaryVersion *a,
                const GranaryVersion *b)
{
  if (a->files->len != b->files->len)
    return FALSE;
  for (guint i = 0; i < a->files->len; i++)
    {
      const GranaryFile *one = g_ptr_array_index (a->files, i);
      const GranaryFile *other = g_ptr_array_index (b->files, i);

      if (!g_str_equal (one->path, other->path) || one->size != other->size ||
          memcmp (one->sha256, other->sha256, sizeof one->sha256) != 0)
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_known (GPtrArray  *services,
          const char *uid)
{
  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);

      if (g_str_equal (service->uid, uid))
        return TRUE;
    }

  return FALSE;
}

/* Gives @row its group, name and number. */
static gboolean
join_group (Publishing  *self,
            GPtrArray   *services,
            GError     **error)
{
  int number = 0;

  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);

      if (self->name != NULL && g_strcmp0 (service->name, self->name) == 0)
        return granary_local_fail (error, GRANARY_ERROR_CONFLICT,
                                   GRANARY_REASON_SERVICE_NAME_TAKEN, self->name);
      if (self->group_uid == NULL || g_strcmp0 (service->group_uid, self->group_uid) != 0)
        continue;
      g_set_str (&self->row->name, service->name);
      number = MAX (number, service->number);
    }

  if (self->name != NULL)
    {
      g_set_str (&self->row->name, self->name);
      self->row->number = 1;
      return TRUE;
    }
  if (self->row->name == NULL)
    return granary_local_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING,
                               self->group_uid);

  number = MAX (number, granary_service_store_get_number (self->store, self->group_uid));
  self->row->number = number + 1;
  return TRUE;
}

/* Whether the version is still there and what was snapshotted is what it holds. */
static gboolean
check_version (GranaryWriter  *writer,
               Publishing     *self,
               GError        **error)
{
  g_autoptr (GranaryVersion) version = NULL;

  version = granary_writer_load_version (writer, self->version_id, error);
  if (version == NULL)
    return FALSE;
  if (version->status != GRANARY_STATUS_READY)
    return fail_version (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_VERSION_NOT_READY, version);

  self->is_changed = !has_same_files (version, self->version);
  return !self->is_changed ||
         fail_version (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_BUSY, version);
}

static gboolean
commit_cb (GranaryWriter  *writer,
           gpointer        data,
           GError        **error)
{
  Publishing *self = data;
  g_autoptr (GPtrArray) services = NULL;

  if (!check_version (writer, self, error))
    return FALSE;

  services = granary_writer_list_services (writer, NULL, error);
  if (services == NULL)
    return FALSE;
  if (self->is_new)
    {
      if (!join_group (self, services, error))
        return FALSE;
    }
  else if (!is_known (services, self->row->uid))
    {
      return granary_local_fail (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_SERVICE_MISSING,
                                 self->row->uid);
    }

  return granary_service_records_put (writer, self->row, self->is_new, error);
}

static gboolean
look_cb (GranaryWriter  *writer,
         gpointer        data,
         GError        **error)
{
  Publishing *self = data;
  g_autoptr (GPtrArray) operations = granary_writer_list_operations (writer, error);

  if (operations == NULL)
    return FALSE;

  self->is_busy = FALSE;
  for (guint i = 0; i < operations->len; i++)
    {
      const GranaryOperation *operation = g_ptr_array_index (operations, i);

      if (operation->model_id == self->version->model_id &&
          (operation->version_id == self->version->id || operation->version_id == 0))
        self->is_busy = TRUE;
    }

  return TRUE;
}

/* Loads the version as it is now; a deleted one is missing. */
static gboolean
load_version (Publishing  *self,
              GError     **error)
{
  g_autoptr (GranaryVersion) version = NULL;

  self->files_as_of = g_get_real_time ();
  version = granary_catalog_load_version (self->store->catalog, self->version_id, error);
  if (version == NULL)
    return FALSE;
  if (version->status != GRANARY_STATUS_READY)
    return fail_version (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_VERSION_NOT_READY, version);
  if (granary_catalog_find_version (self->store->catalog, version->model_id, version->number,
                                    NULL) == 0)
    return fail_version (error, GRANARY_ERROR_NOT_FOUND, GRANARY_REASON_VERSION_MISSING, version);

  g_clear_pointer (&self->version, granary_version_unref);
  self->version = g_steal_pointer (&version);
  return TRUE;
}

static gboolean
is_torn (const GError *error)
{
  return granary_error_matches_reason (error, GRANARY_REASON_FILE_MISSING) ||
         granary_error_matches_reason (error, GRANARY_REASON_FILE_CHANGED);
}

/* One attempt: the snapshot and the row, or neither. */
static gboolean
take_version (Publishing  *self,
              int          folder_fd,
              const char  *revision,
              GError     **error)
{
  g_autofd int version_fd = granary_service_store_open_version (self->store, self->version, error);

  if (version_fd < 0 ||
      !granary_service_snapshot_make (version_fd, self->version, folder_fd, revision,
                                      self->cancellable, error))
    return FALSE;

  self->row->files_as_of = self->files_as_of;
  g_set_str (&self->row->model_name, self->version->model_name);
  if (!g_cancellable_set_error_if_cancelled (self->cancellable, error) &&
      granary_catalog_write (self->store->catalog, commit_cb, self, error))
    return TRUE;

  granary_service_store_remove_revision (folder_fd, revision);
  return FALSE;
}

/*
 * Between two steps of an upload the folder holds what the catalogue does not know yet, and it may
 * be renamed between our looking for its name and opening it. Both pass.
 */
static gboolean
take_version_patiently (Publishing  *self,
                        int          folder_fd,
                        const char  *revision,
                        GError     **error)
{
  gint64 end = g_get_monotonic_time () + BUSY_PATIENCE;

  for (guint n_changes = 0;;)
    {
      g_autoptr (GranaryVersion) seen = NULL;
      g_autoptr (GError) local_error = NULL;

      self->is_changed = FALSE;
      if (take_version (self, folder_fd, revision, &local_error))
        return TRUE;
      if (!self->is_changed && !is_torn (local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      seen = granary_version_ref (self->version);
      if (!granary_catalog_write (self->store->catalog, look_cb, self, error) ||
          !load_version (self, error) ||
          !granary_service_handler_find (self->version, NULL, error))
        return FALSE;
      if (self->is_busy ? g_get_monotonic_time () >= end
                        : has_same_files (seen, self->version) &&
                          g_strcmp0 (seen->model_name, self->version->model_name) == 0)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (!self->is_busy && ++n_changes > CHANGES_MAX)
        return fail_version (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_BUSY, self->version);
      if (self->is_busy && !granary_sleep (BUSY_STEP, self->cancellable, error))
        return FALSE;
    }
}

/* What can be said before anything is made. */
static gboolean
check_request (Publishing                   *self,
               const GranaryPublishRequest  *request,
               GError                      **error)
{
  g_autoptr (GPtrArray) services = NULL;
  g_autofree char *subject = NULL;

  if (request->name != NULL && !granary_service_name_check (request->name, error))
    return FALSE;
  if (!load_version (self, error) || !granary_service_handler_find (self->version, NULL, error))
    return FALSE;

  subject = g_strdup_printf ("%s v%d", self->version->model_name, self->version->number);
  if (!granary_service_records_settle (self->version, request->profile, subject, self->row, error))
    return FALSE;

  services = granary_catalog_list_services (self->store->catalog, NULL, NULL, error);
  return services != NULL && join_group (self, services, error);
}

/* Public functions */

/**
 * granary_service_publish:
 * @store: the services
 * @request: what and how
 * @cancellable: (nullable): calls it off: nothing is left then
 * @port: (out): its port, open
 * @error: return location
 *
 * Makes a service of a version: its folder, and then its row, if its version is still there at that
 * moment and holds what was snapshotted.
 *
 * Errors: as granary_service_host_publish_async().
 *
 * Returns: (transfer full): the service, to be started
 */
GranaryService *
granary_service_publish (GranaryServiceStore          *store,
                         const GranaryPublishRequest  *request,
                         GCancellable                 *cancellable,
                         GranaryServicePort          **port,
                         GError                      **error)
{
  g_auto (Publishing) self = { .store = store, .cancellable = cancellable, .is_new = TRUE };
  g_autoptr (GranaryServicePort) opened = NULL;
  g_autofree char *revision = granary_service_store_name_revision (1);
  g_autofree char *token = NULL;
  g_autofd int folder_fd = -1;

  g_return_val_if_fail (store != NULL && request != NULL && port != NULL, NULL);

  self.version_id = request->version_id;
  self.group_uid = request->group_uid;
  self.name = request->name;
  self.row = granary_service_new ();
  self.row->uid = granary_uid_new ("svc");
  self.row->group_uid = request->group_uid != NULL ? g_strdup (request->group_uid)
                                                   : granary_uid_new ("grp");
  if (!check_request (&self, request, error))
    return NULL;

  opened = granary_service_port_open (0, 0, cancellable, error);
  if (opened == NULL)
    return NULL;
  self.row->model_uid = g_strdup (self.version->model_uid);
  self.row->version_uid = g_strdup (self.version->uid);
  self.row->version_number = self.version->number;
  self.row->url = granary_service_port_to_url (opened->number);
  granary_service_records_set_started (self.row);
  self.row->created = self.row->started;

  folder_fd = granary_service_store_open_folder (store, self.row->uid, TRUE, error);
  if (folder_fd < 0)
    return NULL;
  token = granary_service_store_load_token (folder_fd, error);
  if (token == NULL || !take_version_patiently (&self, folder_fd, revision, error))
    {
      granary_service_store_discard (store, self.row->uid);
      return NULL;
    }

  *port = g_steal_pointer (&opened);
  return g_steal_pointer (&self.row);
}

/**
 * granary_service_publish_update:
 * @store: the services
 * @uid: id of a service
 * @profile: (nullable): what it runs with from now on
 * @cancellable: (nullable): calls it off
 * @error: return location
 *
 * Makes a new snapshot of the service's version beside the one that it serves. A crash right after
 * that, before the row is written, leaves a service that serves the new files and is shown as in
 * need of an update.
 *
 * Errors: %GRANARY_REASON_SERVICE_VERSION_DELETED and as granary_service_publish().
 *
 * Returns: (transfer full): the service, to be started again
 */
GranaryService *
granary_service_publish_update (GranaryServiceStore          *store,
                                const char                   *uid,
                                const GranaryPublishProfile  *profile,
                                GCancellable                 *cancellable,
                                GError                      **error)
{
  g_auto (Publishing) self = { .store = store, .cancellable = cancellable };
  g_autoptr (GranaryPublishProfile) settled = NULL;
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *subject = NULL;
  g_autofree char *revision = NULL;
  g_autofd int folder_fd = -1;

  g_return_val_if_fail (store != NULL && uid != NULL, NULL);

  service = granary_service_records_load (store, uid, error);
  if (service == NULL)
    return NULL;
  self.version_id = service->version_id;
  if (service->is_version_gone || self.version_id == 0 || !load_version (&self, &local_error))
    {
      if (local_error != NULL &&
          !granary_error_matches_reason (local_error, GRANARY_REASON_VERSION_MISSING))
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        granary_service_fail_deleted (error, service);
      return NULL;
    }

  subject = granary_service_dup_subject (service);
  settled = profile != NULL ? granary_publish_profile_copy (profile)
                            : granary_publish_profile_from_json (service->profile);
  self.row = granary_service_copy (service);
  if (!granary_service_handler_find (self.version, NULL, error) ||
      !granary_service_records_settle (self.version, settled, subject, self.row, error))
    return NULL;

  folder_fd = granary_service_store_open_folder (store, uid, FALSE, error);
  if (folder_fd < 0)
    return NULL;
  revision = granary_service_store_name_revision (
    granary_service_store_find_revision (folder_fd) + 1);
  granary_service_records_set_started (self.row);
  if (!take_version_patiently (&self, folder_fd, revision, error))
    return NULL;

  return g_steal_pointer (&self.row);
}
