/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-test"

#include "config.h"

#include "granary-raw-server.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/socket.h>

struct _GranaryRawServer
{
  GranaryRawScript  script;
  gconstpointer     user_data;
  GSocketListener  *listener;      /* (owned) */
  GTlsCertificate  *certificate;   /* (owned) (nullable) */
  GCancellable     *stopping;      /* (owned) */
  GThread          *thread;        /* (owned) */
  char             *url;
  guint16           port;

  GMutex            mutex;         /* guards what follows */
  GCond             cond;
  GPtrArray        *peer_threads;  /* (owned) (element-type GThread) */
  GPtrArray        *requests;      /* (owned) (element-type utf8) */
  guint             n_connections;
  guint             n_at_once;
  guint             most_at_once;
  guint             n_holding;
};

struct _GranaryRawPeer
{
  GranaryRawServer  *server;
  GSocketConnection *connection;   /* (owned) */
  GIOStream         *stream;       /* (owned): @connection, or TLS over it */
  GString           *buffer;       /* (owned): read but not yet used */
  guint              number;
};

/* A certificate */

static GTlsCertificate *
make_certificate (void)
{
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *certificate = X509_new ();
  BIO *memory = BIO_new (BIO_s_mem ());
  g_autoptr (GTlsCertificate) made = NULL;
  g_autoptr (GError) error = NULL;
  char *pem;
  long length;

  X509_set_version (certificate, 2);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), 1);
  X509_gmtime_adj (X509_getm_notBefore (certificate), -3600);
  X509_gmtime_adj (X509_getm_notAfter (certificate), 3600);
  X509_set_pubkey (certificate, key);
  X509_NAME_add_entry_by_txt (X509_get_subject_name (certificate), "CN", MBSTRING_ASC,
                              (const guchar *) "127.0.0.1", -1, -1, 0);
  X509_set_issuer_name (certificate, X509_get_subject_name (certificate));
  g_assert_cmpint (X509_sign (certificate, key, EVP_sha256 ()), >, 0);

  g_assert_cmpint (PEM_write_bio_X509 (memory, certificate), ==, 1);
  g_assert_cmpint (PEM_write_bio_PrivateKey (memory, key, NULL, NULL, 0, NULL, NULL), ==, 1);
  length = BIO_get_mem_data (memory, &pem);
  made = g_tls_certificate_new_from_pem (pem, length, &error);
  g_assert_no_error (error);

  BIO_free (memory);
  X509_free (certificate);
  EVP_PKEY_free (key);

  return g_steal_pointer (&made);
}

/* Connections */

static void
peer_free (GranaryRawPeer *peer)
{
  g_io_stream_close (peer->stream, NULL, NULL);
  g_clear_object (&peer->stream);
  g_clear_object (&peer->connection);
  g_string_free (peer->buffer, TRUE);
  g_free (peer);
}

static gpointer
peer_thread (gpointer data)
{
  GranaryRawPeer *peer = data;
  GranaryRawServer *self = peer->server;

  if (self->certificate != NULL)
    {
      g_autoptr (GIOStream) tls = NULL;

      tls = g_tls_server_connection_new (G_IO_STREAM (peer->connection), self->certificate, NULL);
      if (tls == NULL || !g_tls_connection_handshake (G_TLS_CONNECTION (tls), self->stopping, NULL))
        {
          peer_free (peer);
          return NULL;
        }
      g_set_object (&peer->stream, tls);
    }

  g_mutex_lock (&self->mutex);
  self->n_at_once++;
  self->most_at_once = MAX (self->most_at_once, self->n_at_once);
  g_mutex_unlock (&self->mutex);

  self->script (peer, self->user_data);

  g_mutex_lock (&self->mutex);
  self->n_at_once--;
  g_mutex_unlock (&self->mutex);
  peer_free (peer);

  return NULL;
}

static gpointer
accept_thread (gpointer data)
{
  GranaryRawServer *self = data;

  for (;;)
    {
      GSocketConnection *connection;
      GranaryRawPeer *peer;

      connection = g_socket_listener_accept (self->listener, NULL, self->stopping, NULL);
      if (connection == NULL)
        return NULL;

      peer = g_new0 (GranaryRawPeer, 1);
      peer->server = self;
      peer->connection = connection;
      peer->stream = g_object_ref (G_IO_STREAM (connection));
      peer->buffer = g_string_new (NULL);

      g_mutex_lock (&self->mutex);
      peer->number = self->n_connections++;
      g_ptr_array_add (self->peer_threads, g_thread_new ("raw-peer", peer_thread, peer));
      g_mutex_unlock (&self->mutex);
    }
}

