/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every fault of the services × a call that reads and one that writes: what it is taken for, how
 * often it is asked, and what has been done at the server in the end. */

#include "api-testing.h"

#include <string.h>

/* What each fault has to come to when it is met every time. */
typedef struct
{
  const char    *fault;        /* JSON for the test cloud */
  GranaryReason  read;         /* NONE: it succeeds */
  guint          n_reads;      /* requests that reach the server */
  GranaryReason  write;
  guint          n_writes;
  guint          done;         /* whether the write has been done */
} Row;

#define BROKEN    GRANARY_REASON_CONNECTION_BROKEN
#define BUSY      GRANARY_REASON_SERVICE_BUSY
#define FAILED    GRANARY_REASON_SERVICE_FAILED
#define FORBIDDEN GRANARY_REASON_ACTION_FORBIDDEN
#define HUGE_     GRANARY_REASON_RESPONSE_TOO_LARGE
#define MALFORMED GRANARY_REASON_RESPONSE_MALFORMED
#define MOVED     GRANARY_REASON_REDIRECTED
#define NONE      GRANARY_REASON_NONE
#define REFUSED   GRANARY_REASON_CALL_REFUSED
#define UNKNOWN   GRANARY_REASON_OUTCOME_UNKNOWN
#define WITHDRAWN GRANARY_REASON_CALL_WITHDRAWN

#define API_ERROR(code)  "{\"kind\":\"api_error\",\"code\":\"" code "\"}"
#define MALFORMED_AS(text) "{\"kind\":\"malformed\",\"body\":\"" text "\"}"
#define STATUS(code)     "{\"kind\":\"status\",\"code\":" code "}"

