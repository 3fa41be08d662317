/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-fake-cloud.h"

#include <glib/gstdio.h>

#include "granary-catalog-mirror.h"
#include "granary-error.h"

/* Its repository answers at once, and remembers what it was asked for. */
#define TEST_TYPE_CLOUD_REPOSITORY (test_cloud_repository_get_type ())
G_DECLARE_FINAL_TYPE (TestCloudRepository, test_cloud_repository, TEST, CLOUD_REPOSITORY, GObject)

struct _TestCloudRepository
{
  GObject           parent_instance;

  GranaryFakeCloud *cloud; /* (unowned) */
};

static void
test_cloud_repository_delete_async (GranaryRepository          *repository,
                                    const GranaryDeleteRequest *request,
                                    GranaryTransfer            *transfer,
                                    GAsyncReadyCallback         callback,
                                    gpointer                    user_data)
{
  GranaryFakeCloud *cloud = TEST_CLOUD_REPOSITORY (repository)->cloud;
  g_autoptr (GTask) task = g_task_new (repository, NULL, callback, user_data);

  g_clear_pointer (&cloud->deleted, granary_delete_request_free);
  cloud->deleted = granary_delete_request_copy (request);
  granary_transfer_finish (transfer, NULL);
  g_task_return_pointer (task, g_new0 (char *, 1), (GDestroyNotify) g_strfreev);
}

static GStrv
test_cloud_repository_pointer_finish (GranaryRepository  *repository,
                                      GAsyncResult       *result,
                                      GError            **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_cloud_repository_refresh_async (GranaryRepository           *repository,
                                     const GranaryRefreshRequest *request,
                                     GCancellable                *cancellable,
                                     GAsyncReadyCallback          callback,
                                     gpointer                     user_data)
{
  GranaryFakeCloud *cloud = TEST_CLOUD_REPOSITORY (repository)->cloud;
  g_autoptr (GTask) task = g_task_new (repository, cancellable, callback, user_data);

  cloud->n_refreshes++;
  g_set_str (&cloud->added, request->add_uids != NULL ? request->add_uids[0] : NULL);
  g_task_return_boolean (task, TRUE);
}

static gboolean
test_cloud_repository_refresh_finish (GranaryRepository  *repository,
                                      GAsyncResult       *result,
                                      GError            **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_cloud_repository_list_tags_async (GranaryRepository   *repository,
                                       const char          *key,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  const char *keys[] = { "stage", "team", NULL };
  const char *stages[] = { "dev", "prod", NULL };
  const char *teams[] = { "视觉", "风控", NULL };
  g_autoptr (GTask) task = g_task_new (repository, cancellable, callback, user_data);
  const char **texts = keys;

  if (key != NULL)
    texts = g_str_equal (key, "stage") ? stages : teams;
  g_task_return_pointer (task, g_strdupv ((char **) texts), (GDestroyNotify) g_strfreev);
}

static void
repository_init (GranaryRepositoryInterface *iface)
{
  iface->delete_async = test_cloud_repository_delete_async;
  iface->delete_finish = test_cloud_repository_pointer_finish;
  iface->refresh_async = test_cloud_repository_refresh_async;
  iface->refresh_finish = test_cloud_repository_refresh_finish;
  iface->list_tags_async = test_cloud_repository_list_tags_async;
  iface->list_tags_finish = test_cloud_repository_pointer_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestCloudRepository, test_cloud_repository, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GRANARY_TYPE_REPOSITORY, repository_init))

static void
test_cloud_repository_class_init (TestCloudRepositoryClass *klass)
{
}

static void
test_cloud_repository_init (TestCloudRepository *self)
{
}

static GranaryVersion *
make_version (const GranaryModel *model,
              int                 number)
{
  GranaryVersion *version = granary_version_new ();

  version->model_uid = g_strdup (model->uid);
  version->model_name = g_strdup (model->name);
  version->uid = g_strdup_printf ("mv-v%d-1", number);
  version->number = number;
  version->status = GRANARY_STATUS_READY;
  version->source = GRANARY_SOURCE_COS;
  version->framework = g_strdup ("ONNX");
  version->location = g_strdup_printf ("cos://models-1250000000/plate-ocr/v%d/", number);
  version->remote = g_strdup ("{\"task_name\":\"train-plates\",\"region\":\"ap-guangzhou\"}");
  version->size = -1;
  version->n_files = -1;
  version->created = version->updated = 1700000000LL * G_USEC_PER_SEC;
  version->metrics = g_ptr_array_new ();

  return version;
}

static GranaryService *
make_service (const char          *uid,
              const char          *name,
              GranaryServiceState  state)
{
  GranaryService *service = granary_service_new ();

  service->uid = g_strdup (uid);
  service->group_uid = g_strdup_printf ("ms-%s", name);
  service->name = g_strdup (name);
  service->number = 1;
  service->model_uid = g_strdup ("m-1");
  service->version_uid = g_strdup ("mv-v2-1");
  service->model_name = g_strdup ("plate-ocr");
  service->version_number = 2;
  service->state = state;

  return service;
}

static gboolean
fill (GranaryWriter  *writer,
      gpointer        data,
      GError        **error)
{
  g_autoptr (GranaryModel) model = granary_model_new ();
  g_autoptr (GPtrArray) services = NULL;
  gint64 model_id;
  gboolean changed;

  model->uid = g_strdup ("m-1");
  model->name = g_strdup ("plate-ocr");
  model->tags = granary_tag_set_new ();
  granary_tag_set_put (model->tags, "team", "视觉", NULL);
  granary_tag_set_put (model->tags, "qcs:tag:createdBy", "uin/1", NULL);
  model->created = model->updated = 1700000000LL * G_USEC_PER_SEC;
  model->versions = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_version_unref);
  g_ptr_array_add (model->versions, make_version (model, 2));
  g_ptr_array_add (model->versions, make_version (model, 1));
  if (!granary_writer_mirror_model (writer, model, TRUE, &model_id, &changed, error))
    return FALSE;

  services = g_ptr_array_new_with_free_func ((GDestroyNotify) granary_service_unref);
  g_ptr_array_add (services, make_service ("ms-plates-1", "plates", GRANARY_SERVICE_RUNNING));
  g_ptr_array_add (services, make_service ("ms-canary-1", "canary", GRANARY_SERVICE_STOPPED));
  return granary_writer_mirror_services (writer, services, error);
}

