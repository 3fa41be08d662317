/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * GranaryPending:
 *
 * One question under way, as the user data of its callback. It keeps nobody alive who asked, and
 * its answer counts only until its cancellable is cancelled. For the thread of the one who asks.
 */
typedef struct _GranaryPending GranaryPending;

GranaryPending *granary_pending_new  (gpointer          owner,
                                      GCancellable     *cancellable) G_GNUC_WARN_UNUSED_RESULT;
gpointer        granary_pending_end  (GranaryPending   *self) G_GNUC_WARN_UNUSED_RESULT;
void            granary_pending_stop (GCancellable    **cancellable);

G_END_DECLS
