/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "granary-transfer.h"

G_BEGIN_DECLS

/**
 * GranaryTransferList:
 *
 * The transfers of a window, newest first, as a [iface@Gio.ListModel] of [class@Transfer].
 *
 * Properties: n-running, fraction (of all running ones together, 0 to 1).
 * Signals: ended (GranaryTransfer).
 */
#define GRANARY_TYPE_TRANSFER_LIST (granary_transfer_list_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTransferList, granary_transfer_list, GRANARY, TRANSFER_LIST, GObject)

GranaryTransferList *granary_transfer_list_new           (void) G_GNUC_WARN_UNUSED_RESULT;
void                 granary_transfer_list_add           (GranaryTransferList *self,
                                                          GranaryTransfer     *transfer);
void                 granary_transfer_list_clear_ended   (GranaryTransferList *self);
void                 granary_transfer_list_cancel_all    (GranaryTransferList *self);
guint                granary_transfer_list_get_n_running (GranaryTransferList *self);
double               granary_transfer_list_get_fraction  (GranaryTransferList *self);

G_END_DECLS
