/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-service-list.h"
#include "granary-services-page.h"
#include "granary-shell.h"
#include "granary-window.h"

G_BEGIN_DECLS

/* What granary-window.c, -actions.c, -cloud.c, -connection.c, -services.c, -tasks.c and -transfers.c share. */

struct _GranaryWindow
{
  AdwApplicationWindow    parent_instance;

  GSettings              *settings;          /* (owned) */
  GranaryFolders         *folders;           /* (owned) */
  GranaryTransferList    *transfers;         /* (owned) */
  GPtrArray              *background;        /* (owned) (element-type GranaryConnection): not shown,
                                              * kept until their transfers are through */

  GranaryAccountList     *accounts;          /* (owned) (nullable): connections to the cloud */
  GranaryCredentials     *environment;       /* (owned) (nullable): key that replaces stored ones */
  char                   *folder;            /* (owned) (nullable): what is shown or opened … */
  GranaryAccount         *account;           /* (owned) (nullable): … or this, never both */
  GranaryConnection      *connection;        /* (owned) (nullable) until it is open */
  GCancellable           *opening;           /* (owned) (nullable): of the opening under way */
  GError                 *lost;              /* (owned) (nullable): why it went away */
  char                   *repairs;           /* (owned) (nullable): what opening it put right */
  char                   *awaited_selection; /* (owned) (nullable): to be selected once open */
  GStrv                   awaited_paths;     /* (owned) (nullable): to be imported once open */
  GVariant               *awaited_task;      /* (owned) (nullable): to be imported once open */
  GranaryConnectionStatus *status;           /* (owned) (nullable): of the connection */
  GranaryTaskSource      *tasks;             /* (owned) (nullable): of the connection */
  GranaryServiceList     *services;          /* (owned): of the connection */
  AdwToast               *task_toast;        /* (unowned) (nullable): about a new result */
  guint                   age_source;
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
  GranaryServicesPage    *services_page;
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
void granary_window_update_banner      (GranaryWindow *self);

/* -cloud.c */
void  granary_window_init_cloud        (GranaryWindow  *self);
void  granary_window_follow_status     (GranaryWindow  *self);
char *granary_window_dup_status_banner (GranaryWindow  *self,
                                        const char    **button) G_GNUC_WARN_UNUSED_RESULT;
void  granary_window_refresh           (GranaryWindow  *self);
GranaryConnection *
      granary_window_take_background   (GranaryWindow  *self) G_GNUC_WARN_UNUSED_RESULT;
void  granary_window_edit_account      (GranaryWindow  *self);

/* -services.c */
void granary_window_init_services      (GranaryWindow *self);
void granary_window_follow_services    (GranaryWindow *self);
void granary_window_show_service       (GranaryShell  *shell,
                                        const char    *uid);

/* -tasks.c */
void granary_window_init_tasks         (GranaryWindow *self);
void granary_window_follow_tasks       (GranaryWindow *self);

/* -transfers.c */
void granary_window_init_transfers     (GranaryWindow *self);
void granary_window_dispose_transfers  (GranaryWindow *self);
void granary_window_ask_before_closing (GranaryWindow *self);
void granary_window_enter_connection   (GranaryWindow     *self,
                                        GranaryConnection *connection);
void granary_window_leave_connection   (GranaryWindow     *self,
                                        GranaryConnection *connection);

G_END_DECLS
