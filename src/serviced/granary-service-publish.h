/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-port.h"
#include "granary-service-store.h"

G_BEGIN_DECLS

/* The verbs as far as they are work on files and catalogue. Everything blocks. */

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
GranaryService *granary_service_publish_start  (GranaryServiceStore          *store,
                                                const char                   *uid,
                                                const GranaryPublishProfile  *profile,
                                                GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean        granary_service_publish_remove (GranaryServiceStore          *store,
                                                const GranaryService         *service,
                                                GError                      **error);
char           *granary_service_dup_subject    (const GranaryService         *service) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
