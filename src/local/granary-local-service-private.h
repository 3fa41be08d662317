/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-http.h"
#include "granary-local-store-private.h"
#include "granary-service-host.h"

G_BEGIN_DECLS

/* What the embedded host of services does, as blocking calls: on its workers alone. */

/* Reads. */
GranaryService        *granary_local_service_load     (GranaryLocalStore            *store,
                                                       const char                   *uid,
                                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryPublishOptions *granary_local_service_prepare  (GranaryLocalStore            *store,
                                                       gint64                        version_id,
                                                       const char                   *python,
                                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryServiceAccess  *granary_local_service_access   (GranaryLocalStore            *store,
                                                       const char                   *uid,
                                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryServiceReply   *granary_local_service_call     (GranaryLocalStore            *store,
                                                       GranaryHttp                  *http,
                                                       const char                   *uid,
                                                       GBytes                       *body,
                                                       GCancellable                 *cancellable,
                                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryServiceLog     *granary_local_service_read_log (GranaryLocalStore            *store,
                                                       const char                   *uid,
                                                       gint64                        from,
                                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;

/* Verbs: granary-serviced does them. */
char                  *granary_local_service_publish  (GranaryLocalStore            *store,
                                                       const GranaryPublishRequest  *request,
                                                       GranaryTransfer              *transfer,
                                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean               granary_local_service_act      (GranaryLocalStore            *store,
                                                       const char                   *uid,
                                                       GranaryServiceAction          action,
                                                       const GranaryPublishProfile  *profile,
                                                       GCancellable                 *cancellable,
                                                       GError                      **error);
gboolean               granary_local_service_refresh  (GranaryLocalStore            *store,
                                                       GCancellable                 *cancellable,
                                                       GError                      **error);

G_END_DECLS
