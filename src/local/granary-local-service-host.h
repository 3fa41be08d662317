/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-blocking-service-host.h"
#include "granary-local-store-private.h"

G_BEGIN_DECLS

/**
 * GranaryLocalServiceHost:
 *
 * [iface@ServiceHost] of the embedded repository: versions run as processes of this computer. The
 * verbs are granary-serviced's, which is started when one is asked for; reading needs only the
 * repository.
 */
#define GRANARY_TYPE_LOCAL_SERVICE_HOST (granary_local_service_host_get_type ())
G_DECLARE_FINAL_TYPE (GranaryLocalServiceHost, granary_local_service_host,
                      GRANARY, LOCAL_SERVICE_HOST, GranaryBlockingServiceHost)

GranaryServiceHost *granary_local_service_host_new (GranaryLocalStore *store) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
