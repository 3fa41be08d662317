/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "granary-service.h"

G_BEGIN_DECLS

/**
 * GranaryServiceRow:
 *
 * One line about a model service: its name and what it is doing, such as `plate-ocr #2 (Running)`.
 */
#define GRANARY_TYPE_SERVICE_ROW (granary_service_row_get_type ())
G_DECLARE_FINAL_TYPE (GranaryServiceRow, granary_service_row, GRANARY, SERVICE_ROW, GtkBox)

GtkWidget *granary_service_row_new         (void) G_GNUC_WARN_UNUSED_RESULT;
void       granary_service_row_set_service (GranaryServiceRow    *self,
                                            const GranaryService *service);

G_END_DECLS
