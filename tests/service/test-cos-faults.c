/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every call of object storage with every fault: what it says, how often it asked, what it did. */

#include "config.h"

#include "granary-cos-private.h"
#include "granary-cos-verbs.h"

#define BUCKET GRANARY_COS_BUCKET
#define TEXT GRANARY_COS_TEXT

/* How many attempts a call makes at most; see GRANARY_RETRY_INIT. */
#define ATTEMPTS 4

/* Faults of single answers */

#define DONE GRANARY_REASON_NONE
#define BROKEN GRANARY_REASON_CONNECTION_BROKEN
#define FAILED GRANARY_REASON_SERVICE_FAILED
#define BUSY GRANARY_REASON_SERVICE_BUSY
#define MALFORMED GRANARY_REASON_RESPONSE_MALFORMED
#define LARGE GRANARY_REASON_RESPONSE_TOO_LARGE
#define REDIRECTED GRANARY_REASON_REDIRECTED
/* Not a fault that can be told from an answer: a length is all that HEAD gives. */
#define NONE GRANARY_N_REASONS
#define LATE GRANARY_REASON_NO_ANSWER_IN_TIME

typedef struct
{
  const char    *name;
  const char    *what;
  /* What comes of it when it does not end: by shape. */
  GranaryReason  reasons[GRANARY_COS_N_SHAPES];
  /* Whether another attempt is made after it. */
  gboolean       is_passing;
  /* Whether the server did its work before it went wrong. */
  gboolean       is_after;
} Fault;

static const Fault faults[] = {
  { "refuse", "\"kind\":\"refuse\"",
    { BROKEN, BROKEN, BROKEN, BROKEN, BROKEN, BROKEN, BROKEN }, TRUE, FALSE },
  { "reset-before", "\"kind\":\"reset_before\"",
    { BROKEN, BROKEN, BROKEN, BROKEN, BROKEN, BROKEN, BROKEN }, TRUE, FALSE },
  /* Looking finds that it was done. */
  { "reset-after", "\"kind\":\"reset_after\"",
    { BROKEN, BROKEN, BROKEN, BROKEN, BROKEN, DONE, BROKEN }, TRUE, TRUE },
  /* An answer without body has nothing to lose. That to a ranged read is cut in the open. */
  { "truncate", "\"kind\":\"truncate\"",
    { BROKEN, DONE, BROKEN, DONE, DONE, DONE, DONE }, TRUE, TRUE },
  { "500", "\"kind\":\"status\",\"code\":500",
    { FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED }, TRUE, FALSE },
  { "502", "\"kind\":\"status\",\"code\":502",
    { FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED }, TRUE, FALSE },
  { "503", "\"kind\":\"cos_error\",\"status\":503,\"code\":\"ServiceUnavailable\"",
    { BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY }, TRUE, FALSE },
  { "slow-down", "\"kind\":\"throttle\"",
    { BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY }, TRUE, FALSE },
  { "429", "\"kind\":\"throttle\",\"status\":429,\"retry_after\":1",
    { BUSY, BUSY, BUSY, BUSY, BUSY, BUSY, BUSY }, TRUE, FALSE },
  { "error-in-200", "\"kind\":\"cos_error\",\"status\":200,\"code\":\"InternalError\"",
    { FAILED, MALFORMED, MALFORMED, MALFORMED, MALFORMED, FAILED, DONE }, TRUE, FALSE },
  { "slow-down-in-200", "\"kind\":\"cos_error\",\"status\":200,\"code\":\"SlowDown\"",
    { BUSY, MALFORMED, MALFORMED, MALFORMED, MALFORMED, BUSY, DONE }, TRUE, FALSE },
  { "malformed", "\"kind\":\"malformed\"",
    { MALFORMED, NONE, MALFORMED, DONE, DONE, DONE, DONE }, FALSE, TRUE },
  { "log-in-page", "\"kind\":\"malformed\",\"body\":\"<html><body>Log in</body></html>\"",
    { MALFORMED, NONE, MALFORMED, DONE, DONE, DONE, DONE }, FALSE, TRUE },
  { "huge", "\"kind\":\"huge\",\"size\":20000000",
    { LARGE, NONE, MALFORMED, LARGE, LARGE, DONE, DONE }, FALSE, TRUE },
  { "301", "\"kind\":\"redirect\",\"code\":301,\"location\":\"http://127.0.0.1:9/\"",
    { REDIRECTED, REDIRECTED, REDIRECTED, REDIRECTED, REDIRECTED, REDIRECTED, REDIRECTED },
    FALSE, FALSE },
  { "302", "\"kind\":\"redirect\",\"code\":302,\"location\":\"http://127.0.0.1:9/\"",
    { REDIRECTED, REDIRECTED, REDIRECTED, REDIRECTED, REDIRECTED, REDIRECTED, REDIRECTED },
    FALSE, FALSE },
  { "307", "\"kind\":\"redirect\",\"code\":307,\"location\":\"http://127.0.0.1:9/\"",
    { REDIRECTED, REDIRECTED, REDIRECTED, REDIRECTED, REDIRECTED, REDIRECTED, REDIRECTED },
    FALSE, FALSE },
};

