/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accounts: addresses, overrides, keys; clock and waits between attempts. */

#include "granary-account.h"
#include "granary-error.h"
#include "granary-http.h"
#include "granary-retry.h"

#include <string.h>

static void
assert_cos_url (GranaryAccount *account,
                const char     *bucket,
                const char     *region,
                const char     *expected)
{
  g_autofree char *url = granary_account_dup_cos_url (account, bucket, region);

  g_assert_cmpstr (url, ==, expected);
}

static void
test_services (void)
{
  GranaryCloudService service;

  for (guint i = 0; i < GRANARY_N_CLOUD_SERVICES; i++)
    {
      const char *id = granary_cloud_service_to_id (i);

      g_assert_nonnull (id);
      g_assert_true (granary_cloud_service_from_id (id, &service));
      g_assert_cmpuint (service, ==, i);
    }
  g_assert_false (granary_cloud_service_from_id ("s3", &service));
  g_assert_false (granary_cloud_service_from_id (NULL, &service));
}

static void
test_default_hosts (void)
{
  g_autoptr (GranaryAccount) account = granary_account_new ("Work", "work", "ap-guangzhou");

  for (guint i = 0; i < GRANARY_N_CLOUD_SERVICES; i++)
    {
      g_autofree char *url = NULL;
      g_autofree char *expected = NULL;

      if (i == GRANARY_CLOUD_COS)
        continue;
      url = granary_account_dup_api_url (account, i);
      expected = g_strconcat ("https://", granary_cloud_service_to_id (i),
                              ".tencentcloudapi.com", NULL);
      g_assert_cmpstr (url, ==, expected);
    }

  assert_cos_url (account, "models-1250000000", NULL,
                  "https://models-1250000000.cos.ap-guangzhou.myqcloud.com");
  assert_cos_url (account, "models-1250000000", "ap-beijing",
                  "https://models-1250000000.cos.ap-beijing.myqcloud.com");
  assert_cos_url (account, NULL, NULL, "https://service.cos.myqcloud.com");
}

static void
test_overrides (void)
{
  g_autoptr (GranaryAccount) account = granary_account_new ("Work", "work", "ap-guangzhou");
  g_autoptr (GranaryAccount) copy = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  g_assert_true (granary_account_set_endpoint (account, GRANARY_CLOUD_TIONE,
                                               " http://127.0.0.1:8080/ ", &error));
  g_assert_no_error (error);
  g_assert_cmpstr (granary_account_get_endpoint (account, GRANARY_CLOUD_TIONE), ==,
                   "http://127.0.0.1:8080");
  g_assert_null (granary_account_get_endpoint (account, GRANARY_CLOUD_TAG));

  g_assert_true (granary_account_set_endpoint (account, GRANARY_CLOUD_COS,
                                               "http://{bucket}.{region}.localhost:9000", &error));
  assert_cos_url (account, "models-1", NULL, "http://models-1.ap-guangzhou.localhost:9000");
  assert_cos_url (account, "models-1", "ap-beijing", "http://models-1.ap-beijing.localhost:9000");
  assert_cos_url (account, NULL, NULL, "http://service.ap-guangzhou.localhost:9000");

  copy = granary_account_copy (account);
  assert_cos_url (copy, "models-1", NULL, "http://models-1.ap-guangzhou.localhost:9000");
  url = granary_account_dup_api_url (copy, GRANARY_CLOUD_TIONE);
  g_assert_cmpstr (url, ==, "http://127.0.0.1:8080");

  g_assert_true (granary_account_set_endpoint (account, GRANARY_CLOUD_COS, "", &error));
  g_assert_null (granary_account_get_endpoint (account, GRANARY_CLOUD_COS));
  g_assert_true (granary_account_set_endpoint (account, GRANARY_CLOUD_TIONE, NULL, &error));
  g_assert_null (granary_account_get_endpoint (account, GRANARY_CLOUD_TIONE));
}

