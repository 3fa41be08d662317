/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json.h"
#include "services-test.h"

/* What can be done with services of the platform, and how they are called. */

#define cloud services_test_cloud

/* Auxiliary functions */

static void
act_well (GranaryTestPlace     *place,
          const char           *uid,
          GranaryServiceAction  action)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (granary_test_act (place, uid, action, NULL, &error));
  g_assert_no_error (error);
}

static void
assert_state (GranaryTestPlace    *place,
              const char          *uid,
              GranaryServiceState  state)
{
  g_autoptr (GranaryService) service = granary_test_find_service (place, uid);

  g_assert_nonnull (service);
  g_assert_cmpint (service->state, ==, state);
}

static void
upload (GranaryTestPlace *place,
        gint64            version_id,
        const char       *text)
{
  g_autofree char *folder = granary_test_place_path (place, "new");
  g_autofree char *path = granary_test_write (folder, "config.json", text);
  g_autoptr (GranaryVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  version = granary_test_upload (place, version_id, path, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (version);
}

/* Stop, start */

static void
test_stop_start (GranaryTestPlace *place,
                 gconstpointer     data)
{
  g_autofree char *uid = services_test_run_one (place, 1, "stop-start");
  g_autofree char *stop = NULL;
  g_autofree char *start = NULL;
  g_autofree char *wanted = NULL;
  g_autofree char *resumed = NULL;
  g_autoptr (GranaryService) before = granary_test_find_service (place, uid);
  g_autoptr (GranaryService) stopped = NULL;
  g_autoptr (GranaryService) after = NULL;

  granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
  act_well (place, uid, GRANARY_SERVICE_STOP);
  assert_state (place, uid, GRANARY_SERVICE_STOPPING);
  stop = granary_test_tione_get_body (cloud, "ModifyModelService", 0);
  wanted = g_strdup_printf ("{\"ServiceId\":\"%s\",\"ServiceAction\":\"STOP\"}", uid);
  granary_test_assert_json (stop, wanted);
  granary_test_await_state (place, uid, GRANARY_SERVICE_STOPPED);
  stopped = granary_test_find_service (place, uid);
  g_assert_false (stopped->is_wanted);
  g_assert_cmpint (stopped->files_as_of, ==, before->files_as_of);
  g_assert_nonnull (strstr (stopped->profile, "\"price\":136"));

  act_well (place, uid, GRANARY_SERVICE_START);
  assert_state (place, uid, GRANARY_SERVICE_STARTING);
  start = granary_test_tione_get_body (cloud, "ModifyModelService", 1);
  resumed = g_strdup_printf ("{\"ServiceId\":\"%s\",\"ServiceAction\":\"RESUME\"}", uid);
  granary_test_assert_json (start, resumed);
  granary_test_await_state (place, uid, GRANARY_SERVICE_RUNNING);
  after = granary_test_find_service (place, uid);
  g_assert_true (after->is_wanted);
  g_assert_cmpint (after->files_as_of, >, before->files_as_of);
  g_assert_cmpint (after->replicas, ==, 1);

  /* What it is already is no trouble. */
  act_well (place, uid, GRANARY_SERVICE_STOP);
  granary_test_await_state (place, uid, GRANARY_SERVICE_STOPPED);
  act_well (place, uid, GRANARY_SERVICE_STOP);
}

static void
remember_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  GAsyncResult **at = user_data;

  *at = g_object_ref (result);
}

/* Called off while the platform does it: it is done, and the row says so. */
static void
test_called_off (GranaryTestPlace *place,
                 gconstpointer     data)
{
  g_autofree char *uid = services_test_run_one (place, 1, "called-off");
  GranaryServiceHost *host = granary_connection_get_service_host (place->connection);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  act_well (place, uid, GRANARY_SERVICE_STOP);
  granary_test_await_state (place, uid, GRANARY_SERVICE_STOPPED);
  granary_test_cloud_tell (cloud, "{\"clear_log\":true,\"faults\":[{\"match\":{\"action\":"
                                  "\"ModifyModelService\"},\"do\":{\"kind\":\"delay\","
                                  "\"seconds\":1}}]}");
  granary_service_host_act_async (host, uid, GRANARY_SERVICE_START, NULL, cancellable, remember_cb,
                                  &result);
  while (granary_test_cloud_count (cloud, "ModifyModelService") == 0)
    g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  g_assert_true (granary_service_host_act_finish (host, result, &error));
  g_assert_no_error (error);
  granary_test_await_state (place, uid, GRANARY_SERVICE_RUNNING);
}

static void
test_version_deleted (GranaryTestPlace *place,
                      gconstpointer     data)
{
  g_autofree char *uid = services_test_run_one (place, 2, "deleted");
  gint64 version_id = services_test_find_version (place, 2, NULL, NULL);
  g_autofree char *version_uid = NULL;
  g_autofree char *second = services_test_run_one (place, 1, "deleted-elsewhere");
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GError) error = NULL;

  g_free (granary_test_delete (place, 0, version_id, &error));
  g_assert_no_error (error);
  service = granary_test_find_service (place, uid);
  g_assert_cmpint (service->state, ==, GRANARY_SERVICE_RUNNING);
  g_assert_true (service->is_version_gone);

  /* It goes on, but does not come again. */
  act_well (place, uid, GRANARY_SERVICE_STOP);
  granary_test_await_state (place, uid, GRANARY_SERVICE_STOPPED);
  g_assert_false (granary_test_act (place, uid, GRANARY_SERVICE_START, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_SERVICE_VERSION_DELETED);
  g_clear_error (&error);
  g_assert_false (granary_test_act (place, uid, GRANARY_SERVICE_UPDATE, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_SERVICE_VERSION_DELETED);
  g_clear_error (&error);

  /* Where the mirror does not know yet, the platform does. */
  act_well (place, second, GRANARY_SERVICE_STOP);
  granary_test_await_state (place, second, GRANARY_SERVICE_STOPPED);
  services_test_find_version (place, 1, &version_uid, NULL);
  granary_test_cloud_tell (cloud, "{\"drop_version\":\"%s\"}", version_uid);
  g_assert_false (granary_test_act (place, second, GRANARY_SERVICE_START, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_SERVICE_VERSION_DELETED);
  g_assert_nonnull (granary_error_get_request_id (error));
}

/* Update */

static void
test_update (GranaryTestPlace *place,
             gconstpointer     data)
{
  g_autofree char *uid = services_test_run_one (place, 1, "update");
  g_autofree char *version_uid = NULL;
  g_autofree char *model_uid = NULL;
  gint64 version_id = services_test_find_version (place, 1, &version_uid, &model_uid);
  g_autoptr (GranaryService) before = granary_test_find_service (place, uid);
  g_autoptr (GranaryService) changed = NULL;
  g_autoptr (GranaryService) after = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;
  g_autofree char *wanted = NULL;

  g_assert_false (before->is_update_needed);
  upload (place, version_id, "{\"a\":1}");
  changed = granary_test_find_service (place, uid);
  g_assert_true (changed->is_update_needed);

  /* Neither looking nor listing makes them live. */
  g_assert_true (granary_test_refresh_services (place, &error));
  g_assert_no_error (error);
  g_clear_pointer (&changed, granary_service_unref);
  changed = granary_test_find_service (place, uid);
  g_assert_true (changed->is_update_needed);

  granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
  act_well (place, uid, GRANARY_SERVICE_UPDATE);
  body = granary_test_tione_get_body (cloud, "ModifyModelService", 0);
  wanted = g_strdup_printf (
    "{\"ServiceId\":\"%s\","
    "\"ModelInfo\":{\"ModelVersionId\":\"%s\",\"ModelId\":\"%s\",\"ModelName\":\"digits\","
    "\"ModelVersion\":\"v1\",\"ModelSource\":\"COS\",\"ModelType\":\"NORMAL\","
    "\"CosPathInfo\":{\"Bucket\":\"models-1250000000\",\"Region\":\"ap-guangzhou\","
    "\"Paths\":[\"digits/v1/\"]},\"AlgorithmFramework\":\"PYTORCH\","
    "\"ModelFormat\":\"TORCH_SCRIPT\"},"
    "\"ImageInfo\":{\"ImageType\":\"PreSet\",\"ImageUrl\":\"" SERVICES_TEST_IMAGE "\"},"
    "\"InstanceType\":\"TI.S.LARGE.POST\",\"Replicas\":1}", uid, version_uid, model_uid);
  granary_test_assert_json (body, wanted);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "ModifyModelService"), ==, 1);

  after = granary_test_find_service (place, uid);
  g_assert_cmpint (after->state, ==, GRANARY_SERVICE_STARTING);
  g_assert_false (after->is_update_needed);
  g_assert_cmpint (after->files_as_of, >, before->files_as_of);
  granary_test_await_state (place, uid, GRANARY_SERVICE_RUNNING);
}

/* A stopped one is started by it; what the platform has beside stays as it is. */
static void
test_update_stopped (GranaryTestPlace *place,
                     gconstpointer     data)
{
  g_autoptr (GranaryPublishProfile) profile = services_test_make_profile ();
  const char *environment[] = { "A=1", NULL };
  g_autoptr (GranaryPublishProfile) other = services_test_make_profile ();
  g_autoptr (JsonNode) update = NULL;
  g_autofree char *uid = NULL;
  g_autofree char *body = NULL;
  g_autofree char *resume = NULL;
  g_autofree char *second = NULL;
  g_autofree char *wanted = NULL;
  g_autoptr (JsonNode) with_profile = NULL;
  g_autoptr (GError) error = NULL;
  gint64 replicas;

  profile->environment = g_strdupv ((char **) environment);
  profile->replicas = 2;
  profile->price = 273;
  uid = services_test_publish (place, 1, NULL, "update-stopped", profile, &error);
  g_assert_no_error (error);
  granary_test_await_state (place, uid, GRANARY_SERVICE_RUNNING);
  act_well (place, uid, GRANARY_SERVICE_STOP);
  granary_test_await_state (place, uid, GRANARY_SERVICE_STOPPED);

  granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
  act_well (place, uid, GRANARY_SERVICE_UPDATE);
  body = granary_test_tione_get_body (cloud, "ModifyModelService", 0);
  update = granary_json_parse (body, -1, NULL, NULL);
  g_assert_null (granary_json_get_string (update, "ServiceAction"));
  g_assert_true (granary_json_get_int (update, "Replicas", &replicas));
  g_assert_cmpint (replicas, ==, 2);
  g_assert_nonnull (strstr (body, "\"Env\":[{\"Name\":\"A\",\"Value\":\"1\"}]"));
  resume = granary_test_tione_get_body (cloud, "ModifyModelService", 1);
  wanted = g_strdup_printf ("{\"ServiceId\":\"%s\",\"ServiceAction\":\"RESUME\"}", uid);
  granary_test_assert_json (resume, wanted);
  granary_test_await_state (place, uid, GRANARY_SERVICE_RUNNING);

  /* With a profile, it is that from now on. */
  g_set_str (&other->instance_type, "TI.S.MEDIUM.POST");
  other->price = 68;
  g_assert_true (granary_test_act (place, uid, GRANARY_SERVICE_UPDATE, other, &error));
  g_assert_no_error (error);
  second = granary_test_tione_get_body (cloud, "ModifyModelService", 2);
  with_profile = granary_json_parse (second, -1, NULL, NULL);
  g_assert_cmpstr (granary_json_get_string (with_profile, "InstanceType"), ==, "TI.S.MEDIUM.POST");
  g_assert_true (granary_json_get_int (with_profile, "Replicas", &replicas));
  g_assert_cmpint (replicas, ==, 1);
}

/* Starting costs money, which is asked about where the row says that it is stopped. */
static void
test_stopped_elsewhere (GranaryTestPlace *place,
                        gconstpointer     data)
{
  static const GranaryServiceAction actions[] = { GRANARY_SERVICE_UPDATE, GRANARY_SERVICE_START };
  g_autofree char *uid = services_test_run_one (place, 1, "stopped-elsewhere");

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      g_autoptr (GranaryAccount) account = granary_test_tione_account (cloud);
      GranaryTestPlace other = { 0 };
      g_autoptr (GError) error = NULL;

      /* It saw it run, and does not look any more. */
      granary_test_tione_set_up (&other, account);
      g_assert_true (granary_test_refresh_services (&other, &error));
      g_assert_no_error (error);
      act_well (place, uid, GRANARY_SERVICE_STOP);
      granary_test_await_state (place, uid, GRANARY_SERVICE_STOPPED);

      granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
      assert_state (&other, uid, GRANARY_SERVICE_RUNNING);
      g_assert_false (granary_test_act (&other, uid, actions[i], NULL, &error));
      granary_assert_reason (error, GRANARY_REASON_SERVICE_STATE);
      assert_state (&other, uid, GRANARY_SERVICE_STOPPED);
      g_assert_cmpuint (granary_test_cloud_count (cloud, "ModifyModelService"), ==, 0);

      /* Now it shows, and who wants it to start knows what that means. */
      act_well (&other, uid, actions[i]);
      granary_test_await_state (&other, uid, GRANARY_SERVICE_RUNNING);
      granary_test_place_tear_down (&other);
    }
}

