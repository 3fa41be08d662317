/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-supervisor.h"

G_BEGIN_DECLS

/**
 * GranaryServicedServer:
 *
 * The socket of granary-serviced and its clients. For the main context's thread.
 *
 * Signal changed (): a client came or went.
 * Signal quit (): a client asks that everything ends.
 */
#define GRANARY_TYPE_SERVICED_SERVER (granary_serviced_server_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServicedServer, granary_serviced_server, GRANARY, SERVICED_SERVER, GObject)

GranaryServicedServer *granary_serviced_server_new           (GranarySupervisor      *supervisor,
                                                              GError                **error) G_GNUC_WARN_UNUSED_RESULT;
guint                  granary_serviced_server_get_n_clients (GranaryServicedServer  *self);
void                   granary_serviced_server_close         (GranaryServicedServer  *self);

G_END_DECLS
