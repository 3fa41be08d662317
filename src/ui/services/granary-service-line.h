/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-connection.h"

G_BEGIN_DECLS

/**
 * GranaryServiceLine:
 *
 * A service with what it is doing and what can be done with it: the content of a row. Its actions
 * `service.*` are those of its menus.
 */
#define GRANARY_TYPE_SERVICE_LINE (granary_service_line_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServiceLine, granary_service_line, GRANARY, SERVICE_LINE, GtkBox)

GtkWidget      *granary_service_line_new            (void) G_GNUC_WARN_UNUSED_RESULT;
void            granary_service_line_set_connection (GranaryServiceLine *self,
                                                     GranaryConnection  *connection);
void            granary_service_line_set_service    (GranaryServiceLine *self,
                                                     GranaryService     *service);
GranaryService *granary_service_line_get_service    (GranaryServiceLine *self);
/* Opens its menu at this place of the line; -1: beside its menu button. */
void            granary_service_line_popup_menu     (GranaryServiceLine *self,
                                                     double              x,
                                                     double              y);

G_END_DECLS
