/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryConnectionState:
 * @GRANARY_CONNECTION_FRESH: the catalogue is as the service last told
 * @GRANARY_CONNECTION_REFRESHING: the service is being asked
 * @GRANARY_CONNECTION_OFFLINE: it cannot be reached; the catalogue is as it was
 * @GRANARY_CONNECTION_REJECTED: it does not accept the key, or the account may not read
 */
typedef enum
{
  GRANARY_CONNECTION_FRESH,
  GRANARY_CONNECTION_REFRESHING,
  GRANARY_CONNECTION_OFFLINE,
  GRANARY_CONNECTION_REJECTED,
} GranaryConnectionState;

/**
 * GranaryConnectionStatus:
 *
 * How well a catalogue that mirrors a service follows it. Setters from any thread; properties are
 * notified in the main context of the maker.
 *
 * Properties: state, refreshed (gint64, µs since the epoch of the last complete refresh, 0 never),
 * progress (double 0 … 1 of the refresh under way, -1 unknown). The error of the last try:
 * granary_connection_status_get_error().
 */
#define GRANARY_TYPE_CONNECTION_STATUS (granary_connection_status_get_type ())
G_DECLARE_FINAL_TYPE (GranaryConnectionStatus, granary_connection_status, GRANARY, CONNECTION_STATUS, GObject)

GranaryConnectionStatus *granary_connection_status_new           (gint64                    refreshed) G_GNUC_WARN_UNUSED_RESULT;
GranaryConnectionState   granary_connection_status_get_state     (GranaryConnectionStatus  *self);
gint64                   granary_connection_status_get_refreshed (GranaryConnectionStatus  *self);
double                   granary_connection_status_get_progress  (GranaryConnectionStatus  *self);
/* Main context only; of OFFLINE and REJECTED. */
const GError            *granary_connection_status_get_error     (GranaryConnectionStatus  *self);
void                     granary_connection_status_begin         (GranaryConnectionStatus  *self);
void                     granary_connection_status_set_progress  (GranaryConnectionStatus  *self,
                                                                  double                    progress);
/* @error NULL: all there at @refreshed. NETWORK errors mean offline, AUTH_* and FORBIDDEN rejected;
 * after any other error the state before comes back, with the error. */
void                     granary_connection_status_end           (GranaryConnectionStatus  *self,
                                                                  gint64                    refreshed,
                                                                  const GError             *error);
/* Nothing is notified any more. Main context. */
void                     granary_connection_status_close         (GranaryConnectionStatus  *self);

G_END_DECLS