static void
test_bad_overrides (void)
{
  static const char *const bad[] = {
    "tione.example.com",
    "ftp://example.com",
    "http://",
    "http:///path",
    "http://example.com/path",
    "http://example.com?query",
    "http://example.com#fragment",
    "http://user:hunter2@example.com",
    "http://example.com:99999",
    "http://example.com:0",
    "http://exa mple.com",
    "http://example.com\r\nX-Evil: 1",
    "http://{bucket}.example.com",
    "file:///etc/passwd",
    "javascript:alert(1)",
  };
  g_autoptr (GranaryAccount) account = granary_account_new ("Work", "work", "ap-guangzhou");
  g_autofree char *endless = g_strnfill (5000, 'a');
  g_autofree char *long_url = g_strconcat ("http://", endless, ".example", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (granary_account_set_endpoint (account, GRANARY_CLOUD_TIONE,
                                               "https://good.example", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (granary_account_set_endpoint (account, GRANARY_CLOUD_TIONE, bad[i], &error));
      g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT);
      g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_ENDPOINT_INVALID));
      g_assert_nonnull (granary_error_get_subject (error));
      g_assert_null (strstr (granary_error_get_subject (error), "hunter2"));
      g_assert_null (strstr (error->message, "hunter2"));
      g_assert_null (strpbrk (granary_error_get_subject (error), "\r\n"));
      g_clear_error (&error);
    }
  g_assert_false (granary_account_set_endpoint (account, GRANARY_CLOUD_TIONE, long_url, NULL));
  /* What was there stays. */
  g_assert_cmpstr (granary_account_get_endpoint (account, GRANARY_CLOUD_TIONE), ==,
                   "https://good.example");

  /* Braces are for COS alone, and only these two. */
  g_assert_false (granary_account_set_endpoint (account, GRANARY_CLOUD_COS,
                                                "http://{key}.example", NULL));
  g_assert_true (granary_account_set_endpoint (account, GRANARY_CLOUD_COS,
                                               "http://[::1]:9000", NULL));
}

/* Buckets and regions come from answers too: none may lead to a host of its own choice. */
static void
test_hostile_names (void)
{
  static const char *const names[] = {
    "evil.example/", "evil.example#", "evil.example?", "user@evil.example", "a:1", "a b", "a\r\nb",
    "..", "%2e", "\\evil", "{region}",
  };
  g_autoptr (GranaryAccount) account = granary_account_new ("Work", "work", "ap-guangzhou");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *as_bucket = granary_account_dup_cos_url (account, names[i], NULL);
      g_autofree char *as_region = granary_account_dup_cos_url (account, "b-1", names[i]);
      g_autofree char *host = granary_http_dup_host (as_bucket);
      g_autofree char *region_host = granary_http_dup_host (as_region);

      g_test_message ("%s", as_bucket);
      g_assert_true (g_str_has_suffix (host, ".cos.ap-guangzhou.myqcloud.com"));
      g_assert_true (g_str_has_prefix (region_host, "b-1.cos."));
      g_assert_true (g_str_has_suffix (region_host, ".myqcloud.com"));
    }
}

static void
test_storage (void)
{
  g_autoptr (GranaryAccount) account = granary_account_new ("Work", "work", "ap-guangzhou");

  g_assert_null (granary_account_get_bucket (account));
  g_assert_cmpstr (granary_account_get_prefix (account), ==, "");
  granary_account_set_storage (account, "models-1", "a/b");
  g_assert_cmpstr (granary_account_get_bucket (account), ==, "models-1");
  g_assert_cmpstr (granary_account_get_prefix (account), ==, "a/b/");
  granary_account_set_storage (account, "models-1", "/a/");
  g_assert_cmpstr (granary_account_get_prefix (account), ==, "a/");
  granary_account_set_storage (account, "", NULL);
  g_assert_null (granary_account_get_bucket (account));
  g_assert_cmpstr (granary_account_get_prefix (account), ==, "");
}

static void
test_credentials (void)
{
  g_autoptr (GranaryAccount) account = granary_account_new ("Work", "work", "ap-guangzhou");
  g_autoptr (GranaryAccount) copy = NULL;
  g_autoptr (GranaryCredentials) first = granary_credentials_new ("id", "key", "token");
  g_autoptr (GranaryCredentials) second = granary_credentials_new ("id2", "key2", "");
  g_autoptr (GranaryCredentials) held = NULL;
  g_autoptr (GranaryCredentials) of_copy = NULL;
  g_autoptr (GranaryCredentials) none = NULL;

  g_assert_null (granary_account_dup_credentials (account));
  granary_account_set_credentials (account, first);
  held = granary_account_dup_credentials (account);
  copy = granary_account_copy (account);

  /* Who holds the former key keeps it. */
  granary_account_set_credentials (account, second);
  g_assert_cmpstr (held->secret_key, ==, "key");
  g_assert_cmpstr (held->token, ==, "token");
  of_copy = granary_account_dup_credentials (copy);
  g_assert_cmpstr (of_copy->secret_id, ==, "id");
  g_assert_null (second->token);

  granary_account_set_credentials (account, NULL);
  none = granary_account_dup_credentials (account);
  g_assert_null (none);
}

