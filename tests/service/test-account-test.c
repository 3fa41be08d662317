/* SPDX-License-Identifier: GPL-3.0-or-later */

/* “Test Connection” against the test cloud: each thing that can be wrong is named as what it is. */

#include "config.h"

#include "granary-account-test.h"
#include "granary-error.h"
#include "granary-test-cloud.h"

#include <glib/gstdio.h>
#include <string.h>

#define PATIENCE_MS 60000

typedef struct
{
  GAsyncResult *result;
  gboolean      is_late;
} Wait;

/* The key, and where it is used, of one try. NULL or GRANARY_REASON_NONE: as it should be. */
typedef struct
{
  const char          *secret_id;
  const char          *secret_key;
  const char          *token;
  const char          *region;
  const char          *bucket;
  const char          *control; /* what the cloud is told before */
  GranaryAccountCheck  check;
  GranaryReason        reason;
  const char          *subject;
} Case;

static GranaryAccount *
make_account (GranaryTestCloud *cloud,
              const Case       *what)
{
  GranaryAccount *account =
    granary_account_new ("demo", "uid-1", what->region != NULL ? what->region
                                                               : GRANARY_TEST_CLOUD_REGION);
  g_autoptr (GranaryCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  granary_account_set_storage (account, what->bucket, NULL);
  for (int service = 0; service < GRANARY_N_CLOUD_SERVICES; service++)
    {
      granary_account_set_endpoint (account, service,
                                    service == GRANARY_CLOUD_COS
                                      ? granary_test_cloud_get_cos_template (cloud)
                                      : granary_test_cloud_get_url (cloud),
                                    &error);
      g_assert_no_error (error);
    }

  credentials = granary_credentials_new (what->secret_id != NULL ? what->secret_id
                                                                 : GRANARY_TEST_CLOUD_SECRET_ID,
                                         what->secret_key != NULL ? what->secret_key
                                                                  : GRANARY_TEST_CLOUD_SECRET_KEY,
                                         what->token);
  granary_account_set_credentials (account, credentials);
  return account;
}

static void
wait_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  ((Wait *) user_data)->result = g_object_ref (result);
}

static gboolean
late_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static GranaryAccountTest *
run (GranaryAccount  *account,
     GCancellable    *cancellable,
     GError         **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  guint timeout = g_timeout_add (PATIENCE_MS, late_cb, &wait.is_late);

  granary_account_test_async (account, cancellable, wait_cb, &wait);
  while (wait.result == NULL && !wait.is_late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (wait.is_late);
  g_source_remove (timeout);

  result = wait.result;
  return granary_account_test_finish (result, error);
}

static GranaryAccountTest *
try_account (GranaryAccount *account)
{
  g_autoptr (GError) error = NULL;
  GranaryAccountTest *test = run (account, NULL, &error);

  g_assert_no_error (error);
  return test;
}

static void
assert_error (const GError  *error,
              GranaryReason  reason,
              const char    *subject)
{
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_cmpint (granary_error_get_reason (error), ==, reason);
  if (subject != NULL)
    g_assert_cmpstr (granary_error_get_subject (error), ==, subject);

  /* Nothing of the key is in it. */
  g_assert_null (strstr (error->message, GRANARY_TEST_CLOUD_SECRET_KEY));
  if (granary_error_get_remote_message (error) != NULL)
    g_assert_null (strstr (granary_error_get_remote_message (error),
                           GRANARY_TEST_CLOUD_SECRET_KEY));
}

static void
assert_all_good (GranaryAccountTest *test)
{
  for (guint i = 0; i < GRANARY_N_ACCOUNT_CHECKS; i++)
    {
      g_assert_no_error (test->errors[i]);
      g_assert_true (test->done[i]);
    }
  g_assert_null (granary_account_test_get_error (test));
  g_assert_null (granary_account_test_get_obstacle (test));
  g_assert_cmpstr (test->account_uin, ==, GRANARY_TEST_CLOUD_UIN);
}

static void
test_good (void)
{
  static const Case cases[] = {
    { NULL },
    { .bucket = GRANARY_TEST_CLOUD_BUCKET },
    { .control = "{\"withdrawn\":true}" },
    { .control = "{\"withdrawn\":false,\"clock_skew\":4000}" },
    { .secret_id = GRANARY_TEST_CLOUD_TEMPORARY_SECRET_ID,
      .secret_key = GRANARY_TEST_CLOUD_TEMPORARY_SECRET_KEY,
      .token = GRANARY_TEST_CLOUD_TOKEN },
    { .secret_id = GRANARY_TEST_CLOUD_READ_ONLY_SECRET_ID,
      .secret_key = GRANARY_TEST_CLOUD_READ_ONLY_SECRET_KEY },
  };
  g_autoptr (GranaryTestCloud) cloud = granary_test_cloud_start ("none");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GranaryAccount) account = make_account (cloud, &cases[i]);
      g_autoptr (GranaryAccountTest) test = NULL;

      g_test_message ("case %u", i);
      if (cases[i].control != NULL)
        granary_test_cloud_tell (cloud, "%s", cases[i].control);
      test = try_account (account);
      assert_all_good (test);
    }

  /* It only reads. */
  {
    g_autoptr (JsonNode) log = granary_test_cloud_get_log (cloud);
    JsonArray *entries = json_node_get_array (log);

    for (guint i = 0; i < json_array_get_length (entries); i++)
      {
        JsonObject *entry = json_array_get_object_element (entries, i);
        const char *action = json_object_get_string_member (entry, "action");

        g_assert_true (g_str_has_prefix (action, "Get") || g_str_has_prefix (action, "Describe"));
      }
  }
}

