/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "granary-connection.h"

G_BEGIN_DECLS

/* How each connection was published to last: in GSettings, as JSON of a GranaryPublishProfile. */

char *granary_publish_memory_recall   (GranaryConnection *connection) G_GNUC_WARN_UNUSED_RESULT;
void  granary_publish_memory_remember (GranaryConnection *connection,
                                       const char        *profile);

G_END_DECLS
