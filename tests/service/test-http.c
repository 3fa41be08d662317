/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What goes over the wire and what comes back: against a server that says what a script says. */

#include "granary-error.h"
#include "granary-http.h"
#include "granary-raw-server.h"

#include <string.h>

/* The key of an object with every awkward character, as it is encoded. */
#define AWKWARD_PATH "/a%20b%2Bc%25d~e%21f%27g%28h%29i%2Aj%3Fk%3Dl%26m%23n/%E4%B8%AD.bin"

static GranaryHttpResponse *
send_full (GranaryHttp       *http,
           GranaryRawServer  *server,
           const char        *method,
           const char        *target,
           GBytes            *body,
           GranaryHttpFlags   flags,
           GError           **error)
{
  g_autofree char *url = g_strconcat (granary_raw_server_get_url (server), target, NULL);
  GranaryHttpRequest request = {
    .method = method,
    .url = url,
    .body = body,
    .flags = flags,
  };

  return granary_http_send (http, &request, NULL, error);
}

static GranaryHttpResponse *
get (GranaryHttp       *http,
     GranaryRawServer  *server,
     const char        *target)
{
  g_autoptr (GError) error = NULL;
  GranaryHttpResponse *response;

  response = send_full (http, server, "GET", target, NULL, GRANARY_HTTP_NONE, &error);
  g_assert_no_error (error);
  g_assert_nonnull (response);

  return response;
}

static void
assert_body (GranaryHttpResponse *response,
             const char          *expected)
{
  GBytes *body = granary_http_response_get_body (response);

  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body),
                   expected, strlen (expected));
}

static void
assert_request_has (GranaryRawServer *server,
                    guint             number,
                    const char       *part)
{
  g_autofree char *request = granary_raw_server_dup_request (server, number);

  if (strstr (request, part) == NULL)
    g_error ("“%s” is not in: %s", part, request);
}

/* Answers every request in the same way; @user_data is the answer. */
static void
answer_script (GranaryRawPeer *peer,
               gconstpointer   user_data)
{
  while (granary_raw_peer_read_request (peer) && granary_raw_peer_write (peer, user_data))
    ;
}

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static void
test_verbatim (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (answer_script, OK);
  g_autoptr (GranaryHttp) http = granary_http_new (2);
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"键\":1}", 9);
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GranaryHttpResponse) put = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  g_autofree char *host = NULL;
  g_autofree char *host_line = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  const char *headers[] = { "Content-Type", "application/json", "x-cos-meta-A", "é b", NULL };
  GranaryHttpRequest request = { .method = "PUT", .headers = headers, .body = body };

  response = get (http, server, AWKWARD_PATH "?uploads&prefix=a%2Fb&empty=");
  assert_body (response, "ok");
  assert_request_has (server, 0, "GET " AWKWARD_PATH "?uploads&prefix=a%2Fb&empty= HTTP/1.1\r\n");

  url = g_strconcat (granary_raw_server_get_url (server), "/", NULL);
  host = granary_http_dup_host (url);
  host_line = g_strconcat ("\r\nHost: ", host, "\r\n", NULL);
  assert_request_has (server, 0, host_line);

  /* Signatures name the headers that are sent, and object storage must not compress. */
  first = granary_raw_server_dup_request (server, 0);
  g_assert_null (strstr (first, "Accept-Encoding"));
  g_assert_null (strstr (first, "Accept-Language"));
  g_assert_null (strstr (first, "Content-Length"));

  request.url = url;
  put = granary_http_send (http, &request, NULL, &error);
  g_assert_no_error (error);
  assert_request_has (server, 1, "PUT / HTTP/1.1\r\n");
  assert_request_has (server, 1, "\r\nContent-Type: application/json\r\n");
  assert_request_has (server, 1, "\r\nx-cos-meta-A: é b\r\n");
  assert_request_has (server, 1, "\r\nContent-Length: 9\r\n");
  second = granary_raw_server_dup_request (server, 1);
  g_assert_true (g_str_has_suffix (second, "\r\n\r\n{\"键\":1}"));
  g_assert_cmpuint (granary_http_get_n_sent (http), ==, 2);
}

