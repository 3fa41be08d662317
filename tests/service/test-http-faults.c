/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Everything that goes wrong between here and a server, and what it is taken for. */

#include "granary-error.h"
#include "granary-http.h"
#include "granary-raw-server.h"

#include <string.h>

static GranaryHttpResponse *
try_get (GranaryHttp  *http,
         const char   *url,
         GError      **error)
{
  GranaryHttpRequest request = {
    .method = "GET",
    .url = url,
    .max_response = 100 * 1024,
    .timeout = 1,
  };

  return granary_http_send (http, &request, NULL, error);
}

/* A fault of the network: what it is about, and whether the server can have seen anything. */
static void
assert_network (GranaryHttp   *http,
                const char    *url,
                GranaryReason  reason,
                guint          n_sent)
{
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *host = granary_http_dup_host (url);

  response = try_get (http, url, &error);
  g_assert_null (response);
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_NETWORK);
  g_test_message ("%s", error->message);
  g_assert_cmpuint (granary_error_get_reason (error), ==, reason);
  g_assert_cmpstr (granary_error_get_subject (error), ==, host);
  g_assert_cmpuint (granary_http_get_n_sent (http), ==, n_sent);
}

/* Nothing is sent */

static void
test_refused (void)
{
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autofree char *url = NULL;
  GranaryRawServer *server = granary_raw_server_start (NULL, NULL);

  url = g_strdup (granary_raw_server_get_url (server));
  granary_raw_server_stop (server);
  assert_network (http, url, GRANARY_REASON_HOST_UNREACHABLE, 0);
}

static void
test_unknown_host (void)
{
  g_autoptr (GranaryHttp) http = granary_http_new (1);

  /* Reserved for this; asks no server. */
  assert_network (http, "http://host.invalid/", GRANARY_REASON_HOST_UNREACHABLE, 0);
}

static void
read_script (GranaryRawPeer *peer,
             gconstpointer   user_data)
{
  granary_raw_peer_read_request (peer);
}

static void
test_certificate (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start_tls (read_script, NULL);
  g_autoptr (GranaryHttp) http = granary_http_new (1);

  assert_network (http, granary_raw_server_get_url (server),
                  GRANARY_REASON_CERTIFICATE_INVALID, 0);
  g_assert_cmpuint (granary_raw_server_get_n_requests (server), ==, 0);
}

static void
test_not_tls (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (read_script, NULL);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u/",
                                          granary_raw_server_get_port (server));

  /* Waits for a blank line that never comes. */
  assert_network (http, url, GRANARY_REASON_HOST_UNREACHABLE, 0);
}

/* No answer */

static void
reset_script (GranaryRawPeer *peer,
              gconstpointer   user_data)
{
  if (user_data == NULL || granary_raw_peer_read_request (peer))
    granary_raw_peer_reset (peer);
}

static void
test_reset (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (reset_script, "after the request");
  g_autoptr (GranaryHttp) http = granary_http_new (1);

  assert_network (http, granary_raw_server_get_url (server), GRANARY_REASON_CONNECTION_BROKEN, 1);
}

/* It may be noticed before the request is begun. */
static void
test_reset_at_once (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (reset_script, NULL);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  response = try_get (http, granary_raw_server_get_url (server), &error);
  g_assert_null (response);
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_NETWORK);
  g_assert_cmpuint (granary_error_get_reason (error), ==,
                    granary_http_get_n_sent (http) > 0 ? GRANARY_REASON_CONNECTION_BROKEN
                                                       : GRANARY_REASON_HOST_UNREACHABLE);
}

static void
test_closed (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (read_script, NULL);
  g_autoptr (GranaryHttp) http = granary_http_new (1);

  assert_network (http, granary_raw_server_get_url (server), GRANARY_REASON_CONNECTION_BROKEN, 1);
  g_assert_cmpuint (granary_raw_server_get_n_requests (server), ==, 1);
}

static void
hold_script (GranaryRawPeer *peer,
             gconstpointer   user_data)
{
  granary_raw_peer_read_request (peer);
  granary_raw_peer_write (peer, user_data);
  granary_raw_peer_hold (peer);
}

