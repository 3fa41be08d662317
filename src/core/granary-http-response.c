/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-http"

#include "config.h"

#include "granary-http-private.h"

#include "granary-error.h"

#define DEFAULT_MAX_RESPONSE (32 * 1024 * 1024)
#define READ_SIZE (64 * 1024)

/*
 * The body of an answer. libsoup takes a connection that ends too early for the end of the body
 * when the server had said `Connection: close`; here the announced length counts.
 *
 * Holds a place in the pool until its end was read or it is closed. Used by one thread at a time.
 */
#define GRANARY_TYPE_HTTP_BODY (granary_http_body_get_type ())
G_DECLARE_FINAL_TYPE (GranaryHttpBody, granary_http_body, GRANARY, HTTP_BODY, GInputStream)

struct _GranaryHttpBody
{
  GInputStream parent_instance;

  GranaryHttp  *http;     /* (owned) (nullable): until the place is given back */
  GInputStream *base;     /* (owned) */
  SoupMessage  *message;  /* (owned) */
  char         *host;
  gint64        expected; /* bytes; -1 unknown */
  gint64        received; /* bytes */
  gboolean      complete; /* whether its end was reached */
};

G_DEFINE_FINAL_TYPE (GranaryHttpBody, granary_http_body, G_TYPE_INPUT_STREAM)

struct _GranaryHttpResponse
{
  SoupMessage     *message; /* (owned) */
  GranaryHttpBody *stream;  /* (owned) */
  GBytes          *body;    /* (owned) (nullable): when it was read whole */
  gint64           length;  /* bytes as announced; -1 unknown */
};

/* Body */

/* @complete: whether all was read and the connection may serve another request. */
static void
body_finish (GranaryHttpBody *self,
             gboolean         complete)
{
  g_autoptr (GCancellable) cancelled = NULL;

  if (self->http == NULL)
    return;

  self->complete = complete;
  /* Closing a body that was not read to its end must neither wait for the rest nor keep it. */
  if (!complete)
    {
      cancelled = g_cancellable_new ();
      g_cancellable_cancel (cancelled);
    }
  g_input_stream_close (self->base, cancelled, NULL);

  granary_http_leave (self->http);
  g_clear_object (&self->http);
}

static gssize
granary_http_body_read (GInputStream  *stream,
                        void          *buffer,
                        gsize          count,
                        GCancellable  *cancellable,
                        GError       **error)
{
  GranaryHttpBody *self = GRANARY_HTTP_BODY (stream);
  GError *cause = NULL;
  gssize n_read;

  if (self->complete)
    return 0;
  if (self->http == NULL)
    {
      granary_set_error (error, GRANARY_ERROR_NETWORK, GRANARY_REASON_CONNECTION_BROKEN, self->host,
                         "%s: reading goes on after an error", self->host);
      return -1;
    }

  n_read = g_input_stream_read (self->base, buffer, count, cancellable, &cause);
  if (n_read < 0)
    {
      granary_http_take_error (error, cause, self->host, TRUE);
      body_finish (self, FALSE);
      return -1;
    }

  self->received += n_read;
  if (n_read == 0 && self->received < self->expected)
    {
      granary_set_error (error, GRANARY_ERROR_NETWORK, GRANARY_REASON_CONNECTION_BROKEN, self->host,
                         "%s: the answer ends after %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                         " bytes", self->host, self->received, self->expected);
      body_finish (self, FALSE);
      return -1;
    }

  if (n_read == 0)
    {
      body_finish (self, TRUE);
    }
  else if (self->received == self->expected && soup_message_is_keepalive (self->message))
    {
      char probe;

      /* All is there. Seeing the end frees the connection for the next request at once, also for a
       * reader that stops here; it does not block, as libsoup counts too. */
      g_input_stream_read (self->base, &probe, 1, cancellable, NULL);
      body_finish (self, TRUE);
    }

  return n_read;
}

static gboolean
granary_http_body_close (GInputStream  *stream,
                         GCancellable  *cancellable,
                         GError       **error)
{
  body_finish (GRANARY_HTTP_BODY (stream), FALSE);

  return TRUE;
}

static void
granary_http_body_finalize (GObject *object)
{
  GranaryHttpBody *self = GRANARY_HTTP_BODY (object);

  body_finish (self, FALSE);
  g_clear_object (&self->base);
  g_clear_object (&self->message);
  g_free (self->host);

  G_OBJECT_CLASS (granary_http_body_parent_class)->finalize (object);
}

static void
granary_http_body_class_init (GranaryHttpBodyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  object_class->finalize = granary_http_body_finalize;
  stream_class->read_fn = granary_http_body_read;
  stream_class->close_fn = granary_http_body_close;
}

static void
granary_http_body_init (GranaryHttpBody *self)
{
  self->expected = -1;
}

/* Response */

static gint64
announced_length (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);

  /* Of a compressed body only the compressed size is known; libsoup finds its end itself. */
  if (soup_message_headers_get_encoding (headers) != SOUP_ENCODING_CONTENT_LENGTH ||
      soup_message_headers_get_one (headers, "Content-Encoding") != NULL)
    return -1;

  return soup_message_headers_get_content_length (headers);
}

static gboolean
has_body (SoupMessage *message)
{
  guint status = soup_message_get_status (message);

  return !g_str_equal (soup_message_get_method (message), "HEAD") &&
         status != SOUP_STATUS_NO_CONTENT && status != SOUP_STATUS_NOT_MODIFIED;
}