static GranaryRawServer *
start (GranaryRawScript  script,
       gconstpointer     user_data,
       GTlsCertificate  *certificate)
{
  GranaryRawServer *self = g_new0 (GranaryRawServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->script = script;
  self->user_data = user_data;
  self->certificate = certificate;
  self->stopping = g_cancellable_new ();
  self->peer_threads = g_ptr_array_new ();
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->listener = g_socket_listener_new ();
  g_socket_listener_add_address (self->listener, address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->url = g_strdup_printf ("%s://127.0.0.1:%u", certificate != NULL ? "https" : "http",
                               self->port);
  self->thread = g_thread_new ("raw-server", accept_thread, self);

  return self;
}

GranaryRawServer *
granary_raw_server_start (GranaryRawScript script,
                          gconstpointer    user_data)
{
  return start (script, user_data, NULL);
}

GranaryRawServer *
granary_raw_server_start_tls (GranaryRawScript script,
                              gconstpointer    user_data)
{
  return start (script, user_data, make_certificate ());
}

void
granary_raw_server_stop (GranaryRawServer *self)
{
  g_cancellable_cancel (self->stopping);
  g_mutex_lock (&self->mutex);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);

  g_thread_join (self->thread);
  for (guint i = 0; i < self->peer_threads->len; i++)
    g_thread_join (self->peer_threads->pdata[i]);
  g_socket_listener_close (self->listener);

  g_clear_object (&self->listener);
  g_clear_object (&self->certificate);
  g_clear_object (&self->stopping);
  g_ptr_array_unref (self->peer_threads);
  g_ptr_array_unref (self->requests);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->mutex);
  g_free (self->url);
  g_free (self);
}

const char *
granary_raw_server_get_url (GranaryRawServer *self)
{
  return self->url;
}

guint16
granary_raw_server_get_port (GranaryRawServer *self)
{
  return self->port;
}

guint
granary_raw_server_get_n_connections (GranaryRawServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->n_connections;
}

guint
granary_raw_server_get_n_requests (GranaryRawServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->requests->len;
}

guint
granary_raw_server_get_most_at_once (GranaryRawServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->most_at_once;
}

char *
granary_raw_server_dup_request (GranaryRawServer *self,
                                guint             number)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  g_assert_cmpuint (number, <, self->requests->len);
  return g_strdup (self->requests->pdata[number]);
}

void
granary_raw_server_wait_for_hold (GranaryRawServer *self)
{
  g_mutex_lock (&self->mutex);
  while (self->n_holding == 0)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

gboolean
granary_raw_server_is_holding (GranaryRawServer *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->n_holding > 0;
}

/* Scripts */

guint
granary_raw_peer_get_number (GranaryRawPeer *peer)
{
  return peer->number;
}

/* Until there are @length bytes, or, with 0, some more. */
static gboolean
read_more (GranaryRawPeer *peer,
           gsize           length)
{
  char data[64 * 1024];

  do
    {
      gssize n_read = g_input_stream_read (g_io_stream_get_input_stream (peer->stream), data,
                                           sizeof data, peer->server->stopping, NULL);

      if (n_read <= 0)
        return FALSE;
      g_string_append_len (peer->buffer, data, n_read);
    }
  while (peer->buffer->len < length);

  return TRUE;
}

/* Bytes up to and including the blank line, 0 when the client has gone. */
static gsize
read_until_blank_line (GranaryRawPeer *peer)
{
  const char *end;

  while ((end = strstr (peer->buffer->str, "\r\n\r\n")) == NULL)
    {
      if (!read_more (peer, 0))
        return 0;
    }

  return (gsize) (end - peer->buffer->str) + strlen ("\r\n\r\n");
}

static void
take_request (GranaryRawPeer *peer,
              gsize           length)
{
  GranaryRawServer *self = peer->server;

  g_mutex_lock (&self->mutex);
  g_ptr_array_add (self->requests, g_strndup (peer->buffer->str, length));
  g_mutex_unlock (&self->mutex);
  g_string_erase (peer->buffer, 0, (gssize) length);
}

gboolean
granary_raw_peer_read_head (GranaryRawPeer *peer)
{
  gsize length = read_until_blank_line (peer);

  if (length == 0)
    return FALSE;

  take_request (peer, length);
  return TRUE;
}

gboolean
granary_raw_peer_read_request (GranaryRawPeer *peer)
{
  gsize head = read_until_blank_line (peer);
  g_autofree char *lower = g_ascii_strdown (peer->buffer->str, (gssize) head);
  const char *announced = head > 0 ? strstr (lower, "\r\ncontent-length:") : NULL;
  gsize length = head;

  if (head == 0)
    return FALSE;

  if (announced != NULL)
    length += g_ascii_strtoull (announced + strlen ("\r\ncontent-length:"), NULL, 10);
  if (peer->buffer->len < length && !read_more (peer, length))
    return FALSE;

  take_request (peer, length);
  return TRUE;
}

gboolean
granary_raw_peer_write_data (GranaryRawPeer *peer,
                             const void     *data,
                             gsize           length)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (peer->stream), data, length,
                                    NULL, peer->server->stopping, NULL);
}

gboolean
granary_raw_peer_write (GranaryRawPeer *peer,
                        const char     *text)
{
  return granary_raw_peer_write_data (peer, text, strlen (text));
}

void
granary_raw_peer_reset (GranaryRawPeer *peer)
{
  GSocket *socket = g_socket_connection_get_socket (peer->connection);
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  g_assert_no_errno (setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER,
                                 &at_once, sizeof at_once));
  g_socket_close (socket, NULL);
}

void
granary_raw_peer_hold (GranaryRawPeer *peer)
{
  GranaryRawServer *self = peer->server;

  g_mutex_lock (&self->mutex);
  self->n_holding++;
  g_cond_broadcast (&self->cond);
  while (!g_cancellable_is_cancelled (self->stopping))
    g_cond_wait (&self->cond, &self->mutex);
  self->n_holding--;
  g_mutex_unlock (&self->mutex);
}