/* Files that somebody else changed are seen when the storage is listed. */
static void
test_changed_elsewhere (GranaryTestPlace *place,
                        gconstpointer     data)
{
  g_autofree char *uid = services_test_run_one (place, 1, "elsewhere");
  gint64 version_id = services_test_find_version (place, 1, NULL, NULL);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GranaryService) first = NULL;
  g_autoptr (GranaryService) later = NULL;
  g_autoptr (GError) error = NULL;

  problems = granary_test_check (place, version_id, &error);
  g_assert_no_error (error);
  first = granary_test_find_service (place, uid);
  g_assert_false (first->is_update_needed);

  /* The storage tells whole seconds. */
  g_usleep (1100 * 1000);
  granary_test_cloud_tell (cloud, "{\"put_object\":{\"bucket\":\"%s\",\"key\":"
                                  "\"digits/v1/config.json\",\"text\":\"{\\\"b\\\":2}\"}}",
                           GRANARY_TEST_CLOUD_BUCKET);
  g_clear_pointer (&problems, g_ptr_array_unref);
  problems = granary_test_check (place, version_id, &error);
  g_assert_no_error (error);
  later = granary_test_find_service (place, uid);
  g_assert_true (later->is_update_needed);
}

/* A group that is on two pages of the list is one all the same. */
static void
test_listed_twice (GranaryTestPlace *place,
                   gconstpointer     data)
{
  g_autofree char *uid = services_test_run_one (place, 1, "twice");
  g_autofree char *once = NULL;
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GError) error = NULL;

  once = g_strdup_printf ("{\\\"ServiceGroupId\\\":\\\"ms-twice\\\",\\\"Services\\\":[{"
                          "\\\"ServiceId\\\":\\\"%s\\\",\\\"Status\\\":\\\"Normal\\\","
                          "\\\"ChargeType\\\":\\\"POSTPAID_BY_HOUR\\\"}]}", uid);
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":"
                                  "\"DescribeModelServiceGroups\"},\"do\":{\"kind\":\"malformed\","
                                  "\"body\":\"{\\\"Response\\\":{\\\"TotalCount\\\":2,"
                                  "\\\"ServiceGroups\\\":[%s,%s],\\\"RequestId\\\":"
                                  "\\\"1\\\"}}\"}}]}", once, once);
  g_assert_true (granary_test_refresh_services (place, &error));
  g_assert_no_error (error);
  service = granary_test_find_service (place, uid);
  g_assert_nonnull (strstr (service->profile, "\"price\":136"));
}

