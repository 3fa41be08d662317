/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "granary-error.h"
#include "granary-json.h"
#include "services-test.h"

/* Services of the platform when something goes wrong: nothing is made twice, and every refusal can
 * be read. */

#define cloud services_test_cloud

/* Auxiliary functions */

static void
break_call (const char *action,
            const char *fault,
            int         times)
{
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"action\":\"%s\"},\"times\":%d,"
                                  "\"do\":%s}]}", action, times, fault);
}

static guint
count_services (void)
{
  g_autoptr (JsonNode) answer = granary_test_cloud_control (cloud, "{\"state\":true}");
  JsonObject *groups = granary_json_get_object (answer, "state.services.ap-guangzhou");
  g_autoptr (GList) members = groups != NULL ? json_object_get_values (groups) : NULL;
  guint count = 0;

  for (GList *at = members; at != NULL; at = at->next)
    count += json_object_get_size (granary_json_get_object (at->data, "services"));

  return count;
}

/* Publishing */

#define LOST "{\"kind\":\"reset_after\"}"

/* The answer got lost: the service is found, and is the only one. */
static void
test_lost (GranaryTestPlace *place,
           gconstpointer     data)
{
  static const char *const faults[] = {
    LOST,
    "{\"kind\":\"truncate\"}",
    "{\"kind\":\"status\",\"code\":502,\"apply\":true}",
    "{\"kind\":\"malformed\"}",
    "{\"kind\":\"nulls\"}",
    "{\"kind\":\"wrong_types\"}",
    "{\"kind\":\"api_error\",\"code\":\"InternalError\",\"apply\":true}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *name = g_strdup_printf ("lost-%u", i);
      g_autoptr (GranaryService) service = NULL;
      g_autofree char *uid = NULL;
      g_autoptr (GError) error = NULL;

      granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
      break_call ("CreateModelService", faults[i], 1);
      uid = services_test_publish (place, 1, NULL, name, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateModelService"), ==, 1);
      g_assert_cmpuint (count_services (), ==, i + 1);
      service = granary_test_find_service (place, uid);
      g_assert_cmpstr (service->name, ==, name);
      g_assert_nonnull (strstr (service->profile, "\"price\":136"));
    }
}

/* In a group that had one of the same version already. */
static void
test_lost_in_group (GranaryTestPlace *place,
                    gconstpointer     data)
{
  g_autofree char *first = services_test_publish_well (place, 1, "group");
  g_autoptr (GranaryService) service = granary_test_find_service (place, first);
  g_autofree char *second = NULL;
  g_autoptr (GError) error = NULL;

  break_call ("CreateModelService", LOST, 1);
  second = services_test_publish (place, 1, service->group_uid, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (second, !=, first);
  g_assert_cmpuint (count_services (), ==, 2);
}

/* Nothing was made as far as can be seen; who knows. It is not sent again. */
static void
test_unknown (GranaryTestPlace *place,
              gconstpointer     data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) blind = NULL;

  break_call ("CreateModelService", "{\"kind\":\"reset_before\"}", 1);
  g_assert_null (services_test_publish (place, 1, NULL, "unknown", NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_OUTCOME_UNKNOWN);
  g_assert_cmpuint (count_services (), ==, 0);

  /* It was made, but nobody may look. */
  granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
  break_call ("CreateModelService", LOST, 1);
  granary_test_cloud_tell (cloud, "{\"faults\":[{\"match\":{\"skip\":1,\"action\":"
                                  "\"DescribeModelServiceGroups\"},\"times\":-1,"
                                  "\"do\":{\"kind\":\"api_error\","
                                  "\"code\":\"UnauthorizedOperation\"}}]}");
  g_assert_null (services_test_publish (place, 1, NULL, "blind", NULL, &blind));
  granary_assert_reason (blind, GRANARY_REASON_OUTCOME_UNKNOWN);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateModelService"), ==, 1);
  g_assert_cmpuint (count_services (), ==, 1);
}

/* What was there before could not be listed: one of that is not taken for what was made. */
static void
test_unlisted (GranaryTestPlace *place,
               gconstpointer     data)
{
  g_autofree char *first = services_test_publish_well (place, 1, "unlisted");
  g_autoptr (GranaryService) service = granary_test_find_service (place, first);
  g_autoptr (GError) error = NULL;

  break_call ("CreateModelService", "{\"kind\":\"reset_before\"}", 1);
  break_call ("DescribeModelServiceGroups",
              "{\"kind\":\"api_error\",\"code\":\"UnauthorizedOperation\"}", 1);
  g_assert_null (services_test_publish (place, 1, service->group_uid, NULL, NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_OUTCOME_UNKNOWN);
  g_assert_cmpuint (count_services (), ==, 1);
}

static void
test_refusals (GranaryTestPlace *place,
               gconstpointer     data)
{
  static const struct
  {
    const char    *code;
    GranaryReason  reason;
  } refusals[] = {
    { "FailedOperation.DuplicateName", GRANARY_REASON_SERVICE_NAME_TAKEN },
    { "OperationDenied.BalanceInsufficient", GRANARY_REASON_BALANCE_LOW },
    { "ResourceInsufficient", GRANARY_REASON_SPEC_SOLD_OUT },
    { "ResourcesSoldOut", GRANARY_REASON_SPEC_SOLD_OUT },
    { "ResourceInsufficient.QuotaInsufficient", GRANARY_REASON_CALL_REFUSED },
    { "FailedOperation.InsufficientWhitelistQuota", GRANARY_REASON_CALL_REFUSED },
    { "FailedOperation.UnknownInstanceType", GRANARY_REASON_CALL_REFUSED },
    { "InvalidParameter.ModelFileInvalid", GRANARY_REASON_CALL_REFUSED },
    { "InvalidParameter.ValidateError", GRANARY_REASON_CALL_REFUSED },
    { "OperationDenied", GRANARY_REASON_CALL_REFUSED },
    { "ResourceInUse", GRANARY_REASON_CALL_REFUSED },
    { "ResourceNotFound", GRANARY_REASON_CALL_REFUSED },
    { "MissingParameter", GRANARY_REASON_CALL_REFUSED },
    { "UnsupportedOperation", GRANARY_REASON_CALL_REFUSED },
    { "FailedOperation.StsQueryFailed", GRANARY_REASON_SERVICE_FAILED },
    { "AuthFailure.UnauthorizedOperation", GRANARY_REASON_ACTION_FORBIDDEN },
    { "Something.New", GRANARY_REASON_CALL_REFUSED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *fault = g_strdup_printf ("{\"kind\":\"api_error\",\"code\":\"%s\","
                                                "\"message\":\"the platform says no\"}",
                                                refusals[i].code);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", refusals[i].code);
      break_call ("CreateModelService", fault, 1);
      g_assert_null (services_test_publish (place, 1, NULL, "refused", NULL, &error));
      granary_assert_reason (error, refusals[i].reason);
      g_assert_cmpstr (granary_error_get_remote_code (error), ==, refusals[i].code);
      g_assert_cmpstr (granary_error_get_remote_message (error), ==, "the platform says no");
      g_assert_nonnull (granary_error_get_request_id (error));
    }
  g_assert_cmpuint (count_services (), ==, 0);
}

static void
test_name_taken (GranaryTestPlace *place,
                 gconstpointer     data)
{
  g_autofree char *uid = services_test_publish_well (place, 1, "taken");
  g_autofree char *longer = services_test_publish_well (place, 1, "taken-2");
  g_autoptr (GError) error = NULL;

  g_assert_null (services_test_publish (place, 1, NULL, "taken", NULL, &error));
  granary_assert_reason (error, GRANARY_REASON_SERVICE_NAME_TAKEN);
  g_assert_cmpstr (granary_error_get_subject (error), ==, "taken");
  g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateModelService"), ==, 2);
}

/* Called off while the platform makes it: it is taken away again. */
static void
test_called_off (GranaryTestPlace *place,
                 gconstpointer     data)
{
  g_autoptr (GranaryPublishProfile) profile = services_test_make_profile ();
  g_autoptr (GranaryPublishRequest) request = NULL;
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_PUBLISH, "test");
  g_autoptr (GranaryTransfer) early = granary_transfer_new (GRANARY_TRANSFER_PUBLISH, "test");
  g_autoptr (GPtrArray) services = NULL;
  g_autoptr (GError) error = NULL;

  request = granary_publish_request_new (services_test_find_version (place, 1, NULL, NULL), NULL,
                                         "called-off", profile);
  granary_transfer_cancel (early);
  g_assert_null (granary_test_publish (place, request, early, &error));
  g_assert_true (granary_error_is_cancelled (error));
  g_assert_cmpuint (granary_test_cloud_count (cloud, "CreateModelService"), ==, 0);
  g_clear_error (&error);

  break_call ("CreateModelService", "{\"kind\":\"delay\",\"seconds\":1}", 1);
  g_timeout_add_once (400, (GSourceOnceFunc) granary_transfer_cancel, transfer);
  g_assert_null (granary_test_publish (place, request, transfer, &error));
  g_assert_true (granary_error_is_cancelled (error));
  g_assert_cmpuint (count_services (), ==, 0);
  services = granary_catalog_list_services (place->catalog, NULL, NULL, NULL);
  g_assert_cmpuint (services->len, ==, 0);
}

static void
remember_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  GAsyncResult **at = user_data;

  *at = g_object_ref (result);
}

/* Called off, but it cannot be taken away again: it is there and costs money, and is told. */
static void
test_called_off_in_vain (GranaryTestPlace *place,
                         gconstpointer     data)
{
  g_autoptr (GranaryPublishProfile) profile = services_test_make_profile ();
  g_autoptr (GranaryPublishRequest) request = NULL;
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_PUBLISH, "test");
  GranaryServiceHost *host = granary_connection_get_service_host (place->connection);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *uid = NULL;
  g_autoptr (GError) error = NULL;

  request = granary_publish_request_new (services_test_find_version (place, 1, NULL, NULL), NULL,
                                         "in-vain", profile);
  break_call ("CreateModelService", "{\"kind\":\"delay\",\"seconds\":1}", 1);
  break_call ("DeleteModelService",
              "{\"kind\":\"api_error\",\"code\":\"AuthFailure.UnauthorizedOperation\"}", 1);
  granary_service_host_publish_async (host, request, transfer, remember_cb, &result);
  while (granary_test_cloud_count (cloud, "CreateModelService") == 0)
    g_main_context_iteration (NULL, FALSE);
  granary_transfer_cancel (transfer);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  uid = granary_service_host_publish_finish (host, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_services (), ==, 1);
  granary_test_await_state (place, uid, GRANARY_SERVICE_RUNNING);
}

/* What becomes of it */

static void
test_create_failed (GranaryTestPlace *place,
                    gconstpointer     data)
{
  g_autoptr (JsonNode) made = granary_test_cloud_control (cloud,
    "{\"create_service\":{\"name\":\"fails\",\"status\":\"\",\"fail_with\":\"no room for it\"}}");
  const char *uid = granary_json_get_string (made, "service_id");
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (granary_test_refresh_services (place, &error));
  g_assert_no_error (error);
  granary_test_await_state (place, uid, GRANARY_SERVICE_FAILED);
  service = granary_test_find_service (place, uid);
  g_assert_cmpint (service->failure, ==, GRANARY_SERVICE_FAILURE_PLATFORM);
  g_assert_cmpstr (service->failure_detail, ==, "no room for it");
}

/* Looking goes on although the platform does not always answer; one that went leaves the list. */
static void
test_watch (GranaryTestPlace *place,
            gconstpointer     data)
{
  g_autofree char *uid = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GranaryService) gone = NULL;

  break_call ("DescribeModelService", "{\"kind\":\"malformed\"}", 2);
  uid = services_test_publish_well (place, 1, "watched");
  granary_test_await_state (place, uid, GRANARY_SERVICE_RUNNING);

  other = services_test_publish_well (place, 1, "vanishes");
  break_call ("DescribeModelService", "{\"kind\":\"api_error\",\"code\":\"ResourceNotFound\"}", -1);
  while ((gone = granary_test_find_service (place, other)) != NULL)
    {
      g_clear_pointer (&gone, granary_service_unref);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (10 * 1000);
    }
}

