/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Calls of API 3.0: what is sent, who may do what, and what is remembered. */

#include "api-testing.h"

#include <string.h>

static JsonNode *
log_entry (Service *service,
           guint    number)
{
  g_autoptr (JsonNode) log = granary_test_cloud_get_log (service->cloud);
  JsonArray *entries = json_node_get_array (log);

  g_assert_cmpuint (json_array_get_length (entries), >, number);
  return json_node_ref (json_array_get_element (entries, number));
}

static void
test_request (void)
{
  g_autoptr (Service) service = service_start ();
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (JsonNode) entry = NULL;
  g_autoptr (JsonNode) empty_entry = NULL;
  g_autoptr (JsonNode) empty = NULL;
  g_autoptr (GError) error = NULL;

  answer = service_call (service, GRANARY_CLOUD_TAG, "DescribeTags", FALSE,
                         "{\"TagKey\":\"键\",\"TagValue\":\"值\",\"CreateUin\":null,\"Limit\":5,"
                         "\"TagKeys\":[\"a\",\"b\"],\"Offset\":null}", &error);
  g_assert_no_error (error);
  g_assert_nonnull (granary_json_get_string (answer, "RequestId"));

  entry = log_entry (service, 0);
  g_assert_cmpstr (granary_json_get_string (entry, "method"), ==, "POST");
  g_assert_cmpstr (granary_json_get_string (entry, "target"), ==, "/");
  g_assert_cmpstr (granary_json_get_string (entry, "service"), ==, "tag");
  g_assert_cmpstr (granary_json_get_string (entry, "headers.x-tc-version"), ==, "2018-08-13");
  g_assert_cmpstr (granary_json_get_string (entry, "headers.x-tc-region"), ==,
                   GRANARY_TEST_CLOUD_REGION);
  g_assert_cmpstr (granary_json_get_string (entry, "headers.content-type"), ==,
                   "application/json; charset=utf-8");
  g_assert_null (granary_json_get_string (entry, "headers.x-tc-token"));
  /* What is null is not sent. */
  g_assert_cmpstr (granary_json_get_string (entry, "body"), ==,
                   "{\"TagKey\":\"键\",\"TagValue\":\"值\",\"Limit\":5,\"TagKeys\":[\"a\",\"b\"]}");

  empty = service_call (service, GRANARY_CLOUD_STS, "GetCallerIdentity", FALSE, NULL, &error);
  g_assert_no_error (error);
  empty_entry = log_entry (service, 1);
  g_assert_cmpstr (granary_json_get_string (empty_entry, "body"), ==, "{}");
}

static void
test_language (void)
{
  static const struct
  {
    const char *process;
    const char *sent;
  } cases[] = {
    { "zh_CN", "zh-CN" }, { "zh_TW", "zh-CN" }, { "en", "en-US" }, { "de", "en-US" },
  };
  g_autoptr (Service) service = service_start ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonNode) answer = NULL;
      g_autoptr (JsonNode) entry = NULL;

      g_setenv ("LANGUAGE", cases[i].process, TRUE);
      answer = service_call (service, GRANARY_CLOUD_STS, "GetCallerIdentity", FALSE, NULL, NULL);
      entry = log_entry (service, i);
      g_assert_cmpstr (granary_json_get_string (entry, "headers.x-tc-language"), ==,
                       cases[i].sent);
    }
  g_unsetenv ("LANGUAGE");
}

/* Keys */

