/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-http"

#include "config.h"

#include "granary-http-private.h"

#include "granary-error.h"

#include <string.h>

/* Seconds for one address to answer at all, and without a byte before a request fails. */
#define CONNECT_TIMEOUT 20
#define DEFAULT_TIMEOUT 60
/* Seconds that an unused connection is kept. */
#define IDLE_TIMEOUT 30

/* A session has one address to connect to, and numbers its connections. */
typedef struct
{
  SoupSession *session; /* (owned) */
  GHashTable  *sockets; /* (owned): connection id → (owned) GSocket, until it is seen closed;
                         * guarded by the mutex of the pool */
} Host;

static void
host_free (Host *self)
{
  g_object_unref (self->session);
  g_hash_table_unref (self->sockets);
  g_free (self);
}

struct _GranaryHttp
{
  GObject parent_instance;

  guint        max_connections;
  gboolean     is_direct;       /* no proxy */
  gint         n_sent;          /* atomic */

  GMutex       mutex;           /* guards what follows */
  GCond        cond;            /* a place was given back, or a waiter called off */
  guint        n_under_way;
  GHashTable  *hosts;           /* (owned): scheme, name and port → (owned) Host */
};

G_DEFINE_FINAL_TYPE (GranaryHttp, granary_http, G_TYPE_OBJECT)

/* One request while it is sent; on its thread alone but for @cancellable. */
typedef struct
{
  GranaryHttp              *http;
  Host                     *host;        /* (unowned): of @http */
  const GranaryHttpRequest *request;
  GCancellable             *cancellable; /* (owned): the caller's wish, or ours to give up */
  GSocket                  *socket;      /* (owned) (nullable): of a new connection */
  gboolean                  sent;        /* whether the server may have seen any of it */
  const char               *gave_up;     /* (nullable): why, when it was not the caller's wish */
} Exchange;

static void
exchange_clear (Exchange *self)
{
  g_clear_object (&self->cancellable);
  g_clear_object (&self->socket);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Exchange, exchange_clear)

/* Places: libsoup waits for a free connection where no cancellation reaches it, so that nobody may
 * come to that point: there are fewer places than connections. */

static void
wake_cb (GCancellable *cancellable,
         GranaryHttp  *self)
{
  g_mutex_lock (&self->mutex);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

static gboolean
enter (GranaryHttp   *self,
       GCancellable  *cancellable,
       GError       **error)
{
  gulong handler = 0;
  gboolean entered = FALSE;

  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (wake_cb), self, NULL);

  g_mutex_lock (&self->mutex);
  while (self->n_under_way >= self->max_connections &&
         !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&self->cond, &self->mutex);
  if (!g_cancellable_is_cancelled (cancellable))
    {
      self->n_under_way++;
      entered = TRUE;
    }
  g_mutex_unlock (&self->mutex);

  g_cancellable_disconnect (cancellable, handler);
  if (!entered)
    g_cancellable_set_error_if_cancelled (cancellable, error);

  return entered;
}