/* What may be repeated and met a connection that had been used before is sent once more by the
 * transport, which cannot tell that from a connection that was closed for being idle. */
static void
assert_count (guint         n,
              guint         wanted,
              GranaryReason reason)
{
  g_assert_cmpuint (n, >=, wanted);
  g_assert_cmpuint (n, <=, reason == BROKEN && wanted > 1 ? 2 * wanted : wanted);
}

/* The fault does not end. */
static void
test_always (GranaryCosFixture *fixture,
             gconstpointer      data)
{
  const Fault *fault = data;

  for (guint i = 0; i < GRANARY_COS_N_VERBS; i++)
    {
      const GranaryCosVerb *verb = &granary_cos_verbs[i];
      const GranaryReason reason = fault->reasons[verb->shape];
      const gboolean may_repeat = fault->is_passing && reason != MALFORMED && reason != DONE &&
                                  verb->shape != GRANARY_COS_SHAPE_STREAM &&
                                  !(verb->shape == GRANARY_COS_SHAPE_GET && fault->is_after &&
                                    g_str_equal (fault->name, "truncate"));
      g_auto (GranaryCosCase) self = { 0 };
      g_autoptr (GError) error = NULL;
      gboolean is_ok;
      guint n;

      if (reason == NONE)
        continue;

      g_test_message ("%s always, %s", fault->name, verb->action);
      granary_cos_case_begin (&self, fixture, verb);
      granary_cos_case_arm (&self, verb, fault->what, -1);
      is_ok = verb->call (&self, &error);
      n = granary_test_cloud_count (fixture->cloud, verb->action);

      if (reason == DONE)
        {
          g_assert_no_error (error);
          g_assert_true (is_ok);
          g_assert_cmpuint (n, ==, 1);
        }
      else
        {
          g_assert_false (is_ok);
          granary_cos_assert_reason (error, reason);
          assert_count (n, may_repeat ? ATTEMPTS : 1, reason);
        }
      if (verb->is_done != NULL && (fault->is_after || reason != DONE))
        g_assert_cmpint (verb->is_done (&self), ==, fault->is_after);
    }
}

/* It happens once: whatever may be repeated succeeds, and is done once. */
static void
test_once (GranaryCosFixture *fixture,
           gconstpointer      data)
{
  const Fault *fault = data;

  for (guint i = 0; i < GRANARY_COS_N_VERBS; i++)
    {
      const GranaryCosVerb *verb = &granary_cos_verbs[i];
      const GranaryReason reason = fault->reasons[verb->shape];
      g_auto (GranaryCosCase) self = { 0 };
      g_autoptr (GError) error = NULL;
      gboolean is_ok;
      guint n;

      if (!fault->is_passing || reason == MALFORMED || reason == DONE)
        continue;

      g_test_message ("%s once, %s", fault->name, verb->action);
      granary_cos_case_begin (&self, fixture, verb);
      granary_cos_case_arm (&self, verb, fault->what, 1);
      is_ok = verb->call (&self, &error);
      n = granary_test_cloud_count (fixture->cloud, verb->action);

      if (verb->shape == GRANARY_COS_SHAPE_STREAM ||
          (verb->shape == GRANARY_COS_SHAPE_GET && g_str_equal (fault->name, "truncate")))
        {
          g_assert_false (is_ok);
          granary_cos_assert_reason (error, reason);
          g_assert_true (granary_cos_error_is_passing (error));
          g_assert_cmpuint (n, ==, 1);
          g_clear_error (&error);
          is_ok = verb->call (&self, &error);
        }
      else
        {
          assert_count (n, 2, reason);
        }
      g_assert_no_error (error);
      g_assert_true (is_ok);
      if (verb->is_done != NULL)
        g_assert_true (verb->is_done (&self));
    }
}

