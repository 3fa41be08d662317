/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"
#include "granary-transfers-button.h"

G_BEGIN_DECLS

/**
 * GranaryTrashPage:
 *
 * What was deleted and can be restored. Follows the catalogue.
 */
#define GRANARY_TYPE_TRASH_PAGE (granary_trash_page_get_type ())
G_DECLARE_FINAL_TYPE (GranaryTrashPage, granary_trash_page, GRANARY, TRASH_PAGE, AdwBin)

void               granary_trash_page_set_connection (GranaryTrashPage  *self,
                                                      GranaryConnection *connection);
GtkSelectionModel *granary_trash_page_get_selection  (GranaryTrashPage  *self);
AdwBanner         *granary_trash_page_get_banner     (GranaryTrashPage  *self);
GranaryTransfersButton *
                   granary_trash_page_get_transfers_button (GranaryTrashPage *self);

G_END_DECLS
