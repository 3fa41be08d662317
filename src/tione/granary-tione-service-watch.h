/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-api.h"
#include "granary-catalog.h"

G_BEGIN_DECLS

/**
 * GranaryTioneWatch:
 *
 * Looks at services that start or stop until they are done, with a growing pause, and writes what
 * it sees into the mirror. Works on a thread of its own, only while there is something to look at.
 * Counted references; any thread.
 */
typedef struct _GranaryTioneWatch GranaryTioneWatch;

GranaryTioneWatch *granary_tione_watch_new   (GranaryApi         *api,
                                              GranaryCatalog     *catalog) G_GNUC_WARN_UNUSED_RESULT;
GranaryTioneWatch *granary_tione_watch_ref   (GranaryTioneWatch  *self);
void               granary_tione_watch_unref (GranaryTioneWatch  *self);
/* This service was started or stopped, or without one, a refresh may have seen that: look soon. */
void               granary_tione_watch_wake  (GranaryTioneWatch  *self,
                                              const char         *uid);
/* Nothing is looked at any more; waits for at most @wait µs until a look under way has ended. */
void               granary_tione_watch_stop  (GranaryTioneWatch  *self,
                                              gint64              wait);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GranaryTioneWatch, granary_tione_watch_unref)

G_END_DECLS
