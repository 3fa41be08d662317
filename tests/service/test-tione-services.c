/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json.h"
#include "services-test.h"

/* What publishing asks of the platform, to the letter, and what is made of its answers. */

#define cloud services_test_cloud

/* Auxiliary functions */

static void
assert_refused (GranaryTestPlace            *place,
                int                          number,
                const char                  *name,
                const GranaryPublishProfile *profile,
                GranaryReason                reason)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (services_test_publish (place, number, NULL, name, profile, &error));
  granary_assert_reason (error, reason);
}

static GranaryPublishOptions *
choose (GranaryTestPlace  *place,
        int                number,
        GError           **error)
{
  gint64 version_id = services_test_find_version (place, number, NULL, NULL);

  return granary_test_publish_options (place, version_id, error);
}

static const GranaryServiceSpec *
find_spec (GPtrArray  *specs,
           const char *name)
{
  for (guint i = 0; i < specs->len; i++)
    {
      const GranaryServiceSpec *spec = g_ptr_array_index (specs, i);

      if (g_str_equal (spec->name, name))
        return spec;
    }

  return NULL;
}

/* Choices */

static void
test_choices (GranaryTestPlace *place,
              gconstpointer     data)
{
  g_autofree char *first = services_test_publish_well (place, 1, "digits");
  g_autoptr (GranaryService) service = granary_test_find_service (place, first);
  g_autoptr (GranaryPublishOptions) options = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;
  const GranaryServiceGroup *group;
  const GranaryServiceSpec *spec;

  granary_test_cloud_tell (cloud, "{\"create_service\":{\"name\":\"another\",\"model_info\":{"
                                  "\"ModelVersionId\":\"mv-other\",\"ModelId\":\"m-other\","
                                  "\"ModelName\":\"other\"}}}");
  options = choose (place, 1, &error);
  g_assert_no_error (error);
  g_assert_no_error (options->problem);
  g_assert_no_error (options->note);
  g_assert_cmpstr (options->name, ==, "digits-2");

  /* The one that serves the model comes first. */
  g_assert_cmpuint (options->groups->len, ==, 2);
  group = g_ptr_array_index (options->groups, 0);
  g_assert_cmpstr (group->uid, ==, service->group_uid);
  g_assert_cmpstr (group->name, ==, "digits");
  g_assert_cmpstr (group->model_name, ==, "digits");
  g_assert_cmpint (group->n_services, ==, 1);
  group = g_ptr_array_index (options->groups, 1);
  g_assert_cmpstr (group->name, ==, "another");

  g_assert_cmpuint (options->specs->len, ==, 15);
  spec = find_spec (options->specs, "TI.S.LARGE.POST");
  g_assert_cmpstr (spec->title, ==, "4C8G");
  g_assert_false (spec->is_gpu);
  g_assert_true (spec->is_available);
  spec = find_spec (options->specs, "TI.GN7.20XLARGE320.POST");
  g_assert_true (spec->is_gpu);
  g_assert_false (spec->is_available);

  g_assert_cmpuint (options->resource_groups->len, ==, 1);
  spec = g_ptr_array_index (options->resource_groups, 0);
  g_assert_cmpstr (spec->name, ==, "rsg-testcloud");
  g_assert_cmpstr (spec->title, ==, "推理资源组");
  g_assert_cmpstr (spec->detail, ==, "8C48G T4*1");
  g_assert_true (spec->is_available);

  body = granary_test_tione_get_body (cloud, "DescribeBillingResourceGroups", 0);
  granary_test_assert_json (body, "{\"Type\":\"INFERENCE\",\"DontShowInstanceSet\":true,"
                                  "\"Offset\":0,\"Limit\":100}");
}

