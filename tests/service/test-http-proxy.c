/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A proxy between here and the services, as the desktop's settings have it. */

#include "granary-error.h"
#include "granary-http.h"
#include "granary-raw-server.h"

#include <string.h>

/* Stands in for the desktop's settings: everything goes through @proxy. */
#define TEST_TYPE_PROXY_RESOLVER (test_proxy_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestProxyResolver, test_proxy_resolver, TEST, PROXY_RESOLVER, GObject)

struct _TestProxyResolver
{
  GObject parent_instance;
};

static char *proxy;

static gboolean
test_proxy_resolver_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static char **
test_proxy_resolver_lookup (GProxyResolver  *resolver,
                            const char      *uri,
                            GCancellable    *cancellable,
                            GError         **error)
{
  const char *proxies[] = { proxy, NULL };

  return g_strdupv ((char **) proxies);
}

static void
test_proxy_resolver_lookup_async (GProxyResolver      *resolver,
                                  const char          *uri,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  g_task_return_pointer (task, test_proxy_resolver_lookup (resolver, uri, NULL, NULL),
                         (GDestroyNotify) g_strfreev);
}

static char **
test_proxy_resolver_lookup_finish (GProxyResolver  *resolver,
                                   GAsyncResult    *result,
                                   GError         **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_proxy_resolver_iface_init (GProxyResolverInterface *iface)
{
  iface->is_supported = test_proxy_resolver_is_supported;
  iface->lookup = test_proxy_resolver_lookup;
  iface->lookup_async = test_proxy_resolver_lookup_async;
  iface->lookup_finish = test_proxy_resolver_lookup_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestProxyResolver, test_proxy_resolver, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER,
                                                      test_proxy_resolver_iface_init))

static void
test_proxy_resolver_class_init (TestProxyResolverClass *klass)
{
}

static void
test_proxy_resolver_init (TestProxyResolver *self)
{
}

static void
answer_script (GranaryRawPeer *peer,
               gconstpointer   user_data)
{
  while (granary_raw_peer_read_request (peer) && granary_raw_peer_write (peer, user_data))
    ;
}

static GranaryRawServer *
start_proxy (GranaryRawScript script,
             const char      *answer)
{
  GranaryRawServer *server = granary_raw_server_start (script, answer);

  g_free (proxy);
  proxy = g_strdup (granary_raw_server_get_url (server));

  return server;
}

static GranaryHttpResponse *
get (GranaryHttp   *http,
     const char    *url,
     GCancellable  *cancellable,
     GError       **error)
{
  const char *headers[] = { "Authorization", "signed", NULL };
  GranaryHttpRequest request = { .method = "GET", .url = url, .headers = headers };

  return granary_http_send (http, &request, cancellable, error);
}

static void
test_plain (void)
{
  g_autoptr (GranaryRawServer) server = NULL;
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *request = NULL;

  server = start_proxy (answer_script, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  response = get (http, "http://service.example:8080/a%20b?c=d%2Fe", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (granary_http_response_get_status (response), ==, 200);

  /* What is signed is the service's host, not the proxy's. */
  request = granary_raw_server_dup_request (server, 0);
  g_assert_true (g_str_has_prefix (request,
                                   "GET http://service.example:8080/a%20b?c=d%2Fe HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (request, "\r\nHost: service.example:8080\r\n"));
}

/* The proxy's refusal is none of the service, and nothing of ours was told to it. */
static void
test_refused (void)
{
  static const char *const answers[] = {
    "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\nfail",
    "nonsense\r\n\r\n",
    "",
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GranaryRawServer) server = NULL;
      g_autoptr (GranaryHttp) http = granary_http_new (1);
      g_autoptr (GranaryHttpResponse) response = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *request = NULL;

      server = start_proxy (answer_script, answers[i]);
      /* In place of the last one there is no proxy at all. */
      if (*answers[i] == '\0')
        g_clear_pointer (&server, granary_raw_server_stop);
      response = get (http, "https://service.example/", NULL, &error);
      g_assert_null (response);
      g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_NETWORK);
      g_test_message ("%s", error->message);
      g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_HOST_UNREACHABLE));
      g_assert_cmpstr (granary_error_get_subject (error), ==, "service.example");
      g_assert_cmpuint (granary_http_get_n_sent (http), ==, 0);

      if (server != NULL)
        {
          request = granary_raw_server_dup_request (server, 0);
          g_assert_true (g_str_has_prefix (request, "CONNECT service.example:443 HTTP/1.1\r\n"));
          g_assert_null (strstr (request, "Authorization"));
        }
    }
}

static void
hold_script (GranaryRawPeer *peer,
             gconstpointer   user_data)
{
  granary_raw_peer_read_request (peer);
  granary_raw_peer_hold (peer);
}

static gpointer
cancel_thread (gpointer data)
{
  gpointer *arguments = data;

  granary_raw_server_wait_for_hold (arguments[0]);
  g_cancellable_cancel (arguments[1]);

  return NULL;
}

static void
test_cancelled (void)
{
  g_autoptr (GranaryRawServer) server = start_proxy (hold_script, NULL);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  gpointer arguments[] = { server, cancellable };
  GThread *thread = g_thread_new ("cancel", cancel_thread, arguments);

  response = get (http, "https://service.example/", cancellable, &error);
  g_thread_join (thread);
  g_assert_null (response);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (granary_raw_server_is_holding (server));
}

int
main (int   argc,
      char *argv[])
{
  int result;

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_setenv ("GIO_USE_PROXY_RESOLVER", "test", TRUE);
  g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME,
                                  TEST_TYPE_PROXY_RESOLVER, "test", 1000);

  g_test_add_func ("/http/proxy/plain", test_plain);
  g_test_add_func ("/http/proxy/refused", test_refused);
  g_test_add_func ("/http/proxy/cancelled", test_cancelled);

  result = g_test_run ();
  g_free (proxy);

  return result;
}
