/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-host.h"
#include "granary-test-repository.h"

G_BEGIN_DECLS

/* For tests: the verbs of a host of services as blocking calls. */

GranaryPublishOptions *granary_test_publish_options (GranaryTestPlace            *place,
                                                     gint64                       version_id,
                                                     GError                     **error) G_GNUC_WARN_UNUSED_RESULT;
gint64                 granary_test_quote           (GranaryTestPlace            *place,
                                                     const GranaryPublishProfile *profile,
                                                     GError                     **error);
/* @transfer (nullable): one of its own. */
char                  *granary_test_publish         (GranaryTestPlace            *place,
                                                     const GranaryPublishRequest *request,
                                                     GranaryTransfer             *transfer,
                                                     GError                     **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean               granary_test_act             (GranaryTestPlace            *place,
                                                     const char                  *uid,
                                                     GranaryServiceAction         action,
                                                     const GranaryPublishProfile *profile,
                                                     GError                     **error);
GranaryServiceAccess  *granary_test_access          (GranaryTestPlace            *place,
                                                     const char                  *uid,
                                                     GError                     **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryServiceReply   *granary_test_call            (GranaryTestPlace            *place,
                                                     const char                  *uid,
                                                     const char                  *text,
                                                     GError                     **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean               granary_test_refresh_services (GranaryTestPlace           *place,
                                                      GError                    **error);
/* Its row, NULL when there is none. */
GranaryService        *granary_test_find_service    (GranaryTestPlace            *place,
                                                     const char                  *uid) G_GNUC_WARN_UNUSED_RESULT;
/* Waits, without asking anybody, until the catalogue says so. */
void                   granary_test_await_state     (GranaryTestPlace            *place,
                                                     const char                  *uid,
                                                     GranaryServiceState          state);

G_END_DECLS