static void
test_keys (void)
{
  static const struct
  {
    const char    *id;
    const char    *key;
    const char    *token;
    GranaryReason  reason;
  } cases[] = {
    { GRANARY_TEST_CLOUD_SECRET_ID, GRANARY_TEST_CLOUD_SECRET_KEY, NULL, GRANARY_REASON_NONE },
    { "AKIDUNKNOWN", "whatever", NULL, GRANARY_REASON_KEY_UNKNOWN },
    { GRANARY_TEST_CLOUD_SECRET_ID, "wrong", NULL, GRANARY_REASON_KEY_WRONG },
    { GRANARY_TEST_CLOUD_TEMPORARY_SECRET_ID, GRANARY_TEST_CLOUD_TEMPORARY_SECRET_KEY,
      GRANARY_TEST_CLOUD_TOKEN, GRANARY_REASON_NONE },
    { GRANARY_TEST_CLOUD_TEMPORARY_SECRET_ID, GRANARY_TEST_CLOUD_TEMPORARY_SECRET_KEY,
      "another", GRANARY_REASON_TOKEN_EXPIRED },
    { "A\nB", "key", NULL, GRANARY_REASON_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Service) service = service_start_as (cases[i].id, cases[i].key, cases[i].token);
      g_autoptr (JsonNode) answer = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].id);
      answer = service_call (service, GRANARY_CLOUD_STS, "GetCallerIdentity", FALSE, NULL, &error);
      if (strchr (cases[i].id, '\n') != NULL)
        {
          /* Cannot be sent, and is not. */
          g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT);
          g_assert_cmpuint (granary_http_get_n_sent (service->http), ==, 0);
        }
      else if (cases[i].reason == GRANARY_REASON_NONE)
        {
          g_assert_no_error (error);
          g_assert_cmpstr (granary_json_get_string (answer, "AccountId"), ==,
                           GRANARY_TEST_CLOUD_UIN);
        }
      else
        {
          assert_reason (error, GRANARY_ERROR_AUTH_REJECTED, cases[i].reason, "Test Cloud");
          g_assert_nonnull (granary_error_get_request_id (error));
          g_assert_nonnull (granary_error_get_remote_message (error));
          g_assert_true (g_str_has_prefix (granary_error_get_remote_code (error), "AuthFailure."));
          g_assert_cmpuint (granary_http_get_n_sent (service->http), ==, 1);
        }
    }
}

static void
test_key_missing (void)
{
  g_autoptr (Service) service = service_start_as (NULL, NULL, NULL);
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = service_call (service, GRANARY_CLOUD_STS, "GetCallerIdentity", FALSE, NULL, &error);
  assert_reason (error, GRANARY_ERROR_AUTH_REQUIRED, GRANARY_REASON_KEY_MISSING, "Test Cloud");
  g_assert_cmpuint (granary_http_get_n_sent (service->http), ==, 0);
}

static void
test_permission (void)
{
  g_autoptr (Service) service = service_start_as (GRANARY_TEST_CLOUD_READ_ONLY_SECRET_ID,
                                                  GRANARY_TEST_CLOUD_READ_ONLY_SECRET_KEY, NULL);
  g_autoptr (JsonNode) read = NULL;
  g_autoptr (JsonNode) written = NULL;
  g_autoptr (GError) error = NULL;

  read = service_call (service, GRANARY_CLOUD_TAG, "GetTagKeys", FALSE, NULL, &error);
  g_assert_no_error (error);
  written = service_call (service, GRANARY_CLOUD_TAG, "CreateTag", TRUE,
                          "{\"TagKey\":\"a\",\"TagValue\":\"b\"}", &error);
  assert_reason (error, GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_ACTION_FORBIDDEN, "tag:CreateTag");
  g_assert_false (granary_api_is_withdrawn (error));
}

/* The permission that is missing may be for another call than the one that was made. */
static void
test_permission_named (void)
{
  g_autoptr (Service) service = service_start ();
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (service->cloud, "{\"faults\":[{\"do\":{\"kind\":\"api_error\","
                           "\"code\":\"AuthFailure.UnauthorizedOperation\",\"message\":"
                           "\"not authorized to perform operation (cos:GetBucket) resource "
                           "(qcs::cos:ap-guangzhou:uid/1250000000:*) has no permission\"}}]}");
  answer = service_call (service, GRANARY_CLOUD_TAG, "GetTagKeys", FALSE, NULL, &error);
  assert_reason (error, GRANARY_ERROR_FORBIDDEN, GRANARY_REASON_ACTION_FORBIDDEN, "cos:GetBucket");
}

