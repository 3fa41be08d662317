/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The verbs of the embedded host of services, against a granary-serviced that answers what a test
 * wants. */

#include "config.h"

#include "local-services-test.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-serviced-client.h"

static char *
publish_in (ServicesTest    *self,
            const char      *group_uid,
            const char      *name,
            GranaryTransfer *transfer,
            GError         **error)
{
  g_autoptr (GranaryPublishProfile) profile = granary_publish_profile_new ();
  g_autoptr (GranaryPublishRequest) request = NULL;
  g_autoptr (GranaryTransfer) own = transfer != NULL
                                    ? g_object_ref (transfer)
                                    : granary_transfer_new (GRANARY_TRANSFER_IMPORT, "digits v1");
  g_autoptr (GAsyncResult) result = NULL;
  char *uid;

  request = granary_publish_request_new (self->version_id, group_uid, name, profile);
  granary_service_host_publish_async (self->host, request, own, services_test_result_cb, &result);
  uid = granary_service_host_publish_finish (self->host, services_test_wait (&result), error);
  /* It is over when it is reported. */
  g_assert_cmpint (granary_transfer_get_state (own), >=, GRANARY_TRANSFER_DONE);
  g_assert_cmpint (granary_transfer_get_state (own), <=, GRANARY_TRANSFER_CANCELLED);

  return uid;
}

static char *
publish (ServicesTest *self,
         GError      **error)
{
  return publish_in (self, NULL, "digits", NULL, error);
}

static gboolean
act (ServicesTest        *self,
     const char          *uid,
     GranaryServiceAction action,
     GError             **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  granary_service_host_act_async (self->host, uid, action, NULL, NULL, services_test_result_cb,
                                  &result);
  return granary_service_host_act_finish (self->host, services_test_wait (&result), error);
}

/* Tests: verbs */

static void
test_verbs (ServicesTest *self,
            gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *uid = NULL;
  g_autofree char *second = NULL;
  g_autoptr (GranaryService) service = NULL;

  services_test_start_daemon (self, FAULT_NONE);
  uid = publish (self, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (uid, ==, "svc-new");

  g_assert_true (act (self, uid, GRANARY_SERVICE_STOP, &error));
  g_assert_no_error (error);
  service = services_test_load (self->place.catalog, uid);
  g_assert_cmpint (service->state, ==, GRANARY_SERVICE_STOPPED);
  g_assert_true (act (self, uid, GRANARY_SERVICE_START, &error));
  g_assert_true (act (self, uid, GRANARY_SERVICE_UPDATE, &error));
  g_assert_true (act (self, uid, GRANARY_SERVICE_REMOVE, &error));
  g_assert_no_error (error);
  g_clear_pointer (&service, granary_service_unref);
  service = services_test_load (self->place.catalog, uid);
  g_assert_null (service);

  second = publish_in (self, "grp-a", NULL, NULL, &error);
  g_assert_no_error (error);
  service = services_test_load (self->place.catalog, second);
  g_assert_cmpstr (service->group_uid, ==, "grp-a");
}

/* Nobody is asked about what cannot be. */
static void
test_refused_here (ServicesTest *self,
                   gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *uid = NULL;

  services_test_start_daemon (self, FAULT_NONE);
  uid = publish_in (self, NULL, "no spaces", NULL, &error);
  g_assert_null (uid);
  granary_assert_reason (error, GRANARY_REASON_SERVICE_NAME_INVALID);
  g_clear_error (&error);
  g_assert_false (act (self, "svc-none", GRANARY_SERVICE_START, &error));
  granary_assert_reason (error, GRANARY_REASON_SERVICE_MISSING);
  g_assert_cmpint (g_atomic_int_get (&self->daemon.n_connections), ==, 0);
}

static void
test_fault (ServicesTest *self,
            gconstpointer data)
{
  static const struct
  {
    GranaryReason publish;
    gboolean      done;
  } outcomes[] = {
    [FAULT_VERSION] = { GRANARY_REASON_SUPERVISOR_OTHER, FALSE },
    [FAULT_OLDER] = { GRANARY_REASON_NONE, TRUE },
    [FAULT_HELLO_ENDS] = { GRANARY_REASON_NONE, TRUE },
    [FAULT_GARBAGE] = { GRANARY_REASON_RESPONSE_MALFORMED, FALSE },
    [FAULT_ENDLESS] = { GRANARY_REASON_RESPONSE_MALFORMED, FALSE },
    [FAULT_OTHERS_FIRST] = { GRANARY_REASON_NONE, TRUE },
    [FAULT_REFUSES] = { GRANARY_REASON_SERVICE_STATE, FALSE },
    [FAULT_BAD_ERROR] = { GRANARY_REASON_RESPONSE_MALFORMED, FALSE },
    [FAULT_NO_UID] = { GRANARY_REASON_RESPONSE_MALFORMED, FALSE },
    [FAULT_ENDS] = { GRANARY_REASON_OUTCOME_UNKNOWN, FALSE },
    [FAULT_ENDS_DONE] = { GRANARY_REASON_NONE, TRUE },
    [FAULT_DIES] = { GRANARY_REASON_SUPERVISOR_UNREACHABLE, FALSE },
    [FAULT_DIES_DONE] = { GRANARY_REASON_NONE, TRUE },
  };
  const Fault fault = GPOINTER_TO_INT (data);
  g_autoptr (GError) error = NULL;
  g_autofree char *uid = NULL;

  services_test_start_daemon (self, fault);
  uid = publish (self, &error);
  if (outcomes[fault].done)
    {
      g_assert_no_error (error);
      g_assert_cmpstr (uid, ==, "svc-new");
    }
  else
    {
      g_assert_null (uid);
      granary_assert_reason (error, outcomes[fault].publish);
    }
  /* Whatever became of it, it was asked for once. */
  g_assert_cmpint (g_atomic_int_get (&self->daemon.n_publishes), ==,
                   fault == FAULT_VERSION ? 0 : 1);
}

/* An answer that was lost is told from what the catalogue says. */
static void
test_lost (ServicesTest *self,
           gconstpointer data)
{
  const Fault fault = GPOINTER_TO_INT (data);
  const gboolean done = fault == FAULT_ENDS_DONE || fault == FAULT_DIES_DONE;
  const GranaryReason reason = fault == FAULT_ENDS ? GRANARY_REASON_OUTCOME_UNKNOWN
                                                   : GRANARY_REASON_SUPERVISOR_UNREACHABLE;
  static const GranaryServiceAction actions[] = {
    GRANARY_SERVICE_STOP, GRANARY_SERVICE_START, GRANARY_SERVICE_UPDATE, GRANARY_SERVICE_REMOVE,
  };

  services_test_add (self->place.catalog, self->version_id, "svc-a", "grp-a", "digits");
  services_test_start_daemon (self, fault);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean result = act (self, "svc-a", actions[i], &error);

      g_test_message ("action %u", i);
      if (done)
        {
          g_assert_no_error (error);
          g_assert_true (result);
        }
      else
        {
          g_assert_false (result);
          granary_assert_reason (error, reason);
        }
    }
}