/* Who may not look at one learns of it by the list; at others it goes on. */
static void
test_watch_refused (GranaryTestPlace *place,
                    gconstpointer     data)
{
  g_autofree char *uid = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GError) error = NULL;

  break_call ("DescribeModelService",
              "{\"kind\":\"api_error\",\"code\":\"UnauthorizedOperation\"}", 1);
  uid = services_test_publish_well (place, 1, "refused");
  while (granary_test_cloud_count (cloud, "DescribeModelService") == 0)
    g_main_context_iteration (NULL, FALSE);

  other = services_test_publish_well (place, 1, "other");
  granary_test_await_state (place, other, GRANARY_SERVICE_RUNNING);
  granary_test_await_state (place, uid, GRANARY_SERVICE_RUNNING);
}

/* Who may not look at all is told that nobody knows, and need not wait for ever. */
static void
test_watch_blind (GranaryTestPlace *place,
                  gconstpointer     data)
{
  g_autofree char *uid = NULL;
  g_autoptr (GError) error = NULL;

  break_call ("DescribeModelService",
              "{\"kind\":\"api_error\",\"code\":\"UnauthorizedOperation\"}", -1);
  uid = services_test_publish_well (place, 1, "blind");
  break_call ("DescribeModelServiceGroups",
              "{\"kind\":\"api_error\",\"code\":\"UnauthorizedOperation\"}", -1);
  granary_test_await_state (place, uid, GRANARY_SERVICE_UNKNOWN);

  /* Until somebody wants to know. */
  granary_test_cloud_tell (cloud, "{\"clear_faults\":true}");
  g_assert_true (granary_test_refresh_services (place, &error));
  g_assert_no_error (error);
  granary_test_await_state (place, uid, GRANARY_SERVICE_RUNNING);
}