static void
test_choices_refused (GranaryTestPlace *place,
                      gconstpointer     data)
{
  g_autoptr (GranaryPublishOptions) options = NULL;
  g_autoptr (GranaryPublishOptions) none = NULL;
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":\"DescribeBilling*\"},"
                                  "\"times\":-1,\"do\":{\"kind\":\"api_error\",\"code\":"
                                  "\"UnauthorizedOperation\"}},{\"match\":{\"action\":"
                                  "\"DescribeModelServiceGroups\"},\"times\":1,\"do\":{\"kind\":"
                                  "\"api_error\",\"code\":\"AuthFailure.CamException\"}}]}");
  options = choose (place, 1, &error);
  g_assert_no_error (error);
  g_assert_no_error (options->problem);
  granary_assert_reason (options->note, GRANARY_REASON_ACTION_FORBIDDEN);
  g_assert_cmpstr (options->name, ==, "digits");
  g_assert_cmpuint (options->specs->len, ==, 17);
  g_assert_true (find_spec (options->specs, "TI.GN7.LARGE20.POST")->is_gpu);
  g_assert_false (find_spec (options->specs, "TI.S.LARGE.POST")->is_gpu);
  g_assert_cmpuint (options->resource_groups->len, ==, 0);

  /* Without network there is nothing to choose from. */
  granary_test_cloud_tell (cloud, "{\"clear_faults\":true,\"offline\":true}");
  none = choose (place, 1, &error);
  granary_test_cloud_tell (cloud, "{\"offline\":false}");
  g_assert_null (none);
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_NETWORK);
}

static void
test_problems (GranaryTestPlace *place,
               gconstpointer     data)
{
  g_autoptr (GranaryPublishOptions) importing = NULL;
  g_autoptr (GranaryPublishOptions) bare = NULL;
  g_autoptr (GError) error = NULL;

  importing = choose (place, 3, &error);
  g_assert_no_error (error);
  granary_assert_reason (importing->problem, GRANARY_REASON_VERSION_NOT_READY);
  bare = choose (place, 4, &error);
  g_assert_no_error (error);
  granary_assert_reason (bare->problem, GRANARY_REASON_ENVIRONMENT_UNSET);

  assert_refused (place, 3, "digits", NULL, GRANARY_REASON_VERSION_NOT_READY);
  assert_refused (place, 4, "digits", NULL, GRANARY_REASON_ENVIRONMENT_UNSET);
  assert_refused (place, 1, "数字", NULL, GRANARY_REASON_SERVICE_NAME_INVALID);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateModelService"), ==, 0);
}

static void
test_prices (GranaryTestPlace *place,
             gconstpointer     data)
{
  g_autoptr (GranaryPublishProfile) profile = services_test_make_profile ();
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;

  g_assert_cmpint (granary_test_quote (place, profile, &error), ==, 136);
  profile->replicas = 3;
  g_assert_cmpint (granary_test_quote (place, profile, &error), ==, 410);
  g_assert_no_error (error);
  body = granary_test_tione_get_body (cloud, "DescribeBillingSpecsPrice", 1);
  granary_test_assert_json (body, "{\"SpecsParam\":[{\"SpecName\":\"TI.S.LARGE.POST\","
                                  "\"SpecCount\":3}]}");

  g_set_str (&profile->charge_type, GRANARY_CHARGE_PREPAID);
  g_assert_cmpint (granary_test_quote (place, profile, &error), ==, 0);
  g_assert_no_error (error);

  g_set_str (&profile->charge_type, GRANARY_CHARGE_POSTPAID);
  g_set_str (&profile->instance_type, "TI.NONE");
  g_assert_cmpint (granary_test_quote (place, profile, &error), ==, -1);
  granary_assert_reason (error, GRANARY_REASON_PRICE_UNKNOWN);
  g_clear_error (&error);

  g_set_str (&profile->instance_type, "TI.S.LARGE.POST");
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":"
                                  "\"DescribeBillingSpecsPrice\"},\"times\":-1,"
                                  "\"do\":{\"kind\":\"nulls\"}}]}");
  g_assert_cmpint (granary_test_quote (place, profile, &error), ==, -1);
  granary_assert_reason (error, GRANARY_REASON_PRICE_UNKNOWN);
}

