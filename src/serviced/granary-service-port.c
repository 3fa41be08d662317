/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-service-port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-retry.h"

/* Below what the system gives to outgoing connections, one of which could have the port of a
 * stopped service when that is started again. */
#define FIRST_PORT 20000
#define LAST_PORT 32767
#define TRIES 64

#define BACKLOG 512
#define STEP (50 * G_TIME_SPAN_MILLISECOND)

#define URL_FORMAT "http://127.0.0.1:%u/inference"

/* Auxiliary functions */

static gboolean
fail (GError  **error,
      int       saved_errno,
      guint16   number)
{
  g_autofree char *subject = g_strdup_printf ("127.0.0.1:%u", number);

  granary_set_error (error, GRANARY_ERROR_CONFLICT, GRANARY_REASON_NONE, subject, "%s: %s", subject,
                     g_strerror (saved_errno));
  return FALSE;
}

/* Listens at once: until then another program could listen there as well. */
static int
try_port (guint16  number,
          guint16 *got)
{
  g_autofd int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (number) };
  socklen_t length = sizeof address;
  int on = 1;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (fd < 0 || setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind (fd, (struct sockaddr *) &address, sizeof address) != 0 || listen (fd, BACKLOG) != 0 ||
      getsockname (fd, (struct sockaddr *) &address, &length) != 0)
    return -1;

  *got = ntohs (address.sin_port);
  return g_steal_fd (&fd);
}

static int
try_any (guint16 *got)
{
  for (guint i = 0; i < TRIES; i++)
    {
      int fd = try_port ((guint16) g_random_int_range (FIRST_PORT, LAST_PORT + 1), got);

      if (fd >= 0 || (errno != EADDRINUSE && errno != EACCES))
        return fd;
    }

  return try_port (0, got);
}

/* Public functions */

/**
 * granary_service_port_open:
 * @wanted: the port that callers know, 0 for none
 * @patience: µs to wait for it: what had it before may be about to end
 * @cancellable: (nullable): to stop waiting
 * @error: return location
 *
 * Opens the port of a service. Where another program keeps @wanted, it is another port. Blocks.
 *
 * Returns: (transfer full): the port
 */
GranaryServicePort *
granary_service_port_open (guint16        wanted,
                           gint64         patience,
                           GCancellable  *cancellable,
                           GError       **error)
{
  gint64 end = g_get_monotonic_time () + patience;
  GranaryServicePort *self;
  guint16 number = 0;
  int fd = -1;

  while (wanted != 0 && fd < 0)
    {
      fd = try_port (wanted, &number);
      if (fd < 0 && (errno != EADDRINUSE || g_get_monotonic_time () >= end))
        break;
      if (fd < 0 && !granary_sleep (STEP, cancellable, error))
        return NULL;
    }
  if (fd < 0)
    fd = try_any (&number);
  if (fd < 0)
    {
      fail (error, errno, wanted);
      return NULL;
    }

  self = g_new0 (GranaryServicePort, 1);
  self->fd = fd;
  self->number = number;
  return self;
}

void
granary_service_port_close (GranaryServicePort *self)
{
  if (self == NULL)
    return;

  g_clear_fd (&self->fd, NULL);
  g_free (self);
}

char *
granary_service_port_to_url (guint16 number)
{
  return g_strdup_printf (URL_FORMAT, number);
}

/* The port in an address that is recorded, 0 when there is none. */
guint16
granary_service_port_from_url (const char *url)
{
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;
  int port = uri != NULL ? g_uri_get_port (uri) : -1;

  return port > 0 && port <= G_MAXUINT16 ? (guint16) port : 0;
}