static const Row rows[] = {
  /* The connection. */
  { "{\"kind\":\"refuse\"}", BROKEN, 4, UNKNOWN, 1, 0 },
  { "{\"kind\":\"reset_before\"}", BROKEN, 4, UNKNOWN, 1, 0 },
  { "{\"kind\":\"reset_after\"}", BROKEN, 4, UNKNOWN, 1, 1 },
  { "{\"kind\":\"truncate\"}", BROKEN, 4, UNKNOWN, 1, 1 },
  { "{\"kind\":\"delay\",\"seconds\":0.2}", NONE, 1, NONE, 1, 1 },
  { "{\"kind\":\"slow\",\"bytes_per_second\":400}", NONE, 1, NONE, 1, 1 },

  /* A gateway or a proxy. */
  { STATUS ("500"), FAILED, 4, UNKNOWN, 1, 0 },
  { STATUS ("502"), FAILED, 4, UNKNOWN, 1, 0 },
  { STATUS ("503"), BUSY, 4, UNKNOWN, 1, 0 },
  { STATUS ("504"), FAILED, 4, UNKNOWN, 1, 0 },
  { STATUS ("599"), FAILED, 4, UNKNOWN, 1, 0 },
  { STATUS ("200"), MALFORMED, 4, UNKNOWN, 1, 0 },
  { STATUS ("204"), MALFORMED, 4, UNKNOWN, 1, 0 },
  { STATUS ("304"), MOVED, 1, MOVED, 1, 0 },
  { STATUS ("400"), REFUSED, 1, REFUSED, 1, 0 },
  { STATUS ("401"), REFUSED, 1, REFUSED, 1, 0 },
  { STATUS ("403"), REFUSED, 1, REFUSED, 1, 0 },
  { STATUS ("404"), REFUSED, 1, REFUSED, 1, 0 },
  { STATUS ("407"), GRANARY_REASON_HOST_UNREACHABLE, 1, GRANARY_REASON_HOST_UNREACHABLE, 1, 0 },
  { STATUS ("413"), REFUSED, 1, REFUSED, 1, 0 },
  { "{\"kind\":\"throttle\",\"status\":429}", BUSY, 4, BUSY, 4, 0 },
  { "{\"kind\":\"throttle\",\"status\":429,\"retry_after\":3600}", BUSY, 1, BUSY, 1, 0 },
  { "{\"kind\":\"redirect\",\"location\":\"http://127.0.0.1:1/\"}", MOVED, 1, MOVED, 1, 0 },

  /* The service. */
  { "{\"kind\":\"throttle\"}", BUSY, 4, BUSY, 4, 0 },
  { API_ERROR ("RequestLimitExceeded.UinLimitExceeded"), BUSY, 4, BUSY, 4, 0 },
  { API_ERROR ("InternalError"), FAILED, 4, FAILED, 1, 0 },
  { API_ERROR ("InternalError.Database"), FAILED, 4, FAILED, 1, 0 },
  { API_ERROR ("ServiceUnavailable"), BUSY, 4, BUSY, 1, 0 },
  { API_ERROR ("FailedOperation"), FAILED, 1, FAILED, 1, 0 },
  { API_ERROR ("FailedOperation.Processing"), BUSY, 4, BUSY, 1, 0 },
  { API_ERROR ("AuthFailure.CamException"), FORBIDDEN, 1, FORBIDDEN, 1, 0 },
  { API_ERROR ("UnauthorizedOperation.Whatever"), FORBIDDEN, 1, FORBIDDEN, 1, 0 },
  { API_ERROR ("AuthFailure.TokenFailure"), GRANARY_REASON_TOKEN_EXPIRED, 1,
    GRANARY_REASON_TOKEN_EXPIRED, 1, 0 },
  { API_ERROR ("AuthFailure.InvalidAuthorization"), GRANARY_REASON_KEY_WRONG, 1,
    GRANARY_REASON_KEY_WRONG, 1, 0 },
  { API_ERROR ("AuthFailure.New"), GRANARY_REASON_KEY_WRONG, 1, GRANARY_REASON_KEY_WRONG, 1, 0 },
  /* No clock is off, so that nothing is learned from it. */
  { API_ERROR ("AuthFailure.SignatureExpire"), GRANARY_REASON_CLOCK_SKEWED, 1,
    GRANARY_REASON_CLOCK_SKEWED, 1, 0 },
  { API_ERROR ("UnsupportedRegion"), GRANARY_REASON_REGION_UNKNOWN, 1,
    GRANARY_REASON_REGION_UNKNOWN, 1, 0 },
  { API_ERROR ("InvalidAction"), WITHDRAWN, 1, WITHDRAWN, 1, 0 },
  { API_ERROR ("ActionOffline"), WITHDRAWN, 1, WITHDRAWN, 1, 0 },
  { API_ERROR ("NoSuchVersion"), WITHDRAWN, 1, WITHDRAWN, 1, 0 },
  { API_ERROR ("UnsupportedOperation"), WITHDRAWN, 1, REFUSED, 1, 0 },
  { API_ERROR ("UnsupportedOperation.State"), REFUSED, 1, REFUSED, 1, 0 },
  { API_ERROR ("ResourceNotFound.TagNonExist"), REFUSED, 1, REFUSED, 1, 0 },
  { API_ERROR ("InvalidParameterValue.Limit"), REFUSED, 1, REFUSED, 1, 0 },
  { API_ERROR ("LimitExceeded"), REFUSED, 1, REFUSED, 1, 0 },
  { API_ERROR ("Unheard.Of"), REFUSED, 1, REFUSED, 1, 0 },
  { API_ERROR (""), REFUSED, 1, REFUSED, 1, 0 },

  /* Answers that are none. */
  { "{\"kind\":\"malformed\"}", MALFORMED, 4, UNKNOWN, 1, 1 },
  { MALFORMED_AS (""), MALFORMED, 4, UNKNOWN, 1, 1 },
  { MALFORMED_AS ("null"), MALFORMED, 4, UNKNOWN, 1, 1 },
  { MALFORMED_AS ("[]"), MALFORMED, 4, UNKNOWN, 1, 1 },
  { MALFORMED_AS ("{}"), MALFORMED, 4, UNKNOWN, 1, 1 },
  { MALFORMED_AS ("{\\\"Response\\\":null}"), MALFORMED, 4, UNKNOWN, 1, 1 },
  { MALFORMED_AS ("{\\\"Response\\\":[1]}"), MALFORMED, 4, UNKNOWN, 1, 1 },
  { MALFORMED_AS ("{\\\"Response\\\":{\\\"Error\\\":\\\"x\\\"}}"), MALFORMED, 4, UNKNOWN, 1, 1 },
  { MALFORMED_AS ("{\\\"Response\\\":{\\\"Error\\\":{\\\"Code\\\":5}}}"), MALFORMED, 4,
    UNKNOWN, 1, 1 },
  { MALFORMED_AS ("\\u0000\\u0001"), MALFORMED, 4, UNKNOWN, 1, 1 },
  { MALFORMED_AS ("{\\\"Response\\\":{\\\"Error\\\":null}}"), NONE, 1, NONE, 1, 1 },
  { "{\"kind\":\"wrong_types\"}", NONE, 1, NONE, 1, 1 },
  { "{\"kind\":\"nulls\"}", NONE, 1, NONE, 1, 1 },
  { "{\"kind\":\"huge\"}", HUGE_, 1, UNKNOWN, 1, 1 },
};

