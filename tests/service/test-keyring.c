/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-error.h"
#include "granary-keyring.h"

#include <gio/gio.h>
#include <libsecret/secret.h>
#include <signal.h>
#include <string.h>

/* A session bus of its own, on which nothing is started by itself, and on it a keyring daemon whose
 * folders are those of the test. */

#define PASSWORD "test"
#define PATIENCE_MS 20000
#define SECRETS "org.freedesktop.secrets"

typedef struct
{
  GTestDBus       *bus;
  GSubprocess     *daemon;
  GDBusConnection *connection;
} Fixture;

typedef struct
{
  GAsyncResult *result;
  gboolean      is_late;
} Wait;

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

static GAsyncResult *
wait_for (Wait *wait)
{
  guint timeout = g_timeout_add (PATIENCE_MS, late_cb, &wait->is_late);

  while (wait->result == NULL && !wait->is_late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (wait->is_late);
  g_source_remove (timeout);

  return wait->result;
}

static GranaryCredentials *
load (GranaryAccount  *account,
      GError         **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  granary_keyring_load_async (account, NULL, wait_cb, &wait);
  result = wait_for (&wait);
  return granary_keyring_load_finish (result, error);
}

static gboolean
store (GranaryAccount      *account,
       GranaryCredentials  *credentials,
       GError             **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  granary_keyring_store_async (account, credentials, NULL, wait_cb, &wait);
  result = wait_for (&wait);
  return granary_keyring_store_finish (result, error);
}

static gboolean
remove_key (GranaryAccount  *account,
            GError         **error)
{
  Wait wait = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  granary_keyring_remove_async (account, NULL, wait_cb, &wait);
  result = wait_for (&wait);
  return granary_keyring_remove_finish (result, error);
}

static gboolean
service_is_there (Fixture *fixture)
{
  g_autoptr (GVariant) answer = NULL;
  gboolean there;

  answer = g_dbus_connection_call_sync (fixture->connection, "org.freedesktop.DBus",
                                        "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                        "NameHasOwner", g_variant_new ("(s)", SECRETS), NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (answer);
  g_variant_get (answer, "(b)", &there);
  return there;
}

/* Starts the daemon, unlocked. */
static void
start_daemon (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *control = g_build_filename (g_get_user_runtime_dir (), "keyring", NULL);
  g_autofree char *control_option = g_strdup_printf ("--control-directory=%s", control);
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  gboolean is_late = FALSE;
  guint timeout;
  GOutputStream *input;

  g_assert_cmpint (g_mkdir_with_parents (control, 0700), ==, 0);
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE |
                                        G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                        G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_subprocess_launcher_setenv (launcher, "HOME", g_get_user_data_dir (), TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", g_get_user_data_dir (), TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", g_get_user_runtime_dir (), TRUE);
  g_subprocess_launcher_unsetenv (launcher, "DISPLAY");
  /* Warnings of the daemon are its own. */
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  fixture->daemon = g_subprocess_launcher_spawn (launcher, &error, "gnome-keyring-daemon",
                                                 "--foreground", "--components=secrets",
                                                 "--unlock", control_option, NULL);
  g_assert_no_error (error);
  input = g_subprocess_get_stdin_pipe (fixture->daemon);
  g_assert_true (g_output_stream_write_all (input, PASSWORD, strlen (PASSWORD), NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (input, NULL, NULL));

  timeout = g_timeout_add (PATIENCE_MS, late_cb, &is_late);
  while (!service_is_there (fixture))
    {
      g_assert_false (is_late);
      g_usleep (20 * 1000);
      g_main_context_iteration (NULL, FALSE);
    }
  g_source_remove (timeout);
}

static void
stop_daemon (Fixture *fixture)
{
  if (fixture->daemon == NULL)
    return;

  g_subprocess_send_signal (fixture->daemon, SIGTERM);
  g_assert_true (g_subprocess_wait (fixture->daemon, NULL, NULL));
  g_clear_object (&fixture->daemon);
  while (service_is_there (fixture))
    g_usleep (20 * 1000);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Locks every keyring, as the desktop does when the screen stays locked for long. */
static void
lock (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) service =
    secret_service_get_sync (SECRET_SERVICE_LOAD_COLLECTIONS, NULL, &error);
  GList *collections;
  int n_locked;

  g_assert_no_error (error);
  collections = secret_service_get_collections (service);
  g_assert_nonnull (collections);
  n_locked = secret_service_lock_sync (service, collections, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (n_locked, >, 0);
  g_list_free_full (collections, g_object_unref);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  with_daemon)
{
  g_autoptr (GError) error = NULL;

  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  if (GPOINTER_TO_INT (with_daemon))
    start_daemon (fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  stop_daemon (fixture);
  secret_service_disconnect ();
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&fixture->connection);
  g_test_dbus_down (fixture->bus);
  g_object_unref (fixture->bus);
}

static void
assert_reason (GError        **error,
               GranaryReason   reason)
{
  g_assert_nonnull (*error);
  g_test_message ("%s", (*error)->message);
  g_assert_error (*error, GRANARY_ERROR, GRANARY_ERROR_AUTH_REQUIRED);
  g_assert_cmpint (granary_error_get_reason (*error), ==, reason);
  g_assert_cmpstr (granary_error_get_subject (*error), ==, "work");
  g_clear_error (error);
}

static void
test_round_trip (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GranaryAccount) account = granary_account_new ("work", "uid-1", "ap-guangzhou");
  g_autoptr (GranaryAccount) other = granary_account_new ("other", "uid-2", "ap-guangzhou");
  g_autoptr (GranaryCredentials) first = granary_credentials_new ("AKID1", "key-1", NULL);
  g_autoptr (GranaryCredentials) second = granary_credentials_new ("AKID2", "k\"e\\y", "token");
  g_autoptr (GranaryCredentials) loaded = NULL;
  g_autoptr (GranaryCredentials) of_other = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (load (account, &error));
  assert_reason (&error, GRANARY_REASON_KEY_MISSING);

  store (account, first, &error);
  g_assert_no_error (error);
  store (other, first, &error);
  g_assert_no_error (error);
  store (account, second, &error);
  g_assert_no_error (error);

  loaded = load (account, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (loaded->secret_id, ==, "AKID2");
  g_assert_cmpstr (loaded->secret_key, ==, "k\"e\\y");
  g_assert_cmpstr (loaded->token, ==, "token");

  /* The one is removed, the other stays; twice is no error. */
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (remove_key (account, &error));
      g_assert_no_error (error);
    }
  g_assert_null (load (account, &error));
  assert_reason (&error, GRANARY_REASON_KEY_MISSING);
  of_other = load (other, &error);
  g_assert_no_error (error);
  g_assert_null (of_other->token);
}

/* How the item looks to other programs: seahorse shows the label, secret-tool finds it. */
static void
test_item (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GranaryAccount) account = granary_account_new ("work", "uid-1", "ap-guangzhou");
  g_autoptr (GranaryCredentials) key = granary_credentials_new ("AKID1", "key-1", "t");
  g_autoptr (GSubprocess) tool = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  g_autofree char *about = NULL;

  store (account, key, &error);
  g_assert_no_error (error);
  tool = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error,
                           "secret-tool", "search", "xdg:schema", "io.github.granary.Granary.Key",
                           "connection", "uid-1", NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (tool, NULL, NULL, &out, &about, &error));
  g_assert_nonnull (strstr (out, "label = Granary: work\n"));
  g_assert_nonnull (strstr (out, "secret = {\"secret_id\":\"AKID1\",\"secret_key\":\"key-1\","
                                 "\"token\":\"t\"}\n"));
}

/* Something else under our name is not taken for a key. */
static void
test_foreign (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GranaryAccount) account = granary_account_new ("work", "uid-1", "ap-guangzhou");
  g_autoptr (GSubprocess) tool = NULL;
  g_autoptr (GError) error = NULL;

  tool = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, "secret-tool", "store",
                           "--label=Granary: work", "xdg:schema", "io.github.granary.Granary.Key",
                           "connection", "uid-1", NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (tool, "{\"secret_id\":1}", NULL, NULL, NULL,
                                                &error));
  g_assert_true (g_subprocess_get_successful (tool));

  g_assert_null (load (account, &error));
  assert_reason (&error, GRANARY_REASON_KEY_MISSING);
}

