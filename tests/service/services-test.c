/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "services-test.h"

#include "granary-json.h"

GranaryTestCloud *services_test_cloud;

void
services_test_set_up (GranaryTestPlace *place,
                      gconstpointer     data)
{
  g_autoptr (GranaryAccount) account = granary_test_tione_account (services_test_cloud);
  g_autoptr (JsonNode) made = NULL;
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (services_test_cloud, "{\"clear_faults\":true,\"service_polls\":1,"
                                                "\"internet\":true,\"old_call_info\":false}");
  made = granary_test_cloud_control (services_test_cloud,
    "{\"create_model\":{\"name\":\"digits\",\"versions\":["
    "{\"number\":\"v1\",\"framework\":\"PYTORCH\",\"format\":\"TORCH_SCRIPT\","
    "\"environment\":\"" SERVICES_TEST_IMAGE "\",\"environment_id\":\"py1.9.0-py36-cpu\","
    "\"prefix\":\"digits/v1/\",\"files\":{\"model_service.py\":\"pass\",\"config.json\":\"{}\"}},"
    "{\"number\":\"v2\",\"environment_source\":\"CUSTOM\",\"prefix\":\"digits/v2/\","
    "\"image\":{\"ImageType\":\"TCR\",\"ImageUrl\":\"mine.tencentcloudcr.com/a/b:1\","
    "\"RegistryRegion\":\"ap-guangzhou\",\"RegistryId\":\"tcr-1\"},\"files\":{\"a\":\"1\"}},"
    "{\"number\":\"v3\",\"status\":\"STATUS_RUNNING\",\"prefix\":\"digits/v3/\"},"
    "{\"number\":\"v4\",\"prefix\":\"digits/v4/\",\"files\":{\"a\":\"1\"}}]}}");
  granary_test_tione_set_up (place, account);
  g_assert_true (granary_test_tione_refresh (place, granary_json_get_string (made, "model_id"),
                                             &error));
  g_assert_no_error (error);
  granary_test_cloud_tell (services_test_cloud, "{\"clear_log\":true}");
}

/* Nothing of it stays for the next test. */
void
services_test_tear_down (GranaryTestPlace *place,
                         gconstpointer     data)
{
  g_autoptr (GPtrArray) services = NULL;
  g_autoptr (GranaryModel) model = NULL;
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (services_test_cloud, "{\"clear_faults\":true}");
  g_assert_true (granary_test_refresh_services (place, &error));
  g_assert_no_error (error);
  services = granary_catalog_list_services (place->catalog, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < services->len; i++)
    {
      const GranaryService *service = g_ptr_array_index (services, i);

      g_assert_true (granary_test_act (place, service->uid, GRANARY_SERVICE_REMOVE, NULL, &error));
      g_assert_no_error (error);
    }

  model = granary_test_find (place, "digits");
  if (model != NULL)
    g_free (granary_test_delete (place, model->id, 0, NULL));
  granary_test_place_tear_down (place);
}

gint64
services_test_find_version (GranaryTestPlace *place,
                            int               number,
                            char            **uid,
                            char            **model_uid)
{
  g_autoptr (GranaryModel) model = granary_test_find (place, "digits");

  g_assert_nonnull (model);
  for (guint i = 0; i < model->versions->len; i++)
    {
      const GranaryVersion *version = g_ptr_array_index (model->versions, i);

      if (version->number != number)
        continue;
      if (uid != NULL)
        *uid = g_strdup (version->uid);
      if (model_uid != NULL)
        *model_uid = g_strdup (model->uid);
      return version->id;
    }

  g_assert_not_reached ();
}

GranaryPublishProfile *
services_test_make_profile (void)
{
  GranaryPublishProfile *profile = granary_publish_profile_new ();

  profile->charge_type = g_strdup (GRANARY_CHARGE_POSTPAID);
  profile->instance_type = g_strdup ("TI.S.LARGE.POST");
  profile->price = 136;
  return profile;
}

char *
services_test_publish (GranaryTestPlace             *place,
                       int                           number,
                       const char                   *group_uid,
                       const char                   *name,
                       const GranaryPublishProfile  *profile,
                       GError                      **error)
{
  g_autoptr (GranaryPublishRequest) request = NULL;
  g_autoptr (GranaryPublishProfile) usual = services_test_make_profile ();

  request = granary_publish_request_new (services_test_find_version (place, number, NULL, NULL),
                                         group_uid, name, profile != NULL ? profile : usual);
  return granary_test_publish (place, request, NULL, error);
}

char *
services_test_publish_well (GranaryTestPlace *place,
                            int               number,
                            const char       *name)
{
  g_autoptr (GError) error = NULL;
  char *uid = services_test_publish (place, number, NULL, name, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (uid);
  return uid;
}

char *
services_test_run_one (GranaryTestPlace *place,
                       int               number,
                       const char       *name)
{
  char *uid = services_test_publish_well (place, number, name);
  gboolean is_running = FALSE;

  while (!is_running)
    {
      g_autoptr (GranaryService) service = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (granary_test_refresh_services (place, &error));
      g_assert_no_error (error);
      service = granary_test_find_service (place, uid);
      g_assert_nonnull (service);
      is_running = service->state == GRANARY_SERVICE_RUNNING;
    }

  return uid;
}

int
services_test_run (void)
{
  int result;

  services_test_cloud = granary_test_cloud_start ("none");
  result = g_test_run ();
  granary_test_cloud_stop (services_test_cloud);

  return result;
}