static void
test_silent (void)
{
  static const char *const begun[] = {
    "",
    "HTTP/1.1 200 O",
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
  };

  for (guint i = 0; i < G_N_ELEMENTS (begun); i++)
    {
      g_autoptr (GranaryRawServer) server = granary_raw_server_start (hold_script, begun[i]);
      g_autoptr (GranaryHttp) http = granary_http_new (1);

      assert_network (http, granary_raw_server_get_url (server),
                      GRANARY_REASON_NO_ANSWER_IN_TIME, 1);
      g_assert_true (granary_raw_server_is_holding (server));
    }
}

/* A kept connection has the patience of the request that uses it, not of the one that made it. */
static void
silent_later_script (GranaryRawPeer *peer,
                     gconstpointer   user_data)
{
  granary_raw_peer_read_request (peer);
  granary_raw_peer_write (peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  granary_raw_peer_read_request (peer);
  granary_raw_peer_hold (peer);
}

static void
test_silent_later (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (silent_later_script, NULL);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GranaryHttpResponse) first = NULL;
  g_autoptr (GError) error = NULL;
  GranaryHttpRequest request = {
    .method = "GET",
    .url = granary_raw_server_get_url (server),
    .timeout = 600,
  };

  first = granary_http_send (http, &request, NULL, &error);
  g_assert_no_error (error);
  assert_network (http, request.url, GRANARY_REASON_NO_ANSWER_IN_TIME, 2);
  g_assert_cmpuint (granary_raw_server_get_n_connections (server), ==, 1);
}

/* Half an answer */

static void
cut_script (GranaryRawPeer *peer,
            gconstpointer   user_data)
{
  granary_raw_peer_read_request (peer);
  granary_raw_peer_write (peer, user_data);
}

static void
test_truncated (void)
{
  static const char *const cut[] = {
    "HTTP/1.1 200 OK\r\nContent-Le",
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabcdefghi",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\nabcdefghi",
    "HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nabcdefghi",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nabcde\r\n",
    "nonsense\r\n\r\n",
    "HTTP/1.1 two hundred\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cut); i++)
    {
      g_autoptr (GranaryRawServer) server = granary_raw_server_start (cut_script, cut[i]);
      g_autoptr (GranaryHttp) http = granary_http_new (1);

      g_test_message ("%s", cut[i]);
      assert_network (http, granary_raw_server_get_url (server),
                      GRANARY_REASON_CONNECTION_BROKEN, 1);
    }
}

/* Who reads on after an error does not find an end. */
static void
test_truncated_stream (void)
{
  g_autoptr (GranaryRawServer) server = NULL;
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  GInputStream *stream;
  GranaryHttpRequest request = { .method = "GET" };
  char body[100];
  gsize n_read;

  server = granary_raw_server_start (cut_script,
                                     "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  request.url = granary_raw_server_get_url (server);
  response = granary_http_open (http, &request, NULL, &error);
  g_assert_no_error (error);
  stream = granary_http_response_get_stream (response);
  g_assert_false (g_input_stream_read_all (stream, body, sizeof body, &n_read, NULL, &error));
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_CONNECTION_BROKEN));
  g_assert_cmpuint (n_read, ==, 3);
  g_clear_error (&error);
  g_assert_cmpint (g_input_stream_read (stream, body, sizeof body, NULL, &error), ==, -1);
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_CONNECTION_BROKEN));
}

/* Too much of it */

static void
endless_script (GranaryRawPeer *peer,
                gconstpointer   user_data)
{
  g_autofree char *block = g_strnfill (64 * 1024, 'a');

  granary_raw_peer_read_request (peer);
  granary_raw_peer_write (peer, user_data);
  while (granary_raw_peer_write (peer, "10000\r\n") && granary_raw_peer_write (peer, block) &&
         granary_raw_peer_write (peer, "\r\n"))
    ;
}

static void
test_too_large (void)
{
  static const char *const heads[] = {
    "HTTP/1.1 200 OK\r\nContent-Length: 314572800\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=\"a\"\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: /\r\nTransfer-Encoding: chunked\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autoptr (GranaryRawServer) server = granary_raw_server_start (endless_script, heads[i]);
      g_autoptr (GranaryHttp) http = granary_http_new (1);
      g_autoptr (GranaryHttpResponse) response = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", heads[i]);
      response = try_get (http, granary_raw_server_get_url (server), &error);
      g_assert_null (response);
      g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_BAD_RESPONSE);
      g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_RESPONSE_TOO_LARGE));
    }
}

