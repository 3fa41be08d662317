/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-transfer-list.h"

G_BEGIN_DECLS

/**
 * GranaryTransfersButton:
 *
 * The button in the header bar that shows how far the running transfers are and opens the list of
 * them. Hidden while there are none.
 */
#define GRANARY_TYPE_TRANSFERS_BUTTON (granary_transfers_button_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTransfersButton, granary_transfers_button,
                      GRANARY, TRANSFERS_BUTTON, AdwBin)

void granary_transfers_button_set_list (GranaryTransfersButton *self,
                                        GranaryTransferList    *list);
void granary_transfers_button_popup    (GranaryTransfersButton *self);

G_END_DECLS
