/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"
#include "granary-model-tree.h"
#include "granary-service-list.h"
#include "granary-transfers-button.h"

G_BEGIN_DECLS

/**
 * GranaryBrowser:
 *
 * The list of models: search, the tree, its menus, dragging and dropping, and what is shown in its
 * place while it is empty, loading or failed.
 *
 * Signals: selection-changed; activated: the user asked for the details of the selected row;
 * tags-changed: another set of tags filters the list; folder-requested: the user wants to choose
 * another folder; retry-requested.
 */
#define GRANARY_TYPE_BROWSER (granary_browser_get_type ())
G_DECLARE_FINAL_TYPE (GranaryBrowser, granary_browser, GRANARY, BROWSER, AdwBin)

void                 granary_browser_set_settings   (GranaryBrowser      *self,
                                                     GSettings           *settings);
/* Once, after the settings: what the transfers button lists, and rows show the progress of. */
void                 granary_browser_set_transfers  (GranaryBrowser      *self,
                                                     GranaryTransferList *transfers);
/* Once, after the settings: whose running ones mark the versions they run. */
void                 granary_browser_set_services   (GranaryBrowser      *self,
                                                     GranaryServiceList  *services);
void                 granary_browser_set_connection (GranaryBrowser      *self,
                                                     GranaryConnection   *connection);
void                 granary_browser_show_opening   (GranaryBrowser      *self);
void                 granary_browser_show_failed    (GranaryBrowser      *self,
                                                     const GError        *error,
                                                     const char          *object);
void                 granary_browser_set_narrow     (GranaryBrowser      *self,
                                                     gboolean             narrow);
void                 granary_browser_set_tags       (GranaryBrowser      *self,
                                                     const GranaryTagSet *tags);
const GranaryTagSet *granary_browser_get_tags       (GranaryBrowser      *self);
void                 granary_browser_reveal         (GranaryBrowser      *self,
                                                     gint64               model_id,
                                                     int                  number);
void                 granary_browser_focus_search   (GranaryBrowser      *self);
GranaryModelTree    *granary_browser_get_tree       (GranaryBrowser      *self);
AdwBanner           *granary_browser_get_banner     (GranaryBrowser      *self);
GranaryTransfersButton *
                     granary_browser_get_transfers_button (GranaryBrowser *self);

/* Where a drop at a place of the list leads. */
typedef enum
{
  GRANARY_DROP_NEW_MODEL,
  GRANARY_DROP_NEW_VERSION,
  GRANARY_DROP_UPLOAD,
} GranaryDropKind;

GranaryDropKind      granary_browser_route_drop     (GranaryBrowser      *self,
                                                     GranaryRow          *row);
void                 granary_browser_drop_paths     (GranaryBrowser      *self,
                                                     GranaryRow          *row,
                                                     const char * const  *paths);

G_END_DECLS