static gboolean
cancel_cb (gpointer data)
{
  gpointer *both = data;
  Daemon *daemon = both[0];

  if (!g_atomic_int_get (&daemon->waits))
    return G_SOURCE_CONTINUE;

  granary_transfer_cancel (both[1]);
  return G_SOURCE_REMOVE;
}

static void
test_cancel (ServicesTest *self,
             gconstpointer data)
{
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, "digits");
  gpointer both[] = { &self->daemon, transfer };
  g_autoptr (GError) error = NULL;
  g_autofree char *uid = NULL;

  services_test_start_daemon (self, FAULT_WAITS);
  g_timeout_add (5, cancel_cb, both);
  uid = publish_in (self, NULL, "digits", transfer, &error);
  g_assert_null (uid);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_atomic_int_get (&self->daemon.n_cancels), ==, 1);
  g_assert_cmpint (granary_transfer_get_state (transfer), ==, GRANARY_TRANSFER_CANCELLED);
}

static gpointer
cancel_thread (gpointer data)
{
  gpointer *both = data;
  Daemon *daemon = both[0];

  while (!g_atomic_int_get (&daemon->waits))
    g_usleep (5000);
  g_cancellable_cancel (both[1]);
  return NULL;
}

/* A snapshot takes as long as its files do: no limit ends the waiting for it, as one does for other
 * verbs. */
