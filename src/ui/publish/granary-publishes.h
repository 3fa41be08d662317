/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection.h"

G_BEGIN_DECLS

/* Publishes under way: from the click until the service is recorded, or nothing is left of it. They
 * are kept with their connection. Main context. */

/* @transfer calls it off, and tells which version it is about: its target is set. */
void     granary_publishes_begin         (GranaryConnection    *connection,
                                          GranaryTransfer      *transfer);
void     granary_publishes_end           (GranaryConnection    *connection,
                                          GranaryTransfer      *transfer);
gboolean granary_publishes_is_under_way  (GranaryConnection    *connection,
                                          gint64                version_id);

/* Calls off what is under way of these models and versions, and waits until that is over. What was
 * too late to be called off is a service by then, as the catalogue shows it. Ids: (element-type
 * gint64) (nullable). Never fails. */
void     granary_publishes_settle_async  (GranaryConnection    *connection,
                                          GArray               *model_ids,
                                          GArray               *version_ids,
                                          GAsyncReadyCallback   callback,
                                          gpointer              user_data);
void     granary_publishes_settle_finish (GranaryConnection    *connection,
                                          GAsyncResult         *result);

G_END_DECLS
