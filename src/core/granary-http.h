/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The only user of libsoup. Everything blocks: call it on a worker. */

/**
 * GranaryHttpFlags:
 * @GRANARY_HTTP_IDEMPOTENT: may be sent on a connection that the server could just be closing, as
 *   repeating it does no harm; never for writes of API 3.0
 * @GRANARY_HTTP_CONTENT_CODING: let the server compress the answer; never for object storage, where
 *   it would break ranges and checksums
 */
typedef enum
{
  GRANARY_HTTP_NONE = 0,
  GRANARY_HTTP_IDEMPOTENT = 1 << 0,
  GRANARY_HTTP_CONTENT_CODING = 1 << 1,
} GranaryHttpFlags;

/**
 * GranaryHttpRequest:
 * @method: such as `PUT`
 * @url: complete, path and query already percent-encoded; sent as it is
 * @headers: names and values in turn, %NULL at the end, or %NULL
 * @body: (nullable): what to send, when it is small
 * @stream: (nullable): what to send otherwise; read once, left open
 * @stream_length: bytes of @stream, exactly
 * @flags: see [flags@HttpFlags]
 * @max_response: cap of the answer's body in bytes when it is read whole; 0 for 32 MiB
 * @timeout: seconds without a byte from or to the server before giving up; 0 for 60
 * @sent: (nullable): called on the sending thread with the number of body bytes taken since the
 *   last call
 * @user_data: for @sent
 *
 * One request. Plain data of its maker, who keeps it alive while it is sent.
 */
typedef struct
{
  const char         *method;
  const char         *url;
  const char * const *headers;
  GBytes             *body;
  GInputStream       *stream;
  gint64              stream_length;
  GranaryHttpFlags    flags;
  gsize               max_response;
  guint               timeout;
  void              (*sent) (gsize    n_bytes,
                             gpointer user_data);
  gpointer            user_data;
} GranaryHttpRequest;

/**
 * GranaryHttpResponse:
 *
 * An answer of whatever status. Its body was read whole (send), or is to be read (open).
 */
typedef struct _GranaryHttpResponse GranaryHttpResponse;

guint         granary_http_response_get_status  (GranaryHttpResponse *self);
const char   *granary_http_response_get_header  (GranaryHttpResponse *self,
                                                 const char          *name);
/* Bytes of the body as the server announced them, -1 unknown. */
gint64        granary_http_response_get_length  (GranaryHttpResponse *self);
GBytes       *granary_http_response_get_body    (GranaryHttpResponse *self);
/* Reading it to its end gives a CONNECTION_BROKEN error, not an end, when bytes are missing. */
GInputStream *granary_http_response_get_stream  (GranaryHttpResponse *self);
/* Seconds that Retry-After asks for, 0 without one. */
guint         granary_http_response_get_retry_after (GranaryHttpResponse *self);
/* The server's Date in seconds since the epoch, 0 without one. */
gint64        granary_http_response_get_date    (GranaryHttpResponse *self);
void          granary_http_response_free        (GranaryHttpResponse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryHttpResponse, granary_http_response_free)

/**
 * GranaryHttp:
 *
 * A pool of connections. Follows no redirect, stores no cookie, uses the desktop's proxy settings,
 * checks certificates. Thread-safe; made on any thread.
 *
 * Errors: those of the request's stream (SOURCE_CHANGED when it ends early); of code
 * %GRANARY_ERROR_NETWORK with reason HOST_UNREACHABLE (nothing was sent), NO_ANSWER_IN_TIME,
 * CONNECTION_BROKEN, CERTIFICATE_INVALID (nothing was sent); RESPONSE_TOO_LARGE; or
 * %G_IO_ERROR_CANCELLED. An HTTP error status is no error here.
 */
#define GRANARY_TYPE_HTTP (granary_http_get_type ())
G_DECLARE_FINAL_TYPE (GranaryHttp, granary_http, GRANARY, HTTP, GObject)

GranaryHttp         *granary_http_new  (guint                      max_connections) G_GNUC_WARN_UNUSED_RESULT;
/* Past every proxy: for what runs on this computer. */
GranaryHttp         *granary_http_new_direct
                                       (guint                      max_connections) G_GNUC_WARN_UNUSED_RESULT;
/* How many requests left this process so far through @self: for tests and bounded retries. */
guint                granary_http_get_n_sent (GranaryHttp         *self);
GranaryHttpResponse *granary_http_send (GranaryHttp               *self,
                                        const GranaryHttpRequest  *request,
                                        GCancellable              *cancellable,
                                        GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryHttpResponse *granary_http_open (GranaryHttp               *self,
                                        const GranaryHttpRequest  *request,
                                        GCancellable              *cancellable,
                                        GError                   **error) G_GNUC_WARN_UNUSED_RESULT;
/* Host, with the port unless it is the scheme's own: as it is sent and has to be signed. */
char                *granary_http_dup_host (const char            *url) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