static void
test_answer (void)
{
  g_autoptr (GranaryRawServer) server = NULL;
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GranaryHttpResponse) response = NULL;

  server = granary_raw_server_start (answer_script,
    "HTTP/1.1 100 Continue\r\n\r\n"
    "HTTP/1.1 503 Slow Down\r\nContent-Length: 5\r\nX-Cos-Request-Id: r-1\r\n"
    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: 7\r\n\r\nabcde");
  response = get (http, server, "/");
  g_assert_cmpuint (granary_http_response_get_status (response), ==, 503);
  g_assert_cmpstr (granary_http_response_get_header (response, "x-cos-request-id"), ==, "r-1");
  g_assert_null (granary_http_response_get_header (response, "x-cos-trace-id"));
  g_assert_cmpint (granary_http_response_get_date (response), ==, 784111777);
  g_assert_cmpuint (granary_http_response_get_retry_after (response), ==, 7);
  g_assert_cmpint (granary_http_response_get_length (response), ==, 5);
  assert_body (response, "abcde");
}

static void
test_retry_after (void)
{
  static const struct
  {
    const char *text;
    guint       seconds;
  } cases[] = {
    { "0", 0 },
    { "120", 120 },
    { "Sun, 06 Nov 1994 08:50:37 GMT", 60 },
    { "Sun, 06 Nov 1994 08:48:37 GMT", 0 },
    { "-5", 0 },
    { "soon", 0 },
    { "99999999999999999999", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer = g_strdup_printf ("HTTP/1.1 429 Busy\r\nContent-Length: 0\r\n"
                                                 "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                                                 "Retry-After: %s\r\n\r\n", cases[i].text);
      g_autoptr (GranaryRawServer) server = granary_raw_server_start (answer_script, answer);
      g_autoptr (GranaryHttp) http = granary_http_new (1);
      g_autoptr (GranaryHttpResponse) response = get (http, server, "/");

      g_test_message ("%s", cases[i].text);
      g_assert_cmpuint (granary_http_response_get_retry_after (response), ==, cases[i].seconds);
    }
}

static void
test_no_body (void)
{
  g_autoptr (GranaryRawServer) server = NULL;
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GError) error = NULL;

  server = granary_raw_server_start (answer_script,
    "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\nETag: \"e\"\r\n\r\n");
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GranaryHttpResponse) response = NULL;

      response = send_full (http, server, "HEAD", "/a", NULL, GRANARY_HTTP_NONE, &error);
      g_assert_no_error (error);
      g_assert_cmpint (granary_http_response_get_length (response), ==, 1073741824);
      assert_body (response, "");
    }
  g_assert_cmpuint (granary_raw_server_get_n_connections (server), ==, 1);
}

/* Redirects could lead a signed request anywhere; log-in pages ask for passwords. */
static void
test_not_followed (void)
{
  static const char *const answers[] = {
    "HTTP/1.1 301 Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 307 Again\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm=\"a\"\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GranaryRawServer) server = granary_raw_server_start (answer_script,
                                                                      answers[i]);
      g_autoptr (GranaryHttp) http = granary_http_new (1);
      g_autoptr (GranaryHttpResponse) first = get (http, server, "/");
      g_autoptr (GranaryHttpResponse) second = get (http, server, "/");
      g_autofree char *request = granary_raw_server_dup_request (server, 1);

      g_assert_cmpuint (granary_http_response_get_status (first), ==,
                        (guint) g_ascii_strtoull (answers[i] + strlen ("HTTP/1.1 "), NULL, 10));
      g_assert_cmpuint (granary_raw_server_get_n_requests (server), ==, 2);
      g_assert_null (strstr (request, "Cookie"));
    }
}

/* Connections */

static gpointer
get_thread (gpointer data)
{
  gpointer *arguments = data;

  return get (arguments[0], arguments[1], "/");
}

