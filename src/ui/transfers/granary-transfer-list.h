/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-transfer-queue.h"

G_BEGIN_DECLS

/**
 * GranaryTransferList:
 *
 * The transfers of a window, those it started itself and those of its connections' queues, each once.
 * As a #GListModel it shows first what moves, then what failed, then what waits, in its order, and at
 * last what is over, newest first. Main context.
 *
 * Properties: n-running (those that are not over and not paused), n-failed, fraction (done of all
 * since there last was nothing to do, 0 to 1).
 *
 * Signals: ended (GranaryTransfer): one is over; batch-ended (uint n_done, uint n_failed,
 * GranaryTransfer last): nothing runs or waits any more.
 */
#define GRANARY_TYPE_TRANSFER_LIST (granary_transfer_list_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTransferList, granary_transfer_list, GRANARY, TRANSFER_LIST, GObject)

GranaryTransferList *granary_transfer_list_new           (void) G_GNUC_WARN_UNUSED_RESULT;
void                 granary_transfer_list_add           (GranaryTransferList  *self,
                                                          GranaryTransfer      *transfer);
void                 granary_transfer_list_add_queue     (GranaryTransferList  *self,
                                                          GranaryTransferQueue *queue);
void                 granary_transfer_list_close_queues  (GranaryTransferList  *self);
void                 granary_transfer_list_clear_ended   (GranaryTransferList  *self);
/* Calls off what would not go on at the next start: all that no queue keeps. */
void                 granary_transfer_list_cancel_own    (GranaryTransferList  *self);
void                 granary_transfer_list_cancel_all    (GranaryTransferList  *self);
guint                granary_transfer_list_get_n_running (GranaryTransferList  *self);
/* Of these, the ones that no queue keeps. */
guint                granary_transfer_list_get_n_own     (GranaryTransferList  *self);
guint                granary_transfer_list_get_n_failed  (GranaryTransferList  *self);
guint                granary_transfer_list_get_n_over    (GranaryTransferList  *self);
double               granary_transfer_list_get_fraction  (GranaryTransferList  *self);
/* Whether the computer should stay awake: something moves, or will by itself. */
gboolean             granary_transfer_list_is_active     (GranaryTransferList  *self);

G_END_DECLS
