/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-store.h"

G_BEGIN_DECLS

/* Rows of services in the catalogue. Everything blocks. */

char           *granary_service_dup_subject         (const GranaryService         *service) G_GNUC_WARN_UNUSED_RESULT;
gboolean        granary_service_fail_deleted        (GError                      **error,
                                                     const GranaryService         *service);
GPtrArray      *granary_service_records_list        (GranaryServiceStore          *store,
                                                     GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryService *granary_service_records_load        (GranaryServiceStore          *store,
                                                     const char                   *uid,
                                                     GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean        granary_service_records_put         (GranaryWriter                *writer,
                                                     GranaryService               *row,
                                                     gboolean                      is_new,
                                                     GError                      **error);
gboolean        granary_service_records_settle      (const GranaryVersion         *version,
                                                     const GranaryPublishProfile  *profile,
                                                     const char                   *subject,
                                                     GranaryService               *row,
                                                     GError                      **error);
void            granary_service_records_set_started (GranaryService               *row);
GranaryService *granary_service_records_start       (GranaryServiceStore          *store,
                                                     const char                   *uid,
                                                     const GranaryPublishProfile  *profile,
                                                     GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean        granary_service_records_remove      (GranaryServiceStore          *store,
                                                     const GranaryService         *service,
                                                     GError                      **error);

G_END_DECLS
