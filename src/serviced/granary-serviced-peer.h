/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "granary-supervisor.h"

G_BEGIN_DECLS

/**
 * GranaryServicedPeer:
 *
 * One client: reads its requests, has them done and answers. What it sends may be anything; what it
 * does not read, or sends in too long lines, ends its connection. For the main context's thread.
 *
 * Signal closed (): it is gone, or was sent away; given once.
 * Signal quit (): it asks that everything ends.
 */
#define GRANARY_TYPE_SERVICED_PEER (granary_serviced_peer_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServicedPeer, granary_serviced_peer, GRANARY, SERVICED_PEER, GObject)

GranaryServicedPeer *granary_serviced_peer_new   (GSocketConnection    *connection,
                                                  GranarySupervisor    *supervisor) G_GNUC_WARN_UNUSED_RESULT;
void                 granary_serviced_peer_close (GranaryServicedPeer  *self);

G_END_DECLS