void
granary_http_leave (GranaryHttp *self)
{
  g_mutex_lock (&self->mutex);
  g_assert (self->n_under_way > 0);
  self->n_under_way--;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/* Timeouts: libsoup has one for all requests of a session, which is that of connecting here. Once
 * there is a connection, its socket has that of the request that uses it. */

static gboolean
is_gone (gpointer key,
         gpointer value,
         gpointer user_data)
{
  return g_socket_is_closed (value);
}

static guint
request_timeout (const GranaryHttpRequest *request)
{
  return request->timeout > 0 ? request->timeout : DEFAULT_TIMEOUT;
}

static void
set_timeout (Exchange    *exchange,
             SoupMessage *message)
{
  GMutex *mutex = &exchange->http->mutex;
  GHashTable *sockets = exchange->host->sockets;
  guint64 id = soup_message_get_connection_id (message);
  g_autoptr (GSocket) socket = NULL;

  g_mutex_lock (mutex);
  if (exchange->socket != NULL)
    {
      socket = g_steal_pointer (&exchange->socket);
      g_hash_table_foreach_remove (sockets, is_gone, NULL);
      g_hash_table_replace (sockets, g_memdup2 (&id, sizeof id), g_object_ref (socket));
    }
  else
    {
      g_set_object (&socket, g_hash_table_lookup (sockets, &id));
    }
  g_mutex_unlock (mutex);

  if (socket != NULL)
    g_socket_set_timeout (socket, request_timeout (exchange->request));
}

/* Signals of a message, on the sending thread */

static void
network_event_cb (SoupMessage        *message,
                  GSocketClientEvent  event,
                  GIOStream          *connection,
                  Exchange           *exchange)
{
  if (event == G_SOCKET_CLIENT_CONNECTED && G_IS_SOCKET_CONNECTION (connection))
    g_set_object (&exchange->socket,
                  g_socket_connection_get_socket (G_SOCKET_CONNECTION (connection)));

  /* For the handshakes that follow; libsoup has just set its own. */
  if (exchange->socket != NULL)
    g_socket_set_timeout (exchange->socket,
                          MIN (CONNECT_TIMEOUT, request_timeout (exchange->request)));
}

static void
starting_cb (SoupMessage *message,
             Exchange    *exchange)
{
  exchange->sent = TRUE;
  g_atomic_int_inc (&exchange->http->n_sent);
  set_timeout (exchange, message);
}

static void
wrote_body_data_cb (SoupMessage *message,
                    guint        size,
                    Exchange    *exchange)
{
  exchange->request->sent (size, exchange->request->user_data);
}

/*
 * libsoup repeats GET, PUT and DELETE by itself when a kept connection turns out to be closed. It
 * drops the body then, and would store an empty object in place of it.
 */
static void
restarted_cb (SoupMessage *message,
              Exchange    *exchange)
{
  const GranaryHttpRequest *request = exchange->request;

  if (request->body != NULL)
    {
      soup_message_set_request_body_from_bytes (message, NULL, request->body);
    }
  else if (request->stream != NULL)
    {
      exchange->gave_up = "the connection was closed while the body was sent";
      g_cancellable_cancel (exchange->cancellable);
    }
}

/* libsoup would collect a body of this status without a limit, and ask again. */
static void
got_headers_cb (SoupMessage *message,
                Exchange    *exchange)
{
  if (soup_message_get_status (message) == SOUP_STATUS_MISDIRECTED_REQUEST)
    {
      exchange->gave_up = "the server does not speak for this host";
      g_cancellable_cancel (exchange->cancellable);
    }
}

/* Hosts */

/* libproxy, which GIO asks outside GNOME, ends the process when the schema of the desktop's proxy
 * settings cannot be found. */
static gboolean
has_proxy_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, "org.gnome.system.proxy", TRUE);

  return schema != NULL;
}

static SoupSession *
make_session (GranaryHttp *self,
              GUri        *uri)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSocketConnectable) address = granary_http_address_new (uri);
  SoupSession *session;

  /* The session belongs to the context that it is made in. In one of its own it does nothing on the
   * main thread, not even close a connection. */
  g_main_context_push_thread_default (context);
  session = soup_session_new_with_options ("remote-connectable", address,
                                           "max-conns", 2 * self->max_connections + 2,
                                           "max-conns-per-host", self->max_connections + 1,
                                           "timeout", CONNECT_TIMEOUT,
                                           "idle-timeout", IDLE_TIMEOUT,
                                           "user-agent", "Granary/" GRANARY_VERSION,
                                           NULL);
  if (self->is_direct ||
      (g_getenv ("GIO_USE_PROXY_RESOLVER") == NULL && !has_proxy_settings ()))
    soup_session_set_proxy_resolver (session, NULL);
  g_main_context_pop_thread_default (context);

  return session;
}

static Host *
ensure_host (GranaryHttp *self,
             GUri        *uri)
{
  g_autofree char *key = NULL;
  Host *host;

  key = g_uri_join (SOUP_HTTP_URI_FLAGS, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri),
                    g_uri_get_port (uri), "", NULL, NULL);

  g_mutex_lock (&self->mutex);
  host = g_hash_table_lookup (self->hosts, key);
  if (host == NULL)
    {
      host = g_new0 (Host, 1);
      host->session = make_session (self, uri);
      host->sockets = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
      g_hash_table_insert (self->hosts, g_steal_pointer (&key), host);
    }
  g_mutex_unlock (&self->mutex);

  return host;
}

/* Messages */

static gboolean
header_is_valid (const char *name,
                 const char *value)
{
  for (const char *at = value; *at != '\0'; at++)
    {
      if (g_ascii_iscntrl (*at) && *at != '\t')
        return FALSE;
    }

  return *name != '\0';
}

static GUri *
parse_url (const char  *url,
           GError     **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      (!g_str_equal (g_uri_get_scheme (uri), "http") &&
       !g_str_equal (g_uri_get_scheme (uri), "https")))
    {
      g_auto (GStrv) parts = g_strsplit (url, "?", 2);
      g_autofree char *shown = granary_display_path (parts[0] != NULL ? parts[0] : "");

      granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_ENDPOINT_INVALID, shown,
                         "not an address: %s", shown);
      return NULL;
    }

  return g_steal_pointer (&uri);
}

