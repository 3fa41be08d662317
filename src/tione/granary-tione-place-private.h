/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-api.h"
#include "granary-catalog-mirror.h"
#include "granary-connection-status.h"
#include "granary-cos-transfer.h"
#include "granary-error.h"
#include "granary-tione-refresh.h"
#include "granary-tione-service-watch.h"
#include "granary-worker.h"

G_BEGIN_DECLS

/**
 * GranaryTionePlace:
 * @account: whose it is
 * @api: calls of TI-ONE and Tag
 * @cos: calls of COS
 * @files: moves whole files
 * @catalog: the mirror
 * @status: how well it follows
 * @refresh: makes it follow
 * @watch: makes it follow services that start or stop
 * @busy: versions that are being published or deleted
 * @cleaner: takes away what a transfer that was called off left at the server
 * @closing: ends that
 * @n_cleaning: pieces of that work under way or waiting; atomic
 *
 * All that the verbs of one connection share. Counted references; its members do not change.
 */
typedef struct
{
  GranaryAccount          *account;
  GranaryApi              *api;
  GranaryCosClient        *cos;
  GranaryCosTransfer      *files;
  GranaryCatalog          *catalog;
  GranaryConnectionStatus *status;
  GranaryTioneRefresh     *refresh;
  GranaryTioneWatch       *watch;
  struct _GranaryTioneBusy *busy;
  GranaryWorker           *cleaner;
  GCancellable            *closing;
  gint                     n_cleaning;
} GranaryTionePlace;

/* Takes references of its arguments. */
GranaryTionePlace *granary_tione_place_new   (GranaryAccount           *account,
                                              GranaryApi               *api,
                                              GranaryCosClient         *cos,
                                              GranaryCosTransfer       *files,
                                              GranaryCatalog           *catalog,
                                              GranaryConnectionStatus  *status,
                                              GranaryTioneRefresh      *refresh) G_GNUC_WARN_UNUSED_RESULT;
GranaryTionePlace *granary_tione_place_ref   (GranaryTionePlace        *self);
void               granary_tione_place_unref (GranaryTionePlace        *self);
/* Ends what goes on beside the queue; cleaning up gets a second to come to its end. */
void               granary_tione_place_close (GranaryTionePlace        *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTionePlace, granary_tione_place_unref)

/* Of the main account, which is part of the names of resources; asked for once. */
char              *granary_tione_place_dup_account_uin
                                             (GranaryTionePlace        *self,
                                              GCancellable             *cancellable,
                                              GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
/* A version of the mirror by its row, which must be ready; with its files. */
GranaryVersion    *granary_tione_place_load_ready
                                             (GranaryTionePlace        *self,
                                              gint64                    version_id,
                                              GError                  **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes one event of the history; a history that cannot be written stops nobody. */
void               granary_tione_place_note  (GranaryTionePlace        *self,
                                              gint64                    model_id,
                                              int                       number,
                                              GranaryEventKind          kind,
                                              const char               *detail);

/* `MODEL vN`, or `MODEL vN/PATH`. */
char              *granary_tione_subject     (const char               *model_name,
                                              int                       number,
                                              const char               *path) G_GNUC_WARN_UNUSED_RESULT;
/* Always FALSE, with an error that says no more than its reason. */
gboolean           granary_tione_fail        (GError                  **error,
                                              GranaryError              code,
                                              GranaryReason             reason,
                                              const char               *subject);
/* Whether the service said that the thing is not there. */
gboolean           granary_tione_is_missing  (const GError             *error);
/* Whether the service said no, for good: something else may be asked for instead. */
gboolean           granary_tione_is_refused  (const GError             *error);
/* What the service said of @from, for the details of @error. */
void               granary_tione_take_details (GError                  *error,
                                              const GError             *from);
/* Whether a write that answered with @error may have been done all the same: then it has to be read
 * again before anything else. */
gboolean           granary_tione_is_open     (const GError             *error);
/* What such a write failed with once it is certain that it was not done. */
void               granary_tione_set_not_done
                                             (GError                  **error,
                                              const char               *action,
                                              const GError             *last);
/* As granary_sleep(), in seconds. */
gboolean           granary_tione_wait        (double                    seconds,
                                              GCancellable             *cancellable,
                                              GError                  **error);
/* Tag keys that belong to the platform. */
gboolean           granary_tione_tag_is_reserved
                                             (const char               *key);

G_END_DECLS