static void
test_reuse (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (answer_script, OK);
  g_autoptr (GranaryHttp) http = granary_http_new (4);
  gpointer arguments[] = { http, server };

  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (GranaryHttpResponse) here = get (http, server, "/");
      g_autoptr (GranaryHttpResponse) there = NULL;

      there = g_thread_join (g_thread_new ("get", get_thread, arguments));
    }
  g_assert_cmpuint (granary_raw_server_get_n_connections (server), ==, 1);
}

/* Also when the reader stops at the last byte, as one who knows the length does. */
static void
test_reuse_after_open (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (answer_script, OK);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  GranaryHttpRequest request = { .method = "GET", .url = granary_raw_server_get_url (server) };

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GranaryHttpResponse) response = NULL;
      g_autoptr (GError) error = NULL;
      char body[2];
      gsize n_read;

      response = granary_http_open (http, &request, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_input_stream_read_all (granary_http_response_get_stream (response), body,
                                              sizeof body, &n_read, NULL, &error));
      g_assert_cmpuint (n_read, ==, 2);
    }
  g_assert_cmpuint (granary_raw_server_get_n_connections (server), ==, 1);
}

/* A write goes out on a connection that nobody can just be closing. */
static void
test_writes_are_alone (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (answer_script, OK);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  static const GranaryHttpFlags flags[] = {
    GRANARY_HTTP_IDEMPOTENT, GRANARY_HTTP_IDEMPOTENT, GRANARY_HTTP_NONE, GRANARY_HTTP_NONE,
  };
  static const guint expected[] = { 1, 1, 2, 3 };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      g_autoptr (GranaryHttpResponse) response = NULL;
      g_autoptr (GError) error = NULL;

      response = send_full (http, server, "POST", "/", body, flags[i], &error);
      g_assert_no_error (error);
      g_assert_cmpuint (granary_raw_server_get_n_connections (server), ==, expected[i]);
    }
}

/* The second request of the first connection finds it closing. */
static void
closing_script (GranaryRawPeer *peer,
                gconstpointer   user_data)
{
  granary_raw_peer_read_request (peer);
  granary_raw_peer_write (peer, OK);
  if (granary_raw_peer_read_request (peer) && granary_raw_peer_get_number (peer) > 0)
    granary_raw_peer_write (peer, OK);
}

static void
test_closed_under_us (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("all of it", 9);
  static const struct
  {
    const char *method;
    gboolean    repeated;
  } cases[] = {
    { "GET", TRUE },
    { "PUT", TRUE },
    { "DELETE", TRUE },
    { "POST", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GranaryRawServer) server = granary_raw_server_start (closing_script, NULL);
      g_autoptr (GranaryHttp) http = granary_http_new (1);
      g_autoptr (GranaryHttpResponse) first = get (http, server, "/");
      g_autoptr (GranaryHttpResponse) second = NULL;
      g_autoptr (GError) error = NULL;
      gboolean has_body = cases[i].method[0] == 'P';

      g_test_message ("%s", cases[i].method);
      second = send_full (http, server, cases[i].method, "/", has_body ? body : NULL,
                          GRANARY_HTTP_IDEMPOTENT, &error);
      if (cases[i].repeated)
        {
          g_assert_no_error (error);
          assert_body (second, "ok");
          g_assert_cmpuint (granary_raw_server_get_n_requests (server), ==, 3);
        }
      else
        {
          g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_CONNECTION_BROKEN));
          g_assert_cmpuint (granary_raw_server_get_n_requests (server), ==, 2);
        }
      g_assert_cmpuint (granary_http_get_n_sent (http), ==,
                        granary_raw_server_get_n_requests (server));

      /* An empty object must never take the place of what was to be stored. */
      for (guint n = 1; has_body && n < granary_raw_server_get_n_requests (server); n++)
        {
          g_autofree char *request = granary_raw_server_dup_request (server, n);

          g_assert_true (g_str_has_suffix (request, "\r\n\r\nall of it"));
        }
    }
}