#define FAULT(service, action, code) \
  "{\"faults\":[{\"match\":{\"service\":\"" service "\",\"action\":\"" action "\"}," \
  "\"times\":-1,\"do\":{\"kind\":\"api_error\",\"code\":\"" code "\"}}]}"

static void
test_failures (void)
{
  static const Case cases[] = {
    { .secret_key = "wrongwrongwrongwrongwrongwrongwr", .check = GRANARY_ACCOUNT_CHECK_KEY,
      .reason = GRANARY_REASON_KEY_WRONG, .subject = "demo" },
    { .secret_id = "AKIDUNKNOWN", .check = GRANARY_ACCOUNT_CHECK_KEY,
      .reason = GRANARY_REASON_KEY_UNKNOWN, .subject = "demo" },
    { .secret_id = GRANARY_TEST_CLOUD_TEMPORARY_SECRET_ID,
      .secret_key = GRANARY_TEST_CLOUD_TEMPORARY_SECRET_KEY, .token = GRANARY_TEST_CLOUD_TOKEN,
      .control = "{\"expire_token\":true}", .check = GRANARY_ACCOUNT_CHECK_KEY,
      .reason = GRANARY_REASON_TOKEN_EXPIRED, .subject = "demo" },
    { .control = FAULT ("sts", "*", "AuthFailure.SignatureExpire"),
      .check = GRANARY_ACCOUNT_CHECK_KEY, .reason = GRANARY_REASON_CLOCK_SKEWED,
      .subject = "demo" },
    { .region = "ap-nowhere", .check = GRANARY_ACCOUNT_CHECK_MODELS,
      .reason = GRANARY_REASON_REGION_UNKNOWN, .subject = "ap-nowhere" },
    { .control = FAULT ("tione", "*", "UnauthorizedOperation"),
      .check = GRANARY_ACCOUNT_CHECK_MODELS, .reason = GRANARY_REASON_ACTION_FORBIDDEN },
    { .control = FAULT ("tag", "*", "AuthFailure.UnauthorizedOperation"),
      .check = GRANARY_ACCOUNT_CHECK_TAGS, .reason = GRANARY_REASON_ACTION_FORBIDDEN,
      .subject = "tag:GetTagKeys" },
    { .bucket = "gone-1250000000", .check = GRANARY_ACCOUNT_CHECK_STORAGE,
      .reason = GRANARY_REASON_BUCKET_MISSING },
    { .control = "{\"faults\":[{\"match\":{\"service\":\"cos\"},\"times\":-1,\"do\":"
                 "{\"kind\":\"cos_error\",\"status\":403,\"code\":\"AccessDenied\"}}]}",
      .check = GRANARY_ACCOUNT_CHECK_STORAGE, .reason = GRANARY_REASON_ACTION_FORBIDDEN },
    { .control = "{\"faults\":[{\"match\":{\"service\":\"sts\"},\"times\":-1,\"do\":"
                 "{\"kind\":\"redirect\",\"location\":\"http://portal.example/\"}}]}",
      .check = GRANARY_ACCOUNT_CHECK_NETWORK, .reason = GRANARY_REASON_REDIRECTED },
    { .control = "{\"faults\":[{\"match\":{\"service\":\"sts\"},\"times\":-1,\"do\":"
                 "{\"kind\":\"malformed\"}}]}",
      .check = GRANARY_ACCOUNT_CHECK_NETWORK, .reason = GRANARY_REASON_RESPONSE_MALFORMED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *what = &cases[i];
      g_autoptr (GranaryTestCloud) cloud = granary_test_cloud_start ("none");
      g_autoptr (GranaryAccount) account = make_account (cloud, what);
      g_autoptr (GranaryAccountTest) test = NULL;
      gboolean is_permission = what->check >= GRANARY_ACCOUNT_CHECK_STORAGE &&
                               what->reason == GRANARY_REASON_ACTION_FORBIDDEN;

      g_test_message ("case %u", i);
      if (what->control != NULL)
        granary_test_cloud_tell (cloud, "%s", what->control);
      test = try_account (account);

      assert_error (test->errors[what->check], what->reason, what->subject);
      g_assert_true (granary_account_test_get_error (test) == test->errors[what->check]);
      /* Without storage or tags a connection is still of use. */
      g_assert_cmpint (granary_account_test_get_obstacle (test) == NULL, ==, is_permission);

      for (guint j = 0; j < GRANARY_N_ACCOUNT_CHECKS; j++)
        {
          if (j != what->check)
            g_assert_no_error (test->errors[j]);
          /* Nothing is asked with a key that is not accepted, or in a region that there is not. */
          if (what->reason == GRANARY_REASON_REGION_UNKNOWN)
            g_assert_cmpint (test->done[j], ==,
                             j == GRANARY_ACCOUNT_CHECK_NETWORK || j == what->check);
          else
            g_assert_cmpint (test->done[j], ==,
                             j <= what->check || what->check > GRANARY_ACCOUNT_CHECK_KEY);
        }
    }
}

static void
test_refused (void)
{
  const Case plain = { NULL };
  g_autoptr (GranaryTestCloud) cloud = granary_test_cloud_start ("none");
  g_autoptr (GranaryAccount) account = make_account (cloud, &plain);
  g_autoptr (GranaryAccountTest) test = NULL;
  g_autofree char *host = g_strdup_printf ("127.0.0.1:%u", granary_test_cloud_get_port (cloud));

  g_clear_pointer (&cloud, granary_test_cloud_stop);
  test = try_account (account);
  assert_error (test->errors[GRANARY_ACCOUNT_CHECK_NETWORK], GRANARY_REASON_HOST_UNREACHABLE, host);
  g_assert_false (test->done[GRANARY_ACCOUNT_CHECK_KEY]);
}

/* A certificate that nobody vouches for: no request leaves, and it is said. */
static void
test_certificate (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("granary-tls-XXXXXX", &error);
  g_autofree char *certificate = g_build_filename (folder, "cert.pem", NULL);
  g_autofree char *key = g_build_filename (folder, "key.pem", NULL);
  const char *arguments[] = { "--tls", certificate, key, NULL };
  g_autoptr (GSubprocess) openssl = NULL;
  g_autoptr (GranaryTestCloud) cloud = NULL;
  g_autoptr (GranaryAccount) account = NULL;
  g_autoptr (GranaryCredentials) credentials = NULL;
  g_autoptr (GranaryAccountTest) test = NULL;
  g_autofree char *url = NULL;
  /* A computer that knows no authority at all says so with a warning, and trusts nobody either. */
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);

  openssl = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "openssl", "req", "-x509",
                              "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                              "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-keyout", key,
                              "-out", certificate, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (openssl, NULL, &error));

  cloud = granary_test_cloud_start_full ("none", arguments);
  url = g_strdup_printf ("https://127.0.0.1:%u", granary_test_cloud_get_port (cloud));
  account = granary_account_new ("demo", "uid-1", GRANARY_TEST_CLOUD_REGION);
  credentials = granary_credentials_new (GRANARY_TEST_CLOUD_SECRET_ID,
                                         GRANARY_TEST_CLOUD_SECRET_KEY, NULL);
  granary_account_set_credentials (account, credentials);
  for (int service = 0; service < GRANARY_N_CLOUD_SERVICES; service++)
    {
      granary_account_set_endpoint (account, service, url, &error);
      g_assert_no_error (error);
    }

  test = try_account (account);
  assert_error (test->errors[GRANARY_ACCOUNT_CHECK_NETWORK], GRANARY_REASON_CERTIFICATE_INVALID,
                NULL);
  g_assert_false (test->done[GRANARY_ACCOUNT_CHECK_KEY]);
  g_log_set_always_fatal (fatal);

  g_assert_cmpint (g_unlink (certificate), ==, 0);
  g_assert_cmpint (g_unlink (key), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_no_key (void)
{
  g_autoptr (GranaryAccount) account = granary_account_new ("demo", "uid-1", "ap-guangzhou");
  g_autoptr (GranaryAccountTest) test = try_account (account);

  assert_error (granary_account_test_get_error (test), GRANARY_REASON_KEY_MISSING, "demo");
  g_assert_false (test->done[GRANARY_ACCOUNT_CHECK_NETWORK]);
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
test_cancel (void)
{
  const Case plain = { NULL };
  g_autoptr (GranaryTestCloud) cloud = granary_test_cloud_start ("none");
  g_autoptr (GranaryAccount) account = make_account (cloud, &plain);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gint64 begin;

  granary_test_cloud_tell (cloud, "{\"faults\":[{\"times\":-1,\"do\":"
                                  "{\"kind\":\"timeout\",\"seconds\":60}}]}");
  begin = g_get_monotonic_time ();
  g_timeout_add (200, cancel_cb, cancellable);
  g_assert_null (run (account, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* Long before the server would be. */
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 20 * G_USEC_PER_SEC);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_setenv ("GRANARY_RETRY_SCALE", "0.01", TRUE);
  /* The isolated folders hide the schema that the desktop's resolver reads. */
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);

  g_test_add_func ("/account-test/good", test_good);
  g_test_add_func ("/account-test/failures", test_failures);
  g_test_add_func ("/account-test/refused", test_refused);
  g_test_add_func ("/account-test/certificate", test_certificate);
  g_test_add_func ("/account-test/no-key", test_no_key);
  g_test_add_func ("/account-test/cancel", test_cancel);

  return g_test_run ();
}
