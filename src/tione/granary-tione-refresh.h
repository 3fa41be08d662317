/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-api.h"
#include "granary-catalog-mirror.h"
#include "granary-connection-status.h"
#include "granary-requests.h"
#include "granary-tione-service-watch.h"

G_BEGIN_DECLS

/**
 * GranaryTioneRefresh:
 *
 * Fills the mirror and keeps it up to date: the list of models where the account is offered it, else
 * those found through pins, services and tags; their versions, tags, services. Polls running imports
 * with a growing pause until they end. Works on a worker of its own; one refresh at a time.
 */
#define GRANARY_TYPE_TIONE_REFRESH (granary_tione_refresh_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTioneRefresh, granary_tione_refresh, GRANARY, TIONE_REFRESH, GObject)

GranaryTioneRefresh *granary_tione_refresh_new    (GranaryApi                   *api,
                                                   GranaryCatalog               *catalog,
                                                   GranaryConnectionStatus      *status) G_GNUC_WARN_UNUSED_RESULT;
/* Blocks; worker only. */
gboolean             granary_tione_refresh_run    (GranaryTioneRefresh          *self,
                                                   const GranaryRefreshRequest  *request,
                                                   GCancellable                 *cancellable,
                                                   GError                      **error);
/* In the background: now, then every @interval seconds (less often while offline), and polling what
 * is being imported. Main context of the maker. */
void                 granary_tione_refresh_start  (GranaryTioneRefresh          *self,
                                                   guint                         interval);
/* A version was just made or changed: poll it until it is ready or failed. Any thread. */
void                 granary_tione_refresh_watch  (GranaryTioneRefresh          *self,
                                                   const char                   *version_uid);
/* Woken after every refresh while the background work is started. */
void                 granary_tione_refresh_set_watch
                                                  (GranaryTioneRefresh          *self,
                                                   GranaryTioneWatch            *watch);
void                 granary_tione_refresh_stop   (GranaryTioneRefresh          *self);

G_END_DECLS