/* The clock */

static void
test_clock (void)
{
  static const int skews[] = { 3600, -86400 };

  for (guint i = 0; i < G_N_ELEMENTS (skews); i++)
    {
      for (gboolean is_write = FALSE; is_write <= TRUE; is_write++)
        {
          g_autoptr (Service) service = service_start ();
          g_autoptr (JsonNode) first = NULL;
          g_autoptr (JsonNode) second = NULL;
          g_autoptr (GError) error = NULL;
          const char *action = is_write ? "CreateTags" : "GetTagKeys";
          const char *parameters = is_write
                                     ? "{\"Tags\":[{\"TagKey\":\"a\",\"TagValue\":\"b\"}]}" : NULL;

          granary_test_cloud_tell (service->cloud, "{\"clock_skew\":%d}", skews[i]);
          first = service_call (service, GRANARY_CLOUD_TAG, action, is_write, parameters, &error);
          g_assert_no_error (error);
          g_assert_cmpuint (granary_test_cloud_count (service->cloud, action), ==, 2);
          /* From then on it is known. */
          second = service_call (service, GRANARY_CLOUD_TAG, action, is_write, parameters, &error);
          g_assert_no_error (error);
          g_assert_cmpuint (granary_test_cloud_count (service->cloud, action), ==, 3);
        }
    }
}

/* Withdrawn calls */

static void
test_withdrawn (void)
{
  g_autoptr (Service) service = service_start ();

  granary_test_cloud_tell (service->cloud, "{\"withdrawn\":true}");
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (JsonNode) answer = NULL;
      g_autoptr (GError) error = NULL;

      answer = service_call (service, GRANARY_CLOUD_TIONE, "DescribeTrainingModels", FALSE, NULL,
                             &error);
      assert_reason (error, GRANARY_ERROR_UNSUPPORTED, GRANARY_REASON_CALL_WITHDRAWN,
                     "DescribeTrainingModels");
      g_assert_true (granary_api_is_withdrawn (error));
    }
  g_assert_cmpuint (granary_test_cloud_count (service->cloud, "DescribeTrainingModels"), ==, 1);

  /* Another region has to be asked for itself. */
  {
    const GranaryApiCall call = {
      GRANARY_CLOUD_TIONE, "DescribeTrainingModels", FALSE, "ap-shanghai"
    };
    g_autoptr (JsonNode) answer = NULL;
    g_autoptr (GError) error = NULL;

    answer = granary_api_call (service->api, &call, NULL, NULL, &error);
    g_assert_true (granary_api_is_withdrawn (error));
  }
  g_assert_cmpuint (granary_test_cloud_count (service->cloud, "DescribeTrainingModels"), ==, 2);
}

/* A call that is offered no more may also be refused as a matter of permission. */
static void
test_withdrawn_as_permission (void)
{
  g_autoptr (Service) service = service_start ();
  g_autoptr (JsonNode) old = NULL;
  g_autoptr (JsonNode) current = NULL;
  g_autoptr (GError) old_error = NULL;
  g_autoptr (GError) current_error = NULL;

  granary_test_cloud_tell (service->cloud, "{\"faults\":[{\"times\":-1,\"do\":{\"kind\":"
                           "\"api_error\",\"code\":\"AuthFailure.UnauthorizedOperation\"}}]}");
  old = service_call (service, GRANARY_CLOUD_TIONE, "DescribeTrainingModels", FALSE, NULL,
                      &old_error);
  g_assert_true (granary_api_is_withdrawn (old_error));
  current = service_call (service, GRANARY_CLOUD_TIONE, "DescribeTrainingModelVersions", FALSE,
                          NULL, &current_error);
  g_assert_false (granary_api_is_withdrawn (current_error));
  g_assert_false (granary_api_is_withdrawn (NULL));
}

