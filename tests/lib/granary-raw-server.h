/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* For tests: a server on loopback that says exactly what its script says, with all the faults that
 * no HTTP library would commit. Each connection runs the script on a thread of its own. */

typedef struct _GranaryRawServer GranaryRawServer;
typedef struct _GranaryRawPeer   GranaryRawPeer;

typedef void (*GranaryRawScript) (GranaryRawPeer *peer,
                                  gconstpointer   user_data);

GranaryRawServer *granary_raw_server_start          (GranaryRawScript   script,
                                                     gconstpointer      user_data) G_GNUC_WARN_UNUSED_RESULT;
/* With a certificate that nobody knows. */
GranaryRawServer *granary_raw_server_start_tls      (GranaryRawScript   script,
                                                     gconstpointer      user_data) G_GNUC_WARN_UNUSED_RESULT;
void              granary_raw_server_stop           (GranaryRawServer  *self);
/* Without a slash at its end. */
const char       *granary_raw_server_get_url        (GranaryRawServer  *self);
guint16           granary_raw_server_get_port       (GranaryRawServer  *self);
guint             granary_raw_server_get_n_connections
                                                    (GranaryRawServer  *self);
guint             granary_raw_server_get_n_requests (GranaryRawServer  *self);
guint             granary_raw_server_get_most_at_once
                                                    (GranaryRawServer  *self);
/* Head and body of the request with this number, from 0. */
char             *granary_raw_server_dup_request    (GranaryRawServer  *self,
                                                     guint              number) G_GNUC_WARN_UNUSED_RESULT;
/* Waits until a script is in granary_raw_peer_hold(). */
void              granary_raw_server_wait_for_hold  (GranaryRawServer  *self);
gboolean          granary_raw_server_is_holding     (GranaryRawServer  *self);

/* For scripts */

/* Connections are counted from 0. */
guint             granary_raw_peer_get_number       (GranaryRawPeer    *peer);
/* FALSE when the client has gone. */
gboolean          granary_raw_peer_read_head        (GranaryRawPeer    *peer);
gboolean          granary_raw_peer_read_request     (GranaryRawPeer    *peer);
gboolean          granary_raw_peer_write            (GranaryRawPeer    *peer,
                                                     const char        *text);
gboolean          granary_raw_peer_write_data       (GranaryRawPeer    *peer,
                                                     const void        *data,
                                                     gsize              length);
/* Ends the connection with a reset instead of an end. */
void              granary_raw_peer_reset            (GranaryRawPeer    *peer);
/* Does nothing more until the server is stopped. */
void              granary_raw_peer_hold             (GranaryRawPeer    *peer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryRawServer, granary_raw_server_stop)

G_END_DECLS