/* A server that does not answer. */
static void
test_timeout (GranaryCosFixture *fixture,
              gconstpointer      data)
{
  for (guint i = 0; i < GRANARY_COS_N_VERBS; i++)
    {
      const GranaryCosVerb *verb = &granary_cos_verbs[i];
      g_auto (GranaryCosCase) self = { 0 };
      g_autoptr (GError) error = NULL;
      gboolean is_ok;

      g_test_message ("%s", verb->action);
      granary_cos_case_begin (&self, fixture, verb);
      granary_cos_client_set_timeout (self.client, 1);
      granary_cos_case_arm (&self, verb, "\"kind\":\"timeout\",\"seconds\":4", i == 0 ? -1 : 1);
      is_ok = verb->call (&self, &error);

      if (verb->shape == GRANARY_COS_SHAPE_STREAM || i == 0)
        {
          g_assert_false (is_ok);
          granary_cos_assert_reason (error, LATE);
          g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, verb->action), ==,
                            i == 0 ? ATTEMPTS : 1);
        }
      else
        {
          g_assert_no_error (error);
          g_assert_true (is_ok);
          g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, verb->action), ==, 2);
          if (verb->is_done != NULL)
            g_assert_true (verb->is_done (&self));
        }
    }
}

/* Nobody listens. */
static void
test_unreachable (GranaryCosFixture *fixture,
                  gconstpointer      data)
{
  g_autoptr (GranaryAccount) account = granary_account_copy (fixture->account);

  g_assert_true (granary_account_set_endpoint (account, GRANARY_CLOUD_COS, "http://127.0.0.1:9",
                                               NULL));
  for (guint i = 0; i < GRANARY_COS_N_VERBS; i++)
    {
      g_auto (GranaryCosCase) self = { 0 };
      g_autoptr (GError) error = NULL;
      guint before;

      granary_cos_case_begin (&self, fixture, &granary_cos_verbs[i]);
      g_set_object (&self.client, NULL);
      self.client = granary_cos_client_new (account, fixture->http);
      before = granary_http_get_n_sent (fixture->http);
      g_assert_false (granary_cos_verbs[i].call (&self, &error));
      granary_cos_assert_reason (error, GRANARY_REASON_HOST_UNREACHABLE);
      g_assert_cmpuint (granary_http_get_n_sent (fixture->http) - before, <=, ATTEMPTS);
    }
}

/* Faults of the account and the clock */

static void
use_key (GranaryCosFixture *fixture,
         const char        *id,
         const char        *key,
         const char        *token)
{
  g_autoptr (GranaryCredentials) credentials = granary_credentials_new (id, key, token);

  granary_account_set_credentials (fixture->account, credentials);
}

static guint
count_all (GranaryCosFixture *fixture)
{
  g_autoptr (JsonNode) log = granary_test_cloud_get_log (fixture->cloud);

  return json_array_get_length (json_node_get_array (log));
}

/* Each: sent once, or twice when HEAD has to find out why. */
static void
assert_refused (GranaryCosFixture    *fixture,
                const GranaryCosVerb *verb,
                GranaryCosCase       *self,
                GranaryReason         reason,
                const char           *subject)
{
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", verb->action);
  g_assert_false (verb->call (self, &error));
  granary_cos_assert_reason (error, reason);
  g_assert_cmpstr (granary_error_get_subject (error), ==, subject);
  g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, verb->action), <=, 1);
  g_assert_cmpuint (count_all (fixture), <=,
                    verb->shape == GRANARY_COS_SHAPE_HEAD ? 2 : 1);
}