/* A status at which libsoup takes in all of the body, and then asks again. */
static void
test_misdirected (void)
{
  g_autoptr (GranaryRawServer) server = NULL;
  g_autoptr (GranaryHttp) http = granary_http_new (1);

  server = granary_raw_server_start (endless_script,
                                     "HTTP/1.1 421 Misdirected\r\n"
                                     "Transfer-Encoding: chunked\r\n\r\n");
  assert_network (http, granary_raw_server_get_url (server), GRANARY_REASON_CONNECTION_BROKEN, 1);
}

/* Compressed */

static GBytes *
compress (const char *text,
          gsize       length)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory,
                                                                    G_CONVERTER (compressor));

  g_assert_true (g_output_stream_write_all (stream, text, length, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));

  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

typedef struct
{
  GBytes *body;
  gsize   cut;  /* bytes left out at its end */
} Compressed;

static void
gzip_script (GranaryRawPeer *peer,
             gconstpointer   user_data)
{
  const Compressed *compressed = user_data;
  gsize length;
  const void *data = g_bytes_get_data (compressed->body, &length);
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                                           "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", length);

  granary_raw_peer_read_request (peer);
  granary_raw_peer_write (peer, head);
  granary_raw_peer_write_data (peer, data, length - compressed->cut);
}

static GranaryHttpResponse *
get_compressed (const Compressed *compressed,
                GranaryHttpFlags  flags,
                char            **sent,
                GError          **error)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (gzip_script, compressed);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  GranaryHttpResponse *response;
  GranaryHttpRequest request = {
    .method = "GET",
    .url = granary_raw_server_get_url (server),
    .max_response = 100 * 1024,
    .flags = flags,
  };

  response = granary_http_send (http, &request, NULL, error);
  *sent = granary_raw_server_dup_request (server, 0);

  return response;
}

static void
test_gzip (void)
{
  g_autofree char *text = g_strnfill (50000, 'a');
  g_autofree char *bomb = g_strnfill (50 * 1024 * 1024, 'a');
  Compressed plain = { compress (text, 50000), 0 };
  Compressed cut = { plain.body, 9 };
  Compressed huge = { compress (bomb, 50 * 1024 * 1024), 0 };
  g_autoptr (GError) error = NULL;
  GranaryHttpResponse *response;
  g_autofree char *asked = NULL;
  g_autofree char *asked_raw = NULL;
  g_autofree char *ignored = NULL;

  response = get_compressed (&plain, GRANARY_HTTP_CONTENT_CODING, &asked, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (asked, "Accept-Encoding: gzip"));
  g_assert_cmpuint (g_bytes_get_size (granary_http_response_get_body (response)), ==, 50000);
  g_assert_cmpint (granary_http_response_get_length (response), ==, -1);
  granary_http_response_free (response);

  /* Object storage: what is stored is what is wanted. */
  response = get_compressed (&plain, GRANARY_HTTP_NONE, &asked_raw, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (asked_raw, "Accept-Encoding"));
  g_assert_true (g_bytes_equal (granary_http_response_get_body (response), plain.body));
  granary_http_response_free (response);

  response = get_compressed (&cut, GRANARY_HTTP_CONTENT_CODING, &ignored, &error);
  g_assert_null (response);
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_CONNECTION_BROKEN));
  g_clear_error (&error);
  g_clear_pointer (&ignored, g_free);

  response = get_compressed (&huge, GRANARY_HTTP_CONTENT_CODING, &ignored, &error);
  g_assert_null (response);
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_RESPONSE_TOO_LARGE));

  g_bytes_unref (plain.body);
  g_bytes_unref (huge.body);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/http/faults/refused", test_refused);
  g_test_add_func ("/http/faults/unknown-host", test_unknown_host);
  g_test_add_func ("/http/faults/certificate", test_certificate);
  g_test_add_func ("/http/faults/not-tls", test_not_tls);
  g_test_add_func ("/http/faults/reset", test_reset);
  g_test_add_func ("/http/faults/reset-at-once", test_reset_at_once);
  g_test_add_func ("/http/faults/closed", test_closed);
  g_test_add_func ("/http/faults/silent", test_silent);
  g_test_add_func ("/http/faults/silent-later", test_silent_later);
  g_test_add_func ("/http/faults/truncated", test_truncated);
  g_test_add_func ("/http/faults/truncated-stream", test_truncated_stream);
  g_test_add_func ("/http/faults/too-large", test_too_large);
  g_test_add_func ("/http/faults/misdirected", test_misdirected);
  g_test_add_func ("/http/faults/gzip", test_gzip);

  return g_test_run ();
}