/* A stream can be read but once: the caller has to make another one. */
static void
test_closed_under_stream (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (closing_script, NULL);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GranaryHttpResponse) first = get (http, server, "/");
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data ("all of it", 9, NULL);
  g_autoptr (GranaryHttpResponse) second = NULL;
  g_autoptr (GError) error = NULL;
  GranaryHttpRequest request = {
    .method = "PUT",
    .url = granary_raw_server_get_url (server),
    .stream = stream,
    .stream_length = 9,
  };

  second = granary_http_send (http, &request, NULL, &error);
  g_assert_null (second);
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_NETWORK);
  g_assert_true (granary_error_matches_reason (error, GRANARY_REASON_CONNECTION_BROKEN));
  g_assert_cmpuint (granary_raw_server_get_n_requests (server), ==, 2);
}

static void
count_cb (gsize    n_bytes,
          gpointer user_data)
{
  *(gsize *) user_data += n_bytes;
}

static void
test_stream (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (answer_script, OK);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  gsize length = 3 * 1024 * 1024 + 5;
  g_autofree char *data = g_strnfill (length, 'x');
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (data, (gssize) length,
                                                                         NULL);
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *received = NULL;
  gsize counted = 0;
  GranaryHttpRequest request = {
    .method = "PUT",
    .url = granary_raw_server_get_url (server),
    .stream = stream,
    .stream_length = (gint64) length,
    .sent = count_cb,
    .user_data = &counted,
  };

  response = granary_http_send (http, &request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (counted, ==, length);
  assert_request_has (server, 0, "\r\nContent-Length: 3145733\r\n");
  received = granary_raw_server_dup_request (server, 0);
  g_assert_true (g_str_has_suffix (received, data));
}

/* Sends 100 bytes of @stream, which cannot give them. */
static void
assert_source_fails (GInputStream  *stream,
                     GranaryReason  reason)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (answer_script, OK);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  GranaryHttpRequest request = {
    .method = "PUT",
    .url = granary_raw_server_get_url (server),
    .stream = stream,
    .stream_length = 100,
  };

  response = granary_http_send (http, &request, NULL, &error);
  g_assert_null (response);
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_FILE);
  g_assert_true (granary_error_matches_reason (error, reason));
  /* Nothing that looks whole has arrived. */
  g_assert_cmpuint (granary_raw_server_get_n_requests (server), ==, 0);
}

static void
test_bad_source (void)
{
  g_autoptr (GInputStream) ends = g_memory_input_stream_new_from_data ("short", 5, NULL);
  g_autoptr (GInputStream) fails = g_memory_input_stream_new_from_data ("short", 5, NULL);

  assert_source_fails (ends, GRANARY_REASON_SOURCE_CHANGED);
  g_assert_true (g_input_stream_close (fails, NULL, NULL));
  assert_source_fails (fails, GRANARY_REASON_INPUT_OUTPUT);
}

/* No more than what was announced is taken. */
static void
test_long_source (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (answer_script, OK);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data ("0123456789", 10, NULL);
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *received = NULL;
  char rest[10];
  GranaryHttpRequest request = {
    .method = "PUT",
    .url = granary_raw_server_get_url (server),
    .stream = stream,
    .stream_length = 4,
  };

  response = granary_http_send (http, &request, NULL, &error);
  g_assert_no_error (error);
  received = granary_raw_server_dup_request (server, 0);
  g_assert_true (g_str_has_suffix (received, "\r\n\r\n0123"));
  g_assert_cmpint (g_input_stream_read (stream, rest, sizeof rest, NULL, NULL), ==, 6);
}

static void
test_bounded (void)
{
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (answer_script, OK);
  g_autoptr (GranaryHttp) http = granary_http_new (3);
  gpointer arguments[] = { http, server };
  GThread *threads[24];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("get", get_thread, arguments);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    granary_http_response_free (g_thread_join (threads[i]));

  g_assert_cmpuint (granary_raw_server_get_n_requests (server), ==, G_N_ELEMENTS (threads));
  g_assert_cmpuint (granary_raw_server_get_n_connections (server), <=, 4);
}