static void
test_keys (GranaryCosFixture *fixture,
           gconstpointer      data)
{
  for (guint i = 0; i < GRANARY_COS_N_VERBS; i++)
    {
      const GranaryCosVerb *verb = &granary_cos_verbs[i];
      g_auto (GranaryCosCase) self = { 0 };
      g_autoptr (GError) error = NULL;

      granary_cos_case_begin (&self, fixture, verb);
      use_key (fixture, "AKIDNOBODY", "x", NULL);
      assert_refused (fixture, verb, &self, GRANARY_REASON_KEY_UNKNOWN, "Work");

      granary_test_cloud_tell (fixture->cloud, "{\"clear_log\":true}");
      use_key (fixture, GRANARY_TEST_CLOUD_SECRET_ID, "wrong", NULL);
      assert_refused (fixture, verb, &self, GRANARY_REASON_KEY_WRONG, "Work");

      granary_test_cloud_tell (fixture->cloud, "{\"clear_log\":true,\"expire_token\":true}");
      use_key (fixture, GRANARY_TEST_CLOUD_TEMPORARY_SECRET_ID,
               GRANARY_TEST_CLOUD_TEMPORARY_SECRET_KEY, GRANARY_TEST_CLOUD_TOKEN);
      assert_refused (fixture, verb, &self, GRANARY_REASON_TOKEN_EXPIRED, "Work");

      granary_test_cloud_tell (fixture->cloud, "{\"clear_log\":true,\"expire_token\":false}");
      g_assert_true (verb->call (&self, &error));
      g_assert_no_error (error);

      granary_test_cloud_tell (fixture->cloud, "{\"clear_log\":true}");
      granary_account_set_credentials (fixture->account, NULL);
      g_assert_false (verb->call (&self, &error));
      granary_cos_assert_reason (error, GRANARY_REASON_KEY_MISSING);
      g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, verb->action), ==, 0);

      use_key (fixture, GRANARY_TEST_CLOUD_SECRET_ID, GRANARY_TEST_CLOUD_SECRET_KEY, NULL);
    }
}

static void
test_forbidden (GranaryCosFixture *fixture,
                gconstpointer      data)
{
  for (guint i = 0; i < GRANARY_COS_N_VERBS; i++)
    {
      const GranaryCosVerb *verb = &granary_cos_verbs[i];
      g_autofree char *subject = g_strconcat ("cos:", verb->action, NULL);
      g_auto (GranaryCosCase) self = { 0 };

      granary_cos_case_begin (&self, fixture, verb);
      use_key (fixture, GRANARY_TEST_CLOUD_READ_ONLY_SECRET_ID,
               GRANARY_TEST_CLOUD_READ_ONLY_SECRET_KEY, NULL);
      if (verb->is_write)
        assert_refused (fixture, verb, &self, GRANARY_REASON_ACTION_FORBIDDEN, subject);
      else
        g_assert_true (verb->call (&self, NULL));
      use_key (fixture, GRANARY_TEST_CLOUD_SECRET_ID, GRANARY_TEST_CLOUD_SECRET_KEY, NULL);
    }
}