static SoupMessage *
make_message (const GranaryHttpRequest  *request,
              GError                   **error)
{
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GUri) uri = NULL;
  SoupMessageHeaders *headers;

  uri = parse_url (request->url, error);
  if (uri == NULL)
    return NULL;

  message = soup_message_new_from_uri (request->method, uri);
  headers = soup_message_get_request_headers (message);
  for (guint i = 0; request->headers != NULL && request->headers[i] != NULL &&
                    request->headers[i + 1] != NULL; i += 2)
    {
      const char *name = request->headers[i];
      const char *value = request->headers[i + 1];

      /* The value may be a secret: only its name is told. */
      if (!header_is_valid (name, value))
        {
          granary_set_error (error, GRANARY_ERROR_INVALID_INPUT, GRANARY_REASON_NONE, NULL,
                             "the header %s holds a control character", name);
          return NULL;
        }
      soup_message_headers_replace (headers, name, value);
    }

  if (request->body != NULL)
    soup_message_set_request_body_from_bytes (message, NULL, request->body);
  if (request->stream != NULL)
    {
      g_autoptr (GInputStream) source = granary_http_source_new (request->stream,
                                                                 request->stream_length);

      soup_message_set_request_body (message, NULL, source, request->stream_length);
    }

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  if ((request->flags & GRANARY_HTTP_IDEMPOTENT) != 0)
    soup_message_add_flags (message, SOUP_MESSAGE_IDEMPOTENT);
  if ((request->flags & GRANARY_HTTP_CONTENT_CODING) == 0)
    soup_message_disable_feature (message, SOUP_TYPE_CONTENT_DECODER);
  /* An answer of 401 would be collected without a limit. Proxies of HTTPS still get their password:
   * that is a message of its own. */
  soup_message_disable_feature (message, SOUP_TYPE_AUTH_MANAGER);
  /* Streams of one connection must stay on one thread with HTTP/2. */
  soup_message_set_force_http1 (message, TRUE);

  return g_steal_pointer (&message);
}

static void
log_answer (const GranaryHttpRequest *request,
            SoupMessage              *message)
{
  GUri *uri = soup_message_get_uri (message);

  /* No query and no headers: they carry signatures. */
  g_debug ("%s %s://%s%s: %u", request->method, g_uri_get_scheme (uri), g_uri_get_host (uri),
           g_uri_get_path (uri), soup_message_get_status (message));
}

static void
forward_cancel_cb (GCancellable *cancellable,
                   GCancellable *inner)
{
  g_cancellable_cancel (inner);
}

static GInputStream *
exchange_run (Exchange      *exchange,
              SoupMessage   *message,
              GCancellable  *cancellable,
              const char    *host,
              GError       **error)
{
  GError *cause = NULL;
  GInputStream *stream;
  gulong handler = 0;

  exchange->host = ensure_host (exchange->http, soup_message_get_uri (message));
  exchange->cancellable = g_cancellable_new ();
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (forward_cancel_cb),
                                     g_object_ref (exchange->cancellable), g_object_unref);

  g_signal_connect (message, "network-event", G_CALLBACK (network_event_cb), exchange);
  g_signal_connect (message, "starting", G_CALLBACK (starting_cb), exchange);
  g_signal_connect (message, "restarted", G_CALLBACK (restarted_cb), exchange);
  g_signal_connect (message, "got-headers", G_CALLBACK (got_headers_cb), exchange);
  if (exchange->request->sent != NULL)
    g_signal_connect (message, "wrote-body-data", G_CALLBACK (wrote_body_data_cb), exchange);

  stream = soup_session_send (exchange->host->session, message, exchange->cancellable, &cause);

  g_signal_handlers_disconnect_by_data (message, exchange);
  g_cancellable_disconnect (cancellable, handler);

  if (exchange->gave_up != NULL && !g_cancellable_is_cancelled (cancellable))
    {
      g_clear_error (&cause);
      g_clear_object (&stream);
      granary_set_error (error, GRANARY_ERROR_NETWORK, GRANARY_REASON_CONNECTION_BROKEN, host,
                         "%s: %s", host, exchange->gave_up);
    }
  else if (stream == NULL)
    {
      granary_http_take_error (error, cause, host, exchange->sent);
    }
  else if (!exchange->sent)
    {
      /* The proxy refused to connect; its status is not that of the server. */
      granary_set_error (error, GRANARY_ERROR_NETWORK, GRANARY_REASON_HOST_UNREACHABLE, host,
                         "%s: the proxy answered %u", host, soup_message_get_status (message));
      g_clear_object (&stream);
    }

  return stream;
}

/* GObject */

static void
granary_http_finalize (GObject *object)
{
  GranaryHttp *self = GRANARY_HTTP (object);

  g_hash_table_unref (self->hosts);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (granary_http_parent_class)->finalize (object);
}