/* Remove */

static void
test_remove (GranaryTestPlace *place,
             gconstpointer     data)
{
  g_autofree char *first = services_test_run_one (place, 1, "remove");
  g_autoptr (GranaryService) service = granary_test_find_service (place, first);
  g_autoptr (GranaryService) gone = NULL;
  g_autofree char *second = NULL;
  g_autofree char *body = NULL;
  g_autofree char *wanted = NULL;
  g_autoptr (GError) error = NULL;

  second = services_test_publish (place, 2, service->group_uid, NULL, NULL, &error);
  g_assert_no_error (error);
  granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
  act_well (place, first, GRANARY_SERVICE_REMOVE);
  body = granary_test_tione_get_body (cloud, "DeleteModelService", 0);
  wanted = g_strdup_printf ("{\"ServiceId\":\"%s\"}", first);
  granary_test_assert_json (body, wanted);
  gone = granary_test_find_service (place, first);
  g_assert_null (gone);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "DeleteModelServiceGroup"), ==, 0);

  /* The group goes with its last. */
  granary_test_cloud_tell (cloud, "{\"keep_groups\":true}");
  act_well (place, second, GRANARY_SERVICE_REMOVE);
  granary_test_cloud_tell (cloud, "{\"keep_groups\":false}");
  g_assert_cmpuint (granary_test_cloud_count (cloud, "DeleteModelServiceGroup"), ==, 1);

  g_assert_false (granary_test_act (place, second, GRANARY_SERVICE_STOP, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_SERVICE_MISSING);
}