static void
add_fault (Service    *service,
           const char *action,
           const char *fault,
           int         times)
{
  granary_test_cloud_tell (service->cloud, "{\"clear_faults\":true,\"clear_log\":true,\"faults\":"
                           "[{\"match\":{\"action\":\"%s\"},\"times\":%d,\"do\":%s}]}",
                           action, times, fault);
}

static guint
count_tag (Service    *service,
           const char *value)
{
  g_autofree char *parameters = g_strdup_printf ("{\"TagKey\":\"k\",\"TagValue\":\"%s\"}", value);
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;
  gint64 total;

  answer = service_call (service, GRANARY_CLOUD_TAG, "DescribeTags", FALSE, parameters, &error);
  g_assert_no_error (error);
  g_assert_true (granary_json_get_int (answer, "TotalCount", &total));

  return (guint) total;
}

static void
assert_outcome (JsonNode      *answer,
                const GError  *error,
                GranaryReason  expected)
{
  if (error != NULL)
    g_test_message ("  %s", error->message);
  if (expected == GRANARY_REASON_NONE)
    {
      g_assert_no_error (error);
      g_assert_nonnull (answer);
      g_assert_true (JSON_NODE_HOLDS_OBJECT (answer));
      return;
    }

  g_assert_null (answer);
  g_assert_nonnull (error);
  g_assert_true (error->domain == GRANARY_ERROR);
  g_assert_cmpuint (granary_error_get_reason (error), ==, expected);
  g_assert_nonnull (granary_error_get_subject (error));
}

/* Withdrawn calls are remembered, which is not to spread from one row to the next. */
static void
forget (Service *service)
{
  g_clear_object (&service->api);
  service->api = granary_api_new (service->account, service->http);
}

static void
test_reads (void)
{
  g_autoptr (Service) service = service_start ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (JsonNode) answer = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].fault);
      forget (service);
      add_fault (service, "GetTagKeys", rows[i].fault, -1);
      answer = service_call (service, GRANARY_CLOUD_TAG, "GetTagKeys", FALSE, NULL, &error);
      assert_outcome (answer, error, rows[i].read);
      g_assert_cmpuint (granary_test_cloud_count (service->cloud, "GetTagKeys"), ==,
                        rows[i].n_reads);
    }
}

