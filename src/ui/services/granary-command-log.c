/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "granary-ui"

#include "config.h"

#include "granary-commands.h"

void
granary_command_show_log (GtkWidget            *widget,
                          GranaryConnection    *connection,
                          const GranaryService *service)
{
}