/* An answer that was on its way when the service was removed does not bring it back. */
static void
test_watch_removed (GranaryTestPlace *place,
                    gconstpointer     data)
{
  g_autofree char *uid = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GError) error = NULL;

  granary_test_cloud_tell (cloud, "{\"service_polls\":0}");
  break_call ("DescribeModelService", "{\"kind\":\"slow\",\"bytes_per_second\":1000}",
              1);
  uid = services_test_publish_well (place, 1, "removed");
  while (granary_test_cloud_count (cloud, "DescribeModelService") == 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (granary_test_act (place, uid, GRANARY_SERVICE_REMOVE, NULL, &error));
  g_assert_no_error (error);

  /* By then it came. */
  other = services_test_publish_well (place, 1, "other");
  granary_test_await_state (place, other, GRANARY_SERVICE_RUNNING);
  service = granary_test_find_service (place, uid);
  g_assert_null (service);
}

/* The platform tells for a while how it was before: it is not taken for what came of it. */
static void
test_watch_behind (GranaryTestPlace *place,
                   gconstpointer     data)
{
  g_autofree char *version_uid = NULL;
  g_autofree char *create = NULL;
  g_autofree char *stopped = NULL;
  g_autoptr (JsonNode) made = NULL;
  g_autoptr (GError) error = NULL;
  const char *uid;
  gboolean is_running = FALSE;

  services_test_find_version (place, 1, &version_uid, NULL);
  create = g_strdup_printf ("{\"create_service\":{\"name\":\"behind\",\"status\":\"Stopped\","
                            "\"version_id\":\"%s\"}}", version_uid);
  made = granary_test_cloud_control (cloud, create);
  uid = granary_json_get_string (made, "service_id");
  g_assert_true (granary_test_refresh_services (place, &error));
  g_assert_no_error (error);
  stopped = g_strdup_printf ("{\"kind\":\"malformed\",\"body\":\"{\\\"Response\\\":{"
                             "\\\"Service\\\":{\\\"ServiceId\\\":\\\"%s\\\","
                             "\\\"Status\\\":\\\"Stopped\\\"},"
                             "\\\"RequestId\\\":\\\"1\\\"}}\"}", uid);
  break_call ("DescribeModelService", stopped, 1);
  break_call ("DescribeModelService",
              "{\"kind\":\"api_error\",\"code\":\"ResourceNotFound\"}", 1);
  granary_test_act (place, uid, GRANARY_SERVICE_START, NULL, &error);
  g_assert_no_error (error);
  while (!is_running)
    {
      g_autoptr (GranaryService) service = granary_test_find_service (place, uid);

      g_assert_nonnull (service);
      g_assert_cmpint (service->state, !=, GRANARY_SERVICE_STOPPED);
      is_running = service->state == GRANARY_SERVICE_RUNNING;
    }
}