static void
test_writes (void)
{
  g_autoptr (Service) service = service_start ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *value = g_strdup_printf ("v%u", i);
      g_autofree char *parameters = g_strdup_printf ("{\"TagKey\":\"k\",\"TagValue\":\"%s\"}",
                                                     value);
      g_autoptr (JsonNode) answer = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].fault);
      forget (service);
      add_fault (service, "CreateTag", rows[i].fault, -1);
      answer = service_call (service, GRANARY_CLOUD_TAG, "CreateTag", TRUE, parameters, &error);
      assert_outcome (answer, error, rows[i].write);
      g_assert_cmpuint (granary_test_cloud_count (service->cloud, "CreateTag"), ==,
                        rows[i].n_writes);
      g_assert_cmpuint (count_tag (service, value), ==, rows[i].done);
    }
}

/* What is met once is got over where it may be. */
static void
test_once (void)
{
  g_autoptr (Service) service = service_start ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *value = g_strdup_printf ("once%u", i);
      g_autofree char *parameters = g_strdup_printf ("{\"TagKey\":\"k\",\"TagValue\":\"%s\"}",
                                                     value);
      g_autoptr (JsonNode) read = NULL;
      g_autoptr (JsonNode) written = NULL;
      g_autoptr (GError) read_error = NULL;
      g_autoptr (GError) write_error = NULL;
      gboolean read_again = rows[i].n_reads > 1;
      gboolean write_again = rows[i].n_writes > 1;

      g_test_message ("%s", rows[i].fault);
      forget (service);
      add_fault (service, "GetTagKeys", rows[i].fault, 1);
      read = service_call (service, GRANARY_CLOUD_TAG, "GetTagKeys", FALSE, NULL, &read_error);
      assert_outcome (read, read_error, read_again ? GRANARY_REASON_NONE : rows[i].read);
      g_assert_cmpuint (granary_test_cloud_count (service->cloud, "GetTagKeys"), ==,
                        read_again ? 2 : 1);

      add_fault (service, "CreateTag", rows[i].fault, 1);
      written = service_call (service, GRANARY_CLOUD_TAG, "CreateTag", TRUE, parameters,
                              &write_error);
      assert_outcome (written, write_error, write_again ? GRANARY_REASON_NONE : rows[i].write);
      g_assert_cmpuint (granary_test_cloud_count (service->cloud, "CreateTag"), ==,
                        write_again ? 2 : 1);
      g_assert_cmpuint (count_tag (service, value), ==, write_again ? 1 : rows[i].done);
    }
}

/* With nobody there nothing was sent, so that a write may be tried again as well. */
static void
test_nobody (void)
{
  g_autoptr (GranaryTestCloud) cloud = granary_test_cloud_start ("none");
  g_autoptr (GranaryAccount) account = NULL;
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GranaryApi) api = NULL;
  g_autofree char *host = granary_http_dup_host (granary_test_cloud_get_url (cloud));

  account = service_make_account (cloud, GRANARY_TEST_CLOUD_SECRET_ID,
                                  GRANARY_TEST_CLOUD_SECRET_KEY, NULL);
  api = granary_api_new (account, http);
  g_clear_pointer (&cloud, granary_test_cloud_stop);

  for (gboolean is_write = FALSE; is_write <= TRUE; is_write++)
    {
      const GranaryApiCall call = { GRANARY_CLOUD_TAG, "CreateTag", is_write, NULL };
      g_autoptr (JsonNode) answer = NULL;
      g_autoptr (GError) error = NULL;

      answer = granary_api_call (api, &call, NULL, NULL, &error);
      g_assert_null (answer);
      assert_reason (error, GRANARY_ERROR_NETWORK, GRANARY_REASON_HOST_UNREACHABLE, host);
    }
  g_assert_cmpuint (granary_http_get_n_sent (http), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("GRANARY_RETRY_SCALE", "0.001", TRUE);

  g_test_add_func ("/api/faults/reads", test_reads);
  g_test_add_func ("/api/faults/writes", test_writes);
  g_test_add_func ("/api/faults/once", test_once);
  g_test_add_func ("/api/faults/nobody", test_nobody);

  return g_test_run ();
}