GranaryHttpResponse *
granary_http_response_new (GranaryHttp  *http,
                           SoupMessage  *message,
                           GInputStream *base,
                           const char   *host)
{
  GranaryHttpResponse *self = g_new0 (GranaryHttpResponse, 1);

  self->message = g_object_ref (message);
  self->length = announced_length (message);

  self->stream = g_object_new (GRANARY_TYPE_HTTP_BODY, NULL);
  self->stream->http = g_object_ref (http);
  self->stream->message = g_object_ref (message);
  self->stream->base = base;
  self->stream->host = g_strdup (host);
  self->stream->expected = has_body (message) ? self->length : 0;

  return self;
}

/*
 * Reads the body whole, up to @max bytes (0: 32 MiB): what a broken or hostile server sends must
 * not fill the memory.
 */
gboolean
granary_http_response_read (GranaryHttpResponse  *self,
                            gsize                 max,
                            GCancellable         *cancellable,
                            GError              **error)
{
  g_autoptr (GByteArray) body = NULL;
  gsize limit = max > 0 ? max : DEFAULT_MAX_RESPONSE;
  gboolean too_large = self->stream->expected > 0 && (guint64) self->stream->expected > limit;

  body = g_byte_array_new ();
  while (!too_large)
    {
      guint length = body->len;
      gssize n_read;

      g_byte_array_set_size (body, length + READ_SIZE);
      n_read = g_input_stream_read (G_INPUT_STREAM (self->stream), body->data + length, READ_SIZE,
                                    cancellable, error);
      if (n_read < 0)
        return FALSE;
      g_byte_array_set_size (body, length + (guint) n_read);
      if (n_read == 0)
        break;
      too_large = body->len > limit;
    }

  if (too_large)
    {
      granary_set_error (error, GRANARY_ERROR_BAD_RESPONSE, GRANARY_REASON_RESPONSE_TOO_LARGE,
                         self->stream->host, "%s: the answer has more than %" G_GSIZE_FORMAT
                         " bytes", self->stream->host, limit);
      body_finish (self->stream, FALSE);
      return FALSE;
    }

  self->body = g_byte_array_free_to_bytes (g_steal_pointer (&body));
  return TRUE;
}

/**
 * granary_http_response_get_status:
 * @self: an answer
 *
 * Returns: its HTTP status
 */
guint
granary_http_response_get_status (GranaryHttpResponse *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return soup_message_get_status (self->message);
}

/**
 * granary_http_response_get_header:
 * @self: an answer
 * @name: name of a header, in any case
 *
 * Returns: (nullable) (transfer none): its value
 */
const char *
granary_http_response_get_header (GranaryHttpResponse *self,
                                  const char          *name)
{
  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  return soup_message_headers_get_one (soup_message_get_response_headers (self->message), name);
}

/**
 * granary_http_response_get_length:
 * @self: an answer
 *
 * Returns: bytes of its body as announced (for HEAD: of the body that GET would give), -1 unknown
 */
gint64
granary_http_response_get_length (GranaryHttpResponse *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->length;
}

/**
 * granary_http_response_get_body:
 * @self: an answer of granary_http_send()
 *
 * Returns: (transfer none): its body
 */
GBytes *
granary_http_response_get_body (GranaryHttpResponse *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->body;
}

/**
 * granary_http_response_get_stream:
 * @self: an answer of granary_http_open()
 *
 * Reads fail with errors of [error@Error], %GRANARY_REASON_CONNECTION_BROKEN when bytes are
 * missing. To be read on the thread that opened it, and no longer than the response is kept.
 *
 * Returns: (transfer none): its body
 */
GInputStream *
granary_http_response_get_stream (GranaryHttpResponse *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return G_INPUT_STREAM (self->stream);
}

static gint64
parse_date (const char *text)
{
  g_autoptr (GDateTime) time = NULL;

  if (text == NULL)
    return 0;
  time = soup_date_time_new_from_http_string (text);

  return time != NULL ? g_date_time_to_unix (time) : 0;
}

/**
 * granary_http_response_get_retry_after:
 * @self: an answer
 *
 * Returns: seconds that it asks to wait, whether written as a number or as a date; 0 for none
 */
guint
granary_http_response_get_retry_after (GranaryHttpResponse *self)
{
  const char *text = granary_http_response_get_header (self, "Retry-After");
  guint64 seconds = 0;
  gint64 date;
  gint64 now;

  if (text == NULL || g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &seconds, NULL))
    return (guint) seconds;

  date = parse_date (text);
  now = granary_http_response_get_date (self);
  if (now == 0)
    now = g_get_real_time () / G_USEC_PER_SEC;

  return date > now ? (guint) MIN (date - now, G_MAXUINT) : 0;
}

/**
 * granary_http_response_get_date:
 * @self: an answer
 *
 * Returns: when the server made it, in seconds since the epoch; 0 when it does not say
 */
gint64
granary_http_response_get_date (GranaryHttpResponse *self)
{
  return parse_date (granary_http_response_get_header (self, "Date"));
}

/**
 * granary_http_response_free:
 * @self: (nullable): an answer
 *
 * Gives its connection back when the body was read to its end, else closes it.
 */
void
granary_http_response_free (GranaryHttpResponse *self)
{
  if (self == NULL)
    return;

  body_finish (self->stream, FALSE);
  g_clear_object (&self->stream);
  g_clear_object (&self->message);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}