/* Refused before anything is sent */

static void
test_bad_request (void)
{
  static const char *const urls[] = {
    "", "nonsense", "http://", "ftp://127.0.0.1/", "http://127.0.0.1:99999/",
  };
  g_autoptr (GranaryRawServer) server = granary_raw_server_start (answer_script, OK);
  g_autoptr (GranaryHttp) http = granary_http_new (1);
  const char *headers[] = { "Authorization", "secret\r\nX-Evil: 1", NULL };
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;
  GranaryHttpRequest request = { .method = "GET" };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      request.url = urls[i];
      response = granary_http_send (http, &request, NULL, &error);
      g_test_message ("%s", urls[i]);
      g_assert_null (response);
      g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT);
      g_clear_error (&error);
    }

  request.url = granary_raw_server_get_url (server);
  request.headers = headers;
  response = granary_http_send (http, &request, NULL, &error);
  g_assert_null (response);
  g_assert_error (error, GRANARY_ERROR, GRANARY_ERROR_INVALID_INPUT);
  g_assert_null (strstr (error->message, "secret"));
  g_assert_cmpuint (granary_http_get_n_sent (http), ==, 0);
}

/* Many threads that all open their first connections to a host at the same instant. */

#define N_TOGETHER 8
#define N_ROUNDS 150

typedef struct
{
  GranaryHttp *http;  /* (unowned) */
  const char  *url;   /* (unowned) */
  gint        *ready; /* (unowned): how many are there, atomic */
} Together;

static gpointer
connect_together (gpointer user_data)
{
  Together *together = user_data;
  GranaryHttpRequest request = { .method = "GET", .url = together->url };
  g_autoptr (GranaryHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  g_atomic_int_inc (together->ready);
  while (g_atomic_int_get (together->ready) < N_TOGETHER)
    ;
  response = granary_http_send (together->http, &request, NULL, &error);
  g_assert_no_error (error);

  return NULL;
}

static void
test_together (void)
{
  g_autoptr (GranaryRawServer) server = NULL;
  g_autofree char *url = NULL;

  server = granary_raw_server_start (answer_script,
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  url = g_strconcat (granary_raw_server_get_url (server), "/", NULL);

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr (GranaryHttp) http = granary_http_new (N_TOGETHER);
      GThread *threads[N_TOGETHER];
      gint ready = 0;
      Together together = { http, url, &ready };

      for (guint i = 0; i < N_TOGETHER; i++)
        threads[i] = g_thread_new ("together", connect_together, &together);
      for (guint i = 0; i < N_TOGETHER; i++)
        g_thread_join (threads[i]);
    }

  g_assert_cmpuint (granary_raw_server_get_n_requests (server), ==, N_TOGETHER * N_ROUNDS);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/http/verbatim", test_verbatim);
  g_test_add_func ("/http/answer", test_answer);
  g_test_add_func ("/http/retry-after", test_retry_after);
  g_test_add_func ("/http/no-body", test_no_body);
  g_test_add_func ("/http/not-followed", test_not_followed);
  g_test_add_func ("/http/reuse", test_reuse);
  g_test_add_func ("/http/reuse-after-open", test_reuse_after_open);
  g_test_add_func ("/http/writes-are-alone", test_writes_are_alone);
  g_test_add_func ("/http/closed-under-us", test_closed_under_us);
  g_test_add_func ("/http/closed-under-stream", test_closed_under_stream);
  g_test_add_func ("/http/together", test_together);
  g_test_add_func ("/http/stream", test_stream);
  g_test_add_func ("/http/bad-source", test_bad_source);
  g_test_add_func ("/http/long-source", test_long_source);
  g_test_add_func ("/http/bounded", test_bounded);
  g_test_add_func ("/http/bad-request", test_bad_request);

  return g_test_run ();
}
