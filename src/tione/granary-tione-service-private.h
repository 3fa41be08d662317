/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "granary-service-host.h"
#include "granary-service.h"
#include "granary-tione-place-private.h"

G_BEGIN_DECLS

/* What the host of services does, each straight through on a worker's thread. Blocking. */

GranaryPublishOptions *granary_tione_publish_options  (GranaryTionePlace            *place,
                                                       gint64                        version_id,
                                                       GCancellable                 *cancellable,
                                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
/* Fen an hour; -1 with @error. */
gint64                 granary_tione_quote            (GranaryTionePlace            *place,
                                                       const GranaryPublishProfile  *profile,
                                                       GCancellable                 *cancellable,
                                                       GError                      **error);
/* FALSE with @error when the instance type is known to be sold out. */
gboolean               granary_tione_check_spec       (GranaryTionePlace            *place,
                                                       const GranaryPublishProfile  *profile,
                                                       GCancellable                 *cancellable,
                                                       GError                      **error);
/* Id of the new service. */
char                  *granary_tione_publish          (GranaryTionePlace            *place,
                                                       const GranaryPublishRequest  *request,
                                                       GranaryTransfer              *transfer,
                                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean               granary_tione_act              (GranaryTionePlace            *place,
                                                       const char                   *uid,
                                                       GranaryServiceAction          action,
                                                       const GranaryPublishProfile  *profile,
                                                       GCancellable                 *cancellable,
                                                       GError                      **error);
/* What it holds is secret. */
GranaryServiceAccess  *granary_tione_load_access      (GranaryTionePlace            *place,
                                                       const char                   *uid,
                                                       GCancellable                 *cancellable,
                                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
GranaryServiceReply   *granary_tione_call_service     (GranaryTionePlace            *place,
                                                       GranaryHttp                  *http,
                                                       const char                   *uid,
                                                       GBytes                       *body,
                                                       GCancellable                 *cancellable,
                                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean               granary_tione_refresh_services (GranaryApi                   *api,
                                                       GranaryCatalog               *catalog,
                                                       GCancellable                 *cancellable,
                                                       GError                      **error);

/* Calls */

/* The Service object as the platform tells it. */
JsonNode              *granary_tione_load_service     (GranaryApi                   *api,
                                                       const char                   *uid,
                                                       GCancellable                 *cancellable,
                                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
/* Address that callers use, without what is secret; NULL without @error when there is none. */
char                  *granary_tione_load_address     (GranaryApi                   *api,
                                                       const char                   *group_uid,
                                                       GCancellable                 *cancellable,
                                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
/* A write of TI-ONE. */
JsonNode              *granary_tione_write_call       (GranaryApi                   *api,
                                                       const char                   *action,
                                                       JsonNode                     *body,
                                                       GCancellable                 *cancellable,
                                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
/* { "@name": "@value" } */
JsonNode              *granary_tione_body_of          (const char                   *name,
                                                       const char                   *value) G_GNUC_WARN_UNUSED_RESULT;

/* Bodies. Pure. @record is a TrainingModelVersionDTO, @service a Service, as they came. */
JsonNode              *granary_tione_create_body      (const GranaryPublishRequest  *request,
                                                       JsonNode                     *record,
                                                       JsonNode                     *image) G_GNUC_WARN_UNUSED_RESULT;
JsonNode              *granary_tione_update_body      (const char                   *uid,
                                                       JsonNode                     *service,
                                                       const GranaryPublishProfile  *profile) G_GNUC_WARN_UNUSED_RESULT;
/* ImageInfo of the version, NULL when it has none. */
JsonNode              *granary_tione_version_image    (JsonNode                     *record) G_GNUC_WARN_UNUSED_RESULT;

/* Rows */

/* The row of a service; SERVICE_MISSING. */
GranaryService        *granary_tione_find_service     (GranaryCatalog               *catalog,
                                                       const char                   *uid,
                                                       GError                      **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes over what was told of a service, and keeps what the platform does not tell. @as_of: µs
 * since the epoch when this process made or changed it, with the profile that it has then; 0 when it
 * did not: then only a service that has a row is recorded. */
gboolean               granary_tione_record_service   (GranaryCatalog               *catalog,
                                                       const GranaryService         *told,
                                                       gint64                        as_of,
                                                       GError                      **error);
gboolean               granary_tione_set_service_url  (GranaryCatalog               *catalog,
                                                       const char                   *uid,
                                                       const char                   *url,
                                                       GError                      **error);
/* Nobody is told how it goes. */
gboolean               granary_tione_set_service_unknown
                                                      (GranaryCatalog               *catalog,
                                                       const char                   *uid,
                                                       GError                      **error);
gboolean               granary_tione_forget_service   (GranaryCatalog               *catalog,
                                                       const char                   *uid,
                                                       GError                      **error);
/* Likewise for all that there are, as told by a list that was asked for at @asked. */
gboolean               granary_tione_record_services  (GranaryCatalog               *catalog,
                                                       GPtrArray                    *services,
                                                       gint64                        asked,
                                                       GError                      **error);

/* What goes on with versions in this process: a version that is being published is not deleted in
 * the same moment, nor the reverse. */
typedef struct _GranaryTioneBusy GranaryTioneBusy;

GranaryTioneBusy      *granary_tione_busy_new         (void) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_tione_busy_free        (GranaryTioneBusy             *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTioneBusy, granary_tione_busy_free)
/* FALSE while it is being deleted. */
gboolean               granary_tione_busy_begin_publish
                                                      (GranaryTioneBusy             *self,
                                                       gint64                        model_id,
                                                       gint64                        version_id);
void                   granary_tione_busy_end_publish (GranaryTioneBusy             *self,
                                                       gint64                        version_id);
/* Waits until no publish of it, or of a version of the model when @version_id is 0, is under way.
 * FALSE when it was called off. */
gboolean               granary_tione_busy_begin_delete
                                                      (GranaryTioneBusy             *self,
                                                       gint64                        model_id,
                                                       gint64                        version_id,
                                                       GCancellable                 *cancellable,
                                                       GError                      **error);
void                   granary_tione_busy_end_delete  (GranaryTioneBusy             *self,
                                                       gint64                        model_id,
                                                       gint64                        version_id);

G_END_DECLS
