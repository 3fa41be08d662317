/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-commands.h"

void
granary_command_publish (GtkWidget         *widget,
                         GranaryConnection *connection,
                         gint64             version_id,
                         gboolean           ask)
{
}