static void
test_region_unknown (void)
{
  g_autoptr (Service) service = service_start ();
  const GranaryApiCall call = { GRANARY_CLOUD_TIONE, "DescribeTrainingTasks", FALSE, "xx-nowhere" };
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = granary_api_call (service->api, &call, NULL, NULL, &error);
  assert_reason (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_REGION_UNKNOWN, "xx-nowhere");
}

/* Rate: with no fault in the way nothing is ever throttled. */

static gpointer
calls_thread (gpointer data)
{
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (JsonNode) answer = NULL;
      g_autoptr (GError) error = NULL;

      answer = service_call (data, GRANARY_CLOUD_TAG, "GetTagKeys", FALSE, NULL, &error);
      g_assert_no_error (error);
    }

  return NULL;
}

static void
test_rate (void)
{
  g_autoptr (Service) service = service_start ();
  GThread *threads[4];

  g_unsetenv ("GRANARY_RETRY_SCALE");
  granary_test_cloud_tell (service->cloud, "{\"rate_limit\":20}");
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("calls", calls_thread, service);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_setenv ("GRANARY_RETRY_SCALE", "0.001", TRUE);

  g_assert_cmpuint (granary_test_cloud_count (service->cloud, "GetTagKeys"), ==, 32);
}

/* Hostile answers */

static void
test_deep (void)
{
  g_autoptr (Service) service = service_start ();
  g_autofree char *deep = g_strnfill (1000000, '[');
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (service->cloud, "{\"faults\":[{\"times\":-1,\"do\":{\"kind\":"
                           "\"malformed\",\"body\":\"%s\"}}]}", deep);
  answer = service_call (service, GRANARY_CLOUD_TAG, "GetTagKeys", FALSE, NULL, &error);
  assert_reason (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_MALFORMED,
                 "GetTagKeys");
}

/* Called off while the service says nothing. */

static gpointer
cancel_thread (gpointer data)
{
  gpointer *arguments = data;

  /* The request is in the log once it is under way. */
  while (granary_test_cloud_count (arguments[0], "GetTagKeys") == 0)
    g_usleep (1000);
  g_cancellable_cancel (arguments[1]);

  return NULL;
}

static void
test_cancelled (void)
{
  g_autoptr (Service) service = service_start ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const GranaryApiCall call = { GRANARY_CLOUD_TAG, "GetTagKeys", FALSE, NULL };
  gpointer arguments[] = { service->cloud, cancellable };
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;

  granary_test_cloud_tell (service->cloud,
                           "{\"faults\":[{\"do\":{\"kind\":\"timeout\",\"seconds\":1000}}]}");
  thread = g_thread_new ("cancel", cancel_thread, arguments);
  answer = granary_api_call (service->api, &call, NULL, cancellable, &error);
  g_thread_join (thread);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (granary_test_cloud_count (service->cloud, "GetTagKeys"), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("GRANARY_RETRY_SCALE", "0.001", TRUE);

  g_test_add_func ("/api/request", test_request);
  g_test_add_func ("/api/language", test_language);
  g_test_add_func ("/api/keys", test_keys);
  g_test_add_func ("/api/key-missing", test_key_missing);
  g_test_add_func ("/api/permission", test_permission);
  g_test_add_func ("/api/permission-named", test_permission_named);
  g_test_add_func ("/api/clock", test_clock);
  g_test_add_func ("/api/withdrawn", test_withdrawn);
  g_test_add_func ("/api/withdrawn-as-permission", test_withdrawn_as_permission);
  g_test_add_func ("/api/region-unknown", test_region_unknown);
  g_test_add_func ("/api/rate", test_rate);
  g_test_add_func ("/api/deep", test_deep);
  g_test_add_func ("/api/cancelled", test_cancelled);

  return g_test_run ();
}
