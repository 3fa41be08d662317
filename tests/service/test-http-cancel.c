/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Calling a request off works in every phase, while the other side goes on saying nothing: each of
 * these would otherwise wait for as long as the suite may run. */

#include "granary-error.h"
#include "granary-http.h"
#include "granary-raw-server.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FOREVER 100000

typedef void (*WaitFunc) (gpointer data);

/* Calls off once @wait has seen that the phase is reached. */
typedef struct
{
  GCancellable *cancellable;
  WaitFunc      wait;
  gpointer      data;
  gint64        cancelled_at; /* monotonic µs */
} Canceller;

static gpointer
cancel_thread (gpointer data)
{
  Canceller *canceller = data;

  canceller->wait (canceller->data);
  canceller->cancelled_at = g_get_monotonic_time ();
  g_cancellable_cancel (canceller->cancellable);

  return NULL;
}

static void
wait_for_hold (gpointer server)
{
  granary_raw_server_wait_for_hold (server);
}

static void
assert_cancelled (GranaryHttp              *http,
                  const GranaryHttpRequest *request,
                  WaitFunc                  wait,
                  gpointer                  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  Canceller canceller = { cancellable, wait, data, 0 };
  GThread *thread = g_thread_new ("cancel", cancel_thread, &canceller);

  response = granary_http_send (http, request, cancellable, &error);
  g_thread_join (thread);
  g_assert_null (response);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_test_message ("answered after %.1f ms",
                  (double) (g_get_monotonic_time () - canceller.cancelled_at) / 1000);
}

static GranaryHttpRequest
make_request (const char *url)
{
  return (GranaryHttpRequest) { .method = "GET", .url = url, .timeout = FOREVER };
}

/* Before it begins */

static void
test_before (void)
{
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  GranaryHttpRequest request = make_request ("http://127.0.0.1:9/");

  g_cancellable_cancel (cancellable);
  response = granary_http_send (http, &request, cancellable, &error);
  g_assert_null (response);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (granary_http_get_n_sent (http), ==, 0);
}

/* Waiting for a place */

static void
hold_script (GranaryRawPeer *peer,
             gconstpointer   user_data)
{
  granary_raw_peer_read_request (peer);
  granary_raw_peer_write (peer, user_data);
  granary_raw_peer_hold (peer);
}

static void
test_place (void)
{
  g_autoptr (GranaryRawServer) server = NULL;
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GranaryHttpResponse) first = NULL;
  g_autoptr (GError) error = NULL;
  GranaryHttpRequest request;

  server = granary_raw_server_start (hold_script, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
  request = make_request (granary_raw_server_get_url (server));
  first = granary_http_open (http, &request, NULL, &error);
  g_assert_no_error (error);

  assert_cancelled (http, &request, wait_for_hold, server);
  g_assert_cmpuint (granary_http_get_n_sent (http), ==, 1);
}

/* Looking the host up */

#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

/* Knows nothing and says nothing. */
struct _TestResolver
{
  GResolver parent_instance;

  GMutex    mutex;
  GCond     cond;
  gboolean  asked;
};

G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static void
wake_cb (GCancellable *cancellable,
         TestResolver *self)
{
  g_mutex_lock (&self->mutex);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

static GList *
test_resolver_lookup (GResolver                 *resolver,
                      const char                *host,
                      GResolverNameLookupFlags   flags,
                      GCancellable              *cancellable,
                      GError                   **error)
{
  TestResolver *self = TEST_RESOLVER (resolver);
  gulong handler = g_cancellable_connect (cancellable, G_CALLBACK (wake_cb), self, NULL);

  g_mutex_lock (&self->mutex);
  self->asked = TRUE;
  g_cond_broadcast (&self->cond);
  while (!g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);

  g_cancellable_disconnect (cancellable, handler);
  g_cancellable_set_error_if_cancelled (cancellable, error);
  return NULL;
}

static GList *
test_resolver_lookup_simple (GResolver     *resolver,
                             const char    *host,
                             GCancellable  *cancellable,
                             GError       **error)
{
  return test_resolver_lookup (resolver, host, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable,
                               error);
}

static void
lookup_thread (GTask        *task,
               gpointer      source,
               gpointer      host,
               GCancellable *cancellable)
{
  GError *error = NULL;

  test_resolver_lookup_simple (source, host, cancellable, &error);
  g_task_return_error (task, error);
}

static void
test_resolver_lookup_async (GResolver                *resolver,
                            const char               *host,
                            GResolverNameLookupFlags  flags,
                            GCancellable             *cancellable,
                            GAsyncReadyCallback       callback,
                            gpointer                  user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdup (host), g_free);
  g_task_run_in_thread (task, lookup_thread);
}

static GList *
test_resolver_lookup_finish (GResolver     *resolver,
                             GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name = test_resolver_lookup_simple;
  resolver_class->lookup_by_name_with_flags = test_resolver_lookup;
  resolver_class->lookup_by_name_with_flags_async = test_resolver_lookup_async;
  resolver_class->lookup_by_name_with_flags_finish = test_resolver_lookup_finish;
}

static void
test_resolver_init (TestResolver *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
}

static void
wait_for_question (gpointer data)
{
  TestResolver *resolver = data;

  g_mutex_lock (&resolver->mutex);
  while (!resolver->asked)
    g_cond_wait (&resolver->cond, &resolver->mutex);
  g_mutex_unlock (&resolver->mutex);
}