void
granary_fake_cloud_set_up (GranaryFakeCloud *self)
{
  g_autoptr (GranaryCatalog) catalog = NULL;
  g_autoptr (TestCloudRepository) repository = NULL;
  g_autoptr (GranaryConnectionStatus) status = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  self->folder = g_dir_make_tmp ("granary-fake-cloud-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (self->folder, "catalog.db", NULL);
  catalog = granary_catalog_open (path, GRANARY_CATALOG_MIRROR, NULL, &error);
  g_assert_no_error (error);
  granary_catalog_write (catalog, fill, NULL, &error);
  g_assert_no_error (error);

  repository = g_object_new (TEST_TYPE_CLOUD_REPOSITORY, NULL);
  repository->cloud = self;
  self->connection = granary_connection_new (GRANARY_CONNECTION_TIONE, "tione-test", "demo",
                                             "ap-guangzhou", catalog,
                                             GRANARY_REPOSITORY (repository), NULL);
  granary_connection_set_features (self->connection,
                                   GRANARY_FEATURE_REFRESH | GRANARY_FEATURE_KEEP_FILES |
                                   GRANARY_FEATURE_ADD_BY_ID | GRANARY_FEATURE_REMOVE_FILES);
  status = granary_connection_status_new (g_get_real_time ());
  granary_connection_set_status (self->connection, status);
  self->status = status;
}

void
granary_fake_cloud_tear_down (GranaryFakeCloud *self)
{
  static const char *const names[] = { "catalog.db", "catalog.db-wal", "catalog.db-shm" };

  granary_connection_close (self->connection);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->added, g_free);
  g_clear_pointer (&self->deleted, granary_delete_request_free);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (self->folder);
  g_clear_pointer (&self->folder, g_free);
}

gint64
granary_fake_cloud_find_model (GranaryFakeCloud *self,
                               const char       *name)
{
  g_autoptr (GError) error = NULL;
  gint64 id = granary_catalog_find_model (granary_connection_get_catalog (self->connection), name,
                                          &error);

  g_assert_no_error (error);
  return id;
}

gint64
granary_fake_cloud_find_version (GranaryFakeCloud *self,
                                 const char       *name,
                                 int               number)
{
  g_autoptr (GError) error = NULL;
  gint64 id = granary_catalog_find_version (granary_connection_get_catalog (self->connection),
                                            granary_fake_cloud_find_model (self, name), number,
                                            &error);

  g_assert_no_error (error);
  return id;
}
