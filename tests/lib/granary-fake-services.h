/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-catalog.h"
#include "granary-service-host.h"

G_BEGIN_DECLS

/**
 * GranaryFakeServices:
 *
 * For tests of the window: a host of services that runs nothing. It answers from the main loop with
 * what a test told it to, and remembers what it was asked for.
 *
 * Given a catalogue it does in it what a host does: publishing adds a starting service, starting and
 * updating make it running, stopping stopped, removing takes it away.
 */
#define GRANARY_TYPE_FAKE_SERVICES (granary_fake_services_get_type ())
G_DECLARE_FINAL_TYPE (GranaryFakeServices, granary_fake_services, GRANARY, FAKE_SERVICES, GObject)

/* @catalog (nullable): where services come and go. */
GranaryFakeServices   *granary_fake_services_new          (GranaryServiceHostFeatures   features,
                                                           GranaryCatalog              *catalog) G_GNUC_WARN_UNUSED_RESULT;

/* What it answers */

/* To be changed by the test; every preparation gets a copy. Name `digits`, handler model_service.py,
 * Python `/usr/bin/python3`, a sandbox, no GPU, 16 GiB; where it is priced two instance types more. */
GranaryPublishOptions *granary_fake_services_get_options  (GranaryFakeServices         *self);
/* Fen an hour; 250 at first. */
void                   granary_fake_services_set_quote    (GranaryFakeServices         *self,
                                                           gint64                       fen);
/* `{"result": [7]}` with status 200 at first. @body is taken as it is. */
void                   granary_fake_services_set_reply    (GranaryFakeServices         *self,
                                                           guint                        status,
                                                           const char                  *content_type,
                                                           GBytes                      *body,
                                                           gboolean                     is_cut);
/* `http://127.0.0.1:8401/v1/infer` and the header `Authorization` with the value `Bearer secret` at
 * first. */
void                   granary_fake_services_set_access   (GranaryFakeServices         *self,
                                                           const GranaryServiceAccess  *access);
/* The log of every service; adding to it is what services do while it is read. */
void                   granary_fake_services_add_log      (GranaryFakeServices         *self,
                                                           const char                  *text);
/* Begins it anew. */
void                   granary_fake_services_new_log      (GranaryFakeServices         *self,
                                                           const char                  *text);
/* From now on @verb fails; %NULL: works again. Verbs: prepare, quote, publish, start, stop, update,
 * remove, access, call, log, refresh. */
void                   granary_fake_services_set_error    (GranaryFakeServices         *self,
                                                           const char                  *verb,
                                                           const GError                *error);
/* While held, nothing is answered but what is called off. */
void                   granary_fake_services_set_held     (GranaryFakeServices         *self,
                                                           gboolean                     held);
/* Whether what is started or updated stays starting until the test puts another state into the
 * catalogue, as what is published always does. */
void                   granary_fake_services_set_slow     (GranaryFakeServices         *self,
                                                           gboolean                     slow);

/* What it was asked */

/* `VERB SUBJECT` a line, oldest first: `prepare 3`, `quote`, `publish digits` or `publish in GROUP`,
 * `start UID`, `call UID`, `log UID FROM`. */
char                  *granary_fake_services_dup_verbs    (GranaryFakeServices         *self) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_fake_services_forget_verbs (GranaryFakeServices         *self);
/* How often it was asked for @verb. */
guint                  granary_fake_services_count        (GranaryFakeServices         *self,
                                                           const char                  *verb);
/* The last ones; %NULL while there was none. */
const GranaryPublishRequest *
                       granary_fake_services_get_request  (GranaryFakeServices         *self);
const GranaryPublishProfile *
                       granary_fake_services_get_profile  (GranaryFakeServices         *self);
GBytes                *granary_fake_services_get_body     (GranaryFakeServices         *self);

/* Services of a catalogue */

/* A service of @version_id, or of none that is known (0), called @name, of the group `g-NAME`, with an
 * address and files as they are now. */
GranaryService        *granary_fake_service_new           (GranaryCatalog              *catalog,
                                                           gint64                       version_id,
                                                           const char                  *uid,
                                                           const char                  *name,
                                                           int                          number,
                                                           GranaryServiceState          state) G_GNUC_WARN_UNUSED_RESULT;
void                   granary_fake_service_put           (GranaryCatalog              *catalog,
                                                           const GranaryService        *service);
/* The same in one go. */
void                   granary_fake_service_add           (GranaryCatalog              *catalog,
                                                           gint64                       version_id,
                                                           const char                  *uid,
                                                           const char                  *name,
                                                           int                          number,
                                                           GranaryServiceState          state);
/* @count of them, `svc-000` the first, in groups of five called `group-000` and so on, all in one
 * change. */
void                   granary_fake_service_add_many      (GranaryCatalog              *catalog,
                                                           gint64                       version_id,
                                                           guint                        count);
void                   granary_fake_service_set_state     (GranaryCatalog              *catalog,
                                                           const char                  *uid,
                                                           GranaryServiceState          state);
void                   granary_fake_service_set_failure   (GranaryCatalog              *catalog,
                                                           const char                  *uid,
                                                           GranaryServiceFailure        failure,
                                                           const char                  *detail);
/* It serves the files of @as_of: since then they may have changed. */
void                   granary_fake_service_set_files     (GranaryCatalog              *catalog,
                                                           const char                  *uid,
                                                           gint64                       as_of);
void                   granary_fake_service_remove        (GranaryCatalog              *catalog,
                                                           const char                  *uid);
/* Files of that version are others from now on. */
void                   granary_fake_service_touch         (GranaryCatalog              *catalog,
                                                           gint64                       version_id);
/* %NULL when there is none. */
GranaryService        *granary_fake_service_find          (GranaryCatalog              *catalog,
                                                           const char                  *uid) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