static void
test_lookup (void)
{
  g_autoptr (GResolver) usual = g_resolver_get_default ();
  g_autoptr (TestResolver) resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  GranaryHttpRequest request = make_request ("http://somewhere.example/");

  g_resolver_set_default (G_RESOLVER (resolver));
  assert_cancelled (http, &request, wait_for_question, resolver);
  g_resolver_set_default (usual);
  g_assert_cmpuint (granary_http_get_n_sent (http), ==, 0);
}

/* Connecting */

/* A port whose queue of connections is full: the kernel drops what else comes. */
static guint16
make_full_port (int *fds,
                int  n_fds)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  socklen_t length = sizeof address;

  fds[0] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_no_errno (bind (fds[0], (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (fds[0], 0));
  g_assert_no_errno (getsockname (fds[0], (struct sockaddr *) &address, &length));
  for (int i = 1; i < n_fds; i++)
    {
      fds[i] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      (void) !connect (fds[i], (struct sockaddr *) &address, sizeof address);
    }

  return ntohs (address.sin_port);
}

/* How many connections to the port are begun and not answered. */
static guint
count_unanswered (guint16 port)
{
  g_autofree char *remote = g_strdup_printf (" 0100007F:%04X 02 ", port);
  g_autofree char *table = NULL;
  guint n_found = 0;

  g_assert_true (g_file_get_contents ("/proc/net/tcp", &table, NULL, NULL));
  for (const char *at = table; (at = strstr (at, remote)) != NULL; at++)
    n_found++;

  return n_found;
}

typedef struct
{
  guint16 port;
  guint   n_before;
} FullPort;

static void
wait_for_connect (gpointer data)
{
  const FullPort *full = data;

  while (count_unanswered (full->port) <= full->n_before)
    g_thread_yield ();
}

static void
test_connect (void)
{
  int fds[4];
  FullPort full = { make_full_port (fds, G_N_ELEMENTS (fds)), 0 };
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/", full.port);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  GranaryHttpRequest request = make_request (url);

  full.n_before = count_unanswered (full.port);
  assert_cancelled (http, &request, wait_for_connect, &full);
  g_assert_cmpuint (granary_http_get_n_sent (http), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

/* Encrypting: the server says nothing. */

static void
silent_script (GranaryRawPeer *peer,
               gconstpointer   user_data)
{
  granary_raw_peer_hold (peer);
}

static void
test_handshake (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (silent_script, NULL);
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u/",
                                          granary_raw_server_get_port (server));
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  GranaryHttpRequest request = make_request (url);

  assert_cancelled (http, &request, wait_for_hold, server);
  g_assert_cmpuint (granary_http_get_n_sent (http), ==, 0);
  g_assert_true (granary_raw_server_is_holding (server));
}

/* Sending a body that nobody takes */

static void
test_sending (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (silent_script, NULL);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  gsize length = 64 * 1024 * 1024;
  g_autofree char *data = g_malloc0 (length);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (data, (gssize) length,
                                                                         NULL);
  GranaryHttpRequest request = make_request (granary_raw_server_get_url (server));

  request.method = "PUT";
  request.stream = stream;
  request.stream_length = (gint64) length;
  assert_cancelled (http, &request, wait_for_hold, server);
  g_assert_true (granary_raw_server_is_holding (server));
}

/* Waiting for the head and for the body */

static void
test_receiving (void)
{
  static const char *const begun[] = {
    "",
    "HTTP/1.1 200 O",
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    "HTTP/1.1 200 OK\r\n\r\nabc",
  };

  for (guint i = 0; i < G_N_ELEMENTS (begun); i++)
    {
      g_autoptr (GranaryRawServer) server = granary_raw_server_start (hold_script, begun[i]);
      g_autoptr (GranaryHttp) http = granary_http_new (1);
      GranaryHttpRequest request = make_request (granary_raw_server_get_url (server));

      assert_cancelled (http, &request, wait_for_hold, server);
      g_assert_true (granary_raw_server_is_holding (server));
      g_assert_cmpuint (granary_http_get_n_sent (http), ==, 1);
    }
}

/* A body that is given up unread: neither the rest is waited for, nor is the place lost. */
static void
test_given_up (void)
{
  g_autoptr (GranaryRawServer) server = NULL;
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GError) error = NULL;

  server = granary_raw_server_start (hold_script,
                                     "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nabc");
  for (guint i = 0; i < 5; i++)
    {
      GranaryHttpRequest request = make_request (granary_raw_server_get_url (server));
      g_autoptr (GranaryHttpResponse) response = granary_http_open (http, &request, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (granary_http_response_get_length (response), ==, 1000000000);
    }
  g_assert_cmpuint (granary_raw_server_get_n_connections (server), ==, 5);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/http/cancel/before", test_before);
  g_test_add_func ("/http/cancel/place", test_place);
  g_test_add_func ("/http/cancel/lookup", test_lookup);
  g_test_add_func ("/http/cancel/connect", test_connect);
  g_test_add_func ("/http/cancel/handshake", test_handshake);
  g_test_add_func ("/http/cancel/sending", test_sending);
  g_test_add_func ("/http/cancel/receiving", test_receiving);
  g_test_add_func ("/http/cancel/given-up", test_given_up);

  return g_test_run ();
}
