/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-transfer.h"

G_BEGIN_DECLS

/**
 * GranaryTransferRow:
 *
 * One transfer in the popover: what it is, how far it is, and the way to call it off.
 */
#define GRANARY_TYPE_TRANSFER_ROW (granary_transfer_row_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTransferRow, granary_transfer_row, GRANARY, TRANSFER_ROW, GtkListBoxRow)

GtkWidget *granary_transfer_row_new (GranaryTransfer *transfer) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
