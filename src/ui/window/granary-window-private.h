/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-shell.h"
#include "granary-window.h"

G_BEGIN_DECLS

/* What granary-window.c, -actions.c, -connection.c and -transfers.c share. */

struct _GranaryWindow
{
  AdwApplicationWindow    parent_instance;

  GSettings              *settings;          /* (owned) */
  GranaryFolders         *folders;           /* (owned) */
  GranaryTransferList    *transfers;         /* (owned) */
  GPtrArray              *background;        /* (owned) (element-type GranaryConnection): not shown,
                                              * kept until their transfers are through */

  char                   *folder;            /* (owned) (nullable): what is shown or opened */
  GranaryConnection      *connection;        /* (owned) (nullable) until it is open */
  GCancellable           *opening;           /* (owned) (nullable): of the opening under way */
  GError                 *lost;              /* (owned) (nullable): why it went away */
  char                   *repairs;           /* (owned) (nullable): what opening it put right */
  char                   *awaited_selection; /* (owned) (nullable): to be selected once open */
  GStrv                   awaited_paths;     /* (owned) (nullable): to be imported once open */
  guint                   details_source;
  guint                   inhibit_cookie;
  gboolean                medium;
  gboolean                narrow;
  gboolean                closing;
  gboolean                shared_dismissed;

  AdwToastOverlay        *toast_overlay;
  AdwNavigationSplitView *outer;
  AdwNavigationSplitView *inner;
  GranarySidebar         *sidebar;
  AdwNavigationPage      *list_page;
  GtkStack               *pages;
  GranaryBrowser         *browser;
  GranaryTrashPage       *trash_page;
  GranaryDetails         *details;
};

/* -actions.c */
void granary_window_init_actions       (GranaryWindow *self);
void granary_window_update_menu        (GranaryWindow *self);
void granary_window_choose_folder      (GranaryWindow *self);

/* -connection.c */
void granary_window_init_connection    (GranaryWindow *self);
void granary_window_reopen             (GranaryWindow *self);

/* -transfers.c */
void granary_window_init_transfers     (GranaryWindow *self);
void granary_window_dispose_transfers  (GranaryWindow *self);
void granary_window_ask_before_closing (GranaryWindow *self);
void granary_window_enter_connection   (GranaryWindow     *self,
                                        GranaryConnection *connection);
void granary_window_leave_connection   (GranaryWindow     *self,
                                        GranaryConnection *connection);

G_END_DECLS