/* Calling */

static void
test_call (GranaryTestPlace *place,
           gconstpointer     data)
{
  g_autofree char *uid = services_test_run_one (place, 1, "call");
  g_autoptr (GranaryServiceAccess) access = NULL;
  g_autoptr (GranaryServiceReply) reply = NULL;
  g_autoptr (GranaryServiceReply) wrong = NULL;
  g_autoptr (GranaryServiceReply) large = NULL;
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;

  access = granary_test_access (place, uid, &error);
  g_assert_no_error (error);
  service = granary_test_find_service (place, uid);
  token = g_strdup_printf ("secret-token-of-%s", service->group_uid);
  g_assert_true (g_str_has_prefix (access->url, granary_test_cloud_get_url (cloud)));
  g_assert_cmpstr (access->header, ==, "Authorization");
  g_assert_cmpstr (access->value, ==, token);
  g_assert_cmpstr (service->url, ==, access->url);

  reply = granary_test_call (place, uid, "{\"image\":\"aGVsbG8=\"}", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpstr (reply->content_type, ==, "application/json");
  g_assert_false (reply->is_cut);
  g_assert_cmpint (reply->latency, >, 0);
  answer = granary_json_parse (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body),
                               NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (granary_json_get_string (answer, "result.image"), ==, "aGVsbG8=");
  g_assert_cmpstr (granary_json_get_string (answer, "version"), ==, "v1");

  /* An answer of another status is one too. */
  wrong = granary_test_call (place, uid, "no JSON", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wrong->status, ==, 400);

  large = granary_test_call (place, uid, "{\"huge\":70000000}", &error);
  g_assert_no_error (error);
  g_assert_true (large->is_cut);
  g_assert_cmpuint (g_bytes_get_size (large->body), ==, 64 << 20);

  act_well (place, uid, GRANARY_SERVICE_STOP);
  g_assert_null (granary_test_call (place, uid, "{}", &error));
  granary_assert_reason (error, GRANARY_REASON_SERVICE_NOT_RUNNING);
}

/* Removed elsewhere: that is said, and it leaves the list. */
static void
test_call_gone (GranaryTestPlace *place,
                gconstpointer     data)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *uid = services_test_run_one (place, 1, "call-gone");
      g_autoptr (GranaryAccount) account = granary_test_tione_account (cloud);
      GranaryTestPlace other = { 0 };
      g_autoptr (GranaryService) gone = NULL;
      g_autoptr (GError) error = NULL;

      if (i > 0)
        {
          act_well (place, uid, GRANARY_SERVICE_STOP);
          granary_test_await_state (place, uid, GRANARY_SERVICE_STOPPED);
        }
      granary_test_tione_set_up (&other, account);
      g_assert_true (granary_test_refresh_services (&other, &error));
      g_assert_no_error (error);
      act_well (place, uid, GRANARY_SERVICE_REMOVE);

      g_assert_null (granary_test_call (&other, uid, "{}", &error));
      granary_assert_reason (error, GRANARY_REASON_SERVICE_MISSING);
      g_assert_nonnull (granary_error_get_request_id (error));
      gone = granary_test_find_service (&other, uid);
      g_assert_null (gone);
      granary_test_place_tear_down (&other);
    }
}

