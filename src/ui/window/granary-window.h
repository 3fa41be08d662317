/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-account-list.h"
#include "granary-browser.h"
#include "granary-connection.h"
#include "granary-details.h"
#include "granary-folders.h"
#include "granary-sidebar.h"
#include "granary-transfer-list.h"
#include "granary-trash-page.h"

G_BEGIN_DECLS

/**
 * GranaryWindow:
 *
 * Sidebar, list and details side by side, or one after the other where there is no room. Implements
 * [iface@Shell] for all that is in it.
 */
#define GRANARY_TYPE_WINDOW (granary_window_get_type ())
G_DECLARE_FINAL_TYPE (GranaryWindow, granary_window, GRANARY, WINDOW, AdwApplicationWindow)

GranaryWindow     *granary_window_new            (GtkApplication     *application,
                                                  GSettings          *settings,
                                                  GranaryFolders     *folders);
/* @environment: (nullable): key that is used in place of the stored ones. */
void               granary_window_set_accounts   (GranaryWindow      *self,
                                                  GranaryAccountList *accounts,
                                                  GranaryCredentials *environment);
void               granary_window_open_last      (GranaryWindow      *self);
void               granary_window_open_folder    (GranaryWindow      *self,
                                                  const char         *folder);
/* Opens it anew when it is open already: its settings may have changed. */
void               granary_window_open_account   (GranaryWindow      *self,
                                                  GranaryAccount     *account);
/* A folder (with a "/") or the name of a connection; FALSE when there is none of that name. */
gboolean           granary_window_open_place     (GranaryWindow      *self,
                                                  const char         *place);
void               granary_window_set_connection (GranaryWindow      *self,
                                                  GranaryConnection  *connection);
GranaryConnection *granary_window_get_connection (GranaryWindow      *self);
void               granary_window_import         (GranaryWindow      *self,
                                                  const char * const *paths);
/* @place: as in open_place, which is shown first; "": what is shown. @model_id 0: a new model. */
void               granary_window_import_task    (GranaryWindow      *self,
                                                  const char         *place,
                                                  const char         *uid,
                                                  gint64              model_id);
void               granary_window_select         (GranaryWindow      *self,
                                                  const char         *text);
GranaryBrowser    *granary_window_get_browser    (GranaryWindow      *self);
GranaryTrashPage  *granary_window_get_trash_page (GranaryWindow      *self);
GranarySidebar    *granary_window_get_sidebar    (GranaryWindow      *self);
GranaryTransferList *
                   granary_window_get_transfers  (GranaryWindow      *self);

G_END_DECLS
