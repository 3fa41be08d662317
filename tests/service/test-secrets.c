/* SPDX-License-Identifier: GPL-3.0-or-later */

/* No secret, signature or token ever reaches logs or errors: the calls run in a process of their
 * own with every debug message on, and all that it says is searched. */

#include "api-testing.h"
#include "granary-cos-client.h"
#include "granary-cos-signer.h"

#include <string.h>

/* What a process that serves this key must never say. The id of the key and the names of headers
 * are no secrets. */
static const char *const secrets[] = {
  "*" GRANARY_TEST_CLOUD_TEMPORARY_SECRET_KEY "*",
  "*" GRANARY_TEST_CLOUD_TOKEN "*",
  "*Signature=*",
  "*q-signature=*",
  "*q-sign-time=*",
  "*x-cos-security-token=*",
};

static void
say (const GError *error)
{
  if (error == NULL)
    return;

  g_printerr ("error: %s\n", error->message);
  if (error->domain == GRANARY_ERROR)
    g_printerr ("about %s, request %s: %s, %s\n",
                granary_error_get_subject (error),
                granary_error_get_request_id (error),
                granary_error_get_remote_code (error),
                granary_error_get_remote_message (error));
}

static void
call (Service             *service,
      GranaryCloudService  of,
      const char          *action,
      const char          *parameters)
{
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = service_call (service, of, action, g_str_has_prefix (action, "Create"), parameters,
                         &error);
  say (error);
}

static void
get_presigned (Service *service)
{
  g_autofree char *base = granary_account_dup_cos_url (service->account, GRANARY_TEST_CLOUD_BUCKET,
                                                       NULL);
  g_autofree char *host = granary_http_dup_host (base);
  const char *headers[] = { "host", host, NULL };
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  GranaryCosSignInput input = {
    .secret_id = GRANARY_TEST_CLOUD_TEMPORARY_SECRET_ID,
    .secret_key = GRANARY_TEST_CLOUD_TEMPORARY_SECRET_KEY,
    .method = "GET",
    .key = "a/b.bin",
    .headers = headers,
    .start = now - 1,
    .end = now + 900,
  };
  g_autofree char *url = granary_cos_presign (&input, base, GRANARY_TEST_CLOUD_TOKEN);
  g_autofree char *broken = g_strconcat (url, "\n", NULL);
  g_autofree char *other = g_strconcat ("ftp", strchr (url, ':'), NULL);
  const char *urls[] = { url, broken, other };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      GranaryHttpRequest request = { .method = "GET", .url = urls[i] };
      g_autoptr (GranaryHttpResponse) response = NULL;
      g_autoptr (GError) error = NULL;

      response = granary_http_send (service->http, &request, NULL, &error);
      say (error);
    }
}

static void
use_storage (Service *service)
{
  g_autoptr (GranaryCosClient) client = granary_cos_client_new (service->account, service->http);
  g_autoptr (GranaryObjectPlace) place = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("content", 7);
  g_autoptr (GranaryObject) put = NULL;
  g_autoptr (GranaryObject) stat = NULL;
  g_autoptr (GError) put_error = NULL;
  g_autoptr (GError) stat_error = NULL;

  place = granary_object_place_new (GRANARY_TEST_CLOUD_BUCKET, NULL, "a/b.bin");
  put = granary_cos_client_put (client, place, bytes, NULL, 0, NULL, &put_error);
  say (put_error);
  stat = granary_cos_client_stat (client, place, NULL, &stat_error);
  say (stat_error);
}

/* Everything that makes requests, in good and in bad weather. */
static void
test_talk_subprocess (void)
{
  static const char *const weather[] = {
    "{\"clear_faults\":true}",
    "{\"clear_faults\":true,\"faults\":[{\"times\":-1,\"do\":{\"kind\":\"reset_after\"}}]}",
    "{\"clear_faults\":true,\"faults\":[{\"times\":-1,\"do\":{\"kind\":\"status\",\"code\":500}}]}",
    "{\"clear_faults\":true,\"faults\":[{\"times\":-1,\"do\":{\"kind\":\"malformed\"}}]}",
    "{\"clear_faults\":true,\"faults\":[{\"times\":-1,\"do\":{\"kind\":\"redirect\","
      "\"location\":\"http://127.0.0.1:1/\"}}]}",
    "{\"clear_faults\":true,\"clock_skew\":7200}",
    "{\"clear_faults\":true,\"expire_token\":true}",
  };
  g_autoptr (Service) service = NULL;
  g_autoptr (GranaryCredentials) wrong = NULL;

  service = service_start_as (GRANARY_TEST_CLOUD_TEMPORARY_SECRET_ID,
                              GRANARY_TEST_CLOUD_TEMPORARY_SECRET_KEY, GRANARY_TEST_CLOUD_TOKEN);
  for (guint i = 0; i < G_N_ELEMENTS (weather); i++)
    {
      granary_test_cloud_tell (service->cloud, "%s", weather[i]);
      g_printerr ("weather %u\n", i);
      call (service, GRANARY_CLOUD_STS, "GetCallerIdentity", NULL);
      call (service, GRANARY_CLOUD_TAG, "CreateTag", "{\"TagKey\":\"k\",\"TagValue\":\"v\"}");
      use_storage (service);
      get_presigned (service);
    }

  /* A key that was pasted with more than belongs to it cannot even be sent. */
  wrong = granary_credentials_new ("AKID", GRANARY_TEST_CLOUD_TEMPORARY_SECRET_KEY,
                                   GRANARY_TEST_CLOUD_TOKEN "\r\nX-Evil: 1");
  granary_account_set_credentials (service->account, wrong);
  call (service, GRANARY_CLOUD_STS, "GetCallerIdentity", NULL);
  use_storage (service);
}

static void
test_talk (void)
{
  g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  g_test_trap_subprocess ("/secrets/talk/subprocess/all", 0, G_TEST_SUBPROCESS_DEFAULT);
  g_unsetenv ("G_MESSAGES_DEBUG");
  g_test_trap_assert_passed ();

  /* It did talk. */
  g_test_trap_assert_stdout ("*granary-http-DEBUG*/a/b.bin*");
  g_test_trap_assert_stderr ("*error: *");
  g_test_trap_assert_stderr ("*weather 6*error: *");

  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      g_test_trap_assert_stdout_unmatched (secrets[i]);
      g_test_trap_assert_stderr_unmatched (secrets[i]);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("GRANARY_RETRY_SCALE", "0.001", TRUE);

  g_test_add_func ("/secrets/talk", test_talk);
  g_test_add_func ("/secrets/talk/subprocess/all", test_talk_subprocess);

  return g_test_run ();
}
