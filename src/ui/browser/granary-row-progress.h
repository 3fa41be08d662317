/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-row.h"
#include "granary-service-list.h"
#include "granary-transfer-list.h"

G_BEGIN_DECLS

/**
 * GranaryRowProgress:
 *
 * Shows in the rows of models and versions how far the transfers about them are, and which versions
 * services run. It knows the rows that are in view; only those whose words change are touched, at most
 * ten times a second.
 */
#define GRANARY_TYPE_ROW_PROGRESS (granary_row_progress_get_type ())
G_DECLARE_FINAL_TYPE (GranaryRowProgress, granary_row_progress, GRANARY, ROW_PROGRESS, GObject)

GranaryRowProgress *granary_row_progress_new       (void) G_GNUC_WARN_UNUSED_RESULT;
void                granary_row_progress_set_list  (GranaryRowProgress   *self,
                                                    GranaryTransferList  *list);
/* @queue: (nullable): of the connection whose rows are shown; ids of others mean something else */
void                granary_row_progress_set_queue (GranaryRowProgress   *self,
                                                    GranaryTransferQueue *queue);
/* Of the connection whose rows are shown. */
void                granary_row_progress_set_services
                                                   (GranaryRowProgress   *self,
                                                    GranaryServiceList   *services);
/* @row has come into view, or gone out of it. */
void                granary_row_progress_attach    (GranaryRowProgress   *self,
                                                    GranaryRow           *row);
void                granary_row_progress_detach    (GranaryRowProgress   *self,
                                                    GranaryRow           *row);

G_END_DECLS