/* What is asked now must be what was agreed to. */
static void
test_price_agreed (GranaryTestPlace *place,
                   gconstpointer     data)
{
  g_autoptr (GranaryPublishProfile) profile = services_test_make_profile ();
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uid = NULL;

  profile->price = -1;
  assert_refused (place, 1, "digits", profile, GRANARY_REASON_PRICE_UNCONFIRMED);
  profile->price = 135;
  assert_refused (place, 1, "digits", profile, GRANARY_REASON_PRICE_UNCONFIRMED);
  profile->price = GRANARY_PRICE_ANY;
  assert_refused (place, 1, "digits", profile, GRANARY_REASON_PRICE_UNCONFIRMED);
  profile->price = 136;
  profile->replicas = 2;
  assert_refused (place, 1, "digits", profile, GRANARY_REASON_PRICE_UNCONFIRMED);
  g_set_str (&profile->instance_type, "TI.GN7.20XLARGE320.POST");
  assert_refused (place, 1, "digits", profile, GRANARY_REASON_SPEC_SOLD_OUT);
  g_clear_pointer (&profile->instance_type, g_free);
  assert_refused (place, 1, "digits", profile, GRANARY_REASON_SPEC_UNSET);
  g_set_str (&profile->charge_type, GRANARY_CHARGE_PREPAID);
  assert_refused (place, 1, "digits", profile, GRANARY_REASON_SPEC_UNSET);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateModelService"), ==, 0);

  /* One that cannot be told has to be agreed to as such, and that is not remembered. */
  g_set_str (&profile->charge_type, GRANARY_CHARGE_POSTPAID);
  g_set_str (&profile->instance_type, "TI.S.LARGE.POST");
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":\"DescribeBilling*\"},"
                                  "\"times\":-1,\"do\":{\"kind\":\"api_error\",\"code\":"
                                  "\"UnauthorizedOperation\"}}]}");
  assert_refused (place, 1, "digits", profile, GRANARY_REASON_PRICE_UNCONFIRMED);
  profile->price = GRANARY_PRICE_ANY;
  uid = services_test_publish (place, 1, NULL, "digits", profile, &error);
  g_assert_no_error (error);
  service = granary_test_find_service (place, uid);
  g_assert_null (strstr (service->profile, "price"));
}

/* Publishing */

static void
test_publish (GranaryTestPlace *place,
              gconstpointer     data)
{
  g_autoptr (GranaryPublishProfile) profile = services_test_make_profile ();
  g_autofree char *version_uid = NULL;
  g_autofree char *model_uid = NULL;
  gint64 version_id = services_test_find_version (place, 1, &version_uid, &model_uid);
  gint64 before = g_get_real_time ();
  const char *environment[] = { "TI_INFERENCE_NUMS=2", "EMPTY=", NULL };
  g_autofree char *uid = NULL;
  g_autofree char *body = NULL;
  g_autofree char *wanted = NULL;
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GranaryService) running = NULL;
  g_autoptr (GError) error = NULL;

  profile->environment = g_strdupv ((char **) environment);
  profile->description = g_strdup ("for the counter");
  uid = services_test_publish (place, 1, NULL, "digits-a", profile, &error);
  g_assert_no_error (error);

  body = granary_test_tione_get_body (cloud, "CreateModelService", 0);
  wanted = g_strdup_printf (
    "{\"ServiceGroupName\":\"digits-a\",\"ServiceDescription\":\"for the counter\","
    "\"ChargeType\":\"POSTPAID_BY_HOUR\",\"InstanceType\":\"TI.S.LARGE.POST\","
    "\"ModelInfo\":{\"ModelVersionId\":\"%s\",\"ModelId\":\"%s\",\"ModelName\":\"digits\","
    "\"ModelVersion\":\"v1\",\"ModelSource\":\"COS\",\"ModelType\":\"NORMAL\","
    "\"CosPathInfo\":{\"Bucket\":\"models-1250000000\",\"Region\":\"ap-guangzhou\","
    "\"Paths\":[\"digits/v1/\"]},\"AlgorithmFramework\":\"PYTORCH\","
    "\"ModelFormat\":\"TORCH_SCRIPT\"},"
    "\"ImageInfo\":{\"ImageType\":\"PreSet\",\"ImageUrl\":\"" SERVICES_TEST_IMAGE "\"},"
    "\"Env\":[{\"Name\":\"TI_INFERENCE_NUMS\",\"Value\":\"2\"},"
    "{\"Name\":\"EMPTY\",\"Value\":\"\"}],"
    "\"Replicas\":1,\"AuthorizationEnable\":true}", version_uid, model_uid);
  granary_test_assert_json (body, wanted);

  /* It is there at once. */
  service = granary_test_find_service (place, uid);
  g_assert_cmpint (service->state, ==, GRANARY_SERVICE_STARTING);
  g_assert_cmpint (service->version_id, ==, version_id);
  g_assert_cmpstr (service->name, ==, "digits-a");
  g_assert_cmpint (service->number, ==, 1);
  g_assert_cmpint (service->files_as_of, >=, before);
  g_assert_cmpint (service->started, >=, before);
  g_assert_true (service->is_wanted);
  g_assert_false (service->is_update_needed);
  g_assert_nonnull (strstr (service->profile, "\"price\":136"));
  g_assert_nonnull (strstr (service->profile, "TI_INFERENCE_NUMS=2"));

  /* Looking at it goes on by itself. What Granary knows stays. */
  granary_test_await_state (place, uid, GRANARY_SERVICE_RUNNING);
  running = granary_test_find_service (place, uid);
  g_assert_cmpint (running->files_as_of, ==, service->files_as_of);
  g_assert_cmpint (running->replicas, ==, 1);
  g_assert_cmpint (running->available, ==, 1);
  g_assert_nonnull (strstr (running->profile, "\"price\":136"));
  g_assert_nonnull (strstr (running->profile, "TI_INFERENCE_NUMS=2"));
  g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateModelService"), ==, 1);
}

