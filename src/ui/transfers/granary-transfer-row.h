/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-transfer.h"

G_BEGIN_DECLS

/**
 * GranaryTransferRow:
 *
 * One transfer: what it is, how far it is, and what can be asked of it. Used again for another by a
 * list that shows many.
 */
#define GRANARY_TYPE_TRANSFER_ROW (granary_transfer_row_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTransferRow, granary_transfer_row, GRANARY, TRANSFER_ROW, GtkBox)

GtkWidget       *granary_transfer_row_new          (void) G_GNUC_WARN_UNUSED_RESULT;
/* @item: (nullable): the list's, which tells a screen reader what the row says */
void             granary_transfer_row_set_transfer (GranaryTransferRow *self,
                                                    GranaryTransfer    *transfer,
                                                    GtkListItem        *item);
GranaryTransfer *granary_transfer_row_get_transfer (GranaryTransferRow *self);
/* Shows what changes without the transfer changing: how many wait before it. */
void             granary_transfer_row_update       (GranaryTransferRow *self);

G_END_DECLS