/* Acting */

static void
test_acts_lost (GranaryTestPlace *place,
                gconstpointer     data)
{
  g_autofree char *uid = services_test_run_one (place, 1, "acts");
  g_autoptr (GError) error = NULL;

  /* Done, but nobody heard: not sent again. */
  granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
  break_call ("ModifyModelService", LOST, 1);
  g_assert_true (granary_test_act (place, uid, GRANARY_SERVICE_STOP, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "ModifyModelService"), ==, 1);
  granary_test_await_state (place, uid, GRANARY_SERVICE_STOPPED);

  /* Not done: sent again. */
  granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
  break_call ("ModifyModelService", "{\"kind\":\"reset_before\"}", 1);
  g_assert_true (granary_test_act (place, uid, GRANARY_SERVICE_START, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "ModifyModelService"), ==, 2);
  granary_test_await_state (place, uid, GRANARY_SERVICE_RUNNING);

  granary_test_cloud_tell (cloud, "{\"clear_log\":true}");
  break_call ("DeleteModelService", LOST, 1);
  g_assert_true (granary_test_act (place, uid, GRANARY_SERVICE_REMOVE, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "DeleteModelService"), ==, 1);
  g_assert_cmpuint (count_services (), ==, 0);
}

static void
test_acts_refused (GranaryTestPlace *place,
                   gconstpointer     data)
{
  static const struct
  {
    const char    *code;
    GranaryReason  reason;
  } refusals[] = {
    { "UnsupportedOperation", GRANARY_REASON_SERVICE_STATE },
    { "ResourceInUse", GRANARY_REASON_SERVICE_STATE },
    { "OperationDenied.BalanceInsufficient", GRANARY_REASON_BALANCE_LOW },
    { "InvalidParameter.ValidateError", GRANARY_REASON_CALL_REFUSED },
    { "AuthFailure.UnauthorizedOperation", GRANARY_REASON_ACTION_FORBIDDEN },
  };
  g_autofree char *uid = services_test_run_one (place, 1, "refused");
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GError) missing = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *fault = g_strdup_printf ("{\"kind\":\"api_error\",\"code\":\"%s\","
                                                "\"message\":\"the platform says no\"}",
                                                refusals[i].code);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", refusals[i].code);
      break_call ("ModifyModelService", fault, 1);
      g_assert_false (granary_test_act (place, uid, GRANARY_SERVICE_STOP, NULL, &error));
      granary_assert_reason (error, refusals[i].reason);
      g_assert_cmpstr (granary_error_get_remote_message (error), ==, "the platform says no");
    }
  service = granary_test_find_service (place, uid);
  g_assert_cmpint (service->state, ==, GRANARY_SERVICE_RUNNING);

  /* Removed elsewhere. */
  break_call ("ModifyModelService", "{\"kind\":\"api_error\",\"code\":\"ResourceNotFound\"}", 1);
  /* For the watch, too, which may look at it first. */
  break_call ("DescribeModelService", "{\"kind\":\"api_error\",\"code\":\"ResourceNotFound\"}", -1);
  g_assert_false (granary_test_act (place, uid, GRANARY_SERVICE_STOP, NULL, &missing));
  granary_assert_reason (missing, GRANARY_REASON_SERVICE_MISSING);
  g_clear_pointer (&service, granary_service_unref);
  service = granary_test_find_service (place, uid);
  g_assert_null (service);
}