static void
test_clock (GranaryCosFixture *fixture,
            gconstpointer      data)
{
  static const int skews[] = { 7200, -7200 };

  for (guint i = 0; i < GRANARY_COS_N_VERBS * G_N_ELEMENTS (skews); i++)
    {
      const GranaryCosVerb *verb = &granary_cos_verbs[i / 2];
      g_auto (GranaryCosCase) self = { 0 };
      g_autoptr (GError) error = NULL;
      gboolean is_ok;

      g_test_message ("%s, %d s", verb->action, skews[i % 2]);
      granary_cos_case_begin (&self, fixture, verb);
      granary_test_cloud_tell (fixture->cloud, "{\"clock_skew\":%d}", skews[i % 2]);
      /* What will be made in an hour is in no list. */
      if (!verb->is_write)
        granary_test_cloud_tell (fixture->cloud,
                                 "{\"put_object\":{\"bucket\":\"" BUCKET "\",\"key\":\"%s\","
                                 "\"text\":\"" TEXT "\"}}", self.place->key);
      is_ok = verb->call (&self, &error);
      if (verb->shape == GRANARY_COS_SHAPE_STREAM)
        {
          /* The next attempt of its maker knows the time. */
          g_assert_false (is_ok);
          granary_cos_assert_reason (error, GRANARY_REASON_CLOCK_SKEWED);
          g_assert_true (granary_cos_error_is_passing (error));
          g_clear_error (&error);
          is_ok = verb->call (&self, &error);
        }
      g_assert_no_error (error);
      g_assert_true (is_ok);
      g_assert_cmpuint (granary_test_cloud_count (fixture->cloud, verb->action), ==, 2);

      granary_test_cloud_tell (fixture->cloud, "{\"clear_log\":true}");
      g_assert_cmpint (ABS (granary_clock_now (granary_cos_client_get_clock (self.client)) -
                            g_get_real_time () / G_USEC_PER_SEC - skews[i % 2]), <=, 2);
    }
}

/* Things that are gone */

static void
test_upload_gone (GranaryCosFixture *fixture,
                  gconstpointer      data)
{
  for (guint i = 0; i < GRANARY_COS_N_VERBS; i++)
    {
      const GranaryCosVerb *verb = &granary_cos_verbs[i];
      g_auto (GranaryCosCase) self = { 0 };
      g_autofree char *subject = NULL;
      g_autoptr (GError) error = NULL;

      if (!verb->has_upload || i == GRANARY_COS_VERB_LIST_UPLOADS)
        continue;

      granary_cos_case_begin (&self, fixture, verb);
      granary_test_cloud_tell (fixture->cloud,
                               "{\"drop_upload\":{\"bucket\":\"" BUCKET "\",\"key\":\"%s\"}}",
                               self.place->key);
      if (i == GRANARY_COS_VERB_ABORT)
        {
          g_assert_true (verb->call (&self, &error));
          g_assert_no_error (error);
          continue;
        }
      subject = g_strconcat (BUCKET "/", self.place->key, NULL);
      assert_refused (fixture, verb, &self, GRANARY_REASON_UPLOAD_VANISHED, subject);
    }
}

static void
test_bucket_gone (GranaryCosFixture *fixture,
                  gconstpointer      data)
{
  for (guint i = 0; i < GRANARY_COS_N_VERBS; i++)
    {
      const GranaryCosVerb *verb = &granary_cos_verbs[i];
      g_auto (GranaryCosCase) self = { 0 };

      if (!verb->has_bucket)
        continue;

      granary_cos_case_begin (&self, fixture, verb);
      granary_test_cloud_tell (fixture->cloud, "{\"delete_bucket\":\"" BUCKET "\"}");
      assert_refused (fixture, verb, &self, GRANARY_REASON_BUCKET_MISSING, BUCKET);
      granary_test_cloud_tell (fixture->cloud, "{\"make_bucket\":{\"name\":\"" BUCKET "\"}}");
    }
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_setenv ("GRANARY_RETRY_SCALE", "0.001", TRUE);
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, func) \
  g_test_add ("/cos-faults/" path, GranaryCosFixture, NULL, granary_cos_fixture_set_up, func, \
              granary_cos_fixture_tear_down)
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *always = g_strdup_printf ("/cos-faults/always/%s", faults[i].name);
      g_autofree char *once = g_strdup_printf ("/cos-faults/once/%s", faults[i].name);

      g_test_add (always, GranaryCosFixture, &faults[i], granary_cos_fixture_set_up, test_always,
                  granary_cos_fixture_tear_down);
      if (faults[i].is_passing)
        g_test_add (once, GranaryCosFixture, &faults[i], granary_cos_fixture_set_up, test_once,
                    granary_cos_fixture_tear_down);
    }
  ADD ("timeout", test_timeout);
  ADD ("unreachable", test_unreachable);
  ADD ("keys", test_keys);
  ADD ("forbidden", test_forbidden);
  ADD ("clock", test_clock);
  ADD ("upload-gone", test_upload_gone);
  ADD ("bucket-gone", test_bucket_gone);
#undef ADD

  return g_test_run ();
}
