/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-browser.h"
#include "granary-columns.h"

G_BEGIN_DECLS

/* What granary-browser.c, -actions.c, -menu.c and -drop.c share. */

struct _GranaryBrowser
{
  AdwBin             parent_instance;

  GSettings         *settings;        /* (owned) (nullable) until set */
  GranaryConnection *connection;      /* (owned) (nullable) */
  GranaryModelTree  *tree;            /* (owned) */
  GranaryColumns    *columns;         /* (owned) (nullable) until settings are set */
  GranaryTagSet     *tags;            /* (owned): those that filter */
  GError            *error;           /* (owned) (nullable): why there is nothing to show */
  char              *error_object;    /* (owned) (nullable): what it is about */
  gboolean           opening;
  gboolean           narrow;
  guint              search_source;   /* debounce of the search */
  guint              spinner_source;  /* delay before a spinner */
  guint              age_source;      /* ages go on */
  GtkPopover        *popover;         /* the menu of rows */
  GtkWidget         *drop_row;        /* (nullable) weak: row that a drop hovers over */

  GtkButton         *import_button;
  AdwButtonContent  *import_content;
  GtkSearchEntry    *search;
  GranaryTransfersButton *transfers_button;
  AdwBanner         *banner;
  GtkOverlay        *drop_area;
  GtkStack          *stack;
  GtkColumnView     *view;
  AdwStatusPage     *failed_page;
  GtkButton         *failed_button;
  GtkButton         *failed_retry;
  AdwStatusPage     *no_results_page;
  GtkRevealer       *drop_revealer;
  GtkLabel          *drop_label;
  GtkActionBar      *action_bar;
  GtkLabel          *selection_label;
  GMenuModel        *model_menu;
  GMenuModel        *version_menu;
  GMenuModel        *many_menu;
};

/* -actions.c */
void         granary_browser_class_install_actions (GtkWidgetClass     *widget_class);
void         granary_browser_update_actions        (GranaryBrowser     *self);
void         granary_browser_import                (GranaryBrowser     *self,
                                                    gint64              into_model_id,
                                                    const char * const *paths);

/* -menu.c */
void         granary_browser_init_menu             (GranaryBrowser     *self);
void         granary_browser_popup_menu            (GranaryBrowser     *self,
                                                    GtkWidget          *at,
                                                    guint               position);

/* -drop.c */
void         granary_browser_init_drop             (GranaryBrowser     *self);
GtkListItem *granary_browser_pick                  (GranaryBrowser     *self,
                                                    double              x,
                                                    double              y,
                                                    GtkWidget         **row_widget);

G_END_DECLS
