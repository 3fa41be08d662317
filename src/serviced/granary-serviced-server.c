/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-serviced"

#include "config.h"

#include "granary-serviced-server.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "granary-error.h"
#include "granary-local-store-private.h"
#include "granary-serviced-peer.h"
#include "granary-serviced-protocol.h"

#define CLIENTS_MAX 64

struct _GranaryServicedServer
{
  GObject            parent_instance;

  GranarySupervisor *supervisor; /* (owned) */
  GSocketService    *service;    /* (owned) (nullable) */
  GPtrArray         *peers;      /* (owned) (element-type GranaryServicedPeer) */
  char              *path;       /* (owned) */
  guint64            inode;      /* of the socket: another's is not removed */
};

G_DEFINE_FINAL_TYPE (GranaryServicedServer, granary_serviced_server, G_TYPE_OBJECT)

enum
{
  CHANGED,
  QUIT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Auxiliary functions */

static void
closed_cb (GranaryServicedPeer   *peer,
           GranaryServicedServer *self)
{
  g_signal_handlers_disconnect_by_data (peer, self);
  g_ptr_array_remove (self->peers, peer);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
quit_cb (GranaryServicedPeer   *peer,
         GranaryServicedServer *self)
{
  g_signal_emit (self, signals[QUIT], 0);
}

static gboolean
incoming_cb (GSocketService        *service,
             GSocketConnection     *connection,
             GObject               *source,
             GranaryServicedServer *self)
{
  g_autoptr (GCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;
  GranaryServicedPeer *peer;

  credentials = g_socket_get_credentials (g_socket_connection_get_socket (connection), &error);
  if (credentials == NULL || g_credentials_get_unix_user (credentials, &error) != geteuid ())
    {
      g_debug ("Somebody else: %s", error != NULL ? error->message : "another user");
      return TRUE;
    }
  if (self->peers->len >= CLIENTS_MAX)
    {
      g_debug ("Too many clients");
      return TRUE;
    }

  peer = granary_serviced_peer_new (connection, self->supervisor);
  g_signal_connect_object (peer, "closed", G_CALLBACK (closed_cb), self, 0);
  g_signal_connect_object (peer, "quit", G_CALLBACK (quit_cb), self, 0);
  g_ptr_array_add (self->peers, peer);
  g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

/* A folder that nobody else can look or write into. */
static gboolean
check_folder (const char  *path,
              GError     **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  struct stat status;

  if (lstat (folder, &status) != 0)
    return granary_local_fail_errno (error, errno, folder, "stat");
  if (!S_ISDIR (status.st_mode) || status.st_uid != geteuid ())
    return granary_local_fail_errno (error, EPERM, folder, "check");
  if ((status.st_mode & 077) != 0 && chmod (folder, 0700) != 0)
    return granary_local_fail_errno (error, errno, folder, "chmod");

  return TRUE;
}

static gboolean
listen_there (GranaryServicedServer  *self,
              GError                **error)
{
  const char *folder = granary_supervisor_get_folder (self->supervisor);
  g_autoptr (GSocketAddress) address = NULL;
  g_autofd int folder_fd = -1;
  struct stat status;

  self->path = granary_serviced_dup_socket (folder);
  address = granary_serviced_make_address (folder, TRUE, &folder_fd);
  if (address == NULL)
    return granary_local_fail_errno (error, errno, self->path, "mkdir");
  if (!check_folder (self->path, error))
    return FALSE;

  /* Whoever had it before is gone: the lock is ours. */
  if (g_unlink (self->path) != 0 && errno != ENOENT)
    return granary_local_fail_errno (error, errno, self->path, "unlink");
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address,
                                      G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL,
                                      error))
    return FALSE;
  if (lstat (self->path, &status) == 0)
    self->inode = status.st_ino;

  return TRUE;
}

/* GObject overrides */

static void
granary_serviced_server_finalize (GObject *object)
{
  GranaryServicedServer *self = GRANARY_SERVICED_SERVER (object);

  g_clear_object (&self->service);
  g_clear_object (&self->supervisor);
  g_ptr_array_unref (self->peers);
  g_free (self->path);

  G_OBJECT_CLASS (granary_serviced_server_parent_class)->finalize (object);
}

static void
granary_serviced_server_class_init (GranaryServicedServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = granary_serviced_server_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[QUIT] = g_signal_new ("quit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 0);
}

static void
granary_serviced_server_init (GranaryServicedServer *self)
{
  self->service = g_socket_service_new ();
  g_socket_listener_set_backlog (G_SOCKET_LISTENER (self->service), CLIENTS_MAX);
  self->peers = g_ptr_array_new_with_free_func (g_object_unref);
}

/* Public functions */

/**
 * granary_serviced_server_new:
 * @supervisor: what requests are for
 * @error: return location
 *
 * Listens on the socket of the supervisor's repository; one that was left there is replaced.
 *
 * Returns: (transfer full): the server
 */
GranaryServicedServer *
granary_serviced_server_new (GranarySupervisor  *supervisor,
                             GError            **error)
{
  g_autoptr (GranaryServicedServer) self = NULL;

  g_return_val_if_fail (GRANARY_IS_SUPERVISOR (supervisor), NULL);

  self = g_object_new (GRANARY_TYPE_SERVICED_SERVER, NULL);
  self->supervisor = g_object_ref (supervisor);
  if (!listen_there (self, error))
    return NULL;

  g_signal_connect_object (self->service, "incoming", G_CALLBACK (incoming_cb), self, 0);
  g_socket_service_start (self->service);
  return g_steal_pointer (&self);
}

guint
granary_serviced_server_get_n_clients (GranaryServicedServer *self)
{
  g_return_val_if_fail (GRANARY_IS_SERVICED_SERVER (self), 0);

  return self->peers->len;
}

/* Takes no more clients, and removes the socket. Those that are there can still read their answers
 * until the program ends. */
void
granary_serviced_server_close (GranaryServicedServer *self)
{
  struct stat status;

  g_return_if_fail (GRANARY_IS_SERVICED_SERVER (self));

  g_socket_service_stop (self->service);
  if (self->inode != 0 && lstat (self->path, &status) == 0 && status.st_ino == self->inode &&
      g_unlink (self->path) != 0)
    g_debug ("%s stays: %s", self->path, g_strerror (errno));
  self->inode = 0;
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
}