/* Some services only go once they have stopped. */
static void
test_remove_running (GranaryTestPlace *place,
                     gconstpointer     data)
{
  g_autofree char *uid = services_test_run_one (place, 1, "remove-running");
  g_autoptr (GranaryService) service = NULL;
  g_autofree char *stop = NULL;
  g_autofree char *wanted = g_strdup_printf ("{\"ServiceId\":\"%s\",\"ServiceAction\":\"STOP\"}",
                                             uid);
  g_autoptr (GError) error = NULL;

  break_call ("DeleteModelService", "{\"kind\":\"api_error\",\"code\":\"ResourceInUse\"}", 1);
  g_assert_true (granary_test_act (place, uid, GRANARY_SERVICE_REMOVE, NULL, &error));
  g_assert_no_error (error);
  stop = granary_test_tione_get_body (cloud, "ModifyModelService", 0);
  granary_test_assert_json (stop, wanted);
  g_assert_cmpuint (granary_test_cloud_count (cloud, "DeleteModelService"), ==, 2);
  g_assert_cmpuint (count_services (), ==, 0);
  service = granary_test_find_service (place, uid);
  g_assert_null (service);
}

/* Deleting */

/* A version is not deleted while a service is being made of it. */
static void
test_delete_waits (GranaryTestPlace *place,
                   gconstpointer     data)
{
  g_autoptr (GranaryPublishProfile) profile = services_test_make_profile ();
  g_autoptr (GranaryPublishRequest) request = NULL;
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_PUBLISH, "test");
  GranaryServiceHost *host = granary_connection_get_service_host (place->connection);
  gint64 version_id = services_test_find_version (place, 1, NULL, NULL);
  g_autoptr (GAsyncResult) published = NULL;
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uid = NULL;

  break_call ("CreateModelService", "{\"kind\":\"delay\",\"seconds\":1}", 1);
  request = granary_publish_request_new (version_id, NULL, "waits", profile);
  granary_service_host_publish_async (host, request, transfer, remember_cb, &published);
  while (granary_test_cloud_count (cloud, "CreateModelService") == 0)
    g_main_context_iteration (NULL, FALSE);

  g_free (granary_test_delete (place, 0, version_id, &error));
  g_assert_no_error (error);
  while (published == NULL)
    g_main_context_iteration (NULL, TRUE);
  uid = granary_service_host_publish_finish (host, published, &error);
  g_assert_no_error (error);
  service = granary_test_find_service (place, uid);
  g_assert_true (service->is_version_gone);
  g_assert_cmpuint (count_services (), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, func) SERVICES_TEST_ADD ("/tione/service-faults/" name, func)
  ADD ("lost", test_lost);
  ADD ("lost-in-group", test_lost_in_group);
  ADD ("unknown", test_unknown);
  ADD ("unlisted", test_unlisted);
  ADD ("refusals", test_refusals);
  ADD ("name-taken", test_name_taken);
  ADD ("called-off", test_called_off);
  ADD ("called-off-in-vain", test_called_off_in_vain);
  ADD ("create-failed", test_create_failed);
  ADD ("watch", test_watch);
  ADD ("watch-refused", test_watch_refused);
  ADD ("watch-blind", test_watch_blind);
  ADD ("watch-removed", test_watch_removed);
  ADD ("watch-behind", test_watch_behind);
  ADD ("acts-lost", test_acts_lost);
  ADD ("acts-refused", test_acts_refused);
  ADD ("remove-running", test_remove_running);
  ADD ("delete-waits", test_delete_waits);
#undef ADD

  return services_test_run ();
}
