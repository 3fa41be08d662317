/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryServicePort:
 * @fd: listening socket on 127.0.0.1
 * @number: its port
 *
 * Where a service is called. It stays open over runs of the service, so that callers wait while one
 * follows another, and nobody else gets the port.
 */
typedef struct
{
  int     fd;
  guint16 number;
} GranaryServicePort;

/* Blocks up to @patience µs while somebody else has @wanted (0 for any), then takes another. */
GranaryServicePort *granary_service_port_open  (guint16               wanted,
                                                gint64                patience,
                                                GCancellable         *cancellable,
                                                GError              **error) G_GNUC_WARN_UNUSED_RESULT;
void                granary_service_port_close (GranaryServicePort   *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryServicePort, granary_service_port_close)

char               *granary_service_port_to_url  (guint16             number) G_GNUC_WARN_UNUSED_RESULT;
guint16             granary_service_port_from_url (const char        *url);

G_END_DECLS
