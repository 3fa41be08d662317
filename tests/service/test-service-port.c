/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "granary-service-port.h"

/* Ports of services. */

static gboolean
can_connect (guint16 number)
{
  g_autofd int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (number) };

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  return connect (fd, (struct sockaddr *) &address, sizeof address) == 0;
}

static void
test_kept (void)
{
  g_autoptr (GError) error = NULL;
  GranaryServicePort *port = granary_service_port_open (0, 0, NULL, &error);
  guint16 number;

  g_assert_no_error (error);
  number = port->number;
  g_assert_cmpuint (number, >, 1024);
  g_assert_true (can_connect (number));
  granary_service_port_close (port);
  g_assert_false (can_connect (number));

  /* At once, whatever connections there were. */
  port = granary_service_port_open (number, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (port->number, ==, number);
  granary_service_port_close (port);
}

static void
test_taken (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GranaryServicePort) one = granary_service_port_open (0, 0, NULL, &error);
  g_autoptr (GranaryServicePort) other = granary_service_port_open (one->number, 0, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (one->number, !=, other->number);
  g_assert_true (can_connect (one->number));
  g_assert_true (can_connect (other->number));
}

static gpointer
close_thread (gpointer data)
{
  g_usleep (100 * 1000);
  granary_service_port_close (data);
  return NULL;
}

static void
test_patience (void)
{
  g_autoptr (GError) error = NULL;
  GranaryServicePort *one = granary_service_port_open (0, 0, NULL, &error);
  guint16 number = one->number;
  GThread *thread = g_thread_new ("closer", close_thread, one);
  g_autoptr (GranaryServicePort) other = granary_service_port_open (number, G_TIME_SPAN_MINUTE,
                                                                    NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (other->number, ==, number);
  g_thread_join (thread);
}

static void
test_called_off (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GranaryServicePort) one = granary_service_port_open (0, 0, NULL, &error);

  g_cancellable_cancel (cancellable);
  g_assert_null (granary_service_port_open (one->number, G_TIME_SPAN_HOUR, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_url (void)
{
  g_autofree char *url = granary_service_port_to_url (20001);

  g_assert_cmpstr (url, ==, "http://127.0.0.1:20001/inference");
  g_assert_cmpuint (granary_service_port_from_url (url), ==, 20001);
  g_assert_cmpuint (granary_service_port_from_url (NULL), ==, 0);
  g_assert_cmpuint (granary_service_port_from_url (""), ==, 0);
  g_assert_cmpuint (granary_service_port_from_url ("http://127.0.0.1/inference"), ==, 0);
  g_assert_cmpuint (granary_service_port_from_url ("http://127.0.0.1:99999/"), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/service-port/kept", test_kept);
  g_test_add_func ("/service-port/taken", test_taken);
  g_test_add_func ("/service-port/patience", test_patience);
  g_test_add_func ("/service-port/called-off", test_called_off);
  g_test_add_func ("/service-port/url", test_url);

  return g_test_run ();
}
