/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranarySidebar:
 *
 * Which repository, which page of it, and which tags filter its models, each with counts that
 * follow the catalogue.
 *
 * Signals: page-changed; tags-changed.
 */
#define GRANARY_TYPE_SIDEBAR (granary_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (GranarySidebar, granary_sidebar, GRANARY, SIDEBAR, AdwBin)

void                 granary_sidebar_set_title      (GranarySidebar      *self,
                                                     const char          *title);
void                 granary_sidebar_set_menu       (GranarySidebar      *self,
                                                     GMenuModel          *menu);
void                 granary_sidebar_set_connection (GranarySidebar      *self,
                                                     GranaryConnection   *connection);
void                 granary_sidebar_set_n_running  (GranarySidebar      *self,
                                                     guint                n_running);
const char          *granary_sidebar_get_page       (GranarySidebar      *self);
void                 granary_sidebar_set_page       (GranarySidebar      *self,
                                                     const char          *page);
const GranaryTagSet *granary_sidebar_get_tags       (GranarySidebar      *self);
void                 granary_sidebar_set_tags       (GranarySidebar      *self,
                                                     const GranaryTagSet *tags);

G_END_DECLS
