/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-commands.h"

void
granary_command_download_sdk (GtkWidget         *widget,
                              GranaryConnection *connection,
                              gint64             version_id)
{
}

void
granary_command_open_cosbrowser (GtkWidget         *widget,
                                 GranaryConnection *connection,
                                 gint64             version_id)
{
}