/* Locked, and nobody there who would enter the password: the prompt counts as dismissed. */
static void
test_locked (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GranaryAccount) account = granary_account_new ("work", "uid-1", "ap-guangzhou");
  g_autoptr (GranaryCredentials) key = granary_credentials_new ("AKID1", "key-1", NULL);
  g_autoptr (GError) error = NULL;

  store (account, key, &error);
  g_assert_no_error (error);
  lock ();

  g_assert_null (load (account, &error));
  assert_reason (&error, GRANARY_REASON_KEYRING_LOCKED);
  g_assert_false (store (account, key, &error));
  assert_reason (&error, GRANARY_REASON_KEYRING_LOCKED);
  g_assert_false (remove_key (account, &error));
  assert_reason (&error, GRANARY_REASON_KEYRING_LOCKED);
}

static void
test_missing (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GranaryAccount) account = granary_account_new ("work", "uid-1", "ap-guangzhou");
  g_autoptr (GranaryCredentials) key = granary_credentials_new ("AKID1", "key-1", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (load (account, &error));
  assert_reason (&error, GRANARY_REASON_KEYRING_MISSING);
  g_assert_false (store (account, key, &error));
  assert_reason (&error, GRANARY_REASON_KEYRING_MISSING);
  g_assert_false (remove_key (account, &error));
  assert_reason (&error, GRANARY_REASON_KEYRING_MISSING);

  /* It is looked for anew each time. */
  start_daemon (fixture);
  store (account, key, &error);
  g_assert_no_error (error);
  stop_daemon (fixture);
  g_assert_null (load (account, &error));
  assert_reason (&error, GRANARY_REASON_KEYRING_MISSING);
  start_daemon (fixture);
  g_clear_pointer (&key, granary_credentials_unref);
  key = load (account, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (key->secret_key, ==, "key-1");
}

static void
test_cancelled (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GranaryAccount) account = granary_account_new ("work", "uid-1", "ap-guangzhou");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Wait wait = { NULL };

  granary_keyring_load_async (account, cancellable, wait_cb, &wait);
  g_cancellable_cancel (cancellable);
  result = wait_for (&wait);
  g_assert_null (granary_keyring_load_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(path, with_daemon, func) \
  g_test_add (path, Fixture, GINT_TO_POINTER (with_daemon), set_up, func, tear_down)
  ADD ("/keyring/round-trip", TRUE, test_round_trip);
  ADD ("/keyring/item", TRUE, test_item);
  ADD ("/keyring/foreign", TRUE, test_foreign);
  ADD ("/keyring/locked", TRUE, test_locked);
  ADD ("/keyring/missing", FALSE, test_missing);
  ADD ("/keyring/cancelled", TRUE, test_cancelled);
#undef ADD

  return g_test_run ();
}