static void
test_hosts (void)
{
  static const struct
  {
    const char *url;
    const char *host;
  } cases[] = {
    { "https://tione.tencentcloudapi.com", "tione.tencentcloudapi.com" },
    { "https://tione.tencentcloudapi.com:443/", "tione.tencentcloudapi.com" },
    { "http://127.0.0.1:18080/a?b", "127.0.0.1:18080" },
    { "http://127.0.0.1:80", "127.0.0.1" },
    { "http://127.0.0.1:443", "127.0.0.1:443" },
    { "http://[::1]:9000/", "[::1]:9000" },
    { "http://[::1]/", "[::1]" },
    { "https://例子.example:8443/", "xn--fsqu00a.example:8443" },
    { "nonsense", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *host = granary_http_dup_host (cases[i].url);

      g_assert_cmpstr (host, ==, cases[i].host);
    }
}

static void
test_clock (void)
{
  GranaryClock clock = { 0 };
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  g_assert_cmpint (ABS (granary_clock_now (&clock) - now), <=, 1);
  g_assert_false (granary_clock_learn (&clock, 0));
  g_assert_false (granary_clock_learn (&clock, now + 20));
  g_assert_cmpint (ABS (granary_clock_now (&clock) - now), <=, 1);

  g_assert_true (granary_clock_learn (&clock, now + 3600));
  g_assert_cmpint (ABS (granary_clock_now (&clock) - now - 3600), <=, 1);
  /* The same again is no news, and does not add up. */
  g_assert_false (granary_clock_learn (&clock, now + 3600));
  g_assert_true (granary_clock_learn (&clock, now - 600));
  g_assert_cmpint (ABS (granary_clock_now (&clock) - now + 600), <=, 1);
  /* No clock is that far off. */
  g_assert_false (granary_clock_learn (&clock, G_MAXINT64 / 2));
}

static GError *
make_failure (guint retry_after)
{
  GError *failure = NULL;

  granary_set_error (&failure, GRANARY_ERROR_BACKEND, GRANARY_REASON_SERVICE_BUSY, "Call", "busy");
  granary_error_set_request (failure, 429, "r-1", retry_after);

  return failure;
}

static void
test_retry (void)
{
  GranaryRetry retry = GRANARY_RETRY_INIT;
  g_autoptr (GError) failure = make_failure (0);
  g_autoptr (GError) error = NULL;
  guint waited = 0;

  g_setenv ("GRANARY_RETRY_SCALE", "0.001", TRUE);
  while (granary_retry_wait (&retry, failure, NULL, &error))
    waited++;
  /* Four attempts have three waits between them. */
  g_assert_cmpuint (waited, ==, 3);
  g_assert_cmpuint (retry.attempt, ==, 4);
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_SERVICE_BUSY));
  g_assert_cmpstr (granary_error_get_request_id (error), ==, "r-1");
  g_unsetenv ("GRANARY_RETRY_SCALE");
}

static void
test_retry_too_long (void)
{
  GranaryRetry retry = GRANARY_RETRY_INIT;
  g_autoptr (GError) failure = make_failure (3600);
  g_autoptr (GError) error = NULL;

  /* Would take an hour if it waited. */
  g_assert_false (granary_retry_wait (&retry, failure, NULL, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_SERVICE_BUSY));
}

static gpointer
cancel_thread (gpointer data)
{
  g_cancellable_cancel (data);

  return NULL;
}

static void
test_retry_cancelled (void)
{
  GranaryRetry retry = GRANARY_RETRY_INIT;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) failure = make_failure (60);
  g_autoptr (GError) error = NULL;
  GThread *thread;

  /* Would take a minute if it did not listen: longer than the suite may run. */
  thread = g_thread_new ("cancel", cancel_thread, cancellable);
  g_assert_false (granary_retry_wait (&retry, failure, cancellable, &error));
  g_thread_join (thread);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/account/services", test_services);
  g_test_add_func ("/account/default-hosts", test_default_hosts);
  g_test_add_func ("/account/overrides", test_overrides);
  g_test_add_func ("/account/bad-overrides", test_bad_overrides);
  g_test_add_func ("/account/hostile-names", test_hostile_names);
  g_test_add_func ("/account/storage", test_storage);
  g_test_add_func ("/account/credentials", test_credentials);
  g_test_add_func ("/http/hosts", test_hosts);
  g_test_add_func ("/retry/clock", test_clock);
  g_test_add_func ("/retry/bounded", test_retry);
  g_test_add_func ("/retry/too-long", test_retry_too_long);
  g_test_add_func ("/retry/cancelled", test_retry_cancelled);

  return g_test_run ();
}