static void
test_addresses (GranaryTestPlace *place,
                gconstpointer     data)
{
  g_autofree char *uid = services_test_run_one (place, 1, "addresses");
  g_autoptr (GranaryServiceAccess) old = NULL;
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (cloud, "{\"old_call_info\":true}");
  old = granary_test_access (place, uid, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (old->url, granary_test_cloud_get_url (cloud)));
  g_assert_null (old->header);
  g_assert_null (old->value);

  granary_test_cloud_tell (cloud, "{\"old_call_info\":false,\"internet\":false}");
  g_assert_null (granary_test_access (place, uid, &error));
  granary_assert_reason (error, GRANARY_REASON_SERVICE_NO_ADDRESS);
  g_clear_error (&error);
  g_assert_null (granary_test_call (place, uid, "{}", &error));
  granary_assert_reason (error, GRANARY_REASON_SERVICE_NO_ADDRESS);
}

/* Where a secret may turn up: what is logged, what is stored, what an error says. */

static GString *logged;

static GLogWriterOutput
keep_log_cb (GLogLevelFlags   level,
             const GLogField *fields,
             gsize            n_fields,
             gpointer         data)
{
  for (gsize i = 0; i < n_fields; i++)
    {
      if (g_str_equal (fields[i].key, "MESSAGE"))
        g_string_append_printf (logged, "%s\n", (const char *) fields[i].value);
    }

  return G_LOG_WRITER_HANDLED;
}

