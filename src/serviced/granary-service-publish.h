/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-port.h"
#include "granary-service-store.h"

G_BEGIN_DECLS

/* What a service is made of, or made anew: its snapshot and its row. Both block. */

GranaryService *granary_service_publish        (GranaryServiceStore          *store,
                                                const GranaryPublishRequest  *request,
                                                GCancellable                 *cancellable,
                                                GranaryServicePort          **port,
                                                GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryService *granary_service_publish_update (GranaryServiceStore          *store,
                                                const char                   *uid,
                                                const GranaryPublishProfile  *profile,
                                                GCancellable                 *cancellable,
                                                GError                      **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
