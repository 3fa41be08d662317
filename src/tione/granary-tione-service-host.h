/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-blocking-service-host.h"
#include "granary-tione-place-private.h"

G_BEGIN_DECLS

/**
 * GranaryTioneServiceHost:
 *
 * Model services of TI-ONE. Publishing, changing and calling are done on threads of its own; what
 * goes on afterwards is watched until it is done. Logs are in the platform's console.
 */
#define GRANARY_TYPE_TIONE_SERVICE_HOST (granary_tione_service_host_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTioneServiceHost, granary_tione_service_host, GRANARY,
                      TIONE_SERVICE_HOST, GranaryBlockingServiceHost)

GranaryServiceHost *granary_tione_service_host_new (GranaryTionePlace *place) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