static void
test_publish_prepaid (GranaryTestPlace *place,
                      gconstpointer     data)
{
  g_autoptr (GranaryPublishProfile) profile = granary_publish_profile_new ();
  g_autofree char *first = services_test_publish_well (place, 1, "digits-b");
  g_autoptr (GranaryService) group = granary_test_find_service (place, first);
  g_autoptr (GranaryService) service = NULL;
  g_autofree char *version_uid = NULL;
  g_autofree char *model_uid = NULL;
  g_autofree char *uid = NULL;
  g_autofree char *body = NULL;
  g_autofree char *wanted = NULL;
  g_autoptr (GError) error = NULL;

  services_test_find_version (place, 2, &version_uid, &model_uid);
  profile->charge_type = g_strdup (GRANARY_CHARGE_PREPAID);
  profile->resource_group = g_strdup ("rsg-testcloud");
  profile->cpu = 4000;
  profile->memory = 8192;
  profile->gpu = 100;
  profile->gpu_type = g_strdup ("T4");
  profile->replicas = 2;
  profile->authorization = FALSE;
  granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
  uid = services_test_publish (place, 2, group->group_uid, NULL, profile, &error);
  g_assert_no_error (error);

  body = granary_test_tione_get_body (cloud, "CreateModelService", 0);
  wanted = g_strdup_printf (
    "{\"ServiceGroupId\":\"%s\",\"NewVersion\":true,\"ChargeType\":\"PREPAID\","
    "\"ResourceGroupId\":\"rsg-testcloud\","
    "\"Resources\":{\"Cpu\":4000,\"Memory\":8192,\"Gpu\":100,\"GpuType\":\"T4\"},"
    "\"ModelInfo\":{\"ModelVersionId\":\"%s\",\"ModelId\":\"%s\",\"ModelName\":\"digits\","
    "\"ModelVersion\":\"v2\",\"ModelSource\":\"COS\",\"ModelType\":\"NORMAL\","
    "\"CosPathInfo\":{\"Bucket\":\"models-1250000000\",\"Region\":\"ap-guangzhou\","
    "\"Paths\":[\"digits/v2/\"]}},"
    "\"ImageInfo\":{\"ImageType\":\"TCR\",\"ImageUrl\":\"mine.tencentcloudcr.com/a/b:1\","
    "\"RegistryRegion\":\"ap-guangzhou\",\"RegistryId\":\"tcr-1\"},"
    "\"Replicas\":2,\"AuthorizationEnable\":false}", group->group_uid, version_uid, model_uid);
  granary_test_assert_json (body, wanted);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "DescribeBillingSpecsPrice"), ==, 0);

  service = granary_test_find_service (place, uid);
  g_assert_cmpstr (service->group_uid, ==, group->group_uid);
  g_assert_cmpint (service->number, ==, 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) SERVICES_TEST_ADD ("/tione/services/" name, func)
  ADD ("choices", test_choices);
  ADD ("choices-refused", test_choices_refused);
  ADD ("problems", test_problems);
  ADD ("prices", test_prices);
  ADD ("price-agreed", test_price_agreed);
  ADD ("publish", test_publish);
  ADD ("publish-prepaid", test_publish_prepaid);
#undef ADD

  return services_test_run ();
}
