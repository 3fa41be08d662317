/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-fake-services.h"

#include "granary-catalog-writer.h"

/* Services of a catalogue, as a host would put them there. */

static gboolean
put_func (GranaryWriter  *writer,
          gpointer        data,
          GError        **error)
{
  GPtrArray *services = data;

  for (guint i = 0; i < services->len; i++)
    {
      if (!granary_writer_put_service (writer, g_ptr_array_index (services, i), error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
remove_func (GranaryWriter  *writer,
             gpointer        data,
             GError        **error)
{
  return granary_writer_remove_service (writer, data, error);
}

GranaryService *
granary_fake_service_new (GranaryCatalog      *catalog,
                          gint64               version_id,
                          const char          *uid,
                          const char          *name,
                          int                  number,
                          GranaryServiceState  state)
{
  GranaryService *service = granary_service_new ();

  service->uid = g_strdup (uid);
  service->group_uid = g_strdup_printf ("g-%s", name);
  service->name = g_strdup (name);
  service->number = number;
  service->state = state;
  service->is_wanted = state == GRANARY_SERVICE_RUNNING || state == GRANARY_SERVICE_STARTING;
  service->created = service->started = service->files_as_of = g_get_real_time ();
  service->url = g_strdup ("http://127.0.0.1:8401/v1/infer");
  if (version_id > 0)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GranaryVersion) version =
        granary_catalog_load_version (catalog, version_id, &error);

      g_assert_no_error (error);
      service->model_uid = g_strdup (version->model_uid);
      service->model_name = g_strdup (version->model_name);
      service->version_uid = g_strdup (version->uid);
      service->version_number = version->number;
    }

  return service;
}

void
granary_fake_service_put (GranaryCatalog       *catalog,
                          const GranaryService *service)
{
  g_autoptr (GPtrArray) services = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (services, (gpointer) service);
  granary_catalog_write (catalog, put_func, services, &error);
  g_assert_no_error (error);
}

void
granary_fake_service_add (GranaryCatalog      *catalog,
                          gint64               version_id,
                          const char          *uid,
                          const char          *name,
                          int                  number,
                          GranaryServiceState  state)
{
  g_autoptr (GranaryService) service = granary_fake_service_new (catalog, version_id, uid, name,
                                                                 number, state);

  granary_fake_service_put (catalog, service);
}

void
granary_fake_service_add_many (GranaryCatalog *catalog,
                               gint64          version_id,
                               guint           count)
{
  static const GranaryServiceState states[] = {
    GRANARY_SERVICE_RUNNING, GRANARY_SERVICE_STOPPED, GRANARY_SERVICE_STARTING,
    GRANARY_SERVICE_FAILED,
  };
  g_autoptr (GPtrArray) services =
    g_ptr_array_new_with_free_func ((GDestroyNotify) granary_service_unref);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *uid = g_strdup_printf ("svc-%03u", i);
      g_autofree char *name = g_strdup_printf ("group-%03u", i / 5);

      g_ptr_array_add (services,
                       granary_fake_service_new (catalog, version_id, uid, name, (int) (i % 5) + 1,
                                                 states[i % G_N_ELEMENTS (states)]));
    }
  granary_catalog_write (catalog, put_func, services, &error);
  g_assert_no_error (error);
}

/* To be changed and put again. */
static GranaryService *
dup_service (GranaryCatalog *catalog,
             const char     *uid)
{
  g_autoptr (GranaryService) found = granary_fake_service_find (catalog, uid);

  g_assert_nonnull (found);
  return granary_service_copy (found);
}

void
granary_fake_service_set_state (GranaryCatalog      *catalog,
                                const char          *uid,
                                GranaryServiceState  state)
{
  g_autoptr (GranaryService) service = dup_service (catalog, uid);

  service->state = state;
  granary_fake_service_put (catalog, service);
}

void
granary_fake_service_set_failure (GranaryCatalog        *catalog,
                                  const char            *uid,
                                  GranaryServiceFailure  failure,
                                  const char            *detail)
{
  g_autoptr (GranaryService) service = dup_service (catalog, uid);

  service->state = GRANARY_SERVICE_FAILED;
  service->failure = failure;
  g_set_str (&service->failure_detail, detail);
  granary_fake_service_put (catalog, service);
}

void
granary_fake_service_set_files (GranaryCatalog *catalog,
                                const char     *uid,
                                gint64          as_of)
{
  g_autoptr (GranaryService) service = dup_service (catalog, uid);

  service->files_as_of = as_of;
  granary_fake_service_put (catalog, service);
}

void
granary_fake_service_remove (GranaryCatalog *catalog,
                             const char     *uid)
{
  g_autoptr (GError) error = NULL;

  granary_catalog_write (catalog, remove_func, (gpointer) uid, &error);
  g_assert_no_error (error);
}

static gboolean
touch_func (GranaryWriter  *writer,
            gpointer        data,
            GError        **error)
{
  g_autoptr (GranaryVersion) version =
    granary_writer_load_version (writer, *(gint64 *) data, error);

  return version != NULL && granary_writer_set_files (writer, version->id, version->files, error);
}

void
granary_fake_service_touch (GranaryCatalog *catalog,
                            gint64          version_id)
{
  g_autoptr (GError) error = NULL;

  granary_catalog_write (catalog, touch_func, &version_id, &error);
  g_assert_no_error (error);
}

GranaryService *
granary_fake_service_find (GranaryCatalog *catalog,
                           const char     *uid)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) services = granary_catalog_list_services (catalog, NULL, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < services->len; i++)
    {
      GranaryService *service = g_ptr_array_index (services, i);

      if (g_strcmp0 (service->uid, uid) == 0)
        return granary_service_ref (service);
    }

  return NULL;
}