static void
test_update_takes_time (ServicesTest *self,
                        gconstpointer data)
{
  static const struct
  {
    const char *verb;
    gboolean    has_limit;
  } verbs[] = { { "update", FALSE }, { "publish", FALSE }, { "start", TRUE } };

  g_setenv ("GRANARY_RETRY_SCALE", "0", TRUE);
  services_test_start_daemon (self, FAULT_WAITS);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      gpointer both[] = { &self->daemon, cancellable };
      g_autoptr (GranaryServicedClient) client = NULL;
      g_autoptr (JsonNode) answer = NULL;
      g_autoptr (GError) error = NULL;
      GThread *thread = NULL;

      g_atomic_int_set (&self->daemon.waits, FALSE);
      client = granary_serviced_client_open (self->place.root, NULL, &error);
      g_assert_no_error (error);
      if (!verbs[i].has_limit)
        thread = g_thread_new ("cancel", cancel_thread, both);
      answer = granary_serviced_client_call (client, verbs[i].verb, NULL, cancellable, &error);
      if (thread != NULL)
        g_thread_join (thread);
      g_assert_null (answer);
      if (verbs[i].has_limit)
        granary_assert_reason (error, GRANARY_REASON_NO_ANSWER_IN_TIME);
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  g_unsetenv ("GRANARY_RETRY_SCALE");
}

/* Called off before its turn: nobody is asked. */
static void
test_cancelled_before (ServicesTest *self,
                       gconstpointer data)
{
  g_autoptr (GranaryTransfer) transfer = granary_transfer_new (GRANARY_TRANSFER_IMPORT, "digits");
  g_autoptr (GError) error = NULL;
  g_autofree char *uid = NULL;

  services_test_start_daemon (self, FAULT_NONE);
  granary_transfer_cancel (transfer);
  uid = publish_in (self, NULL, "digits", transfer, &error);
  g_assert_null (uid);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_atomic_int_get (&self->daemon.n_connections), ==, 0);
}

static gboolean
refresh (ServicesTest *self,
         GError      **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  granary_service_host_refresh_async (self->host, NULL, services_test_result_cb, &result);
  return granary_service_host_refresh_finish (self->host, services_test_wait (&result), error);
}

/* Where nothing is meant to run, nobody is needed; else somebody who tells what it does. */
static void
test_refresh (ServicesTest  *self,
              gconstpointer  data)
{
  g_autoptr (GranaryService) service = NULL;
  g_autoptr (GError) error = NULL;

  g_setenv ("GRANARY_SERVICED", "/nowhere/granary-serviced", TRUE);
  g_assert_true (refresh (self, &error));
  g_assert_no_error (error);

  services_test_add (self->place.catalog, self->version_id, "svc-a", "grp-a", "digits");
  service = services_test_load (self->place.catalog, "svc-a");
  service->is_wanted = FALSE;
  service->state = GRANARY_SERVICE_STOPPED;
  services_test_put (self->place.catalog, service);
  g_assert_true (refresh (self, &error));
  g_assert_no_error (error);

  /* Said to run, though nobody runs it. */
  service->state = GRANARY_SERVICE_RUNNING;
  services_test_put (self->place.catalog, service);
  g_assert_false (refresh (self, &error));
  granary_assert_reason (error, GRANARY_REASON_SUPERVISOR_UNREACHABLE);
  g_clear_error (&error);

  services_test_start_daemon (self, FAULT_NONE);
  g_assert_true (refresh (self, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_atomic_int_get (&self->daemon.n_connections), ==, 1);
}

/* A program that ends at once, and one that is not there. */
static void
test_unreachable (ServicesTest *self,
                  gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *uid = NULL;

  g_setenv ("GRANARY_SERVICED", "/nowhere/granary-serviced", TRUE);
  uid = publish (self, &error);
  g_assert_null (uid);
  granary_assert_reason (error, GRANARY_REASON_SUPERVISOR_UNREACHABLE);
  g_clear_error (&error);

  g_setenv ("GRANARY_SERVICED", "/bin/true", TRUE);
  uid = publish (self, &error);
  g_assert_null (uid);
  granary_assert_reason (error, GRANARY_REASON_SUPERVISOR_UNREACHABLE);
}

static void
test_started (ServicesTest *self,
              gconstpointer data)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *report = g_build_filename (self->place.root, "report", NULL);
  g_autofree char *text = NULL;
  g_autofree char *uid = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_setenv ("GRANARY_SERVICED", program, TRUE);
  g_setenv (PROGRAM, "1", TRUE);
  g_setenv ("TENCENTCLOUD_SECRET_KEY", "a-secret", TRUE);
  uid = publish (self, &error);
  g_unsetenv (PROGRAM);
  g_unsetenv ("TENCENTCLOUD_SECRET_KEY");
  g_assert_null (uid);
  granary_assert_reason (error, GRANARY_REASON_SERVICE_STATE);

  text = granary_test_read (report);
  g_assert_cmpstr (text, ==, "session 1\nquiet 1\nsecret none\n");
  /* It is no child of ours. */
  g_assert_cmpint (waitpid (-1, &status, WNOHANG), ==, -1);
  g_assert_cmpint (errno, ==, ECHILD);
}