static void
granary_http_class_init (GranaryHttpClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = granary_http_finalize;
}

static void
granary_http_init (GranaryHttp *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) host_free);
}

/**
 * granary_http_new:
 * @max_connections: how many requests may be under way at a time; others wait for them
 *
 * Returns: (transfer full): a pool without connections as yet
 */
GranaryHttp *
granary_http_new (guint max_connections)
{
  GranaryHttp *self;

  g_return_val_if_fail (max_connections > 0, NULL);

  self = g_object_new (GRANARY_TYPE_HTTP, NULL);
  self->max_connections = max_connections;

  return self;
}

/**
 * granary_http_new_direct:
 * @max_connections: how many requests may be under way at a time; others wait for them
 *
 * For services on this computer, whose tokens are no matter of a proxy's.
 *
 * Returns: (transfer full): a pool that passes by the desktop's proxies
 */
GranaryHttp *
granary_http_new_direct (guint max_connections)
{
  GranaryHttp *self = granary_http_new (max_connections);

  g_return_val_if_fail (self != NULL, NULL);

  self->is_direct = TRUE;
  return self;
}

/**
 * granary_http_get_n_sent:
 * @self: a pool
 *
 * Any thread.
 *
 * Returns: how many requests were begun to be sent, repetitions included
 */
guint
granary_http_get_n_sent (GranaryHttp *self)
{
  g_return_val_if_fail (GRANARY_IS_HTTP (self), 0);

  return (guint) g_atomic_int_get (&self->n_sent);
}

/**
 * granary_http_open:
 * @self: a pool
 * @request: what to send
 * @cancellable: (nullable): breaks it off at any point
 * @error: return location
 *
 * Sends @request and reads the head of the answer. Blocks; any thread but the main one.
 *
 * Returns: (transfer full): the answer, its body yet to be read on the same thread
 */
GranaryHttpResponse *
granary_http_open (GranaryHttp               *self,
                   const GranaryHttpRequest  *request,
                   GCancellable              *cancellable,
                   GError                   **error)
{
  g_auto (Exchange) exchange = { .http = self, .request = request };
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *host = NULL;
  GInputStream *stream;

  g_return_val_if_fail (GRANARY_IS_HTTP (self), NULL);
  g_return_val_if_fail (request != NULL && request->method != NULL && request->url != NULL, NULL);
  g_return_val_if_fail (request->body == NULL || request->stream == NULL, NULL);
  g_return_val_if_fail (request->stream == NULL || request->stream_length >= 0, NULL);

  message = make_message (request, error);
  if (message == NULL || !enter (self, cancellable, error))
    return NULL;

  host = granary_http_dup_host (request->url);
  stream = exchange_run (&exchange, message, cancellable, host, error);
  if (stream == NULL)
    {
      granary_http_leave (self);
      return NULL;
    }

  log_answer (request, message);
  return granary_http_response_new (self, message, stream, host);
}

/**
 * granary_http_send:
 * @self: a pool
 * @request: what to send
 * @cancellable: (nullable): breaks it off at any point
 * @error: return location
 *
 * Sends @request and reads the whole answer. Blocks; any thread but the main one.
 *
 * Returns: (transfer full): the answer with its body
 */
GranaryHttpResponse *
granary_http_send (GranaryHttp               *self,
                   const GranaryHttpRequest  *request,
                   GCancellable              *cancellable,
                   GError                   **error)
{
  g_autoptr (GranaryHttpResponse) response = NULL;

  response = granary_http_open (self, request, cancellable, error);
  if (response == NULL ||
      !granary_http_response_read (response, request->max_response, cancellable, error))
    return NULL;

  return g_steal_pointer (&response);
}

/**
 * granary_http_dup_host:
 * @url: a URL
 *
 * Returns: (transfer full): its host as the Host header has it; "" for what is no URL
 */
char *
granary_http_dup_host (const char *url)
{
  g_autoptr (GUri) uri = NULL;
  const char *host;
  int port;

  g_return_val_if_fail (url != NULL, NULL);

  uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  host = uri != NULL ? g_uri_get_host (uri) : NULL;
  if (host == NULL)
    return g_strdup ("");

  port = g_uri_get_port (uri);
  if (port == -1 || port == (g_str_equal (g_uri_get_scheme (uri), "https") ? 443 : 80))
    return strchr (host, ':') != NULL ? g_strdup_printf ("[%s]", host) : g_strdup (host);

  return strchr (host, ':') != NULL ? g_strdup_printf ("[%s]:%d", host, port)
                                    : g_strdup_printf ("%s:%d", host, port);
}