static void
test_secrets (void)
{
  if (g_test_subprocess ())
    {
      GranaryTestPlace place = { 0 };
      g_autofree char *uid = NULL;
      g_autofree char *database = NULL;
      g_autofree char *content = NULL;
      g_autoptr (GranaryServiceAccess) access = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;

      logged = g_string_new (NULL);
      g_log_set_writer_func (keep_log_cb, NULL, NULL);
      services_test_set_up (&place, NULL);
      uid = services_test_run_one (&place, 1, "secrets");
      access = granary_test_access (&place, uid, &error);
      g_assert_no_error (error);
      g_assert_nonnull (strstr (access->value, "secret-token-of-"));
      granary_service_reply_free (granary_test_call (&place, uid, "{}", &error));
      g_assert_no_error (error);

      /* What cannot be understood is not quoted. */
      granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":"
                                      "\"DescribeModelServiceCallInfo\"},\"times\":-1,\"do\":{"
                                      "\"kind\":\"malformed\",\"body\":\"{\\\"Response\\\":{"
                                      "\\\"AuthToken\\\": secret-token-of-}\"}}]}");
      g_assert_null (granary_test_access (&place, uid, &error));
      g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_BAD_RESPONSE);
      g_assert_null (strstr (error->message, "secret"));
      g_clear_error (&error);

      g_assert_nonnull (strstr (logged->str, "POST http"));
      g_assert_null (strstr (logged->str, "secret-"));
      database = g_strdup (granary_catalog_get_path (place.catalog));
      g_assert_true (g_file_get_contents (database, &content, &length, &error));
      g_assert_no_error (error);
      g_assert_null (memmem (content, length, "secret-", 7));
      services_test_tear_down (&place, NULL);
      return;
    }

  g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) SERVICES_TEST_ADD ("/tione/service-acts/" name, func)
  ADD ("stop-start", test_stop_start);
  ADD ("called-off", test_called_off);
  ADD ("version-deleted", test_version_deleted);
  ADD ("update", test_update);
  ADD ("update-stopped", test_update_stopped);
  ADD ("stopped-elsewhere", test_stopped_elsewhere);
  ADD ("listed-twice", test_listed_twice);
  ADD ("changed-elsewhere", test_changed_elsewhere);
  ADD ("remove", test_remove);
  ADD ("call", test_call);
  ADD ("call-gone", test_call_gone);
  ADD ("addresses", test_addresses);
#undef ADD
  g_test_add_func ("/tione/service-acts/secrets", test_secrets);

  return services_test_run ();
}