static void
test_read_only (ServicesTest *self,
                gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->place.root, "catalog.db", NULL);
  g_autoptr (GranaryPublishOptions) options = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uid = NULL;

  services_test_add (self->place.catalog, self->version_id, "svc-a", "grp-a", "digits");
  if (geteuid () == 0)
    {
      /* Permissions do not hold root back: there is no other way to have it opened read-only, but
       * a repository that went away is refused in the same place. */
      g_autofree char *away = g_strconcat (path, ".away", NULL);

      g_assert_cmpint (g_rename (path, away), ==, 0);
      services_test_start_daemon (self, FAULT_NONE);
      uid = publish (self, &error);
      g_assert_null (uid);
      granary_assert_reason (error, GRANARY_REASON_REPOSITORY_GONE);
      g_clear_error (&error);
      g_assert_false (act (self, "svc-a", GRANARY_SERVICE_STOP, &error));
      granary_assert_reason (error, GRANARY_REASON_REPOSITORY_GONE);
      g_assert_cmpint (g_atomic_int_get (&self->daemon.n_connections), ==, 0);
      g_assert_cmpint (g_rename (away, path), ==, 0);
      return;
    }

  granary_test_place_close (&self->place);
  g_assert_cmpint (g_chmod (self->place.root, 0500), ==, 0);
  granary_test_place_open (&self->place, services_test_open);
  self->host = granary_connection_get_service_host (self->place.connection);
  services_test_start_daemon (self, FAULT_NONE);
  uid = publish (self, &error);
  g_assert_null (uid);
  granary_assert_reason (error, GRANARY_REASON_READ_ONLY);
  g_clear_error (&error);
  g_assert_false (act (self, "svc-a", GRANARY_SERVICE_STOP, &error));
  granary_assert_reason (error, GRANARY_REASON_READ_ONLY);
  g_clear_error (&error);
  options = services_test_prepare (self, NULL, &error);
  g_assert_no_error (error);
  granary_assert_reason (options->problem, GRANARY_REASON_READ_ONLY);
  g_assert_cmpint (g_atomic_int_get (&self->daemon.n_connections), ==, 0);
  g_assert_cmpint (g_chmod (self->place.root, 0700), ==, 0);
}

static void
add_tests (void)
{
  static const struct
  {
    const char *name;
    void      (*func) (ServicesTest       *self,
                       gconstpointer  data);
  } tests[] = {
    { "verbs", test_verbs },
    { "refused-here", test_refused_here },
    { "cancel", test_cancel },
    { "update-takes-time", test_update_takes_time },
    { "cancelled-before", test_cancelled_before },
    { "refresh", test_refresh },
    { "unreachable", test_unreachable },
    { "started", test_started },
    { "read-only", test_read_only },
  };
  static const struct
  {
    const char *name;
    Fault       fault;
  } faults[] = {
    { "version", FAULT_VERSION },
    { "older", FAULT_OLDER },
    { "hello-ends", FAULT_HELLO_ENDS },
    { "garbage", FAULT_GARBAGE },
    { "endless", FAULT_ENDLESS },
    { "others-first", FAULT_OTHERS_FIRST },
    { "refuses", FAULT_REFUSES },
    { "bad-error", FAULT_BAD_ERROR },
    { "no-uid", FAULT_NO_UID },
    { "ends", FAULT_ENDS },
    { "ends-done", FAULT_ENDS_DONE },
    { "dies", FAULT_DIES },
    { "dies-done", FAULT_DIES_DONE },
  };
  static const Fault losses[] = { FAULT_ENDS, FAULT_ENDS_DONE, FAULT_DIES, FAULT_DIES_DONE };
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/local-services/", tests[i].name, NULL);

      g_test_add (path, ServicesTest, NULL, services_test_set_up, tests[i].func,
                  services_test_tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = g_strconcat ("/local-services/fault/", faults[i].name, NULL);

      g_test_add (path, ServicesTest, GINT_TO_POINTER (faults[i].fault), services_test_set_up,
                  test_fault, services_test_tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (losses); i++)
    {
      g_autofree char *path = g_strdup_printf ("/local-services/lost/%u", i);

      g_test_add (path, ServicesTest, GINT_TO_POINTER (losses[i]), services_test_set_up, test_lost,
                  services_test_tear_down);
    }
}

int
main (int   argc,
      char *argv[])
{
  return services_test_main (argc, argv, add_tests);
}
