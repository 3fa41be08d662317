/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "granary-connection-status.h"
#include "granary-error.h"

static void
settle (void)
{
  gint64 until = g_get_monotonic_time () + 150 * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < until)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (500);
    }
}

static GError *
new_error (GranaryError code)
{
  GError *error = NULL;

  granary_set_error (&error, code, GRANARY_REASON_NONE, "it", "it went wrong");
  return error;
}

static void
count_cb (GObject    *object,
          GParamSpec *pspec,
          gpointer    user_data)
{
  ++*(guint *) user_data;
}

static void
test_success (void)
{
  g_autoptr (GranaryConnectionStatus) status = granary_connection_status_new (1000);
  guint n_states = 0;
  guint n_refreshed = 0;

  g_signal_connect (status, "notify::state", G_CALLBACK (count_cb), &n_states);
  g_signal_connect (status, "notify::refreshed", G_CALLBACK (count_cb), &n_refreshed);
  g_assert_cmpint (granary_connection_status_get_state (status), ==, GRANARY_CONNECTION_FRESH);
  g_assert_cmpint (granary_connection_status_get_refreshed (status), ==, 1000);

  granary_connection_status_begin (status);
  g_assert_cmpint (granary_connection_status_get_state (status), ==, GRANARY_CONNECTION_FRESH);
  settle ();
  g_assert_cmpint (granary_connection_status_get_state (status), ==,
                   GRANARY_CONNECTION_REFRESHING);
  g_assert_cmpfloat (granary_connection_status_get_progress (status), ==, -1);
  granary_connection_status_set_progress (status, 0.5);
  settle ();
  g_assert_cmpfloat (granary_connection_status_get_progress (status), ==, 0.5);

  granary_connection_status_end (status, 2000, NULL);
  settle ();
  g_assert_cmpint (granary_connection_status_get_state (status), ==, GRANARY_CONNECTION_FRESH);
  g_assert_cmpint (granary_connection_status_get_refreshed (status), ==, 2000);
  g_assert_cmpfloat (granary_connection_status_get_progress (status), ==, -1);
  g_assert_null (granary_connection_status_get_error (status));
  g_assert_cmpuint (n_states, ==, 2);
  g_assert_cmpuint (n_refreshed, ==, 1);
}

/* What the error says decides; what says nothing about the service leaves the state of before. */
static void
test_errors (void)
{
  static const struct
  {
    GranaryError           code;
    GranaryConnectionState state;
  } cases[] = {
    { GRANARY_ERROR_NETWORK, GRANARY_CONNECTION_OFFLINE },
    { GRANARY_ERROR_BAD_RESPONSE, GRANARY_CONNECTION_OFFLINE },
    { GRANARY_ERROR_AUTH_REQUIRED, GRANARY_CONNECTION_REJECTED },
    { GRANARY_ERROR_DATABASE, GRANARY_CONNECTION_REJECTED },
    { GRANARY_ERROR_AUTH_REJECTED, GRANARY_CONNECTION_REJECTED },
    { GRANARY_ERROR_NETWORK, GRANARY_CONNECTION_OFFLINE },
    { GRANARY_ERROR_FORBIDDEN, GRANARY_CONNECTION_REJECTED },
  };
  g_autoptr (GranaryConnectionStatus) status = granary_connection_status_new (1000);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = new_error (cases[i].code);

      granary_connection_status_begin (status);
      granary_connection_status_end (status, 5000, error);
      settle ();
      g_assert_cmpint (granary_connection_status_get_state (status), ==, cases[i].state);
      g_assert_cmpint (granary_connection_status_get_refreshed (status), ==, 1000);
      g_assert_error (granary_connection_status_get_error (status), GRANARY_ERROR,
                      (int) cases[i].code);
    }

  granary_connection_status_begin (status);
  granary_connection_status_end (status, 6000, NULL);
  settle ();
  g_assert_cmpint (granary_connection_status_get_state (status), ==, GRANARY_CONNECTION_FRESH);
  g_assert_null (granary_connection_status_get_error (status));
}

static void
test_cancelled (void)
{
  g_autoptr (GranaryConnectionStatus) status = granary_connection_status_new (0);
  g_autoptr (GError) offline = new_error (GRANARY_ERROR_NETWORK);
  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "off");

  granary_connection_status_end (status, 0, offline);
  granary_connection_status_begin (status);
  granary_connection_status_end (status, 0, cancelled);
  settle ();
  g_assert_cmpint (granary_connection_status_get_state (status), ==, GRANARY_CONNECTION_OFFLINE);
  g_assert_error (granary_connection_status_get_error (status), GRANARY_ERROR,
                  GRANARY_ERROR_NETWORK);
}

static gpointer
refresh_thread (gpointer data)
{
  granary_connection_status_begin (data);
  for (guint i = 0; i <= 100000; i++)
    granary_connection_status_set_progress (data, i / 100000.);

  return NULL;
}

/* From a thread, a hundred thousand times; it is notified here, a few times. */
static void
test_thread (void)
{
  g_autoptr (GranaryConnectionStatus) status = granary_connection_status_new (0);
  guint n_progress = 0;

  g_signal_connect (status, "notify::progress", G_CALLBACK (count_cb), &n_progress);
  g_thread_join (g_thread_new ("refresh", refresh_thread, status));
  g_assert_cmpuint (n_progress, ==, 0);
  settle ();
  g_assert_cmpfloat (granary_connection_status_get_progress (status), ==, 1);
  g_assert_cmpuint (n_progress, <=, 2);
}

static void
test_close (void)
{
  GranaryConnectionStatus *status = granary_connection_status_new (0);
  guint n_states = 0;

  g_signal_connect (status, "notify::state", G_CALLBACK (count_cb), &n_states);
  granary_connection_status_begin (status);
  granary_connection_status_close (status);
  settle ();
  g_assert_cmpuint (n_states, ==, 0);
  granary_connection_status_end (status, 1, NULL);
  g_assert_finalize_object (status);
  settle ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection-status/success", test_success);
  g_test_add_func ("/connection-status/errors", test_errors);
  g_test_add_func ("/connection-status/cancelled", test_cancelled);
  g_test_add_func ("/connection-status/thread", test_thread);
  g_test_add_func ("/connection-status/close", test_close);

  return g_test_run ();
}
